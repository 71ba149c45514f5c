/// The statistics of a data file: `add.stats`, a JSON text.
package struct FileStatistics: Sendable {
    private static let prefixLength = 32

    package var json: JSONObject

    /// - Parameters:
    ///   - rows: the number of rows in the file.
    ///   - columns: DuckDB's `column_statistics`: for each quoted column path (`"s"."b"`) its texts by name.
    ///   - schema: the columns of the table.
    ///   - excluded: the partition columns, which have no statistics.
    ///   - indexed: the columns that get bounds and null counts; `Metadata.statisticsColumns` of the table.
    package init(
        rows: Int, columns: [String: [String: String]], schema: DeltaSchema, excluding excluded: Set<String>,
        indexing indexed: StatisticsColumns = .standard
    ) {
        var collector = Collector(columns: columns, indexed: indexed)
        let tree = collector.collect(schema.fields.filter { !excluded.contains($0.name) }, in: [])
        json = [
            "numRecords": .int(rows), "minValues": .object(tree.minimum), "maxValues": .object(tree.maximum),
            "nullCount": .object(tree.nulls),
        ]
    }

    /// The number of rows that a file's statistics announce.
    package static func rows(in statistics: String?) -> Int? {
        StatisticsScanner.rows(in: statistics)
    }

    private struct Tree {
        var minimum = JSONObject()
        var maximum = JSONObject()
        var nulls = JSONObject()
    }

    private struct Collector {
        let columns: [String: [String: String]]
        let indexed: StatisticsColumns
        private var remaining: Int

        init(columns: [String: [String: String]], indexed: StatisticsColumns) {
            self.columns = columns
            self.indexed = indexed
            remaining = if case .first(let count) = indexed { count } else { .max }
        }

        mutating func collect(_ fields: [DeltaField], in path: [String]) -> Tree {
            var tree = Tree()
            for field in fields where remaining > 0 {
                let here = path + [field.name]
                if case .structure(let nested) = field.type {
                    let inner = collect(nested, in: here)
                    tree.minimum.add(field.name, inner.minimum.isEmpty ? nil : .object(inner.minimum))
                    tree.maximum.add(field.name, inner.maximum.isEmpty ? nil : .object(inner.maximum))
                    tree.nulls.add(field.name, inner.nulls.isEmpty ? nil : .object(inner.nulls))
                    continue
                }
                remaining -= 1
                guard indexed.names(here) else { continue }
                let quoted = here.map(DuckDBType.quoted).joined(separator: ".")
                // What DuckDB counts for lists and maps are their elements, not the column's rows.
                guard field.type.isPrimitive, let texts = columns[quoted] else { continue }
                tree.nulls.add(field.name, texts["null_count"].flatMap(Int.init).map(JSONValue.int))
                guard texts["has_nan"] != "true" else { continue }
                tree.minimum.add(
                    field.name, texts["min"].flatMap { FileStatistics.bound($0, field.type, isMaximum: false) })
                tree.maximum.add(
                    field.name, texts["max"].flatMap { FileStatistics.bound($0, field.type, isMaximum: true) })
            }
            return tree
        }
    }

    /// A bound as the log writes it; nil when it cannot be written, which readers take as unknown.
    static func bound(_ text: String, _ type: DeltaType, isMaximum: Bool) -> JSONValue? {
        switch type {
        case .byte, .short, .integer, .long:
            return Int(text) == nil ? nil : .number(text)
        case .float:
            // In full: readers that compare in double precision would find 0.1 too small a bound for the float 0.1.
            return Float(text).flatMap { real(Double($0), isMaximum: isMaximum) }
        case .double:
            return Double(text).flatMap { real($0, isMaximum: isMaximum) }
        case .decimal:
            guard let number = try? JSONValue(parsing: text), case .number = number else { return nil }
            return number
        case .date:
            return CalendarTime.days(of: text) == nil ? nil : .string(text)
        case .timestamp, .timestampNTZ:
            return time(text, isMaximum: isMaximum, zone: type == .timestamp ? "Z" : "").map(JSONValue.string)
        case .string:
            return (isMaximum ? truncatedMaximum(text) : truncatedMinimum(text)).map(JSONValue.string)
        case .boolean, .binary, .void, .structure, .array, .map:
            return nil
        }
    }

    /// JSON has neither infinity nor NaN. Files do not say which of the two zeros they hold, which some readers tell
    /// apart.
    private static func real(_ value: Double, isMaximum: Bool) -> JSONValue? {
        guard value.isFinite else { return nil }
        return .number(value.isZero ? (isMaximum ? "0.0" : "-0.0") : value.description)
    }

    /// In milliseconds. The largest value is rounded up, so that it stays a bound for readers that do not know that
    /// writers cut it off.
    private static func time(_ text: String, isMaximum: Bool, zone: String) -> String? {
        guard var time = CalendarTime.microseconds(of: text) else { return nil }
        if isMaximum { time += 999 }
        return CalendarTime.text(microseconds: time, separator: "T", digits: 3).map { $0 + zone }
    }

    /// At most 32 UTF-16 units, which is how the reference writers count. A prefix is never greater than the whole.
    private static func truncatedMinimum(_ text: String) -> String? {
        String(String.UnicodeScalarView(prefix(of: text).scalars))
    }

    /// The shortest text that is at least `text`: its prefix and a character that is greater than the one cut off. Nil
    /// when there is none of reasonable length.
    private static func truncatedMaximum(_ text: String) -> String? {
        var (scalars, rest) = prefix(of: text)
        guard let next = rest.first else { return text }
        if next.value < 0x7F {
            scalars.append("\u{7F}")
            return String(String.UnicodeScalarView(scalars))
        }
        var added = 0
        while let scalar = rest.popFirst() {
            guard scalar == "\u{10FFFF}" else {
                scalars.append("\u{10FFFF}")
                return String(String.UnicodeScalarView(scalars))
            }
            scalars.append(scalar)
            added += 1
            guard added <= prefixLength / 2 else { return nil }
        }
        return text
    }

    /// The characters of the first 32 UTF-16 units, and those after them.
    private static func prefix(of text: String) -> (scalars: [Unicode.Scalar], rest: Substring.UnicodeScalarView) {
        var scalars: [Unicode.Scalar] = []
        var units = 0
        var rest = text[...].unicodeScalars
        while let scalar = rest.first {
            units += scalar.value > 0xFFFF ? 2 : 1
            guard units <= prefixLength else { break }
            scalars.append(scalar)
            rest.removeFirst()
        }
        return (scalars, rest)
    }
}
