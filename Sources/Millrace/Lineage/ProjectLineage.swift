package import Project
package import Queries

/// What the columns of a project's datasets are made from, and what is made from them.
package struct ProjectLineage: Sendable {
    package private(set) var datasets: [DatasetName: DatasetLineage]

    init(_ found: [DatasetLineage]) {
        datasets = Dictionary(found.map { ($0.dataset, $0) }, uniquingKeysWith: { first, _ in first })
        let uses = Self.uses(in: found)
        for name in Array(datasets.keys) {
            guard var lineage = datasets[name] else { continue }
            let ofAll = uses[Key(dataset: name, column: nil)] ?? []
            for index in lineage.columns.indices {
                let own = uses[Key(dataset: name, column: lineage.columns[index].name.lowercased())] ?? []
                lineage.columns[index].uses = Self.joined(own + ofAll)
            }
            datasets[name] = lineage
        }
    }

    package subscript(_ name: DatasetName) -> DatasetLineage? { datasets[name] }

    private struct Key: Hashable {
        var dataset: DatasetName
        var column: String?
    }

    private static func uses(in found: [DatasetLineage]) -> [Key: [ColumnUse]] {
        var uses: [Key: [ColumnUse]] = [:]
        for lineage in found {
            func note(_ origins: [ColumnOrigin], _ column: String?) {
                for origin in origins where origin.place == .dataset {
                    guard let name = DatasetName(origin.name) else { continue }
                    uses[Key(dataset: name, column: origin.column?.lowercased()), default: []].append(
                        ColumnUse(dataset: lineage.dataset, column: column, kinds: origin.kinds))
                }
            }
            for column in lineage.columns { note(column.origins, column.name) }
            note(lineage.rows, nil)
        }
        return uses
    }

    private static func joined(_ uses: [ColumnUse]) -> [ColumnUse] {
        var kinds: [ColumnUse: Set<ColumnLineage.Kind>] = [:]
        for use in uses {
            var target = use
            target.kinds = []
            kinds[target, default: []].formUnion(use.kinds)
        }
        return kinds.map { ColumnUse(dataset: $0.dataset, column: $0.column, kinds: $1.sorted()) }
            .sorted { ($0.dataset, $0.column ?? "") < ($1.dataset, $1.column ?? "") }
    }

    // MARK: All the way

    /// A column, and all that it is made from, or all that is made from it.
    package struct Tree: Sendable {
        package var place: ColumnOrigin.Place
        package var name: String
        /// Nil for all columns; on the way down for all rows.
        package var column: String?
        /// How it takes part in what stands above it, or what stands above it in it; empty for the first.
        package var kinds: [ColumnLineage.Kind]
        package var branches: [Tree] = []
        /// It stands further up, and its branches only there.
        package var isRepeated = false
        /// Why the way ends here, if it is not the end.
        package var problem: String?
    }

    package func upstream(of column: String, in dataset: DatasetName) -> Tree {
        var seen: Set<Key> = []
        return upstream(
            ColumnOrigin(place: .dataset, name: dataset.text, column: column, kinds: []), seen: &seen)
    }

    private func upstream(_ origin: ColumnOrigin, seen: inout Set<Key>) -> Tree {
        var tree = Tree(place: origin.place, name: origin.name, column: origin.column, kinds: origin.kinds)
        guard origin.place == .dataset, let column = origin.column, let name = DatasetName(origin.name),
            let lineage = datasets[name]
        else { return tree }
        tree.problem = lineage.problem
        guard let found = lineage.column(named: column) else { return tree }
        tree.column = found.name
        guard seen.insert(Key(dataset: name, column: found.name.lowercased())).inserted else {
            tree.isRepeated = !found.origins.isEmpty
            return tree
        }
        tree.branches = found.origins.map { upstream($0, seen: &seen) }
        return tree
    }

    package func downstream(of column: String, in dataset: DatasetName) -> Tree {
        var seen: Set<Key> = []
        return downstream(ColumnUse(dataset: dataset, column: column, kinds: []), seen: &seen)
    }

    private func downstream(_ use: ColumnUse, seen: inout Set<Key>) -> Tree {
        var tree = Tree(place: .dataset, name: use.dataset.text, column: use.column, kinds: use.kinds)
        guard let column = use.column, let lineage = datasets[use.dataset],
            let found = lineage.column(named: column)
        else { return tree }
        tree.column = found.name
        guard seen.insert(Key(dataset: use.dataset, column: found.name.lowercased())).inserted else {
            tree.isRepeated = !found.uses.isEmpty
            return tree
        }
        tree.branches = found.uses.map { downstream($0, seen: &seen) }
        return tree
    }
}

extension ProjectLineage.Tree {
    /// The datasets in it, in the order in which they come.
    package var datasets: [DatasetName] {
        var found: [DatasetName] = []
        collect(into: &found)
        return found
    }

    private func collect(into found: inout [DatasetName]) {
        if place == .dataset, let name = DatasetName(name), !found.contains(name) { found.append(name) }
        for branch in branches { branch.collect(into: &found) }
    }
}
