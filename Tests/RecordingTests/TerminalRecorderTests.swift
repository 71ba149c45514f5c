import Planning
import Project
import Testing

@testable import Recording
@testable import Running

@Suite("Telling a run to a person")
struct TerminalRecorderTests {
    private let sink = Sink()

    private func recorder(live: Bool = false, quiet: Bool = false, width: Int? = nil) -> TerminalRecorder {
        let sink = sink
        return TerminalRecorder(.init(isLive: live, isQuiet: quiet, width: { width })) { sink.write($0, $1) }
    }

    private func play(_ events: [RunEvent], into recorder: TerminalRecorder) {
        for (index, event) in events.enumerated() { recorder.record(event, at: Samples.start + index * 1000) }
    }

    private func goodRun() throws -> [RunEvent] {
        let flights = try Samples.name("flights")
        let planes = try Samples.name("planes_raw")
        return [
            .runStarted(
                RunStart(
                    run: Samples.run, project: "flights",
                    plan: Plan(steps: [
                        Samples.planStep(planes, .skip, .upToDate), Samples.planStep(flights, .run, .definitionChanged),
                    ]))),
            .stepSkipped(planes, .upToDate),
            .stepStarted(
                StepStart(dataset: flights, kind: "sql", reasons: [.definitionChanged], index: 1, count: 1)),
            .stepProgressed(StepProgress(dataset: flights, phase: .writing, fraction: 0.5, rows: 165_000)),
            .stepAudited(flights, [Samples.passed, Samples.quarantined]),
            .stepFinished(
                Samples.result(
                    flights, rows: RowAccount(read: 330_233, published: 329_821, quarantined: 412),
                    checks: [Samples.passed, Samples.quarantined], splits: ["train": 263_857, "test": 65_964])),
            .runFinished(Samples.summary(.done, done: 1, upToDate: 1)),
        ]
    }

    @Test("one row is one row")
    func singular() throws {
        let flights = try Samples.name("flights")
        let result = Samples.result(flights, rows: RowAccount(read: 2, published: 1, quarantined: 1))
        play([.stepFinished(result)], into: recorder())
        #expect(sink.report.contains("version 3              1 row, 1 quarantined "), "\(sink.report)")
    }

    @Test("a run in a pipe is plain lines, one an event, and a summary")
    func pipe() throws {
        play(try goodRun(), into: recorder())
        #expect(
            sink.report == """
                run 20260304T050607-1a2b3c: 1 dataset to make, 1 up to date
                  flights  sql started: definition changed
                ✓ flights  version 3        329,821 rows, 412 quarantined     1.2 s
                    » range(air_time)  quarantined: 412 of 330,233 rows (0.12 %): outside 10 … 1000

                done: 1 dataset made, 1 up to date, in 2.4 s
                  checks      1 passed, 1 with rows quarantined
                  quarantine  flights  412 of 330,233 rows (0.12 %), kept in flights__quarantine
                  splits      flights  train 80 % (263,857), test 20 % (65,964)

                """)
        #expect(sink.diagnostics.isEmpty)
    }

    @Test("on a terminal the running step is redrawn in place and gives way to its final line")
    func live() throws {
        let recorder = recorder(live: true, width: 80)
        let events = try goodRun()
        play(Array(events[0...3]), into: recorder)
        #expect(
            sink.report == "⠙ flights  writing     0.0 s\u{1B}[K\n" + "\u{1B}[1A\r"
                + "⠹ flights  writing     165,000 rows  165,000 rows/s  50 %  1.0 s\u{1B}[K\n")
        recorder.tick(at: Samples.start + 9000)
        #expect(sink.report.hasSuffix("165,000 rows  23,571 rows/s  50 %  7.0 s left  7.0 s\u{1B}[K\n"))
        recorder.record(events[5], at: Samples.start + 9500)
        #expect(sink.report.contains("\u{1B}[1A\r\u{1B}[0J✓ flights  version 3"))
    }

    @Test("a refused version names the check, the count, the share, example rows and what stays live")
    func refused() throws {
        let flights = try Samples.name("flights")
        let delays = try Samples.name("delays")
        play(
            [
                .runStarted(
                    RunStart(
                        run: Samples.run, project: "flights",
                        plan: Plan(steps: [
                            Samples.planStep(flights, .run, .new), Samples.planStep(delays, .run, .new),
                        ]))),
                .stepFailed(
                    StepFailure(
                        dataset: flights, cause: .check, diagnostics: [], checks: [Samples.passed, Samples.refused],
                        live: Version(2), seconds: 1.2)),
                .stepSkipped(delays, .upstreamFailed(flights)),
                .runFinished(Samples.summary(.failed, failed: 1, skipped: 1)),
            ], into: recorder())
        #expect(
            sink.report == """
                run 20260304T050607-1a2b3c: 2 datasets to make
                ✗ flights  refused by 1 check, version 2 stays live  1.2 s
                – delays   skipped, because flights failed

                failed: 1 dataset failed, 1 skipped, in 2.4 s
                  checks      1 passed, 1 failed
                  next: mend what is told above, then 'millrace run' makes what is left; what was published stays

                """)
        #expect(
            sink.diagnostics == """
                    ✗ unique(flight_id)  failed: 7 of 330,233 rows (< 0.01 %): not unique
                        flight_id  dest
                        UA-1       NULL
                        AA-22      J\\u{1b}[31mFK
                        … and 5 more

                """)
    }

    @Test("nothing to do is one line")
    func nothingToDo() throws {
        play([.runFinished(Samples.summary(.nothingToDo, upToDate: 7))], into: recorder())
        #expect(sink.report == "nothing to do: 7 datasets are up to date\n")
    }

    @Test("quiet tells only what is wrong")
    func quiet() throws {
        play(try goodRun(), into: recorder(quiet: true))
        #expect(sink.report.isEmpty && sink.diagnostics.isEmpty)
    }
}
