import DeltaLog
import Foundation
import Project
import Testing

@testable import Store

@Suite("Heads, history and tags")
struct HeadTests {
    /// Three versions of one row each.
    private func store() async throws -> TemporaryStore {
        let temporary = try TemporaryStore()
        for number in 0...2 {
            try await temporary.publish("SELECT \(number)::BIGINT AS a", .flights, mode: .append, run: "r\(number)")
        }
        return temporary
    }

    @Test("tidying up leaves the version of the rows and how they were made as they are")
    func dataVersion() async throws {
        let temporary = try await store()
        let before = try #require(try await temporary.store.head(of: .flights))
        #expect(before.dataVersion == Version(2) && before.recordVersion == Version(2))
        let report = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(report.version?.version == Version(3))
        let after = try #require(try await temporary.store.head(of: .flights))
        #expect(after.pinned.version == Version(3) && after.pinned.table == before.pinned.table)
        #expect(after.dataVersion == Version(2) && after.recordVersion == Version(2))
        #expect(after.record == before.record)

        let entries = try await temporary.store.history(of: .flights, limit: 2)
        #expect(entries.map(\.version.number) == [3, 2] && entries.map(\.upkeep) == ["OPTIMIZE", nil])
        #expect(entries.first?.rowsAdded == 3)
        let whole = try await temporary.store.history(of: .flights)
        #expect(whole.count == 4 && whole.first?.rowsRemoved == 3)
        let entry = try await temporary.store.entry(of: .flights, at: Version(1))
        #expect(entry?.operation == "WRITE" && entry?.record?.run.text == "r1" && entry?.rowsAdded == 1)
        #expect(try await temporary.store.entry(of: .flights, at: Version(9)) == nil)
    }

    @Test("a run that adds no rows changes none")
    func nothingAdded() async throws {
        let temporary = try await store()
        let before = try #require(try await temporary.store.head(of: .flights))
        _ = try await temporary.store.publish(
            Publication(
                name: .flights, mode: .append, columns: try temporary.columns(of: "SELECT 1::BIGINT AS a"), files: [],
                record: temporary.record("empty"), basedOn: before.pinned))
        let after = try #require(try await temporary.store.head(of: .flights))
        #expect(after.pinned.version == Version(3) && after.record?.run.text == "empty")
        #expect(after.dataVersion == Version(2))
    }

    @Test("a version has a tag, and an unknown tag is an error that says where the known ones are")
    func tags() async throws {
        let temporary = try await store()
        _ = try await temporary.store.tag(.flights, as: "v1.0", at: .version(Version(1)))
        #expect(try await temporary.store.snapshot(of: .flights, at: .tag("v1.0")).rowCount == 2)
        #expect(try await temporary.store.version(of: .flights, .tag("v1.0")) == Version(1))
        let error = await #expect(throws: StoreError.self) {
            try await temporary.store.snapshot(of: .flights, at: .tag("nowhere"))
        }
        #expect(error?.code == .noSuchTag && error?.hint?.contains("millrace tag --list flights") == true)
    }
}
