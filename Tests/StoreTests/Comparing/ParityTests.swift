import DeltaLog
import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Parity of two tables")
struct ParityTests {
    /// Compares two queries' rows, staged as two engines would stage them.
    private func parity(
        _ first: String, _ second: String, key: [String] = [], tolerance: Double = 1e-9, examples: Int = 5
    ) async throws -> TableParity {
        let temporary = try TemporaryStore()
        func stage(_ sql: String) async throws -> TableSnapshot {
            try TableSnapshot(
                staged: try await temporary.stage(sql, .flights), columns: try temporary.columns(of: sql), of: .flights,
                in: temporary.store.location(of: .flights))
        }
        return try await temporary.store.parity(
            of: try await stage(first), and: try await stage(second), key: key,
            tolerance: FloatTolerance(relative: tolerance), examples: examples)
    }

    @Test("rows of all types are the same in any order, copies counted")
    func equal() async throws {
        let found = try await parity(
            "\(everyType)", "SELECT * FROM (\(everyType)) ORDER BY id DESC")
        #expect(found.isEqual && found.rounded == 0, "\(found)")
        #expect(found.difference.unchanged > 3)
        #expect(try await parity("SELECT 1 AS a WHERE false", "SELECT 1 AS a WHERE false").isEqual)

        let copies = try await parity("SELECT unnest([1, 1, 2]) AS a", "SELECT unnest([1, 2, 2]) AS a")
        #expect(copies.difference.removed == 1 && copies.difference.added == 1 && copies.difference.unchanged == 2)
        #expect(copies.difference.removedExamples == [[ExampleField(column: "a", value: "1")]])
        #expect(copies.difference.addedExamples == [[ExampleField(column: "a", value: "2")]])
        let none = try await parity("SELECT unnest([1, 1, 2]) AS a", "SELECT 1 AS a WHERE false")
        #expect(none.difference.removed == 3 && none.difference.unchanged == 0)
    }

