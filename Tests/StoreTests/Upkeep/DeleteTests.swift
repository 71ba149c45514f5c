import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Deleting rows")
struct DeleteTests {
    @Test("rows for which the condition is true go; NULL keeps them; other files are not touched")
    func condition() async throws {
        let temporary = try TemporaryStore(named: plainName)
        for part in 0..<3 {
            try await temporary.publish(
                "SELECT range + \(part) * 10 AS id, CASE WHEN range % 2 = 0 THEN range END AS v FROM range(10)",
                .flights,
                mode: .append, run: "r\(part)")
        }
        let before = try await temporary.livePaths()
        let dry = try await temporary.store.delete(from: .flights, where: "v > 4 AND id < 20 OR id >= 20", dryRun: true)
        #expect(dry.version == nil && dry.rows == 14 && dry.filesRewritten == 2 && dry.filesRemoved == 1)
        let report = try await temporary.store.delete(
            from: .flights, where: "flights.v > 4 AND id < 20 OR id >= 20 -- all", dryRun: false)
        #expect(report.version?.version == Version(3) && report.rows == 14)
        let expected = """
            SELECT range AS id, CASE WHEN range % 2 = 0 THEN range % 10 END AS v FROM range(20)
            WHERE (range % 2 = 1 OR range % 10 <= 4)
            """
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        #expect(before.isDisjoint(with: try await temporary.livePaths()))
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.dataVersion == Version(3) && head.record?.run.text == "r2")
        #expect(try await temporary.store.history(of: .flights).first?.operation == "DELETE")

        let none = try await temporary.store.delete(from: .flights, where: "id = 12345", dryRun: false)
        #expect(none.version == nil && none.rows == 0)
        let one = try await temporary.store.delete(from: .flights, where: "id = 1", dryRun: false)
        #expect(one.rows == 1 && one.filesRewritten == 1)
    }

    @Test("everything can be deleted")
    func all() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.publish("SELECT range AS id, range % 2 AS p FROM range(10)", .flights, partitionBy: ["p"])
        let report = try await temporary.store.delete(from: .flights, where: "true", dryRun: false)
        #expect(report.rows == 10 && report.filesRemoved == 2 && report.filesRewritten == 0)
        #expect(try await temporary.store.snapshot(of: .flights).rowCount == 0)
    }

    @Test(
        "what is no condition over the columns is refused",
        arguments: ["nothing > 1", "id", "id >", "1), (1", "true) FROM flights WHERE (true", "'x'", ""])
    func wrong(_ condition: String) async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT 1 AS id", .flights)
        let error = try await storeError {
            _ = try await temporary.store.delete(from: .flights, where: condition, dryRun: false)
        }
        #expect(error.code == .invalidCondition)
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(0))
    }
}

@Suite("Damaged files in upkeep")
struct DamagedUpkeepTests {
    @Test("the file that cannot be read is named, whatever DuckDB says, and nothing is changed")
    func named() async throws {
        let temporary = try TemporaryStore()
        for number in 0..<3 {
            try await temporary.publish(
                "SELECT range + \(number) AS id, 'text ' || hash(range) AS v FROM range(2000)", .flights, mode: .append)
        }
        let damaged = try #require(try await temporary.store.snapshot(of: .flights).files.dropFirst().first).path
        var bytes = try Data(contentsOf: URL(filePath: damaged))
        for index in 4..<bytes.count / 2 { bytes[index] = 0xA5 }
        try bytes.write(to: URL(filePath: damaged))
        let optimize = try await storeError { _ = try await temporary.store.optimize(.flights, OptimizeRequest()) }
        #expect(optimize.path == damaged, "\(optimize.code) \(optimize)")
        let delete = try await storeError {
            _ = try await temporary.store.delete(from: .flights, where: "length(v) + id = -1", dryRun: false)
        }
        #expect(delete.path == damaged)
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(2))
        #expect(try temporary.dataFiles().count == 3)
    }
}
