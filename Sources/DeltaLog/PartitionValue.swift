/// The values of partition columns, which the log keeps as texts.
package enum PartitionValue {
    /// DuckDB's text of a value as the log writes it; nil is NULL.
    ///
    /// An empty text is NULL in the log: the protocol has no way to tell them apart.
    package static func serialized(_ text: String?, type: DeltaType) -> String? {
        guard let text, !text.isEmpty else { return nil }
        switch type {
        case .boolean:
            return text == "1" || text == "true" ? "true" : "false"
        case .float, .double:
            switch text {
            case "nan", "-nan": return "NaN"
            case "inf": return "Infinity"
            case "-inf": return "-Infinity"
            default: return text
            }
        case .timestamp:
            guard let time = CalendarTime.microseconds(of: text),
                let serialized = CalendarTime.text(microseconds: time, separator: "T", digits: 6)
            else { return text }
            return serialized + "Z"
        case .timestampNTZ:
            guard let time = CalendarTime.microseconds(of: text) else { return text }
            return CalendarTime.text(microseconds: time, separator: " ", digits: 6) ?? text
        default:
            return text
        }
    }

    /// The value as an SQL literal of DuckDB, of the column's type.
    package static func literal(_ serialized: String?, type: DeltaType) -> String {
        let target = type.duckDBType.text
        guard let serialized, !serialized.isEmpty else { return "CAST(NULL AS \(target))" }
        var text = serialized
        if type == .timestamp, CalendarTime.microseconds(of: text) != nil, !text.hasSuffix("Z"), !hasOffset(text) {
            // Some writers leave out the zone; the protocol has them mean UTC then.
            text += "Z"
        }
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        if type == .binary { return "encode(\(quoted))" }
        return type == .string ? quoted : "CAST(\(quoted) AS \(target))"
    }

    private static func hasOffset(_ text: String) -> Bool {
        text.utf8.dropFirst(19).contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
    }

    /// Whether a column of the type can partition a table.
    package static func canPartition(by type: DeltaType) -> Bool { type.isPrimitive && type != .binary }
}
