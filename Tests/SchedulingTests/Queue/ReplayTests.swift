import Foundation
import Project
import Scheduling
import Testing
import Timetable

@Suite("A scheduler is what its log says")
struct ReplayTests {
    /// Asks, lets runs end, lets time pass and lets the scheduler crash, by chance.
    private func step(_ world: inout SchedulerWorld, _ random: inout SeededChance) throws {
        let runs = Array(world.scheduler.state.live.keys) + world.scheduler.state.ended.suffix(5).map(\.run)
        let backfills = world.scheduler.state.backfills.map(\.id)
        let triggers = ["skip", "queue", "cancel_old", "allow", "after"]
        func any<Element>(_ all: [Element]) -> Element? { all.randomElement(using: &random) }
        switch Int.random(in: 0..<20, using: &random) {
        case 0...1: _ = try world.order("s\(Int.random(in: 0..<3, using: &random))", priority: any([-1, 0, 5]) ?? 0)
        case 2...3: if let name = any(triggers) { _ = try? world.ask(.fire(trigger: name)) }
        case 4: if let run = any(runs) { _ = try? world.ask(.cancel(run)) }
        case 5: if let run = any(runs) { _ = try? world.ask(.retry(run)) }
        case 6:
            let first = Int.random(in: 1..<20, using: &random)
            let order = BackfillOrder(
                dataset: try #require(DatasetName(any(["a", "b"]) ?? "a")), from: PartitionKey("x"),
                to: PartitionKey("y"), which: any(BackfillOrder.Which.allCases) ?? .all,
                concurrency: Int.random(in: 1...3, using: &random),
                partitionsPerRun: Int.random(in: 1...5, using: &random))
            _ = try? world.ask(
                .createBackfill(order),
                partitions: PartitionAnswer(
                    stretches: [SchedulerWorld.days(first...min(28, first + 6))],
                    made: [SchedulerWorld.days(first...first)[0]]))
        case 7: if let id = any(backfills) { _ = try? world.ask(.pauseBackfill(id)) }
        case 8: if let id = any(backfills) { _ = try? world.ask(.resumeBackfill(id)) }
        case 9: if let id = any(backfills) { _ = try? world.ask(.cancelBackfill(id)) }
        case 10:
            if let name = any(triggers) {
                _ = try? world.ask(any([.pause(trigger: name), .resume(trigger: name)]) ?? .pause(trigger: name))
            }
        case 11...16:
            let endings: [ProcessEnding] = [
                .exited(status: 0), .exited(status: 0), .exited(status: 1), .killed(signal: 9), .notStarted("no"),
            ]
            // A set's order is another one in each process; the names' is not.
            let live = world.processes.keys.sorted { $0.text < $1.text }
            if let run = any(live), let ending = any(endings) { world.end(run, ending) }
        case 17...18: world.pass(Int.random(in: 0...90_000, using: &random))
        default: world.crash()
        }
    }

    private var triggers: [Trigger] {
        Trigger.Overlap.allCases.map {
            SchedulerWorld.trigger($0.rawValue, .interval(seconds: 120), overlap: $0)
        } + [SchedulerWorld.trigger("after", .after(Located("allow", at: SchedulerWorld.span)))]
    }

    private func check(_ world: SchedulerWorld) {
        let state = world.scheduler.state
        let running = state.live.values.filter { $0.phase == .running }
        #expect(running.count <= 3)
        #expect(Set(running.map(\.run)) == Set(world.processes.keys))
        for overlap in Trigger.Overlap.allCases where overlap != .allow {
            #expect(running.count { $0.queued.trigger == overlap.rawValue } <= 1, "\(overlap)")
        }
        for dataset in ["a", "b"] {
            let made = state.live.values.filter { $0.order.selection == dataset && $0.queued.backfill != nil }
                .flatMap(\.order.partitions)
            #expect(Set(made).count == made.count, "a partition is made twice at once")
        }
        for backfill in world.scheduler.snapshot(at: world.now).backfills where backfill.phase == .done {
            #expect(backfill.done == backfill.total)
        }
    }

    @Test("Its log makes the same state again, after each step of a random history", arguments: 1...8)
    func replay(seed: Int) throws {
        var random = SeededChance(seed: UInt64(seed))
        var world = SchedulerWorld(triggers: triggers, concurrency: 3)
        for count in 0..<400 {
            try step(&world, &random)
            check(world)
            guard count.isMultiple(of: 7) else { continue }
            let again = Scheduler(world.configuration, log: world.log, startedAt: world.now)
            #expect(again.state == world.scheduler.state)
        }
        #expect(world.scheduler.state.ended.count > 20)
    }

