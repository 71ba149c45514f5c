import CDuckDB
import Foundation

/// An in-memory database of DuckDB: its settings, its threads and memory, its functions. Closed when it and its
/// connections are let go.
///
/// Nothing is downloaded: an extension is there when it is part of the library or in `Configuration.extensions`.
package final class Database: Sendable {
    package struct Configuration: Sendable {
        /// In bytes; nil leaves DuckDB's four fifths of the machine's memory. What does not fit is spilled into
        /// `spillFolder`, or else is an error of code `.outOfMemory`.
        package var memoryLimit: Int?
        /// All that DuckDB uses, the calling one included; nil is one for each processor.
        package var threads: Int?
        /// The folder for intermediate data that exceed the memory, made when it is needed; nil: nothing is spilled.
        package var spillFolder: String?
        /// Files of extensions to load.
        package var extensions: [String]
        /// DuckDB's settings by name, set in each connection.
        package var settings: [String: String]

        package init(
            memoryLimit: Int? = nil,
            threads: Int? = nil,
            spillFolder: String? = nil,
            extensions: [String] = [],
            settings: [String: String] = [:]
        ) {
            self.memoryLimit = memoryLimit
            self.threads = threads
            self.spillFolder = spillFolder
            self.extensions = extensions
            self.settings = settings
        }
    }

    private let handle: DatabaseHandle
    /// What every connection runs first.
    private let preamble: String

    /// Opens a database in memory, and DuckDB's library if this is the process's first one.
    ///
    /// - Throws: `DuckDBError`: `.libraryMissing`, or DuckDB's own where a setting or an extension is wrong.
    package init(_ configuration: Configuration = .init()) throws {
        _ = try Library.open()
        var options: [(String, String)] = [
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
            // Whoever runs it, a project reads with the credentials that it names, not with those in their home.
            ("allow_persistent_secrets", "false"),
            // Without a folder of ours DuckDB would make `.tmp` in the current one.
            ("temp_directory", configuration.spillFolder ?? ""),
        ]
        if let bytes = configuration.memoryLimit { options.append(("memory_limit", "\(bytes)B")) }
        if let threads = configuration.threads { options.append(("threads", String(threads))) }
        handle = try DatabaseHandle(options)
        preamble = Self.preamble(configuration.settings)
        let loading = configuration.extensions.map { "LOAD \(SQL.literal($0));" }.joined(separator: "\n")
        if !loading.isEmpty { try withConnection { try $0.execute(loading) } }
    }

    private static func preamble(_ settings: [String: String]) -> String {
        var statements = [
            // First, so that the errors of all others carry their type and position.
            "SET errors_as_json = true;",
            "SET TimeZone = 'UTC';",
            // Progress is only counted when the bar is on; the bar itself must not be drawn.
            "SET enable_progress_bar = true;",
            "SET enable_progress_bar_print = false;",
            "SET progress_bar_time = 0;",
        ]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            statements.append("SET \(SQL.quoted(name)) = \(SQL.literal(value));")
        }
        return statements.joined(separator: "\n")
    }

    /// A new connection, in UTC. It keeps the database open until it is closed or let go.
    package func connect() throws -> Connection {
        let connection = try Connection(handle)
        try connection.execute(preamble)
        return connection
    }

    /// Runs `body` with a connection of its own, which is closed when `body` returns or throws; using it afterwards
    /// is an error of code `.closed`.
    package func withConnection<R>(_ body: (Connection) throws -> R) throws -> R {
        let connection = try connect()
        defer { connection.close() }
        return try body(connection)
    }
}

/// The open database of the library, closed with the last reference to it.
///
/// `@unchecked Sendable` because the pointer never changes, and DuckDB lets all threads connect to one database.
final class DatabaseHandle: @unchecked Sendable {
    private var database: duckdb_database?

    init(_ options: [(name: String, value: String)]) throws {
        var configuration: duckdb_config?
        defer { duckdb_destroy_config(&configuration) }
        guard duckdb_create_config(&configuration) == DUCKDB_SUCCESS else { throw Self.noMemory }
        for option in options where duckdb_set_config(configuration, option.name, option.value) != DUCKDB_SUCCESS {
            throw DuckDBError(
                code: .invalidConfiguration,
                message: "DuckDB does not accept \(option.name) = \(SQL.literal(option.value))."
            )
        }
        var reason: UnsafeMutablePointer<CChar>?
        guard duckdb_open_ext(nil, &database, configuration, &reason) == DUCKDB_SUCCESS else {
            defer { duckdb_free(reason) }
            throw DuckDBError.decode(reason.map { UnsafePointer($0) })
        }
    }

    deinit {
        duckdb_close(&database)
    }

    func connect() throws -> duckdb_connection {
        var connection: duckdb_connection?
        guard duckdb_connect(database, &connection) == DUCKDB_SUCCESS, let connection else { throw Self.noMemory }
        return connection
    }

    private static let noMemory = DuckDBError(code: .outOfMemory, message: "DuckDB could not be started.")
}
