import DuckDB
import Foundation
import ObjectStore

@testable import Project
@testable import Store

/// A random sequence of operations on one table, done by the store and by the model alike.
final class OperationSequence {
    /// What was found wrong, with what makes it happen again.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let seed: UInt64
    let place: PropertyStore
    let model: TableModel
    let dataset: DatasetName
    var generator: SplitMix64
    var table: RandomTable
    /// What was done so far.
    private(set) var steps: [String] = []
    /// Versions by their tags, which vacuum spares.
    var tagged: [String: Int] = [:]

    init(seed: UInt64, in place: PropertyStore, on connection: Connection) throws {
        self.seed = seed
        self.place = place
        generator = SplitMix64(seed: seed)
        table = RandomTable(&generator)
        dataset = DatasetName(unchecked: "t\(seed)")
        model = try TableModel(connection, schema: "t\(seed)")
    }

    /// The version that the last vacuum left; -1 when there was none.
    var lastVacuum = -1
    /// The types of all columns that the table was ever partitioned by.
    private var partitionTypes: [String: Set<RandomType>] = [:]

    var connection: Connection { model.connection }
    var store: DatasetStore { place.store }
    var version: Int { model.current ?? -1 }

    func perform() async throws {
        do {
            try await replace()
            try await compare()
            for _ in 0..<generator.within(3...9) {
                try await operate()
                try await compare()
                if generator.percent(50) { try await compareSkipping() }
            }
            try await compareChanges()
            try await compareDiff()
            for earlier in model.versions.sorted() where generator.percent(40) { try await compare(earlier) }
            for (label, version) in tagged {
                let snapshot = try await store.snapshot(of: dataset, at: .tag(label))
                guard snapshot.pinned.version.number == version else {
                    throw failure("\(label) is version \(snapshot.pinned.version), not \(version)")
                }
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw self.failure("\(error)")
        }
    }

    /// The versions, and files with their rows, for other readers: the newest, and another that is still readable.
    func export(to folder: String) throws -> [ExpectedTable] {
        var chosen = Array(model.versions.subtracting([version]).shuffled(using: &generator).prefix(1))
        chosen.append(version)
        return try chosen.map { version in
            let file = "\(folder)/t\(seed)-\(version).parquet"
            try model.write(version, to: file)
            return ExpectedTable(
                table: "\(place.folder)/\(dataset)", version: version, expected: file,
                changesPartitionType: partitionTypes.values.contains { $0.count > 1 },
                description: "seed \(seed), after: \(steps.joined(separator: "; "))")
        }
    }

    func note(_ step: String) { steps.append(step) }

    func failure(_ message: String) -> Failure {
        Failure(
            description: """
                MILLRACE_SEED=\(seed): \(message)
                table (\(table.describedColumns)) partitioned by \(table.partitionBy)
                after: \(steps.joined(separator: "; "))
                """)
    }

    /// Remembers what the table is partitioned by.
    func notePartitioning() {
        for column in table.columns where table.partitionBy.contains(column.name) {
            partitionTypes[column.name, default: []].insert(column.type)
        }
    }

    private func compare(_ version: Int? = nil) async throws {
        let version = version ?? self.version
        let snapshot = try await store.snapshot(of: dataset, at: Version(version))
        if version == self.version {
            let newest = try await store.snapshot(of: dataset)
            guard newest.pinned == snapshot.pinned else {
                throw failure("the newest version is \(newest.pinned.version), not \(version)")
            }
        }
        if let difference = try model.difference(of: snapshot.scanSQL, from: version) {
            throw failure("version \(version): \(difference)")
        }
    }
}

/// A version of a table for other readers, and the Parquet file with the rows that it should have.
struct ExpectedTable: Codable {
    var table: String
    var version: Int
    var expected: String
    /// Whether a column that the table is partitioned by was another time one of another type.
    var changesPartitionType: Bool
    var description: String
}
