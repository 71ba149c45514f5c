import Foundation
import Testing

/// Other readers of Delta tables: deltalake and DuckDB's delta extension, in one Python process.
enum Judge {
    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Judges")
    }

    struct Verdict: Codable, CustomStringConvertible {
        var table: String
        var version: Int
        var reader: String
        var problem: String
        var about: String

        var description: String { "\(reader) reads version \(version) of \(table) otherwise: \(problem)\n\(about)" }
    }

    /// What the readers see otherwise than expected.
    static func compare(_ tables: [ExpectedTable], in folder: String) throws -> [Verdict] {
        let request = folder + "/tables.json"
        try JSONEncoder().encode(tables).write(to: URL(filePath: request))
        let output = try run("compare_tables.py", request)
        return try JSONDecoder().decode([Verdict].self, from: Data(output.utf8))
    }

    /// Runs a script of the folder `Judges`; what it prints is the result.
    static func run(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: DeltaLakeTool.python)
        process.arguments = [folder.appending(path: script).path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(script) failed")
        return String(decoding: data, as: UTF8.self)
    }
}
