import Foundation

/// A writer as a process of its own.
final class ChildProcess {
    private let process = Process()
    private let pipe = Pipe()
    private var received = Data()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
    }

    /// Waits for the line `ready`.
    func waitUntilReady() throws {
        while !received.starts(with: Data("ready\n".utf8)) {
            let data = pipe.fileHandleForReading.availableData
            guard !data.isEmpty else { throw Trouble("a writer ended before it was ready") }
            received.append(data)
        }
    }

    func kill() { Foundation.kill(process.processIdentifier, SIGKILL) }

    /// Waits for the end, and returns what the writer reported. A line that was cut off by a kill does not count.
    ///
    /// - Throws: `Trouble` when a writer that was not killed failed, or one that was killed had ended before.
    func finish(killed: Bool) throws -> [Writer.Report] {
        received.append(pipe.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        let isKilled = process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
        guard killed ? isKilled : process.terminationReason == .exit && process.terminationStatus == 0 else {
            throw Trouble("a writer ended otherwise than it should: \(process.terminationStatus)")
        }
        return received.split(separator: UInt8(ascii: "\n")).compactMap {
            try? JSONDecoder().decode(Writer.Report.self, from: Data($0))
        }
    }
}
