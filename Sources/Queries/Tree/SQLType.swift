/// A type as a query names it.
package struct SQLType: Sendable, Equatable {
    package indirect enum Details: Sendable, Equatable {
        case none
        case decimal(width: Int, scale: Int)
        /// Of a LIST, and of a MAP, whose elements are structs of `key` and `value`.
        case list(SQLType)
        case array(SQLType, count: Int)
        /// Of a STRUCT; of a UNION with one without a name before them, the tag.
        case fields([Field])
        /// A name that binding will look up, with what stands in its parentheses: `ENUM('a', 'b')`.
        case named(catalog: String?, schema: String?, String, arguments: [SQLConstant])
        case other(SQLTree)
    }

    package struct Field: Sendable, Equatable {
        package var name: String
        package var type: SQLType
    }

    /// DuckDB's identifier: `INTEGER`, `TIMESTAMP WITH TIME ZONE`, `STRUCT`, `UNBOUND`.
    package var identifier: String
    package var details: Details
    /// The name that an extension gives it: `GEOMETRY`.
    package var alias: String?

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "TYPE")
        identifier = fields.text("id") ?? "INVALID"
        details = .none
        if let info = fields.take("type_info") { (details, alias) = Self.details(info, reading) }
        fields.finish()
    }

    private static func details(_ tree: SQLTree, _ reading: TreeReading) -> (Details, alias: String?) {
        var fields = NodeFields(tree, reading)
        let alias = fields.text("alias")
        let details: Details
        switch fields.kind {
        case "GENERIC_TYPE_INFO": details = .none
        case "DECIMAL_TYPE_INFO":
            details = .decimal(
                width: fields.take("width")?.number ?? 0, scale: fields.take("scale")?.number ?? 0)
        case "LIST_TYPE_INFO": details = .list(SQLType(fields.take("child_type") ?? .null, reading))
        case "ARRAY_TYPE_INFO":
            details = .array(
                SQLType(fields.take("child_type") ?? .null, reading), count: fields.take("size")?.number ?? 0)
        case "STRUCT_TYPE_INFO":
            details = .fields(
                fields.elements("child_types").map {
                    Field(name: $0["first"]?.text ?? "", type: SQLType($0["second"] ?? .null, reading))
                })
        case "UNBOUND_TYPE_INFO":
            details = .named(
                catalog: fields.text("catalog"), schema: fields.text("schema"), fields.text("name") ?? "",
                arguments: fields.elements("user_type_modifiers").map { SQLConstant($0, reading) })
        default: return (.other(tree), alias)
        }
        fields.finish()
        return (details, alias)
    }
}

/// A value in a query.
package struct SQLConstant: Sendable, Equatable {
    package var type: SQLType
    /// As DuckDB serialises it: a number, a text, for large numbers two halves; nil for NULL.
    package var value: SQLTree?

    init(_ tree: SQLTree, _ reading: TreeReading) {
        var fields = NodeFields(tree, reading, kind: "VALUE")
        type = SQLType(fields.take("type") ?? .null, reading)
        let value = fields.take("value")
        // What is usual is left out: an empty text.
        self.value = fields.flag("is_null") ? nil : value ?? (type.identifier == "VARCHAR" ? .text("") : nil)
        fields.finish()
    }

    package var isNull: Bool { value == nil }
    /// What a VARCHAR says.
    package var text: String? { value?.text }

    /// The value of a number of whatever type, in digits: `-1.50`, `99999999999999999999`; nil for what is none.
    package var numeral: String? {
        switch value {
        case .number(let number):
            if case .decimal(_, let scale) = type.details { return Self.scaled(String(number), by: scale) }
            return String(number)
        case .numeral(let numeral): return numeral
        case .object(let halves):
            guard let upper = Self.bits(halves["upper"]), let lower = Self.bits(halves["lower"]) else { return nil }
            let digits =
                type.identifier == "UHUGEINT"
                ? String(UInt128(upper) << 64 | UInt128(lower))
                : String(Int128(truncatingIfNeeded: UInt128(upper) << 64 | UInt128(lower)))
            if case .decimal(_, let scale) = type.details { return Self.scaled(digits, by: scale) }
            return digits
        case .text, .array, .truth, .null, nil: return nil
        }
    }

    private static func bits(_ half: SQLTree?) -> UInt64? {
        switch half {
        case .number(let number): UInt64(bitPattern: Int64(number))
        case .numeral(let numeral): UInt64(numeral)
        // Zero is left out where everything usual is.
        case nil: 0
        default: nil
        }
    }

    private static func scaled(_ digits: String, by scale: Int) -> String {
        guard scale > 0 else { return digits }
        let isNegative = digits.hasPrefix("-")
        let magnitude = isNegative ? digits.dropFirst() : digits[...]
        let padded = String(repeating: "0", count: max(0, scale + 1 - magnitude.count)) + magnitude
        return (isNegative ? "-" : "") + padded.dropLast(scale) + "." + padded.suffix(scale)
    }
}
