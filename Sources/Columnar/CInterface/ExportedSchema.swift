import CArrow
import Glibc

/// What an exported schema refers to.
final class ExportedSchema {
    private var allocations = CAllocations()

    deinit {
        allocations.free()
    }

    static func fill(_ target: UnsafeMutablePointer<ArrowSchema>, _ field: Field) {
        let owner = ExportedSchema()
        var schema = ArrowSchema()
        schema.format = owner.allocations.string(TypeFormat.text(field.type))
        schema.name = owner.allocations.string(field.name)
        schema.metadata = owner.metadata(field.metadata)
        schema.flags = field.isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0
        if case .map(_, true) = field.type { schema.flags |= Int64(ARROW_FLAG_MAP_KEYS_SORTED) }
        let children = field.type.children
        schema.n_children = Int64(children.count)
        schema.children = owner.children(children)
        if case .dictionary(_, let values, let isOrdered) = field.type {
            if isOrdered { schema.flags |= Int64(ARROW_FLAG_DICTIONARY_ORDERED) }
            let dictionary = owner.allocations.array(ArrowSchema.self, 1)
            fill(dictionary, Field("", values))
            schema.dictionary = dictionary
        }
        schema.private_data = Unmanaged.passRetained(owner).toOpaque()
        schema.release = { schema in
            guard let schema, let owner = schema.pointee.private_data else { return }
            for index in 0..<Int(schema.pointee.n_children) {
                if let child = schema.pointee.children?[index] { child.pointee.release?(child) }
            }
            if let dictionary = schema.pointee.dictionary { dictionary.pointee.release?(dictionary) }
            schema.pointee.release = nil
            schema.pointee.private_data = nil
            Unmanaged<ExportedSchema>.fromOpaque(owner).release()
        }
        target.initialize(to: schema)
    }

    private func children(_ fields: [Field]) -> UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?>? {
        guard !fields.isEmpty else { return nil }
        let pointers = allocations.array(UnsafeMutablePointer<ArrowSchema>?.self, fields.count)
        for (index, field) in fields.enumerated() {
            let child = allocations.array(ArrowSchema.self, 1)
            Self.fill(child, field)
            pointers[index] = child
        }
        return pointers
    }

    /// How many entries, then each key and value behind its length.
    private func metadata(_ metadata: Metadata) -> UnsafePointer<CChar>? {
        guard !metadata.isEmpty else { return nil }
        let texts = metadata.entries.flatMap { [Array($0.key.utf8), Array($0.value.utf8)] }
        let bytes = allocations.array(UInt8.self, texts.reduce(4) { $0 + 4 + $1.count })
        let start = UnsafeMutableRawPointer(bytes)
        start.storeBytes(of: Int32(clamping: metadata.entries.count), as: Int32.self)
        var end = 4
        for text in texts {
            start.storeBytes(of: Int32(clamping: text.count), toByteOffset: end, as: Int32.self)
            text.withUnsafeBytes { source in
                if let source = source.baseAddress { memcpy(start + end + 4, source, text.count) }
            }
            end += 4 + text.count
        }
        return UnsafePointer(start.assumingMemoryBound(to: CChar.self))
    }
}
