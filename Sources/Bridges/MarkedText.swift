package import Project

/// A file of which a part is generated, and the rest belongs to its user.
package enum MarkedText {
    package static let begin = "# >>> millrace generated, do not edit between these marks"
    package static let end = "# <<< millrace generated"

    private static let beginPrefix = "# >>> millrace generated"

    /// A new file.
    package static func new(_ file: DagFile) -> String {
        begin + "\n" + file.generated + end + "\n" + file.ending
    }

    /// The file that is there with its generated part anew; every byte outside of the marks stays.
    /// - Throws: a `Diagnostic` when the marks are missing, damaged or doubled.
    package static func replace(in source: SourceFile, with file: DagFile) throws(Diagnostic) -> String {
        let bytes = Array(source.text.utf8)
        var begins: [Line] = []
        var ends: [Line] = []
        for line in lines(of: bytes) {
            if line.text.hasPrefix(beginPrefix) { begins.append(line) }
            if line.text.hasPrefix(end) { ends.append(line) }
        }
        func fault(_ message: String, _ line: Line, _ remedy: String) -> Diagnostic {
            .error(
                message, at: SourceSpan(file: source, offset: line.start, length: line.text.utf8.count),
                hint: remedy + ", or move the file away and export anew")
        }
        guard let begin = begins.first ?? ends.first else {
            throw .error(
                "'\(source.path)' has no marks of 'millrace export-dag', so it is not overwritten",
                at: .wholeFile(source.path),
                hint: "write to another file; its generated part may then be moved here with its marks")
        }
        guard let end = ends.first, !begins.isEmpty else {
            throw begins.isEmpty
                ? fault("an end without a beginning", begin, "put '\(beginPrefix)' above the generated part")
                : fault("a beginning without an end", begin, "put '\(Self.end)' below the generated part")
        }
        let one = "leave one beginning and one end"
        if begins.count > 1 { throw fault("a second beginning of the generated part", begins[1], one) }
        if ends.count > 1 { throw fault("a second end of the generated part", ends[1], one) }
        guard begin.start < end.start else {
            throw fault("the end stands before the beginning", end, "put the marks right")
        }
        let former = bytes[begin.next..<end.start]
        if let other = orchestrator(of: former), let own = orchestrator(of: Array(file.generated.utf8)[...]),
            own != other
        {
            throw .error(
                "'\(source.path)' is a file for \(other.title), so it is not overwritten with one for \(own.title)",
                at: .wholeFile(source.path), hint: "write to another file, or export for \(other.title)")
        }
        let hasReturns = begin.hasReturn
        let generated =
            hasReturns
            ? file.generated.utf8.flatMap { $0 == newline ? [carriageReturn, newline] : [$0] }
            : Array(file.generated.utf8)
        return String(decoding: bytes[..<begin.next] + generated + bytes[end.start...], as: UTF8.self)
    }

    /// What a generated part is for: its introduction names the command that writes it.
    private static func orchestrator(of generated: ArraySlice<UInt8>) -> Orchestrator? {
        for line in lines(of: Array(generated)) {
            let found = Orchestrator.allCases.first { line.text.hasPrefix("\"millrace export-dag \($0.rawValue)\" ") }
            if let found { return found }
        }
        return nil
    }

    private struct Line {
        /// Without its end.
        var text: String
        var start: Int
        /// Where the next line starts.
        var next: Int
        var hasReturn: Bool
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private static func lines(of bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        // Some editors begin a file with a mark of its encoding.
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: newline) ?? bytes.count
            let hasReturn = end > start && bytes[end - 1] == carriageReturn
            lines.append(
                Line(
                    text: String(decoding: bytes[start..<(hasReturn ? end - 1 : end)], as: UTF8.self), start: start,
                    next: min(end + 1, bytes.count), hasReturn: hasReturn))
            start = end + 1
        }
        return lines
    }
}
