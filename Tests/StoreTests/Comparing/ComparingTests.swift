import DeltaLog
import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Comparing versions")
struct ComparingTests {
    @Test("differences are told by key, with the columns, counts and examples")
    func byKey() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT range AS id, 'v' || range AS v, 1 AS w FROM range(10)", .flights)
        try await temporary.publish(
            """
            SELECT range AS id, CASE range WHEN 5 THEN NULL ELSE 'v' || range END AS v, 2.5 AS x,
                CASE range WHEN 6 THEN 2 ELSE 1 END::BIGINT AS w FROM range(2, 12)
            """, .flights)
        let old = try await temporary.store.snapshot(of: .flights, at: Version(0))
        let new = try await temporary.store.snapshot(of: .flights)
        let diff = try await temporary.store.diff(old, new, key: ["ID"], examples: 5)
        #expect(diff.added == 2 && diff.removed == 2 && diff.changed == 2 && diff.unchanged == 6)
        #expect(diff.columns.map(\.name) == ["w", "x"])
        #expect(
            diff.columns.map(\.before) == ["INTEGER", nil] && diff.columns.map(\.after) == ["BIGINT", "DECIMAL(2,1)"])
        #expect(diff.changesByColumn.map(\.column).sorted() == ["v", "w"])
        #expect(diff.removedExamples.map { $0.first?.value } == ["0", "1"])
        #expect(diff.addedExamples.map { $0.first?.value } == ["10", "11"])
        let first = try #require(diff.changedExamples.first)
        #expect(first.key == [ExampleField(column: "id", value: "5")])
        #expect(first.fields == [TableDiff.ChangedField(column: "v", before: "v5", after: nil)])
        #expect(!diff.isEmpty)
        #expect(try await temporary.store.diff(new, new, key: ["id"], examples: 5).isEmpty)

        let whole = try await temporary.store.diff(old, new, key: [], examples: 2)
        #expect(whole.added == 4 && whole.removed == 4 && whole.changed == 0 && whole.unchanged == 6)
        #expect(whole.addedExamples.count == 2)
        let missing = try await storeError { _ = try await temporary.store.diff(old, new, key: ["x"], examples: 1) }
        #expect(missing.code == .noSuchColumn)
        let same = try await storeError { _ = try await temporary.store.diff(old, new, key: ["w"], examples: 1) }
        #expect(same.code == .duplicateKeys)
    }

    @Test("files that both versions have are not compared, but counted")
    func commonFiles() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT range AS id FROM range(10)", .flights)
        try await temporary.publish("SELECT 10::BIGINT AS id", .flights, mode: .append)
        let old = try await temporary.store.snapshot(of: .flights, at: Version(0))
        let new = try await temporary.store.snapshot(of: .flights)
        for path in old.files.map(\.path) { try FileManager.default.removeItem(atPath: path) }
        let diff = try await temporary.store.diff(old, new, key: ["id"], examples: 5)
        #expect(diff.added == 1 && diff.removed == 0 && diff.unchanged == 10)
    }

    private func changes(
        _ temporary: TemporaryStore, _ first: Int, _ last: Int, key: [String] = ["id"]
    ) async throws -> [String] {
        let table = try await temporary.store.changes(
            .flights, from: .version(Version(first)), through: .version(Version(last)), key: key)
        return try temporary.database.withConnection {
            #expect(try $0.columns(of: table.sql).map(\.name) == table.columns.map(\.name))
            return try $0.query(
                """
                SELECT _commit_version || ' ' || _change_type || ' ' || id || ' ' || coalesce(v, '-') AS t
                FROM (\(table.sql)) ORDER BY _commit_version, id, _change_type
                """
            ).compactMap { $0["t"].text }
        }
    }

    @Test("changes are told version by version, an optimize is none")
    func changeTable() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT range AS id, 'a' AS v FROM range(3)", .flights)
        try await temporary.publish("SELECT 3::BIGINT AS id, 'a' AS v", .flights, mode: .append)
        _ = try await temporary.store.optimize(.flights, OptimizeRequest())
        try await temporary.merge("SELECT range AS id, 'b' AS v FROM range(3, 5)", by: ["id"])
        _ = try await temporary.store.delete(from: .flights, where: "id = 0", dryRun: false)
        try await temporary.publish("SELECT 1::BIGINT AS id, 'a' AS v UNION ALL SELECT 3, 'c'", .flights)
        #expect(try await changes(temporary, 0, 1) == ["0 insert 0 a", "0 insert 1 a", "0 insert 2 a", "1 insert 3 a"])
        let merged = ["3 update_postimage 3 b", "3 update_preimage 3 a", "3 insert 4 b"]
        #expect(try await changes(temporary, 2, 3) == merged)
        #expect(
            try await changes(temporary, 4, 5) == [
                "4 delete 0 a", "5 delete 2 a", "5 update_postimage 3 c", "5 update_preimage 3 b", "5 delete 4 b",
            ])
        #expect(
            try await changes(temporary, 3, 3, key: []) == ["3 delete 3 a", "3 insert 3 b", "3 insert 4 b"])
        #expect(try await changes(temporary, 2, 2).isEmpty)
        let backwards = try await storeError { _ = try await changes(temporary, 4, 3) }
        #expect(backwards.code == .noSuchVersion)
    }

    @Test("change data files of deltalake are used")
    func changeData() async throws {
        guard DeltaLakeTool.isInstalled else { return }
        let temporary = try TemporaryStore(named: plainName)
        try FileManager.default.createDirectory(atPath: temporary.folder, withIntermediateDirectories: true)
        let program = """
            import sys, pyarrow as pa
            from deltalake import DeltaTable, write_deltalake
            write_deltalake(sys.argv[1], pa.table({"id": [1, 2, 3], "v": ["a", "a", "a"]}), configuration={"delta.enableChangeDataFeed": "true"})
            DeltaTable(sys.argv[1]).update(updates={"v": "'b'"}, predicate="id = 2")
            """
        try DeltaLakeTool.run(program, "\(temporary.folder)/flights")
        #expect(
            try await changes(temporary, 1, 1, key: []) == ["1 update_postimage 2 b", "1 update_preimage 2 a"])
    }

    // MARK: Added rows

    private func added(
        _ temporary: TemporaryStore, since version: Int
    ) async throws -> AddedRows {
        var pinned = try #require(try await temporary.store.head(of: .flights)).pinned
        pinned.version = Version(version)
        return try await temporary.store.addedRows(to: .flights, since: pinned)
    }

    private func rows(_ added: AddedRows) throws -> TableSnapshot {
        guard case .files(let snapshot) = added.rows else {
            Issue.record("\(added.rows)")
            throw CancellationError()
        }
        return snapshot
    }

    @Test("added rows come once each, however the files were rearranged since")
    func addedRows() async throws {
        let temporary = try TemporaryStore()
        for number in 0..<4 { try await temporary.publish("SELECT \(number) AS a", .flights, mode: .append) }
        _ = try await temporary.store.optimize(.flights, OptimizeRequest())
        try await temporary.publish("SELECT 4 AS a", .flights, mode: .append)
        let all = try await added(temporary, since: 1)
        #expect(all.through.version == Version(5))
        #expect(try temporary.difference(between: rows(all).scanSQL, and: "SELECT unnest([2, 3, 4])") == 0)
        #expect(try rows(try await added(temporary, since: 5)).files.isEmpty)
        #expect(try rows(try await added(temporary, since: 3)).rowCount == 1)

        var other = try #require(try await temporary.store.head(of: .flights)).pinned
        other.table = "another"
        guard case .otherTable = try await temporary.store.addedRows(to: .flights, since: other).rows else {
            Issue.record("the table is another one")
            return
        }
        _ = try await temporary.store.delete(from: .flights, where: "a = 4", dryRun: false)
        guard case .replaced(let version, let operation) = try await added(temporary, since: 4).rows else {
            Issue.record("rows were taken out")
            return
        }
        #expect(version == Version(6) && operation == "DELETE")
        #expect(try rows(try await added(temporary, since: 6)).files.isEmpty)
    }

    @Test("a merge adds its new rows, and takes the place of those that it replaced")
    func addedByMerge() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT range AS id, 'a' AS v FROM range(5)", .flights)
        try await temporary.merge("SELECT range AS id, 'b' AS v FROM range(3, 8)", by: ["id"])
        #expect(
            try temporary.difference(
                between: rows(try await added(temporary, since: 0)).scanSQL,
                and: "SELECT range AS id, 'b' AS v FROM range(3, 8)") == 0)
        _ = try await temporary.store.optimize(.flights, OptimizeRequest())
        try await temporary.merge("SELECT range AS id, 'c' AS v FROM range(7, 9)", by: ["id"])
        let snapshot = try rows(try await added(temporary, since: 0))
        #expect(
            try temporary.difference(
                between: snapshot.scanSQL,
                and: "SELECT range AS id, CASE WHEN range < 7 THEN 'b' ELSE 'c' END AS v FROM range(3, 9)") == 0)
        try await temporary.merge(
            "SELECT 8::BIGINT AS id, 'x' AS v", by: ["id"], deleteWhen: "v = 'x'")
        guard case .replaced(_, let operation) = try await added(temporary, since: 0).rows else {
            Issue.record("a row was taken out")
            return
        }
        #expect(operation == "MERGE")
    }

    @Test("a widened column is no change of the rows")
    func addedWhileWidening() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT range::INTEGER AS id FROM range(5)", .flights)
        try await temporary.publish("SELECT 5::INTEGER AS id", .flights, mode: .append)
        try await temporary.publish("SELECT 6::BIGINT AS id", .flights, mode: .append, policy: .widen)
        #expect(
            try temporary.difference(
                between: rows(try await added(temporary, since: 0)).scanSQL, and: "SELECT unnest([5, 6])::BIGINT") == 0)
    }

    @Test("rows that were rearranged and then vacuumed away are not taken for new ones")
    func vacuumed() async throws {
        let temporary = try TemporaryStore(start: 4_000_000_000_000)
        for number in 0..<3 { try await temporary.publish("SELECT \(number) AS a", .flights, mode: .append) }
        _ = try await temporary.store.optimize(.flights, OptimizeRequest())
        _ = try await temporary.store.vacuum(.flights, retention: 0, dryRun: false, force: true)
        guard case .replaced = try await added(temporary, since: 0).rows else {
            Issue.record("the files are gone")
            return
        }
    }
}
