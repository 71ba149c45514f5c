import Foundation
import SparkConnectProtocol

/// A value that goes into a statement beside its text.
package enum SparkLiteral: Sendable, Hashable {
    case null(SparkType)
    case boolean(Bool)
    case integer(Int32)
    case long(Int64)
    case double(Double)
    case string(String)
    case binary([UInt8])
    /// As text, such as `-12.50`.
    case decimal(String, precision: Int, scale: Int)
    /// Days since 1970.
    case date(Int32)
    /// Microseconds since 1970 in UTC.
    case timestamp(Int64)
    /// Microseconds since 1970 of a clock without a zone.
    case timestampWithoutZone(Int64)

    var message: ConnectLiteral {
        var literal = ConnectLiteral()
        switch self {
        case .null(let type): literal.null = type.message
        case .boolean(let value): literal.boolean = value
        case .integer(let value): literal.integer = value
        case .long(let value): literal.long = value
        case .double(let value): literal.double = value
        case .string(let value): literal.string = value
        case .binary(let value): literal.binary = Data(value)
        case .decimal(let value, let precision, let scale):
            literal.decimal.value = value
            literal.decimal.precision = Int32(clamping: precision)
            literal.decimal.scale = Int32(clamping: scale)
        case .date(let value): literal.date = value
        case .timestamp(let value): literal.timestamp = value
        case .timestampWithoutZone(let value): literal.timestampNtz = value
        }
        return literal
    }

    /// Nil for a kind of value that Millrace does not ask for.
    init?(_ literal: ConnectLiteral) {
        switch literal.literalType {
        case .null(let type): self = .null(SparkType(type))
        case .binary(let value): self = .binary(Array(value))
        case .boolean(let value): self = .boolean(value)
        case .byte(let value), .short(let value), .integer(let value): self = .integer(value)
        case .long(let value): self = .long(value)
        case .float(let value): self = .double(Double(value))
        case .double(let value): self = .double(value)
        case .decimal(let value):
            self = .decimal(value.value, precision: Int(value.precision), scale: Int(value.scale))
        case .string(let value): self = .string(value)
        case .date(let value): self = .date(value)
        case .timestamp(let value): self = .timestamp(value)
        case .timestampNtz(let value): self = .timestampWithoutZone(value)
        case .yearMonthInterval, .dayTimeInterval, .array, nil: return nil
        }
    }

    var expression: ConnectExpression {
        var expression = ConnectExpression()
        expression.literal = message
        return expression
    }
}
