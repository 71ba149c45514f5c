import Foundation
import Servers
import TestThreads
import Testing

@testable import ObjectStore

/// What every object store must do. A new implementation joins by a case of `Kind`.
@Suite("Object stores", .onTime)
struct ObjectStoreConformanceTests {
    enum Kind: CaseIterable, Sendable {
        case localFolder, s3

        /// Those that can be tested here.
        static let expected = allCases.filter { $0 != .s3 || SeaweedServer.isExpected }
    }

    /// A store without content, which is gone after `body`.
    private func withStore(_ kind: Kind, _ body: (any ObjectStore) async throws -> Void) async throws {
        switch kind {
        case .localFolder:
            let folder = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body(LocalFolder(folder.path))
        case .s3: try await body(try seaweedStore())
        }
    }

    private func path(_ text: String) throws -> ObjectPath { try #require(ObjectPath(text)) }

    private func code(_ body: () async throws -> Void) async throws -> ObjectStoreError.Code {
        let error = await #expect(throws: ObjectStoreError.self) { try await body() }
        return try #require(error).code
    }

    @Test("what was put is read back, whole or its beginning", arguments: Kind.expected)
    func reading(kind: Kind) async throws {
        try await withStore(kind) { store in
            let file = try path("a/b/c.json")
            try await store.put(file, Array("first".utf8))
            #expect(try await store.read(file) == Array("first".utf8))
            try await store.put(file, Array("the second, which is longer".utf8))
            #expect(try await store.read(file) == Array("the second, which is longer".utf8))
            #expect(try await store.read(file, limit: 10) == Array("the second".utf8))
            #expect(try await store.read(file, limit: 1_000).count == 27)
            #expect(try await store.head(file).size == 27)
            try await store.put(try path("empty"), [])
            #expect(try await store.read(try path("empty")).isEmpty)
            let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            try await store.put(try path("large"), large)
            #expect(try await store.read(try path("large")) == large)
        }
    }

    @Test("what is not there is not found", arguments: Kind.expected)
    func missing(kind: Kind) async throws {
        try await withStore(kind) { store in
            let file = try path("a/none")
            #expect(try await code { _ = try await store.read(file) } == .notFound)
            #expect(try await code { _ = try await store.head(file) } == .notFound)
            #expect(try await code { _ = try await store.names(in: file, from: nil) } == .notFound)
            #expect(try await code { _ = try await store.list(file, recursively: true) } == .notFound)
            try await store.delete(file)
            #expect(try await code { _ = try await store.folders(in: file) } == .notFound)
        }
    }

    @Test("a listing from a name on tells an empty rest from a missing folder", arguments: Kind.expected)
    func listingFrom(kind: Kind) async throws {
        try await withStore(kind) { store in
            let zeros = String(repeating: "0", count: 18)
            for number in ["08", "09", "10", "11", "12"] {
                try await store.put(try path("log/\(zeros)\(number).json"), [1])
            }
            let log = try path("log")
            let first = zeros + "10"
            #expect(
                try await store.names(in: log, from: first).map { $0.suffix(7) } == ["10.json", "11.json", "12.json"])
            #expect(try await store.names(in: log, from: first + ".json").count == 3)
            #expect(try await store.names(in: log, from: first + ".k").count == 2)
            #expect(try await store.names(in: log, from: "0").count == 5)
            #expect(try await store.names(in: log, from: "").count == 5)
            #expect(try await store.names(in: log, from: "1").isEmpty)
            #expect(try await code { _ = try await store.names(in: try path("lo"), from: "1") } == .notFound)
        }
    }

    @Test("a folder is not the one whose name only begins like it", arguments: Kind.expected)
    func similarFolders(kind: Kind) async throws {
        try await withStore(kind) { store in
            try await store.put(try path("t/a"), [1])
            try await store.put(try path("t__quarantine/b"), [1])
            try await store.put(try path("t-2/c"), [1])
            #expect(try await store.names(in: try path("t"), from: nil) == ["a"])
            #expect(try await store.list(try path("t"), recursively: true).map(\.path.text) == ["t/a"])
            #expect(try await store.folders(in: .root) == ["t", "t-2", "t__quarantine"])
            #expect(try await store.names(in: .root, from: nil).isEmpty)
        }
    }

