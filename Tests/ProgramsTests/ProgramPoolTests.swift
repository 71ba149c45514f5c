import Columnar
import Foundation
import Processes
import Programs
import Project
import Synchronization
import TestThreads
import Testing

/// Pools of `cat`, which answers what it is given.
@Suite("A pool of workers", .onTime)
struct ProgramPoolTests {
    private static let schema = Schema([Field("i", .integer(.int64))])

    private func batch(_ numbers: Range<Int>) throws -> RecordBatch {
        try RecordBatch(
            Self.schema, [try Vector.make(.integer(.int64), numbers.map { .int(Int64($0)) })],
            count: numbers.count)
    }

    private func pool(_ command: String..., workers: Int = 2) throws -> ProgramPool {
        let span = SourceSpan(file: SourceFile(path: "millrace.yaml", text: "run"), offset: 0)
        let step = ProgramStep(
            program: .command(command.map { Located($0, at: span) }), inputs: [], workers: workers, onFail: .fail,
            span: span)
        let call = try ProgramCall(
            step, folder: NSTemporaryDirectory(), environment: ProcessInfo.processInfo.environment)
        return try ProgramPool(call, onLine: { _ in })
    }

    /// Feeds a pool from a thread of its own.
    private func feed(
        _ pool: ProgramPool, batches: Int, each: Int = 10, note: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        PipedProcess.thread {
            pool.begin(Self.schema)
            for index in 0..<batches {
                guard let batch = try? batch(index * each..<(index + 1) * each), pool.offer([batch]) else { return }
                note(index)
            }
            pool.endInput()
        }
    }

    @Test("answers come in the order of the input, and nobody runs ahead of who takes them")
    func bounded() throws {
        let pool = try pool("cat")
        defer { pool.close() }
        let offered = Counter()
        feed(pool, batches: 60) { offered.set($0 + 1) }
        #expect(try pool.schema().fields.map(\.name) == ["i"])
        var taken = 0
        while let batch = try pool.next() {
            #expect(try batch.columns[0] == self.batch(taken * 10..<(taken + 1) * 10).columns[0])
            taken += 1
            // Five under way, three done, and the one that was taken meanwhile.
            #expect(offered.value - taken <= 10)
        }
        #expect(taken == 60)
        #expect(pool.outcome.rowsIn == 600 && pool.outcome.rowsOut == 600)
    }

    @Test("when nobody takes answers any more, giving it up ends everything")
    func stalled() throws {
        let pool = try pool("cat")
        let offered = Counter()
        feed(pool, batches: 1000) { offered.set($0 + 1) }
        _ = try pool.schema()
        pool.close()
        #expect(offered.value < 1000)
        #expect(throws: CancellationError.self) { try pool.next() }
        #expect(try !pool.offer([batch(0..<1)]))
    }

    @Test("a program that is not there, and one that writes no Arrow")
    func faults() throws {
        for (command, kind, words) in [
            (["no-such-program"], ProgramFault.Kind.notStarted, "there is no program"),
            (["echo", "hello"], .answer, "no Arrow stream"), (["false"], .died, "it ended with exit status 1"),
            (["sh", "-c", "cat >/dev/null"], .answer, "nothing came"),
        ] {
            let span = SourceSpan(file: SourceFile(path: "millrace.yaml", text: "run"), offset: 0)
            let step = ProgramStep(
                program: .command(command.map { Located($0, at: span) }), inputs: [], onFail: .fail, span: span)
            let pool = try ProgramPool(
                ProgramCall(step, folder: "/", environment: ProcessInfo.processInfo.environment), onLine: { _ in })
            defer { pool.close() }
            feed(pool, batches: 3)
            let fault = #expect(throws: ProgramFault.self) { try pool.schema() }
            #expect(fault?.kind == kind && fault?.message.contains(words) == true, "\(String(describing: fault))")
        }
    }

    private final class Counter: Sendable {
        private let number = Mutex(0)
        var value: Int { number.withLock { $0 } }
        func set(_ value: Int) { number.withLock { $0 = value } }
    }
}
