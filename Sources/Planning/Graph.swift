package import Project
package import Queries

/// Which dataset is made from which, in an order in which they can be made.
package struct Graph: Sendable {
    /// Every dataset after all that it needs; where that leaves a choice, by name.
    package let order: [DatasetName]
    /// What each dataset needs: its query's inputs and those of its checks.
    package let inputs: [DatasetName: [DatasetName]]
    /// What each dataset is needed for.
    package let dependents: [DatasetName: [DatasetName]]

    /// Cycles are diagnostics: each names its members and points at the first one's definition. Their members, and what
    /// depends on them, have no place in the order.
    package static func build(of project: Project, references: ProjectReferences) -> (Graph, [Diagnostic]) {
        var inputs: [DatasetName: [DatasetName]] = [:]
        var dependents: [DatasetName: [DatasetName]] = [:]
        for dataset in project.datasets {
            inputs[dataset.name] = references.all(of: dataset.name)
            for input in inputs[dataset.name] ?? [] { dependents[input, default: []].append(dataset.name) }
        }
        var missing = inputs.mapValues(\.count)
        var ready = Heap(project.datasets.map(\.name).filter { missing[$0] == 0 })
        var order: [DatasetName] = []
        while let next = ready.popSmallest() {
            order.append(next)
            for dependent in dependents[next] ?? [] {
                missing[dependent, default: 0] -= 1
                if missing[dependent] == 0 { ready.insert(dependent) }
            }
        }
        let graph = Graph(order: order, inputs: inputs, dependents: dependents)
        return (graph, cycles(among: inputs, outside: Set(order), in: project))
    }

    private static func cycles(
        among inputs: [DatasetName: [DatasetName]], outside done: Set<DatasetName>, in project: Project
    ) -> [Diagnostic] {
        var seen: Set<DatasetName> = []
        var diagnostics: [Diagnostic] = []
        for start in inputs.keys.sorted() where !done.contains(start) && !seen.contains(start) {
            // Following any input that is left over must come back to a dataset on the way: that closes the cycle.
            var path: [DatasetName] = []
            var current = start
            while !path.contains(current), !seen.contains(current) {
                path.append(current)
                guard let next = inputs[current]?.first(where: { !done.contains($0) }) else { break }
                current = next
            }
            seen.formUnion(path)
            guard let first = path.firstIndex(of: current) else { continue }
            let members = path[first...] + [current]
            diagnostics.append(
                .error(
                    "these datasets need each other: " + members.map(\.text).joined(separator: " ← "),
                    at: project.dataset(current)?.span,
                    hint: "a dataset cannot be made from itself, also not by a detour or a check; break the cycle"))
        }
        return diagnostics
    }
}

/// A binary heap that gives the smallest name first.
private struct Heap {
    private var items: [DatasetName] = []

    init(_ names: [DatasetName]) {
        for name in names { insert(name) }
    }

    mutating func insert(_ name: DatasetName) {
        items.append(name)
        var child = items.count - 1
        while child > 0, items[child] < items[(child - 1) / 2] {
            items.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popSmallest() -> DatasetName? {
        guard let smallest = items.first, let last = items.popLast() else { return nil }
        guard !items.isEmpty else { return smallest }
        items[0] = last
        var parent = 0
        while true {
            let children = [parent * 2 + 1, parent * 2 + 2].filter { $0 < items.count }
            guard let child = children.min(by: { items[$0] < items[$1] }), items[child] < items[parent] else { break }
            items.swapAt(child, parent)
            parent = child
        }
        return smallest
    }
}
