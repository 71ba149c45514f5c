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

    /// The column as it must be stored to fit into a table: in the table's type, when the table has the column with a
    /// type that holds all of this one's values; otherwise as it is.
    package func fitting(_ table: [TableSnapshot.Column]) -> StorableColumn {
        guard let column = table.first(where: { $0.name.lowercased() == name.lowercased() }),
            type.shape != column.type.shape, type.fits(column.type)
        else { return self }
        var fitting = self
        fitting.type = column.type
        fitting.duckDBType = column.duckDBType
        fitting.needsCast = true
        return fitting
    }
}

extension DeltaType {
    /// Whether the values, and those nested in them, keep what they are in another type. What that has besides is NULL.
    fileprivate func fits(_ other: DeltaType) -> Bool {
        switch (self, other) {
        case (.structure(let fields), .structure(let wanted)):
            fields.allSatisfy { field in
                wanted.first { $0.name == field.name }.map { field.type.fits($0.type) } ?? false
            }
        case (.array(let element, _), .array(let wanted, _)): element.fits(wanted)
        case (.map(let key, let value, _), .map(let wantedKey, let wantedValue, _)):
            key.fits(wantedKey) && value.fits(wantedValue)
        default: self == other || canWiden(to: other)
        }
    }
}
