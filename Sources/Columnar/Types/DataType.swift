/// The type of a column's values, as Arrow has it.
package indirect enum DataType: Hashable, Sendable {
    case null
    case bool
    case integer(IntegerType)
    case floating(FloatingType)
    /// A number of `precision` digits, `scale` of them behind the point, stored as an integer.
    case decimal(DecimalWidth, precision: Int, scale: Int)
    case utf8
    case largeUtf8
    case utf8View
    case binary
    case largeBinary
    case binaryView
    case fixedSizeBinary(Int)
    /// Days since 1970.
    case date32
    /// Milliseconds since 1970.
    case date64
    /// Seconds or milliseconds since midnight.
    case time32(TimeUnit)
    /// Microseconds or nanoseconds since midnight.
    case time64(TimeUnit)
    /// Since 1970; with a zone it is a moment, shown in that zone, without one what a clock on the wall says.
    case timestamp(TimeUnit, zone: String?)
    case duration(TimeUnit)
    case interval(IntervalUnit)
    case list(Field)
    case largeList(Field)
    case listView(Field)
    case largeListView(Field)
    case fixedSizeList(Field, Int)
    case structure([Field])
    /// `entries` is a structure of two fields, the key and the value.
    case map(entries: Field, keysSorted: Bool)
    /// Each row is a value of one of the fields; `ids` has the number that stands for each field.
    case union(UnionMode, [Field], ids: [Int8])
    /// Rows are indices of a dictionary's values.
    case dictionary(IntegerType, values: DataType, isOrdered: Bool)
    /// Runs of equal values: where each ends, and the value.
    case runEndEncoded(runEnds: Field, values: Field)

    package static let int8 = DataType.integer(.int8)
    package static let int16 = DataType.integer(.int16)
    package static let int32 = DataType.integer(.int32)
    package static let int64 = DataType.integer(.int64)
    package static let uint8 = DataType.integer(.uint8)
    package static let uint16 = DataType.integer(.uint16)
    package static let uint32 = DataType.integer(.uint32)
    package static let uint64 = DataType.integer(.uint64)
    package static let float16 = DataType.floating(.half)
    package static let float32 = DataType.floating(.single)
    package static let float64 = DataType.floating(.double)

    /// A list whose elements have the usual name and may be null.
    package static func list(of element: DataType) -> DataType { .list(Field("item", element)) }

    /// A map with the usual names.
    package static func map(key: DataType, value: DataType) -> DataType {
        let entries = DataType.structure([Field("key", key, isNullable: false), Field("value", value)])
        return .map(entries: Field("entries", entries, isNullable: false), keysSorted: false)
    }

    /// A dictionary as most tools make it.
    package static func dictionary(of values: DataType) -> DataType {
        .dictionary(.int32, values: values, isOrdered: false)
    }
}

package enum IntegerType: Hashable, Sendable, CaseIterable {
    case int8, int16, int32, int64, uint8, uint16, uint32, uint64

    package var isSigned: Bool {
        switch self {
        case .int8, .int16, .int32, .int64: true
        case .uint8, .uint16, .uint32, .uint64: false
        }
    }

    /// In bytes.
    package var width: Int {
        switch self {
        case .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32: 4
        case .int64, .uint64: 8
        }
    }

    init?(width: Int, isSigned: Bool) {
        guard let type = Self.allCases.first(where: { $0.width == width && $0.isSigned == isSigned }) else {
            return nil
        }
        self = type
    }
}

package enum FloatingType: Hashable, Sendable, CaseIterable {
    case half, single, double

    /// In bytes.
    package var width: Int {
        switch self {
        case .half: 2
        case .single: 4
        case .double: 8
        }
    }
}

package enum DecimalWidth: Int, Hashable, Sendable, CaseIterable {
    case bits32 = 32
    case bits64 = 64
    case bits128 = 128
    case bits256 = 256

    /// The most digits that such a number can have.
    package var maximumPrecision: Int {
        switch self {
        case .bits32: 9
        case .bits64: 18
        case .bits128: 38
        case .bits256: 76
        }
    }
}

/// Numbered as in Arrow's metadata.
package enum TimeUnit: Int, Hashable, Sendable, CaseIterable {
    case second, millisecond, microsecond, nanosecond
}

/// Numbered as in Arrow's metadata.
package enum IntervalUnit: Int, Hashable, Sendable, CaseIterable {
    case yearMonth, dayTime, monthDayNano
}

/// Numbered as in Arrow's metadata.
package enum UnionMode: Int, Hashable, Sendable, CaseIterable {
    case sparse, dense
}
