extension DataType: CustomStringConvertible {
    /// For people: `list<item: int32 not null>`.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .integer(let type): "\(type)"
        case .floating(.half): "float16"
        case .floating(.single): "float32"
        case .floating(.double): "float64"
        case .decimal(let width, let precision, let scale): "decimal\(width.rawValue)(\(precision), \(scale))"
        case .utf8: "utf8"
        case .largeUtf8: "large_utf8"
        case .utf8View: "utf8_view"
        case .binary: "binary"
        case .largeBinary: "large_binary"
        case .binaryView: "binary_view"
        case .fixedSizeBinary(let width): "fixed_size_binary(\(width))"
        case .date32: "date32"
        case .date64: "date64"
        case .time32(let unit): "time32(\(unit))"
        case .time64(let unit): "time64(\(unit))"
        case .timestamp(let unit, let zone): "timestamp(\(unit)\(zone.map { ", \($0)" } ?? ""))"
        case .duration(let unit): "duration(\(unit))"
        case .interval(.yearMonth): "interval(months)"
        case .interval(.dayTime): "interval(days, milliseconds)"
        case .interval(.monthDayNano): "interval(months, days, nanoseconds)"
        case .list(let element): "list<\(element)>"
        case .largeList(let element): "large_list<\(element)>"
        case .listView(let element): "list_view<\(element)>"
        case .largeListView(let element): "large_list_view<\(element)>"
        case .fixedSizeList(let element, let size): "fixed_size_list<\(element)>(\(size))"
        case .structure(let fields): "struct<\(fields.map(\.description).joined(separator: ", "))>"
        case .map(let entries, let isSorted):
            "map<\(entries.type.children.map(\.description).joined(separator: ", "))\(isSorted ? ", sorted" : "")>"
        case .union(let mode, let fields, let ids):
            "\(mode)_union<\(zip(ids, fields).map { "\($0)=\($1)" }.joined(separator: ", "))>"
        case .dictionary(let index, let values, let isOrdered):
            "dictionary<\(index), \(values)\(isOrdered ? ", ordered" : "")>"
        case .runEndEncoded(let runEnds, let values): "run_end_encoded<\(runEnds.type), \(values)>"
        }
    }
}

extension Field: CustomStringConvertible {
    package var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}

extension Schema: CustomStringConvertible {
    /// A line for each field.
    package var description: String { fields.map(\.description).joined(separator: "\n") }
}
