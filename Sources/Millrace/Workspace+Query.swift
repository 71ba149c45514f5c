package import Columnar
import DeltaLog
import DuckDB
import Engines
import Foundation
package import Project
package import Queries
import Running
import Store

/// A table that a query read: how many of its files had to be opened.
package struct TableAccess: Sendable {
    /// As the query names it.
    package var name: String
    package var version: Version?
    /// The files that may hold rows which the query asks for.
    package var opened: Int
    package var files: Int
}

/// The result of a query while it runs: rows are handed on as they come.
package struct QueryStream {
    package let columns: [QueryColumn]
    /// The tables that the query reads, in the order in which it names them; changes are no table.
    package let tables: [TableAccess]
    private let connection: Connection
    private let sql: String

    init(columns: [QueryColumn], tables: [TableAccess], connection: Connection, sql: String) {
        self.columns = columns
        self.tables = tables
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

    /// The rows in Arrow's form: first their columns, then batches.
    package func forEachBatch(columns: (Schema) throws -> Void, _ body: (RecordBatch) throws -> Void) throws {
        try connection.streamBatches(sql, columns: columns, body)
    }

    /// Each row as the text of a JSON object.
    package func forEachJSON(_ body: (String) throws -> Void) throws {
        try connection.stream("SELECT to_json(result)::VARCHAR FROM (\n\(sql)\n) AS result") { chunk in
            for row in 0..<chunk.rowCount { try body(chunk.text(0, row) ?? "null") }
        }
    }
}

/// A query as a user wrote it, with the names in it that only Millrace knows taken out of DuckDB's way.
private struct UserQuery {
    let named: VersionedNames
    let scans: DeltaScans
    let source: SQLText

    init(_ text: String) {
        named = VersionedNames(SQLNormaliser.withoutTail(text))
        scans = DeltaScans(named.sql)
        source = SQLText(text, in: SourceFile(path: "query", text: text))
    }

    /// What DuckDB gets to see.
    var sql: String { scans.sql }

    /// Where a byte of `sql` stands in the user's text.
    func span(at position: Int?, length: Int = 1) -> SourceSpan {
        guard let position else { return source.span(at: 0) }
        let start = named.original(position)
        return source.span(at: start, length: max(1, named.original(position + length) - start))
    }
}

extension Workspace {
    /// Runs a query over the project's datasets. `name@3` and `name@TAG` are older versions, `name@changes(3, 7)` what
    /// the versions 3 to 7 changed, `delta_scan('PATH')` a Delta table outside of the project. Blocks while `body` reads the
    /// result.
    /// - Throws: `Diagnostics` for what is wrong with the query.
    package func query(_ text: String, _ body: (QueryStream) throws -> Void) async throws {
        let query = UserQuery(text)
        guard query.named.faults.isEmpty else {
            throw Diagnostics(query.named.faults.map { $0.diagnostic(in: query.source) })
        }
        let connection: Connection
        let parsed: Result<SQLTree, SQLFault>
        do {
            connection = try engine.database().connect()
            parsed = try engine.parse([query.sql])[0]
        } catch let error as DuckDBError where error.code == .libraryMissing {
            throw Diagnostics([.error(error.message)])
        }
        defer { connection.close() }
        let tree: SQLTree
        switch parsed {
        case .success(let found): tree = found
        case .failure(var fault):
            if fault.hint != nil { fault.hint = "only a SELECT can be asked here" }
            fault.position = fault.position.map(query.named.original)
            throw Diagnostics([fault.diagnostic(in: query.source)])
        }
        var tables: [QueriedTable] = []
        let needed = ScanPredicates(in: tree)
        let references = TableReferences(in: tree)
        if let scan = references.foreign.first {
            throw Diagnostics([
                .error(
                    "delta_scan takes the path of a Delta table, in quotes and nothing else",
                    at: query.span(at: scan.position, length: DeltaScans.function.utf8.count),
                    hint: "write delta_scan('PATH')")
            ])
        }
        for reference in references.tables where reference.schema == nil {
            let predicate = needed[reference.name].map { FilePredicate($0) }
            if let table = try await table(reference, in: query, predicate) { tables.append(table) }
        }
        do {
            for table in tables {
                try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(table.view)) AS \(table.select)")
            }
            let columns = try connection.columns(of: query.sql).map { QueryColumn(name: $0.name, type: $0.type) }
            try body(
                QueryStream(
                    columns: columns, tables: tables.compactMap(\.access), connection: connection, sql: query.sql))
        } catch let error as DuckDBError {
            if error.code == .interrupt { throw CancellationError() }
            throw Diagnostics([diagnostic(error, in: query, tables, on: connection)])
        }
    }

    /// What a name in a query stands for; nil when it is DuckDB's own business.
    private func table(
        _ reference: TableReferences.Reference, in query: UserQuery, _ predicate: FilePredicate?
    ) async throws -> QueriedTable? {
        if let path = query.scans.paths[reference.name] {
            return try await foreignTable(path, named: reference, in: query, predicate)
        }
        let meaning = query.named.pinned[reference.name]
        let name = meaning?.name ?? reference.name
        guard let dataset = try await datasetName(name) else {
            if reference.name.contains(".") || reference.name.contains("/") { return nil }
            throw Diagnostics([unknown(name, at: reference, in: query)])
        }
        let span = query.span(at: reference.position, length: name.utf8.count)
        do throws(StoreError) {
            if case .changes(let from, let through) = meaning?.what {
                let key = project.dataset(dataset)?.key.map(\.value) ?? []
                let changes = try await store.changes(dataset, from: from, through: through, key: key)
                return QueriedTable(changes, view: reference.name, span: span)
            }
            var pin: VersionPin?
            if case .pin(let given) = meaning?.what { pin = given } else { pin = try await livePin(of: dataset) }
            let snapshot = try await store.snapshot(of: dataset, at: pin, matching: predicate)
            return QueriedTable(
                snapshot, view: reference.name, named: meaning == nil ? dataset.text : reference.name, span: span)
        } catch {
            throw Diagnostics([Diagnostic(error, at: span)])
        }
    }

    private func foreignTable(
        _ path: String, named reference: TableReferences.Reference, in query: UserQuery, _ predicate: FilePredicate?
    ) async throws -> QueriedTable {
        let span = query.span(at: reference.position, length: DeltaScans.function.utf8.count)
        if let fault = TableLocation.fault(in: path) {
            throw Diagnostics([.error(fault.message, at: span, hint: fault.hint)])
        }
        do throws(StoreError) {
            let snapshot = try await store.snapshot(
                ofTableAt: project.location(of: path), version: nil, matching: predicate)
            return QueriedTable(snapshot, view: reference.name, named: "delta_scan('\(path)')", span: span)
        } catch {
            throw Diagnostics([Diagnostic(error, at: span)])
        }
    }

    /// The table that a name in a query means: a dataset, or what belongs to one.
    private func datasetName(_ text: String) async throws -> DatasetName? {
        if let dataset = project.dataset(named: text) { return dataset.name }
        if let name = DatasetName(text.lowercased()), let owner = name.owner,
            let dataset = project.dataset(named: owner.text)
        {
            return name.isQuarantine ? dataset.name.quarantine : dataset.name.ledger
        }
        return try await storeErrors { try await store.datasets() }.first { $0.folded == text.lowercased() }
    }

    /// The version of a companion that belongs to its dataset's live one; nil, the newest, for everything else. A newer
    /// one was written by a run that did not get to publish, or by an upkeep that left its rows what they were.
    private func livePin(of name: DatasetName) async throws(StoreError) -> VersionPin? {
        guard let owner = name.owner, let record = try await store.head(of: owner)?.record,
            let version = name.isQuarantine ? record.quarantine : record.ledger
        else { return nil }
        if let head = try await store.head(of: name), head.dataVersion == version { return nil }
        return .version(version)
    }

    private func unknown(
        _ name: String, at reference: TableReferences.Reference, in query: UserQuery
    ) -> Diagnostic {
        let near = Spelling.nearest(to: name, among: project.datasets.map(\.name.text))
        return .error(
            "unknown dataset '\(name)'", at: query.span(at: reference.position, length: name.utf8.count),
            hint: near.map { "did you mean '\($0)'?" } ?? "'millrace list' names them all")
    }

    private func diagnostic(
        _ error: DuckDBError, in query: UserQuery, _ tables: [QueriedTable], on connection: Connection
    ) -> Diagnostic {
        if let (index, fault) = TableSnapshot.fault(of: error, in: tables.map(\.files), on: connection) {
            var problem = Diagnostic(fault, at: tables[index].span)
            if fault.code == .missingFile {
                problem.notes.append("'vacuum' deletes the files that only older versions need")
            }
            return problem
        }
        let message = error.message.split(separator: "\n").first.map(String.init) ?? error.message
        return .error(
            message, at: query.span(at: error.position, length: error.name?.utf8.count ?? 1),
            hint: error.candidates.isEmpty
                ? nil : "did you mean \(error.candidates.map { "'\($0)'" }.joined(separator: ", "))?")
    }
}

/// A table that a query names, and what stands in its place.
private struct QueriedTable {
    /// The name that the query has for it.
    var view: String
    var select: String
    var span: SourceSpan
    /// What `select` reads.
    var files: TableSnapshot
    /// Nil for what is no version of a table.
    var access: TableAccess?

    init(_ changes: ChangeTable, view: String, span: SourceSpan) {
        self.view = view
        select = changes.sql
        self.span = span
        files = changes.files
    }

    init(_ snapshot: TableSnapshot, view: String, named name: String, span: SourceSpan) {
        self.view = view
        select = snapshot.scanSQL
        self.span = span
        files = snapshot
        access = TableAccess(snapshot, named: name)
    }
}

extension TableAccess {
    fileprivate init(_ snapshot: TableSnapshot, named name: String) {
        self.init(
            name: name, version: snapshot.pinned.version, opened: snapshot.files.count,
            files: snapshot.files.count + snapshot.skippedFiles)
    }
}
