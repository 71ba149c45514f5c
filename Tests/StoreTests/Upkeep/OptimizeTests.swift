import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Optimizing")
struct OptimizeTests {
    @Test("small files become one; the rows, the record and the version of the data stay")
    func compaction() async throws {
        let temporary = try TemporaryStore(named: plainName)
        for number in 0..<12 {
            try await temporary.publish(
                "SELECT range + \(number * 10) AS id, 'x' || range AS s, [range] AS l FROM range(10)", .flights,
                mode: .append, run: "r\(number)")
        }
        let report = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(report.version?.version == Version(12))
        #expect(report.filesBefore == 12 && report.filesAfter == 1 && report.rewritten == 12 && report.written == 1)
        #expect(report.bytesAfter < report.bytesBefore)
        let expected = "SELECT range AS id, 'x' || range % 10 AS s, [range % 10] AS l FROM range(120)"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.pinned.version == Version(12) && head.dataVersion == Version(11))
        #expect(head.record?.run.text == "r11")
        #expect(try await temporary.store.history(of: .flights).first?.operation == "OPTIMIZE")

        let again = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(again.version == nil && again.filesBefore == 1)
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(12))
    }

    @Test("partitions are kept apart, odd values and nulls too, and those with one file are left alone")
    func partitions() async throws {
        let temporary = try TemporaryStore(named: plainName)
        let value = "CASE range % 3 WHEN 0 THEN 'a b/ü%''' WHEN 1 THEN NULL ELSE 'x' END"
        for number in 0..<3 {
            try await temporary.publish(
                "SELECT range + \(number) * 30 AS id, \(value) AS p FROM range(30)", .flights, mode: .append,
                partitionBy: ["p"])
        }
        try await temporary.publish(
            "SELECT -1::BIGINT AS id, 'alone' AS p", .flights, mode: .append, partitionBy: ["p"])
        let alone = try await temporary.livePaths().filter { $0.contains("alone") }
        let report = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(report.filesBefore == 10 && report.filesAfter == 4 && report.rewritten == 9)
        #expect(try await temporary.livePaths().isSuperset(of: alone))
        let expected = """
            SELECT range AS id, CASE range % 3 WHEN 0 THEN 'a b/ü%''' WHEN 1 THEN NULL ELSE 'x' END AS p FROM range(90)
            UNION ALL SELECT -1, 'alone'
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        #expect(try await temporary.store.optimize(.flights, OptimizeRequest()).version == nil)
    }

    @Test("more partitions than files can be open at once")
    func manyPartitions() async throws {
        let temporary = try TemporaryStore()
        let sql = "SELECT range AS id, range % 150 AS p FROM range(600)"
        for _ in 0..<2 {
            try await temporary.publish(sql, .flights, mode: .append, partitionBy: ["p"])
        }
        let before = try await temporary.store.snapshot(of: .flights).files.count
        let report = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(report.filesBefore == before && report.filesAfter == 150)
        #expect(try await temporary.difference(.flights, from: "\(sql) UNION ALL \(sql)") == 0)
    }

    @Test("sorted files hold neighbouring values in order")
    func sorting() async throws {
        let temporary = try TemporaryStore(named: plainName)
        let rows = "SELECT hash(range) % 1000 AS h, range AS id, NULL::INTEGER AS n FROM range(20000)"
        let sql = "SELECT h::BIGINT AS h, id, n FROM (\(rows))"
        try await temporary.publish(sql, .flights)
        let report = try await temporary.store.optimize(
            .flights, OptimizeRequest(targetSize: 20_000, order: .sort(["H", "id"])))
        #expect(report.version != nil && report.filesAfter > 2)
        let snapshot = try await temporary.store.snapshot(of: .flights)
        #expect(snapshot.rowCount == 20_000)
        for file in snapshot.files {
            let disorder = try temporary.database.withConnection {
                try $0.query(
                    """
                    SELECT count(*) AS n FROM (SELECT (h, id) < lag((h, id)) OVER (ORDER BY file_row_number) AS wrong
                    FROM read_parquet(\(SQL.literal(file.path)), file_row_number = true)) WHERE wrong
                    """)
            }
            #expect(disorder.first?["n"].int == 0)
        }
        #expect(try await temporary.difference(.flights, from: sql) == 0)
        #expect(try temporary.judged(sql) == "0 0")
        let again = try await temporary.store.optimize(
            .flights, OptimizeRequest(targetSize: 20_000, order: .sort(["h", "id"])))
        #expect(again.version == nil)
    }

    @Test("Z-order makes the files narrow in each of the columns")
    func zOrder() async throws {
        let temporary = try TemporaryStore(named: plainName)
        let sql = """
            SELECT (hash(range) % 1000)::INTEGER AS x, 's' || lpad((hash(range + 1) % 1000)::VARCHAR, 4, '0') AS y,
                CASE WHEN range % 50 > 0 THEN DATE '2024-01-01' + (range % 365)::INTEGER END AS d, range AS id
            FROM range(40000)
            """
        try await temporary.publish(sql, .flights)
        let report = try await temporary.store.optimize(
            .flights, OptimizeRequest(targetSize: 40_000, order: .zOrder(["x", "y"])))
        #expect(report.filesAfter >= 6)
        let ranges = try await temporary.store.snapshot(of: .flights).files.map { file in
            try temporary.database.withConnection {
                try $0.query(
                    "SELECT max(x) - min(x) AS x, max(y[2:])::INTEGER - min(y[2:])::INTEGER AS y FROM read_parquet(\(SQL.literal(file.path)))"
                )
            }.first
        }
        // At random each file would span all of both.
        let narrow = ranges.filter { ($0?["x"].int ?? 999) < 600 && ($0?["y"].int ?? 999) < 600 }
        #expect(narrow.count * 2 >= ranges.count)
        #expect(try await temporary.difference(.flights, from: sql) == 0)
        #expect(try temporary.judged(sql) == "0 0")
        let types = try await temporary.store.optimize(.flights, OptimizeRequest(order: .zOrder(["d", "id", "x"])))
        #expect(types.version != nil)
        #expect(try await temporary.difference(.flights, from: sql) == 0)
    }

    @Test("sorting keeps the partitions' folders")
    func sortedPartitions() async throws {
        let temporary = try TemporaryStore(named: plainName)
        let sql = "SELECT (range * 7919) % 1000 AS id, range % 3 AS p FROM range(1000)"
        try await temporary.publish(sql, .flights, partitionBy: ["p"])
        let report = try await temporary.store.optimize(.flights, OptimizeRequest(order: .sort(["id"])))
        #expect(report.filesAfter == 3)
        #expect(try await temporary.livePaths().allSatisfy { $0.hasPrefix("p=") })
        #expect(try await temporary.difference(.flights, from: sql) == 0)
        #expect(try temporary.judged(sql) == "0 0")
    }

    @Test("columns that rows cannot be ordered by are refused by name")
    func wrongColumns() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT 1 AS a, [1] AS l, 'x' AS p", .flights, partitionBy: ["p"])
        for (column, order) in [
            ("b", OptimizeRequest.Order.sort(["b"])), ("l", .zOrder(["l"])), ("p", .sort(["a", "p"])),
        ] {
            let error = try await storeError {
                _ = try await temporary.store.optimize(.flights, OptimizeRequest(order: order))
            }
            #expect(error.code == .noSuchColumn && error.message.contains(column))
        }
        let none = try await storeError {
            _ = try await temporary.store.optimize(.flights.quarantine, OptimizeRequest())
        }
        #expect(none.code == .noTable)
    }

    @Test("an append that comes first does not disturb, and its rows are not touched")
    func concurrentAppend() async throws {
        let temporary = try TemporaryStore()
        for number in 0..<4 { try await temporary.publish("SELECT \(number) AS a", .flights, mode: .append) }
        async let optimizing = temporary.store.optimize(.flights, OptimizeRequest())
        try await temporary.publish("SELECT 4 AS a", .flights, mode: .append, run: "late")
        _ = try await optimizing
        #expect(try await temporary.difference(.flights, from: "SELECT range::INTEGER AS a FROM range(5)") == 0)
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.record?.run.text == "late" && head.pinned.version == Version(5))
    }
}
