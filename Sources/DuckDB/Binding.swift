import CDuckDB

/// Turns Swift's values into DuckDB's own.
enum Binding {
    /// The value as DuckDB's; the caller destroys it.
    ///
    /// - Throws: `DuckDBError` with code `.invalidInput` for a list or map whose elements have no type in common.
    static func value(_ value: Value) throws -> duckdb_value? {
        let bound = try make(value)
        guard bound != nil else { throw DuckDBError.invalidInput("The value \(value) cannot be bound.") }
        return bound
    }

    private static func make(_ value: Value) throws -> duckdb_value? {
        switch value {
        case .null: return duckdb_create_null_value()
        case .bool(let bool): return duckdb_create_bool(bool)
        case .int(let integer): return duckdb_create_int64(integer)
        case .uint(let integer): return duckdb_create_uint64(integer)
        case .double(let number): return duckdb_create_double(number)
        case .text(var text), .other(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    duckdb_create_varchar_length($0.baseAddress, idx_t($0.count))
                }
            }
        case .bytes(let bytes): return duckdb_create_blob(bytes, idx_t(bytes.count))
        case .list(let values):
            var type = try BoundType(elements: values).make()
            defer { duckdb_destroy_logical_type(&type) }
            return try withValues(values) { duckdb_create_list_value(type, $0, idx_t(values.count)) }
        case .map(let entries):
            var type = try BoundType(of: value).make()
            defer { duckdb_destroy_logical_type(&type) }
            return try withValues(entries.map(\.key)) { keys in
                try withValues(entries.map(\.value)) { duckdb_create_map_value(type, keys, $0, idx_t(entries.count)) }
            }
        case .structure(let fields):
            var type = try BoundType(of: value).make()
            defer { duckdb_destroy_logical_type(&type) }
            return try withValues(fields.map(\.value)) { duckdb_create_struct_value(type, $0) }
        }
    }

    private static func withValues<R>(
        _ values: [Value],
        _ body: (UnsafeMutablePointer<duckdb_value?>?) throws -> R
    ) throws -> R {
        var bound: [duckdb_value?] = []
        defer { for var value in bound { duckdb_destroy_value(&value) } }
        for element in values { bound.append(try value(element)) }
        return try bound.withUnsafeMutableBufferPointer { try body($0.baseAddress) }
    }
}

/// The type of a value that is bound: elements of a list need one in common.
private indirect enum BoundType {
    case scalar(duckdb_type)
    case list(BoundType)
    case map(BoundType, BoundType)
    case structure([(name: String, type: BoundType)])

    init(of value: Value) throws {
        switch value {
        case .null: self = .scalar(DUCKDB_TYPE_SQLNULL)
        case .bool: self = .scalar(DUCKDB_TYPE_BOOLEAN)
        case .int: self = .scalar(DUCKDB_TYPE_BIGINT)
        case .uint: self = .scalar(DUCKDB_TYPE_UBIGINT)
        case .double: self = .scalar(DUCKDB_TYPE_DOUBLE)
        case .text, .other: self = .scalar(DUCKDB_TYPE_VARCHAR)
        case .bytes: self = .scalar(DUCKDB_TYPE_BLOB)
        case .list(let values): self = .list(try BoundType(elements: values))
        case .map(let entries):
            self = .map(try BoundType(elements: entries.map(\.key)), try BoundType(elements: entries.map(\.value)))
        case .structure(let fields):
            self = .structure(try fields.map { ($0.name, try BoundType(of: $0.value)) })
        }
    }

    init(elements: [Value]) throws {
        self = try elements.reduce(.scalar(DUCKDB_TYPE_SQLNULL)) { try $0.joined(with: BoundType(of: $1)) }
    }

    private func joined(with other: BoundType) throws -> BoundType {
        switch (self, other) {
        case (.scalar(DUCKDB_TYPE_SQLNULL), _): return other
        case (_, .scalar(DUCKDB_TYPE_SQLNULL)): return self
        case (.scalar(let one), .scalar(let two)):
            if one == two { return self }
            let numbers = [DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_DOUBLE]
            guard numbers.contains(one), numbers.contains(two) else { break }
            let isDouble = one == DUCKDB_TYPE_DOUBLE || two == DUCKDB_TYPE_DOUBLE
            return .scalar(isDouble ? DUCKDB_TYPE_DOUBLE : DUCKDB_TYPE_HUGEINT)
        case (.list(let one), .list(let two)):
            return .list(try one.joined(with: two))
        case (.map(let oneKey, let oneValue), .map(let twoKey, let twoValue)):
            return .map(try oneKey.joined(with: twoKey), try oneValue.joined(with: twoValue))
        case (.structure(let one), .structure(let two)) where one.map(\.name) == two.map(\.name):
            return .structure(try zip(one, two).map { ($0.name, try $0.type.joined(with: $1.type)) })
        default: break
        }
        throw DuckDBError.invalidInput("The elements of a list that is bound have no type in common.")
    }

    /// The caller destroys the type.
    func make() -> duckdb_logical_type? {
        switch self {
        case .scalar(let id): return duckdb_create_logical_type(id)
        case .list(let child):
            var type = child.make()
            defer { duckdb_destroy_logical_type(&type) }
            return duckdb_create_list_type(type)
        case .map(let key, let value):
            var types = [key.make(), value.make()]
            defer { for index in types.indices { duckdb_destroy_logical_type(&types[index]) } }
            return duckdb_create_map_type(types[0], types[1])
        case .structure(let fields):
            var types = fields.map { $0.type.make() }
            defer { for index in types.indices { duckdb_destroy_logical_type(&types[index]) } }
            return Self.withCStrings(fields.map(\.name)) { duckdb_create_struct_type(&types, $0, idx_t(fields.count)) }
        }
    }

    private static func withCStrings<R>(
        _ strings: [String],
        _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> R
    ) -> R {
        let text = strings.flatMap { $0.utf8CString }
        return text.withUnsafeBufferPointer { text in
            var offset = 0
            var pointers: [UnsafePointer<CChar>?] = strings.map { string in
                defer { offset += string.utf8CString.count }
                return text.baseAddress.map { $0 + offset }
            }
            return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress) }
        }
    }
}
