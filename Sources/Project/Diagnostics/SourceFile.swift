/// A text that a user wrote, with its lines found, so that a byte offset can be told as line and column.
package final class SourceFile: Sendable, Hashable {
    /// The path as the user would write it: relative to the project's folder when it lies inside.
    package let path: String
    package let text: String
    let utf8: [UInt8]
    private let lineStarts: [Int]

    package init(path: String, text: String) {
        self.path = path
        self.text = text
        utf8 = Array(text.utf8)
        var starts = [0]
        for (offset, byte) in utf8.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    package var byteCount: Int { utf8.count }

    /// The line (from 1) and the column (from 1, in characters) of a byte offset; past the end it is the end.
    package func position(at offset: Int) -> (line: Int, column: Int) {
        let offset = min(max(offset, 0), utf8.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        let column = String(decoding: utf8[lineStarts[low]..<offset], as: UTF8.self).count + 1
        return (low + 1, column)
    }

    /// The text of a line (from 1) without its end; empty when there is no such line.
    package func line(_ number: Int) -> String {
        guard lineStarts.indices.contains(number - 1) else { return "" }
        let start = lineStarts[number - 1]
        var end = lineStarts.indices.contains(number) ? lineStarts[number] - 1 : utf8.count
        if end > start, utf8[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return String(decoding: utf8[start..<max(start, end)], as: UTF8.self)
    }

    /// A line (from 1) without the space around it; nil when there is no such line.
    package func span(ofLine number: Int) -> SourceSpan? {
        guard lineStarts.indices.contains(number - 1) else { return nil }
        let line = line(number)
        let indent = line.prefix { $0 == " " || $0 == "\t" }.utf8.count
        return SourceSpan(file: self, offset: offset(ofLine: number) + indent, length: max(1, line.utf8.count - indent))
    }

    /// The byte offset at which a line (from 1) starts.
    package func offset(ofLine number: Int) -> Int {
        guard number >= 1 else { return 0 }
        return lineStarts.indices.contains(number - 1) ? lineStarts[number - 1] : utf8.count
    }

    /// The byte offset of a line (from 1) and a column (from 1, in characters).
    package func offset(line number: Int, column: Int) -> Int {
        offset(ofLine: number) + line(number).prefix(max(0, column - 1)).utf8.count
    }

    /// The byte offset of a line (from 1) and a column (from 1) that counts Unicode scalars, as YAML's marks do.
    func offset(ofLine number: Int, scalarColumn column: Int) -> Int {
        SourceFile.offset(in: utf8, from: offset(ofLine: number), scalars: column - 1)
    }

    /// The offset that lies `scalars` Unicode scalars after `start`.
    static func offset(in utf8: [UInt8], from start: Int, scalars: Int) -> Int {
        var offset = start
        var left = scalars
        while left > 0, offset < utf8.count {
            offset += 1
            while offset < utf8.count, utf8[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }

    package static func == (left: SourceFile, right: SourceFile) -> Bool {
        left === right || (left.path == right.path && left.text == right.text)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

/// A stretch of a user's file: bytes `offset ..< offset + length`.
package struct SourceSpan: Hashable, Sendable {
    package let file: SourceFile
    package let offset: Int
    package let length: Int

    package init(file: SourceFile, offset: Int, length: Int = 1) {
        self.file = file
        self.offset = offset
        self.length = length
    }

    package var line: Int { file.position(at: offset).line }
    package var column: Int { file.position(at: offset).column }

    /// A whole file, told without a line: for faults that have no place inside it.
    package static func wholeFile(_ path: String) -> SourceSpan {
        SourceSpan(file: SourceFile(path: path, text: ""), offset: 0, length: 0)
    }
}

/// A value together with where the user wrote it.
package struct Located<Value: Sendable>: Sendable {
    package var value: Value
    package var span: SourceSpan

    package init(_ value: Value, at span: SourceSpan) {
        self.value = value
        self.span = span
    }
}
