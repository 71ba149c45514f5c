import Foundation
import ObjectStore
import Project
import Testing

@testable import Store

/// A store as object stores are: a folder is there as long as something is in it.
private struct Bucket: ObjectStore {
    let folder: LocalFolder

    func read(_ path: ObjectPath, limit: Int?) async throws(ObjectStoreError) -> [UInt8] {
        try await folder.read(path, limit: limit)
    }

    func putIfAbsent(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) {
        try await folder.putIfAbsent(path, bytes)
    }

    func put(_ path: ObjectPath, _ bytes: [UInt8]) async throws(ObjectStoreError) { try await folder.put(path, bytes) }

    func put(_ path: ObjectPath, movingFile file: String) async throws(ObjectStoreError) {
        try await folder.put(path, movingFile: file)
    }

    func temporaryLocation(for path: ObjectPath) -> String { folder.temporaryLocation(for: path) }
    func head(_ path: ObjectPath) async throws(ObjectStoreError) -> ObjectEntry { try await folder.head(path) }

    func names(in path: ObjectPath, from first: String?) async throws(ObjectStoreError) -> [String] {
        try await folder.names(in: path, from: first)
    }

    func folders(in path: ObjectPath) async throws(ObjectStoreError) -> [String] { try await folder.folders(in: path) }

    func list(_ path: ObjectPath, recursively: Bool) async throws(ObjectStoreError) -> [ObjectEntry] {
        try await folder.list(path, recursively: recursively)
    }

    func delete(_ path: ObjectPath) async throws(ObjectStoreError) { try await folder.delete(path) }
    func makeFolder(_ path: ObjectPath) async throws(ObjectStoreError) {}
    func synchronize(_ path: ObjectPath) async throws(ObjectStoreError) {}
    func location(of path: ObjectPath) -> String { folder.location(of: path) }
}

@Suite("Stores without empty folders")
struct FolderlessStoreTests {
    @Test("staged files of a step that never got to publish are no table, and no obstacle")
    func staging() async throws {
        let temporary = try TemporaryStore()
        let database = temporary.database
        let store = DatasetStore(
            objects: Bucket(folder: LocalFolder(temporary.folder)), database: { database }, now: { 0 })
        let folder = try await store.stagingFolder(of: .flights)
        try FileManager.default.createDirectory(atPath: folder + "/p=1", withIntermediateDirectories: true)
        try Data("staged".utf8).write(to: URL(filePath: folder + "/p=1/part-1.parquet"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/_delta_log"))
        #expect(try await store.head(of: .flights) == nil)
        #expect(try await store.datasets().isEmpty)
        #expect(try await store.stagingFolder(of: .flights) == folder)
        let error = await #expect(throws: StoreError.self) { try await store.snapshot(of: .flights) }
        #expect(error?.code == .noTable)
        try FileManager.default.createDirectory(
            atPath: temporary.folder + "/other", withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: temporary.folder + "/other/file.txt"))
        let other = try #require(DatasetName("other"))
        let refused = await #expect(throws: StoreError.self) { try await store.stagingFolder(of: other) }
        #expect(refused?.code == .notATable)
    }
}
