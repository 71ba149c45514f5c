/// As much of Protocol Buffers' wire format as spans need. Fields with the value that is meant when they are missing are
/// left out.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ field: Int, _ value: Int) {
        guard value != 0 else { return }
        always(field, value)
    }

    /// Also where the value is zero: in a choice of fields, the one that is there says which.
    mutating func always(_ field: Int, _ value: Int) {
        append(UInt64(field) << 3)
        append(UInt64(bitPattern: Int64(value)))
    }

    mutating func fixed64(_ field: Int, _ value: Int) {
        append(UInt64(field) << 3 | 1)
        fixed(UInt64(bitPattern: Int64(value)), count: 8)
    }

    mutating func fixed32(_ field: Int, _ value: Int) {
        append(UInt64(field) << 3 | 5)
        fixed(UInt64(value), count: 4)
    }

    mutating func text(_ field: Int, _ value: String) {
        if !value.isEmpty { block(field, Array(value.utf8)) }
    }

    /// Bytes, or a message that was written.
    mutating func block(_ field: Int, _ value: [UInt8]) {
        append(UInt64(field) << 3 | 2)
        append(UInt64(value.count))
        bytes += value
    }

    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        block(field, inner.bytes)
    }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func fixed(_ value: UInt64, count: Int) {
        for place in 0..<count { bytes.append(UInt8(value >> (8 * UInt64(place)) & 0xFF)) }
    }
}

/// Reads a message's fields one by one; it ends at whatever is no field.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case block([UInt8])
        case other
    }

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> (field: Int, value: Value)? {
        guard let tag = varint(), tag >> 3 > 0, tag >> 3 < 1 << 29 else { return nil }
        let field = Int(tag >> 3)
        switch tag & 7 {
        case 0: return varint().map { (field, .varint($0)) }
        case 1: return skip(8) ? (field, .other) : nil
        case 2:
            guard let count = varint(), count <= UInt64(bytes.count - place) else { return nil }
            defer { place += Int(count) }
            return (field, .block(Array(bytes[place..<place + Int(count)])))
        case 5: return skip(4) ? (field, .other) : nil
        default: return nil
        }
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard bytes.count - place >= count else { return false }
        place += count
        return true
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
