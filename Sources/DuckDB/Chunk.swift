import CDuckDB

/// Some rows of a result, or the arguments of a function's call: up to 2,048, stored column by column. Valid only
/// inside the function that it was handed to.
package struct Chunk: ~Copyable {
    package let rowCount: Int
    package let columnCount: Int
    let chunk: duckdb_data_chunk
    let columns: [VectorReader]
    let types: ColumnTypes
    private let isOwned: Bool

    init(_ chunk: duckdb_data_chunk, types: ColumnTypes, isOwned: Bool) {
        self.chunk = chunk
        self.types = types
        self.isOwned = isOwned
        rowCount = Int(duckdb_data_chunk_get_size(chunk))
        columnCount = Int(duckdb_data_chunk_get_column_count(chunk))
        columns = (0..<idx_t(columnCount)).map { VectorReader(duckdb_data_chunk_get_vector(chunk, $0)) }
    }

    deinit {
        guard isOwned else { return }
        var chunk: duckdb_data_chunk? = chunk
        duckdb_destroy_data_chunk(&chunk)
    }

    package func value(_ column: Int, _ row: Int) -> Value {
        columns[column].value(row, types[column, columns[column]])
    }

    package func isNull(_ column: Int, _ row: Int) -> Bool {
        columns[column].isNull(row)
    }

    /// The bytes of a `VARCHAR` or `BLOB`, without a copy; nil for NULL or a column of another type.
    package func withBytes<R>(_ column: Int, _ row: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        guard types[column, columns[column]].isStoredAsBytes, !columns[column].isNull(row) else { return nil }
        return try columns[column].withBytes(row, body)
    }

    /// The text of a `VARCHAR`; nil for NULL or a column of another type.
    package func text(_ column: Int, _ row: Int) -> String? {
        withBytes(column, row) { String(decoding: $0, as: UTF8.self) }
    }

    /// All values of a column of one of the fixed-size types, in the form that `Element` must match: `UInt64` for
    /// `UBIGINT`, `Int32` for `INTEGER`, `Double` for `DOUBLE`, `Bool` for `BOOLEAN`. What stands in the place of a
    /// NULL is undefined. Nil when the column has another type.
    package func withElements<Element: FixedSizeElement, R>(
        of column: Int,
        as element: Element.Type = Element.self,
        _ body: (UnsafeBufferPointer<Element>) throws -> R
    ) rethrows -> R? {
        guard element.isStored(as: types[column, columns[column]]) else { return nil }
        return try body(UnsafeBufferPointer(start: columns[column].elements(as: element), count: rowCount))
    }

    /// Whether any column of the row is NULL.
    func hasNull(row: Int) -> Bool {
        columns.contains { $0.isNull(row) }
    }
}

/// The types of a chunk's columns, taken apart once for all chunks of a result. Those of a function's arguments are
/// taken apart when a value is first read: many functions never do.
final class ColumnTypes {
    private var types: [LogicalType?]

    init(_ types: [LogicalType]) {
        self.types = types
    }

    /// For the arguments of a function's call.
    init(count: Int) {
        types = Array(repeating: nil, count: count)
    }

    subscript(_ column: Int) -> LogicalType {
        types[column] ?? LogicalType(consuming: nil)
    }

    subscript(_ column: Int, _ vector: VectorReader) -> LogicalType {
        if let type = types[column] { return type }
        let type = LogicalType(consuming: duckdb_vector_get_column_type(vector.vector))
        types[column] = type
        return type
    }
}

/// A Swift type whose memory is the same as that of one of DuckDB's types.
package protocol FixedSizeElement: BitwiseCopyable, Sendable {
    /// DuckDB's name of the type.
    static var typeName: String { get }
}

extension FixedSizeElement {
    static func isStored(as type: LogicalType) -> Bool {
        LogicalType.scalarNames[type.id.rawValue] == typeName
    }
}

extension Bool: FixedSizeElement { package static var typeName: String { "BOOLEAN" } }
extension Int8: FixedSizeElement { package static var typeName: String { "TINYINT" } }
extension Int16: FixedSizeElement { package static var typeName: String { "SMALLINT" } }
extension Int32: FixedSizeElement { package static var typeName: String { "INTEGER" } }
extension Int64: FixedSizeElement { package static var typeName: String { "BIGINT" } }
extension UInt8: FixedSizeElement { package static var typeName: String { "UTINYINT" } }
extension UInt16: FixedSizeElement { package static var typeName: String { "USMALLINT" } }
extension UInt32: FixedSizeElement { package static var typeName: String { "UINTEGER" } }
extension UInt64: FixedSizeElement { package static var typeName: String { "UBIGINT" } }
extension Float: FixedSizeElement { package static var typeName: String { "FLOAT" } }
extension Double: FixedSizeElement { package static var typeName: String { "DOUBLE" } }
