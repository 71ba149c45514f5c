/// A Python expression, laid out as the usual formatters do: on one line if it fits, otherwise one part a line.
indirect enum PythonExpression {
    case raw(String)
    case string(String)
    case call(String, [Argument])
    case list([PythonExpression])
    case dictionary([(String, PythonExpression)])

    struct Argument {
        var name: String?
        var value: PythonExpression

        init(_ name: String?, _ value: PythonExpression) {
            self.name = name
            self.value = value
        }

        static func string(_ name: String?, _ text: String) -> Argument { .init(name, .string(text)) }
        static func raw(_ name: String?, _ text: String) -> Argument { .init(name, .raw(text)) }

        var prefix: String { name.map { $0 + "=" } ?? "" }
    }

    static let width = 88

    /// On one line.
    var text: String {
        switch self {
        case .raw(let text): text
        case .string(let text): PythonText.literal(text)
        case .call(let name, let arguments):
            name + "(" + arguments.map { $0.prefix + $0.value.text }.joined(separator: ", ") + ")"
        case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
        case .dictionary(let items):
            "{" + items.map { PythonText.literal($0) + ": " + $1.text }.joined(separator: ", ") + "}"
        }
    }

    /// On as many lines as it takes.
    func lines(before: String = "", after: String = "", indent: Int = 0) -> [String] {
        let margin = String(repeating: " ", count: indent)
        let line = margin + before + text + after
        guard line.unicodeScalars.count > Self.width else { return [line] }
        switch self {
        case .raw, .string: return [line]
        case .call(let name, let arguments):
            guard !arguments.isEmpty else { return [line] }
            return [margin + before + name + "("]
                + arguments.flatMap { $0.value.lines(before: $0.prefix, after: ",", indent: indent + 4) }
                + [margin + ")" + after]
        case .list(let items):
            guard !items.isEmpty else { return [line] }
            return [margin + before + "["]
                + items.flatMap { $0.lines(after: ",", indent: indent + 4) }
                + [margin + "]" + after]
        case .dictionary(let items):
            return [margin + before + "{"]
                + items.flatMap { key, value in
                    value.lines(before: PythonText.literal(key) + ": ", after: ",", indent: indent + 4)
                } + [margin + "}" + after]
        }
    }
}
