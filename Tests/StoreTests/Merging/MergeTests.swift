import DeltaLog
import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Merging by key")
struct MergeTests {
    private let rows = "SELECT range AS id, 'old' || range AS v FROM range(1000)"

    @Test("new keys are inserted, known ones replaced, and the rest stays as it was")
    func upsert() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.publish(rows, .flights)
        let version = try await temporary.merge(
            "SELECT range * 2 AS id, 'new' || range AS v FROM range(490, 510)", by: ["id"])
        #expect(version.version == Version(1))
        let expected = """
            SELECT range AS id, 'old' || range AS v FROM range(1000) WHERE range % 2 = 1 OR range < 980
            UNION ALL SELECT range * 2, 'new' || range FROM range(490, 510)
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        let metrics = try await temporary.metrics()
        #expect(metrics["numTargetRowsInserted"] == 10 && metrics["numTargetRowsUpdated"] == 10)
        #expect(metrics["numTargetRowsDeleted"] == 0 && metrics["numTargetRowsCopied"] == 990)
        #expect(metrics["numSourceRows"] == 20)
        let entry = try #require(try await temporary.store.history(of: .flights).first)
        #expect(entry.operation == "MERGE" && entry.record?.run.text == "r1")
    }

    @Test("a merge into nothing makes the table, without the rows that are to be deleted")
    func creation() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.merge(
            "SELECT range AS id, range % 2 = 0 AS gone FROM range(10)", by: ["id"], deleteWhen: "gone")
        let expected = "SELECT range * 2 + 1 AS id, false AS gone FROM range(5)"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        #expect(try temporary.dataFiles().count == 1)
    }

    @Test("rows for which delete_when is true take theirs out; where it is NULL they replace it")
    func deletion() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.publish("SELECT range AS id, NULL::BOOLEAN AS gone FROM range(10)", .flights)
        try await temporary.merge(
            """
            SELECT unnest([1, 2, 3, 50])::BIGINT AS id, unnest([true, false, NULL, true]) AS gone
            """, by: ["id"], deleteWhen: "gone")
        let expected = """
            SELECT range::BIGINT AS id, CASE range WHEN 2 THEN false END AS gone FROM range(10) WHERE range <> 1
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        let metrics = try await temporary.metrics()
        #expect(metrics["numTargetRowsDeleted"] == 1 && metrics["numTargetRowsUpdated"] == 2)
        #expect(metrics["numTargetRowsInserted"] == 0)
    }

    @Test("only files with a key of the new rows are rewritten, and those without a row left just go")
    func touchedFiles() async throws {
        let temporary = try TemporaryStore(named: plainName)
        for part in 0..<5 {
            try await temporary.publish(
                "SELECT range + \(part) * 100 AS id, 'old' AS v FROM range(100)", .flights, mode: .append)
        }
        let before = try await temporary.livePaths()
        try await temporary.merge(
            "SELECT id, 'new' AS v FROM (SELECT unnest([150, 1000]) AS id UNION ALL SELECT range + 300 FROM range(100))",
            by: ["id"])
        let after = try await temporary.livePaths()
        #expect(before.subtracting(after).count == 2)
        // One with what stays of the second file, one with the new rows.
        #expect(after.subtracting(before).count == 2)
        let expected = """
            SELECT range AS id, CASE WHEN range = 150 OR range BETWEEN 300 AND 399 THEN 'new' ELSE 'old' END AS v
            FROM range(500) UNION ALL SELECT 1000, 'new'
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        #expect(try await temporary.metrics()["numTargetFilesRemoved"] == 2)
    }

    @Test("keys of several columns and types, NULL in the table's keys never matches")
    func compositeKeys() async throws {
        let temporary = try TemporaryStore(named: plainName)
        let table = """
            SELECT CASE WHEN range < 5 THEN NULL ELSE DATE '2024-01-01' + (range % 7)::INTEGER END AS "day of",
                'ü' || range AS name, range AS v FROM range(50)
            """
        try await temporary.publish(table, .flights)
        let news =
            "SELECT DATE '2024-01-01' + (range % 7)::INTEGER AS \"day of\", 'ü' || range AS name, -range AS v FROM range(3, 8)"
        try await temporary.merge(news, by: ["day of", "name"])
        let expected = """
            SELECT CASE WHEN range < 5 THEN NULL ELSE DATE '2024-01-01' + (range % 7)::INTEGER END AS "day of",
                'ü' || range AS name, CASE WHEN range BETWEEN 5 AND 7 THEN -range ELSE range END AS v FROM range(50)
            UNION ALL SELECT DATE '2024-01-01' + (range % 7)::INTEGER, 'ü' || range, -range FROM range(3, 5)
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
    }

    @Test("partitioned tables keep their partitions, and others' partitions are not touched")
    func partitions() async throws {
        let temporary = try TemporaryStore(named: plainName)
        let table = "SELECT range AS id, 'p' || range % 4 AS p, 'old' AS v FROM range(100)"
        try await temporary.publish(table, .flights, partitionBy: ["p"])
        let before = try await temporary.livePaths()
        try await temporary.merge(
            "SELECT range * 4 AS id, 'p0' AS p, 'new' AS v FROM range(5) UNION ALL SELECT 1, 'p3', 'moved'",
            by: ["id"], partitionBy: ["p"])
        let after = try await temporary.livePaths()
        #expect(before.intersection(after).count == 2)
        #expect(after.allSatisfy { $0.hasPrefix("p=p") })
        let expected = """
            SELECT range AS id, CASE range WHEN 1 THEN 'p3' ELSE 'p' || range % 4 END AS p,
                CASE WHEN range = 1 THEN 'moved' WHEN range % 4 = 0 AND range < 20 THEN 'new' ELSE 'old' END AS v
            FROM range(100)
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        // A key that is a partition column leaves other partitions alone.
        try await temporary.merge("SELECT 2::BIGINT AS id, 'p2' AS p, 'x' AS v", by: ["p", "id"], partitionBy: ["p"])
        let last = try await temporary.livePaths()
        #expect(after.subtracting(last).count == 1)
    }

    @Test("rows with the same key, or none, are refused by name, and nothing stays of the attempt but staged files")
    func duplicates() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish(rows, .flights)
        let twice = try await storeError {
            try await temporary.merge("SELECT unnest([7, 7, 8]) AS id, 'x' AS v", by: ["id"])
        }
        #expect(twice.code == .duplicateKeys && twice.message.contains("id = 7) 2×"))
        let none = try await storeError {
            try await temporary.merge("SELECT unnest([1, NULL]) AS id, 'x' AS v", by: ["id"])
        }
        #expect(none.code == .duplicateKeys && none.message.contains("NULL"))
        let noKey = try await storeError { try await temporary.merge("SELECT 1 AS id, 'x' AS v", by: ["nothing"]) }
        #expect(noKey.code == .noSuchColumn && noKey.message.contains("nothing"))
        let condition = try await storeError {
            try await temporary.merge("SELECT 1 AS id, 'x' AS v", by: ["id"], deleteWhen: "w > 3")
        }
        #expect(condition.code == .invalidCondition && condition.message.contains("delete_when"))
        #expect(try await temporary.difference(.flights, from: rows) == 0)
        let tables = try temporary.database.withConnection {
            try $0.query("SELECT count(*) AS n FROM duckdb_tables()")
        }
        #expect(tables.first?["n"].int == 0)
    }

    @Test("a merge whose files an optimize took away finds its rows in the new ones")
    func concurrentOptimize() async throws {
        let temporary = try TemporaryStore(named: plainName)
        for part in 0..<4 {
            try await temporary.publish(
                "SELECT range + \(part) * 10 AS id, 'old' AS v FROM range(10)", .flights, mode: .append)
        }
        let base = try #require(try await temporary.store.head(of: .flights)).pinned
        let sql = "SELECT range * 4 AS id, 'new' AS v FROM range(10)"
        let files = try await temporary.stage(sql, .flights)
        let optimized = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(optimized.version != nil)
        let merged = try await temporary.store.publish(
            Publication(
                name: .flights, mode: .merge(MergeKey(columns: ["id"])), columns: try temporary.columns(of: sql),
                files: files, record: temporary.record("late"), basedOn: base))
        #expect(merged.version == Version(5))
        let expected = "SELECT range AS id, CASE range % 4 WHEN 0 THEN 'new' ELSE 'old' END AS v FROM range(40)"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        let live = try await temporary.livePaths()
        let dead = try temporary.dataFiles().subtracting(live)
        // The five files that were live once; nothing of the attempt that came to nothing.
        #expect(dead.count == 5)
    }

    @Test("of two merges of one step that began at one version one is refused with who won")
    func conflict() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish(rows, .flights)
        let base = try #require(try await temporary.store.head(of: .flights)).pinned
        let sql = "SELECT 3::BIGINT AS id, 'new' AS v"
        let files = try await temporary.stage(sql, .flights)
        try await temporary.merge(sql, by: ["id"])
        let error = try await storeError {
            _ = try await temporary.store.publish(
                Publication(
                    name: .flights, mode: .merge(MergeKey(columns: ["id"])), columns: try temporary.columns(of: sql),
                    files: files, record: temporary.record("late"), basedOn: base))
        }
        #expect(error.code == .conflict)
        #expect(error.message.contains("version 1 (MERGE)"))
    }

    @Test("columns widen by policy, in files that every reader can read")
    func widening() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.publish(
            "SELECT range::INTEGER AS id, range::FLOAT AS f, {'a': range::SMALLINT} AS s FROM range(10)", .flights)
        let wide =
            "SELECT (range + 8)::BIGINT AS id, range / 3 AS f, {'a': (range + 100000)::INTEGER} AS s, 'n' AS n FROM range(4)"
        let refused = try await storeError { try await temporary.merge(wide, by: ["id"], policy: .addColumns) }
        #expect(refused.code == .schemaMismatch && refused.message.contains("column id"))
        try await temporary.merge(wide, by: ["id"], policy: .widen)
        let expected = """
            SELECT range AS id, range::FLOAT::DOUBLE AS f, {'a': range::INTEGER} AS s, NULL::VARCHAR AS n FROM range(8)
            UNION ALL \(wide)
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        #expect(try await temporary.store.history(of: .flights).first?.operation == "MERGE")

        try await temporary.publish(
            "SELECT 50::BIGINT AS id, 1.5::DOUBLE AS f, {'a': 5000000000} AS s, 'x' AS n", .flights, mode: .append,
            policy: .widen)
        let last =
            "SELECT id, f, {'a': s.a::BIGINT} AS s, n FROM (\(expected)) UNION ALL SELECT 50, 1.5, {'a': 5000000000}, 'x'"
        #expect(try await temporary.difference(.flights, from: last) == 0)
        #expect(try temporary.judged(last) == "0 0")
        #expect(try await temporary.store.history(of: .flights).first?.operation == "WRITE")
    }

    @Test("a merge of no rows makes a version that changes nothing")
    func nothing() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish(rows, .flights)
        let sql = "SELECT 1::BIGINT AS id, 'x' AS v WHERE false"
        _ = try await temporary.store.publish(
            Publication(
                name: .flights, mode: .merge(MergeKey(columns: ["id"])), columns: try temporary.columns(of: sql),
                files: [], record: temporary.record("empty"),
                basedOn: try #require(try await temporary.store.head(of: .flights)).pinned))
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.pinned.version == Version(1) && head.dataVersion == Version(0) && head.record?.run.text == "empty")
        #expect(try await temporary.difference(.flights, from: rows) == 0)
    }

    @Test("a table of deltalake's is merged into as well")
    func foreignTable() async throws {
        guard DeltaLakeTool.isInstalled else { return }
        let temporary = try TemporaryStore(named: plainName)
        try FileManager.default.createDirectory(atPath: temporary.folder, withIntermediateDirectories: true)
        let program = """
            import sys, pyarrow as pa
            from deltalake import write_deltalake
            write_deltalake(sys.argv[1], pa.table({"id": list(range(20)), "p": ["a", "b"] * 10, "v": ["old"] * 20}), partition_by=["p"])
            """
        try DeltaLakeTool.run(program, "\(temporary.folder)/flights")
        try await temporary.merge(
            "SELECT 4::BIGINT AS id, 'a' AS p, 'new' AS v UNION ALL SELECT 99, 'c', 'new'", by: ["id"],
            partitionBy: ["p"])
        let expected = """
            SELECT range AS id, CASE range % 2 WHEN 0 THEN 'a' ELSE 'b' END AS p,
                CASE range WHEN 4 THEN 'new' ELSE 'old' END AS v FROM range(20) UNION ALL SELECT 99, 'c', 'new'
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
    }
}
