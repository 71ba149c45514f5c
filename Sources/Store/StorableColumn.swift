package import DeltaLog
package import Project

/// How a column of a query is stored: its type in the table, and the cast that an engine applies before writing it.
package struct StorableColumn: Sendable, Hashable {
    package var name: String
    package var type: DeltaType
    /// The DuckDB type of the stored column.
    package var duckDBType: String
    /// Whether the query's own type is another, so that writing needs `CAST(… AS duckDBType)`.
    package var needsCast: Bool

    /// - Parameters:
    ///   - name: the column's.
    ///   - duckDBType: the type as DuckDB's `DESCRIBE` prints it.
    ///   - dataset: for the error.
    /// - Throws: `StoreError.unsupportedType`, which names the column and the nested field.
    package init(name: String, duckDBType: String, dataset: DatasetName? = nil) throws(StoreError) {
        let stored: (type: DeltaType, cast: String?)
        do {
            stored = try DeltaType.from(duckDB: duckDBType, column: name)
        } catch {
            throw StoreError(error, dataset: dataset)
        }
        self.name = name
        self.type = stored.type
        self.duckDBType = stored.cast ?? duckDBType
        self.needsCast = stored.cast != nil
    }
}
