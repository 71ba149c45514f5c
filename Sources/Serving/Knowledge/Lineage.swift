import Millrace
import Project
import Queries
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
    static func json(_ dataset: Survey.Dataset, _ lineage: DatasetLineage?, in sight: Sight) -> JSON {
        .object([
            ("dataset", .string(dataset.name.text)), ("inputs", .strings(dataset.needs.map(\.text))),
            ("used_by", .strings(dataset.neededFor.map(\.text))),
            ("upstream", .strings(sight.upstream(of: dataset.name).map(\.text))),
            ("downstream", .strings(sight.downstream(of: dataset.name).map(\.text))),
            ("columns", .array((lineage?.columns ?? []).map(column))),
            ("rows", .array((lineage?.rows ?? []).map(origin))), ("problem", .optional(lineage?.problem)),
        ])
    }

    private static func column(_ column: DatasetLineage.Column) -> JSON {
        .object([
            ("name", .string(column.name)), ("from", .array(column.origins.map(origin))),
            (
                "used_in",
                .array(
                    column.uses.map { use in
                        .object([
                            ("dataset", .string(use.dataset.text)), ("column", .optional(use.column)),
                            ("kinds", .strings(use.kinds.map(\.rawValue))),
                        ])
                    })
            ),
        ])
    }

    private static func origin(_ origin: ColumnOrigin) -> JSON {
        .object([
            ("place", .string(origin.place.rawValue)), ("name", .string(origin.name)),
            ("column", .optional(origin.column)), ("kinds", .strings(origin.kinds.map(\.rawValue))),
        ])
    }
}
