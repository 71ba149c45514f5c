extension DuckType {
    private static let words: [String: DuckType] = [
        "BOOLEAN": .boolean, "BOOL": .boolean, "LOGICAL": .boolean,
        "TINYINT": .tinyint, "INT1": .tinyint, "SMALLINT": .smallint, "INT2": .smallint, "SHORT": .smallint,
        "INT16": .smallint, "INTEGER": .integer, "INT": .integer, "INT4": .integer, "INT32": .integer,
        "SIGNED": .integer, "BIGINT": .bigint, "INT8": .bigint, "INT64": .bigint, "LONG": .bigint,
        "HUGEINT": .hugeint, "INT128": .hugeint, "UTINYINT": .utinyint, "UINT8": .utinyint, "USMALLINT": .usmallint,
        "UINT16": .usmallint, "UINTEGER": .uinteger, "UINT32": .uinteger, "UBIGINT": .ubigint, "UINT64": .ubigint,
        "FLOAT": .float, "FLOAT4": .float, "REAL": .float, "DOUBLE": .double, "FLOAT8": .double,
        "VARCHAR": .varchar, "TEXT": .varchar, "STRING": .varchar, "CHAR": .varchar, "BPCHAR": .varchar,
        "NVARCHAR": .varchar, "BLOB": .blob, "BYTEA": .blob, "BINARY": .blob, "VARBINARY": .blob, "BYTES": .blob,
        "JSON": .json, "UUID": .uuid, "DATE": .date, "TIME": .time, "TIMESTAMP": .timestamp, "DATETIME": .timestamp,
        "TIMESTAMP WITH TIME ZONE": .timestamptz, "TIMESTAMPTZ": .timestamptz, "INTERVAL": .interval,
        "NULL": .null, "\"NULL\"": .null, "SQLNULL": .null, "DECIMAL": .decimal(18, 3), "NUMERIC": .decimal(18, 3),
        "DEC": .decimal(18, 3),
    ]

    /// Of one word; nil for a type that is none of these.
    static func word(_ word: String) -> DuckType? { words[word.uppercased()] }

    /// From DuckDB's own text of it, as DESCRIBE says: `DECIMAL(10,2)`, `STRUCT(a INTEGER, "b c" VARCHAR[])`.
    package init?(_ text: String) {
        var reader = DuckTypeReader(characters: Array(text))
        guard let type = reader.type(), reader.isAtEnd else { return nil }
        self = type
    }
}

private struct DuckTypeReader {
    let characters: [Character]
    var place = 0

    var isAtEnd: Bool { place == characters.count }
    private var next: Character? { place < characters.count ? characters[place] : nil }

    private mutating func skipBlanks() { while next == " " { place += 1 } }

    private mutating func take(_ character: Character) -> Bool {
        skipBlanks()
        guard next == character else { return false }
        place += 1
        return true
    }

    private mutating func name() -> String {
        skipBlanks()
        var name = ""
        guard next == "\"" else {
            while let next, next.isLetter || next.isNumber || next == "_" {
                name.append(next)
                place += 1
            }
            return name
        }
        place += 1
        while let character = next {
            place += 1
            if character == "\"" {
                guard next == "\"" else { break }
                place += 1
            }
            name.append(character)
        }
        return name
    }

    private mutating func number() -> Int? { Int(name()) }

    mutating func type() -> DuckType? {
        guard var type = base() else { return nil }
        while take("[") {
            // One with a length is another type, which no Spark has.
            guard take("]") else { return nil }
            type = .list(type)
        }
        skipBlanks()
        return type
    }

    private mutating func base() -> DuckType? {
        let word = name().uppercased()
        switch word {
        case "STRUCT":
            guard take("(") else { return nil }
            var fields: [DuckType.Field] = []
            repeat {
                let name = name()
                guard let type = type() else { return nil }
                fields.append(DuckType.Field(name: name, type: type))
            } while take(",")
            return take(")") ? .structure(fields) : nil
        case "MAP":
            guard take("("), let key = type(), take(","), let value = type(), take(")") else { return nil }
            return .map(key, value)
        case "DECIMAL", "NUMERIC":
            guard take("(") else { return .decimal(18, 3) }
            guard let width = number() else { return nil }
            guard take(",") else { return take(")") ? .decimal(width, 0) : nil }
            guard let scale = number(), take(")") else { return nil }
            return .decimal(width, scale)
        case "TIMESTAMP":
            let start = place
            if name().uppercased() == "WITH", name().uppercased() == "TIME", name().uppercased() == "ZONE" {
                return .timestamptz
            }
            place = start
            return .timestamp
        default: return DuckType.word(word)
        }
    }
}
