import DeltaLog
import DuckDB

/// Checkpoints as Parquet files, read and written by DuckDB.
struct CheckpointFiles: Sendable {
    let database: @Sendable () throws -> Database

    /// Applies what Parquet files of a checkpoint say.
    ///
    /// - Parameters:
    ///   - paths: as an engine opens them.
    ///   - files: whether the table's files are wanted, and not only what is about all of it.
    ///   - statistics: whether more of them is wanted than the number of rows.
    ///   - tombstones: whether files are wanted that were taken out.
    ///   - replay: has seen the commits after the checkpoint.
    func read(
        _ paths: [String], files: Bool = true, statistics: Bool, tombstones: Bool, into replay: inout LogReplay
    ) throws {
        let source = ParquetSource.reader(of: paths, unionByName: paths.count > 1)
        try database().withConnection { connection in
            let present = PresentColumns(try connection.columns(of: "SELECT * FROM \(source)"))
            // The table's columns come first: a predicate needs them to decide about files.
            if let query = present.stateQuery(of: source) {
                try connection.stream(query) { chunk in
                    for row in 0..<chunk.rowCount {
                        guard let line = chunk.text(0, row),
                            let action = try Action(json: try JSONValue(parsing: line))
                        else { continue }
                        replay.applyCheckpoint(action)
                    }
                }
            }
            guard files else { return }
            if let query = present.query(ofFiles: "add", CheckpointColumns.add, time: "modificationTime", of: source) {
                var rows = CheckpointRows(isAdd: true)
                try connection.stream(query) { try rows.apply($0, to: &replay) }
            }
            guard tombstones else { return }
            let query = present.query(
                ofFiles: "remove", CheckpointColumns.remove, time: "deletionTimestamp", of: source)
            if let query {
                var rows = CheckpointRows(isAdd: false)
                try connection.stream(query) { try rows.apply($0, to: &replay) }
            }
        }
    }
}

/// The columns that a checkpoint's writer gave it.
private struct PresentColumns {
    /// The fields of each column.
    private var fields: [String: [String: DuckDBType]] = [:]

    init(_ columns: [Column]) {
        for column in columns {
            guard case .structure(let found) = try? DuckDBType(parsing: column.type) else { continue }
            fields[column.name] = Dictionary(found.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// A query of one row for each action that is about no file: its JSON.
    func stateQuery(of source: String) -> String? {
        var parts: [String] = []
        var conditions: [String] = []
        for (name, known) in CheckpointColumns.state + [CheckpointColumns.sidecar] {
            guard let present = fields[name] else { continue }
            let column = SQL.quoted(name)
            let members = known.compactMap { field in
                present[field.name] == nil ? nil : "\(SQL.quoted(field.name)) := \(column).\(SQL.quoted(field.name))"
            }
            // A member that is always there tells that the action is, and is read without the others.
            guard !members.isEmpty, let first = known.first, present[first.name] != nil else { continue }
            let condition = "\(column).\(SQL.quoted(first.name)) IS NOT NULL"
            parts.append("\(column) := CASE WHEN \(condition) THEN struct_pack(\(members.joined(separator: ", "))) END")
            conditions.append(condition)
        }
        guard !parts.isEmpty else { return nil }
        return "SELECT CAST(to_json(struct_pack(\(parts.joined(separator: ", ")))) AS VARCHAR) FROM \(source) "
            + "WHERE \(conditions.joined(separator: " OR "))"
    }

    /// A query of the files that a checkpoint names, with the columns that `CheckpointRows` takes.
    func query(
        ofFiles name: String, _ known: CheckpointColumns.Fields, time: String, of source: String
    ) -> String? {
        guard let present = fields[name], present["path"] != nil else { return nil }
        let column = SQL.quoted(name)
        let selected = CheckpointRows.fields(time: time).map { field in
            if present[field] != nil { return "\(column).\(SQL.quoted(field))" }
            if field == "stats", present["stats_parsed"] != nil {
                return "CAST(to_json(\(column).stats_parsed) AS VARCHAR)"
            }
            return "CAST(NULL AS \(known.first { $0.name == field }?.type ?? "VARCHAR"))"
        }
        return "SELECT \(selected.joined(separator: ", ")) FROM \(source)"
    }
}
