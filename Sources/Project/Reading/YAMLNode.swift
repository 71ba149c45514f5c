/// A piece of a YAML document: its shape, its text as the user wrote it, and where it stands.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        case scalar(YAMLScalar)
        case list([YAMLNode])
        case mapping([YAMLEntry])
    }

    var content: Content
    let file: SourceFile
    /// Where the node starts: a list or mapping in block style starts with its first item.
    let offset: Int

    var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    var list: [YAMLNode]? {
        if case .list(let items) = content { items } else { nil }
    }

    var mapping: [YAMLEntry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// True for nothing at all, `~` and `null`.
    var isNull: Bool { scalar?.isNull ?? false }

    /// What a caret should underline: the scalar, or the first character of a list or mapping.
    var span: SourceSpan {
        guard let scalar else { return SourceSpan(file: file, offset: offset) }
        return SourceSpan(file: file, offset: offset, length: max(1, scalar.sourceLength(in: file.utf8, at: offset)))
    }

    /// How a message names what it found: `'abc'`, `a list`, `nothing`.
    var found: String {
        switch content {
        case .list: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            if scalar.isNull { return "nothing" }
            let line = scalar.text.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
            let isWhole = line.utf8.count == scalar.text.utf8.count && line.count <= 40
            return isWhole ? "'\(line)'" : "'\(line.prefix(40))…'"
        }
    }
}

/// A key and its value.
struct YAMLEntry: Sendable {
    /// The key as written; environment values are never put into keys.
    var name: String
    var key: YAMLNode
    var value: YAMLNode

    var span: SourceSpan { key.span }
}

/// A text in a YAML document, before anything is made of it.
struct YAMLScalar: Sendable {
    enum Style: Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    var text: String
    var style: Style

    /// Bytes of the user's file that the scalar takes on its first line.
    func sourceLength(in bytes: [UInt8], at offset: Int) -> Int {
        switch style {
        case .literal, .folded: return 1
        case .plain:
            let lineEnd = bytes[min(offset, bytes.count)...].firstIndex { $0 == UInt8(ascii: "\n") } ?? bytes.count
            return min(text.utf8.count, lineEnd - offset)
        case .singleQuoted, .doubleQuoted:
            guard offset < bytes.count else { return 1 }
            let quote = style == .singleQuoted ? UInt8(ascii: "'") : UInt8(ascii: "\"")
            guard bytes[offset] == quote else { return 1 }
            var end = offset + 1
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
                if bytes[end] == UInt8(ascii: "\\"), style == .doubleQuoted {
                    end += 1
                } else if bytes[end] == quote {
                    return end + 1 - offset
                }
                end += 1
            }
            return end - offset
        }
    }
}
