import Project
import Scheduling
import Testing
import Timetable

@Suite("The scheduler's queue")
struct QueueTests {
    @Test("No more runs go on at once than the project allows, those with more priority first, then the oldest")
    func order() throws {
        var world = SchedulerWorld(concurrency: 2)
        let first = try world.order("a")
        let second = try world.order("b")
        let low = try world.order("c", priority: -1)
        let third = try world.order("d")
        let high = try world.order("e", priority: 5)
        #expect(Set(world.processes.keys) == [first, second])
        world.end(first)
        #expect(world.phase(high) == .running)
        world.end(second)
        #expect(world.phase(third) == .running)
        #expect(world.phase(low) == .queued)
        world.end(high)
        #expect(world.phase(low) == .running)
        world.end(low)
        world.end(third)
        #expect(world.scheduler.state.live.isEmpty)
        #expect(world.scheduler.state.ended.map(\.phase) == Array(repeating: .done, count: 5))
    }

    @Test("A run that waits is cancelled at once, one that goes on when its process has ended")
    func cancel() throws {
        var world = SchedulerWorld(concurrency: 1)
        let running = try world.order("a")
        let waiting = try world.order("b")
        try world.ask(.cancel(waiting))
        #expect(world.phase(waiting) == .cancelled)
        try world.ask(.cancel(running))
        #expect(world.stopped == [running])
        #expect(world.phase(running) == .running)
        try world.ask(.cancel(running))
        #expect(world.stopped == [running], "asked once")
        world.end(running, .killed(signal: 15))
        #expect(world.phase(running) == .cancelled)
        #expect(throws: Diagnostic.self) { try world.ask(.cancel(running)) }
        #expect(throws: Diagnostic.self) { try world.ask(.cancel(RunID("nobody"))) }
    }

    @Test("A run that is asked to end but finishes its work is done")
    func finishedMeanwhile() throws {
        var world = SchedulerWorld()
        let run = try world.order("a")
        try world.ask(.cancel(run))
        world.end(run)
        #expect(world.phase(run) == .done)
    }

    @Test("A run that takes too long is ended and counts as failed")
    func timeout() throws {
        var world = SchedulerWorld(timeout: 60_000)
        let run = try world.order("a")
        #expect(world.scheduler.nextWake(after: world.now) == world.now + 60_000)
        world.pass(59_999)
        #expect(world.stopped.isEmpty)
        world.pass(1)
        #expect(world.stopped == [run])
        world.end(run, .exited(status: 143))
        #expect(world.phase(run) == .failed)
        #expect(world.scheduler.snapshot(of: run)?.message?.contains("runs.timeout") == true)
    }

    @Test("Retry orders the same again; a run that is done or goes on is not repeated")
    func retry() throws {
        var world = SchedulerWorld()
        let run = try world.order("a+")
        #expect(throws: Diagnostic.self) { try world.ask(.retry(run)) }
        world.end(run, .exited(status: 1))
        #expect(world.phase(run) == .failed)
        let again = try #require(try world.ask(.retry(run)).run)
        #expect(again != run)
        #expect(world.scheduler.snapshot(of: again)?.order.selection == "a+")
        #expect(world.scheduler.snapshot(of: again)?.cause == "retry of \(run)")
        #expect(!world.resumed.contains(again))
        world.end(again)
        #expect(throws: Diagnostic.self) { try world.ask(.retry(again)) }
    }

    @Test("A process that dies is started again with the same run, later each time; the third time the run has failed")
    func crashes() throws {
        var world = SchedulerWorld()
        let run = try world.order("a")
        world.end(run, .killed(signal: 9))
        #expect(world.phase(run) == .queued)
        #expect(world.scheduler.nextWake(after: world.now) == world.now + 1000)
        world.pass(1000)
        #expect(world.processes[run] == 2)
        #expect(world.resumed == [run])
        world.end(run, .killed(signal: 11))
        world.pass(1000)
        #expect(world.processes.isEmpty)
        world.pass(1000)
        #expect(world.processes[run] == 3)
        world.end(run, .killed(signal: 9))
        #expect(world.phase(run) == .failed)
        #expect(world.scheduler.snapshot(of: run)?.message?.contains("SIGKILL") == true)
    }

