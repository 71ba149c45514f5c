import ArgumentParser
import Columnar
import Glibc
import Millrace
import Project
import Queries
import Recording

struct Query: AsyncParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, csv, json, jsonl, arrow
    }

    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Run SQL over the project's datasets.",
        discussion: """
            Datasets are tables. Beside them a query may name

              flights@3, flights@released   an older version, by number or tag
              flights@changes(3, 7)         what the versions 3 to 7 changed
              flights__quarantine           the rows that were refused
              flights__sources              the files that were read
              delta_scan('PATH')            a Delta table outside of the project

            Results stream, whatever their size; the table format stops after \(TableWriter.usualLimit) rows unless \
            told otherwise. Only files that may hold wanted rows are opened; --stats tells how many.

              millrace query "SELECT count(*) FROM flights@0"
              millrace query "SELECT * FROM events WHERE day = DATE '2026-03-01'" --stats
            """)

    @Argument(help: "The query, in DuckDB's SQL; '-' reads it from standard input.") var sql: String
    @Option(name: .long, help: "How rows are written.") var format: Format?
    @Option(name: .long, help: ArgumentHelp("Stop after this many rows; 0 writes all.", valueName: "rows"))
    var limit: Int?
    @Flag(name: .long, help: "Tell afterwards, on standard error, how many files of each table were opened.")
    var stats = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit takes a number from 0 on") }
        if global.json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) contradict each other")
        }
    }

    mutating func run() async throws {
        let console = global.console
        let text = sql == "-" ? try Self.standardInput() : sql
        let format = format ?? (global.json ? .json : .table)
        let limit = limit ?? (format == .table ? TableWriter.usualLimit : 0)
        let rows = RowLimit(limit)
        let workspace = try global.open()
        var tables: [TableAccess] = []
        do {
            try await workspace.query(text) { stream in
                tables = stream.tables
                try Self.write(stream, as: format, rows: rows, console: console)
            }
        } catch is RowLimit.Reached {
            // The rest is not wanted.
        }
        guard stats else { return }
        // After the result, also where both streams go to one place.
        try Output.standard.flush()
        for table in tables { try Output.errors.writeNow(Self.line(table) + "\n") }
    }

    private static func write(
        _ stream: QueryStream, as format: Format, rows: RowLimit, console: Console
    ) throws {
        switch format {
        case .table:
            let writer = TableWriter(stream.columns, limit: rows, console: console)
            try rows.until { try stream.forEach(writer.add) }
            try writer.finish()
        case .csv:
            try console.print(CSVText.line(stream.columns.map(\.name)))
            try rows.until {
                try stream.forEach { row in
                    try rows.count()
                    try console.print(CSVText.line(row))
                }
            }
        case .jsonl:
            try rows.until {
                try stream.forEachJSON { row in
                    try rows.count()
                    try console.print(row)
                }
            }
        case .arrow: try writeArrow(stream, rows: rows)
        case .json:
            try Output.standard.write("[")
            try rows.until {
                try stream.forEachJSON { row in
                    let isFirst = rows.taken == 0
                    try rows.count()
                    try Output.standard.write((isFirst ? "\n  " : ",\n  ") + row)
                }
            }
            try Output.standard.write(rows.taken == 0 ? "]\n" : "\n]\n")
        }
    }

    /// An Arrow IPC stream.
    private static func writeArrow(_ stream: QueryStream, rows: RowLimit) throws {
        try Output.standard.flush()
        let sink = DescriptorSink(STDOUT_FILENO)
        var writer: StreamWriter?
        try rows.until {
            try stream.forEachBatch { schema in
                writer = try StreamWriter(schema, to: sink.write)
            } _: { batch in
                let count = rows.allowed(of: batch.count)
                if count > 0 { try writer?.write(count == batch.count ? batch : batch.slice(0, count)) }
                for _ in 0..<min(batch.count, count + 1) { try rows.count() }
            }
        }
        try writer?.finish()
    }

    /// `flights (version 3): 2 of 41 files opened`
    private static func line(_ table: TableAccess) -> String {
        let version = table.version.map { " (version \($0))" } ?? ""
        return "\(table.name)\(version): \(Quantity.grouped(table.opened)) of "
            + "\(Quantity.count(table.files, "file")) opened"
    }

    private static func standardInput() throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Diagnostic.error("standard input cannot be read: \(String(cString: strerror(errno)))")
            }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Counts rows and ends the reading of a stream when there are enough.
final class RowLimit {
    struct Reached: Error {}

    private let limit: Int
    private(set) var taken = 0
    /// There was a row more than wanted.
    private(set) var isReached = false

    /// - Parameter limit: 0 means no limit.
    init(_ limit: Int) { self.limit = limit }

    /// To be called before each row is written.
    func count() throws {
        if limit > 0, taken == limit {
            isReached = true
            throw Reached()
        }
        taken += 1
    }

    /// How many of some rows may be taken.
    func allowed(of rows: Int) -> Int { limit > 0 ? min(rows, limit - taken) : rows }

    /// Reads until enough rows were taken.
    func until(_ read: () throws -> Void) throws {
        do {
            try read()
        } catch {
            // What reads the stream may have wrapped the error on its way.
            if !isReached { throw error }
        }
    }
}
