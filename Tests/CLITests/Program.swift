import Foundation

/// The built program, run as a user runs it.
struct Program {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Where the program works; its project, mostly.
    var folder: String
    var environment: [String: String] = [:]

    /// The executable that was built together with these tests.
    static let path: String? = {
        // The test runner's own executable lies beside it, or the test bundle that it was given.
        let candidates = [CommandLine.arguments[0]] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        for candidate in candidates {
            let path = URL(fileURLWithPath: candidate).deletingLastPathComponent().path + "/millrace"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return nil
    }()

    struct NotBuilt: Error {}

    func callAsFunction(_ arguments: String...) throws -> Result { try self(arguments) }

    func callAsFunction(_ arguments: [String]) throws -> Result {
        guard let path = Self.path else { throw NotBuilt() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files rather than pipes: no reader has to keep up.
        let files = ["output", "errors"].map { folder + "/.\($0)-\(UUID().uuidString)" }
        for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = files.map { String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self) }
        return Result(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }
}

/// A folder that is there as long as its test.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "millrace-cli-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to file: String) throws {
        let url = URL(fileURLWithPath: path + "/" + file)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}