    @Test("An end that is told late, of an earlier process, changes nothing")
    func lateEnd() throws {
        var world = SchedulerWorld()
        let run = try world.order("a")
        world.crash()
        #expect(world.processes[run] == 2)
        world.take(world.scheduler.runEnded(run, attempt: 1, .exited(status: 1), at: world.now))
        #expect(world.phase(run) == .running)
    }

    @Test("After a crash of the scheduler runs go on with the same name, and cancelled ones are over")
    func recovery() throws {
        var world = SchedulerWorld(concurrency: 2)
        let first = try world.order("a")
        let second = try world.order("b")
        let third = try world.order("c")
        try world.ask(.cancel(second))
        world.crash()
        #expect(world.processes == [first: 2, third: 1])
        #expect(world.resumed == [first])
        #expect(world.phase(second) == .cancelled)
        // However often that happens: only processes that die by themselves count.
        for _ in 0..<20 { world.crash() }
        #expect(world.processes.keys.contains(first))
    }

    @Test("Somebody is told of failures, of successes and of runs that take long, once each, also after a crash")
    func notices() throws {
        let channel = Notification.Channel.webhook(url: "http://localhost")
        var world = SchedulerWorld(
            triggers: [SchedulerWorld.trigger("nightly")],
            notifications: [
                Notification(occasions: [.failure], channel: channel, span: SchedulerWorld.span),
                Notification(
                    occasions: [.success, .late], channel: channel,
                    triggers: [Located("nightly", at: SchedulerWorld.span)],
                    lateAfter: 60, span: SchedulerWorld.span),
            ])
        let other = try world.order("a")
        world.end(other)
        #expect(world.notices.isEmpty, "nobody wants to hear of it")
        let run = try #require(try world.ask(.fire(trigger: "nightly")).run)
        world.pass(60_000)
        world.pass(60_000)
        #expect(world.notices.map(\.notice.occasion) == [.late])
        world.crash()
        #expect(world.notices.count == 2, "it may not have been delivered")
        world.take(world.scheduler.told(world.notices[0].number, at: world.now))
        world.end(run)
        #expect(world.notices.map(\.notice.occasion) == [.late, .late, .success])
        world.take(world.scheduler.told(world.notices[2].number, at: world.now))
        let failing = try world.order("b")
        world.end(failing, .exited(status: 1))
        #expect(world.notices.last?.notice.occasion == .failure)
        #expect(world.notices.last?.rule == 0)
        world.take(world.scheduler.told(world.notices[3].number, at: world.now))
        world.notices = []
        world.crash()
        #expect(world.notices.isEmpty)
    }

    @Test("A dataset that gets too old is told of once, and again after it was fresh meanwhile")
    func freshness() throws {
        let name = try #require(DatasetName("flights"))
        var world = SchedulerWorld(
            notifications: [
                Notification(occasions: [.late], channel: .command(["x"]), span: SchedulerWorld.span)
            ], freshness: ["flights": 3600])
        world.take(
            world.scheduler.saw([name: SeenVersion(version: Version(0), at: world.now)], of: [name], at: world.now))
        #expect(world.scheduler.nextWake(after: world.now) == world.now + 3_600_000)
        world.pass(3_600_000)
        world.pass(3_600_000)
        world.crash()
        #expect(Set(world.notices.map(\.number)).count == 1)
        world.take(
            world.scheduler.saw([name: SeenVersion(version: Version(1), at: world.now)], of: [name], at: world.now))
        #expect(world.scheduler.state.lapsed.isEmpty)
        world.pass(3_600_000)
        #expect(Set(world.notices.map(\.number)).count == 2)
    }
}
