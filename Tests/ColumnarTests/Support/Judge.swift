import Foundation
import Testing

/// pyarrow, which `scripts/bootstrap --test` puts into `.deps/venv`.
enum Judge {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let python =
        ProcessInfo.processInfo.environment["MILLRACE_TEST_PYTHON"]
        ?? tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".deps/venv/bin/python").path

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: python) }

    /// Runs a script in `Judges/`; what it prints is the result. A failure is recorded with its traceback.
    static func ask(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-B", "-X", "faulthandler", tests.appending(path: "Judges/\(script)").path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(text)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A folder that is gone at the end.
final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "columnar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        if ProcessInfo.processInfo.environment["MILLRACE_KEEP"] == nil { try? FileManager.default.removeItem(at: url) }
    }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
