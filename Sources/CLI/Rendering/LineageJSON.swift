import Millrace
import Project
import Queries
import Recording

/// What `lineage --json` tells a program.
enum LineageJSON {
    /// A dataset, one step back and one on.
    static func json(_ lineage: DatasetLineage, _ sides: LineageSides) -> JSON {
        let columns = lineage.columns.map { column in
            var fields: [(String, JSON)] = [("name", .string(column.name))]
            if sides.upstream { fields.append(("from", .array(column.origins.map(json)))) }
            if sides.downstream { fields.append(("used_in", .array(column.uses.map(json)))) }
            return JSON.object(fields)
        }
        var fields: [(String, JSON)] = [("dataset", .string(lineage.dataset.text)), ("columns", .array(columns))]
        if sides.upstream { fields.append(("rows", .array(lineage.rows.map(json)))) }
        return .object(fields + [("problem", .optional(lineage.problem))])
    }

    /// A column, all the way.
    static func json(
        _ column: DatasetLineage.Column, of lineage: DatasetLineage, in project: ProjectLineage, _ sides: LineageSides
    ) -> JSON {
        var fields: [(String, JSON)] = [
            ("dataset", .string(lineage.dataset.text)), ("column", .string(column.name)),
        ]
        if sides.upstream {
            let tree = project.upstream(of: column.name, in: lineage.dataset)
            fields.append(("from", .array(tree.branches.map { json($0, "from") })))
            let deciding = tree.datasets.compactMap { project[$0] }.filter { !$0.rows.isEmpty }
            fields.append(("rows", .object(deciding.map { ($0.dataset.text, .array($0.rows.map(json))) })))
        }
        if sides.downstream {
            let tree = project.downstream(of: column.name, in: lineage.dataset)
            fields.append(("used_in", .array(tree.branches.map { json($0, "used_in") })))
        }
        return .object(fields + [("problem", .optional(lineage.problem))])
    }

    private static func json(_ tree: ProjectLineage.Tree, _ branches: String) -> JSON {
        var fields: [(String, JSON)] = [
            ("place", .string(tree.place.rawValue)), ("name", .string(tree.name)),
            ("column", .optional(tree.column)), ("kinds", kinds(tree.kinds)),
        ]
        if tree.isRepeated { fields.append(("repeated", .bool(true))) }
        if let problem = tree.problem { fields.append(("problem", .string(problem))) }
        if !tree.branches.isEmpty { fields.append((branches, .array(tree.branches.map { json($0, branches) }))) }
        return .object(fields)
    }

    private static func json(_ origin: ColumnOrigin) -> JSON {
        .object([
            ("place", .string(origin.place.rawValue)), ("name", .string(origin.name)),
            ("column", .optional(origin.column)), ("kinds", kinds(origin.kinds)),
        ])
    }

    private static func json(_ use: ColumnUse) -> JSON {
        .object([
            ("dataset", .string(use.dataset.text)), ("column", .optional(use.column)), ("kinds", kinds(use.kinds)),
        ])
    }

    private static func kinds(_ kinds: [ColumnLineage.Kind]) -> JSON { .strings(kinds.map(\.rawValue)) }
}
