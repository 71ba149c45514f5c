package import CArrow
import Glibc

extension CInterface {
    /// Lets another library pull batches. `next` is called for one after the other, from whatever thread the other
    /// library pulls on, and no more once the stream is released.
    ///
    /// - Parameter keepsSchema: all schemas that are asked for are one, which lives as long as the stream. For a receiver
    ///   that never releases them, as `duckdb_arrow_scan` of DuckDB 1.5.
    package static func export(
        _ schema: Schema, to target: UnsafeMutablePointer<ArrowArrayStream>, keepsSchema: Bool = false,
        next: @escaping @Sendable () throws -> RecordBatch?
    ) {
        var stream = ArrowArrayStream()
        stream.private_data = Unmanaged.passRetained(ExportedStream(schema, keepsSchema, next)).toOpaque()
        stream.get_schema = { stream, target in
            guard let owner = ExportedStream.of(stream), let target else { return EINVAL }
            owner.export(to: target)
            return 0
        }
        stream.get_next = { stream, target in
            guard let owner = ExportedStream.of(stream), let target else { return EINVAL }
            return owner.next(target)
        }
        stream.get_last_error = { stream in
            guard let message = ExportedStream.of(stream)?.lastError else { return nil }
            return UnsafePointer(message)
        }
        stream.release = { stream in
            guard let stream, let owner = stream.pointee.private_data else { return }
            stream.pointee.release = nil
            stream.pointee.private_data = nil
            Unmanaged<ExportedStream>.fromOpaque(owner).release()
        }
        target.initialize(to: stream)
    }
}

private final class ExportedStream {
    let schema: Schema
    private let produce: @Sendable () throws -> RecordBatch?
    /// What `get_last_error` answers until the next call.
    private(set) var lastError: UnsafeMutablePointer<CChar>?
    private let kept: UnsafeMutablePointer<ArrowSchema>?

    init(_ schema: Schema, _ keepsSchema: Bool, _ produce: @escaping @Sendable () throws -> RecordBatch?) {
        self.schema = schema
        self.produce = produce
        kept = keepsSchema ? .allocate(capacity: 1) : nil
        if let kept { CInterface.export(schema, to: kept) }
    }

    deinit {
        free(lastError)
        if let kept {
            kept.pointee.release?(kept)
            kept.deallocate()
        }
    }

    func export(to target: UnsafeMutablePointer<ArrowSchema>) {
        guard let kept else { return CInterface.export(schema, to: target) }
        var copy = kept.pointee
        copy.private_data = nil
        copy.release = { $0?.pointee.release = nil }
        target.initialize(to: copy)
    }

    static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> ExportedStream? {
        guard let owner = stream?.pointee.private_data else { return nil }
        return Unmanaged<ExportedStream>.fromOpaque(owner).takeUnretainedValue()
    }

    /// An array without `release` says that there are no more.
    func next(_ target: UnsafeMutablePointer<ArrowArray>) -> Int32 {
        do {
            guard let batch = try produce() else {
                target.initialize(to: ArrowArray())
                return 0
            }
            guard batch.schema.fields == schema.fields else {
                throw ColumnarError.mismatch("a batch has other columns than its stream")
            }
            try CInterface.export(batch, to: target)
            return 0
        } catch {
            free(lastError)
            lastError = strdup("\(error)")
            return (error as? ColumnarError)?.number ?? EIO
        }
    }
}

/// A stream of another library, released with this object. It is used by one thread at a time.
package final class ForeignStream {
    private let stream: UnsafeMutablePointer<ArrowArrayStream>
    package let schema: Schema

    /// Takes the stream over, whether it throws or not; the source counts as released.
    package init(moving source: UnsafeMutablePointer<ArrowArrayStream>) throws {
        guard source.pointee.release != nil else { throw ColumnarError.mismatch("a stream that was released") }
        let stream = UnsafeMutablePointer<ArrowArrayStream>.allocate(capacity: 1)
        stream.initialize(to: source.pointee)
        source.pointee.release = nil
        self.stream = stream
        do {
            schema = try Self.schema(stream)
        } catch {
            // An object that was not made whole is not taken apart.
            stream.pointee.release?(stream)
            stream.deallocate()
            throw error
        }
    }

    deinit {
        stream.pointee.release?(stream)
        stream.deallocate()
    }

    /// The next batch; nil at the end. What the other library says of an error is the message, its number the number.
    package func next() throws -> RecordBatch? {
        var array = ArrowArray()
        let status = stream.pointee.get_next?(stream, &array) ?? EINVAL
        guard status == 0 else { throw Self.error(stream, status) }
        guard array.release != nil else { return nil }
        return try CInterface.importBatch(&array, schema)
    }

    private static func schema(_ stream: UnsafeMutablePointer<ArrowArrayStream>) throws -> Schema {
        var schema = ArrowSchema()
        let status = stream.pointee.get_schema?(stream, &schema) ?? EINVAL
        guard status == 0 else { throw error(stream, status) }
        return try CInterface.importSchema(&schema)
    }

    private static func error(_ stream: UnsafeMutablePointer<ArrowArrayStream>, _ status: Int32) -> ColumnarError {
        let message = stream.pointee.get_last_error?(stream).map { String(cString: $0) }
        return ColumnarError(.foreign, message ?? String(cString: strerror(status)), number: status)
    }
}
