/// A schema as a flatbuffer's table.
enum SchemaEncoder {
    static func table(_ layout: SchemaLayout) -> FlatNode {
        FlatNode(
            (0, .int16(0)), (1, .tables(layout.fields.map(field))), (2, metadata(layout.schema.metadata)))
    }

    static func metadata(_ metadata: Metadata) -> FlatValue? {
        guard !metadata.isEmpty else { return nil }
        return .tables(metadata.entries.map { FlatNode((0, .text($0.key)), (1, .text($0.value))) })
    }

    private static func field(_ layout: FieldLayout) -> FlatNode {
        var type = layout.field.type
        var encoding: FlatNode?
        if case .dictionary(let index, let values, let isOrdered) = type, let id = layout.dictionary {
            type = values
            encoding = FlatNode(
                (0, .int64(id)), (1, .table(integer(index))), (2, .bool(isOrdered)), (3, .int16(0)))
        }
        let (number, table) = described(type)
        return FlatNode(
            (0, .text(layout.field.name)), (1, .bool(layout.field.isNullable)), (2, .byte(number)), (3, .table(table)),
            (4, encoding.map { .table($0) }), (5, .tables(layout.children.map(field))),
            (6, metadata(layout.field.metadata)))
    }

    private static func integer(_ type: IntegerType) -> FlatNode {
        FlatNode((0, .int32(Int32(type.width * 8))), (1, .bool(type.isSigned)))
    }

    private static func unit(_ unit: TimeUnit) -> FlatValue { .int16(Int16(unit.rawValue)) }

    /// The type's number in the union of all types, and its table.
    private static func described(_ type: DataType) -> (UInt8, FlatNode) {
        switch type {
        case .null: return (1, FlatNode())
        case .integer(let type): return (2, integer(type))
        case .floating(.half): return (3, FlatNode((0, .int16(0))))
        case .floating(.single): return (3, FlatNode((0, .int16(1))))
        case .floating(.double): return (3, FlatNode((0, .int16(2))))
        case .binary: return (4, FlatNode())
        case .utf8: return (5, FlatNode())
        case .bool: return (6, FlatNode())
        case .decimal(let width, let precision, let scale):
            return (
                7,
                FlatNode(
                    (0, .int32(Int32(clamping: precision))), (1, .int32(Int32(clamping: scale))),
                    (2, .int32(Int32(width.rawValue))))
            )
        case .date32: return (8, FlatNode((0, .int16(0))))
        case .date64: return (8, FlatNode((0, .int16(1))))
        case .time32(let time): return (9, FlatNode((0, unit(time)), (1, .int32(32))))
        case .time64(let time): return (9, FlatNode((0, unit(time)), (1, .int32(64))))
        case .timestamp(let time, let zone): return (10, FlatNode((0, unit(time)), (1, zone.map { .text($0) })))
        case .interval(let unit): return (11, FlatNode((0, .int16(Int16(unit.rawValue)))))
        case .list: return (12, FlatNode())
        case .structure: return (13, FlatNode())
        case .union(let mode, _, let ids):
            return (14, FlatNode((0, .int16(Int16(mode.rawValue))), (1, .int32s(ids.map { Int32($0) }))))
        case .fixedSizeBinary(let width): return (15, FlatNode((0, .int32(Int32(clamping: width)))))
        case .fixedSizeList(_, let size): return (16, FlatNode((0, .int32(Int32(clamping: size)))))
        case .map(_, let isSorted): return (17, FlatNode((0, .bool(isSorted))))
        case .duration(let time): return (18, FlatNode((0, unit(time))))
        case .largeBinary: return (19, FlatNode())
        case .largeUtf8: return (20, FlatNode())
        case .largeList: return (21, FlatNode())
        case .runEndEncoded: return (22, FlatNode())
        case .binaryView: return (23, FlatNode())
        case .utf8View: return (24, FlatNode())
        case .listView: return (25, FlatNode())
        case .largeListView: return (26, FlatNode())
        // Written as the type of its values; a dictionary of a dictionary was refused before.
        case .dictionary(_, let values, _): return described(values)
        }
    }
}
