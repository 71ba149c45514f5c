import Glibc

/// Whoever keeps the bytes of buffers alive: they are freed with the last buffer that refers to them.
package protocol BufferOwner: AnyObject, Sendable {}

/// Bytes of our own, at an address that is a multiple of 64.
///
/// `@unchecked Sendable` because it is filled before anybody else gets it.
final class HeapMemory: BufferOwner, @unchecked Sendable {
    // Nobody writes the bytes any more once a buffer refers to them.
    static let alignment = 64

    let start: UnsafeMutableRawPointer
    let count: Int
    private let block: UnsafeMutableRawPointer

    /// Uninitialised.
    init(count: Int) throws {
        // Aligned by hand: glibc before 2.38 does not use a block again that `posix_memalign` gave, so that every batch
        // of a stream would take new pages of the system.
        guard count >= 0, count < .max - Self.alignment, let block = malloc(count + Self.alignment) else {
            throw ColumnarError.limit("there is no memory for \(count) bytes")
        }
        self.block = block
        start = block.alignedUp(toMultipleOf: Self.alignment)
        self.count = count
    }

    deinit {
        free(block)
    }
}

/// A file mapped into memory. Who cuts the file short meanwhile makes the next access of its bytes end the process, as
/// with any mapping.
///
/// `@unchecked Sendable` because it is mapped for reading only.
final class MappedMemory: BufferOwner, @unchecked Sendable {
    // The bytes are never written.
    let start: UnsafeRawPointer
    let count: Int

    init(path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ColumnarError.system("cannot open \(path)") }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size >= 0 else { throw ColumnarError.system("cannot read \(path)") }
        count = size
        guard size > 0 else {
            start = Buffer.zeros
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw ColumnarError.system("cannot map \(path)")
        }
        self.start = UnsafeRawPointer(start)
    }

    deinit {
        if count > 0 { munmap(UnsafeMutableRawPointer(mutating: start), count) }
    }
}

extension ColumnarError {
    /// What the system says, by `errno`.
    static func system(_ message: String) -> ColumnarError {
        let number = errno
        return ColumnarError(.io, "\(message): \(String(cString: strerror(number)))", number: number)
    }
}
