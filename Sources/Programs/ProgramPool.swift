package import Columnar
import Foundation
import Processes
import Project

/// Workers, each with a thread, and the batches that they work on: `offer` takes them, `next` hands on what became of
/// them. Neither holds more than a few batches, so who is slow makes the others wait.
package final class ProgramPool: Sendable {
    /// A row at which the program failed.
    package struct GuiltyRow: Sendable {
        package var row: RecordBatch
        package var reason: String
    }

    package struct Outcome: Sendable {
        package var guilty: [GuiltyRow]
        /// Rows that came in, and that were handed on.
        package var rowsIn: Int
        package var rowsOut: Int
    }

    fileprivate struct State {
        var schedule: BatchSchedule
        var inputSchema: Schema?
        /// The batches under way.
        var inputs: [Int: [RecordBatch]] = [:]
        /// What became of their pieces, by the first row.
        var answers: [Int: [Int: [RecordBatch]]] = [:]
        /// What was finished and not taken yet.
        var ready: [[RecordBatch]] = []
        var schema: Schema?
        var guilty: [GuiltyRow] = []
        /// Why it failed at the last of them.
        var lastFault: ProgramFault?
        var rowsIn = 0
        var rowsOut = 0
        var fault: ProgramFault?
        var isCancelled = false
        var workers: [any Worker] = []
        var living = 0
    }

    /// `@unchecked Sendable` because all of the state is used only while the condition is held.
    private final class Shared: @unchecked Sendable {
        private let condition = NSCondition()
        private var state: State

        init(_ state: State) {
            self.state = state
        }

        /// Waits until `body` gives something. Whoever changes the state lets all others look again.
        func wait<Result>(_ body: (inout State) -> Result?) -> Result {
            condition.lock()
            defer { condition.unlock() }
            while true {
                if let result = body(&state) {
                    condition.broadcast()
                    return result
                }
                condition.wait()
            }
        }

        func with<Result>(_ body: (inout State) -> Result) -> Result { wait { body(&$0) } }
    }

    private let step: ProgramStep
    private let shared: Shared
    private let ended = DispatchGroup()

    /// Starts the workers.
    /// - Parameter onLine: gets what the program says.
    /// - Throws: `ProgramFault`.
    package init(_ call: ProgramCall, onLine: @escaping @Sendable (String) -> Void) throws {
        step = call.step
        let rules = BatchSchedule.Rules(
            retries: step.retries, mostGuilty: step.onFail == .fail ? nil : step.mostFailing,
            window: 2 * step.workers + 1, isOrdered: step.isOrdered)
        shared = Shared(State(schedule: BatchSchedule(rules)))
        for _ in 0..<step.workers {
            let worker: any Worker
            switch step.program {
            case .python(let path, _, let function, _):
                guard let place = call.python else { continue }
                worker = PythonWorker(call, place, file: path, function: function, onLine: onLine)
            case .command(let words):
                worker = CommandWorker(call, command: words.map(\.value), onLine: onLine)
            }
            shared.with { state in
                state.workers.append(worker)
                state.living += 1
            }
            ended.enter()
            // Used by its own thread; only `cancel` comes from others, which it allows.
            let owned = Owned(worker: worker)
            PipedProcess.thread { [self] in
                work(owned.worker)
                ended.leave()
            }
        }
    }

    /// `@unchecked Sendable` because what it holds is handed to one thread, which alone uses it.
    private struct Owned: @unchecked Sendable {
        let worker: any Worker
    }

    // MARK: What comes in

    /// Says what columns the batches will have.
    package func begin(_ schema: Schema) {
        shared.with { $0.inputSchema = schema }
    }

    /// Takes a batch, and waits until there is room for it.
    /// - Returns: false when nothing more is wanted.
    package func offer(_ batches: [RecordBatch]) -> Bool {
        let rows = batches.reduce(0) { $0 + $1.count }
        return shared.wait { state in
            if state.hasStopped { return false }
            guard state.schedule.hasRoom, state.ready.count <= step.workers else { return nil }
            let number = state.schedule.take(rows: rows)
            state.inputs[number] = batches
            state.rowsIn += rows
            return true
        }
    }

    /// No more batches will come.
    package func endInput() {
        shared.with { $0.schedule.end() }
    }

    /// Ends everything, because the input cannot be had, or the answers are not wanted.
    package func cancel() {
        let workers = shared.with { state in
            state.isCancelled = true
            return state.workers
        }
        for worker in workers { worker.cancel() }
    }

    /// Waits until no process is left. Workers that have nothing more to do end by themselves.
    package func close() {
        let isDone = shared.with { $0.schedule.isDone && !$0.hasStopped }
        if !isDone { cancel() }
        ended.wait()
    }

    // MARK: What comes out

    /// The columns of all answers: waits for the first answer that has any.
    /// - Throws: `ProgramFault`, or `CancellationError`.
    package func schema() throws -> Schema {
        try shared.wait { state -> Result<Schema, any Error>? in
            if let schema = state.schema { return .success(schema) }
            if let error = state.error { return .failure(error) }
            guard state.isOver else { return nil }
            if var fault = state.lastFault {
                fault.message = "it fails at every row, the last time with: \(fault.message)"
                return .failure(fault)
            }
            return .failure(
                ProgramFault(
                    .answer, "nothing came from which the columns could be told",
                    hint: "return a batch without rows, or declare them: '@millrace.step(schema={…})'"))
        }.get()
    }

    /// The next answer; nil after the last.
    package func next() throws -> RecordBatch? {
        try shared.wait { state -> Result<RecordBatch?, any Error>? in
            if let error = state.error { return .failure(error) }
            if !state.ready.isEmpty {
                let batch = state.ready[0].removeFirst()
                if state.ready[0].isEmpty { state.ready.removeFirst() }
                return .success(batch)
            }
            return state.isOver ? .success(nil) : nil
        }.get()
    }

    /// Why it stopped early; nil when it did not.
    package var fault: ProgramFault? { shared.with { $0.fault } }

    /// The account, once the last answer was taken.
    package var outcome: Outcome {
        shared.with { Outcome(guilty: $0.guilty, rowsIn: $0.rowsIn, rowsOut: $0.rowsOut) }
    }

    // MARK: The workers

    private func work(_ worker: any Worker) {
        do {
            try worker.prepare()
        } catch {
            stop(error)
        }
        while let (piece, batches, schema) = nextPiece() {
            do {
                let answer = try worker.answer(batches, schema)
                take(answer, of: piece)
            } catch {
                failed(piece, batches, error)
            }
        }
        // One that was cancelled is dead already.
        worker.close()
        shared.with { $0.living -= 1 }
    }

    private func nextPiece() -> (BatchSchedule.Piece, [RecordBatch], Schema)? {
        shared.wait { state -> (BatchSchedule.Piece, [RecordBatch], Schema)?? in
            if state.hasStopped || state.schedule.isDone { return .some(nil) }
            guard let schema = state.inputSchema, let piece = state.schedule.start(),
                let batches = state.inputs[piece.batch]
            else { return nil }
            return (piece, Self.rows(piece.rows, of: batches), schema)
        }
    }

    /// Some rows of batches that stand one after the other.
    private static func rows(_ rows: Range<Int>, of batches: [RecordBatch]) -> [RecordBatch] {
        var start = 0
        var found: [RecordBatch] = []
        for batch in batches {
            let wanted = rows.clamped(to: start..<start + batch.count)
            if wanted.count == batch.count {
                found.append(batch)
            } else if !wanted.isEmpty {
                found.append(batch.slice(wanted.lowerBound - start, wanted.count))
            }
            start += batch.count
        }
        return found
    }

    private func take(_ answer: Answer?, of piece: BatchSchedule.Piece) {
        shared.with { state in
            if let answer {
                if let schema = state.schema, schema.fields != answer.schema.fields {
                    state.fault =
                        state.fault
                        ?? ProgramFault(
                            .answer,
                            "it returned other columns than for an earlier batch: "
                                + Self.difference(schema, answer.schema),
                            hint: "all that it returns has the same columns; for a Python function "
                                + "'@millrace.step(schema={…})' names them")
                    return
                }
                state.schema = answer.schema
            }
            state.answers[piece.batch, default: [:]][piece.rows.lowerBound] = answer?.batches ?? []
            state.schedule.answered(piece)
            state.handOn()
        }
    }

    private func failed(_ piece: BatchSchedule.Piece, _ batches: [RecordBatch], _ fault: ProgramFault) {
        shared.with { state in
            guard !state.hasStopped else { return }
            guard fault.isOfRows else {
                state.fault = fault
                return
            }
            switch state.schedule.failed(piece) {
            case .again, .divided: break
            case .guilty:
                guard let row = batches.first else { return }
                state.guilty.append(GuiltyRow(row: row, reason: fault.description))
                state.lastFault = fault
                state.handOn()
            case .stop:
                var fault = fault
                let most = step.mostFailing
                if step.onFail == .quarantine, !piece.rows.isEmpty {
                    fault.message =
                        "it fails at more than \(most) row\(most == 1 ? "" : "s"), the last time with: \(fault.message)"
                    fault.hint = fault.hint ?? "mend the function, or raise 'max_failing'"
                } else if step.onFail == .fail {
                    fault.hint = fault.hint ?? "'on_fail: quarantine' publishes the rows at which it does not fail"
                }
                state.fault = fault
            }
        }
    }

    private func stop(_ fault: ProgramFault) {
        shared.with { state in
            if !state.hasStopped { state.fault = fault }
        }
    }

    private static func difference(_ expected: Schema, _ found: Schema) -> String {
        var parts: [String] = []
        for field in expected.fields {
            guard let other = found.fields.first(where: { $0.name == field.name }) else {
                parts.append("'\(field.name)' is missing")
                continue
            }
            if other.type != field.type { parts.append("'\(field.name)' is \(other.type) instead of \(field.type)") }
        }
        for field in found.fields where !expected.fields.contains(where: { $0.name == field.name }) {
            parts.append("'\(field.name)' is new")
        }
        return parts.isEmpty ? "they are in another order" : parts.joined(separator: ", ")
    }
}

extension ProgramPool.State {
    fileprivate var hasStopped: Bool { fault != nil || isCancelled }

    fileprivate var error: (any Error)? { fault ?? (isCancelled ? CancellationError() : nil) }

    /// Everything was answered, and the answers were taken.
    fileprivate var isOver: Bool { schedule.isDone && ready.isEmpty }

    /// Hands on what is finished.
    fileprivate mutating func handOn() {
        while let batch = schedule.finish() {
            inputs[batch] = nil
            let answer = (answers.removeValue(forKey: batch) ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value)
            rowsOut += answer.reduce(0) { $0 + $1.count }
            let rows = answer.filter { $0.count > 0 }
            if !rows.isEmpty { ready.append(rows) }
        }
    }
}
