import Foundation
import Testing

@testable import ObjectStore

@Suite("Local folders")
struct LocalFolderTests {
    @Test("a folder in which nothing may be written is a denied permission")
    func readOnly() async throws {
        // The superuser may write anywhere; /proc refuses it as well.
        let store = LocalFolder("/proc")
        let error = await #expect(throws: ObjectStoreError.self) {
            try await store.putIfAbsent(try #require(ObjectPath("version-of-ours")), [1])
        }
        #expect(error?.code == .permissionDenied || error?.code == .notFound || error?.code == .other)
        #expect(error?.path.hasPrefix("/proc/") == true)
        #expect(error?.cause != nil)
    }

    @Test(
        "a full disk says so and leaves nothing behind",
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        let file = try OpenFile("/dev/full", 1)
        defer { file.close() }
        let error = #expect(throws: ObjectStoreError.self) { try file.write([1, 2, 3]) }
        #expect(error?.code == .noSpace)
    }

    @Test("a file where a folder is needed says so")
    func notAFolder() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = LocalFolder(folder.path)
        try await store.put(try #require(ObjectPath("a")), [1])
        let error = await #expect(throws: ObjectStoreError.self) {
            try await store.put(try #require(ObjectPath("a/b")), [1])
        }
        #expect(error?.code == .notAFolder)
    }

    @Test("a temporary file that a killed writer left does not stop the next one")
    func leftover() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "objects-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = LocalFolder(folder.path)
        try await store.put(try #require(ObjectPath("log/.tmp-abc")), [1])
        try await store.putIfAbsent(try #require(ObjectPath("log/0.json")), [2])
        #expect(try await store.names(in: try #require(ObjectPath("log")), from: nil) == [".tmp-abc", "0.json"])
    }
}