    @Test("floats are the same within the tolerance, and how far they are off is told")
    func rounding() async throws {
        let ours = "SELECT unnest([0.3, 1e300, 5]::DOUBLE[]) AS x, 'a' AS t"
        let theirs = "SELECT unnest([5, 0.1::DOUBLE + 0.2::DOUBLE, 1e300]) AS x, 'a' AS t"
        let found = try await parity(ours, theirs)
        #expect(found.isEqual && found.rounded == 1 && found.difference.unchanged == 3, "\(found)")
        #expect((1e-17...1e-15).contains(found.deviation ?? 0))
        let exact = try await parity(ours, theirs, tolerance: 0)
        #expect(exact.difference.changed == 1 && exact.rounded == 0 && exact.difference.unchanged == 2)
        #expect(exact.difference.changesByColumn.map(\.column) == ["x"])
        #expect(
            exact.difference.changedExamples == [
                TableDiff.ChangedRow(
                    key: [ExampleField(column: "t", value: "a")],
                    fields: [.init(column: "x", before: "0.3", after: "0.30000000000000004")])
            ])
    }

    @Test(
        "which floats are the same, and which are not",
        arguments: [
            ("'nan'::DOUBLE", "'nan'::DOUBLE", true), ("'nan'::DOUBLE", "1::DOUBLE", false),
            ("'nan'::DOUBLE", "NULL::DOUBLE", false), ("NULL::DOUBLE", "NULL::DOUBLE", true),
            ("NULL::DOUBLE", "0::DOUBLE", false), ("'-0'::DOUBLE", "0::DOUBLE", true),
            ("'inf'::DOUBLE", "'inf'::DOUBLE", true), ("'inf'::DOUBLE", "1e308::DOUBLE", false),
            ("'inf'::DOUBLE", "'-inf'::DOUBLE", false), ("1e308::DOUBLE", "-1e308::DOUBLE", false),
            ("0::DOUBLE", "1e-300::DOUBLE", false), ("1::DOUBLE", "1.0000000001::DOUBLE", true),
            ("1::DOUBLE", "1.00000001::DOUBLE", false), ("-1::DOUBLE", "-1.0000000001::DOUBLE", true),
            // The next number that the type has.
            ("1::FLOAT", "1.0000001::FLOAT", true), ("1::FLOAT", "1.000001::FLOAT", false),
            ("[1, NULL]::DOUBLE[]", "[1.0000000001, NULL]::DOUBLE[]", true),
            ("[1, NULL]::DOUBLE[]", "[1.0000000001]::DOUBLE[]", false),
            ("[1, NULL]::DOUBLE[]", "[1, 2]::DOUBLE[]", false), ("[]::DOUBLE[]", "[]::DOUBLE[]", true),
            ("[]::DOUBLE[]", "NULL::DOUBLE[]", false),
            ("{'a b': 1::DOUBLE, 's': 'x'}", "{'a b': 1.0000000001::DOUBLE, 's': 'x'}", true),
            ("{'a b': 1::DOUBLE, 's': 'x'}", "{'a b': 1.0000000001::DOUBLE, 's': 'y'}", false),
            ("{'a b': 1::DOUBLE, 's': NULL::VARCHAR}", "{'a b': 1.0000000001::DOUBLE, 's': NULL::VARCHAR}", true),
            ("MAP {'k': [{'x': 1::DOUBLE}]}", "MAP {'k': [{'x': 1.0000000001::DOUBLE}]}", true),
            ("MAP {'k': [{'x': 1::DOUBLE}]}", "MAP {'l': [{'x': 1.0000000001::DOUBLE}]}", false),
            ("MAP {'k': [{'x': 1::DOUBLE}]}", "MAP {'k': [{'x': 1.1::DOUBLE}]}", false),
        ])
    func closeness(first: String, second: String, same: Bool) async throws {
        // Beside another value, so that rows have something to be told apart by, and alone.
        let found = try await parity("SELECT 1 AS id, \(first) AS x", "SELECT 1 AS id, \(second) AS x")
        #expect(found.isEqual == same, "\(found)")
        if !same { #expect(found.difference.changed == 1 && found.difference.changesByColumn.map(\.column) == ["x"]) }
        #expect(try await parity("SELECT \(first) AS x", "SELECT \(second) AS x").isEqual == same)
    }

    @Test("a row that differs is told once, by the key, with the values that differ")
    func byKey() async throws {
        let found = try await parity(
            """
            SELECT i AS id, 'n' || i AS name, i / 3 AS x FROM range(6) r(i)
            """,
            """
            SELECT i AS id, CASE i WHEN 4 THEN NULL ELSE 'n' || i END AS name,
                CASE i WHEN 2 THEN 0.7 ELSE i / 3 + 1e-13 END AS x FROM range(1, 7) r(i)
            """, key: ["ID"])
        let difference = found.difference
        #expect(found.key == ["id"])
        #expect(difference.removed == 1 && difference.added == 1 && difference.changed == 2, "\(found)")
        #expect(difference.unchanged == 3 && found.rounded == 3)
        #expect(difference.changesByColumn.map(\.column).sorted() == ["name", "x"])
        #expect(difference.changedExamples.map(\.key).map { $0.map(\.value) } == [["2"], ["4"]])
        #expect(difference.changedExamples.last?.fields == [.init(column: "name", before: "n4", after: nil)])
        #expect(difference.removedExamples.map { $0.first?.value } == ["0"])
        #expect(difference.addedExamples.map { $0.first?.value } == ["6"])
        // Without a key a name that differs makes two rows.
        let whole = try await parity(
            "SELECT 1 AS id, 'a' AS name, 0.5::DOUBLE AS x", "SELECT 1 AS id, 'b' AS name, 0.5::DOUBLE AS x")
        #expect(whole.difference.removed == 1 && whole.difference.added == 1 && whole.key == ["id", "name"])
    }

    @Test("rows of one group that differ by their rounding find each other, whatever order that puts them into")
    func nearTies() async throws {
        // Sorted by x alone, the rounding would pair each row with the wrong y.
        let found = try await parity(
            "SELECT unnest([1, 1.0000000000001]::DOUBLE[]) AS x, unnest([5, 3]::DOUBLE[]) AS y",
            "SELECT unnest([1.0000000000001, 1]::DOUBLE[]) AS x, unnest([5, 3]::DOUBLE[]) AS y")
        #expect(found.isEqual && found.rounded == 2, "\(found)")
    }

    @Test("columns and types are compared as the files have them")
    func columns() async throws {
        let found = try await parity(
            "SELECT 1::INTEGER AS id, 5::INTEGER AS n, 'x' AS gone", "SELECT 1::INTEGER AS id, 5::BIGINT AS n, 7 AS new"
        )
        #expect(found.difference.columns.map(\.name) == ["n", "gone", "new"])
        #expect(found.difference.columns.map(\.after) == ["BIGINT", nil, "INTEGER"])
        #expect(!found.isEqual && found.difference.changed == 0 && found.difference.unchanged == 1)

        let temporary = try TemporaryStore()
        let files = try await temporary.stage("SELECT 1::BIGINT AS a", .flights)
        let wrong = try TableSnapshot(
            staged: files, columns: [.init(name: "a", duckDBType: "INTEGER")], of: .flights,
            in: temporary.store.location(of: .flights))
        let right = try TableSnapshot(
            staged: files, columns: [.init(name: "a", duckDBType: "BIGINT")], of: .flights,
            in: temporary.store.location(of: .flights))
        let same = try await temporary.store.parity(
            of: wrong, and: right, key: [], tolerance: FloatTolerance(relative: 0), examples: 1)
        #expect(same.isEqual, "what somebody says about the files is not what is compared")
    }

    @Test("examples are so many as asked for, those with the least keys")
    func examples() async throws {
        let found = try await parity(
            "SELECT i AS id, i AS v FROM range(100) r(i)", "SELECT i AS id, -i AS v FROM range(100) r(i)", key: ["id"],
            examples: 2)
        #expect(found.difference.changed == 99)
        #expect(found.difference.changedExamples.map { $0.key.first?.value } == ["1", "2"])
        let none = try await parity("SELECT 1 AS a", "SELECT 2 AS a", examples: 0)
        #expect(none.difference.added == 1 && none.difference.addedExamples.isEmpty)
    }

    @Test("a sample is the same for the same seed, another for another, and all where there are no more rows")
    func sample() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish(
            "SELECT range AS id, range / 7 AS x, ['v' || range] AS l FROM range(5000)", .flights, partitionBy: [])
        let table = try await temporary.store.snapshot(of: .flights)
        let folder = try await temporary.store.stagingFolder(of: .flights)
        func ids(_ name: String, rows: Int = 100, seed: Int) async throws -> [Int64] {
            let sample = try await temporary.store.sample(of: table, rows: rows, seed: seed, in: folder, name: name)
            #expect(sample.columns == table.columns)
            return try temporary.database.withConnection {
                try $0.query("SELECT id FROM (\(sample.scanSQL)) ORDER BY id").compactMap { $0["id"].int }
            }
        }
        let first = try await ids("part-s-1", seed: 1)
        #expect(first.count == 100 && Set(first).count == 100)
        #expect(try await ids("part-s-2", seed: 1) == first)
        let other = try await ids("part-s-3", seed: -2)
        #expect(other.count == 100 && Set(other).intersection(first).count < 20)
        #expect((1500...3500).contains((first + other).reduce(0, +) / 200))
        #expect(try await ids("part-s-4", rows: 5000, seed: 1).count == 5000)
        #expect(!FileManager.default.fileExists(atPath: folder + "/part-s-4.parquet"))
        await temporary.store.discardStaged(of: .flights, prefix: "part-s-", mayBePublished: false)
        #expect(!FileManager.default.fileExists(atPath: folder + "/part-s-1.parquet"))
        #expect(try await temporary.store.snapshot(of: .flights).rowCount == 5000)
    }

    @Test("of a table of another tool's, a sample has the table's own columns")
    func foreignSample() async throws {
        guard DeltaLakeTool.isInstalled else { return }
        let temporary = try TemporaryStore(named: plainName)
        try FileManager.default.createDirectory(atPath: temporary.folder, withIntermediateDirectories: true)
        let program = """
            import sys, pyarrow as pa
            from deltalake import write_deltalake
            write_deltalake(sys.argv[1], pa.table({"id": [1, 2, 3, 4], "p": ["a", "b", "a", None]}), partition_by=["p"])
            """
        try DeltaLakeTool.run(program, "\(temporary.folder)/foreign")
        let table = try await temporary.store.snapshot(ofTableAt: "\(temporary.folder)/foreign")
        let folder = try await temporary.store.stagingFolder(of: .flights)
        let sample = try await temporary.store.sample(of: table, rows: 3, seed: 1, in: folder, name: "part-s")
        #expect(sample.rowCount == 3 && sample.layout.groups.count == 1)
        let outside = try temporary.database.withConnection {
            try $0.query("SELECT count(*) AS n FROM ((\(sample.scanSQL)) EXCEPT ALL (\(table.scanSQL)))").first?["n"]
                .int
        }
        #expect(outside == 0)
    }
}
