import Foundation
import Processes
import Project
import Recording
import Scheduling
import Supervising
import TestThreads
import Testing
import Timetable

@Suite("The supervisor", .onTime, .serialized)
struct SupervisorTests {
    @Test("A run is a process with the order as its arguments; what it says is kept and told")
    func run() async throws {
        let stage = try Stage(
            try Folder(), script: #"echo "{\"event\":\"log\",\"text\":\"$*\"}"; echo complaint >&2"#)
        let events = stage.supervisor.events()
        let run = try await stage.order("a+ b")
        try await stage.wait(for: run, .done)
        let output = stage.folder.read(".millrace/logs/\(run).jsonl")
        #expect(output.contains("--run-id \(run)"))
        #expect(output.contains("--die-with-parent"))
        #expect(output.contains("-- a+ b"))
        #expect(!output.contains("--resume"))
        #expect(output.contains(#""text":"complaint""#))
        try await stage.finish()
        var told: [SchedulerSnapshot.RunState.Phase] = []
        var lines = 0
        for await event in events {
            if case .run(let state) = event { told.append(state.phase) }
            if case .output = event { lines += 1 }
        }
        #expect(told == [.running, .done])
        #expect(lines == 2)
    }

    @Test("Cancelling ends the process and what it started")
    func cancel() async throws {
        let stage = try Stage(
            try Folder(), script: "echo $$ > group; sleep 1000 & (sleep 1000 & sleep 1000) & wait")
        let run = try await stage.order()
        try await eventually("it has started") { stage.folder.exists("group") && !stage.folder.read("group").isEmpty }
        let group = try #require(Int(stage.folder.read("group").filter(\.isNumber)))
        try await eventually("all are there") { members(ofGroup: group).count >= 4 }
        _ = try await stage.supervisor.submit(.cancel(run))
        try await stage.wait(for: run, .cancelled)
        try await eventually("all are gone") { members(ofGroup: group).isEmpty }
        try await stage.finish()
    }

    @Test("A failure is told in the process's own words")
    func failure() async throws {
        let stage = try Stage(
            try Folder(),
            script: #"""
                echo '{"event":"step_failed","dataset":"flights","diagnostics":[{"severity":"error","message":"no file"}]}'
                exit 1
                """#)
        let run = try await stage.order()
        try await stage.wait(for: run, .failed)
        #expect(stage.state(run)?.message == "flights: no file")
        let again = try #require(try await stage.supervisor.submit(.retry(run)).run)
        try await stage.wait(for: again, .failed)
        await #expect(throws: Diagnostic.self) { try await stage.supervisor.submit(.cancel(again)) }
        try await stage.finish()
    }

    @Test("What went on when the supervisor ended goes on with the next one, with --resume; what waited still waits")
    func takenUp() async throws {
        let folder = try Folder()
        let script = #"echo "$*" >> calls; case "$*" in *--resume*) exit 0;; esac; sleep 1000"#
        let first = try Stage(folder, script: script) { $0.runs.concurrency = 1 }
        let going = try await first.order("a")
        let waiting = try await first.order("b")
        try await eventually("it goes on") { folder.exists("calls") }
        try await first.finish()
        let second = try Stage(folder, script: script.replacing("sleep 1000", with: "exit 0")) {
            $0.runs.concurrency = 1
        }
        try await second.wait(for: going, .done)
        try await second.wait(for: waiting, .done)
        #expect(second.state(going)?.attempt == 2)
        #expect(second.state(waiting)?.attempt == 1)
        try await second.finish()
        let calls = folder.read("calls").split(separator: "\n")
        #expect(calls.count == 3)
        #expect(calls.filter { $0.contains("--resume") }.count == 1)
    }

    @Test("Only one drives the scheduler of a project")
    func owner() async throws {
        let folder = try Folder()
        let stage = try Stage(folder, script: "exit 0")
        let client = try SchedulerClient(.bare(folder), now: { 0 })
        #expect(client.owner == Int(ProcessInfo.processInfo.processIdentifier))
        let error = #expect(throws: Diagnostic.self) { try Stage(folder, script: "exit 0") }
        #expect(error?.message.contains("as process \(ProcessInfo.processInfo.processIdentifier)") == true)
        try await stage.finish()
    }

    @Test("Many at once ask through the log, and each gets its answer")
    func clients() async throws {
        let folder = try Folder()
        let stage = try Stage(folder, script: "exit 0")
        let runs = try await withThrowingTaskGroup(of: RunID?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    // A connection of its own, as in a process of its own.
                    let client = try SchedulerClient(.bare(folder), now: { number })
                    return try await client.submit(.run(RunOrder(selection: "s\(number)")))?.run
                }
            }
            return try await group.reduce(into: Set<RunID>()) { if let run = $1 { $0.insert(run) } }
        }
        #expect(runs.count == 20)
        for run in runs { try await stage.wait(for: run, .done) }
        let client = try SchedulerClient(.bare(folder), now: { 0 })
        let error = await #expect(throws: Diagnostic.self) { try await client.submit(.cancel(RunID("nobody"))) }
        #expect(error?.hint == "'millrace runs' names those that it knows")
        try await stage.finish()
        let nobody = try await client.submit(.run(RunOrder(selection: "later")))
        #expect(nobody == nil)
        let next = try Stage(folder, script: "exit 0")
        try await eventually("the request is carried out") {
            next.supervisor.snapshot().runs.contains { $0.order.selection == "later" && $0.phase == .done }
        }
        try await next.finish()
    }

    @Test("A log that grew long begins anew, and says the same")
    func shortened() async throws {
        let folder = try Folder()
        let stage = try Stage(folder, script: "exit 0") { $0.runs.concurrency = 4 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<100 { _ = try await stage.order("s\(number)") }
                }
            }
            try await group.waitForAll()
        }
        // Requests are entries of three kinds at least.
        try await eventually("all have ended") { stage.supervisor.snapshot().runs.allSatisfy { $0.finishedAt != nil } }
        try await stage.finish()
        let log = try StateLog(path: folder.path + "/.millrace/state.sqlite")
        let lines = try log.lines(sinceNewest: "no such kind")
        #expect(lines.count < 2100)
        #expect(lines.contains { $0.kind == "snapshot" })
        let client = try SchedulerClient(.bare(folder), now: { 0 })
        #expect(try client.snapshot().runs.count == SchedulerState.keptRuns)
    }

    @Test("A backfill makes its partitions")
    func backfill() async throws {
        let days = (1...7).map { PartitionKey("2026-01-0\($0)") }
        let stage = try Stage(
            try Folder(), script: #"echo "$*" >> calls"#,
            partitions: [PartitionAnswer(stretches: [days], made: [])])
        let order = BackfillOrder(
            dataset: try #require(DatasetName("events")), from: days[0], to: days[6], partitionsPerRun: 3)
        let id = try #require(try await stage.supervisor.submit(.createBackfill(order)).backfill)
        try await eventually("it is done") {
            stage.supervisor.snapshot().backfills.first { $0.id == id }?.phase == .done
        }
        let calls = stage.folder.read("calls").split(separator: "\n")
        #expect(calls.count == 3)
        #expect(
            calls[0].contains("--full-refresh --partition=2026-01-01 --partition=2026-01-02 --partition=2026-01-03"))
        #expect(calls[0].hasSuffix("-- events"))
        try await stage.finish()
    }

    @Test("What changes in the project counts at once; a new trigger does not fire for what was there")
    func changedProject() async throws {
        let folder = try Folder()
        try folder.write("", to: "old.csv")
        let stage = try Stage(folder, script: "true")
        let span = SourceSpan(file: SourceFile(path: "millrace.yaml", text: ""), offset: 0)
        func trigger(_ name: String, _ condition: TriggerCondition) -> Trigger {
            Trigger(name: Located(name, at: span), condition: condition, span: span)
        }
        let landing = TriggerCondition.files([Located(folder.path + "/*.csv", at: span)])
        await #expect(throws: Diagnostic.self) { try await stage.supervisor.submit(.fire(trigger: "hook")) }
        stage.change { $0.triggers = [trigger("hook", .webhook), trigger("landed", landing)] }
        try await eventually("it is known") { stage.supervisor.snapshot().triggers.count == 2 }
        _ = try await stage.supervisor.submit(.pause(trigger: "hook"))
        try await eventually("what the first look found has arrived") { stage.looks >= 2 }
        #expect(stage.supervisor.snapshot().runs.isEmpty)
        try folder.write("", to: "new.csv")
        try await eventually("a run") { stage.supervisor.snapshot().runs.count == 1 }
        // What is remembered of a trigger that stays as it was stays, too.
        stage.change { $0.triggers = [trigger("hook", .webhook)] }
        try await eventually("it is gone") { stage.supervisor.snapshot().triggers.count == 1 }
        #expect(stage.supervisor.snapshot().triggers.first?.isPaused == true)
        try await stage.finish()
    }

    @Test("While the log cannot be written nothing is started and somebody is told; then it goes on")
    func fullDisk() async throws {
        let folder = try Folder()
        let stage = try Stage(folder, script: #"echo x >> calls"#)
        _ = try await stage.order()
        try await eventually("the first run") { folder.exists("calls") }
        let path = folder.path + "/.millrace/state.sqlite"
        // As a full disk does, a trigger of the database refuses every new line.
        func sql(_ text: String) async {
            let script =
                "import sqlite3; c = sqlite3.connect('\(path)', timeout=20); c.execute(\"\"\"\(text)\"\"\"); c.commit()"
            let (ending, _, errors) = await Built.run(["/usr/bin/env", "python3", "-c", script])
            #expect(ending == .exited(status: 0), "\(errors)")
        }
        await sql("CREATE TRIGGER full BEFORE INSERT ON log BEGIN SELECT RAISE(ABORT, 'no space left'); END")
        let error = await #expect(throws: Diagnostic.self) { try await stage.order() }
        #expect(error?.message.contains("no space left") == true)
        try await eventually("somebody is told") { !stage.complaints.isEmpty }
        #expect(folder.read("calls") == "x\n")
        await sql("DROP TRIGGER full")
        try await eventually("it can be asked again") {
            stage.complaints.contains { $0.contains("written again") } || stage.complaints.count == 1
        }
        let run = try await stage.order()
        try await stage.wait(for: run, .done)
        try await stage.finish()
    }
}
