import Foundation
import Processes
import Project
import Synchronization

/// Runs the program itself for what needs the engine. So many at once; the others wait.
final class EngineChild: Sendable {
    private let program: String
    private let state = Mutex(State())

    private struct State {
        var free = 2
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private static let patience = Duration.seconds(60)

    init(_ program: String) { self.program = program }

    /// - Parameter limit: of its output, in bytes; more ends it.
    /// - Returns: the lines that it wrote.
    /// - Throws: `Diagnostic` with its words when it fails.
    func run(_ arguments: [String], limit: Int) async throws -> [String] {
        await takePlace()
        defer { leavePlace() }
        let launch = ChildProcess.Launch(
            [program] + arguments, environment: ProcessInfo.processInfo.environment, folder: "/")
        let said = await ChildProcess.run(launch, limit: limit, patience: Self.patience)
        switch said.ending {
        case nil: throw Diagnostic.error("there is too much in these rows to show them here")
        case .exited(status: 0): return said.output
        case .notStarted(let reason): throw Diagnostic.error("the engine cannot be started: \(reason)")
        case .exited, .killed:
            let line = said.errors.first { $0.contains("error: ") } ?? "error: it ended without a word"
            throw Diagnostic.error(String(line[(line.range(of: "error: ")?.upperBound ?? line.startIndex)...]))
        }
    }

    private func takePlace() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    private func leavePlace() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
