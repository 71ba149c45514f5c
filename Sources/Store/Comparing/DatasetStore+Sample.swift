import DuckDB
import Project

extension DatasetStore {
    /// Some of a table's rows, chosen by their values and a seed alone: the same for the same version. They are written
    /// into a file of their own, which no commit names, so that any engine reads the same ones.
    ///
    /// - Parameters:
    ///   - rows: so many; all when there are no more.
    ///   - folder: where the file is written: the staging folder of a dataset.
    ///   - name: the file's, without its ending.
    /// - Returns: the table with that file as its only one; the table itself when it is known to have no more rows.
    package func sample(
        of table: TableSnapshot, rows: Int, seed: Int, in folder: String, name: String
    ) async throws(StoreError) -> TableSnapshot {
        if let count = table.rowCount, count <= rows, table.parts == nil { return table }
        let file = SQL.literal("\(folder)/\(name).parquet")
        let values = table.columns.map { "t.\(SQL.quoted($0.name))" }.joined(separator: ", ")
        // One that is in the folder already would be of another attempt.
        let options = ParquetOptions.copy.filter { $0 != "OVERWRITE_OR_IGNORE" }.joined(separator: ", ")
        let select = """
            SELECT * FROM (\(table.scanSQL)) AS t
            ORDER BY hash(xor(hash(\(values)), \(UInt(bitPattern: seed))::UBIGINT)) LIMIT \(rows)
            """
        let staged = try await reading(table) { connection in
            try connection.query("COPY (\(select)) TO \(file) (\(options))").compactMap { StagedFile(returnedBy: $0) }
        }
        return table.consisting(of: staged)
    }
}
