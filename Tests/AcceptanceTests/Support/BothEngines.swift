import Foundation
import Servers
import Testing

/// One project twice, to be run on the embedded engine and on a real Spark: what people see of both must be the same.
final class BothEngines {
    let local: Sandbox
    let cluster: Sandbox

    /// - Parameters:
    ///   - datasets: the entries under `datasets:`.
    ///   - files: texts of further files by their path.
    init(on server: SparkServer, datasets: String, _ files: [String: String] = [:]) throws {
        local = try Sandbox(files)
        cluster = try Sandbox(files)
        let head = "project: p\nengines: { cluster: { type: spark, remote: \"\(server.connectionString)\" } }"
        for sandbox in [local, cluster] { try sandbox.datasets(datasets, head: head) }
    }

    func write(_ text: String, to file: String) throws {
        for sandbox in [local, cluster] { try sandbox.write(text, to: file) }
    }

    /// Runs on both, which must end in the same way and say the same.
    ///
    /// - Returns: what the embedded engine's run said.
    @discardableResult
    func run(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> Program.Result {
        let command = "\(Checkout.millrace) run --jobs 1 \(arguments.joined(separator: " ")) --engine"
        let expected = try local.shell(command + " local")
        let found = try cluster.shell(command + " cluster")
        #expect(found.status == expected.status, "\(expected.text)\n\(found.text)", sourceLocation: sourceLocation)
        #expect(
            Self.lasting(found.text) == Self.lasting(expected.text), "\(expected.text)\n\(found.text)",
            sourceLocation: sourceLocation)
        return expected
    }

    /// The lines of what a run said, without what no two runs have in common: its name, times, and how far it is.
    private static func lasting(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { line in
            line.firstMatch(of: #/^  \w+ +(writing|checking|publishing)/#) == nil
        }.map { line in
            line.replacing(#/run \d{8}T\d{6}-[0-9a-f]+/#, with: "run").replacing(
                #/ +(in )?[\d.]+ (min \d+ )?s$/#, with: "")
        }
    }

    /// Holds the rows of a query against each other.
    func expectSame(_ query: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let expected = try local.rows(query)
        let found = try cluster.rows(query)
        #expect(!expected.isEmpty, sourceLocation: sourceLocation)
        #expect(found == expected, "\(query)", sourceLocation: sourceLocation)
    }

    /// Holds all rows of tables, their columns and types against each other.
    func expectSame(tables: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        for table in tables {
            try expectSame("SELECT * FROM \(table) ORDER BY ALL", sourceLocation: sourceLocation)
            try expectSame("DESCRIBE \(table)", sourceLocation: sourceLocation)
        }
    }
}
