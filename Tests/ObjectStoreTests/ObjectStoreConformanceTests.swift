import Foundation
import Testing

@testable import ObjectStore

/// What every object store must do. A new implementation joins by a case of `Kind`.
@Suite("Object stores")
struct ObjectStoreConformanceTests {
    enum Kind: CaseIterable, Sendable {
        case localFolder
    }

    /// A store without content, which is gone after `body`.
    private func withStore(_ kind: Kind, _ body: (any ObjectStore) async throws -> Void) async throws {
        switch kind {
        case .localFolder:
            let folder = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body(LocalFolder(folder.path))
        }
    }

    private func path(_ text: String) throws -> ObjectPath { try #require(ObjectPath(text)) }

    private func code(_ body: () async throws -> Void) async throws -> ObjectStoreError.Code {
        let error = await #expect(throws: ObjectStoreError.self) { try await body() }
        return try #require(error).code
    }

    @Test("what was put is read back, whole or its beginning", arguments: Kind.allCases)
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

    @Test("what is not there is not found", arguments: Kind.allCases)
    func missing(kind: Kind) async throws {
        try await withStore(kind) { store in
            let file = try path("a/none")
            #expect(try await code { _ = try await store.read(file) } == .notFound)
            #expect(try await code { _ = try await store.head(file) } == .notFound)
            #expect(try await code { _ = try await store.names(in: file, from: nil) } == .notFound)
            #expect(try await code { _ = try await store.list(file, recursively: true) } == .notFound)
            try await store.delete(file)
        }
    }

    @Test("of many writers that put one object exactly one succeeds", arguments: Kind.allCases)
    func racing(kind: Kind) async throws {
        try await withStore(kind) { store in
            for round in 0..<20 {
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
            #expect(try await store.names(in: try path("log"), from: nil).count == 20)
        }
    }

    @Test("a listing is sorted, and of one level or all", arguments: Kind.allCases)
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

    @Test("a finished local file becomes an object and is gone", arguments: Kind.allCases)
    func moving(kind: Kind) async throws {
        try await withStore(kind) { store in
            let target = try path("t/x.parquet")
            try await store.put(target, Array("old".utf8))
            let temporary = store.temporaryLocation(for: target)
            try Data("new".utf8).write(to: URL(filePath: temporary))
            try await store.put(target, movingFile: temporary)
            #expect(try await store.read(target) == Array("new".utf8))
            #expect(!FileManager.default.fileExists(atPath: temporary))
            try await store.synchronize(target)
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
