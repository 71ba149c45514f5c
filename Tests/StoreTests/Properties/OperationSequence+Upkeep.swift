import DuckDB
import Foundation

@testable import Project
@testable import Store

extension OperationSequence {
    func delete() async throws {
        let column = generator.pick(table.columns)
        let name = SQL.quoted(column.name)
        let condition =
            switch generator.below(6) {
            case 0: "\(name) IS NULL"
            case 1: "true"
            case 2: "false"
            case 3: "CAST(NULL AS BOOLEAN)"
            default: "hash(\(name)) % \(generator.within(2...5)) = 1"
            }
        note("delete where \(condition)")
        let before = version
        let hit = try connection.query(
            "SELECT count(*) FROM \(model.relation(before)) WHERE \(condition)"
        ).first?[0].int
        let report = try await store.delete(from: dataset, where: condition, dryRun: false)
        guard Int64(report.rows) == hit else { throw failure("\(report.rows) rows deleted, not \(hit ?? -1)") }
        guard report.version?.version.number == (hit == 0 ? nil : before + 1) else {
            throw failure(
                "the delete says that it made version \(report.version?.version.number ?? -1) after \(before)")
        }
        guard hit != 0 else { return }
        try model.record(
            before + 1, "FROM \(model.relation(before)) WHERE (\(condition)) IS NOT TRUE", model.table(before) ?? table)
    }

    func optimize() async throws {
        let columns = table.columns.filter { $0.type.isPrimitive && !table.partitionBy.contains($0.name) }
            .map(\.name).shuffled(using: &generator)
        let chosen = Array(columns.prefix(generator.within(1...3)))
        let order: OptimizeRequest.Order =
            switch chosen.isEmpty ? 0 : generator.below(3) {
            case 0: .none
            case 1: .sort(chosen)
            default: .zOrder(chosen)
            }
        note("optimize \(order)")
        let report = try await store.optimize(dataset, OptimizeRequest(order: order))
        try await sameRows(asMade: report.version)
    }

    func restore() async throws {
        let target = generator.pick(model.versions.sorted())
        note("restore to \(target)")
        let before = version
        _ = try await store.restore(dataset, to: .version(Version(target)))
        try await sameRows(of: target, after: before)
        table = model.table(target) ?? table
    }

    func checkpoint() async throws {
        note("checkpoint")
        try await store.writeCheckpoint(of: dataset, at: Version(version))
    }

    func tag() async throws {
        let target = generator.pick(model.versions.sorted())
        let label = "tag_\(tagged.count)"
        note("tag \(target)")
        _ = try await store.tag(dataset, as: label, at: .version(Version(target)))
        tagged[label] = target
        try await sameRows(of: version, after: version)
    }

    func vacuum() async throws {
        note("vacuum")
        let before = version
        _ = try await store.vacuum(dataset, retention: 0, dryRun: false, force: true, keeping: [])
        lastVacuum = before
        model.forget(model.versions.subtracting(tagged.values).subtracting([before]))
        try await sameRows(of: before, after: before)
    }

    private func sameRows(asMade made: PinnedVersion?) async throws {
        let before = version
        try await sameRows(of: before, after: before)
        guard made == nil ? version == before : made?.version.number == version else {
            throw failure("version \(made?.version.number ?? -1) is said to be made, but the newest is \(version)")
        }
    }

    /// Records that the versions after one have the rows of another.
    private func sameRows(of earlier: Int, after before: Int) async throws {
        guard let newest = try await store.head(of: dataset)?.pinned.version.number else {
            throw failure("the table has no version any more")
        }
        var next = before + 1
        while next <= newest {
            try model.record(next, sameAs: earlier)
            next += 1
        }
    }
}
