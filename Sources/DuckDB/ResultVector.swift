import CDuckDB

/// Where a `ScalarFunction` puts its results: one a row, undefined until it is set.
package struct ResultVector: ~Copyable {
    /// How many rows there are.
    package let count: Int
    private let vector: duckdb_vector
    private let type: duckdb_type
    private let data: UnsafeMutableRawPointer?

    init(_ vector: duckdb_vector, type: duckdb_type, count: Int) {
        self.vector = vector
        self.type = type
        self.count = count
        data = duckdb_vector_get_data(vector)
    }

    package mutating func setNull(_ row: Int) {
        duckdb_vector_ensure_validity_writable(vector)
        guard isRow(row), let validity = duckdb_vector_get_validity(vector) else { return }
        validity[row >> 6] &= ~(1 << UInt64(row & 63))
    }

    /// Sets a value of the very type that the function returns: `Bool` for `BOOLEAN`, `Int32` for `INTEGER`.
    ///
    /// - Throws: `DuckDBError` when it is another type, or there is no such row.
    package mutating func set<Element: FixedSizeElement>(_ value: Element, _ row: Int) throws {
        try check(row, Element.typeName)
        data?.storeBytes(of: value, toByteOffset: row * MemoryLayout<Element>.stride, as: Element.self)
    }

    /// Sets a `VARCHAR`.
    package mutating func set(_ text: String, _ row: Int) throws {
        try check(row, "VARCHAR")
        var text = text
        text.withUTF8 { assign(UnsafeRawBufferPointer($0), row) }
    }

    /// Sets a `BLOB`.
    package mutating func set(_ bytes: [UInt8], _ row: Int) throws {
        try check(row, "BLOB")
        bytes.withUnsafeBytes { assign($0, row) }
    }

    /// Sets all rows to one value.
    package mutating func fill<Element: FixedSizeElement>(_ value: Element) throws {
        guard count > 0 else { return }
        try check(0, Element.typeName)
        data?.assumingMemoryBound(to: Element.self).update(repeating: value, count: count)
    }

    private func assign(_ bytes: UnsafeRawBufferPointer, _ row: Int) {
        bytes.withMemoryRebound(to: CChar.self) {
            duckdb_vector_assign_string_element_len(vector, idx_t(row), $0.baseAddress, idx_t($0.count))
        }
    }

    private func isRow(_ row: Int) -> Bool { row >= 0 && row < count }

    private func check(_ row: Int, _ name: String) throws {
        guard LogicalType.scalarNames[type.rawValue] == name else {
            throw DuckDBError.invalidInput(
                "The function returns \(LogicalType.scalarNames[type.rawValue] ?? "another type"), not \(name)."
            )
        }
        guard isRow(row) else { throw DuckDBError.invalidInput("The chunk has \(count) rows, not row \(row).") }
    }

    static func canStore(_ type: duckdb_type) -> Bool {
        switch type {
        case DUCKDB_TYPE_BOOLEAN, DUCKDB_TYPE_TINYINT, DUCKDB_TYPE_SMALLINT, DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_BIGINT,
            DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_USMALLINT, DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UBIGINT,
            DUCKDB_TYPE_FLOAT, DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BLOB:
            true
        default: false
        }
    }
}
