import Columnar
import Foundation
import Processes
import Project
import Synchronization

/// A Python process that calls a function: `python/millrace/worker.py` is its other end.
final class PythonWorker: Worker {
    private struct State {
        var process: PipedProcess?
        var isCancelled = false
    }

    private let call: ProgramCall
    private let place: PythonPlace
    private let file: String
    private let function: String
    private let onLine: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(
        _ call: ProgramCall, _ place: PythonPlace, file: String, function: String,
        onLine: @escaping @Sendable (String) -> Void
    ) {
        self.call = call
        self.place = place
        self.file = file
        self.function = function
        self.onLine = onLine
    }

    private struct Frame {
        var kind: UInt8
        var content: ReceivedBytes
    }

    /// What the worker says when something went wrong.
    private struct Trouble: Decodable {
        var stage: String
        var type: String
        var message: String
        var line: Int?
        var traceback: String
    }

    private static let program =
        "import sys; sys.path.insert(0, sys.argv.pop()); from millrace.worker import main; main()"
    /// Standard input and output become descriptors of our own, so that what the function prints is never data.
    private static let shell = #"ulimit -c 0; exec 3<&0 4>&1 </dev/null 1>&2; exec "$@""#

    func prepare() throws(ProgramFault) {
        guard state.withLock({ $0.process }) == nil else { return }
        let launch = ChildProcess.Launch(
            ["/bin/sh", "-c", Memory.limiting(call.step.memory) + Self.shell, "sh", place.python]
                + ["-u", "-c", Self.program, file, function, place.package],
            environment: call.environment, folder: call.folder)
        let process: PipedProcess
        do {
            process = try PipedProcess(launch, onLine: onLine)
        } catch {
            throw ProgramFault(.notStarted, "Python cannot be started: \(error)")
        }
        let isCancelled = state.withLock { state in
            state.process = process
            return state.isCancelled
        }
        if isCancelled { process.kill() }
        let frame: Frame
        do {
            frame = try receive([], from: process, doing: "while it was made ready")
        } catch {
            var fault = error
            fault.kind = .notStarted
            let hasNoArrow = fault.details.contains("No module named 'pyarrow'")
            if hasNoArrow {
                fault.message = "\(place.python) (\(place.origin)) has no pyarrow"
                fault.details = ""
                fault.hint = "\(place.remedy), or set MILLRACE_PYTHON to a Python that has it"
            }
            throw fault
        }
        if frame.kind != UInt8(ascii: "R") { throw fault(in: frame) }
    }

    func answer(_ batches: [RecordBatch], _ schema: Schema) throws(ProgramFault) -> Answer? {
        try prepare()
        guard let process = state.withLock({ $0.process }) else { throw ProgramFault(.died, "it has no process") }
        let pieces: [Buffer]
        do {
            let content = try stream(batches, schema)
            var head = [UInt8(ascii: "B")]
            withUnsafeBytes(of: UInt64(content.byteCount).littleEndian) { head += $0 }
            pieces = [try Buffer(head)] + content
        } catch {
            throw ProgramFault(.answer, "the input cannot be written as an Arrow stream: \(error)")
        }
        let frame = try receive(pieces, from: process, doing: nil)
        switch frame.kind {
        case UInt8(ascii: "A"):
            return frame.content.count == 0 ? nil : try Answer(ReceivedStream(frame.content))
        default: throw fault(in: frame)
        }
    }

    private func receive(
        _ pieces: [Buffer], from process: PipedProcess, doing what: String?
    ) throws(ProgramFault) -> Frame {
        let patience = what == nil ? call.step.timeout : call.step.setupTimeout
        let deadline = ContinuousClock.now + .milliseconds(patience)
        let head = ReceivedBytes(capacity: 9)
        var outcome = pieces.withBytes {
            process.exchange($0, into: head, wanted: 9, deadline: deadline, memory: call.step.memory)
        }
        var content = ReceivedBytes(capacity: 0)
        if outcome == .done {
            let length = head.bytes.loadUnaligned(fromByteOffset: 1, as: UInt64.self).littleEndian
            guard length < 1 << 40 else { throw ProgramFault(.answer, "what it answered is no answer") }
            content = ReceivedBytes(capacity: Int(length))
            outcome = process.exchange(
                [], into: content, wanted: Int(length), deadline: deadline, memory: call.step.memory)
        }
        guard outcome == .done else {
            if outcome == .timedOut {
                // Python tells where it is.
                process.abort()
                process.close(grace: .seconds(2))
            }
            process.kill()
            let (ending, lastWords) = process.ending()
            state.withLock { $0.process = nil }
            var fault = ProgramFault(outcome, ending, lastWords, call.step, patience: patience, doing: what)
            fault.line = line(in: lastWords)
            throw fault
        }
        return Frame(kind: head.bytes[0], content: content)
    }

    /// The line of the function's file in what Python's own handler of crashes says: `File "…", line 7 in f`.
    private func line(in words: [String]) -> Int? {
        for word in words {
            guard let name = word.firstRange(of: "File \"\(file)\", line ") else { continue }
            return Int(word[name.upperBound...].prefix(while: \.isNumber))
        }
        return nil
    }

    private func fault(in frame: Frame) -> ProgramFault {
        guard frame.kind == UInt8(ascii: "E"),
            let trouble = try? JSONDecoder().decode(Trouble.self, from: Data(frame.content.bytes))
        else { return ProgramFault(.answer, "what it answered is no answer") }
        let said = trouble.message.isEmpty ? trouble.type : "\(trouble.type): \(trouble.message)"
        switch trouble.stage {
        case "import":
            end()
            return ProgramFault(
                .notStarted, "the file cannot be imported: \(said)", details: trouble.traceback, line: trouble.line,
                hint: trouble.type == "ModuleNotFoundError" ? "it was run by \(place.python) (\(place.origin))" : nil)
        case "setup":
            end()
            return ProgramFault(
                .notStarted, "the function cannot be made ready: \(said)", details: trouble.traceback,
                line: trouble.line)
        case "schema":
            return ProgramFault(
                .answer, trouble.message, line: trouble.line,
                hint: "all that it returns has the same columns: '@millrace.step(schema={…})' names them")
        default: return ProgramFault(.raised, said, details: trouble.traceback, line: trouble.line)
        }
    }

    private func end() {
        let process = state.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        process?.kill()
    }

    func cancel() {
        let process = state.withLock { state in
            state.isCancelled = true
            return state.process
        }
        process?.kill()
    }

    func close() {
        let process = state.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        process?.close(grace: .seconds(5))
    }
}
