import Columnar
import Processes
import Project
import Synchronization
import Timetable

/// A program that is started for each batch: an Arrow stream is its standard input, and one is its output.
final class CommandWorker: Worker {
    private struct State {
        var process: PipedProcess?
        var isCancelled = false
    }

    private let call: ProgramCall
    private let command: [String]
    private let onLine: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(_ call: ProgramCall, command: [String], onLine: @escaping @Sendable (String) -> Void) {
        self.call = call
        self.command = command
        self.onLine = onLine
    }

    func prepare() throws(ProgramFault) {
        guard let name = command.first, PythonPlace.program(name, call.environment, in: call.folder) != nil else {
            throw ProgramFault(.notStarted, "there is no program '\(command.first ?? "")'", hint: Self.hint)
        }
    }

    static let hint =
        "name a program in PATH, or a file of the project that may be executed, with a './' before it"

    func answer(_ batches: [RecordBatch], _ schema: Schema) throws(ProgramFault) -> Answer? {
        try prepare()
        let process: PipedProcess
        let pieces: [Buffer]
        do {
            pieces = try stream(batches, schema)
            let shell = Memory.limiting(call.step.memory) + #"exec "$@""#
            process = try PipedProcess(
                ChildProcess.Launch(
                    ["/bin/sh", "-c", shell, "sh"] + command, environment: call.environment, folder: call.folder),
                onLine: onLine)
        } catch {
            throw ProgramFault(.notStarted, "'\(command[0])' cannot be started: \(error)")
        }
        let isCancelled = state.withLock { state in
            state.process = process
            return state.isCancelled
        }
        if isCancelled { process.kill() }
        defer { state.withLock { $0.process = nil } }
        let received = ReceivedBytes(capacity: 1 << 16)
        let outcome = pieces.withBytes {
            process.exchange(
                $0, closesInput: true, into: received, wanted: nil,
                deadline: .now + .milliseconds(call.step.timeout), memory: call.step.memory)
        }
        if outcome == .done { process.close(grace: .seconds(5)) } else { process.kill() }
        let (ending, lastWords) = process.ending()
        guard outcome == .done, ending == .exited(status: 0) else {
            throw ProgramFault(outcome, ending, lastWords, call.step, doing: nil)
        }
        return received.count == 0 ? nil : try Answer(ReceivedStream(received))
    }

    func cancel() {
        let process = state.withLock { state in
            state.isCancelled = true
            return state.process
        }
        process?.kill()
    }

    func close() {}
}

/// The brake for a process that takes memory faster than anyone can look.
enum Memory {
    /// The shell's words for it: address space beyond what it may use, since libraries reserve what they never use.
    static func limiting(_ bytes: Int?) -> String {
        bytes.map { "ulimit -v \($0 / 1024 + 8 << 20) 2>/dev/null; " } ?? ""
    }
}

extension ProgramFault {
    /// Why a process did not answer.
    init(
        _ outcome: PipedProcess.Outcome, _ ending: ChildProcess.Ending, _ lastWords: [String], _ step: ProgramStep,
        patience: Int? = nil, doing what: String?
    ) {
        let message =
            switch outcome {
            case .timedOut: "it took longer than \(DurationText.text(milliseconds: patience ?? step.timeout))"
            case .tooMuchMemory(let bytes):
                "it had \(bytes >> 20) MiB of memory, more than its \((step.memory ?? 0) >> 20) MiB"
            case .done, .ended:
                switch ending {
                case .exited(let status): "it ended with exit status \(status)"
                case .killed(let signal): "it was killed by signal \(signal)\(Self.name(of: signal))"
                case .notStarted(let reason): reason
                }
            }
        self.init(.died, message + (what.map { " \($0)" } ?? ""), details: lastWords.joined(separator: "\n"))
    }

    private static func name(of signal: Int) -> String {
        switch signal {
        case 4: " (illegal instruction)"
        case 6: " (abort)"
        case 7: " (bus error)"
        case 8: " (arithmetic)"
        case 9: " (kill: often the system's, out of memory)"
        case 11: " (segmentation fault)"
        default: ""
        }
    }
}
