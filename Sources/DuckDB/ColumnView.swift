import CDuckDB

/// A column of a chunk, or what is nested in one, read in place: without a value, an array or a text for each row.
///
/// Valid as long as the chunk that it came from. Rows count from 0; those of a nested column are found with `rows(of:)`.
package struct ColumnView {
    private let reader: VectorReader
    private let type: LogicalType

    init(_ reader: VectorReader, _ type: LogicalType) {
        self.reader = reader
        self.type = type
    }

    package func isNull(_ row: Int) -> Bool { reader.isNull(row) }

    /// The bytes of a `VARCHAR` or `BLOB`; nil for NULL or a column of another type.
    package func withBytes<R>(_ row: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        guard type.isStoredAsBytes, !reader.isNull(row) else { return nil }
        return try reader.withBytes(row, body)
    }

    /// The text of a `VARCHAR`; nil for NULL or a column of another type.
    package func text(_ row: Int) -> String? {
        withBytes(row) { String(decoding: $0, as: UTF8.self) }
    }

    /// The number of an integer type that `Int` has room for; nil for NULL or a column of another type.
    package func int(_ row: Int) -> Int? {
        guard !reader.isNull(row) else { return nil }
        return switch type.id {
        case DUCKDB_TYPE_BIGINT: Int(reader.elements(as: Int64.self)[row])
        case DUCKDB_TYPE_INTEGER: Int(reader.elements(as: Int32.self)[row])
        case DUCKDB_TYPE_SMALLINT: Int(reader.elements(as: Int16.self)[row])
        case DUCKDB_TYPE_TINYINT: Int(reader.elements(as: Int8.self)[row])
        case DUCKDB_TYPE_UINTEGER: Int(reader.elements(as: UInt32.self)[row])
        case DUCKDB_TYPE_UBIGINT: Int(exactly: reader.elements(as: UInt64.self)[row])
        default: nil
        }
    }

    /// The value of a `BOOLEAN`; nil for NULL or a column of another type.
    package func bool(_ row: Int) -> Bool? {
        guard type.id == DUCKDB_TYPE_BOOLEAN, !reader.isNull(row) else { return nil }
        return reader.elements(as: UInt8.self)[row] != 0
    }

    /// A member of a `STRUCT`, with the same rows; nil when there is none of that name. Where the whole is NULL, so is
    /// the member.
    package func member(_ name: String) -> ColumnView? {
        guard case .structure(let members) = type.shape,
            let index = members.firstIndex(where: { $0.name == name })
        else { return nil }
        return ColumnView(
            VectorReader(duckdb_struct_vector_get_child(reader.vector, idx_t(index))), members[index].type)
    }

    /// The elements of all rows of a `LIST`; nil for another type.
    package var elements: ColumnView? {
        guard case .list(let child) = type.shape else { return nil }
        return ColumnView(VectorReader(duckdb_list_vector_get_child(reader.vector)), child)
    }

    /// The keys and the values of all rows of a `MAP`; nil for another type.
    package var entries: (keys: ColumnView, values: ColumnView)? {
        guard case .map(let key, let value) = type.shape else { return nil }
        let entries = duckdb_list_vector_get_child(reader.vector)
        return (
            ColumnView(VectorReader(duckdb_struct_vector_get_child(entries, 0)), key),
            ColumnView(VectorReader(duckdb_struct_vector_get_child(entries, 1)), value)
        )
    }

    /// Which rows of `elements` or `entries` belong to a row; none for NULL or another type.
    package func rows(of row: Int) -> Range<Int> {
        switch type.shape {
        case .list, .map:
            guard !reader.isNull(row) else { return 0..<0 }
            let entry = reader.elements(as: duckdb_list_entry.self)[row]
            return Int(entry.offset)..<Int(entry.offset + entry.length)
        default: return 0..<0
        }
    }
}

extension Chunk {
    /// A column to be read in place; valid only inside the function that the chunk was handed to.
    package func column(_ index: Int) -> ColumnView {
        ColumnView(columns[index], types[index, columns[index]])
    }
}