    @Test(
        "any name that a path can have is kept byte for byte", arguments: Kind.expected,
        [
            "a b", "a+b", "a%20b", "a%2Bb", "ü/ö", "u\u{308}", "日本語", "🙂", "a#b", "a&b<c>", "a=b/c=d", "a'b\"c",
            "a;b,c",
            "a:b@c", "$(!)*[x]~", "a?b", "-", "...", "%", "%%",
        ])
    func oddNames(kind: Kind, name: String) async throws {
        try await withStore(kind) { store in
            let file = try path("odd/\(name)")
            try await store.putIfAbsent(file, Array(name.utf8))
            #expect(try await store.read(file) == Array(name.utf8))
            #expect(try await store.head(file).size == name.utf8.count)
            #expect(try await code { try await store.putIfAbsent(file, [1]) } == .alreadyExists)
            let listed = try await store.list(try path("odd"), recursively: true).map(\.path.text)
            #expect(listed.map { Array($0.utf8) } == [Array(file.text.utf8)])
            if !name.contains("/") {
                let names = try await store.names(in: try path("odd"), from: nil)
                #expect(names.map { Array($0.utf8) } == [Array(name.utf8)])
            }
            try await store.delete(file)
            #expect(try await code { _ = try await store.read(file) } == .notFound)
        }
    }

    @Test("of many writers that put one object exactly one succeeds", arguments: Kind.expected)
    func racing(kind: Kind) async throws {
        try await withStore(kind) { store in
            // The S3 server of the tests takes about a second for a race.
            let rounds = kind == .s3 ? 5 : 20
            for round in 0..<rounds {
                let file = try path("log/\(round).json")
                let winners = await withTaskGroup(of: Int?.self) { group in
                    for writer in 0..<8 {
                        group.addTask {
                            do {
                                try await store.putIfAbsent(file, Array(repeating: UInt8(writer), count: 10_000))
                                return writer
                            } catch {
                                return (error as? ObjectStoreError)?.code == .alreadyExists ? nil : -1
                            }
                        }
                    }
                    return await group.reduce(into: [Int]()) { if let winner = $1 { $0.append(winner) } }
                }
                #expect(winners.count == 1)
                let content = try await store.read(file)
                #expect(content == Array(repeating: UInt8(winners.first ?? 0), count: 10_000))
            }
            #expect(try await store.names(in: try path("log"), from: nil).count == rounds)
        }
    }

    @Test("a listing is sorted, and of one level or all", arguments: Kind.expected)
    func listing(kind: Kind) async throws {
        try await withStore(kind) { store in
            for name in ["t/10.json", "t/2.json", "t/ü ?*[x].json", "t/sub/deep/x", "u/y"] {
                try await store.put(try path(name), Array(name.utf8))
            }
            #expect(try await store.names(in: try path("t"), from: nil) == ["10.json", "2.json", "ü ?*[x].json"])
            #expect(try await store.names(in: try path("t"), from: "2") == ["2.json", "ü ?*[x].json"])
            #expect(try await store.folders(in: .root) == ["t", "u"])
            #expect(try await store.list(try path("t"), recursively: false).map(\.path.name).count == 3)
            let all = try await store.list(try path("t"), recursively: true)
            #expect(all.map(\.path.text) == ["t/10.json", "t/2.json", "t/sub/deep/x", "t/ü ?*[x].json"])
            #expect(all.map(\.size) == all.map(\.path.text.utf8.count))
            #expect(all.allSatisfy { $0.modified > 1_600_000_000_000 })
        }
    }

    @Test("a finished local file becomes an object and is gone", arguments: Kind.expected)
    func moving(kind: Kind) async throws {
        try await withStore(kind) { store in
            let target = try path("t/x.parquet")
            try await store.makeFolder(target.folder)
            try await store.put(target, Array("old".utf8))
            let temporary = store.temporaryLocation(for: target)
            try Data("new".utf8).write(to: URL(filePath: temporary))
            try await store.put(target, movingFile: temporary)
            #expect(try await store.read(target) == Array("new".utf8))
            #expect(!FileManager.default.fileExists(atPath: temporary))
            try await store.synchronize(target)
            try Data().write(to: URL(filePath: temporary))
            try await store.put(try path("t/empty"), movingFile: temporary)
            #expect(try await store.head(try path("t/empty")).size == 0)
            #expect(try await store.read(try path("t/empty"), limit: 5).isEmpty)
            try await store.delete(target)
            #expect(try await code { _ = try await store.head(target) } == .notFound)
        }
    }

    @Test(
        "a path cannot lead out of the store",
        arguments: ["/etc/passwd", "../x", "a/../../x", "a//b", "", "a/./b", "a/", "x\u{0}y"])
    func hostilePaths(text: String) {
        #expect(ObjectPath(text) == nil)
    }
}
