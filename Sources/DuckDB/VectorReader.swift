import CDuckDB

/// Reads the values of a flat vector.
struct VectorReader {
    let vector: duckdb_vector?
    private let data: UnsafeMutableRawPointer
    /// A bit a row, set for values; nil when no row is NULL.
    private let validity: UnsafeMutablePointer<UInt64>?

    init(_ vector: duckdb_vector?) {
        self.vector = vector
        // A structure has no data of its own; its members are asked then, so that the empty place is never read.
        data = duckdb_vector_get_data(vector) ?? Self.noData
        validity = duckdb_vector_get_validity(vector)
    }

    func isNull(_ row: Int) -> Bool {
        guard let validity else { return false }
        return validity[row >> 6] & (1 << UInt64(row & 63)) == 0
    }

    func elements<Element>(as _: Element.Type) -> UnsafePointer<Element> {
        UnsafePointer(data.assumingMemoryBound(to: Element.self))
    }

    func withBytes<R>(_ row: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        // Four bytes of length; then up to 12 bytes of text, or four that repeat its beginning and its address.
        let string = data + row * 16
        let length = Int(string.loadUnaligned(as: UInt32.self))
        if length <= 12 { return try body(UnsafeRawBufferPointer(start: string + 4, count: length)) }
        let address = string.loadUnaligned(fromByteOffset: 8, as: UInt.self)
        return try body(UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: length))
    }

    func value(_ row: Int, _ type: LogicalType) -> Value {
        guard !isNull(row) else { return .null }
        switch type.shape {
        case .scalar:
            return scalar(row, type)
        case .decimal(let width, let scale, let storage):
            return .other(ValueText.decimal(integer(row, storage), width: width, scale: scale))
        case .enumeration(let labels, let storage):
            let index = Int(integer(row, storage))
            return labels.indices.contains(index) ? .text(labels[index]) : .null
        case .list(let child):
            let entry = load(row, duckdb_list_entry.self)
            let values = VectorReader(duckdb_list_vector_get_child(vector))
            return .list(Self.rows(entry).map { values.value($0, child) })
        case .array(let child, let size):
            let values = VectorReader(duckdb_array_vector_get_child(vector))
            return .list((row * size..<(row + 1) * size).map { values.value($0, child) })
        case .map(let keyType, let valueType):
            let entry = load(row, duckdb_list_entry.self)
            let entries = duckdb_list_vector_get_child(vector)
            let keys = VectorReader(duckdb_struct_vector_get_child(entries, 0))
            let values = VectorReader(duckdb_struct_vector_get_child(entries, 1))
            return .map(
                Self.rows(entry).map { Value.Entry(key: keys.value($0, keyType), value: values.value($0, valueType)) }
            )
        case .structure(let members):
            return .structure(
                members.enumerated().map { index, member in
                    let child = VectorReader(duckdb_struct_vector_get_child(vector, idx_t(index)))
                    return Value.Field(name: member.name, value: child.value(row, member.type))
                }
            )
        case .union(let members):
            // The first child says which member holds the value.
            let tag = Int(VectorReader(duckdb_struct_vector_get_child(vector, 0)).load(row, UInt8.self))
            guard members.indices.contains(tag) else { return .null }
            return VectorReader(duckdb_struct_vector_get_child(vector, idx_t(tag + 1))).value(row, members[tag].type)
        }
    }

    private func scalar(_ row: Int, _ type: LogicalType) -> Value {
        switch type.id {
        case DUCKDB_TYPE_BOOLEAN: .bool(load(row, UInt8.self) != 0)
        case DUCKDB_TYPE_TINYINT: .int(Int64(load(row, Int8.self)))
        case DUCKDB_TYPE_SMALLINT: .int(Int64(load(row, Int16.self)))
        case DUCKDB_TYPE_INTEGER: .int(Int64(load(row, Int32.self)))
        case DUCKDB_TYPE_BIGINT: .int(load(row, Int64.self))
        case DUCKDB_TYPE_UTINYINT: .int(Int64(load(row, UInt8.self)))
        case DUCKDB_TYPE_USMALLINT: .int(Int64(load(row, UInt16.self)))
        case DUCKDB_TYPE_UINTEGER: .int(Int64(load(row, UInt32.self)))
        case DUCKDB_TYPE_UBIGINT: .uint(load(row, UInt64.self))
        case DUCKDB_TYPE_FLOAT: .double(Double(load(row, Float.self)))
        case DUCKDB_TYPE_DOUBLE: .double(load(row, Double.self))
        case DUCKDB_TYPE_VARCHAR: .text(withBytes(row) { String(decoding: $0, as: UTF8.self) })
        case DUCKDB_TYPE_BLOB, DUCKDB_TYPE_GEOMETRY: .bytes(withBytes(row) { Array($0) })
        case DUCKDB_TYPE_SQLNULL: .null
        default: .other(text(row, type.id))
        }
    }

    private func text(_ row: Int, _ id: duckdb_type) -> String {
        switch id {
        case DUCKDB_TYPE_DATE: ValueText.date(load(row, duckdb_date.self))
        case DUCKDB_TYPE_TIME: ValueText.time(load(row, duckdb_time.self))
        case DUCKDB_TYPE_TIMESTAMP: ValueText.timestamp(load(row, duckdb_timestamp.self))
        case DUCKDB_TYPE_TIMESTAMP_TZ: ValueText.timestampInUTC(load(row, duckdb_timestamp.self))
        case DUCKDB_TYPE_TIMESTAMP_S: ValueText.of(duckdb_create_timestamp_s(load(row, duckdb_timestamp_s.self)))
        case DUCKDB_TYPE_TIMESTAMP_MS: ValueText.of(duckdb_create_timestamp_ms(load(row, duckdb_timestamp_ms.self)))
        case DUCKDB_TYPE_TIMESTAMP_NS: ValueText.of(duckdb_create_timestamp_ns(load(row, duckdb_timestamp_ns.self)))
        case DUCKDB_TYPE_TIME_TZ: ValueText.of(duckdb_create_time_tz_value(load(row, duckdb_time_tz.self)))
        case DUCKDB_TYPE_TIME_NS: ValueText.of(duckdb_create_time_ns(load(row, duckdb_time_ns.self)))
        case DUCKDB_TYPE_INTERVAL: ValueText.of(duckdb_create_interval(load(row, duckdb_interval.self)))
        case DUCKDB_TYPE_HUGEINT: String(load(row, Int128.self))
        case DUCKDB_TYPE_UHUGEINT: String(load(row, UInt128.self))
        case DUCKDB_TYPE_UUID: ValueText.uuid(load(row, UInt128.self))
        case DUCKDB_TYPE_BIT: withBytes(row, ValueText.bits)
        case DUCKDB_TYPE_BIGNUM: withBytes(row, ValueText.bigNumber)
        default: ""
        }
    }

    private func integer(_ row: Int, _ storage: duckdb_type) -> Int128 {
        switch storage {
        case DUCKDB_TYPE_UTINYINT: Int128(load(row, UInt8.self))
        case DUCKDB_TYPE_USMALLINT: Int128(load(row, UInt16.self))
        case DUCKDB_TYPE_UINTEGER: Int128(load(row, UInt32.self))
        case DUCKDB_TYPE_SMALLINT: Int128(load(row, Int16.self))
        case DUCKDB_TYPE_INTEGER: Int128(load(row, Int32.self))
        case DUCKDB_TYPE_BIGINT: Int128(load(row, Int64.self))
        default: load(row, Int128.self)
        }
    }

    /// Unaligned, because DuckDB aligns its 16-byte types to 8 bytes.
    private func load<Element: BitwiseCopyable>(_ row: Int, _: Element.Type) -> Element {
        data.loadUnaligned(fromByteOffset: row * MemoryLayout<Element>.stride, as: Element.self)
    }

    /// Memory for the largest element, shared and never written or freed.
    ///
    /// `nonisolated(unsafe)` because it is all zero for ever.
    nonisolated(unsafe) private static let noData: UnsafeMutableRawPointer = {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
        return memory
    }()

    private static func rows(_ entry: duckdb_list_entry) -> Range<Int> {
        Int(entry.offset)..<Int(entry.offset + entry.length)
    }
}