    @Test("Entries survive being written as JSON, a snapshot of the state among them")
    func coding() throws {
        var random = SeededChance(seed: 5)
        var world = SchedulerWorld(triggers: triggers, concurrency: 3)
        for _ in 0..<300 { try step(&world, &random) }
        for line in world.log + [LoggedEntry(at: world.now, world.scheduler.snapshotEntry)] {
            let data = try JSONEncoder().encode(line.entry)
            #expect(try JSONDecoder().decode(LogEntry.self, from: data) == line.entry)
        }
        let short = Scheduler(
            world.configuration, log: [LoggedEntry(at: world.now, world.scheduler.snapshotEntry)],
            startedAt: world.now)
        #expect(short.state == world.scheduler.state)
    }

    @Test("Cut off after any entry, its log is one to go on from: no run is lost, and none is started twice")
    func anyPrefix() throws {
        var random = SeededChance(seed: 11)
        var world = SchedulerWorld(triggers: triggers, concurrency: 3)
        for _ in 0..<120 { try step(&world, &random) }
        for count in 0...world.log.count {
            var cut = world
            let told = Set(
                world.log.prefix(count).compactMap { line -> RunID? in
                    if case .runQueued(let queued) = line.entry { queued.run } else { nil }
                })
            cut.crash(keeping: count)
            check(cut)
            let known = Set(cut.scheduler.state.live.keys).union(cut.scheduler.state.ended.map(\.run))
            #expect(told.isSubset(of: known))
            // It comes to an end when nothing more is asked for.
            for trigger in triggers { _ = try? cut.ask(.pause(trigger: trigger.name.value)) }
            for backfill in cut.scheduler.state.backfills { _ = try? cut.ask(.resumeBackfill(backfill.id)) }
            var rounds = 0
            while !cut.scheduler.state.live.isEmpty, rounds < 500 {
                rounds += 1
                for run in cut.processes.keys { cut.end(run) }
                cut.pass(1000)
            }
            #expect(cut.scheduler.state.live.isEmpty, "after \(count) entries")
        }
    }

    @Test("Requests of other processes are kept until they are answered")
    func requests() throws {
        var world = SchedulerWorld()
        let id = RequestID("1")
        let asked = LoggedEntry(at: world.now, .requested(id, .run(RunOrder(selection: "a"))))
        world.log.append(asked)
        world.scheduler.take(asked)
        world.crash()
        let pending = try #require(world.scheduler.state.requests.first)
        let (decisions, result) = world.scheduler.carryOut(pending.request, id: pending.id, at: world.now)
        world.take(decisions)
        let run = try #require(try result.get().run)
        #expect(decisions.entries.contains(.answered(id, .done(SchedulerReply(run: run)))))
        #expect(world.scheduler.state.requests.isEmpty)
        world.crash()
        #expect(world.scheduler.state.requests.isEmpty)
        #expect(world.scheduler.state.live.count == 1)
    }

    @Test("100,000 runs leave no more behind than a few hundred")
    func bounded() throws {
        var world = SchedulerWorld(
            triggers: [SchedulerWorld.trigger("often", .interval(seconds: 60), overlap: .allow)], concurrency: 4)
        var sizes: [Int] = []
        var runs = 0
        while runs < 100_000 {
            world.pass(60_000)
            for run in world.processes.keys {
                world.end(run, runs.isMultiple(of: 10) ? .exited(status: 1) : .exited(status: 0))
                runs += 1
            }
            _ = try world.order("x")
            // As the supervisor does: the log begins anew with what the scheduler knows.
            if world.log.count > 2000 { world.log = [LoggedEntry(at: world.now, world.scheduler.snapshotEntry)] }
            if runs % 10_000 < 2 { sizes.append(try JSONEncoder().encode(world.scheduler.state).count) }
        }
        #expect(world.scheduler.state.ended.count == SchedulerState.keptRuns)
        #expect(world.scheduler.state.live.count <= 2)
        #expect(world.scheduler.state.lastFired.count == 1)
        let largest = try #require(sizes.max()), smallest = try #require(sizes.dropFirst().min())
        #expect(largest < 1 << 20)
        #expect(Double(largest) < 1.1 * Double(smallest), "\(sizes)")
    }
}
