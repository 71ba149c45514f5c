import Foundation
import Servers
import TestThreads
import Testing

private enum Workload {
    static let path: String? = {
        // The test runner's own executable lies beside it, or the test bundle that it was given.
        let candidates = [CommandLine.arguments[0]] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        return candidates.lazy.map { URL(filePath: $0).deletingLastPathComponent().path + "/SparkWorkload" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}

/// In a process of its own, whose memory is that of the client alone. By hand it takes any number of rows:
/// `.build/release/SparkWorkload sc://127.0.0.1:15002 100000000`.
@Suite("Long results", .onTime, .enabled(if: SparkServer.isExpected && Workload.path != nil))
struct SparkStreamingTests {
    @Test("rows stream in flat memory")
    func flat() async throws {
        let server = try await SparkServer.shared()
        let process = Process()
        process.executableURL = URL(filePath: try #require(Workload.path))
        process.arguments = [server.connectionString, "5000000"]
        let output = Pipe()
        process.standardOutput = output
        try await withCheckedThrowingContinuation { (end: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in end.resume() }
            do { try process.run() } catch { end.resume(throwing: error) }
        }
        // Two lines, which a pipe holds.
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(separator: "\n")
        try #require(process.terminationStatus == 0 && lines.count == 2)
        #expect(lines[0].hasPrefix("rows 5000000, bytes 4"))
        let peaks = lines[1].split { !$0.isNumber }.compactMap { Int($0) }
        try #require(peaks.count == 2)
        // The result has forty megabytes.
        #expect(peaks[0] > 0 && peaks[1] < peaks[0] + 16_384)
    }
}
