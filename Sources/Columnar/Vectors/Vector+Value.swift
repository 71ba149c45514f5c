extension Vector {
    /// A value by itself: of dictionaries and runs what they stand for.
    package func value(at row: Int) -> Value {
        guard !isNull(row) else { return .null }
        let index = offset + row
        switch type {
        case .null: return .null
        case .bool: return .bool(Bitmap.bit(buffers[0].start, index))
        case .integer(let type): return integer(type, index)
        case .floating(.half): return .half(buffers[0].elements()[index])
        case .floating(.single): return .float(buffers[0].elements()[index])
        case .floating(.double): return .double(buffers[0].elements()[index])
        case .decimal(.bits32, _, _): return .decimal(WideInteger(Int64(element(index, Int32.self))))
        case .decimal(.bits64, _, _): return .decimal(WideInteger(element(index, Int64.self)))
        case .decimal(.bits128, _, _): return .decimal(WideInteger(element(index, Int128Parts.self).value))
        case .decimal(.bits256, _, _): return .decimal(element(index))
        case .fixedSizeBinary(let width):
            return .bytes([UInt8](UnsafeRawBufferPointer(start: buffers[0].start + index * width, count: width)))
        case .date32, .time32, .interval(.yearMonth): return .int(Int64(element(index, Int32.self)))
        case .date64, .time64, .timestamp, .duration: return .int(element(index))
        case .interval(.dayTime): return .dayTime(element(index))
        case .interval(.monthDayNano): return .monthDayNano(element(index))
        case .utf8, .largeUtf8, .utf8View:
            return .text(String(decoding: ByteStrings(self)?[row] ?? UnsafeRawBufferPointer(_empty), as: UTF8.self))
        case .binary, .largeBinary, .binaryView:
            return .bytes([UInt8](ByteStrings(self)?[row] ?? UnsafeRawBufferPointer(_empty)))
        case .list, .largeList, .listView, .largeListView, .fixedSizeList:
            return .list(elementRows(row).map { children[0].value(at: $0) })
        case .map:
            let entries = children[0]
            return .map(
                elementRows(row).map { entry in
                    let index = entries.offset + entry
                    return (entries.children[0].value(at: index), entries.children[1].value(at: index))
                })
        case .structure: return .structure(children.map { $0.value(at: index) })
        case .union(_, _, let ids):
            let member = unionMember(row)
            return .union(ids[member.child], children[member.child].value(at: member.row))
        case .dictionary: return dictionary?.value(at: dictionaryIndex(row)) ?? .null
        case .runEndEncoded: return children[1].value(at: run(of: row))
        }
    }

    package var values: [Value] { (0..<count).map { value(at: $0) } }

    private var _empty: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }

    private func element<T: FixedWidthElement>(_ index: Int, _: T.Type = T.self) -> T {
        buffers[0].elements(T.self)[index]
    }

    private func integer(_ type: IntegerType, _ index: Int) -> Value {
        switch type {
        case .int8: .int(Int64(element(index, Int8.self)))
        case .int16: .int(Int64(element(index, Int16.self)))
        case .int32: .int(Int64(element(index, Int32.self)))
        case .int64: .int(element(index))
        case .uint8: .uint(UInt64(element(index, UInt8.self)))
        case .uint16: .uint(UInt64(element(index, UInt16.self)))
        case .uint32: .uint(UInt64(element(index, UInt32.self)))
        case .uint64: .uint(element(index))
        }
    }
}

extension Vector: CustomStringConvertible {
    package var description: String {
        "\(type) [" + values.map(\.description).joined(separator: ", ") + "]"
    }
}
