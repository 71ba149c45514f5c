/// What a slot of a flatbuffer's table has.
indirect enum FlatValue {
    case bool(Bool)
    case byte(UInt8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case text(String)
    case table(FlatNode)
    case tables([FlatNode])
    case int32s([Int32])
    case int64s([Int64])
    /// Structures of numbers of 64 bits: how many, and all numbers.
    case structures(Int, [Int64])

    /// In the table itself.
    var width: Int {
        switch self {
        case .bool, .byte: 1
        case .int16: 2
        case .int64: 8
        default: 4
        }
    }
}

/// A table to be written: the slots that are there, by number.
struct FlatNode {
    var slots: [(id: Int, value: FlatValue)] = []

    init(_ slots: (Int, FlatValue?)...) {
        self.slots = slots.compactMap { slot in slot.1.map { (slot.0, $0) } }
    }
}

/// Writes a flatbuffer from its root on: what a table refers to comes behind it.
struct FlatWriter {
    private var bytes: [UInt8] = [0, 0, 0, 0]

    /// A whole flatbuffer, its length a multiple of 8.
    static func write(_ root: FlatNode) -> [UInt8] {
        var writer = FlatWriter()
        let position = writer.table(root)
        writer.put(UInt32(position), at: 0)
        writer.align(to: 8)
        return writer.bytes
    }

    private mutating func align(to alignment: Int, ahead: Int = 0) {
        while (bytes.count + ahead) % alignment != 0 { bytes.append(0) }
    }

    private mutating func put<T: FixedWidthInteger>(_ value: T, at position: Int) {
        for index in 0..<MemoryLayout<T>.size {
            bytes[position + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
    }

    private mutating func append<T: FixedWidthInteger>(_ value: T) {
        for index in 0..<MemoryLayout<T>.size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    private mutating func table(_ node: FlatNode) -> Int {
        let slotCount = (node.slots.map(\.id).max() ?? -1) + 1
        let slotBytes = 4 + 2 * slotCount
        align(to: 8, ahead: slotBytes)
        let slots = bytes.count
        let position = slots + slotBytes
        // The widest first, so that nothing has to be skipped but behind the table's own offset.
        var size = 4
        var offsets: [(slot: (id: Int, value: FlatValue), offset: Int)] = []
        for slot in node.slots.sorted(by: { $0.value.width > $1.value.width }) {
            size = size.roundedUp(to: slot.value.width)
            offsets.append((slot, size))
            size += slot.value.width
        }
        bytes += repeatElement(0, count: slotBytes + size)
        put(UInt16(slotBytes), at: slots)
        put(UInt16(size), at: slots + 2)
        put(Int32(slotBytes), at: position)
        for (slot, offset) in offsets { put(UInt16(offset), at: slots + 4 + 2 * slot.id) }
        for (slot, offset) in offsets { fill(slot.value, at: position + offset) }
        return position
    }

    private mutating func fill(_ value: FlatValue, at place: Int) {
        switch value {
        case .bool(let value): put(UInt8(value ? 1 : 0), at: place)
        case .byte(let value): put(value, at: place)
        case .int16(let value): put(value, at: place)
        case .int32(let value): put(value, at: place)
        case .int64(let value): put(value, at: place)
        case .text(let text):
            let utf8 = Array(text.utf8)
            begin(count: utf8.count, alignment: 4, at: place)
            bytes += utf8
            bytes.append(0)
        case .table(let node):
            let position = table(node)
            put(UInt32(position - place), at: place)
        case .tables(let nodes):
            begin(count: nodes.count, alignment: 4, at: place)
            let first = bytes.count
            bytes += repeatElement(0, count: nodes.count * 4)
            for (index, node) in nodes.enumerated() {
                let position = table(node)
                put(UInt32(position - (first + index * 4)), at: first + index * 4)
            }
        case .int32s(let values):
            begin(count: values.count, alignment: 4, at: place)
            for value in values { append(value) }
        case .int64s(let values):
            begin(count: values.count, alignment: 8, at: place)
            for value in values { append(value) }
        case .structures(let count, let values):
            begin(count: count, alignment: 8, at: place)
            for value in values { append(value) }
        }
    }

    /// The count of a vector, so placed that its elements are aligned.
    private mutating func begin(count: Int, alignment: Int, at place: Int) {
        align(to: max(4, alignment), ahead: 4)
        put(UInt32(bytes.count - place), at: place)
        append(UInt32(count))
    }
}
