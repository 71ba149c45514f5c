import CArrow

/// Reads a schema that another library made.
enum ForeignSchema {
    static func field(_ source: UnsafePointer<ArrowSchema>, depth: Int) throws -> Field {
        guard depth < CInterface.nesting else {
            throw ColumnarError.limit("types are nested deeper than \(CInterface.nesting) levels")
        }
        let schema = source.pointee
        let name = schema.name.map { String(cString: $0) } ?? ""
        return try at(name) {
            guard let format = schema.format.map({ String(cString: $0) }) else {
                throw ColumnarError.malformed("a type without a format")
            }
            let children = try (0..<max(0, Int(schema.n_children))).map { index in
                guard let child = schema.children?[index] else {
                    throw ColumnarError.malformed("a child that is not there")
                }
                return try field(child, depth: depth + 1)
            }
            var type = try TypeFormat.type(
                format, children: children, keysSorted: schema.flags & Int64(ARROW_FLAG_MAP_KEYS_SORTED) != 0)
            if let dictionary = schema.dictionary {
                guard case .integer(let index) = type else {
                    throw ColumnarError.malformed("a dictionary with indices of the type \(type)")
                }
                type = .dictionary(
                    index, values: try field(dictionary, depth: depth + 1).type,
                    isOrdered: schema.flags & Int64(ARROW_FLAG_DICTIONARY_ORDERED) != 0)
            }
            try type.validate()
            return Field(
                name, type, isNullable: schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0,
                metadata: try metadata(schema.metadata))
        }
    }

    private static func metadata(_ source: UnsafePointer<CChar>?) throws -> Metadata {
        guard let source else { return Metadata() }
        let bytes = UnsafeRawPointer(source)
        var position = 4
        func text() throws -> String {
            let length = Int(bytes.loadUnaligned(fromByteOffset: position, as: Int32.self))
            guard length >= 0 else { throw ColumnarError.malformed("metadata of \(length) bytes") }
            defer { position += 4 + length }
            return String(decoding: UnsafeRawBufferPointer(start: bytes + position + 4, count: length), as: UTF8.self)
        }
        let count = bytes.loadUnaligned(as: Int32.self)
        guard count >= 0 else { throw ColumnarError.malformed("\(count) entries of metadata") }
        return Metadata(try (0..<count).map { _ in Metadata.Entry(try text(), try text()) })
    }
}
