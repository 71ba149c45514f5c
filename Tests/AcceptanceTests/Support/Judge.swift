import Foundation
import Testing

/// Other programs that read what Millrace wrote: delta-rs, delta-kernel and pyarrow, through Python.
enum Judge {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Judges/judge.py").path

    /// Runs a command of the judges' script; its answer is JSON. A failure is recorded with its traceback.
    static func ask(
        _ command: String, _ arguments: String..., environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSON {
        let result = try Program(
            Checkout.python, [script, command] + arguments, in: NSTemporaryDirectory(),
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }
        ).wait()
        #expect(result.status == 0, "\(result.text)", sourceLocation: sourceLocation)
        return try JSON(result.output)
    }

    /// Holds every table of a project's store, as the judges read it, against what `millrace query` says. After a crash
    /// the newest version of a quarantine may belong to a version that was never published, which only Millrace knows.
    static func compareTables(
        of sandbox: Sandbox, quarantines: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let store = sandbox.path + "/store"
        let found = try ask("tables", store, sourceLocation: sourceLocation)
        let names = try FileManager.default.contentsOfDirectory(atPath: store).filter {
            FileManager.default.fileExists(atPath: store + "/\($0)/_delta_log/00000000000000000000.json")
                || FileManager.default.fileExists(atPath: store + "/\($0)/_delta_log/_last_checkpoint")
        }
        #expect(!names.isEmpty, sourceLocation: sourceLocation)
        #expect(Set(found.object.keys) == Set(names), sourceLocation: sourceLocation)
        for name in names.sorted() where quarantines || !name.hasSuffix("__quarantine") {
            let rows = try sandbox.rows("SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM \(name) AS t")
            let columns = try sandbox.json(
                "query", "SELECT column_name || ' ' || column_type AS c FROM (DESCRIBE SELECT * FROM \(name))"
            ).array.map { $0["c"].text }
            for judge in ["deltalake", "duckdb"] {
                let seen = found[name][judge]
                #expect(seen["rows"].text == rows.first, "\(name), \(judge)", sourceLocation: sourceLocation)
                #expect(
                    seen["columns"].array.map(\.text) == columns,
                    "\(name), \(judge)", sourceLocation: sourceLocation)
            }
        }
    }
}
