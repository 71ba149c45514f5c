/// The format strings of Arrow's C data interface.
enum TypeFormat {
    /// Nested types say what they are, and their children the rest; a dictionary's format is that of its indices.
    static func text(_ type: DataType) -> String {
        switch type {
        case .null: "n"
        case .bool: "b"
        case .integer(let type): text(type)
        case .floating(.half): "e"
        case .floating(.single): "f"
        case .floating(.double): "g"
        case .binary: "z"
        case .largeBinary: "Z"
        case .binaryView: "vz"
        case .utf8: "u"
        case .largeUtf8: "U"
        case .utf8View: "vu"
        case .decimal(.bits128, let precision, let scale): "d:\(precision),\(scale)"
        case .decimal(let width, let precision, let scale): "d:\(precision),\(scale),\(width.rawValue)"
        case .fixedSizeBinary(let width): "w:\(width)"
        case .date32: "tdD"
        case .date64: "tdm"
        case .time32(let unit), .time64(let unit): "tt" + letter(unit)
        case .timestamp(let unit, let zone): "ts\(letter(unit)):\(zone ?? "")"
        case .duration(let unit): "tD" + letter(unit)
        case .interval(.yearMonth): "tiM"
        case .interval(.dayTime): "tiD"
        case .interval(.monthDayNano): "tin"
        case .list: "+l"
        case .largeList: "+L"
        case .listView: "+vl"
        case .largeListView: "+vL"
        case .fixedSizeList(_, let size): "+w:\(size)"
        case .structure: "+s"
        case .map: "+m"
        case .union(let mode, _, let ids):
            (mode == .dense ? "+ud:" : "+us:") + ids.map(String.init).joined(separator: ",")
        case .dictionary(let index, _, _): text(index)
        case .runEndEncoded: "+r"
        }
    }

    private static func text(_ type: IntegerType) -> String {
        switch type {
        case .int8: "c"
        case .uint8: "C"
        case .int16: "s"
        case .uint16: "S"
        case .int32: "i"
        case .uint32: "I"
        case .int64: "l"
        case .uint64: "L"
        }
    }

    private static func letter(_ unit: TimeUnit) -> String {
        switch unit {
        case .second: "s"
        case .millisecond: "m"
        case .microsecond: "u"
        case .nanosecond: "n"
        }
    }

    static func type(_ format: String, children: [Field], keysSorted: Bool) throws -> DataType {
        if let type = flat[format] { return type }
        let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let rest = parts.count > 1 ? parts[1] : ""
        switch parts[0] {
        case "d": return try decimal(rest)
        case "w": return .fixedSizeBinary(try size(rest))
        case "tss", "tsm", "tsu", "tsn":
            let unit = TimeUnit.allCases.first { "ts" + letter($0) == parts[0] } ?? .second
            return .timestamp(unit, zone: rest.isEmpty ? nil : rest)
        case "+s": return .structure(children)
        case "+ud", "+us": return try union(parts[0] == "+ud" ? .dense : .sparse, rest, children)
        case "+r":
            guard children.count == 2 else { break }
            return .runEndEncoded(runEnds: children[0], values: children[1])
        default: break
        }
        guard children.count == 1 else {
            throw ColumnarError.unsupported("the type \"\(format)\" with \(children.count) children")
        }
        switch parts[0] {
        case "+l": return .list(children[0])
        case "+L": return .largeList(children[0])
        case "+vl": return .listView(children[0])
        case "+vL": return .largeListView(children[0])
        case "+w": return .fixedSizeList(children[0], try size(rest))
        case "+m": return .map(entries: children[0], keysSorted: keysSorted)
        default: throw ColumnarError.unsupported("the type \"\(format)\"")
        }
    }

    /// The types that are nothing but a format.
    private static let flat: [String: DataType] = {
        var flat: [String: DataType] = [:]
        let types: [DataType] =
            [
                .null, .bool, .float16, .float32, .float64, .binary, .largeBinary, .binaryView, .utf8, .largeUtf8,
                .utf8View, .date32, .date64, .time32(.second), .time32(.millisecond), .time64(.microsecond),
                .time64(.nanosecond),
            ] + IntegerType.allCases.map { .integer($0) } + TimeUnit.allCases.map { .duration($0) }
            + IntervalUnit.allCases.map { .interval($0) }
        for type in types { flat[text(type)] = type }
        return flat
    }()

    private static func size(_ text: String) throws -> Int {
        guard let size = Int32(text), size >= 0 else { throw ColumnarError.malformed("a type of the size \"\(text)\"") }
        return Int(size)
    }

    private static func decimal(_ text: String) throws -> DataType {
        let numbers = text.split(separator: ",").map { Int32($0) }
        guard numbers.count == 2 || numbers.count == 3, let precision = numbers[0], let scale = numbers[1],
            let bits = numbers.count == 3 ? numbers[2] : 128, let width = DecimalWidth(rawValue: Int(bits))
        else { throw ColumnarError.malformed("a decimal of the format \"\(text)\"") }
        return .decimal(width, precision: Int(precision), scale: Int(scale))
    }

    private static func union(_ mode: UnionMode, _ text: String, _ children: [Field]) throws -> DataType {
        let ids = text.split(separator: ",").map { Int8($0) }
        guard !ids.contains(nil) else { throw ColumnarError.malformed("a union with the numbers \"\(text)\"") }
        return .union(mode, children, ids: ids.compactMap { $0 })
    }
}
