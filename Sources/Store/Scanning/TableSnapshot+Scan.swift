import DeltaLog
import DuckDB

extension TableSnapshot {
    /// A SELECT of the version's rows that any connection of DuckDB can run: the table's columns in its order and types.
    package var scanSQL: String { scanSQL() }

    /// A SELECT of the version's rows that any connection of DuckDB can run.
    ///
    /// Files that Millrace wrote for these very columns are read as they are. Of others a column that is missing is NULL,
    /// one of a narrower type is cast, a partition column has the value that the log gives for the file, and the rows
    /// are left out that a deletion vector lists.
    ///
    /// - Parameters:
    ///   - chosen: the columns in the order in which they are wanted; nil is all. Names that the table lacks are left
    ///     out.
    ///   - fileColumn: the name of a further column, the last, with the `path` of the row's file.
    package func scanSQL(columns chosen: [String]? = nil, fileColumn: String? = nil) -> String {
        if let rowsSQL, chosen == nil, fileColumn == nil { return rowsSQL }
        let columns =
            chosen.map { names in names.compactMap { name in self.columns.first { $0.name == name } } } ?? self.columns
        let scan = FileScan(snapshot: self, columns: columns, fileColumn: fileColumn)
        if let rowsSQL {
            let names = columns.map { SQL.quoted($0.name) }.joined(separator: ", ")
            return "SELECT \(names) FROM (\(rowsSQL))"
        }
        return scan.sql ?? emptySQL(of: columns, fileColumn: fileColumn)
    }

    /// The rows as a query of its own, where they are more than those of the files.
    private var rowsSQL: String? {
        parts?.map { part in
            let rows = part.superseded.reduce(part.rows.scanSQL) { rows, newer in
                let same = newer.key.map { "a.\(SQL.quoted($0)) = b.\(SQL.quoted($0))" }.joined(separator: " AND ")
                return
                    "SELECT * FROM (\(rows)) AS a ANTI JOIN (\(newer.by.scanSQL(columns: newer.key))) AS b ON \(same)"
            }
            return "(\(rows))"
        }.joined(separator: "\nUNION ALL\n")
    }

    /// A SELECT of no rows with the table's columns.
    package var emptySQL: String { emptySQL(of: columns, fileColumn: nil) }

    private func emptySQL(of columns: [Column], fileColumn: String?) -> String {
        var selected = columns.map { "CAST(NULL AS \($0.duckDBType)) AS \(SQL.quoted($0.name))" }
        if let fileColumn { selected.append("CAST(NULL AS VARCHAR) AS \(SQL.quoted(fileColumn))") }
        return "SELECT \(selected.joined(separator: ", ")) WHERE false"
    }
}
