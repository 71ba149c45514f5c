package import DeltaLog

/// How a bound of a key, which an engine computes, becomes a literal that files are told apart by.
package struct KeyLiteral {
    private enum Form { case integer, decimal, double, text, boolean, date, time }

    private let form: Form

    /// Nil for types whose values files say nothing of.
    package init?(_ type: DeltaType) {
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

    /// DuckDB's SQL for the value as a text.
    package func sql(_ value: String) -> String {
        switch form {
        case .integer, .decimal, .boolean, .text: "CAST(\(value) AS VARCHAR)"
        case .double: "CAST(CAST(\(value) AS DOUBLE) AS VARCHAR)"
        case .date: "CAST(CAST(\(value) AS DATE) - DATE '1970-01-01' AS VARCHAR)"
        case .time: "CAST(epoch_us(\(value)) AS VARCHAR)"
        }
    }

    /// Nil when the value is none to compare with: NULL, or NaN.
    package func literal(_ text: String?) -> FileLiteral? {
        guard let text else { return nil }
        return switch form {
        case .integer: Int(text).map(FileLiteral.integer)
        case .decimal: .decimal(text)
        case .double: Double(text).flatMap { $0.isNaN ? nil : .double($0) }
        case .text: .text(text)
        case .boolean: .boolean(text == "true")
        case .date: Int(text).map(FileLiteral.date)
        case .time: Int(text).map(FileLiteral.timestamp)
        }
    }
}
