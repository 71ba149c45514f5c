package import Project

/// Rows in aligned columns, two blanks apart, fitted to a terminal's width.
package struct TextTable: Sendable {
    package struct Column: Sendable {
        package enum Alignment: Sendable {
            case left, right
        }

        package var title: String
        package var alignment: Alignment
        /// Never narrowed: what it holds means nothing when cut.
        package var isFirm: Bool

        package init(_ title: String, _ alignment: Alignment = .left, isFirm: Bool = false) {
            self.title = title
            self.alignment = alignment
            self.isFirm = isFirm
        }
    }

    package struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
        package var text: String
        package var paint: Paint

        package init(_ text: String, _ paint: Paint = .plain) {
            self.text = TextWidth.harmless(text)
            self.paint = paint
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    package var columns: [Column]
    package var rows: [[Cell]] = []
    package var hasTitles = true

    package init(_ columns: [Column], hasTitles: Bool = true) {
        self.columns = columns
        self.hasTitles = hasTitles
    }

    package mutating func add(_ row: [Cell]) { rows.append(row) }

    /// The titles and the rows, each of at most `width` cells; nil is no limit.
    package func lines(width: Int? = nil, indent: Int = 0, style: TextStyle = .plain) -> [String] {
        let layout = layout(width: width.map { $0 - indent })
        var lines: [String] = []
        if hasTitles {
            lines.append(layout.line(columns.map { Cell($0.title, .bold) }, indent: indent, style: style))
        }
        for row in rows { lines.append(layout.line(row, indent: indent, style: style)) }
        return lines
    }

    /// The widths that suit the titles and the rows given so far; further rows can be printed with it.
    package func layout(width: Int?) -> Layout {
        var natural = columns.map { hasTitles ? TextWidth.of($0.title) : 0 }
        for row in rows {
            for (index, cell) in row.enumerated() where index < natural.count {
                natural[index] = max(natural[index], TextWidth.of(cell.text))
            }
        }
        return Layout(columns: columns, widths: Self.fitted(natural, firm: columns.map(\.isFirm), into: width))
    }

    /// Narrows the widest columns first; when even narrow columns do not fit, the last ones are left out.
    private static func fitted(_ natural: [Int], firm: [Bool], into width: Int?) -> [Int] {
        guard let width else { return natural }
        let narrowest = 8
        var count = natural.count
        /// The cells of a line when the columns that are not firm are cut to `limit`.
        func total(_ limit: Int) -> Int {
            (0..<count).reduce(2 * max(0, count - 1)) { $0 + (firm[$1] ? natural[$1] : min(natural[$1], limit)) }
        }
        func room() -> Int { width - (count < natural.count ? 3 : 0) }
        while count > 1, total(narrowest) > room() { count -= 1 }
        // The largest limit with which the line fits.
        var low = 1
        var high = max(1, natural.max() ?? 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if total(middle) <= room() { low = middle } else { high = middle - 1 }
        }
        let fits = total(low) <= room()
        return (0..<count).map { firm[$0] && fits ? natural[$0] : min(natural[$0], fits ? low : max(1, room())) }
    }

    package struct Layout: Sendable {
        package var columns: [Column]
        /// The cells of each column that is shown.
        package var widths: [Int]

        /// Columns that did not fit.
        package var hidden: Int { columns.count - widths.count }

        package func line(_ cells: [Cell], indent: Int = 0, style: TextStyle = .plain) -> String {
            var line = TextWidth.blanks(indent)
            for (index, width) in widths.enumerated() {
                let cell = index < cells.count ? cells[index] : Cell("")
                let text = TextWidth.truncated(cell.text, to: width)
                let blanks = TextWidth.blanks(width - TextWidth.of(text))
                let isLast = index == widths.count - 1
                if columns[index].alignment == .right { line += blanks }
                line += style.paint(text, cell.paint)
                if columns[index].alignment == .left, !isLast { line += blanks }
                if !isLast { line += "  " }
            }
            if hidden > 0 {
                if let last = widths.indices.last, columns[last].alignment == .left {
                    let text = last < cells.count ? TextWidth.truncated(cells[last].text, to: widths[last]) : ""
                    line += TextWidth.blanks(widths[last] - TextWidth.of(text))
                }
                line += style.faint("  …")
            }
            while line.last == " " { line.removeLast() }
            return line
        }

        /// A rule under the titles.
        package func rule(style: TextStyle = .plain) -> String {
            style.faint(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
        }
    }
}

/// The decorations that recorders and commands use.
package enum Paint: Sendable {
    case plain, bold, faint, red, green, yellow, cyan
}

extension TextStyle {
    package func paint(_ text: String, _ paint: Paint) -> String {
        guard !text.isEmpty else { return text }
        switch paint {
        case .plain: return text
        case .bold: return bold(text)
        case .faint: return faint(text)
        case .red: return red(text)
        case .green: return green(text)
        case .yellow: return yellow(text)
        case .cyan: return cyan(text)
        }
    }
}
