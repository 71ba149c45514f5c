import Columnar
import DuckDB
import Foundation
import Processes
import Programs
import Project
import Queries
import Store
import Synchronization

/// A step's program on the embedded engine: a thread reads the input and feeds the workers, and what they answer is a
/// view that the step's one query reads.
final class LocalProgram: Sendable {
    let step: ProgramStep
    /// The view of the answers, which can be read once.
    let view: String
    private let dataset: Dataset
    private let pool: ProgramPool
    private let feeding: Interrupter
    private let inputFault = Mutex<(any Error)?>(nil)
    private let fed = DispatchGroup()
    /// Where inputs other than the first are.
    private let folder: String

    /// Starts the workers and the reading.
    init(
        _ job: StepJob, _ step: ProgramStep, number: Int, database: Database, context: ProgramContext,
        onLine: @escaping @Sendable (String) -> Void
    ) throws {
        self.step = step
        dataset = job.dataset
        view = "_millrace_program_\(number)"
        folder = NSTemporaryDirectory() + "millrace-inputs-\(UUID().uuidString)"
        let connection = try database.connect()
        feeding = connection.interrupter
        for input in job.inputs {
            try connection.execute("CREATE OR REPLACE TEMP VIEW \(Quote.name(input.name.text)) AS \(input.scanSQL)")
        }
        var environment = context.environment
        environment["MILLRACE_INPUTS"] = try Self.further(step, in: folder, on: connection)
        let lines = LineLimit(onLine)
        do {
            pool = try ProgramPool(
                ProgramCall(step, folder: context.folder, environment: environment), onLine: { lines.take($0) })
        } catch let fault as ProgramFault {
            try? FileManager.default.removeItem(atPath: folder)
            throw StepError([fault.diagnostic(of: step, in: job.dataset.name)])
        }
        guard let first = step.inputs.first else { return }
        let owned = Owned(connection: connection)
        let select = "SELECT * FROM \(Quote.name(first.value.text))"
        fed.enter()
        PipedProcess.thread { [self] in
            feed(select, from: owned.connection)
            owned.connection.close()
            fed.leave()
        }
    }

    /// The connection goes to the thread that reads.
    ///
    /// `@unchecked Sendable` because from then on that thread alone uses it.
    private struct Owned: @unchecked Sendable {
        let connection: Connection
    }

    /// Writes the inputs that do not come in batches to files.
    /// - Returns: where they are, as JSON.
    private static func further(_ step: ProgramStep, in folder: String, on connection: Connection) throws -> String {
        var places: [String: String] = [:]
        for input in step.inputs.dropFirst() {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = "\(folder)/\(input.value).parquet"
            try connection.execute(
                "COPY (SELECT * FROM \(Quote.name(input.value.text))) TO \(Quote.text(path)) (FORMAT parquet)")
            places[input.value.text] = path
        }
        return String(decoding: try JSONEncoder().encode(places), as: UTF8.self)
    }

    private func feed(_ select: String, from connection: Connection) {
        do {
            var waiting: [RecordBatch] = []
            var rows = 0
            var isFirst = true
            var columns: Schema?
            func offer() throws {
                guard pool.offer(waiting) else { throw CancellationError() }
                waiting = []
                rows = 0
                isFirst = false
            }
            try connection.streamBatches(select) { schema in
                columns = schema
                pool.begin(schema)
            } _: { batch in
                var start = 0
                while start < batch.count {
                    let count = min(batch.count - start, step.batchRows - rows)
                    waiting.append(count == batch.count ? batch : batch.slice(start, count))
                    rows += count
                    start += count
                    if rows == step.batchRows { try offer() }
                }
            }
            // Of nothing, too, the program says what columns come of it.
            if isFirst, rows == 0, let columns { waiting = [try RecordBatch.empty(columns)] }
            if !waiting.isEmpty { try offer() }
            pool.endInput()
        } catch {
            if !(error is CancellationError) { inputFault.withLock { $0 = error } }
            pool.cancel()
        }
    }

    /// The source of the answers: waits until their columns are known.
    func answers() throws -> ArrowSource {
        let pool = pool
        return try translating {
            ArrowSource(try pool.schema()) { try pool.next() }
        }
    }

    /// Runs `body`, and throws in the user's terms what went wrong with the program, or with its input.
    func translating<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            if let fault = inputFault.withLock({ $0 }) { throw fault }
            if let fault = (error as? ProgramFault) ?? pool.fault {
                throw StepError([fault.diagnostic(of: step, in: dataset.name)])
            }
            throw error
        }
    }

    /// The rows at which the program failed; the answers must have been read to their end.
    func guiltyRows(on connection: Connection) throws -> [(reason: String, input: String)] {
        try pool.outcome.guilty.enumerated().map { index, guilty in
            let name = "\(view)_row_\(index)"
            let row = Mutex<RecordBatch?>(guilty.row)
            let source = ArrowSource(guilty.row.schema) { row.withLock { $0.take() } }
            try connection.createView(name, over: source)
            defer {
                try? connection.execute("DROP VIEW IF EXISTS \(Quote.name(name))")
                withExtendedLifetime(source) {}
            }
            let text = try connection.query("SELECT to_json(r)::VARCHAR FROM \(Quote.name(name)) AS r").first
            return (guilty.reason, text?[0].text ?? "")
        }
    }

    /// Rows that were answered.
    var rowsOut: Int { pool.outcome.rowsOut }

    func cancel() {
        pool.cancel()
        feeding.cancel()
    }

    /// Waits until neither a process nor the reading is left.
    func close() {
        pool.close()
        feeding.cancel()
        fed.wait()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Where programs run.
package struct ProgramContext: Sendable {
    /// The project's folder.
    package var folder: String
    package var environment: [String: String]

    package init(folder: String, environment: [String: String]) {
        self.folder = folder
        self.environment = environment
    }
}

/// Passes lines on, up to a number.
private final class LineLimit: Sendable {
    private static let most = 1000
    private let seen = Atomic<Int>(0)
    private let onLine: @Sendable (String) -> Void

    init(_ onLine: @escaping @Sendable (String) -> Void) {
        self.onLine = onLine
    }

    func take(_ line: String) {
        let number = seen.wrappingAdd(1, ordering: .relaxed).newValue
        // Control characters would move a terminal's cursor.
        let text = String(line.map { $0.isASCII && ($0.asciiValue ?? 32) < 32 ? " " : $0 })
        if number <= Self.most { onLine(text) }
        if number == Self.most { onLine("… more lines are left out") }
    }
}

extension RecordBatch {
    static func empty(_ schema: Schema) throws -> RecordBatch {
        try RecordBatch(schema, schema.fields.map { try Vector.make($0.type, []) }, count: 0)
    }
}
