import DuckDB
import Foundation
import ObjectStore
import Project
import Store
import Synchronization

/// A store and the database that reads and writes its files.
struct WorkloadStore: Sendable {
    let store: DatasetStore
    let objects: any ObjectStore
    let database: @Sendable () throws -> Database

    init(_ location: String) throws {
        let place = try WorkloadPlace(location)
        objects = place.objects
        let lazy = LazyDatabase(preparation: place.preparation, extensions: place.extensions)
        let database: @Sendable () throws -> Database = { try lazy.database() }
        self.database = database
        store = DatasetStore(
            objects: place.objects, database: database, now: { Int(Date().timeIntervalSince1970 * 1_000) })
    }

    func name(_ text: String) throws -> DatasetName {
        guard let name = DatasetName(text) else { throw Trouble("\(text) is no name of a dataset") }
        return name
    }

    private struct Opening: Encodable {
        var seconds: Double
        var version: Int
        var files: Int
    }

    /// How long it takes to open a table's newest version, the process being there.
    func open(_ table: String) async throws -> String {
        let name = try name(table)
        let clock = ContinuousClock()
        let start = clock.now
        let snapshot = try await store.snapshot(of: name)
        let files = snapshot.files.count
        let seconds = (clock.now - start) / .seconds(1)
        return try Output.json(Opening(seconds: seconds, version: snapshot.pinned.version.number, files: files))
    }
}

/// A database that is opened when it is first needed.
private final class LazyDatabase: Sendable {
    private let preparation: String?
    private let extensions: [String]
    private let opened = Mutex<Database?>(nil)

    init(preparation: String?, extensions: [String]) {
        self.preparation = preparation
        self.extensions = extensions
    }

    func database() throws -> Database {
        try opened.withLock { opened in
            if let opened { return opened }
            let database = try Database(
                Database.Configuration(memoryLimit: 1 << 30, threads: 2, extensions: extensions))
            if let preparation { try database.withConnection { try $0.execute(preparation) } }
            opened = database
            return database
        }
    }
}
