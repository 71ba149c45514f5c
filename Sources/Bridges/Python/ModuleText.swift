/// A whole Python module.
enum ModuleText {
    /// - Parameter sections: definitions at the top level, to be set apart by two empty lines.
    static func join(head: [String], imports: [String], constants: [String], sections: [[String]]) -> String {
        let top = head + [""] + imports + [""] + constants
        return ([top] + sections).map { $0.joined(separator: "\n") }.joined(separator: "\n\n\n") + "\n"
    }
}

extension String {
    var pythonLines: [String] { split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }

    /// The definitions of a text at the top level.
    var pythonSections: [[String]] { [pythonLines] }
}

extension PythonText {
    /// A word of a shell's command.
    static func shellWord(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
        return isPlain
            ? text
            : "'"
                + text.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''") + "'"
    }
}
