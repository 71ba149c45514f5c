/// Values of fixed width, one after the other.
package struct FixedWidthBuilder<Element: FixedWidthElement>: ~Copyable {
    private let type: DataType
    private var values = BufferBuilder()
    private var validity = BitmapBuilder()
    private let zero: Element

    /// - Parameters:
    ///   - type: one whose values have the width of `Element`.
    ///   - zero: what stands in the place of a null.
    package init(_ type: DataType, zero: Element) {
        self.type = type
        self.zero = zero
    }

    package mutating func append(_ value: Element?) throws {
        try values.append(value ?? zero)
        try validity.append(value != nil)
    }

    package consuming func finish() throws -> Vector {
        let count = validity.count
        return try Vector(type, count: count, validity: validity.finish(), buffers: [values.finish()])
    }
}

package struct BoolBuilder: ~Copyable {
    private var values = BitmapBuilder()
    private var validity = BitmapBuilder()

    package init() {}

    package mutating func append(_ value: Bool?) throws {
        try values.append(value ?? false)
        try validity.append(value != nil)
    }

    package consuming func finish() throws -> Vector {
        let count = validity.count
        return try Vector(.bool, count: count, validity: validity.finish(), buffers: [values.finish()])
    }
}

/// Texts or bytes, of the six types that there are for them.
package struct ByteStringBuilder: ~Copyable {
    private let type: DataType
    private let layout: Layout
    private var places = BufferBuilder()
    private var data = BufferBuilder()
    private var validity = BitmapBuilder()

    package init(_ type: DataType) throws {
        self.type = type
        layout = type.layout
        switch layout {
        case .bytes(.small): try places.append(0 as Int32)
        case .bytes(.large): try places.append(0 as Int64)
        case .views: break
        default: throw ColumnarError.mismatch("\(type) is neither text nor bytes")
        }
    }

    package mutating func append(_ text: String?) throws {
        guard var text else { return try append(nil as UnsafeRawBufferPointer?) }
        try text.withUTF8 { try append(UnsafeRawBufferPointer($0)) }
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer?) throws {
        try validity.append(bytes != nil)
        let bytes = bytes ?? UnsafeRawBufferPointer(start: nil, count: 0)
        if case .views = layout { return try appendView(bytes) }
        try data.append(bytes)
        if case .bytes(.large) = layout { return try places.append(Int64(data.count)) }
        guard let end = Int32(exactly: data.count) else {
            throw ColumnarError.limit("\(type) has no room for more than 2 GiB")
        }
        try places.append(end)
    }

    private mutating func appendView(_ bytes: UnsafeRawBufferPointer) throws {
        guard let length = Int32(exactly: bytes.count), let offset = Int32(exactly: data.count) else {
            throw ColumnarError.limit("\(type) has no room for more than 2 GiB")
        }
        try places.append(length)
        guard bytes.count > 12 else {
            try places.append(bytes)
            return try places.append(zeros: 12 - bytes.count)
        }
        try places.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(4)))
        try places.append(0 as Int32)
        try places.append(offset)
        try data.append(bytes)
    }

    package consuming func finish() throws -> Vector {
        let count = validity.count
        var buffers = [places.finish()]
        if case .views = layout, data.count == 0 {} else { buffers.append(data.finish()) }
        return try Vector(type, count: count, validity: validity.finish(), buffers: buffers)
    }
}
