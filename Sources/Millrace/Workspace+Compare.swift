package import Project
import Queries
package import Store

/// A version of a dataset, as `diff` names it.
package struct ComparedVersion: Sendable {
    package var dataset: DatasetName
    package var version: Version
    package var rows: Int?

    /// `flights@3`.
    package var text: String { "\(dataset)@\(version)" }
}

/// Two versions and what is different between them.
package struct Comparison: Sendable {
    package var first: ComparedVersion
    package var second: ComparedVersion
    /// The columns that tell which row is which; empty where rows were compared as a whole.
    package var key: [String]
    package var difference: TableDiff
}

extension Workspace {
    /// Compares two versions, row by row with the same key; as a whole where there is no key.
    /// - Parameters:
    ///   - first: a dataset and its version; a nil version is the live one.
    ///   - second: nil is the live version of the same dataset.
    ///   - key: the columns that tell which row is which; empty means the key that the project gives, if it gives one.
    ///   - examples: rows of each kind to show.
    /// - Throws: `Diagnostics`.
    package func compare(
        _ first: (name: String, pin: VersionPin?), _ second: (name: String, pin: VersionPin?)?, key: [String],
        examples: Int
    ) async throws -> Comparison {
        let before = try dataset(named: first.name)
        let after = try second.map { try dataset(named: $0.name) } ?? before
        let old = try await storeErrors { try await store.snapshot(of: before.name, at: first.pin) }
        let new = try await storeErrors { try await store.snapshot(of: after.name, at: second?.pin) }
        let key = try self.key(of: before, after, given: key)
        for snapshot in [old, new] { try check(key, of: snapshot) }
        let difference = try await storeErrors {
            try await store.diff(old, new, key: key, examples: examples)
        }
        return Comparison(
            first: ComparedVersion(dataset: before.name, version: old.pinned.version, rows: old.rowCount),
            second: ComparedVersion(dataset: after.name, version: new.pinned.version, rows: new.rowCount),
            key: key, difference: difference)
    }

    private func key(of before: Dataset, _ after: Dataset, given: [String]) throws -> [String] {
        guard given.isEmpty else { return given }
        let keys = [before, after].map { $0.key.map(\.value) }
        guard let key = keys.first(where: { !$0.isEmpty }) else { return [] }
        let folded = keys.map { Set($0.map { $0.lowercased() }) }
        guard folded[0].isEmpty || folded[1].isEmpty || folded[0] == folded[1] else {
            throw Diagnostics([
                .error(
                    "'\(before.name)' and '\(after.name)' have different keys",
                    notes: ["\(keys[0].joined(separator: ", ")) and \(keys[1].joined(separator: ", "))"],
                    hint: "name the columns to compare them by: --key a,b")
            ])
        }
        return key
    }

    private func check(_ key: [String], of snapshot: TableSnapshot) throws {
        let columns = snapshot.columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
        let missing = key.filter { name in !columns.contains { $0.name.lowercased() == name.lowercased() } }
        guard missing.isEmpty else {
            throw Diagnostics(missing.map { .missing(column: $0, of: snapshot.name, among: columns) })
        }
    }
}
