import Millrace
import Project
import Recording

/// What `show --inputs` tells: an indented tree.
struct InputText {
    private let style: TextStyle
    private let allFiles: Bool

    init(style: TextStyle, allFiles: Bool) {
        self.style = style
        self.allFiles = allFiles
    }

    func lines(_ tree: InputTree) -> [String] { lines(tree, first: "", rest: "") }

    private func lines(_ tree: InputTree, first: String, rest: String) -> [String] {
        var lines = [first + headline(of: tree)]
        if let problem = tree.problem {
            lines.append(rest + "  " + style.yellow("! ") + TextWidth.harmless(problem))
        }
        var children: [(first: String, lines: (String, String) -> [String])] = []
        for file in tree.files {
            children.append((text(of: file), { head, _ in [head + text(of: file)] }))
        }
        if let count = tree.fileCount, count > tree.files.count {
            let words =
                "… and \(Quantity.grouped(count - tree.files.count)) more" + (allFiles ? "" : " (--files lists them)")
            children.append((words, { head, _ in [head + style.faint(words)] }))
        }
        for input in tree.inputs {
            children.append((input.name, { head, below in self.lines(input, first: head, rest: below) }))
        }
        for (index, child) in children.enumerated() {
            let isLast = index == children.count - 1
            lines += child.lines(rest + style.faint(isLast ? "└─ " : "├─ "), rest + style.faint(isLast ? "   " : "│  "))
        }
        return lines
    }

    private func headline(of tree: InputTree) -> String {
        var parts = [style.bold("\(TextWidth.harmless(tree.name))@\(tree.version)")]
        switch tree.kind {
        case .foreign: parts.append("a Delta table outside of the project")
        case .dataset(let step): if let step { parts.append(step) }
        }
        if tree.isRepeated { return (parts + [style.faint("see above")]).joined(separator: "  ") }
        if let rows = tree.rows { parts.append(Quantity.count(rows, "row")) }
        if let sources = tree.sources {
            parts.append("from \(Quantity.count(sources.files, "file")), \(Quantity.bytes(sources.bytes))")
        }
        if let published = tree.published { parts.append(style.faint(Timestamp.utc(published))) }
        if let run = tree.run { parts.append(style.faint("run \(run)")) }
        return parts.joined(separator: "  ")
    }

    private func text(of file: InputTree.File) -> String {
        "\(TextWidth.harmless(file.path))  \(Quantity.bytes(file.bytes))  "
            + style.faint(Timestamp.utc(file.modified / 1_000_000))
    }

    static func json(_ tree: InputTree) -> JSON {
        var fields: [(String, JSON)] = [("name", .string(tree.name)), ("version", .int(tree.version.number))]
        switch tree.kind {
        case .foreign: fields.append(("kind", .string("delta")))
        case .dataset(let step): fields += [("kind", .string("dataset")), ("step", .optional(step))]
        }
        if tree.isRepeated { return .object(fields + [("repeated", .bool(true))]) }
        fields += [
            ("published", .optional(tree.published.map(Timestamp.iso8601))), ("rows", .optional(tree.rows)),
            ("run", .optional(tree.run?.text)), ("fingerprint", .optional(tree.fingerprint?.text)),
            ("sources", .optional(tree.sources, \.json)),
            ("file_count", .optional(tree.fileCount)), ("files", .array(tree.files.map(json))),
            ("inputs", .array(tree.inputs.map(json))), ("problem", .optional(tree.problem)),
        ]
        return .object(fields)
    }

    private static func json(_ file: InputTree.File) -> JSON {
        .object([
            ("path", .string(file.path)), ("bytes", .int(file.bytes)),
            ("modified", .string(Timestamp.iso8601(file.modified / 1_000_000))), ("hash", .optional(file.hash)),
            ("run", .optional(file.run)),
        ])
    }
}
