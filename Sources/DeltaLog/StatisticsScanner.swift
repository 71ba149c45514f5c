/// Finds single values in the statistics of a file, without reading the others.
enum StatisticsScanner {
    /// No file has more rows. What claims to is not taken for a number of rows, so that sums of them do not overflow.
    private static let greatestRows = 1 << 40

    /// `numRecords` of statistics that are still a JSON string's content; nil when it is not found at their beginning,
    /// where every writer known puts it.
    static func rows(inEscaped text: UnsafeRawBufferPointer) -> Int? {
        let prefix: StaticString = #"{\"numRecords\":"#
        guard starts(text, with: prefix) else { return nil }
        var scanner = JSONScanner(text, from: prefix.utf8CodeUnitCount)
        guard let rows = scanner.integer(), scanner.index < text.count else { return nil }
        return (0...greatestRows).contains(rows) ? rows : nil
    }

    /// `numRecords`; nil when the text is no JSON object or has none.
    static func rows(in text: UnsafeRawBufferPointer) -> Int? {
        var scanner = JSONScanner(text)
        var rows: Int?
        _ = scanner.object { scanner, name in
            guard scanner.equals(name, "numRecords") else { return scanner.skipValue() != nil }
            rows = scanner.integer().flatMap { (0...greatestRows).contains($0) ? $0 : nil }
            return false
        }
        return rows
    }

    static func rows(in statistics: String?) -> Int? {
        guard var text = statistics else { return nil }
        return text.withUTF8 { rows(in: UnsafeRawBufferPointer($0)) }
    }

    private static func starts(_ text: UnsafeRawBufferPointer, with prefix: StaticString) -> Bool {
        guard text.count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount where text[index] != prefix.utf8Start[index] { return false }
        return true
    }

    /// What the statistics say of one column. Bounds are JSON values.
    struct Column {
        var minimum: JSONValue?
        var maximum: JSONValue?
        var nulls: Int?
    }

    struct Values {
        var rows: Int?
        var columns: [Column]
    }

    /// - Parameters:
    ///   - text: the statistics.
    ///   - paths: the columns by their names in the file, one for each level.
    /// - Returns: nil when the text is no JSON object.
    static func values(in text: UnsafeRawBufferPointer, of paths: [[String]]) -> Values? {
        var values = Values(rows: nil, columns: Array(repeating: Column(), count: paths.count))
        var scanner = JSONScanner(text)
        let isObject = scanner.object { scanner, name in
            if scanner.equals(name, "numRecords") {
                values.rows = scanner.integer()
                return values.rows != nil
            }
            if scanner.equals(name, "minValues") {
                return find(paths, &scanner) { values.columns[$0].minimum = $1 }
            }
            if scanner.equals(name, "maxValues") {
                return find(paths, &scanner) { values.columns[$0].maximum = $1 }
            }
            if scanner.equals(name, "nullCount") {
                return find(paths, &scanner) { values.columns[$0].nulls = $1.int }
            }
            return scanner.skipValue() != nil
        }
        return isObject ? values : nil
    }

    private static func find(
        _ paths: [[String]], _ scanner: inout JSONScanner, _ found: (Int, JSONValue) -> Void
    ) -> Bool {
        find(paths.indices.map { ($0, 0) }, paths, &scanner, found)
    }

    /// - Parameter open: the paths that lead here, with the level that they have come to.
    private static func find(
        _ open: [(path: Int, level: Int)], _ paths: [[String]], _ scanner: inout JSONScanner,
        _ found: (Int, JSONValue) -> Void
    ) -> Bool {
        guard scanner.next() == UInt8(ascii: "{") else { return scanner.skipValue() != nil }
        return scanner.object { scanner, name in
            let matching = open.filter {
                paths[$0.path].count > $0.level && equal(scanner, name, paths[$0.path][$0.level])
            }
            guard !matching.isEmpty else { return scanner.skipValue() != nil }
            let inner = matching.filter { paths[$0.path].count > $0.level + 1 }.map { ($0.path, $0.level + 1) }
            let start = scanner.index
            if !inner.isEmpty {
                guard find(inner, paths, &scanner, found) else { return false }
                guard inner.count < matching.count else { return true }
                scanner.index = start
            }
            guard let range = scanner.skipValue(), let value = try? JSONValue.parse(scanner.raw(range)) else {
                return false
            }
            for item in matching where paths[item.path].count == item.level + 1 { found(item.path, value) }
            return true
        }
    }

    private static func equal(_ scanner: JSONScanner, _ name: JSONScanner.Text, _ text: String) -> Bool {
        guard !name.hasEscapes else { return scanner.decoded(name) == text }
        return scanner.raw(name.range).elementsEqual(text.utf8)
    }
}
