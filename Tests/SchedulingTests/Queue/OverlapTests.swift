import Project
import Scheduling
import Testing

@Suite("Triggers whose run has not ended")
struct OverlapTests {
    private func world(_ overlap: Trigger.Overlap) -> SchedulerWorld {
        SchedulerWorld(
            triggers: [
                SchedulerWorld.trigger("often", .interval(seconds: 60), overlap: overlap),
                SchedulerWorld.trigger("then", .manual),
            ], concurrency: 4)
    }

    @Test("skip: nothing starts")
    func skip() throws {
        var world = world(.skip)
        world.pass(60_000)
        world.pass(60_000)
        #expect(world.runs(of: "often").count == 1)
        #expect(throws: Diagnostic.self) { try world.ask(.fire(trigger: "often")) }
        for run in world.processes.keys { world.end(run) }
        world.pass(60_000)
        #expect(world.runs(of: "often").count == 2)
    }

    @Test("queue: one run waits, more are dropped, and it starts when the other has ended")
    func queue() throws {
        var world = world(.queue)
        for _ in 0..<5 { world.pass(60_000) }
        #expect(world.runs(of: "often").map(\.phase) == [.running, .queued])
        for run in world.processes.keys { world.end(run) }
        #expect(world.processes.count == 1)
        #expect(world.runs(of: "often").count == 2)
    }

    @Test("cancel_old: the run that goes on is ended, and the new one starts after it")
    func cancelOld() throws {
        var world = world(.cancelOld)
        world.pass(60_000)
        let old = try #require(world.processes.keys.first)
        world.pass(60_000)
        #expect(world.stopped == [old])
        #expect(world.processes.count == 1)
        world.pass(60_000)
        #expect(world.runs(of: "often").filter { $0.phase == .cancelled }.count == 1, "the one that waited")
        world.end(old, .killed(signal: 15))
        #expect(world.phase(old) == .cancelled)
        #expect(world.processes.count == 1)
    }

    @Test("allow: both run")
    func allow() throws {
        var world = world(.allow)
        for _ in 0..<3 { world.pass(60_000) }
        #expect(world.processes.count == 3)
    }

    @Test("A paused trigger fires only by hand, also after a crash")
    func paused() throws {
        var world = world(.allow)
        try world.ask(.pause(trigger: "often"))
        world.crash()
        world.pass(600_000)
        #expect(world.processes.isEmpty)
        try world.ask(.fire(trigger: "often"))
        #expect(world.processes.count == 1)
        try world.ask(.resume(trigger: "often"))
        world.pass(60_000)
        #expect(world.processes.count == 2)
        #expect(throws: Diagnostic.self) { try world.ask(.fire(trigger: "oftn")) }
    }

    @Test("A time that was missed while nobody scheduled starts one run, and one that was dealt with none")
    func missed() throws {
        var world = world(.allow)
        world.pass(60_000)
        #expect(world.processes.count == 1)
        world.crash()
        #expect(world.runs(of: "often").count == 1, "the run is taken up, the time does not count again")
    }

    @Test("New versions and new files fire; what was there at the first look does not")
    func events() throws {
        let name = try #require(DatasetName("flights"))
        let late = try #require(DatasetName("late"))
        var world = SchedulerWorld(
            triggers: [
                SchedulerWorld.trigger(
                    "data",
                    .or([
                        .dataset(Located(name, at: SchedulerWorld.span)),
                        .dataset(Located(late, at: SchedulerWorld.span)),
                    ]), overlap: .allow),
                SchedulerWorld.trigger(
                    "landed", .files([Located("/landing/*", at: SchedulerWorld.span)]), overlap: .allow),
            ], concurrency: 9)
        world.take(
            world.scheduler.saw([name: SeenVersion(version: Version(3), at: 1)], of: [name, late], at: world.now))
        world.take(world.scheduler.saw(filesOf: "landed", ["/in/*"], digest: "x", at: world.now))
        #expect(world.processes.isEmpty)
        world.crash()
        world.take(
            world.scheduler.saw([name: SeenVersion(version: Version(3), at: 1)], of: [name, late], at: world.now))
        #expect(world.processes.isEmpty)
        world.take(world.scheduler.saw([name: SeenVersion(version: Version(4), at: 2)], of: [name], at: world.now))
        #expect(world.runs(of: "data").count == 1)
        world.take(
            world.scheduler.saw(
                [name: SeenVersion(version: Version(4), at: 2), late: SeenVersion(version: Version(0), at: 2)],
                of: [name, late], at: world.now))
        #expect(world.runs(of: "data").count == 2, "its first version")
        world.take(world.scheduler.saw(filesOf: "landed", ["/in/*"], digest: "y", at: world.now))
        #expect(world.runs(of: "landed").count == 1)
    }

    @Test("after: fires when a run of another trigger ended well")
    func after() throws {
        var world = SchedulerWorld(
            triggers: [
                SchedulerWorld.trigger("first"),
                SchedulerWorld.trigger("then", .after(Located("first", at: SchedulerWorld.span))),
            ])
        let failing = try #require(try world.ask(.fire(trigger: "first")).run)
        world.end(failing, .exited(status: 1))
        #expect(world.runs(of: "then").isEmpty)
        let good = try #require(try world.ask(.fire(trigger: "first")).run)
        world.end(good)
        #expect(world.runs(of: "then").count == 1)
    }
}
