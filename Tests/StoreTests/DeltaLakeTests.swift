import DuckDB
import Foundation
import Project
import Testing

@testable import Store

/// What Millrace writes is read by deltalake, and the other way round.
@Suite(
    "Together with deltalake", .enabled(if: DeltaLakeTool.isInstalled, "scripts/bootstrap --test installs deltalake"))
struct DeltaLakeTests {
    /// deltalake has trouble with folders whose names need escapes in a URL.
    private static let folderName = "millrace-store-"

    /// deltalake's answer for a version, given the rows that it should find.
    private func compare(
        _ temporary: TemporaryStore, _ name: DatasetName, _ sql: String, at version: Version? = nil
    ) throws -> String {
        let expected = "\(temporary.folder)/expected-\(UUID().uuidString).parquet"
        try temporary.database.withConnection { connection in
            try connection.execute("COPY (\(sql)) TO \(SQL.literal(expected)) (FORMAT parquet)")
        }
        let table = "\(temporary.folder)/\(name)"
        if let version {
            return try DeltaLakeTool.run(DeltaLakeTool.comparison, table, expected, String(version.number))
        }
        return try DeltaLakeTool.run(DeltaLakeTool.comparison, table, expected)
    }

    @Test("it reads every type, with statistics")
    func types() async throws {
        let temporary = try TemporaryStore(named: Self.folderName)
        try await temporary.publish(everyType, .flights)
        #expect(
            try compare(temporary, .flights, everyType)
                == "0|id,b,i8,i16,i32,f,d,dec,big,s t,bin,day,tz,l,st,m,nothing|20|0")
        let sql =
            "SELECT TIMESTAMP '2024-01-01 10:00:00.123456' + INTERVAL (range) DAY AS t, [TIMESTAMP '2024-01-01 00:00:00'] AS l FROM range(5)"
        try await temporary.publish(sql, .flights)
        #expect(try compare(temporary, .flights, sql) == "1|t,l|5|0")
        #expect(try compare(temporary, .flights, everyType, at: Version(0)).hasSuffix("|20|0"))
    }

    @Test("its filters find the rows that the statistics promise")
    func statistics() async throws {
        let temporary = try TemporaryStore(named: Self.folderName)
        let sql = """
            SELECT range AS id, CASE WHEN range < 50 THEN repeat('é', 40) || range ELSE 'z' || range END AS s,
                TIMESTAMPTZ '2024-01-01 00:00:00.000999+00' + INTERVAL (range) SECOND AS t, range / 3 AS d FROM range(100)
            """
        try await temporary.publish("\(sql) WHERE range < 50", .flights)
        try await temporary.publish("\(sql) WHERE range >= 50", .flights, mode: .append)
        let program = """
            import sys, datetime
            import pyarrow.compute as pc, pyarrow.dataset as ds
            from deltalake import DeltaTable
            table = DeltaTable(sys.argv[1])
            data = table.to_pyarrow_dataset()
            utc = datetime.timezone.utc
            last = datetime.datetime(2024, 1, 1, 0, 0, 49, 999, utc)
            print(data.to_table(filter=ds.field("s") >= "é" * 40).num_rows, data.to_table(filter=ds.field("t") == last).num_rows,
                data.to_table(filter=ds.field("s") == "z77").num_rows, data.to_table(filter=ds.field("d") > 16.6).num_rows,
                data.to_table(filter=ds.field("id") == 50).num_rows)
            """
        #expect(try DeltaLakeTool.run(program, "\(temporary.folder)/flights") == "50 1 1 50 1")
    }

    @Test("it reads partitions, with odd values and nulls")
    func partitions() async throws {
        let temporary = try TemporaryStore(named: Self.folderName)
        let sql = """
            SELECT range AS i, CASE range % 3 WHEN 0 THEN 'a b/ü%''' WHEN 1 THEN NULL ELSE 'x' END AS p,
                DATE '2024-01-01' + (range % 2)::INTEGER AS d, range % 2 = 0 AS b,
                TIMESTAMPTZ '2024-01-01 00:00:00.5+00' + INTERVAL (range % 2) HOUR AS tz FROM range(12)
            """
        try await temporary.publish(sql, .flights, partitionBy: ["p", "d", "b", "tz"])
        #expect(try compare(temporary, .flights, sql) == "0|i,p,d,b,tz|12|0")
    }

    @Test("it reads a table whose older commits are gone, writes to it, and Millrace goes on from there")
    func checkpoint() async throws {
        let temporary = try TemporaryStore(named: Self.folderName)
        for number in 0...10 {
            try await temporary.publish(
                "SELECT \(number)::BIGINT AS a, 'p\(number % 2)' AS p", .flights, mode: .append, partitionBy: ["p"],
                run: "r\(number)")
        }
        for version in 0..<10 {
            try FileManager.default.removeItem(
                atPath: "\(temporary.folder)/flights/_delta_log/" + String(format: "%020d.json", version))
        }
        let rows = "SELECT range AS a, 'p' || range % 2 AS p FROM range(11)"
        #expect(try compare(temporary, .flights, rows) == "10|a,p|11|0")

        let program = """
            import sys, pyarrow as pa
            from deltalake import DeltaTable, write_deltalake
            write_deltalake(sys.argv[1], pa.table({"a": pa.array([11], pa.int64()), "p": ["p1"]}), mode="append")
            DeltaTable(sys.argv[1]).optimize.compact()
            print(DeltaTable(sys.argv[1]).version())
            """
        #expect(try DeltaLakeTool.run(program, "\(temporary.folder)/flights") == "12")
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.pinned.version == Version(12) && head.recordVersion == Version(10))
        #expect(head.record?.run.text == "r10")
        #expect(head.pinned.table == (try await temporary.store.snapshot(of: .flights)).pinned.table)
        let more = "SELECT range AS a, 'p' || range % 2 AS p FROM range(12)"
        #expect(try await temporary.difference(.flights, from: more) == 0)
        #expect(try await temporary.store.history(of: .flights).map(\.operation) == ["OPTIMIZE", "WRITE", "WRITE"])

        try await temporary.publish("SELECT 12::BIGINT AS a, 'p0' AS p", .flights, mode: .append, partitionBy: ["p"])
        let last = "SELECT range AS a, 'p' || range % 2 AS p FROM range(13)"
        #expect(try await temporary.difference(.flights, from: last) == 0)
        #expect(try compare(temporary, .flights, last) == "13|a,p|13|0")
    }

    @Test("its own tables are read: partitioned, checkpointed, with columns added")
    func foreign() async throws {
        let temporary = try TemporaryStore(named: Self.folderName)
        let program = """
            import sys, datetime, os, glob, pyarrow as pa
            from deltalake import DeltaTable, write_deltalake
            path = sys.argv[1]
            os.makedirs(os.path.dirname(path), exist_ok=True)
            utc = datetime.timezone.utc
            def rows(n):
                return pa.table({"i": pa.array([n, n + 100], pa.int32()), "s": ["it's ü", None],
                    "p": pa.array(["a b/%", None]), "d": pa.array([datetime.date(2024, 1, 1 + n % 2)] * 2),
                    "t": pa.array([datetime.datetime(2024, 1, 1, 0, n, 0, 5)] * 2, pa.timestamp("us")),
                    "l": [[n], None]})
            for n in range(7):
                write_deltalake(path, rows(n), mode="append", partition_by=["p", "d"])
            table = DeltaTable(path)
            table.create_checkpoint()
            for name in sorted(glob.glob(path + "/_delta_log/0*.json"))[:-1]:
                os.remove(name)
            table.delete("i = 3")
            extra = rows(7).append_column("extra", pa.array([1.5, None]))
            write_deltalake(path, extra, mode="append", partition_by=["p", "d"], schema_mode="merge")
            """
        try FileManager.default.createDirectory(atPath: temporary.folder, withIntermediateDirectories: true)
        try DeltaLakeTool.run(program, "\(temporary.folder)/flights")
        let expected = """
            SELECT (n + k * 100)::INTEGER AS i, CASE k WHEN 0 THEN 'it''s ü' END AS s,
                TIMESTAMP '2024-01-01 00:00:00.000005' + INTERVAL (n) MINUTE AS t, CASE k WHEN 0 THEN [n] END AS l,
                CASE k WHEN 0 THEN 'a b/%' END AS p, DATE '2024-01-01' + (n % 2)::INTEGER AS d, CASE WHEN n = 7 AND k = 0 THEN 1.5::DOUBLE END AS extra
            FROM range(8) n(n), range(2) k(k) WHERE n + k * 100 <> 3
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        let snapshot = try await temporary.store.snapshot(of: .flights)
        #expect(snapshot.rowCount == 15)
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.record == nil && head.pinned == snapshot.pinned)
    }

    @Test("a feature of its tables that is not understood is refused by name")
    func refused() async throws {
        let temporary = try TemporaryStore(named: Self.folderName)
        try FileManager.default.createDirectory(atPath: temporary.folder, withIntermediateDirectories: true)
        let program = """
            import sys, pyarrow as pa
            from deltalake import DeltaTable, write_deltalake
            write_deltalake(sys.argv[1], pa.table({"a": [1]}))
            DeltaTable(sys.argv[1]).alter.add_constraint({"positive": "a > 0"})
            """
        try DeltaLakeTool.run(program, "\(temporary.folder)/flights")
        #expect(try await temporary.difference(.flights, from: "SELECT 1::BIGINT AS a") == 0)
        let error = await #expect(throws: StoreError.self) {
            try await temporary.publish("SELECT -1::BIGINT AS a", .flights)
        }
        #expect(error?.code == .newerProtocol && error?.features.contains("checkConstraints") == true)
    }
}
