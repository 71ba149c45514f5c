import DuckDB
import Engines
import Foundation
import Project
package import Queries
import Store

/// The result of a query while it runs: rows are handed on as they come.
package struct QueryStream {
    package let columns: [QueryColumn]
    private let connection: Connection
    private let sql: String

    init(columns: [QueryColumn], connection: Connection, sql: String) {
        self.columns = columns
        self.connection = connection
        self.sql = sql
    }

    /// Each row's values as DuckDB writes them; nil is NULL.
    package func forEach(_ body: ([String?]) throws -> Void) throws {
        try connection.stream(sql) { chunk in
            for row in 0..<chunk.rowCount {
                try body(
                    (0..<chunk.columnCount).map { chunk.isNull($0, row) ? nil : chunk.value($0, row).description })
            }
        }
    }

    /// Each row as the text of a JSON object.
    package func forEachJSON(_ body: (String) throws -> Void) throws {
        try connection.stream("SELECT to_json(result)::VARCHAR FROM (\n\(sql)\n) AS result") { chunk in
            for row in 0..<chunk.rowCount { try body(chunk.text(0, row) ?? "null") }
        }
    }
}

extension Workspace {
    /// Runs a query over the project's datasets; `name@3` is an older version. Blocks while `body` reads the result.
    /// - Throws: `Diagnostics` for what is wrong with the query.
    package func query(_ text: String, _ body: (QueryStream) throws -> Void) async throws {
        let named = VersionedNames(SQLNormaliser.withoutTail(text))
        let file = SourceFile(path: "query", text: text)
        let source = SQLText(text, in: file)
        let connection: Connection
        let tree: Result<SQLTree, SQLFault>
        do {
            connection = try engine.database().connect()
            tree = try engine.parse([named.sql])[0]
        } catch let error as DuckDBError where error.code == .libraryMissing {
            throw Diagnostics([.error(error.message)])
        }
        defer { connection.close() }
        let references: TableReferences
        switch tree {
        case .success(let found): references = TableReferences(in: found)
        case .failure(var fault):
            if fault.hint != nil { fault.hint = "only a SELECT can be asked here" }
            throw Diagnostics([fault.diagnostic(in: source)])
        }
        var views: [String] = []
        for table in references.tables where table.schema == nil {
            let pinned = named.pinned[table.name]
            guard let name = try await datasetName(pinned?.name ?? table.name) else {
                if table.name.contains(".") || table.name.contains("/") { continue }
                throw Diagnostics([try await unknown(table, in: source)])
            }
            var version = pinned?.version
            if version == nil { version = try await liveVersion(of: name) }
            let snapshot = try await storeErrors { try await store.snapshot(of: name, at: version) }
            views.append("CREATE OR REPLACE TEMP VIEW \(Quote.name(table.name)) AS \(snapshot.scanSQL)")
        }
        do {
            for view in views { try connection.execute(view) }
            let columns = try connection.columns(of: named.sql).map { QueryColumn(name: $0.name, type: $0.type) }
            try body(QueryStream(columns: columns, connection: connection, sql: named.sql))
        } catch let error as DuckDBError {
            if error.code == .interrupt { throw CancellationError() }
            throw Diagnostics([queryDiagnostic(error, in: source, pinned: named)])
        }
    }

    /// The table that a name in a query means: a dataset, or the rows that one refused.
    private func datasetName(_ text: String) async throws -> DatasetName? {
        if let dataset = project.dataset(named: text) { return dataset.name }
        let suffix = DatasetName.quarantineSuffix
        if text.lowercased().hasSuffix(suffix),
            let dataset = project.dataset(named: String(text.dropLast(suffix.count)))
        {
            return dataset.name.quarantine
        }
        return try await storeErrors { try await store.datasets() }.first { $0.folded == text.lowercased() }
    }

    /// The version of a quarantine that belongs to its dataset's live one; nil, the newest, for everything else. A newer
    /// quarantine was written by a run that did not get to publish.
    private func liveVersion(of name: DatasetName) async throws -> Version? {
        guard name.isQuarantine,
            let dataset = project.dataset(named: String(name.text.dropLast(DatasetName.quarantineSuffix.count)))
        else { return nil }
        return try await storeErrors { try await store.head(of: dataset.name)?.record?.quarantine }
    }

    private func unknown(_ table: TableReferences.Reference, in source: SQLText) async throws -> Diagnostic {
        let names = project.datasets.map(\.name.text)
        let near = Spelling.nearest(to: table.name, among: names)
        return .error(
            "unknown dataset '\(table.name)'", at: source.span(at: table.position ?? 0, length: table.name.utf8.count),
            hint: near.map { "did you mean '\($0)'?" } ?? "'millrace list' names them all")
    }

    private func queryDiagnostic(_ error: DuckDBError, in source: SQLText, pinned: VersionedNames) -> Diagnostic {
        // Names with a version are longer in what DuckDB saw; positions after one would point beside the mark.
        let position = pinned.pinned.isEmpty ? error.position : nil
        if error.message.contains("No files found that match") {
            return .error(
                "a data file of the store is missing", notes: [error.message],
                hint: "bring the file back, or make the dataset again: millrace run --full-refresh DATASET")
        }
        let message = error.message.split(separator: "\n").first.map(String.init) ?? error.message
        return .error(
            message, at: source.span(at: position ?? 0, length: position == nil ? 1 : error.name?.utf8.count ?? 1),
            hint: error.candidates.isEmpty
                ? nil : "did you mean \(error.candidates.map { "'\($0)'" }.joined(separator: ", "))?")
    }
}
