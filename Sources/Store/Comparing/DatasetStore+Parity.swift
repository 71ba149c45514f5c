import DuckDB
import Project

extension DatasetStore {
    /// Compares the rows of two tables that should hold the same ones, in whatever order.
    ///
    /// Columns are compared as the files have them, whatever the snapshots say. Memory stays bounded, because DuckDB
    /// spills.
    ///
    /// - Parameters:
    ///   - key: the columns that tell which row is which, so that a row that differs is told once.
    ///   - tolerance: what floating numbers may differ by.
    ///   - examples: how many rows of each kind to show.
    /// - Throws: `missingFile`, `corruptFile`, `cancelled`.
    package func parity(
        of first: TableSnapshot, and second: TableSnapshot, key: [String], tolerance: FloatTolerance, examples: Int
    ) async throws(StoreError) -> TableParity {
        try await reading(first, second) { connection in
            let (first, second) = (
                try Self.asStored(first, on: connection), try Self.asStored(second, on: connection)
            )
            var parity = TableParity()
            parity.difference.columns = Self.columnChanges(first, second)
            let comparison = ParityComparison(first, second, key: key, tolerance: tolerance)
            parity.key = comparison.key
            try comparison.run(on: connection, examples: examples, into: &parity)
            return parity
        }
    }

    /// The table with the types that its files have.
    private static func asStored(_ table: TableSnapshot, on connection: Connection) throws -> TableSnapshot {
        var table = table
        let found = try connection.columns(of: table.scanSQL)
        for (index, column) in found.enumerated()
        where table.columns.indices.contains(index) && table.columns[index].duckDBType != column.type {
            let stored = try StorableColumn(name: column.name, duckDBType: column.type, dataset: table.name)
            table.columns[index].duckDBType = column.type
            table.columns[index].type = stored.type
        }
        return table
    }
}
