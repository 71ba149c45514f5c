import Project
import Scheduling
import Testing
import Timetable

@Suite("Backfills")
struct BackfillTests {
    private func order(
        _ which: BackfillOrder.Which = .all, concurrency: Int = 2, perRun: Int = 4
    ) throws -> BackfillOrder {
        BackfillOrder(
            dataset: try #require(DatasetName("events")), from: PartitionKey("2026-01-01"),
            to: PartitionKey("2026-01-20"), which: which, concurrency: concurrency, partitionsPerRun: perRun)
    }

    private func answer(_ range: ClosedRange<Int> = 1...20, made: Set<PartitionKey> = []) -> PartitionAnswer {
        PartitionAnswer(stretches: [SchedulerWorld.days(range)], made: made)
    }

    private func partitions(_ world: SchedulerWorld, of run: RunID) -> [PartitionKey] {
        world.scheduler.snapshot(of: run)?.order.partitions ?? []
    }

    @Test("Each partition is made once, in ranges of at most so many, no more runs at once than allowed")
    func whole() throws {
        var world = SchedulerWorld(concurrency: 9)
        let id = try #require(try world.ask(.createBackfill(order()), partitions: answer()).backfill)
        var made: [PartitionKey] = []
        while let run = world.processes.keys.min(by: { $0.text < $1.text }) {
            #expect(world.processes.count <= 2)
            let range = partitions(world, of: run)
            #expect(range.count <= 4)
            #expect(range == SchedulerWorld.days(1...20).filter(range.contains), "they follow each other")
            made += range
            world.end(run)
        }
        #expect(made.sorted { $0.text < $1.text } == SchedulerWorld.days(1...20))
        let state = try #require(world.backfill(id))
        #expect(state.phase == .done)
        #expect((state.total, state.done, state.failed, state.running) == (20, 20, 0, 0))
        #expect(state.runs.count == 5)
    }

    @Test("Missing and failed partitions only by choice")
    func choice() throws {
        var world = SchedulerWorld(concurrency: 9)
        let made = Set(SchedulerWorld.days(3...3) + SchedulerWorld.days(7...9))
        let missing = try #require(
            try world.ask(.createBackfill(order(.missing, perRun: 100)), partitions: answer(made: made)).backfill)
        #expect(world.backfill(missing)?.total == 16)
        // Stretches between those that are there.
        let ranges = world.processes.keys.map { partitions(world, of: $0).map(\.text) }
        #expect(ranges.contains(SchedulerWorld.days(1...2).map(\.text)))
        #expect(ranges.contains(SchedulerWorld.days(4...6).map(\.text)))
        #expect(throws: Diagnostic.self, "none has failed so far") {
            try world.ask(.createBackfill(order(.failed)), partitions: answer())
        }
        for run in world.processes.keys {
            world.end(run, .exited(status: partitions(world, of: run).contains(SchedulerWorld.days(1...1)[0]) ? 1 : 0))
        }
        for run in world.processes.keys { world.end(run) }
        #expect(world.backfill(missing)?.phase == .failed)
        #expect(world.backfill(missing)?.failed == 2)
        let failed = try #require(
            try world.ask(.createBackfill(order(.failed)), partitions: answer()).backfill)
        #expect(world.backfill(failed)?.total == 2)
        for run in world.processes.keys { world.end(run) }
        #expect(world.backfill(failed)?.phase == .done)
        #expect(throws: Diagnostic.self) { try world.ask(.createBackfill(order(.failed)), partitions: answer()) }
    }

    @Test("Fresh data comes first, and finds a place free")
    func priority() throws {
        var world = SchedulerWorld(concurrency: 3)
        try world.ask(.createBackfill(order(concurrency: 5, perRun: 1)), partitions: answer())
        #expect(world.processes.count == 2, "one place stays free")
        let fresh = try world.order("events")
        #expect(world.phase(fresh) == .running)
        let next = try world.order("more")
        world.end(try #require(world.processes.keys.first { $0 != fresh }))
        #expect(world.phase(next) == .running)
    }

    @Test("Two backfills never make a partition at the same time, nor one again that the other has made")
    func overlapping() throws {
        var world = SchedulerWorld(concurrency: 9)
        let first = try #require(
            try world.ask(.createBackfill(order(concurrency: 1, perRun: 3)), partitions: answer(1...6)).backfill)
        let second = try #require(
            try world.ask(.createBackfill(order(concurrency: 1, perRun: 3)), partitions: answer(2...8)).backfill)
        var count: [PartitionKey: Int] = [:]
        while !world.processes.isEmpty {
            let runs = world.processes.keys.map { partitions(world, of: $0) }
            #expect(Set(runs.joined()).count == runs.reduce(0) { $0 + $1.count }, "\(runs)")
            let run = try #require(world.processes.keys.min { $0.text < $1.text })
            for key in partitions(world, of: run) { count[key, default: 0] += 1 }
            world.end(run)
        }
        #expect(count.values.allSatisfy { $0 == 1 }, "\(count)")
        #expect(count.count == 8)
        #expect(world.backfill(first)?.done == 6)
        #expect(world.backfill(second)?.done == 7)
    }

    @Test("Paused, resumed and cancelled")
    func phases() throws {
        var world = SchedulerWorld(concurrency: 9)
        let id = try #require(try world.ask(.createBackfill(order()), partitions: answer()).backfill)
        try world.ask(.pauseBackfill(id))
        for run in world.processes.keys { world.end(run) }
        #expect(world.processes.isEmpty)
        world.crash()
        #expect(world.processes.isEmpty)
        #expect(world.backfill(id)?.phase == .paused)
        #expect(throws: Diagnostic.self) { try world.ask(.pauseBackfill(id)) }
        try world.ask(.resumeBackfill(id))
        #expect(world.processes.count == 2)
        try world.ask(.cancelBackfill(id))
        #expect(world.stopped.count == 2)
        for run in world.processes.keys { world.end(run, .killed(signal: 15)) }
        #expect(world.processes.isEmpty)
        #expect(world.backfill(id)?.phase == .cancelled)
        #expect(throws: Diagnostic.self) { try world.ask(.resumeBackfill(id)) }
    }
}
