extension Diagnostic {
    /// The text that a person reads:
    ///
    ///     millrace.yaml:12:5: error: unknown field 'chekcs'
    ///        12 |     chekcs:
    ///           |     ^~~~~~
    ///       hint: did you mean 'checks'?
    package func rendered(style: TextStyle = .plain) -> String {
        var text = ""
        if let span, span.length > 0 || !span.file.text.isEmpty {
            text += style.bold("\(span.file.path):\(span.line):\(span.column): ")
        } else if let span {
            text += style.bold("\(span.file.path): ")
        }
        text += severity == .error ? style.red("error: ") : style.yellow("warning: ")
        text += style.bold(message)
        if let span, !span.file.text.isEmpty {
            text += "\n" + excerpt(of: span, style: style)
        }
        for note in notes {
            text +=
                "\n  note: "
                + note.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n        ")
        }
        if let hint {
            text += "\n  " + style.cyan("hint: ") + hint
        }
        return text
    }

    private func excerpt(of span: SourceSpan, style: TextStyle) -> String {
        let (line, column) = span.file.position(at: span.offset)
        let source = span.file.line(line)
        let number = String(line)
        let gutter = String(repeating: " ", count: max(0, 5 - number.count)) + number
        let blank = String(repeating: " ", count: gutter.count)
        // A tab before the caret stays a tab, so that the caret lines up however wide the terminal makes it.
        let padding = String(source.prefix(column - 1).map { $0 == "\t" ? "\t" : " " })
        let rest = source.count - (column - 1)
        let width = max(1, min(span.length, rest))
        let caret = "^" + String(repeating: "~", count: width - 1)
        return "\(style.faint("\(gutter) | "))\(source)\n\(style.faint("\(blank) | "))\(padding)\(style.green(caret))"
    }
}

/// How text is decorated: not at all in a pipe or under `NO_COLOR`, with ANSI sequences on a terminal.
package struct TextStyle: Sendable {
    package let isDecorated: Bool

    package static let plain = TextStyle(isDecorated: false)
    package static let ansi = TextStyle(isDecorated: true)

    package func bold(_ text: String) -> String { wrap(text, "1") }
    package func faint(_ text: String) -> String { wrap(text, "2") }
    package func red(_ text: String) -> String { wrap(text, "31;1") }
    package func green(_ text: String) -> String { wrap(text, "32;1") }
    package func yellow(_ text: String) -> String { wrap(text, "33;1") }
    package func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String {
        isDecorated ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
