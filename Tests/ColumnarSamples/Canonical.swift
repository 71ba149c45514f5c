package import Columnar

/// Values as one text each, the same that `Judges/canonical.py` makes of them.
package enum Canonical {
    package static func text(_ batches: [RecordBatch]) -> String {
        var lines: [String] = []
        for batch in batches {
            lines.append("batch \(batch.count)")
            for (field, column) in zip(batch.schema.fields, batch.columns) {
                lines.append("column \(quoted(field.name))")
                lines += column.values.map(text)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package static func text(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .half(let bits): "h" + hex(UInt64(bits), 4)
        case .float(let value): "f" + hex(UInt64(value.bitPattern), 8)
        case .double(let value): "d" + hex(value.bitPattern, 16)
        case .decimal(let value): value.description
        case .text(let text): quoted(text)
        case .bytes(let bytes): "x" + bytes.map { hex(UInt64($0), 2) }.joined()
        case .dayTime(let value): "I(\(value.days),\(value.milliseconds))"
        case .monthDayNano(let value): "I(\(value.months),\(value.days),\(value.nanoseconds))"
        case .list(let values): "[" + values.map(text).joined(separator: ",") + "]"
        case .structure(let values): "(" + values.map(text).joined(separator: ",") + ")"
        case .map(let entries): "{" + entries.map { text($0.0) + "=" + text($0.1) }.joined(separator: ",") + "}"
        case .union(let id, let value): "<\(id)>" + text(value)
        }
    }

    private static func hex(_ value: UInt64, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// As Python's `json.dumps`.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0x08: result += "\\b"
            case 0x0C: result += "\\f"
            case 0x20..<0x7F: result += String(UnicodeScalar(UInt8(unit)))
            default: result += "\\u" + hex(UInt64(unit), 4)
            }
        }
        return result + "\""
    }
}
