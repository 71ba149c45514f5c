import Foundation
import Testing

/// Python's `zoneinfo` and `croniter`: what `scripts/bootstrap --test` puts into `.deps/venv`.
enum Judge {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let python = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".deps/venv/bin/python").path

    static var isInstalled: Bool {
        guard FileManager.default.isExecutableFile(atPath: python) else { return false }
        return (try? run(["-c", "import croniter, zoneinfo"]))?.status == 0
    }

    /// Hands lines to a script in `Judges/`; what it prints is the result. A failure is recorded with its traceback.
    static func ask(_ script: String, _ lines: [String]) throws -> String {
        let input = FileManager.default.temporaryDirectory.appending(path: "judge-\(UUID().uuidString)")
        try Data(lines.joined(separator: "\n").utf8).write(to: input)
        defer { try? FileManager.default.removeItem(at: input) }
        let result = try run([tests.appending(path: "Judges/\(script)").path, input.path])
        #expect(result.status == 0, "\(result.output)")
        return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
