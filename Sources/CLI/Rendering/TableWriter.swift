import Millrace
import Project
import Queries
import Recording

/// Writes the rows of a query as a table. The first rows are held back, because they decide the columns' widths.
final class TableWriter {
    /// The rows that the table format writes when nobody says how many.
    static let usualLimit = 1000

    private let console: Console
    private let limit: RowLimit
    private var table: TextTable
    private var layout: TextTable.Layout?

    init(_ columns: [QueryColumn], limit: RowLimit, console: Console) {
        self.console = console
        self.limit = limit
        table = TextTable(columns.map { .init(TextWidth.harmless($0.name), Self.isNumber($0.type) ? .right : .left) })
    }

    func add(_ row: [String?]) throws {
        try limit.count()
        let cells = row.map { $0.map { TextTable.Cell($0) } ?? TextTable.Cell("NULL", .faint) }
        if let layout { return try console.print(layout.line(cells, style: console.style)) }
        table.add(cells)
        if table.rows.count == Self.usualLimit { try begin() }
    }

    func finish() throws {
        try begin()
        let hidden = layout?.hidden ?? 0
        if limit.isReached {
            try console.print(
                console.style.faint(
                    "the first \(Quantity.count(limit.taken, "row")); --limit 0 writes all, --format csv or jsonl to a file"
                ))
        } else {
            try console.print(console.style.faint(Quantity.count(limit.taken, "row")))
        }
        if hidden > 0 {
            try console.print(console.style.faint("\(Quantity.count(hidden, "column")) did not fit this terminal"))
        }
    }

    private func begin() throws {
        guard layout == nil else { return }
        let layout = table.layout(width: console.width)
        self.layout = layout
        try console.print(layout.line(table.columns.map { .init($0.title, .bold) }, style: console.style))
        try console.print(layout.rule(style: console.style))
        for row in table.rows { try console.print(layout.line(row, style: console.style)) }
        table.rows = []
    }

    private static func isNumber(_ type: String) -> Bool {
        let name = type.prefix { $0 != "(" }
        return !type.hasSuffix("]")
            && [
                "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
                "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL",
            ].contains(name)
    }
}
