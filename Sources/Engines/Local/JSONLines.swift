import Checks
import DuckDB
import Ingesting
import Project
import Queries

/// The columns of JSON lines: found in all lines that can be read, with the types that the user declares.
struct JSONLines {
    let query: SourceQuery
    let ingest: Ingest
    let columns: [QueryColumn]

    init(_ query: SourceQuery, _ ingest: Ingest, on connection: Connection) throws {
        self.query = query
        self.ingest = ingest
        var found: [QueryColumn]
        do {
            found = try Self.columns(of: query.jsonSample, on: connection)
            // Lines that are no objects make one column of everything: then the objects alone tell.
            if found.count == 1, found[0].name == "json" { found = try Self.grouped(query, on: connection) }
        } catch is DuckDBError {
            found = try Self.grouped(query, on: connection)
        }
        for column in query.established {
            if let index = found.firstIndex(where: { $0.name == column.name }) { found[index].type = column.type }
        }
        for (column, type) in query.declaredTypes {
            if let index = found.firstIndex(where: { $0.name.lowercased() == column.value.lowercased() }) {
                found[index].type = ColumnTypes.canonical(type.value)
            }
        }
        columns = found
    }

    private static func columns(of sql: String, on connection: Connection) throws -> [QueryColumn] {
        try connection.columns(of: sql).map { QueryColumn(name: $0.name, type: $0.type) }
    }

    private static func grouped(_ query: SourceQuery, on connection: Connection) throws -> [QueryColumn] {
        guard let structure = try connection.query(query.jsonStructure).first?[0].text else { return [] }
        return try columns(
            of: "SELECT t.* FROM (SELECT json_transform(NULL, \(Quote.text(structure))) AS t)", on: connection)
    }

    /// The lines that stand in the way of a step that must read all of them; nil when there is none.
    func diagnostic(on connection: Connection) throws -> Diagnostic? {
        let bad = "SELECT * FROM (\(query.jsonLines(columns: columns))) WHERE \(Quote.name(SourceQuery.lineFault))"
        let rows = try connection.query("\(bad) LIMIT \(Examples.most)")
        guard !rows.isEmpty else { return nil }
        let notes = rows.map { row in
            "\(row[SourceQuery.lineFile].text ?? ""):\(row[SourceQuery.lineNumber].int ?? 0):\n"
                + "    \(row[SourceQuery.lineText].text ?? "")"
        }
        return .error(
            "lines are no JSON objects, or have values that do not fit their columns' types",
            at: ingest.files.first?.span, notes: notes,
            hint: "set 'on_error: quarantine' to publish the rest, or declare wider types under 'types'")
    }
}
