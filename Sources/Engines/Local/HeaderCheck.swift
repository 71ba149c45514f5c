import DuckDB
import Ingesting
import Project

/// Makes sure that the CSV files of one ingest have the same columns. The reader takes the first file's, and would drop
/// what later files have besides without a word.
enum HeaderCheck {
    static func run(_ query: SourceQuery, files: [String], ingest: Ingest, on connection: Connection) throws {
        guard files.count > 1, let first = files.first, let sql = query.header(of: first) else { return }
        let expected = try columns(sql, of: first, on: connection)
        for file in files.dropFirst() {
            guard let sql = query.header(of: file) else { continue }
            let found = try columns(sql, of: file, on: connection)
            let missing = expected.filter { !found.contains($0) }
            let extra = found.filter { !expected.contains($0) }
            guard missing.isEmpty, extra.isEmpty else {
                var notes: [String] = []
                if !extra.isEmpty { notes.append("only in '\(file)': \(extra.joined(separator: ", "))") }
                if !missing.isEmpty { notes.append("only in '\(first)': \(missing.joined(separator: ", "))") }
                throw StepError([
                    .error(
                        "the files of this ingest do not have the same columns", at: ingest.files.first?.span,
                        notes: notes,
                        hint: "make a dataset of each kind of file, and join them in SQL with UNION ALL BY NAME")
                ])
            }
        }
    }

    private static func columns(_ sql: String, of file: String, on connection: Connection) throws -> [String] {
        try connection.columns(of: sql).map(\.name)
    }
}
