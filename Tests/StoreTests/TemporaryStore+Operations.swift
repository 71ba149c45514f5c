import DeltaLog
import DuckDB
import Foundation
import Project
import Testing

@testable import Store

extension TemporaryStore {
    /// Stages the query's rows and merges them.
    @discardableResult
    func merge(
        _ sql: String, by key: [String], deleteWhen: String? = nil, partitionBy: [String] = [], run: String = "r1",
        policy: SchemaPolicyName? = nil
    ) async throws -> PinnedVersion {
        try await publish(
            sql, .flights, mode: .merge(MergeKey(columns: key, deleteWhen: deleteWhen)), partitionBy: partitionBy,
            run: run, policy: policy)
    }

    /// `operationMetrics` of the newest commit.
    func metrics() async throws -> [String: Int] {
        let table = try TableFolder(.flights, in: store.objects)
        let version = try #require(try await store.head(of: .flights)).pinned.version.number
        let commit = try await store.commit(version, of: table)
        var metrics: [String: Int] = [:]
        for member in commit.info?["operationMetrics"]?.object?.members ?? [] {
            metrics[member.name] = member.value.text.flatMap { Int($0) }
        }
        return metrics
    }

    /// The paths of the live files, relative to the table's folder.
    func livePaths(at version: Version? = nil) async throws -> Set<String> {
        Set(try await store.snapshot(of: .flights, at: version).files.map(\.logPath))
    }

    /// The Parquet files in the table's folder, relative to it.
    func dataFiles() throws -> Set<String> {
        let entries = FileManager.default.enumerator(atPath: "\(folder)/flights")
        return Set(
            (entries?.compactMap { $0 as? String } ?? []).filter {
                $0.hasSuffix(".parquet") && !$0.hasPrefix("_delta_log")
            })
    }

    /// How many rows of one query are not in the other, both ways.
    func difference(between one: String, and other: String) throws -> Int64? {
        try database.withConnection { connection in
            try connection.query(
                """
                SELECT (SELECT count(*) FROM ((\(one)) EXCEPT ALL (\(other))))
                    + (SELECT count(*) FROM ((\(other)) EXCEPT ALL (\(one)))) AS rows
                """
            ).first?["rows"].int
        }
    }

    /// deltalake's and DuckDB's answers for the newest version: how many of its rows differ from the query's.
    func judged(_ sql: String) throws -> String {
        guard DeltaLakeTool.isInstalled else { return "0 0" }
        let expected = "\(folder)/expected-\(UUID().uuidString).parquet"
        try database.withConnection { connection in
            try connection.execute("COPY (\(sql)) TO \(SQL.literal(expected)) (FORMAT parquet)")
        }
        let program = """
            import sys, duckdb, glob, importlib.util, os
            from deltalake import DeltaTable
            connection = duckdb.connect()
            connection.execute("SET TimeZone = 'UTC'")
            table = DeltaTable(sys.argv[1])
            columns = ", ".join('"' + field.name.replace('"', '""') + '"' for field in table.schema().fields)
            connection.register("found_rows", table.to_pyarrow_table())
            connection.execute("CREATE VIEW found AS SELECT " + columns + " FROM found_rows")
            connection.execute("CREATE VIEW expected AS SELECT " + columns + " FROM read_parquet('" + sys.argv[2].replace("'", "''") + "')")
            def different(found):
                return connection.execute("SELECT (SELECT count(*) FROM (FROM " + found + " EXCEPT ALL FROM expected)) + (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM " + found + "))").fetchone()[0]
            answers = [different("found")]
            spec = importlib.util.find_spec("duckdb_extension_delta")
            places = glob.glob(os.path.join(list(spec.submodule_search_locations)[0], "**", "delta.duckdb_extension"), recursive=True) if spec else []
            if places:
                connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
                connection.execute("SET TimeZone = 'UTC'")
                connection.execute("LOAD '" + places[0] + "'")
                connection.execute("CREATE VIEW expected AS SELECT " + columns + " FROM read_parquet('" + sys.argv[2].replace("'", "''") + "')")
                connection.execute("CREATE VIEW found AS SELECT " + columns + " FROM delta_scan('" + sys.argv[1] + "')")
                answers.append(different("found"))
            else:
                answers.append(0)
            print(*answers)
            """
        return try DeltaLakeTool.run(program, "\(folder)/flights", expected)
    }
}

/// A name without characters that need escapes in a URL, which deltalake has trouble with.
let plainName = "millrace-store-"

/// The error that a body throws.
func storeError(_ body: () async throws -> Void) async throws -> StoreError {
    try #require(await #expect(throws: StoreError.self) { try await body() })
}
