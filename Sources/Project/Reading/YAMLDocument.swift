import Yams

/// Turns a text into a tree of `YAMLNode`s, with every fault of form reported. The only place that knows Yams.
struct YAMLDocument {
    let file: SourceFile
    /// The line of the file (from 1) at which the YAML text starts. Columns are the file's own.
    let firstLine: Int
    private(set) var diagnostics: [Diagnostic] = []
    private var text: String
    /// Where each line of the text starts in the file, if YAML counts its lines otherwise than the file does.
    private var unusualLines: [Int]?
    /// Keys that were written before in their mapping, by their offset.
    private var repeatedKeys: Set<Int> = []

    /// A whole file.
    init(_ file: SourceFile) {
        self.init(file, text: file.text, firstLine: 1)
    }

    /// A part of a file: whole lines, or lines whose beginning was blanked, so that columns stay what they are.
    init(_ file: SourceFile, text: String, firstLine: Int) {
        self.file = file
        self.text = text
        self.firstLine = firstLine
        unusualLines = Self.unusualLines(of: text, startingAt: file.offset(ofLine: firstLine))
    }

    /// The root of the document; nil when there is none or the text is not YAML (which `diagnostics` then says).
    mutating func root() -> YAMLNode? {
        while true {
            do {
                guard let node = try Self.compose(text) else { return nil }
                return convert(node)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let found = keys.first.map { setAside(repeated: $0, firstAt: context.mark) } ?? false
                if !found { return nil }
            } catch let error as YamlError {
                let fault = YAMLFault(error, firstLine: firstLine)
                let offset = fault.mark.map { self.offset(of: $0) } ?? fault.byteOffset(in: file) ?? 0
                diagnostics.append(
                    .error(
                        fault.message(in: file, at: offset), at: SourceSpan(file: file, offset: offset),
                        hint: fault.hint(in: file, at: offset)))
                return nil
            } catch {
                diagnostics.append(.error("this is no YAML: \(error)", at: SourceSpan(file: file, offset: 0)))
                return nil
            }
        }
    }

    /// Parses without Yams' guessing of types: it costs most of the time, and the reader knows which type it wants.
    private static func compose(_ text: String) throws -> Node? {
        try Parser(yaml: text, resolver: .basic, constructor: constructor, encoding: .utf8).singleRoot()
    }

    nonisolated(unsafe) private static let constructor = Constructor([:], [:], [:])

    // MARK: Positions

    private func offset(of mark: Mark) -> Int {
        guard let unusualLines else {
            return file.offset(ofLine: firstLine + mark.line - 1, scalarColumn: mark.column)
        }
        let start = unusualLines.indices.contains(mark.line - 1) ? unusualLines[mark.line - 1] : file.byteCount
        return SourceFile.offset(in: file.utf8, from: start, scalars: mark.column - 1)
    }

