import Millrace
import Project
import Queries
import Recording

/// What `lineage` tells a person.
struct LineageText {
    /// Which ways are shown.
    struct Sides {
        var upstream: Bool
        var downstream: Bool
    }

    let sides: Sides
    let style: TextStyle

    // MARK: A dataset

    func lines(_ lineage: DatasetLineage, width: Int?) -> [String] {
        let count = lineage.columns.count
        var lines = [style.bold(lineage.dataset.text) + "  " + Quantity.count(count, "column")]
        if let problem = lineage.problem { lines.append(style.yellow("! ") + problem) }
        if sides.upstream {
            lines += [""]
            lines += upstream(lineage).lines(width: width, style: style)
        }
        if sides.downstream {
            let used = lineage.columns.filter { !$0.uses.isEmpty }
            lines += [""]
            lines += used.isEmpty ? [style.faint("nothing is made from it")] : downstream(used).lines(width: width, style: style)
        }
        return lines
    }

    private func upstream(_ lineage: DatasetLineage) -> TextTable {
        var table = TextTable([.init("column"), .init("made from"), .init("how", isFirm: true)])
        for column in lineage.columns {
            add(to: &table, .init(column.name, .bold), groups(column.origins), none: "nothing: it is the same for all rows, or counts them")
        }
        if !lineage.rows.isEmpty { add(to: &table, .init("(which rows)", .faint), groups(lineage.rows), none: "") }
        return table
    }

    private func downstream(_ columns: [DatasetLineage.Column]) -> TextTable {
        var table = TextTable([.init("column"), .init("used for"), .init("how", isFirm: true)])
        for column in columns {
            let groups = group(column.uses, kinds: \.kinds, place: \.dataset.text) { $0.column ?? "which rows" }
            add(to: &table, .init(column.name, .bold), groups, none: "")
        }
        return table
    }

    private func add(
        to table: inout TextTable, _ head: TextTable.Cell, _ groups: [(text: String, kind: ColumnLineage.Kind)],
        none: String
    ) {
        guard !groups.isEmpty else { return table.add([head, .init(none, .faint), ""]) }
        for (index, group) in groups.enumerated() {
            table.add([index == 0 ? head : "", .init(group.text), .init(Self.word(group.kind), Self.paint(group.kind))])
        }
    }

    private func groups(_ origins: [ColumnOrigin]) -> [(text: String, kind: ColumnLineage.Kind)] {
        group(origins, kinds: \.kinds, place: \.name) { $0.column ?? "all columns" }
    }

    /// One text for each way of taking part and each place, the most direct ones first.
    private func group<Item>(
        _ items: [Item], kinds: (Item) -> [ColumnLineage.Kind], place: (Item) -> String, _ word: (Item) -> String
    ) -> [(text: String, kind: ColumnLineage.Kind)] {
        var groups: [(kind: ColumnLineage.Kind, place: String, words: [String])] = []
        for item in items {
            for kind in Self.told(kinds(item)) {
                let name = place(item)
                if let index = groups.firstIndex(where: { $0.kind == kind && $0.place == name }) {
                    groups[index].words.append(word(item))
                } else {
                    groups.append((kind, name, [word(item)]))
                }
            }
        }
        return groups.sorted { ($0.kind, $0.place) < ($1.kind, $1.place) }.map { group in
            ("\(group.place): \(group.words.joined(separator: ", "))", group.kind)
        }
    }

    /// What is computed from a column says more than that it decides as well.
    private static func told(_ kinds: [ColumnLineage.Kind]) -> [ColumnLineage.Kind] {
        guard let first = kinds.first else { return [] }
        return first.isDirect ? [first] : kinds
    }

    // MARK: A column

    func lines(_ column: DatasetLineage.Column, of lineage: DatasetLineage, in project: ProjectLineage) -> [String] {
        var lines = [style.bold("\(lineage.dataset).\(TextWidth.harmless(column.name))")]
        var seen: [DatasetName] = [lineage.dataset]
        if sides.upstream {
            let tree = project.upstream(of: column.name, in: lineage.dataset)
            lines += ["", "made from"]
            lines += tree.branches.isEmpty ? [style.faint("nothing that has a column: it is the same for all rows, or counts them")] : branches(tree)
            seen = tree.datasets
        }
        if sides.downstream {
            let tree = project.downstream(of: column.name, in: lineage.dataset)
            lines += ["", "used for"]
            lines += tree.branches.isEmpty ? [style.faint("nothing")] : branches(tree)
        }
        guard sides.upstream else { return lines }
        var table = TextTable([.init("rows"), .init("decided by"), .init("how")])
        for name in [lineage.dataset] + seen.filter({ $0 != lineage.dataset }) {
            guard let rows = project[name]?.rows, !rows.isEmpty else { continue }
            add(to: &table, .init(name.text), groups(rows), none: "")
        }
        if !table.rows.isEmpty { lines += ["", "which rows there are"] + TextTable.plain(table, style: style) }
        return lines
    }

    private func branches(_ tree: ProjectLineage.Tree) -> [String] {
        tree.branches.enumerated().flatMap { index, branch in
            let isLast = index == tree.branches.count - 1
            return lines(
                branch, first: style.faint(isLast ? "└─ " : "├─ "), rest: style.faint(isLast ? "   " : "│  "))
        }
    }

    private func lines(_ tree: ProjectLineage.Tree, first: String, rest: String) -> [String] {
        var parts = [text(of: tree)]
        // That a file's column is taken as it is goes without saying.
        if tree.place == .dataset || tree.kinds != [.identity] {
            parts.append(tree.kinds.map { style.paint(Self.word($0), Self.paint($0)) }.joined(separator: ", "))
        }
        if tree.isRepeated { parts.append(style.faint("see above")) }
        var lines = [first + parts.joined(separator: "  ")]
        if let problem = tree.problem { lines.append(rest + style.yellow("! ") + problem) }
        return lines + branches(tree).map { rest + $0 }
    }

    private func text(of tree: ProjectLineage.Tree) -> String {
        let name = TextWidth.harmless(tree.name)
        guard let column = tree.column else {
            return tree.place == .dataset && sides.downstream && tree.branches.isEmpty && isUse(tree)
                ? "\(name): which rows there are" : "\(name): all columns"
        }
        return tree.place == .dataset
            ? "\(name).\(TextWidth.harmless(column))" : "\(name): \(TextWidth.harmless(column))"
    }

    /// On the way down no column means the rows, on the way up all columns.
    private func isUse(_ tree: ProjectLineage.Tree) -> Bool { tree.isUse }

    static func word(_ kind: ColumnLineage.Kind) -> String {
        switch kind {
        case .groupBy: "group by"
        default: kind.rawValue
        }
    }

    private static func paint(_ kind: ColumnLineage.Kind) -> Paint {
        switch kind {
        case .identity: .green
        case .transformation, .aggregation: .cyan
        case .join, .filter, .groupBy, .sort, .window, .conditional: .yellow
        }
    }
}
