import Dispatch
import Foundation
import Project
import Synchronization

/// Runs the program itself for what needs the engine.
enum ChildProcess {
    private static let longest = 60.0
    /// So many at once; the others wait.
    private static let places = DispatchSemaphore(value: 2)
    private static let queue = DispatchQueue(label: "millrace.serving.children", attributes: .concurrent)

    /// - Parameter limit: of its output, in bytes; more ends it.
    /// - Returns: what it wrote.
    /// - Throws: `Diagnostic` with its words when it fails.
    static func run(_ program: String, _ arguments: [String], limit: Int) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try wait(program, arguments, limit: limit) }) }
        }
    }

    private static func wait(_ program: String, _ arguments: [String], limit: Int) throws -> String {
        places.wait()
        defer { places.signal() }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw Diagnostic.error("'\(program)' cannot be started: \(error.localizedDescription)")
        }
        let hasEnded = Mutex(false)
        let end = DispatchWorkItem { [process] in if !hasEnded.withLock({ $0 }) { process.terminate() } }
        queue.asyncAfter(deadline: .now() + longest, execute: end)
        let words = Mutex(Data())
        let group = DispatchGroup()
        queue.async(group: group) {
            let data = read(errors.fileHandleForReading, limit: 1 << 16)
            words.withLock { $0 = data }
        }
        let bytes = read(output.fileHandleForReading, limit: limit + 1)
        if bytes.count > limit { process.terminate() }
        group.wait()
        process.waitUntilExit()
        hasEnded.withLock { $0 = true }
        end.cancel()
        guard bytes.count <= limit else { throw Diagnostic.error("there is too much in these rows to show them here") }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            let text = String(decoding: words.withLock { $0 }, as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.contains("error: ") } ?? "error: it ended without a word"
            throw Diagnostic.error(String(line[(line.range(of: "error: ")?.upperBound ?? line.startIndex)...]))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func read(_ handle: FileHandle, limit: Int) -> Data {
        var data = Data()
        while data.count < limit, let more = try? handle.read(upToCount: min(1 << 16, limit - data.count)),
            !more.isEmpty
        {
            data += more
        }
        return data
    }
}