    /// YAML also ends a line at a lone carriage return and at three Unicode characters, which a `SourceFile` does not.
    private static func unusualLines(of text: String, startingAt start: Int) -> [Int]? {
        let bytes = Array(text.utf8)
        var starts = [start]
        var isUnusual = false
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"): starts.append(start + index + 1)
            case UInt8(ascii: "\r") where index + 1 >= bytes.count || bytes[index + 1] != UInt8(ascii: "\n"),
                0x85 where index > 0 && bytes[index - 1] == 0xC2,
                0xA8 where index > 1 && bytes[index - 1] == 0x80 && bytes[index - 2] == 0xE2,
                0xA9 where index > 1 && bytes[index - 1] == 0x80 && bytes[index - 2] == 0xE2:
                isUnusual = true
                starts.append(start + index + 1)
            default: break
            }
        }
        return isUnusual ? starts : nil
    }

    // MARK: Keys written twice

    /// Reports a key that stands twice in a mapping, and changes its second place in the text so that reading can go
    /// on: the parser stops at the first such key. False when the second place cannot be told.
    private mutating func setAside(repeated key: String, firstAt mark: Mark) -> Bool {
        let first = offset(of: mark)
        guard let second = RepeatedKey(key, first: first).second(in: file.utf8, except: repeatedKeys) else {
            diagnostics.append(
                .error("'\(key)' is written more than once", at: SourceSpan(file: file, offset: first)))
            return false
        }
        let place = file.position(at: first)
        diagnostics.append(
            .error(
                "'\(key)' is written twice here", at: SourceSpan(file: file, offset: second, length: key.utf8.count),
                notes: ["the first is on line \(place.line)"], hint: "keep one of them"))
        repeatedKeys.insert(second)
        // One character of the private use area for another: positions stay, and no two keys become equal.
        guard let stand = Unicode.Scalar(0xE000 + repeatedKeys.count), repeatedKeys.count < 1000 else { return false }
        let lineColumn = self.mark(of: second)
        var scalars = Array(text.unicodeScalars)
        var line = 1
        var index = 0
        while index < scalars.count, line < lineColumn.line {
            if scalars[index] == "\n" { line += 1 }
            index += 1
        }
        index += lineColumn.column - 1
        // A quoted key starts with its quotation mark, which has to stay.
        if scalars.indices.contains(index), scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard scalars.indices.contains(index) else { return false }
        scalars[index] = stand
        var changed = String.UnicodeScalarView()
        changed.append(contentsOf: scalars)
        text = String(changed)
        return true
    }

    private func mark(of offset: Int) -> (line: Int, column: Int) {
        let line = file.position(at: offset).line
        let start = file.offset(ofLine: line)
        let column = file.utf8[start..<offset].count { $0 & 0xC0 != 0x80 } + 1
        return (line - firstLine + 1, column)
    }

    // MARK: Conversion

    private mutating func convert(_ node: Node) -> YAMLNode {
        let offset = node.mark.map { self.offset(of: $0) } ?? 0
        let content: YAMLNode.Content
        switch node {
        case .scalar(let scalar):
            content = .scalar(convert(scalar, at: offset))
        case .sequence(let sequence):
            content = .list(sequence.map { convert($0) })
        case .mapping(let mapping):
            content = .mapping(entries(of: mapping))
        case .alias:
            // Composing puts the aliased node in its place, so that none is left.
            content = .scalar(YAMLScalar(text: "", style: .plain))
        }
        return YAMLNode(content: content, file: file, offset: start(of: content, at: offset))
    }

    private mutating func convert(_ scalar: Node.Scalar, at offset: Int) -> YAMLScalar {
        var style: YAMLScalar.Style =
            switch scalar.style {
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            default: .plain
            }
        if file.utf8.indices.contains(offset), file.utf8[offset] == UInt8(ascii: "!") {
            let tag = scalar.tag.description
            if tag == "tag:yaml.org,2002:str" || tag == "!" {
                if style == .plain { style = .doubleQuoted }
            } else if !tag.hasPrefix("tag:yaml.org,2002:") {
                diagnostics.append(
                    .error("the tag '\(tag)' means nothing to Millrace", at: SourceSpan(file: file, offset: offset)))
            }
        }
        return YAMLScalar(text: scalar.string, style: style)
    }

    /// Where a scalar itself starts, after an anchor (`&name`) or a tag (`!!str`).
    private func start(of content: YAMLNode.Content, at offset: Int) -> Int {
        guard case .scalar = content else { return offset }
        let bytes = file.utf8
        var offset = offset
        while offset < bytes.count, bytes[offset] == UInt8(ascii: "&") || bytes[offset] == UInt8(ascii: "!") {
            var end = offset
            while end < bytes.count, !Self.isBlank(bytes[end]) { end += 1 }
            while end < bytes.count, bytes[end] == UInt8(ascii: " ") || bytes[end] == UInt8(ascii: "\t") { end += 1 }
            offset = end
        }
        return offset
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }

    private mutating func entries(of mapping: Node.Mapping) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var merged: [YAMLEntry] = []
        for (key, value) in mapping {
            let key = convert(key)
            guard !repeatedKeys.contains(key.offset) else { continue }
            guard let scalar = key.scalar else {
                diagnostics.append(.error("a key must be a word, not \(key.found)", at: key.span))
                continue
            }
            let value = convert(value)
            if scalar.text == "<<", scalar.style == .plain {
                merged += mergeable(value)
            } else {
                entries.append(YAMLEntry(name: scalar.text, key: key, value: value))
            }
        }
        // What a mapping says itself wins over what `<<` brings, and an earlier one over a later one.
        for entry in merged where !entries.contains(where: { $0.name == entry.name }) { entries.append(entry) }
        return entries
    }

    private mutating func mergeable(_ value: YAMLNode) -> [YAMLEntry] {
        if let entries = value.mapping { return entries }
        if let list = value.list, list.allSatisfy({ $0.mapping != nil }) { return list.flatMap { $0.mapping ?? [] } }
        diagnostics.append(.error("'<<' takes a mapping or a list of mappings, not \(value.found)", at: value.span))
        return []
    }
}
