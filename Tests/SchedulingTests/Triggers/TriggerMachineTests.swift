import Foundation
import Project
import Scheduling
import Testing
import Timetable

/// Triggers without a project file.
enum Sample {
    static let span = SourceSpan(file: SourceFile(path: "millrace.yaml", text: "x"), offset: 0)

    static func located<Value>(_ value: Value) -> Located<Value> { Located(value, at: span) }

    static func cron(_ text: String, _ zone: String = "UTC") throws -> TriggerCondition {
        .cron(located(try CronExpression(text: text)), timeZone: zone)
    }

    static func dataset(_ name: String) throws -> TriggerCondition {
        .dataset(located(try #require(DatasetName(name))))
    }

    static func trigger(
        _ name: String, _ condition: TriggerCondition, _ change: (inout Trigger) -> Void = { _ in }
    ) -> Trigger {
        var trigger = Trigger(name: located(name), condition: condition, span: span)
        change(&trigger)
        return trigger
    }

    /// Milliseconds of a UTC time.
    static func time(_ text: String) throws -> Int {
        try #require(MomentText.milliseconds(text.hasSuffix("Z") ? text : text + "Z", in: .utc))
    }

    static func published(_ name: String, _ version: Int) throws -> TriggerEvent {
        .datasetPublished(try #require(DatasetName(name)), Version(version))
    }
}

@Suite("Triggers")
struct TriggerMachineTests {
    private let minute = 60_000

    @Test("times fire when they are due, and tell when the next one is")
    func times() throws {
        let start = try Sample.time("2026-03-04T05:06")
        var machine = TriggerMachine(
            [
                Sample.trigger("nightly", try Sample.cron("0 2 * * *")),
                Sample.trigger("often", .interval(seconds: 900)),
            ],
            startedAt: start)
        #expect(try machine.nextWake() == Sample.time("2026-03-04T05:15"))
        #expect(machine.advance(to: start + minute).isEmpty)
        let quarter = try Sample.time("2026-03-04T05:15")
        #expect(machine.advance(to: quarter) == [Firing(trigger: "often", at: quarter, cause: "every 15m")])
        #expect(machine.advance(to: quarter).isEmpty)
        #expect(try machine.next("nightly", after: quarter) == Sample.time("2026-03-05T02:00"))
        #expect(machine.next("nobody", after: quarter) == nil)
    }

    @Test("missed times fire once, for the newest within the catch-up window")
    func catchUp() throws {
        let start = try Sample.time("2026-03-04T00:30")
        let hourly = try Sample.cron("0 * * * *")
        let triggers = [
            Sample.trigger("a", hourly) { $0.catchUp = 3600 }, Sample.trigger("b", hourly),
            Sample.trigger("c", hourly) { $0.catchUp = 60 },
        ]
        var machine = TriggerMachine(triggers, startedAt: start)
        let late = try Sample.time("2026-03-04T05:40")
        let five = try Sample.time("2026-03-04T05:00")
        #expect(machine.advance(to: late) == [Firing(trigger: "a", at: five, cause: "cron 0 * * * *")])
        #expect(machine.advance(to: late + minute).isEmpty)
        // A few seconds late is on time.
        let six = try Sample.time("2026-03-04T06:00")
        #expect(machine.advance(to: six + 30_000).map(\.trigger) == ["a", "b", "c"])
    }

    @Test("what is remembered goes on after a restart; of another condition it does not")
    func memory() throws {
        let start = try Sample.time("2026-03-04T00:30")
        func machine(_ text: String, _ memory: TriggerMemory, at: Int) throws -> TriggerMachine {
            TriggerMachine(
                [Sample.trigger("a", try Sample.cron(text)) { $0.catchUp = 86_400 }], memory: memory, startedAt: at)
        }
        var first = try machine("0 1 * * *", TriggerMemory(), at: start)
        #expect(try first.advance(to: Sample.time("2026-03-04T01:00")).count == 1)
        let data = try JSONEncoder().encode(first.memory)
        let memory = try JSONDecoder().decode(TriggerMemory.self, from: data)
        #expect(memory == first.memory)
        let later = try Sample.time("2026-03-05T03:00")
        var same = try machine("0 1 * * *", memory, at: later)
        #expect(try same.advance(to: later).map(\.at) == [Sample.time("2026-03-05T01:00")])
        var other = try machine("0 2 * * *", memory, at: later)
        #expect(other.advance(to: later).isEmpty)
    }

    @Test("'and' fires when each part has fired since the last time, 'or' when one does")
    func combined() throws {
        let start = try Sample.time("2026-03-04T00:30")
        let parts = [try Sample.dataset("a"), try Sample.dataset("b")]
        let nested = TriggerCondition.and([.or(parts), try Sample.cron("0 2 * * *")])
        var machine = TriggerMachine(
            [
                Sample.trigger("both", .and(parts)), Sample.trigger("either", .or(parts)),
                Sample.trigger("nested", nested),
            ], startedAt: start)
        #expect(try machine.observe(Sample.published("A", 1), at: start).map(\.trigger) == ["either"])
        #expect(try machine.observe(Sample.published("a", 2), at: start).map(\.trigger) == ["either"])
        #expect(try machine.next("nested", after: start) == Sample.time("2026-03-04T02:00"))
        let two = try Sample.time("2026-03-04T02:00")
        #expect(
            machine.advance(to: two) == [Firing(trigger: "nested", at: two, cause: "a version 2 and cron 0 2 * * *")])
        // Both halves of `nested` begin anew.
        #expect(machine.next("nested", after: two) == nil)
        #expect(try machine.advance(to: Sample.time("2026-03-05T02:00")).isEmpty)
        let firings = try machine.observe(Sample.published("b", 7), at: two + 2 * 86_400_000)
        #expect(firings.map(\.trigger) == ["both", "either", "nested"])
        #expect(firings[0].cause == "a version 2 and b version 7")
        #expect(try machine.observe(Sample.published("b", 8), at: two + 3 * 86_400_000).map(\.trigger) == ["either"])
    }

    @Test("events reach those who wait for them, and nobody else")
    func events() throws {
        let triggers = [
            Sample.trigger("files", .files([Sample.located("/x/*.csv")])), Sample.trigger("hook", .webhook),
            Sample.trigger("manual", .manual), Sample.trigger("after", .after(Sample.located("hook"))),
        ]
        var machine = TriggerMachine(triggers, startedAt: 0)
        #expect(machine.nextWake() == nil)
        #expect(
            machine.observe(.filesChanged(trigger: "files"), at: 5)
                == [Firing(trigger: "files", at: 5, cause: "new files")])
        #expect(machine.observe(.filesChanged(trigger: "hook"), at: 5).isEmpty)
        #expect(machine.observe(.webhook(trigger: "hook"), at: 6).map(\.cause) == ["webhook"])
        #expect(machine.observe(.webhook(trigger: "files"), at: 6).isEmpty)
        #expect(machine.observe(.runEnded(trigger: "hook", isDone: false), at: 7).isEmpty)
        #expect(machine.observe(.runEnded(trigger: "hook", isDone: true), at: 8).map(\.cause) == ["after hook"])
        #expect(machine.observe(.manual(trigger: "manual"), at: 9).map(\.cause) == ["by hand"])
        #expect(machine.observe(.manual(trigger: "nobody"), at: 9).isEmpty)
    }

    @Test("a debounce waits until nothing more comes, also over a restart")
    func debounce() throws {
        let trigger = Sample.trigger("files", .files([])) { $0.debounce = 30 }
        var machine = TriggerMachine([trigger], startedAt: 0)
        #expect(machine.observe(.filesChanged(trigger: "files"), at: 1000).isEmpty)
        #expect(machine.nextWake() == 31_000)
        #expect(machine.observe(.filesChanged(trigger: "files"), at: 20_000).isEmpty)
        #expect(machine.advance(to: 31_000).isEmpty)
        #expect(machine.next("files", after: 31_000) == 50_000)
        var again = TriggerMachine([trigger], memory: machine.memory, startedAt: 90_000)
        #expect(again.advance(to: 90_000) == [Firing(trigger: "files", at: 50_000, cause: "new files")])
        #expect(again.nextWake() == nil)
        #expect(machine.observe(.manual(trigger: "files"), at: 32_000).count == 1)
        #expect(machine.advance(to: 50_000).count == 1)
    }

    @Test("jitter comes after the time that is told, is the same each time, and differs by name")
    func jitter() throws {
        let hourly = try Sample.cron("0 * * * *")
        var wakes: Set<Int> = []
        for name in (0..<20).map({ "t\($0)" }) {
            let trigger = Sample.trigger(name, hourly) { $0.jitter = 600 }
            var machine = TriggerMachine([trigger], startedAt: 0)
            _ = machine.advance(to: 3_600_000)
            let wake = machine.nextWake() ?? 0
            var again = TriggerMachine([trigger], startedAt: 0)
            _ = again.advance(to: 3_600_000)
            #expect(again.nextWake() == wake)
            #expect((3_600_000...4_200_000).contains(wake))
            #expect(machine.advance(to: wake).map(\.at) == [3_600_000])
            wakes.insert(wake)
        }
        #expect(wakes.count > 15)
    }

    @Test("a paused trigger starts nothing but by hand, and what it missed does not count")
    func pause() throws {
        let hourly = try Sample.cron("0 * * * *")
        let trigger = Sample.trigger("a", .or([hourly, .webhook])) { $0.catchUp = 86_400 }
        var machine = TriggerMachine([trigger], startedAt: 0)
        machine.pause("a", at: 60_000)
        #expect(machine.isPaused("a"))
        #expect(machine.nextWake() == nil)
        #expect(machine.next("a", after: 60_000) == nil)
        #expect(machine.advance(to: 7_300_000).isEmpty)
        #expect(machine.observe(.webhook(trigger: "a"), at: 7_300_000).isEmpty)
        #expect(machine.observe(.manual(trigger: "a"), at: 7_300_000).count == 1)
        var again = TriggerMachine([trigger], memory: machine.memory, startedAt: 7_300_000)
        #expect(again.isPaused("a"))
        again.resume("a", at: 7_400_000)
        #expect(again.advance(to: 7_500_000).isEmpty)
        #expect(again.advance(to: 10_800_000).map(\.at) == [10_800_000])
        // The file pauses it, a person resumes it.
        let written = Sample.trigger("b", hourly) { $0.isPaused = true }
        var other = TriggerMachine([written], startedAt: 0)
        #expect(other.advance(to: 3_600_000).isEmpty)
        other.resume("b", at: 3_700_000)
        #expect(other.advance(to: 7_200_000).count == 1)
    }

    @Test("a clock that was years ahead for a while silences nothing")
    func wrongClock() throws {
        let trigger = Sample.trigger("a", .interval(seconds: 60))
        var machine = TriggerMachine([trigger], startedAt: 0)
        _ = machine.advance(to: 100_000_000_000)
        var again = TriggerMachine([trigger], memory: machine.memory, startedAt: 60_000)
        #expect(again.advance(to: 120_000).count == 1)
    }
}
