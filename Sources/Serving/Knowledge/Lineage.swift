import Millrace
import Project
import Recording

extension Sight {
    /// All that a dataset is made from, by whatever way, in the order of names.
    func upstream(of name: DatasetName) -> [DatasetName] { reach(name) { self[$0]?.needs ?? [] } }

    /// All that is made from a dataset.
    func downstream(of name: DatasetName) -> [DatasetName] { reach(name) { self[$0]?.neededFor ?? [] } }

    private func reach(_ name: DatasetName, _ next: (DatasetName) -> [DatasetName]) -> [DatasetName] {
        var seen: Set<DatasetName> = []
        var open = next(name)
        while let one = open.popLast() {
            if seen.insert(one).inserted { open += next(one) }
        }
        return seen.subtracting([name]).sorted()
    }
}

enum LineageShapes {
    static func json(_ dataset: Survey.Dataset, in sight: Sight) -> JSON {
        .object([
            ("dataset", .string(dataset.name.text)), ("inputs", .strings(dataset.needs.map(\.text))),
            ("used_by", .strings(dataset.neededFor.map(\.text))),
            ("upstream", .strings(sight.upstream(of: dataset.name).map(\.text))),
            ("downstream", .strings(sight.downstream(of: dataset.name).map(\.text))),
            ("columns", .array([])),
        ])
    }
}
