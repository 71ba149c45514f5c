import Checks
import DuckDB
import Ingesting
import Project
import Queries

/// The lines of CSV files that the reader could not read, as it noted them.
enum RejectedLines {
    /// A row per line: `reasons`, `file`, `line` (from 1), `raw`. A line may have several faults.
    static let select = """
        SELECT list(DISTINCT 'unreadable: ' || replace(error_message, chr(10), ' ') ORDER BY 1) AS reasons,
            file_path AS file, line::BIGINT AS line, any_value(csv_line) AS raw
        FROM \(SourceQuery.rejectedLines) JOIN \(SourceQuery.rejectedScans) USING (scan_id, file_id)
        GROUP BY file_path, line
        """

    static func count(on connection: Connection) throws -> Int {
        let rows = try connection.query("SELECT count(DISTINCT (file_id, line)) FROM \(SourceQuery.rejectedLines)")
        return Int(rows.first?[0].int ?? 0)
    }

    static func examples(on connection: Connection) throws -> [[ExampleField]] {
        try first(5, on: connection).map { row in
            [
                ExampleField(column: "file", value: row["file"].text),
                ExampleField(column: "line", value: row["line"].int.map { String($0) }),
                ExampleField(column: "raw", value: row["raw"].text),
            ]
        }
    }

    /// What a step that must read every line says.
    static func diagnostic(_ count: Int, of ingest: Ingest, on connection: Connection) throws -> Diagnostic {
        let rows = try first(5, on: connection)
        var notes = rows.map { row in
            let reasons = (row["reasons"].list ?? []).compactMap(\.text).map { $0.replacing("unreadable: ", with: "") }
            return "\(row["file"].text ?? ""):\(row["line"].int ?? 0): \(reasons.joined(separator: "; "))\n"
                + "    \(row["raw"].text ?? "")"
        }
        if count > rows.count { notes.append("and \(Count.grouped(count - rows.count)) more") }
        return .error(
            count == 1 ? "a line cannot be read" : "\(Count.grouped(count)) lines cannot be read",
            at: ingest.files.first?.span, notes: notes,
            hint: "set 'on_error: quarantine' to publish the rest, declare the column under 'types', "
                + "or name the words for \"no value\" under 'nulls'")
    }

    private static func first(_ count: Int, on connection: Connection) throws -> [Row] {
        try connection.query("SELECT * FROM (\(select)) ORDER BY file, line LIMIT \(count)")
    }
}
