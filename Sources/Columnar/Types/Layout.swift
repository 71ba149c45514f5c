/// How the values of a type lie in memory: which buffers there are besides the validity bitmap.
enum Layout {
    /// No buffers at all.
    case null
    /// One bit a value.
    case bits
    /// Values of a fixed width, at addresses that are multiples of `alignment`.
    case fixed(width: Int, alignment: Int)
    /// Offsets and bytes.
    case bytes(OffsetWidth)
    /// Views of 16 bytes, and any number of buffers that they point into.
    case views
    /// Offsets; one child.
    case list(OffsetWidth)
    /// Offsets and sizes; one child.
    case listView(OffsetWidth)
    /// One child with so many values for each of ours.
    case fixedSizeList(Int)
    case structure
    case union(UnionMode)
    case dictionary(IntegerType)
    case runEnds

    enum OffsetWidth: Int {
        case small = 4
        case large = 8
    }

    /// Whether a bitmap may say which values are null.
    var hasValidity: Bool {
        switch self {
        case .null, .union, .runEnds: false
        default: true
        }
    }

    /// Buffers besides the bitmap; those that views point into come on top.
    var bufferCount: Int {
        switch self {
        case .null, .fixedSizeList, .structure, .runEnds: 0
        case .bits, .fixed, .views, .list, .dictionary, .union(.sparse): 1
        case .bytes, .listView, .union(.dense): 2
        }
    }
}

extension DataType {
    var layout: Layout {
        switch self {
        case .null: .null
        case .bool: .bits
        case .integer(let type): .fixed(width: type.width, alignment: type.width)
        case .floating(let type): .fixed(width: type.width, alignment: type.width)
        case .decimal(let width, _, _): .fixed(width: width.rawValue / 8, alignment: min(8, width.rawValue / 8))
        case .utf8, .binary: .bytes(.small)
        case .largeUtf8, .largeBinary: .bytes(.large)
        case .utf8View, .binaryView: .views
        case .fixedSizeBinary(let width): .fixed(width: width, alignment: 1)
        case .date32, .time32, .interval(.yearMonth): .fixed(width: 4, alignment: 4)
        case .date64, .time64, .timestamp, .duration: .fixed(width: 8, alignment: 8)
        case .interval(.dayTime): .fixed(width: 8, alignment: 4)
        case .interval(.monthDayNano): .fixed(width: 16, alignment: 8)
        case .list, .map: .list(.small)
        case .largeList: .list(.large)
        case .listView: .listView(.small)
        case .largeListView: .listView(.large)
        case .fixedSizeList(_, let size): .fixedSizeList(size)
        case .structure: .structure
        case .union(let mode, _, _): .union(mode)
        case .dictionary(let index, _, _): .dictionary(index)
        case .runEndEncoded: .runEnds
        }
    }

    /// The fields of the children; those of a dictionary's values belong to the dictionary.
    package var children: [Field] {
        switch self {
        case .list(let element), .largeList(let element), .listView(let element), .largeListView(let element),
            .fixedSizeList(let element, _):
            [element]
        case .map(let entries, _): [entries]
        case .structure(let fields), .union(_, let fields, _): fields
        case .runEndEncoded(let runEnds, let values): [runEnds, values]
        default: []
        }
    }

    /// Whether values are texts.
    package var isText: Bool {
        switch self {
        case .utf8, .largeUtf8, .utf8View: true
        default: false
        }
    }

    /// Throws when the type cannot be, as a decimal of 99 digits.
    func validate() throws {
        switch self {
        case .decimal(let width, let precision, _):
            guard (1...width.maximumPrecision).contains(precision) else {
                throw ColumnarError.malformed("a decimal of \(width.rawValue) bits cannot have \(precision) digits")
            }
        case .fixedSizeBinary(let width):
            guard width >= 0 else { throw ColumnarError.malformed("a width of \(width) bytes") }
        case .fixedSizeList(_, let size):
            guard size >= 0 else { throw ColumnarError.malformed("a list of \(size) values") }
        case .time32(let unit):
            guard unit == .second || unit == .millisecond else { throw ColumnarError.malformed("time32 in \(unit)s") }
        case .time64(let unit):
            guard unit == .microsecond || unit == .nanosecond else {
                throw ColumnarError.malformed("time64 in \(unit)s")
            }
        case .map(let entries, _):
            guard case .structure(let fields) = entries.type, fields.count == 2 else {
                throw ColumnarError.malformed("a map's entries are not a structure of key and value")
            }
        case .union(_, let fields, let ids):
            guard fields.count == ids.count, Set(ids).count == ids.count, ids.allSatisfy({ $0 >= 0 }) else {
                throw ColumnarError.malformed("a union of \(fields.count) fields has the numbers \(ids)")
            }
        case .runEndEncoded(let runEnds, _):
            switch runEnds.type {
            case .int16, .int32, .int64: break
            default: throw ColumnarError.malformed("run ends of the type \(runEnds.type)")
            }
        default: break
        }
    }
}
