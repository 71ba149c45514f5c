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
        let tables = TableDiffText(
            difference: difference, key: comparison.key, first: first, second: second,
            words: .init(addedTitle: "added: only in \(second)", removedTitle: "removed: only in \(first)"),
            tellsChanged: !comparison.key.isEmpty, style: style, width: width)
        return [headline] + tables.lines()
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
