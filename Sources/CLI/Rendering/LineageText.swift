import Millrace
import Project
import Queries
import Recording

/// Which ways are shown.
struct LineageSides {
    var upstream: Bool
    var downstream: Bool
}

/// What `lineage` tells a person.
struct LineageText {
    let sides: LineageSides
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
            lines +=
                used.isEmpty
                ? [style.faint("nothing is made from it")] : downstream(used).lines(width: width, style: style)
        }
        return lines
    }

    private func upstream(_ lineage: DatasetLineage) -> TextTable {
        var table = TextTable([.init("column"), .init("made from"), .init("how", isFirm: true)])
        for column in lineage.columns {
            add(to: &table, .init(column.name, .bold), groups(column.origins), none: Self.nothing)
        }
        if !lineage.rows.isEmpty { add(to: &table, .init("(its rows)", .faint), groups(lineage.rows), none: "") }
        return table
    }

    private func downstream(_ columns: [DatasetLineage.Column]) -> TextTable {
        var table = TextTable([.init("column"), .init("used for"), .init("how", isFirm: true)])
        for column in columns {
            let groups = groups(column.uses, kinds: \.kinds, place: \.dataset.text) { $0.column ?? Self.allRows }
            add(to: &table, .init(column.name, .bold), groups, none: "")
        }
        return table
    }

    /// Columns of one table that take part in the same ways.
    private struct Group {
        var kinds: [ColumnLineage.Kind]
        var place: String
        var words: [String]
    }

    private func add(to table: inout TextTable, _ head: TextTable.Cell, _ groups: [Group], none: String) {
        guard !groups.isEmpty else { return table.add([head, .init(none, .faint), ""]) }
        for (index, group) in groups.enumerated() {
            let kinds = group.kinds.map(Self.word).joined(separator: ", ")
            table.add([
                index == 0 ? head : "", .init("\(group.place): \(group.words.joined(separator: ", "))"),
                .init(kinds, group.kinds.first.map(Self.paint) ?? .plain),
            ])
        }
    }

    private func groups(_ origins: [ColumnOrigin]) -> [Group] {
        groups(origins, kinds: \.kinds, place: \.name) { $0.column ?? "all columns" }
    }

    /// The most direct ones first.
    private func groups<Item>(
        _ items: [Item], kinds: (Item) -> [ColumnLineage.Kind], place: (Item) -> String, _ word: (Item) -> String
    ) -> [Group] {
        var groups: [Group] = []
        for item in items {
            let (kinds, place) = (Self.told(kinds(item)), place(item))
            if let index = groups.firstIndex(where: { $0.kinds == kinds && $0.place == place }) {
                groups[index].words.append(word(item))
            } else {
                groups.append(Group(kinds: kinds, place: place, words: [word(item)]))
            }
        }
        return groups.sorted { left, right in
            guard let one = left.kinds.first, let other = right.kinds.first, one != other else {
                return left.place < right.place
            }
            return one < other
        }
    }

    /// What is computed from a column says more than that it decides as well.
    private static func told(_ kinds: [ColumnLineage.Kind]) -> [ColumnLineage.Kind] {
        guard let first = kinds.first else { return [] }
        return first.isDirect ? [first] : kinds
    }

    // MARK: A column

    func lines(
        _ column: DatasetLineage.Column, of lineage: DatasetLineage, in project: ProjectLineage, width: Int?
    ) -> [String] {
        var lines = [style.bold("\(lineage.dataset).\(TextWidth.harmless(column.name))")]
        var seen: [DatasetName] = []
        if sides.upstream {
            let tree = project.upstream(of: column.name, in: lineage.dataset)
            lines += ["", "made from"]
            lines += tree.branches.isEmpty ? [style.faint(Self.nothing)] : branches(tree, "all columns")
            seen = tree.datasets
        }
        if sides.downstream {
            let tree = project.downstream(of: column.name, in: lineage.dataset)
            lines += ["", "used for"]
            lines += tree.branches.isEmpty ? [style.faint("nothing")] : branches(tree, Self.allRows)
        }
        guard sides.upstream else { return lines }
        var table = TextTable([.init("rows of"), .init("decided by"), .init("how", isFirm: true)], hasTitles: false)
        for name in seen {
            guard let rows = project[name]?.rows, !rows.isEmpty else { continue }
            add(to: &table, .init(name.text), groups(rows), none: "")
        }
        guard !table.rows.isEmpty else { return lines }
        return lines + ["", "which rows there are, and in what order"] + table.lines(width: width, style: style)
    }

    /// - Parameter all: what is said in place of a column where there is none.
    private func branches(_ tree: ProjectLineage.Tree, _ all: String) -> [String] {
        tree.branches.enumerated().flatMap { index, branch in
            let isLast = index == tree.branches.count - 1
            return lines(
                branch, all, first: style.faint(isLast ? "└─ " : "├─ "), rest: style.faint(isLast ? "   " : "│  "))
        }
    }

    private func lines(_ tree: ProjectLineage.Tree, _ all: String, first: String, rest: String) -> [String] {
        let name = TextWidth.harmless(tree.name)
        let column = tree.column.map { TextWidth.harmless($0) }
        let dot = tree.place == .dataset && column != nil ? "." : ": "
        var parts = [name + dot + (column ?? all)]
        // That a file's column is taken as it is goes without saying.
        if tree.place == .dataset || tree.kinds != [.identity] {
            parts.append(
                Self.told(tree.kinds).map { style.paint(Self.word($0), Self.paint($0)) }.joined(separator: ", "))
        }
        if tree.isRepeated { parts.append(style.faint("see above")) }
        var lines = [first + parts.joined(separator: "  ")]
        if let problem = tree.problem { lines.append(rest + style.yellow("! ") + problem) }
        return lines + branches(tree, all).map { rest + $0 }
    }

    private static let allRows = "its rows"
    private static let nothing = "no column: it is the same for all rows, or counts them"

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
