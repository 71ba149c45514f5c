/// A DuckDB type, as read from the text by which DuckDB describes it.
package indirect enum DuckDBType: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package var name: String
        package var type: DuckDBType
    }

    /// A type without nested types: its name in upper case, and its numbers (`DECIMAL`, `[18, 3]`).
    case named(String, [Int])
    case enumeration
    case structure([Field])
    case union
    case list(DuckDBType)
    case array(DuckDBType, Int)
    case map(key: DuckDBType, value: DuckDBType)

    /// Reads a type as `DESCRIBE` prints it: `STRUCT(a INTEGER, "b c" VARCHAR[])`.
    ///
    /// - Throws: `unsupportedType` when the text is no type.
    package init(parsing text: String) throws(DeltaLogError) {
        var parser = DuckDBTypeParser(text: text)
        self = try parser.wholeType()
    }

    /// The type as DuckDB reads it.
    package var text: String {
        switch self {
        case .named(let name, let numbers):
            numbers.isEmpty ? name : "\(name)(\(numbers.map(String.init).joined(separator: ",")))"
        case .enumeration: "ENUM"
        case .union: "UNION"
        case .structure(let fields):
            "STRUCT(" + fields.map { "\(Self.quoted($0.name)) \($0.type.text)" }.joined(separator: ", ") + ")"
        case .list(let element): element.text + "[]"
        case .array(let element, let count): "\(element.text)[\(count)]"
        case .map(let key, let value): "MAP(\(key.text), \(value.text))"
        }
    }

    /// A name in double quotes.
    package static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}

private struct DuckDBTypeParser {
    let text: String
    let bytes: [UInt8]
    var index = 0
    var depth = 0

    init(text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func wholeType() throws(DeltaLogError) -> DuckDBType {
        let type = try self.type()
        skipSpace()
        guard index == bytes.count else { throw failure }
        return type
    }

    private var failure: DeltaLogError { DeltaLogError(.unsupportedType, "'\(text)' is no type that is known here") }

    private mutating func type() throws(DeltaLogError) -> DuckDBType {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw failure }
        var type = try base()
        while take("[") {
            if take("]") {
                type = .list(type)
            } else {
                let count = try number()
                guard take("]") else { throw failure }
                type = .array(type, count)
            }
        }
        return type
    }

    private mutating func base() throws(DeltaLogError) -> DuckDBType {
        let (word, isQuoted) = try identifier()
        if isQuoted {
            return .named(word.uppercased(), [])
        }
        switch word.uppercased() {
        case "STRUCT", "ROW":
            guard take("(") else { throw failure }
            var fields: [DuckDBType.Field] = []
            if take(")") { return .structure(fields) }
            repeat {
                let name = try identifier().text
                fields.append(DuckDBType.Field(name: name, type: try type()))
            } while take(",")
            guard take(")") else { throw failure }
            return .structure(fields)
        case "MAP":
            guard take("(") else { throw failure }
            let key = try type()
            guard take(",") else { throw failure }
            let value = try type()
            guard take(")") else { throw failure }
            return .map(key: key, value: value)
        case "ENUM":
            try skipParentheses()
            return .enumeration
        case "UNION":
            try skipParentheses()
            return .union
        case var name:
            // Names of several words, such as TIMESTAMP WITH TIME ZONE.
            while let next = peekWord(), ["WITH", "WITHOUT", "TIME", "ZONE", "PRECISION", "VARYING"].contains(next) {
                name += " " + (try identifier().text.uppercased())
            }
            var numbers: [Int] = []
            if name == "GEOMETRY" {
                if peek == UInt8(ascii: "(") { try skipParentheses() }
            } else if take("(") {
                repeat { numbers.append(try number()) } while take(",")
                guard take(")") else { throw failure }
            }
            return .named(name, numbers)
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard peek == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func number() throws(DeltaLogError) -> Int {
        skipSpace()
        let start = index
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard let number = Int(String(decoding: bytes[start..<index], as: UTF8.self)) else { throw failure }
        return number
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }

    private func peekWord() -> String? {
        var start = index
        while start < bytes.count, bytes[start] == UInt8(ascii: " ") { start += 1 }
        var end = start
        while end < bytes.count, Self.isWordByte(bytes[end]) { end += 1 }
        return end > start ? String(decoding: bytes[start..<end], as: UTF8.self).uppercased() : nil
    }

    private mutating func identifier() throws(DeltaLogError) -> (text: String, isQuoted: Bool) {
        skipSpace()
        if peek == UInt8(ascii: "\"") { return (try quoted(by: UInt8(ascii: "\"")), true) }
        let start = index
        while let byte = peek, Self.isWordByte(byte) { index += 1 }
        guard index > start else { throw failure }
        return (String(decoding: bytes[start..<index], as: UTF8.self), false)
    }

    /// Reads a text in quotes, in which a doubled quote stands for one.
    private mutating func quoted(by quote: UInt8) throws(DeltaLogError) -> String {
        index += 1
        var content: [UInt8] = []
        while let byte = peek {
            index += 1
            if byte != quote {
                content.append(byte)
            } else if peek == quote {
                content.append(quote)
                index += 1
            } else {
                return String(decoding: content, as: UTF8.self)
            }
        }
        throw failure
    }

    private mutating func skipParentheses() throws(DeltaLogError) {
        guard take("(") else { throw failure }
        var open = 1
        while open > 0 {
            guard let byte = peek else { throw failure }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                _ = try quoted(by: byte)
                continue
            case UInt8(ascii: "("): open += 1
            case UInt8(ascii: ")"): open -= 1
            default: break
            }
            index += 1
        }
    }
}
