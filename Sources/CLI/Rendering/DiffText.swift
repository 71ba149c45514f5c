import Millrace
import Project
import Recording
import Store

/// What `diff` tells.
struct DiffText {
    private let comparison: Comparison
    private let difference: TableDiff
    private let style: TextStyle
    private let width: Int?

    init(_ comparison: Comparison, style: TextStyle, width: Int?) {
        self.comparison = comparison
        difference = comparison.difference
        self.style = style
        self.width = width
    }

    func lines() -> [String] {
        let (first, second) = (comparison.first.text, comparison.second.text)
        let way = comparison.key.isEmpty ? "as whole rows" : "by " + comparison.key.joined(separator: ", ")
        let headline = style.bold("\(first) → \(second)") + "  " + TextWidth.harmless(way)
        guard !difference.isEmpty else {
            return [headline, "", "no difference: \(Quantity.count(difference.unchanged, "row")) in both"]
        }
        return [headline] + columns + counts + added + removed + changed
    }

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
        add("added", difference.added, .green)
        add("removed", difference.removed, .red)
        let columns = difference.changesByColumn.map { "\($0.column) \(Quantity.grouped($0.rows))" }
        if !comparison.key.isEmpty { add("changed", difference.changed, .yellow, columns.joined(separator: ", ")) }
        add("unchanged", difference.unchanged, .plain)
        return ["", style.bold("rows")] + table.lines(width: width, indent: 2, style: style)
    }

    private var added: [String] {
        examples(difference.addedExamples, of: difference.added, "added: only in \(comparison.second.text)")
    }

    private var removed: [String] {
        examples(difference.removedExamples, of: difference.removed, "removed: only in \(comparison.first.text)")
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
            comparison.key.map { .init($0) } + [
                .init("column", isFirm: true), .init(comparison.first.text), .init(comparison.second.text),
            ])
        for row in difference.changedExamples {
            for (index, field) in row.fields.enumerated() {
                // The key stands once, before the first of the row's fields.
                let key = row.key.map { index == 0 ? cell($0.value) : "" }
                table.add(key + [.init(field.column, .yellow), cell(field.before), cell(field.after)])
            }
        }
        return ["", style.bold("changed")] + table.lines(width: width, indent: 2, style: style)
            + more(than: difference.changedExamples.count, of: difference.changed)
    }

    private func cell(_ value: String?) -> TextTable.Cell { value.map { .init($0) } ?? .init("NULL", .faint) }

    private func more(than shown: Int, of count: Int) -> [String] {
        count > shown ? ["  " + style.faint("… and \(Quantity.grouped(count - shown)) more")] : []
    }

    static func json(_ comparison: Comparison) -> JSON {
        let difference = comparison.difference
        return .object([
            ("first", json(comparison.first)), ("second", json(comparison.second)), ("key", .strings(comparison.key)),
            ("different", .bool(!difference.isEmpty)),
            (
                "columns",
                .array(
                    difference.columns.map {
                        .object([
                            ("name", .string($0.name)), ("before", .optional($0.before)),
                            ("after", .optional($0.after)),
                        ])
                    })
            ),
            ("added", .int(difference.added)), ("removed", .int(difference.removed)),
            ("changed", .int(difference.changed)), ("unchanged", .int(difference.unchanged)),
            ("changes_by_column", .object(difference.changesByColumn.map { ($0.column, .int($0.rows)) })),
            (
                "examples",
                .object([
                    ("added", .array(difference.addedExamples.map(json))),
                    ("removed", .array(difference.removedExamples.map(json))),
                    (
                        "changed",
                        .array(
                            difference.changedExamples.map { row in
                                .object([("key", json(row.key)), ("fields", .object(row.fields.map(json)))])
                            })
                    ),
                ])
            ),
        ])
    }

    private static func json(_ version: ComparedVersion) -> JSON {
        .object([
            ("dataset", .string(version.dataset.text)), ("version", .int(version.version.number)),
            ("rows", .optional(version.rows)),
        ])
    }

    private static func json(_ row: [ExampleField]) -> JSON { .object(row.map { ($0.column, .optional($0.value)) }) }

    private static func json(_ field: TableDiff.ChangedField) -> (String, JSON) {
        (field.column, .object([("before", .optional(field.before)), ("after", .optional(field.after))]))
    }
}
