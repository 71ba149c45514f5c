package import CArrow
import Glibc

/// Arrow's C data interface: vectors go to and come from other libraries of the process without a copy.
///
/// What is exported keeps the vectors alive until the receiver calls `release`. What is imported belongs to the
/// importer from the call on, whether it throws or not; `release` is called with the last buffer that refers to it.
package enum CInterface {
    /// How deep imported types may be nested.
    static let nesting = 64

    package static func export(_ schema: Schema, to target: UnsafeMutablePointer<ArrowSchema>) {
        let root = Field("", .structure(schema.fields), isNullable: false, metadata: schema.metadata)
        export(root, to: target)
    }

    package static func export(_ field: Field, to target: UnsafeMutablePointer<ArrowSchema>) {
        ExportedSchema.fill(target, field)
    }

    /// The columns as the children of one structure, as `importBatch` takes them.
    package static func export(_ batch: RecordBatch, to target: UnsafeMutablePointer<ArrowArray>) throws {
        let type = DataType.structure(batch.schema.fields)
        try export(Vector(type, count: batch.count, children: batch.columns), to: target)
    }

    package static func export(_ vector: Vector, to target: UnsafeMutablePointer<ArrowArray>) throws {
        try ExportedArray.fill(target, vector)
    }

    /// Releases the schema.
    package static func importSchema(_ source: UnsafeMutablePointer<ArrowSchema>) throws -> Schema {
        let root = try importField(source)
        guard case .structure(let fields) = root.type else {
            throw ColumnarError.mismatch("a batch is a structure, not \(root.type)")
        }
        return Schema(fields, metadata: root.metadata)
    }

    /// Releases the schema.
    package static func importField(_ source: UnsafeMutablePointer<ArrowSchema>) throws -> Field {
        guard let release = source.pointee.release else { throw ColumnarError.mismatch("a schema that was released") }
        defer { release(source) }
        return try ForeignSchema.field(source, depth: 0)
    }

    package static func importBatch(
        _ source: UnsafeMutablePointer<ArrowArray>, _ schema: Schema
    ) throws -> RecordBatch {
        let whole = try importVector(source, .structure(schema.fields))
        guard whole.nullCount == 0 else { throw ColumnarError.mismatch("a batch with rows that are null") }
        return try RecordBatch(schema, whole.children.indices.map { whole.member($0) }, count: whole.count)
    }

    package static func importVector(_ source: UnsafeMutablePointer<ArrowArray>, _ type: DataType) throws -> Vector {
        guard source.pointee.release != nil else { throw ColumnarError.mismatch("an array that was released") }
        let owner = ForeignArray(moving: source)
        return try owner.vector(type)
    }
}

/// C strings and arrays, freed together.
struct CAllocations {
    private var pointers: [UnsafeMutableRawPointer] = []

    mutating func string(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let copy = array(CChar.self, bytes.count)
        copy.update(from: bytes, count: bytes.count)
        return UnsafePointer(copy)
    }

    /// All zeros.
    mutating func array<T: BitwiseCopyable>(_: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
        let size = max(count, 1) * MemoryLayout<T>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        memset(raw, 0, size)
        pointers.append(raw)
        return raw.bindMemory(to: T.self, capacity: max(count, 1))
    }

    func free() {
        for pointer in pointers { pointer.deallocate() }
    }
}
