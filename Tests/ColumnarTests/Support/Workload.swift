import Foundation

/// The program `ColumnarWorkload`, which was built together with these tests.
enum Workload {
    static let path: String? = {
        // The test runner's own executable lies beside it, or the test bundle that it was given.
        let candidates = [CommandLine.arguments[0]] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        return candidates.lazy.map { URL(filePath: $0).deletingLastPathComponent().path + "/ColumnarWorkload" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// What it prints, errors included.
    static func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: path ?? "")
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
