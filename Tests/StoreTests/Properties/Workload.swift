import Foundation

/// The program `StoreWorkload`, which was built together with these tests.
enum Workload {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    static let path: String? = {
        // The test runner's own executable lies beside it, or the test bundle that it was given.
        let candidates = [CommandLine.arguments[0]] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        return candidates.lazy.map { URL(filePath: $0).deletingLastPathComponent().path + "/StoreWorkload" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    struct NotBuilt: Error {}

    static func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Result {
        guard let path else { throw NotBuilt() }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // It prints a line at most, so that neither pipe can be full while the other is read.
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self))
    }

    /// A number from the environment, for measurements that take longer than tests may.
    static func setting(_ name: String, otherwise: String) -> String {
        ProcessInfo.processInfo.environment[name] ?? otherwise
    }
}
