/// Comma-separated values as RFC 4180 has them, with a line feed alone at the end of a line.
enum CSVText {
    static func line(_ row: [String?]) -> String {
        // A row of one NULL would be an empty line, which many readers drop.
        if row.count == 1, row[0] == nil { return "\"\"" }
        return row.map(field).joined(separator: ",")
    }

    /// NULL is an empty field, an empty text is `""`.
    private static func field(_ value: String?) -> String {
        guard let value else { return "" }
        let needsQuotes = value.isEmpty || value.utf8.contains(where: isSpecial)
        guard needsQuotes else { return value }
        return "\"" + value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }
}
