import Foundation
import Servers
import TestThreads
import Testing

@testable import ObjectStore

/// What only a real server shows. What every store must do is in the conformance suite.
@Suite("An S3 server", .onTime, .enabled(if: SeaweedServer.isExpected))
struct S3ServerTests {
    private func path(_ text: String) throws -> ObjectPath { try #require(ObjectPath(text)) }

    private func failure(_ body: () async throws -> Void) async throws -> ObjectStoreError {
        let error = await #expect(throws: ObjectStoreError.self) { try await body() }
        return try #require(error)
    }

    @Test("wrong credentials are refused by name, in every call, and nothing is written")
    func wrongCredentials() async throws {
        let server = try SeaweedServer.shared()
        let prefix = "t-\(UUID().uuidString)"
        let stranger = try seaweedStore(at: server.endpoint, prefix: prefix, keyID: "stranger")
        let forger = try seaweedStore(at: server.endpoint, prefix: prefix, secret: "a wrong secret")
        let file = try path("a")
        for store in [stranger, forger] {
            for error in [
                try await failure { _ = try await store.read(file) },
                try await failure { _ = try await store.head(file) },
                try await failure { try await store.put(file, [1]) },
                try await failure { try await store.putIfAbsent(file, [1]) },
                try await failure { _ = try await store.names(in: .root, from: nil) },
                try await failure { try await store.delete(file) },
            ] {
                #expect(error.code == .badCredentials, "\(error)")
                #expect(error.message.contains("bucket \"millrace\" at \(server.endpoint)"))
                #expect(error.message.contains("AWS_SECRET_ACCESS_KEY"))
                #expect(!error.description.contains("a wrong secret"))
            }
        }
        let owner = try seaweedStore(at: server.endpoint, prefix: prefix)
        #expect(try await failure { _ = try await owner.head(file) }.code == .notFound)
    }

    @Test("a bucket that is not there is told by name")
    func missingBucket() async throws {
        let store = try seaweedStore(at: try SeaweedServer.shared().endpoint, bucket: "nobodys-bucket")
        for error in [
            try await failure { try await store.put(try path("a"), [1]) },
            try await failure { try await store.putIfAbsent(try path("a"), [1]) },
            try await failure { _ = try await store.names(in: .root, from: nil) },
            try await failure { _ = try await store.list(.root, recursively: true) },
            try await failure { _ = try await store.read(try path("a")) },
        ] {
            #expect(error.code == .noSuchBucket)
            #expect(error.message.contains("there is no bucket \"nobodys-bucket\" at http://127.0.0.1:"))
        }
    }

    @Test("a bucket that was made later is there, with a prefix or without")
    func wholeBucket() async throws {
        let server = try SeaweedServer.shared()
        let bucket = "b-\(UUID().uuidString.lowercased())"
        try server.makeBucket(bucket)
        let whole = try seaweedStore(at: server.endpoint, bucket: bucket, prefix: "")
        #expect(try await failure { _ = try await whole.names(in: .root, from: nil) }.code == .notFound)
        try await whole.putIfAbsent(try path("t/a"), [1])
        try await whole.put(try path("b"), [1])
        #expect(try await whole.folders(in: .root) == ["t"])
        #expect(try await whole.names(in: .root, from: nil) == ["b"])
        #expect(try await whole.list(.root, recursively: true).map(\.path.text) == ["b", "t/a"])
        let below = try seaweedStore(at: server.endpoint, bucket: bucket, prefix: "t")
        #expect(try await below.names(in: .root, from: nil) == ["a"])
        #expect(below.location(of: try path("a")) == "s3://\(bucket)/t/a")
    }

    @Test("a listing of more than one page is whole")
    func pages() async throws {
        let store = try seaweedStore()
        let count = 1_234
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 8) {
                        guard let path = ObjectPath("log/\(number + 10_000).json") else { continue }
                        try? await store.put(path, [1])
                    }
                }
            }
        }
        let expected = (0..<count).map { "\($0 + 10_000).json" }
        #expect(try await store.names(in: try path("log"), from: nil) == expected)
        #expect(try await store.names(in: try path("log"), from: "10005") == Array(expected.dropFirst(5)))
        #expect(try await store.list(.root, recursively: true).map(\.path.name) == expected)
    }

    @Test("a large file arrives in parts, byte for byte, and replaces the one before")
    func multipart() async throws {
        let store = try seaweedStore(partSize: 5 << 20)
        let target = try path("t/large file.parquet")
        try await store.put(target, [1])
        // Of no multiple of a part's size.
        let bytes = (0..<(11 << 20) + 123).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let temporary = store.temporaryLocation(for: target)
        try Data(bytes).write(to: URL(filePath: temporary))
        try await store.put(target, movingFile: temporary)
        #expect(try await store.head(target).size == bytes.count)
        #expect(try await store.read(target) == bytes)
        #expect(!FileManager.default.fileExists(atPath: temporary))
        #expect(try await store.names(in: try path("t"), from: nil) == ["large file.parquet"])
    }

    @Test("a conditional write whose answer was lost is never told as another one's, nor done twice")
    func lostAnswer() async throws {
        let server = try SeaweedServer.shared()
        for isLost in [true, false] {
            let lossy = try ScriptedServer { request in
                if request.method != "PUT" || request.number > 1 { return .forward(port: server.port) }
                return isLost ? .forwardAndHangUp(port: server.port) : .hangUp
            }
            let prefix = "t-\(UUID().uuidString)"
            let store = try seaweedStore(at: lossy.endpoint, prefix: prefix)
            if isLost {
                let error = try await failure { try await store.putIfAbsent(try path("log/1"), [1, 2, 3]) }
                #expect(error.code == .unknownOutcome)
            } else {
                try await store.putIfAbsent(try path("log/1"), [1, 2, 3])
            }
            let direct = try seaweedStore(at: server.endpoint, prefix: prefix)
            #expect(try await direct.read(try path("log/1")) == [1, 2, 3])
        }
    }

    @Test("many writers over connections that break: one object, and nobody wrongly told to have written it")
    func racingWithLosses() async throws {
        let server = try SeaweedServer.shared()
        let lossy = try ScriptedServer { request in
            switch request.number % 5 {
            case 0: .forwardAndHangUp(port: server.port)
            case 3: .hangUp
            default: .forward(port: server.port)
            }
        }
        let store = try seaweedStore(at: lossy.endpoint)
        let file = try path("log/1")
        let outcomes = await withTaskGroup(of: (UInt8, ObjectStoreError.Code?).self) { group in
            for writer in 0..<8 {
                let bytes = [UInt8](repeating: UInt8(writer), count: 100)
                group.addTask {
                    do {
                        try await store.putIfAbsent(file, bytes)
                        return (bytes[0], nil)
                    } catch {
                        return (bytes[0], (error as? ObjectStoreError)?.code ?? .other)
                    }
                }
            }
            return await group.reduce(into: [(UInt8, ObjectStoreError.Code?)]()) { $0.append($1) }
        }
        let content = try await store.read(file)
        #expect(content.count == 100)
        for (writer, code) in outcomes {
            switch code {
            case nil, .unknownOutcome?: #expect(writer == content[0])
            case .alreadyExists?: #expect(writer != content[0])
            default: Issue.record("writer \(writer): \(code?.description ?? "")")
            }
        }
    }

    @Test("a cancelled upload leaves neither an object nor its local file")
    func cancelledUpload() async throws {
        let server = try SeaweedServer.shared()
        let lossy = try ScriptedServer { request in
            request.target.contains("partNumber=3") ? .silence : .forward(port: server.port)
        }
        let prefix = "t-\(UUID().uuidString)"
        let store = try seaweedStore(at: lossy.endpoint, prefix: prefix, partSize: 5 << 20)
        let target = try path("t/x")
        let temporary = store.temporaryLocation(for: target)
        try Data(repeating: 1, count: 16 << 20).write(to: URL(filePath: temporary))
        let upload = Task { try await store.put(target, movingFile: temporary) }
        while !lossy.requests.contains(where: { $0.target.contains("partNumber=3") }) { await Task.yield() }
        upload.cancel()
        #expect(try await failure { try await upload.value }.code == .cancelled)
        // A part that was under way may be noted after the request that ends its upload: what counts is which one it ends.
        let part = try #require(lossy.requests.first { $0.target.contains("partNumber=3") }).target
        let identity = try #require(part.firstMatch(of: #/uploadId=[^&]+/#)).output
        let ends = lossy.requests.filter { $0.method == "DELETE" }
        #expect(!ends.isEmpty && ends.allSatisfy { $0.target.contains(identity) })
        #expect(!FileManager.default.fileExists(atPath: temporary))
        let direct = try seaweedStore(at: server.endpoint, prefix: prefix)
        #expect(try await failure { _ = try await direct.head(target) }.code == .notFound)
    }
}
