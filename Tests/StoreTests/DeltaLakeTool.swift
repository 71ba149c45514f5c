import Foundation
import Testing

/// The reference implementation in Rust, through Python: what `scripts/bootstrap --test` puts into `.deps/venv`.
enum DeltaLakeTool {
    static var python: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: ".deps/venv/bin/python").path
    }

    /// The libraries' own threads sometimes abort the interpreter while it is taken down.
    static let lastWords = "\nimport os, sys\nsys.stdout.flush()\nos._exit(0)"

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: python) }

    /// Runs a Python program; what it prints is the result. A failure is recorded with its traceback.
    @discardableResult
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", program + lastWords] + arguments
        let output = Pipe()
        let errors = FileManager.default.temporaryDirectory.appending(path: "errors-\(UUID().uuidString)")
        try Data().write(to: errors)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            Issue.record("\(String(decoding: try Data(contentsOf: errors), as: UTF8.self))")
        }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Compares a table, as deltalake reads it, with the rows in a Parquet file. Prints its version, its columns and the
    /// number of rows that differ.
    static let comparison = """
        import sys, duckdb
        from deltalake import DeltaTable
        table = DeltaTable(sys.argv[1], version=int(sys.argv[3]) if len(sys.argv) > 3 else None)
        names = [field.name for field in table.schema().fields]
        found = table.to_pyarrow_table()
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        connection.execute("CREATE VIEW expected AS SELECT " + columns + " FROM read_parquet(?)".replace("?", "'" + sys.argv[2].replace("'", "''") + "'"))
        connection.register("found_rows", found)
        connection.execute("CREATE VIEW found AS SELECT " + columns + " FROM found_rows")
        different = connection.execute("SELECT (SELECT count(*) FROM (FROM found EXCEPT ALL FROM expected)) + (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM found))").fetchone()[0]
        print(table.version(), ",".join(names), found.num_rows, different, sep="|")
        """
}
