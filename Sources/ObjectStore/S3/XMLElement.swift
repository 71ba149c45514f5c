/// An element of the small documents that S3 answers with: names, text and other elements. Attributes are passed over,
/// and names lose their prefixes.
struct XMLElement: Equatable {
    let name: String
    /// All text directly in the element.
    fileprivate(set) var text = ""
    fileprivate(set) var children: [XMLElement] = []

    init(name: String) { self.name = name }

    /// The first element of a name.
    subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Nil when the bytes are not one well-formed document without a document type.
    init?(_ bytes: [UInt8]) {
        var parser = XMLParser(bytes)
        guard let root = parser.document() else { return nil }
        self = root
    }
}

/// Document types are refused: they are where parsers of XML are attacked, and S3 sends none.
private struct XMLParser {
    private let bytes: [UInt8]
    private var position = 0
    private static let greatestDepth = 32

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() -> XMLElement? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        guard skipMiscellany(), take("<"), let root = element(depth: 0), skipMiscellany(), position == bytes.count
        else {
            return nil
        }
        return root
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            guard bytes.count - position >= wanted.count,
                bytes[position..<position + wanted.count].elementsEqual(wanted)
            else { return false }
            position += wanted.count
            return true
        }
    }

    /// Moves behind the next occurrence; the bytes in between, or nil if there is none.
    private mutating func take(until end: StaticString) -> ArraySlice<UInt8>? {
        let start = position
        while position < bytes.count {
            let candidate = position
            if take(end) { return bytes[start..<candidate] }
            position = candidate + 1
        }
        return nil
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// White space, comments and processing instructions. False when one of them does not end.
    private mutating func skipMiscellany() -> Bool {
        while true {
            skipSpace()
            if take("<!--") {
                guard take(until: "-->") != nil else { return false }
            } else if take("<?") {
                guard take(until: "?>") != nil else { return false }
            } else {
                return true
            }
        }
    }

    private mutating func name() -> String? {
        let start = position
        loop: while let byte = current {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "<"),
                UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "!"):
                break loop
            default: position += 1
            }
        }
        return start == position ? nil : String(validating: bytes[start..<position], as: UTF8.self)
    }

    /// The position is behind the `<`.
    private mutating func element(depth: Int) -> XMLElement? {
        guard depth < Self.greatestDepth, let full = name() else { return nil }
        var element = XMLElement(name: full.split(separator: ":").last.map(String.init) ?? full)
        while true {
            skipSpace()
            if take("/>") { return element }
            if take(">") { break }
            guard attribute() else { return nil }
        }
        var text: [UInt8] = []
        while let byte = current {
            if take("<!--") {
                guard take(until: "-->") != nil else { return nil }
            } else if take("<![CDATA[") {
                guard let data = take(until: "]]>") else { return nil }
                text += data
            } else if take("<?") {
                guard take(until: "?>") != nil else { return nil }
            } else if take("</") {
                guard name() == full else { return nil }
                skipSpace()
                guard take(">"), let text = String(validating: text, as: UTF8.self) else { return nil }
                element.text = text
                return element
            } else if take("<") {
                guard let child = self.element(depth: depth + 1) else { return nil }
                element.children.append(child)
            } else if take("&") {
                guard let character = reference() else { return nil }
                text += Array(String(character).utf8)
            } else {
                text.append(byte)
                position += 1
            }
        }
        return nil
    }

    private mutating func attribute() -> Bool {
        guard name() != nil else { return false }
        skipSpace()
        guard take("=") else { return false }
        skipSpace()
        if take("\"") { return take(until: "\"") != nil }
        return take("'") && take(until: "'") != nil
    }

    /// The position is behind the `&`. Control characters are accepted, because keys may have them.
    private mutating func reference() -> Unicode.Scalar? {
        guard let name = take(until: ";"), name.count <= 8, let text = String(validating: name, as: UTF8.self) else {
            return nil
        }
        switch text {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard text.hasPrefix("#") else { return nil }
            let isHexadecimal = text.hasPrefix("#x")
            return UInt32(text.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
                .flatMap(Unicode.Scalar.init)
        }
    }
}
