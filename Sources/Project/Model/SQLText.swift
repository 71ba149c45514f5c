/// SQL that a user wrote, and where each of its bytes stands in their file.
package struct SQLText: Sendable {
    package var text: String
    package var file: SourceFile
    /// For each stretch of the text its first byte there and in the file; in ascending order, the first at 0.
    private var stretches: [(text: Int, file: Int)]

    /// SQL that is one piece of a file, from `offset` on.
    package init(_ text: String, in file: SourceFile, at offset: Int = 0) {
        self.init(text, in: file, stretches: [(0, offset)])
    }

    /// SQL whose lines were indented in the file (a YAML block): a stretch per line.
    package init(_ text: String, in file: SourceFile, stretches: [(text: Int, file: Int)]) {
        self.text = text
        self.file = file
        self.stretches = stretches.isEmpty ? [(0, 0)] : stretches
    }

    /// Where a byte of the SQL stands in the user's file.
    package func span(at offset: Int, length: Int = 1) -> SourceSpan {
        let stretch = stretches.last { $0.text <= offset } ?? stretches[0]
        return SourceSpan(file: file, offset: stretch.file + max(0, offset - stretch.text), length: length)
    }
}
