extension DeltaType {
    /// How a DuckDB column is stored in a Delta table.
    ///
    /// - Parameters:
    ///   - duckDB: the type as `DESCRIBE` prints it.
    ///   - column: the column's name, for the error.
    /// - Returns: the type, and the DuckDB type to cast to before writing; nil when none is needed. Casts of integers
    ///   that Delta has no room for throw in DuckDB when a value is out of range.
    /// - Throws: `unsupportedType`, naming the column and the nested field.
    package static func from(
        duckDB: String, column: String
    ) throws(DeltaLogError) -> (type: DeltaType, cast: String?) {
        let source: DuckDBType
        do {
            source = try DuckDBType(parsing: duckDB)
        } catch {
            throw unsupported(duckDB, column)
        }
        let type = try DeltaType(source, path: column)
        let stored = type.duckDBType
        return (type, stored == source ? nil : stored.text)
    }

    /// The DuckDB type that holds the column's values.
    package var duckDBType: DuckDBType {
        switch self {
        case .string, .void: .named("VARCHAR", [])
        case .long: .named("BIGINT", [])
        case .integer: .named("INTEGER", [])
        case .short: .named("SMALLINT", [])
        case .byte: .named("TINYINT", [])
        case .float: .named("FLOAT", [])
        case .double: .named("DOUBLE", [])
        case .boolean: .named("BOOLEAN", [])
        case .binary: .named("BLOB", [])
        case .date: .named("DATE", [])
        case .timestamp: .named("TIMESTAMP WITH TIME ZONE", [])
        case .timestampNTZ: .named("TIMESTAMP", [])
        case .decimal(let precision, let scale): .named("DECIMAL", [precision, scale])
        case .structure(let fields):
            .structure(fields.map { DuckDBType.Field(name: $0.name, type: $0.type.duckDBType) })
        case .array(let element, _): .list(element.duckDBType)
        case .map(let key, let value, _): .map(key: key.duckDBType, value: value.duckDBType)
        }
    }

    private init(_ source: DuckDBType, path: String) throws(DeltaLogError) {
        switch source {
        case .named(let name, let numbers):
            guard let type = Self.primitive(name, numbers) else { throw Self.unsupported(source.text, path) }
            self = type
        case .enumeration:
            self = .string
        case .union:
            throw Self.unsupported("UNION", path)
        case .list(let element), .array(let element, _):
            self = .array(element: try DeltaType(element, path: path + ".element"), containsNull: true)
        case .map(let key, let value):
            self = .map(
                key: try DeltaType(key, path: path + ".key"), value: try DeltaType(value, path: path + ".value"),
                valueContainsNull: true)
        case .structure(let fields):
            guard !fields.isEmpty else { throw Self.unsupported("STRUCT()", path) }
            var converted: [DeltaField] = []
            var names: Set<String> = []
            for field in fields {
                guard names.insert(field.name.lowercased()).inserted else {
                    throw DeltaLogError(
                        .unsupportedType,
                        "column \(path) has two fields named \(field.name), which differ in case at most")
                }
                converted.append(
                    DeltaField(name: field.name, type: try DeltaType(field.type, path: "\(path).\(field.name)")))
            }
            self = .structure(converted)
        }
    }

    private static func primitive(_ name: String, _ numbers: [Int]) -> DeltaType? {
        switch name {
        case "BOOLEAN": .boolean
        case "TINYINT": .byte
        case "SMALLINT", "UTINYINT": .short
        case "INTEGER", "USMALLINT": .integer
        case "BIGINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT": .long
        case "FLOAT": .float
        case "DOUBLE": .double
        case "DECIMAL":
            numbers.count == 2 ? .decimal(precision: numbers[0], scale: numbers[1]) : nil
        case "VARCHAR", "JSON", "UUID", "TIME", "TIME_NS", "TIME WITH TIME ZONE", "BIT", "BIGNUM", "NULL": .string
        case "BLOB": .binary
        case "DATE": .date
        case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS": .timestampNTZ
        case "TIMESTAMP WITH TIME ZONE": .timestamp
        default: nil
        }
    }

    private static func unsupported(_ type: String, _ path: String) -> DeltaLogError {
        DeltaLogError(
            .unsupportedType,
            "column \(path) has the type \(type), which a Delta table cannot store; cast it to another type")
    }
}
