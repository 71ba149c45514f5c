import DuckDB
import Foundation
import ObjectStore
import Synchronization

@testable import Project
@testable import Store

/// A store in a folder of its own that many tables share, on a clock that never stands still.
final class PropertyStore: Sendable {
    let folder: String
    let store: DatasetStore
    let database: Database

    init(folder: String) throws {
        self.folder = folder
        let database = try Database(Database.Configuration(memoryLimit: 2 << 30, threads: 1))
        self.database = database
        let clock = Clock()
        store = DatasetStore(objects: LocalFolder(folder), database: { database }, now: { clock.next() })
    }

    /// Begins with the real time, because files have it too, and is ahead of it from then on.
    private final class Clock: Sendable {
        private let time = Mutex(Int(Date().timeIntervalSince1970 * 1_000))

        func next() -> Int {
            time.withLock {
                $0 += 1_000
                return $0
            }
        }
    }

    /// Writes rows as Parquet files that no commit names.
    func stage(
        _ sql: String, _ name: DatasetName, partitionBy: [String], on connection: Connection
    ) async throws -> [StagedFile] {
        let folder = try await store.stagingFolder(of: name)
        let unique = UUID().uuidString.lowercased()
        let names = partitionBy.map(SQL.quoted).joined(separator: ", ")
        let (target, options) =
            partitionBy.isEmpty
            ? ("\(folder)/part-\(unique).parquet", "")
            : (
                folder,
                ", PARTITION_BY (\(names)), WRITE_PARTITION_COLUMNS true, FILENAME_PATTERN 'part-{uuid}', "
                    + "OVERWRITE_OR_IGNORE true"
            )
        return try connection.query(
            "COPY (\(sql)) TO \(SQL.literal(target)) (FORMAT parquet, RETURN_STATS\(options))"
        ).compactMap { StagedFile(returnedBy: $0) }
    }

    func record(_ run: String) -> VersionRecord {
        var fingerprint = Fingerprint.Builder()
        fingerprint.add(run)
        return VersionRecord(
            run: RunID(run), fingerprint: fingerprint.finish(), rows: RowAccount(read: 0, published: 0, quarantined: 0),
            millrace: "0.0.0")
    }
}
