import Glibc

/// Bytes that never change, or a stretch of them. Copies and slices share them; the last one frees them.
///
/// `@unchecked Sendable` because the bytes behind the pointer never change, and the owner keeps them.
package struct Buffer: @unchecked Sendable {
    // The bytes are never written while a buffer refers to them.
    let owner: (any BufferOwner)?
    let start: UnsafeRawPointer
    package let count: Int

    /// Bytes that `owner` keeps alive and unchanged.
    package init(owner: (any BufferOwner)?, start: UnsafeRawPointer, count: Int) {
        self.owner = owner
        self.start = start
        self.count = count
    }

    /// 64 zeros that are never freed, nor written after this.
    nonisolated(unsafe) static let zeros: UnsafeRawPointer = {
        let zeros = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        zeros.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
        return UnsafeRawPointer(zeros)
    }()

    package static let empty = Buffer(owner: nil, start: zeros, count: 0)

    /// Up to 64 zeros.
    static func padding(_ count: Int) -> Buffer {
        Buffer(owner: nil, start: zeros, count: min(64, count))
    }

    package init(copying bytes: UnsafeRawBufferPointer) throws {
        let memory = try HeapMemory(count: bytes.count)
        if let source = bytes.baseAddress { memcpy(memory.start, source, bytes.count) }
        self.init(owner: memory, start: UnsafeRawPointer(memory.start), count: bytes.count)
    }

    package init(_ bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try Buffer(copying: $0) }
    }

    /// A file, mapped into memory.
    package init(mapping path: String) throws {
        let memory = try MappedMemory(path: path)
        self.init(owner: memory, start: memory.start, count: memory.count)
    }

    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(owner) {} }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// A stretch of the bytes; throws when it reaches beyond them.
    package func slice(_ offset: Int, _ length: Int) throws -> Buffer {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
            throw ColumnarError.malformed("bytes \(offset) to \(offset &+ length) of \(count)")
        }
        return Buffer(owner: owner, start: start + offset, count: length)
    }

    /// - Parameter alignment: a power of two.
    func isAligned(to alignment: Int) -> Bool {
        UInt(bitPattern: start) & UInt(alignment - 1) == 0
    }

    /// The same bytes at an address that is a multiple of `alignment`, copied only if they have to be.
    func aligned(to alignment: Int) throws -> Buffer {
        guard !isAligned(to: alignment) else { return self }
        return try withUnsafeBytes { try Buffer(copying: $0) }
    }

    /// Elements from the start; valid while the owner lives. Only for buffers whose alignment was taken care of.
    func elements<T: BitwiseCopyable>(_: T.Type = T.self) -> UnsafePointer<T> {
        start.assumingMemoryBound(to: T.self)
    }
}
