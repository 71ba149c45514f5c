import Project
import Recording

/// One thing that the doctor looked at.
struct Finding {
    enum State: String {
        case ok
        /// Worth knowing; nothing stops working.
        case note
        case missing
    }

    var name: String
    var state: State
    /// What was found; further lines are details.
    var found: String
    /// The command, or the words, that mend it.
    var remedy: String?

    static func ok(_ name: String, _ found: String) -> Finding { Finding(name: name, state: .ok, found: found) }

    static func note(_ name: String, _ found: String, remedy: String? = nil) -> Finding {
        Finding(name: name, state: .note, found: found, remedy: remedy)
    }

    static func missing(_ name: String, _ found: String, remedy: String) -> Finding {
        Finding(name: name, state: .missing, found: found, remedy: remedy)
    }

    func lines(style: TextStyle) -> [String] {
        let mark =
            switch state {
            case .ok: style.green("✓")
            case .note: style.yellow("!")
            case .missing: style.red("✗")
            }
        let parts = found.split(separator: "\n").map(String.init)
        var lines = ["\(mark) \(style.bold(TextWidth.padded(name, to: 9)))  \(parts.first ?? "")"]
        lines += parts.dropFirst().map { TextWidth.blanks(13) + $0 }
        if let remedy { lines.append(TextWidth.blanks(13) + style.cyan("→ ") + remedy) }
        return lines
    }

    var json: JSON {
        .object([
            ("name", .string(name)), ("state", .string(state.rawValue)), ("found", .string(found)),
            ("remedy", .optional(remedy)),
        ])
    }
}
