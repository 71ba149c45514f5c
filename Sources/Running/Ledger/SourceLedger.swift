package import DuckDB
package import Ingesting
package import Project
package import Queries
package import Store

/// The source files that an ingest has read: the rows of the companion table `NAME__sources`.
///
/// The dataset's own commit names the version of the ledger that belongs to it, so that rows and files become visible
/// together: a ledger's version that no commit names was written by a run that did not get to publish.
package struct SourceLedger: Sendable {
    private let store: DatasetStore
    private let database: @Sendable () throws -> Database

    package init(store: DatasetStore, database: @escaping @Sendable () throws -> Database) {
        self.store = store
        self.database = database
    }

    package static let columns = [
        QueryColumn(name: "path", type: "VARCHAR"), QueryColumn(name: "size", type: "BIGINT"),
        QueryColumn(name: "modified", type: "BIGINT"), QueryColumn(name: "hash", type: "VARCHAR"),
        QueryColumn(name: "run", type: "VARCHAR"),
    ]

    static let descriptions = [
        "path": "from the project's folder, or absolute", "size": "in bytes",
        "modified": "nanoseconds since 1970", "hash": "SHA-256 of the contents, of small files only",
        "run": "the run that read the file",
    ]

    /// Files of at most this many bytes are known by their contents as well, so that one that was only touched or
    /// copied anew is not taken for a changed one.
    private static let hashedSize = 1 << 20

    /// A ledger of so many files is written anew as one.
    private static let mostFiles = 32

    private static let listing = "_millrace_listing"

    /// What is new among `files` since a version was published.
    ///
    /// - Parameters:
    ///   - version: of the ledger; nil when nothing was ever read.
    ///   - countsVanished: whether files that are gone are looked for as well.
    package func news(
        of files: SourceFiles, since version: Version?, of dataset: DatasetName, countsVanished: Bool
    ) async throws -> SourceNews {
        guard let version else { return SourceNews(since: nil, new: files.files) }
        let snapshot = try await store.snapshot(of: dataset.ledger, at: version)
        return try database().withConnection { connection in
            var comparison = SourceComparison(files, countsVanished: countsVanished)
            try TableSnapshot.reading([snapshot], on: connection) {
                try connection.stream(snapshot.scanSQL(columns: ["path", "size", "modified"])) { chunk in
                    for row in 0..<chunk.rowCount {
                        let size = chunk.value(1, row).int.map { Int($0) } ?? -1
                        let modified = chunk.value(2, row).int.map { Int($0) } ?? -1
                        chunk.withBytes(0, row) { comparison.read($0, size: size, modified: modified) }
                    }
                }
            }
            var news = SourceNews(since: version, new: comparison.new)
            news.changed = try Self.changed(comparison.doubtful, of: files, since: snapshot, on: connection)
            news.vanished = comparison.vanished
            news.vanishedExample = comparison.vanishedExample
            return news
        }
    }

    /// Those of the files that have other contents than when they were read.
    private static func changed(
        _ doubtful: [SourceFiles.File], of files: SourceFiles, since snapshot: TableSnapshot,
        on connection: Connection
    ) throws -> [SourceFiles.File] {
        guard !doubtful.isEmpty else { return [] }
        try list(doubtful.lazy.map { row($0, in: files) }, on: connection)
        let found = try TableSnapshot.reading([snapshot], on: connection) {
            try connection.query(
                """
                SELECT l.path, list(s.hash) AS hashes
                FROM \(listing) l JOIN (\(snapshot.scanSQL(columns: ["path", "size", "hash"]))) s
                    ON l.path = s.path AND l.size = s.size
                WHERE s.hash IS NOT NULL GROUP BY l.path
                """)
        }
        var known: [String: Set<String>] = [:]
        for row in found {
            if let path = row["path"].text { known[path] = Set((row["hashes"].list ?? []).compactMap(\.text)) }
        }
        let hashes = try Self.hashes(of: doubtful.filter { known[files.name(of: $0)] != nil }, on: connection)
        return doubtful.filter { file in
            guard let hash = hashes[file.path] else { return true }
            return known[files.name(of: file)]?.contains(hash) != true
        }
    }

    /// The hashes of files as they are before they are read, by path: what is remembered must never be newer than what
    /// was read.
    func hashes(of files: [SourceFiles.File]) throws -> [String: String] {
        try database().withConnection { try Self.hashes(of: files, on: $0) }
    }

    private static func hashes(of files: [SourceFiles.File], on connection: Connection) throws -> [String: String] {
        let small = files.filter { $0.size <= hashedSize }
        var hashes: [String: String] = [:]
        for start in stride(from: 0, to: small.count, by: 256) {
            let paths = small[start..<min(start + 256, small.count)].map { ParquetSource.literalPattern($0.path) }
            for row in try connection.query(
                "SELECT filename, sha256(content) AS hash FROM read_blob(\(Quote.list(paths)))")
            {
                if let path = row["filename"].text { hashes[path] = row["hash"].text }
            }
        }
        return hashes
    }

    /// The ledger's next version, staged: its files, and whether they take the place of those before.
    struct Staged {
        var files: [StagedFile]
        var replacesAll: Bool
    }

    /// Writes down files that were read.
    ///
    /// - Parameters:
    ///   - files: those that this run read.
    ///   - hashes: by path.
    ///   - version: the version of the ledger that they are added to; nil begins anew.
    ///   - folder: where to.
    ///   - prefix: what the files' names begin with.
    func stage(
        _ files: SourceFiles, hashes: [String: String], run: RunID, of dataset: DatasetName, addingTo version: Version?,
        folder: String, prefix: String
    ) async throws -> Staged {
        var before: TableSnapshot?
        if let version { before = try await store.snapshot(of: dataset.ledger, at: version) }
        let compacted = before.flatMap { $0.files.count >= Self.mostFiles ? $0 : nil }
        let staged = try database().withConnection { connection in
            try Self.list(
                files.files.lazy.map { Self.row($0, in: files, hash: hashes[$0.path], run: run) }, on: connection)
            let kept = compacted.map { "\nUNION ALL \($0.scanSQL)" } ?? ""
            let options =
                ParquetOptions.copy + [ParquetOptions.fileSize, "FILENAME_PATTERN \(Quote.text(prefix + "-{i}"))"]
            let written = try TableSnapshot.reading(compacted.map { [$0] } ?? [], on: connection) {
                try connection.query(
                    """
                    COPY (SELECT * FROM (SELECT * FROM \(Self.listing)\(kept)) ORDER BY path)
                    TO \(Quote.text(folder)) (\(options.joined(separator: ", ")))
                    """)
            }
            return written.compactMap { StagedFile(returnedBy: $0) }
        }
        return Staged(files: staged, replacesAll: before == nil || compacted != nil)
    }

    /// Fills the temporary table of files, with the ledger's columns.
    private static func list(_ rows: some Sequence<[Value]>, on connection: Connection) throws {
        let definition = columns.map { "\(Quote.name($0.name)) \($0.type)" }.joined(separator: ", ")
        try connection.execute("CREATE TEMP TABLE \(listing) (\(definition))")
        let appender = try connection.appender(table: listing)
        for row in rows { try appender.append(row) }
        try appender.close()
    }

    private static func row(
        _ file: SourceFiles.File, in files: SourceFiles, hash: String? = nil, run: RunID? = nil
    ) -> [Value] {
        [
            .text(files.name(of: file)), .int(Int64(file.size)), .int(Int64(file.modified)),
            hash.map(Value.text) ?? .null, run.map { .text($0.text) } ?? .null,
        ]
    }
}
