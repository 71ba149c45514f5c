import DuckDB
import Project

@testable import Store

extension OperationSequence {
    /// What versions changed, put together with the rows before, gives the rows afterwards.
    func compareChanges() async throws {
        // Commits before a vacuum may name files that are gone.
        let last = version
        var first = last
        while first > lastVacuum + 1, model.versions.contains(first - 1),
            model.table(first - 1)?.columns == model.table(last)?.columns
        {
            first -= 1
        }
        guard first < last else { return }
        let from = generator.within((first + 1)...last)
        let key = generator.percent(50) ? model.table(last)?.keys ?? [] : []
        let changes = try await store.changes(
            dataset, from: .version(Version(from)), through: .version(Version(last)), key: key)
        let names = table.columns.map { SQL.quoted($0.name) }.joined(separator: ", ")
        func rows(_ types: String) -> String {
            "SELECT \(names) FROM (\(changes.sql)) WHERE _change_type IN (\(types))"
        }
        let columns = "SELECT \(names) FROM"
        let before = "\(columns) \(model.relation(from - 1)) UNION ALL \(rows("'insert', 'update_postimage'"))"
        let after = "\(columns) \(model.relation(last)) UNION ALL \(rows("'delete', 'update_preimage'"))"
        if let difference = try Difference.between(before, and: after, on: connection) {
            throw failure("changes(\(from), \(last)) by \(key): \(difference)")
        }
        let stray = try connection.query(
            """
            SELECT count(*) FROM (\(changes.sql)) WHERE _commit_version NOT BETWEEN \(from) AND \(last)
                OR _commit_timestamp IS NULL
            """
        ).first?[0].int
        guard stray == 0 else { throw failure("changes(\(from), \(last)) has \(stray ?? -1) rows of other versions") }
    }

    /// Two versions differ in as many rows as a set operation finds.
    func compareDiff() async throws {
        let earlier = generator.pick(model.versions.sorted())
        guard model.table(earlier)?.columns == model.table(version)?.columns else { return }
        let diff = try await store.diff(
            try await store.snapshot(of: dataset, at: Version(earlier)), try await store.snapshot(of: dataset), key: [])
        func count(_ one: String, _ other: String) throws -> Int? {
            try connection.query("SELECT count(*) FROM (FROM \(one) EXCEPT ALL FROM \(other))").first?[0].int.map(
                Int.init)
        }
        let (old, new) = (model.relation(earlier), model.relation(version))
        guard try diff.added == count(new, old), try diff.removed == count(old, new) else {
            throw failure("diff of \(earlier) and \(version): \(diff.added) added, \(diff.removed) removed")
        }
    }
}
