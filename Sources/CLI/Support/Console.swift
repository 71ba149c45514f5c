import Glibc
import Project
import Recording

/// Where a command's words go, and how they look.
struct Console: Sendable {
    let isQuiet: Bool
    let isJSON: Bool
    /// How results are decorated.
    let style: TextStyle
    /// How diagnostics are decorated.
    let errorStyle: TextStyle

    init(noColor: Bool, isQuiet: Bool, isJSON: Bool) {
        let isPlain = noColor || !Self.isEmpty("NO_COLOR") || Self.value("TERM") == "dumb"
        self.isQuiet = isQuiet
        self.isJSON = isJSON
        style = !isPlain && Output.standard.isTerminal ? .ansi : .plain
        errorStyle = !isPlain && Output.errors.isTerminal ? .ansi : .plain
    }

    /// The cells of a line of results; nil when there is no limit.
    var width: Int? { Output.standard.width }

    /// Lines may be redrawn in place.
    var isLive: Bool { Output.standard.isTerminal && Self.value("TERM") != "dumb" }

    func print(_ line: String) throws { try Output.standard.write(line + "\n") }

    func print(_ lines: [String]) throws {
        for line in lines { try print(line) }
    }

    func print(_ json: JSON) throws { try print(json.indentedText) }

    /// A remark beside the results; not said when quiet.
    func remark(_ text: String) {
        guard !isQuiet else { return }
        try? Output.errors.writeNow(errorStyle.faint(text) + "\n")
    }

    /// Diagnostics for people, on standard error.
    func tell(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        let blocks = diagnostics.map { $0.rendered(style: errorStyle) }
        // One that shows the user's line takes several lines, and then an empty line sets it apart.
        let separator = blocks.contains { $0.contains("\n") } ? "\n\n" : "\n"
        try? Output.errors.writeNow(blocks.joined(separator: separator) + "\n")
    }

    private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    private static func isEmpty(_ name: String) -> Bool { value(name)?.isEmpty ?? true }
}
