import Project
import Recording
import Store

/// What is different between two tables, for people: columns, counts, rows.
struct TableDiffText {
    /// What the kinds of rows are called.
    struct Words {
        var added = "added"
        var removed = "removed"
        var changed = "changed"
        var unchanged = "unchanged"
        /// Above the rows of each kind.
        var addedTitle: String
        var removedTitle: String
    }

    let difference: TableDiff
    /// The columns by which rows are told apart.
    let key: [String]
    /// What the two tables are called.
    let first: String
    let second: String
    let words: Words
    /// Whether there is such a thing as a changed row.
    let tellsChanged: Bool
    let style: TextStyle
    let width: Int?

    func lines() -> [String] { columns + counts + added + removed + changed }

    private var columns: [String] {
        guard !difference.columns.isEmpty else { return [] }
        var table = TextTable([.init("", isFirm: true), .init("column"), .init("type")])
        for change in difference.columns {
            switch (change.before, change.after) {
            case (nil, let after?): table.add([.init("+", .green), .init(change.name), .init(after, .cyan)])
            case (let before?, nil): table.add([.init("-", .red), .init(change.name), .init(before, .cyan)])
            case (let before?, let after?):
                table.add([.init("~", .yellow), .init(change.name), .init("\(before) → \(after)", .cyan)])
            case (nil, nil): continue
            }
        }
        table.hasTitles = false
        return ["", style.bold("columns")] + table.lines(width: width, indent: 2, style: style)
    }

    private var counts: [String] {
        var table = TextTable([.init("", isFirm: true), .init("", .right, isFirm: true), .init("")], hasTitles: false)
        func add(_ word: String, _ rows: Int, _ paint: Paint, _ remark: String = "") {
            table.add([
                .init(word), .init(Quantity.grouped(rows), rows > 0 ? paint : .faint), .init(remark, .faint),
            ])
        }
        add(words.added, difference.added, .green)
        add(words.removed, difference.removed, .red)
        let columns = difference.changesByColumn.map { "\($0.column) \(Quantity.grouped($0.rows))" }
        if tellsChanged { add(words.changed, difference.changed, .yellow, columns.joined(separator: ", ")) }
        add(words.unchanged, difference.unchanged, .plain)
        return ["", style.bold("rows")] + table.lines(width: width, indent: 2, style: style)
    }

    private var added: [String] { examples(difference.addedExamples, of: difference.added, words.addedTitle) }

    private var removed: [String] {
        examples(difference.removedExamples, of: difference.removed, words.removedTitle)
    }

    private func examples(_ rows: [[ExampleField]], of count: Int, _ title: String) -> [String] {
        guard !rows.isEmpty else { return [] }
        return ["", style.bold(title)] + CheckText.examples(rows).lines(width: width, indent: 2, style: style)
            + more(than: rows.count, of: count)
    }

    /// The values of the changed fields side by side, under the row's key.
    private var changed: [String] {
        guard !difference.changedExamples.isEmpty else { return [] }
        var table = TextTable(
            key.map { .init($0) } + [.init("column", isFirm: true), .init(first), .init(second)])
        for row in difference.changedExamples {
            for (index, field) in row.fields.enumerated() {
                // The key stands once, before the first of the row's fields.
                let key = row.key.map { index == 0 ? cell($0.value) : "" }
                table.add(key + [.init(field.column, .yellow), cell(field.before), cell(field.after)])
            }
        }
        return ["", style.bold(words.changed)] + table.lines(width: width, indent: 2, style: style)
            + more(than: difference.changedExamples.count, of: difference.changed)
    }

    private func cell(_ value: String?) -> TextTable.Cell { value.map { .init($0) } ?? .init("NULL", .faint) }

    private func more(than shown: Int, of count: Int) -> [String] {
        count > shown ? ["  " + style.faint("… and \(Quantity.grouped(count - shown)) more")] : []
    }
}
