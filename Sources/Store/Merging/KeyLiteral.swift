import DeltaLog
import DuckDB

/// How a bound of a key, which DuckDB computes, becomes a literal that files are told apart by.
struct KeyLiteral {
    private enum Form { case integer, decimal, double, text, boolean, date, time }

    private let form: Form

    /// Nil for types whose values files say nothing of.
    init?(_ type: DeltaType) {
        switch type {
        case .byte, .short, .integer, .long: form = .integer
        case .decimal: form = .decimal
        case .float, .double: form = .double
        case .string: form = .text
        case .boolean: form = .boolean
        case .date: form = .date
        case .timestamp, .timestampNTZ: form = .time
        default: return nil
        }
    }

    /// What to ask DuckDB for.
    func sql(_ value: String) -> String {
        switch form {
        case .integer, .boolean, .text: value
        case .decimal: "CAST(\(value) AS VARCHAR)"
        case .double: "CAST(\(value) AS DOUBLE)"
        case .date: "CAST(\(value) AS DATE) - DATE '1970-01-01'"
        case .time: "epoch_us(\(value))"
        }
    }

    /// Nil when the value is none to compare with: NULL, or NaN.
    func literal(_ value: Value) -> FileLiteral? {
        switch form {
        case .integer: value.int.map { .integer(Int($0)) }
        case .decimal: value.text.map(FileLiteral.decimal)
        case .double: value.double.flatMap { $0.isNaN ? nil : .double($0) }
        case .text: value.text.map(FileLiteral.text)
        case .boolean: value.bool.map(FileLiteral.boolean)
        case .date: value.int.map { .date(Int($0)) }
        case .time: value.int.map { .timestamp(Int($0)) }
        }
    }
}
