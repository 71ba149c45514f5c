import DeltaLog
import DuckDB
import Foundation
import ObjectStore
import Synchronization
import Testing

@testable import Project
@testable import Store

/// A store in a folder of its own, with what an engine does to fill it.
final class TemporaryStore: Sendable {
    let folder: String
    let store: DatasetStore
    let database: Database

    /// The usual name has characters that mean something to URLs, to SQL and to DuckDB's patterns.
    ///
    /// - Parameter start: what the clock says at first, in milliseconds since 1970. Files have the machine's own time.
    init(named name: String = "millrace [store]'s %20 ", start: Int = 1_700_000_000_000) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: name + UUID().uuidString).path
        let database = try Database(Database.Configuration(memoryLimit: 1 << 30, threads: 2))
        self.database = database
        let clock = Clock(start)
        store = DatasetStore(objects: LocalFolder(folder), database: { database }, now: { clock.next() })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A second of time passes with every look.
    private final class Clock: Sendable {
        private let time: Mutex<Int>

        init(_ start: Int) { time = Mutex(start) }

        func next() -> Int {
            time.withLock {
                $0 += 1_000
                return $0
            }
        }
    }

    /// Writes the query's rows as Parquet files that no commit names.
    func stage(_ sql: String, _ name: DatasetName, partitionBy: [String] = []) async throws -> [StagedFile] {
        let folder = try await store.stagingFolder(of: name)
        let unique = UUID().uuidString
        let options =
            partitionBy.isEmpty
            ? ""
            : ", PARTITION_BY (\(partitionBy.map(SQL.quoted).joined(separator: ", "))), WRITE_PARTITION_COLUMNS true, "
                + "FILENAME_PATTERN 'part-{uuid}', OVERWRITE_OR_IGNORE true"
        let target = partitionBy.isEmpty ? "\(folder)/part-\(unique).parquet" : folder
        return try database.withConnection { connection in
            try connection.query("COPY (\(sql)) TO \(SQL.literal(target)) (FORMAT parquet, RETURN_STATS\(options))")
        }.compactMap { StagedFile(returnedBy: $0) }
    }

    func columns(of sql: String) throws -> [Publication.Column] {
        try database.withConnection { connection in
            try connection.columns(of: sql).map { Publication.Column(name: $0.name, duckDBType: $0.type) }
        }
    }

    func record(_ run: String = "r1", rows: Int = 0) -> VersionRecord {
        var fingerprint = Fingerprint.Builder()
        fingerprint.add(run)
        return VersionRecord(
            run: RunID(run), fingerprint: fingerprint.finish(),
            rows: RowAccount(read: rows, published: rows, quarantined: 0),
            checks: [CheckOutcome(name: "not_null", status: .passed, looked: rows)], millrace: "0.1.0")
    }

    /// Stages and publishes the query's rows.
    @discardableResult
    func publish(
        _ sql: String, _ name: DatasetName, mode: Publication.Mode = .replace, partitionBy: [String] = [],
        run: String = "r1", appendTo: Version? = nil, policy: SchemaPolicyName? = nil
    ) async throws -> PinnedVersion {
        let base = try await store.head(of: name)?.pinned
        let files = try await stage(sql, name, partitionBy: partitionBy)
        return try await store.publish(
            Publication(
                name: name, mode: mode, columns: try columns(of: sql), partitionBy: partitionBy, files: files,
                record: record(run, rows: files.reduce(0) { $0 + $1.rows }), basedOn: base, appendTo: appendTo,
                schemaPolicy: policy))
    }

    /// The number of rows in which a version differs from a query, columns and types included.
    func difference(_ name: DatasetName, at version: Version? = nil, from sql: String) async throws -> Int64? {
        let scan = try await store.snapshot(of: name, at: version).scanSQL
        return try database.withConnection { connection in
            #expect(try connection.columns(of: scan) == connection.columns(of: sql))
            return try connection.query(
                """
                SELECT (SELECT count(*) FROM ((\(scan)) EXCEPT ALL (\(sql))))
                    + (SELECT count(*) FROM ((\(sql)) EXCEPT ALL (\(scan)))) AS rows
                """
            ).first?["rows"].int
        }
    }

    func log(_ name: DatasetName) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)/_delta_log").sorted()
    }
}

extension DatasetName {
    static let flights = DatasetName("flights") ?? DatasetName(unchecked: "flights")
}

/// A query with a column of every type that can be stored without a cast.
let everyType = """
    SELECT range AS id, range % 3 = 0 AS b, range::TINYINT AS i8, range::SMALLINT AS i16, range::INTEGER AS i32,
        range::FLOAT / 3 AS f, CASE range WHEN 3 THEN 'nan'::DOUBLE WHEN 4 THEN 'inf'::DOUBLE ELSE range / 7 END AS d,
        (range / 3)::DECIMAL(18, 3) AS dec, (range * 1e20)::DECIMAL(38, 2) AS big,
        CASE range WHEN 1 THEN NULL WHEN 2 THEN repeat('ü', 40) ELSE 'it''s "' || range || '"' || chr(10) END AS "s t",
        encode('x' || range) AS bin, DATE '2024-01-01' + range::INTEGER AS day,
        TIMESTAMPTZ '2024-06-15 12:00:00.123456+00' + INTERVAL (range) HOUR AS tz,
        [range, NULL] AS l, {'a': range, 'b c': {'d': [range::VARCHAR]}} AS st, MAP {'k' || range: range} AS m,
        NULL::INTEGER AS nothing
    FROM range(20)
    """
