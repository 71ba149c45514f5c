import DeltaLog
import DuckDB
import Foundation

@testable import Project
@testable import Store

extension OperationSequence {
    /// The table consists of new rows, at times of other columns.
    func replace() async throws {
        if model.current != nil, generator.percent(50) { table = RandomTable(&generator) }
        note("replace")
        notePartitioning()
        try model.prepare(table.rows(&generator), table)
        let before = version
        try await publish(.replace)
        try model.record(before + 1, "FROM \(model.seenBatch)", table)
    }

    func append() async throws {
        note("append")
        try model.prepare(table.rows(&generator), table)
        let before = version
        try await publish(.append, policy: generator.pick([nil, .fixed, .addColumns, .widen]))
        try model.record(before + 1, "FROM \(model.relation(before)) UNION ALL FROM \(model.seenBatch)", table)
    }

    /// Appends rows with columns that the table does not have yet, at times without one that it has.
    func appendColumns() async throws {
        var batch = table
        var added: [RandomTable.Column] = []
        for _ in 0..<generator.within(1...2) {
            guard let name = batch.freeName(&generator) else { continue }
            added.append(RandomTable.Column(name: name, type: RandomType.random(&generator)))
            batch.columns.append(added[added.count - 1])
        }
        let spare = table.columns.filter { !$0.isKey && !table.partitionBy.contains($0.name) }
        if !spare.isEmpty, generator.percent(40) {
            let left = generator.pick(spare)
            batch.columns.removeAll { $0.name == left.name }
        }
        note("append with \(added.map { SQL.quoted($0.name) + " " + $0.type.text })")
        batch.columns.shuffle(using: &generator)
        try model.prepare(batch.rows(&generator), batch)
        let before = version
        try await publish(.append, policy: .addColumns)
        // Columns of the batch that the table lacks come after those that it has, in the batch's order.
        table.columns += batch.columns.filter { column in added.contains { $0.name == column.name } }
        try model.record(
            before + 1, "FROM \(model.relation(before)) UNION ALL BY NAME FROM \(model.seenBatch)", table)
    }

    /// Appends or merges rows of wider types than the table's.
    func widen() async throws {
        var wider = table
        var casts: [String] = []
        for index in wider.columns.indices where casts.isEmpty || generator.percent(50) {
            guard let type = wider.columns[index].type.widened(&generator) else { continue }
            // The log has a partition's value as a text, which is another one for a number of another type.
            guard !table.partitionBy.contains(wider.columns[index].name) else { continue }
            wider.columns[index].type = type
            let name = SQL.quoted(wider.columns[index].name)
            casts.append("CAST(\(name) AS \(type.text)) AS \(name)")
        }
        guard !casts.isEmpty else { return try await append() }
        let isMerge = generator.percent(30)
        note("\(isMerge ? "merge" : "append") widening \(casts)")
        try model.prepare(wider.rows(&generator), wider)
        let before = version
        table = wider
        try await publish(isMerge ? .merge(MergeKey(columns: table.keys)) : .append, policy: .widen)
        let old = "(SELECT * REPLACE (\(casts.joined(separator: ", "))) FROM \(model.relation(before)))"
        try model.record(
            before + 1, isMerge ? merged(into: old) : "FROM \(old) UNION ALL FROM \(model.seenBatch)", table)
    }

    func merge(deleting: Bool) async throws {
        let key = SQL.quoted(table.keys[0])
        let deleteWhen = deleting ? "hash(\(key)) % \(generator.within(1...4)) = 0" : nil
        note("merge" + (deleteWhen.map { " deleting when \($0)" } ?? ""))
        try model.prepare(table.rows(&generator), table)
        let before = version
        try await publish(.merge(MergeKey(columns: table.keys, deleteWhen: deleteWhen)))
        try model.record(before + 1, merged(into: model.relation(before), deleteWhen: deleteWhen), table)
    }

    private func merged(into old: String, deleteWhen: String? = nil) -> String {
        let keys = table.keys.map { "old.\(SQL.quoted($0)) = new.\(SQL.quoted($0))" }.joined(separator: " AND ")
        return """
            FROM \(old) AS old WHERE NOT EXISTS (FROM \(model.seenBatch) AS new WHERE \(keys))
            UNION ALL FROM \(model.seenBatch)\(deleteWhen.map { " WHERE (\($0)) IS NOT TRUE" } ?? "")
            """
    }

    /// Stages the batch and makes it the next version.
    private func publish(_ mode: Publication.Mode, policy: SchemaPolicyName? = nil) async throws {
        let base = try await store.head(of: dataset)?.pinned
        let files = try await place.stage(
            "FROM \(model.batch)", dataset, partitionBy: table.partitionBy, on: connection)
        let columns = try connection.columns(of: "FROM \(model.batch)").map {
            Publication.Column(name: $0.name, duckDBType: $0.type)
        }
        let published = try await store.publish(
            Publication(
                name: dataset, mode: mode, columns: columns, partitionBy: table.partitionBy, files: files,
                record: place.record("seed-\(seed)-\(steps.count)"), basedOn: base, schemaPolicy: policy))
        guard published.version.number == version + 1 else {
            throw failure("published as version \(published.version) after \(version)")
        }
    }
}
