package import Project

/// What is said about checks.
package enum CheckText {
    /// The checks that did not simply pass, with their counts; those that failed or warned with example rows.
    static func remarks(on outcomes: [CheckOutcome], width: Int?, style: TextStyle) -> [String] {
        let unhappy = outcomes.filter { $0.status != .passed }
        return unhappy.filter { $0.status != .failed }.flatMap { remark(on: $0, width: width, style: style) }
            + unhappy.filter { $0.status == .failed }.flatMap { remark(on: $0, width: width, style: style) }
    }

    private static func remark(on outcome: CheckOutcome, width: Int?, style: TextStyle) -> [String] {
        let (mark, word, paint): (String, String, Paint) =
            switch outcome.status {
            case .passed: ("✓", "passed", .green)
            case .warned: ("!", "warning", .yellow)
            case .quarantined: ("»", "quarantined", .yellow)
            case .failed: ("✗", "failed", .red)
            }
        let head = TextWidth.harmless(outcome.name) + "  "
        let room = width.map { max(20, $0 - 6) }
        let text = TextWidth.wrapped("\(head)\(word): \(TextWidth.harmless(finding(of: outcome)))", to: room)
        // Painted after it was broken into lines, because paint takes no cells.
        let begin = head + word
        let first =
            text[0].hasPrefix(begin) ? head + style.paint(word, paint) + text[0].dropFirst(begin.count) : text[0]
        var lines = ["    \(style.paint(mark, paint)) \(first)"] + text.dropFirst().map { "      " + $0 }
        guard outcome.status != .quarantined, !outcome.examples.isEmpty else { return lines }
        lines += examples(outcome.examples).lines(width: width, indent: 8, style: style)
        if let failing = outcome.failing, failing > outcome.examples.count {
            lines.append("        " + style.faint("… and \(Quantity.grouped(failing - outcome.examples.count)) more"))
        }
        return lines
    }

    /// What a check found in words: `412 of 336,776 rows (0.12 %): outside 10 … 1000`.
    package static func finding(of outcome: CheckOutcome) -> String {
        if let message = outcome.message { return message }
        if let failing = outcome.failing, let looked = outcome.looked {
            return "\(Quantity.grouped(failing)) of \(Quantity.count(looked, "row"))"
                + (Quantity.share(failing, of: looked).map { " (\($0))" } ?? "")
        }
        return outcome.value.map { "found \(Quantity.value($0))" } ?? outcome.status.rawValue
    }

    /// Example rows as a table; rows may have different columns.
    package static func examples(_ rows: [[ExampleField]]) -> TextTable {
        var names: [String] = []
        for field in rows.joined() where !names.contains(field.column) { names.append(field.column) }
        var table = TextTable(names.map { TextTable.Column($0) })
        for row in rows {
            table.add(
                names.map { name in
                    guard let field = row.first(where: { $0.column == name }) else { return "" }
                    return field.value.map { TextTable.Cell($0) } ?? TextTable.Cell("NULL", .faint)
                })
        }
        return table
    }
}
