import Glibc

/// Bytes that grow at their end until they are a buffer.
package struct BufferBuilder: ~Copyable {
    private var memory: HeapMemory?
    private var start: UnsafeMutableRawPointer
    private var capacity = 0
    package private(set) var count = 0

    package init() {
        start = UnsafeMutableRawPointer(mutating: Buffer.zeros)
    }

    package mutating func reserve(_ additional: Int) throws {
        guard additional > capacity - count else { return }
        let wanted = max(try count.plus(additional), capacity * 2, 256)
        let larger = try HeapMemory(count: wanted)
        if count > 0 { memcpy(larger.start, start, count) }
        memory = larger
        start = larger.start
        capacity = wanted
    }

    @inline(__always)
    package mutating func append<T: BitwiseCopyable>(_ value: T) throws {
        if MemoryLayout<T>.size > capacity - count { try reserve(MemoryLayout<T>.size) }
        (start + count).storeBytes(of: value, as: T.self)
        count += MemoryLayout<T>.size
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        try reserve(bytes.count)
        if let source = bytes.baseAddress { memcpy(start + count, source, bytes.count) }
        count += bytes.count
    }

    package mutating func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    package mutating func append(zeros: Int) throws {
        try reserve(zeros)
        memset(start + count, 0, zeros)
        count += zeros
    }

    /// Lets `body` write up to `room` bytes behind those that are there; it returns how many it wrote.
    mutating func append(room: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        try reserve(room)
        count += try body(UnsafeMutableRawBufferPointer(start: start + count, count: room))
    }

    @inline(__always)
    mutating func setBit(_ index: Int) {
        let byte = start + index >> 3
        byte.storeBytes(of: byte.load(as: UInt8.self) | 1 << UInt8(index & 7), as: UInt8.self)
    }

    package consuming func finish() -> Buffer {
        take()
    }

    /// What was appended so far; the builder begins anew.
    package mutating func take() -> Buffer {
        guard let memory else { return .empty }
        let buffer = Buffer(owner: memory, start: UnsafeRawPointer(memory.start), count: count)
        self = BufferBuilder()
        return buffer
    }
}

/// Bits that grow at their end.
package struct BitmapBuilder: ~Copyable {
    private var bytes = BufferBuilder()
    package private(set) var count = 0
    package private(set) var setCount = 0

    package init() {}

    @inline(__always)
    package mutating func append(_ bit: Bool) throws {
        if count & 7 == 0 { try bytes.append(0 as UInt8) }
        if bit {
            bytes.setBit(count)
            setCount += 1
        }
        count += 1
    }

    package mutating func append(_ bit: Bool, count: Int) throws {
        var left = count
        while left > 0, self.count & 7 != 0 {
            try append(bit)
            left -= 1
        }
        for _ in 0..<left / 8 { try bytes.append(bit ? 0xFF : 0 as UInt8) }
        self.count += left / 8 * 8
        setCount += bit ? left / 8 * 8 : 0
        for _ in 0..<left % 8 { try append(bit) }
    }

    package consuming func finish() -> Buffer {
        bytes.finish()
    }
}
