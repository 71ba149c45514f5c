/// A table of a flatbuffer, read in place. Every access is checked against the buffer's end.
struct FlatTable {
    private let bytes: Buffer
    private let position: Int
    private let slots: Int
    private let slotBytes: Int

    init(root bytes: Buffer) throws {
        try self.init(bytes, Self.target(bytes, 0))
    }

    fileprivate init(_ bytes: Buffer, _ position: Int) throws {
        self.bytes = bytes
        self.position = position
        let back = Int(try Self.load(bytes, position, Int32.self))
        slots = position - back
        slotBytes = Int(try Self.load(bytes, slots, UInt16.self))
        guard slotBytes >= 4, slots + slotBytes <= bytes.count else {
            throw ColumnarError.malformed("a table of the metadata reaches beyond its end")
        }
    }

    fileprivate static func load<T: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: Buffer, _ position: Int, _: T.Type
    ) throws -> T {
        guard position >= 0, position <= bytes.count - MemoryLayout<T>.size else {
            throw ColumnarError.malformed("the metadata refers to bytes beyond its end")
        }
        // The caller has the buffer, so its bytes live.
        return bytes.start.loadUnaligned(fromByteOffset: position, as: T.self)
    }

    /// Where an offset at a position leads.
    fileprivate static func target(_ bytes: Buffer, _ position: Int) throws -> Int {
        position + Int(try load(bytes, position, UInt32.self))
    }

    private func place(_ id: Int) throws -> Int? {
        let slot = 4 + 2 * id
        guard slot + 2 <= slotBytes else { return nil }
        let offset = Int(try Self.load(bytes, slots + slot, UInt16.self))
        return offset == 0 ? nil : position + offset
    }

    func has(_ id: Int) throws -> Bool {
        try place(id) != nil
    }

    func integer<T: FixedWidthInteger & BitwiseCopyable>(_ id: Int, default value: T) throws -> T {
        guard let place = try place(id) else { return value }
        return try Self.load(bytes, place, T.self)
    }

    func bool(_ id: Int) throws -> Bool {
        try integer(id, default: 0 as UInt8) != 0
    }

    func table(_ id: Int) throws -> FlatTable? {
        guard let place = try place(id) else { return nil }
        return try FlatTable(bytes, Self.target(bytes, place))
    }

    func requiredTable(_ id: Int, _ name: String) throws -> FlatTable {
        guard let table = try table(id) else { throw ColumnarError.malformed("the metadata has no \(name)") }
        return table
    }

    /// Elements of `stride` bytes.
    func vector(_ id: Int, stride: Int) throws -> FlatVector? {
        guard let place = try place(id) else { return nil }
        return try FlatVector(bytes, Self.target(bytes, place), stride: stride)
    }

    /// The bytes of a text.
    func text(_ id: Int) throws -> Buffer? {
        try vector(id, stride: 1)?.content
    }
}

/// A vector of a flatbuffer: structures or tables.
struct FlatVector {
    private let bytes: Buffer
    private let start: Int
    private let stride: Int
    let count: Int

    static let none = FlatVector()

    private init() {
        bytes = .empty
        (start, stride, count) = (0, 1, 0)
    }

    fileprivate init(_ bytes: Buffer, _ position: Int, stride: Int) throws {
        self.bytes = bytes
        self.stride = stride
        count = Int(try FlatTable.load(bytes, position, UInt32.self))
        start = position + 4
        guard count <= (bytes.count - start) / stride else {
            throw ColumnarError.malformed("a list of \(count) elements in the metadata reaches beyond its end")
        }
    }

    var content: Buffer {
        get throws { try bytes.slice(start, count * stride) }
    }

    /// A number in an element.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(_ index: Int, at offset: Int = 0, _: T.Type = T.self) throws
        -> T
    {
        guard index >= 0, index < count else {
            throw ColumnarError.malformed("the metadata names fewer parts than there are")
        }
        return try FlatTable.load(bytes, start + index * stride + offset, T.self)
    }

    /// The table that an element refers to.
    func table(_ index: Int) throws -> FlatTable {
        try FlatTable(bytes, FlatTable.target(bytes, start + index * 4))
    }
}
