import SparkConnectProtocol

/// A type of Spark's.
package indirect enum SparkType: Sendable, Hashable {
    case null, binary, boolean, byte, short, integer, long, float, double, date, timestamp, timestampWithoutZone
    case calendarInterval, yearMonthInterval, dayTimeInterval, variant
    case decimal(precision: Int, scale: Int)
    /// The collation is nil for the usual one, which compares bytes.
    case string(collation: String?)
    case char(Int)
    case varchar(Int)
    case time(precision: Int)
    case array(SparkType, containsNull: Bool)
    case structure([SparkField])
    case map(key: SparkType, value: SparkType, valueContainsNull: Bool)
    /// One that Millrace does not know, with as much of a name as there is.
    case other(String)

    package static let string = SparkType.string(collation: nil)
}

package struct SparkField: Sendable, Hashable {
    package let name: String
    package let type: SparkType
    package let isNullable: Bool
    /// JSON, when there is any.
    package let metadata: String?

    package init(_ name: String, _ type: SparkType, isNullable: Bool = true, metadata: String? = nil) {
        self.name = name
        self.type = type
        self.isNullable = isNullable
        self.metadata = metadata
    }
}

extension SparkType: CustomStringConvertible {
    /// As Spark's SQL writes it.
    package var description: String {
        switch self {
        case .null: "VOID"
        case .binary: "BINARY"
        case .boolean: "BOOLEAN"
        case .byte: "TINYINT"
        case .short: "SMALLINT"
        case .integer: "INT"
        case .long: "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .date: "DATE"
        case .timestamp: "TIMESTAMP"
        case .timestampWithoutZone: "TIMESTAMP_NTZ"
        case .calendarInterval: "INTERVAL"
        case .yearMonthInterval: "INTERVAL YEAR TO MONTH"
        case .dayTimeInterval: "INTERVAL DAY TO SECOND"
        case .variant: "VARIANT"
        case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .string(let collation): collation.map { "STRING COLLATE \($0)" } ?? "STRING"
        case .char(let length): "CHAR(\(length))"
        case .varchar(let length): "VARCHAR(\(length))"
        case .time(let precision): "TIME(\(precision))"
        case .array(let element, _): "ARRAY<\(element)>"
        case .structure(let fields):
            "STRUCT<\(fields.map { "\($0.quotedName): \($0.type)\($0.isNullable ? "" : " NOT NULL")" }.joined(separator: ", "))>"
        case .map(let key, let value, _): "MAP<\(key), \(value)>"
        case .other(let name): name
        }
    }
}

extension SparkField {
    var quotedName: String {
        "`" + name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``") + "`"
    }

    /// As a statement that makes a table writes it.
    package var definition: String { "\(quotedName) \(type)\(isNullable ? "" : " NOT NULL")" }
}

// MARK: - Messages

extension SparkType {
    init(_ type: ConnectDataType) {
        self =
            switch type.kind {
            case .null: .null
            case .binary: .binary
            case .boolean: .boolean
            case .byte: .byte
            case .short: .short
            case .integer: .integer
            case .long: .long
            case .float: .float
            case .double: .double
            case .decimal(let decimal):
                .decimal(
                    precision: decimal.hasPrecision ? Int(decimal.precision) : 10,
                    scale: decimal.hasScale ? Int(decimal.scale) : 0)
            case .string(let text):
                .string(collation: text.collation.isEmpty || text.collation == "UTF8_BINARY" ? nil : text.collation)
            case .char(let sized): .char(Int(sized.length))
            case .varChar(let sized): .varchar(Int(sized.length))
            case .date: .date
            case .timestamp: .timestamp
            case .timestampNtz: .timestampWithoutZone
            case .calendarInterval: .calendarInterval
            case .yearMonthInterval: .yearMonthInterval
            case .dayTimeInterval: .dayTimeInterval
            case .array(let array): .array(SparkType(array.elementType), containsNull: array.containsNull)
            case .struct(let structure): .structure(structure.fields.map(SparkField.init))
            case .map(let map):
                .map(
                    key: SparkType(map.keyType), value: SparkType(map.valueType),
                    valueContainsNull: map.valueContainsNull)
            case .variant: .variant
            case .time(let time): .time(precision: time.hasPrecision ? Int(time.precision) : 6)
            case .udt(let udt): .other(udt.type)
            case .unparsed(let unparsed): .other(unparsed.dataTypeString)
            case .geometry: .other("GEOMETRY")
            case .geography: .other("GEOGRAPHY")
            case nil: .other("UNKNOWN")
            }
    }

    var message: ConnectDataType {
        var type = ConnectDataType()
        switch self {
        case .null: type.null = .init()
        case .binary: type.binary = .init()
        case .boolean: type.boolean = .init()
        case .byte: type.byte = .init()
        case .short: type.short = .init()
        case .integer: type.integer = .init()
        case .long: type.long = .init()
        case .float: type.float = .init()
        case .double: type.double = .init()
        case .date: type.date = .init()
        case .timestamp: type.timestamp = .init()
        case .timestampWithoutZone: type.timestampNtz = .init()
        case .calendarInterval: type.calendarInterval = .init()
        case .yearMonthInterval: type.yearMonthInterval = .init()
        case .dayTimeInterval: type.dayTimeInterval = .init()
        case .variant: type.variant = .init()
        case .decimal(let precision, let scale):
            type.decimal.precision = Int32(clamping: precision)
            type.decimal.scale = Int32(clamping: scale)
        case .string(let collation): type.string.collation = collation ?? ""
        case .char(let length): type.char.length = Int32(clamping: length)
        case .varchar(let length): type.varChar.length = Int32(clamping: length)
        case .time(let precision): type.time.precision = Int32(clamping: precision)
        case .array(let element, let containsNull):
            type.array.elementType = element.message
            type.array.containsNull = containsNull
        case .structure(let fields):
            type.struct.fields = fields.map { field in
                var message = ConnectDataType.StructField()
                message.name = field.name
                message.dataType = field.type.message
                message.nullable = field.isNullable
                if let metadata = field.metadata { message.metadata = metadata }
                return message
            }
        case .map(let key, let value, let containsNull):
            type.map.keyType = key.message
            type.map.valueType = value.message
            type.map.valueContainsNull = containsNull
        case .other(let name): type.unparsed.dataTypeString = name
        }
        return type
    }
}

extension SparkField {
    init(_ field: ConnectDataType.StructField) {
        self.init(
            field.name, SparkType(field.dataType), isNullable: field.nullable,
            metadata: field.hasMetadata && field.metadata != "{}" ? field.metadata : nil)
    }
}
