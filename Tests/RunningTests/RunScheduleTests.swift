import Planning
import Project
import Testing

@testable import Running

@Suite("What a run starts when")
struct RunScheduleTests {
    /// A schedule whose steps are named in a line.
    private struct Bench {
        var schedule: RunSchedule

        init(
            _ steps: KeyValuePairs<String, [String]>, limit: Int = 10, keepsGoing: Bool = false,
            limits: [String: StepLimits] = [:], pools: [String: Int] = [:]
        ) throws {
            schedule = RunSchedule(
                try Samples.plan(steps),
                RunSchedule.Rules(
                    limit: limit, keepsGoing: keepsGoing,
                    limits: Dictionary(uniqueKeysWithValues: try limits.map { (try Samples.name($0), $1) }),
                    pools: pools, seed: "r"),
                at: 0)
        }

        /// `a`, or `a 2` for a second attempt, or `stop a`.
        mutating func next(_ now: Int = 0) -> [String] {
            schedule.next(at: now).map { action in
                switch action {
                case .start(let start): start.step.dataset.text + (start.attempt > 1 ? " \(start.attempt)" : "")
                case .stop(let dataset): "stop \(dataset)"
                }
            }
        }

        mutating func done(_ name: String, _ now: Int = 0) throws { schedule.finished(try Samples.name(name), at: now) }

        @discardableResult
        mutating func fail(_ name: String, _ now: Int = 0, mayPass: Bool = true) throws -> RunSchedule.Verdict {
            schedule.failed(try Samples.name(name), mayPass: mayPass, at: now)
        }
    }

    @Test("a step starts when all that it needs is done, and no more run at once than may")
    func order() throws {
        var bench = try Bench(["a": [], "b": [], "c": ["a", "b"], "d": ["c"]], limit: 1)
        #expect(bench.next() == ["a"])
        #expect(bench.next() == [])
        try bench.done("a")
        #expect(bench.next() == ["b"])
        try bench.done("b")
        #expect(bench.next() == ["c"])
        try bench.done("c")
        #expect(bench.next() == ["d"])
        try bench.done("d")
        #expect(bench.schedule.isOver && bench.next() == [])
    }

    @Test("more priority goes first, then what more steps wait for, then the plan's order")
    func priorities() throws {
        var bench = try Bench(
            ["a": [], "b": [], "c": [], "d": ["c"], "e": ["d"], "f": ["b"]], limit: 1,
            limits: ["a": StepLimits(priority: -1)])
        var order: [String] = []
        while let next = bench.next().first {
            order.append(next)
            try bench.done(next)
        }
        #expect(order == ["c", "b", "d", "e", "f", "a"])
    }

    @Test("a step that failed starts again after a delay that grows and has an end")
    func retries() throws {
        var retries = Samples.retries(4, delay: 100)
        retries.longestDelay = 250
        var bench = try Bench(["a": [], "b": ["a"]], limits: ["a": StepLimits(retries: retries)])
        var now = 0
        for (attempt, delay) in [(1, 100), (2, 200), (3, 250), (4, 250)] {
            #expect(bench.next(now) == [attempt == 1 ? "a" : "a \(attempt)"])
            #expect(try bench.fail("a", now + 5) == .retry(delay: delay, attempt: attempt, attempts: 5))
            #expect(bench.schedule.nextWake() == now + 5 + delay)
            #expect(bench.next(now + 4 + delay) == [])
            now += 5 + delay
        }
        #expect(bench.next(now) == ["a 5"])
        #expect(
            try bench.fail("a", now) == .final([.skip(Samples.name("b"), .upstreamFailed(Samples.name("a")))]))
        #expect(bench.schedule.isOver)
    }

    @Test("chance shortens a delay by no more than its share, and is the same each time")
    func jitter() {
        let policy = RetryPolicy(count: 9, delay: 1000, factor: 2, longestDelay: 60_000, jitter: 0.5)
        #expect(policy.delay(after: 1, chance: 0) == 1000)
        #expect(policy.delay(after: 3, chance: 1) == 2000)
        #expect(policy.delay(after: 1000, chance: 0) == 60_000)
        let chances = (0..<1000).map { Chance.of("r", "a", String($0)) }
        #expect(chances.allSatisfy { (0..<1).contains($0) } && Set(chances).count == 1000)
        #expect(abs(chances.reduce(0, +) / 1000 - 0.5) < 0.05)
        #expect(chances == (0..<1000).map { Chance.of("r", "a", String($0)) })
    }

    @Test("what would fail again is not tried again")
    func refused() throws {
        var bench = try Bench(["a": []], limits: ["a": StepLimits(retries: Samples.retries(3))])
        #expect(bench.next() == ["a"])
        #expect(try bench.fail("a", mayPass: false) == .final([]))
        #expect(bench.schedule.isOver)
    }

    @Test("an attempt that takes too long is stopped, and the next one has its whole time again")
    func timeouts() throws {
        var bench = try Bench(
            ["a": []], limits: ["a": StepLimits(retries: Samples.retries(1, delay: 10), timeout: 1000)])
        #expect(bench.next(0) == ["a"])
        #expect(bench.schedule.nextWake() == 1000)
        #expect(bench.next(999) == [])
        #expect(bench.next(1000) == ["stop a"])
        #expect(bench.next(1001) == [])
        let a = try Samples.name("a")
        #expect(bench.schedule.isTimedOut(a))
        #expect(try bench.fail("a", 1002) == .retry(delay: 10, attempt: 1, attempts: 2))
        #expect(!bench.schedule.isTimedOut(a))
        #expect(bench.next(1012) == ["a 2"])
        #expect(bench.schedule.nextWake() == 2012)
        try bench.done("a", 1500)
        #expect(bench.schedule.nextWake() == nil && bench.next(9999) == [])
    }

    @Test("a step that waits for its next attempt holds neither a slot nor places")
    func backingOff() throws {
        let use = StepLimits(retries: Samples.retries(1), pool: Samples.pool("db"))
        var bench = try Bench(["a": [], "b": []], limit: 1, limits: ["a": use, "b": use], pools: ["db": 1])
        #expect(bench.next() == ["a"])
        try bench.fail("a")
        #expect(bench.next() == ["b"])
        #expect(bench.next(100) == [])
        try bench.done("b", 150)
        #expect(bench.next(150) == ["a 2"])
    }

    // MARK: Pools

    @Test("a pool's places bound what runs, by weight, and other steps go on beside it")
    func pools() throws {
        var bench = try Bench(
            ["a": [], "b": [], "c": [], "free": []],
            limits: [
                "a": StepLimits(pool: Samples.pool("db", weight: 2)), "b": StepLimits(pool: Samples.pool("db")),
                "c": StepLimits(pool: Samples.pool("gpu")),
            ], pools: ["db": 2, "gpu": 1])
        #expect(bench.next() == ["a", "c", "free"])
        try bench.done("c")
        #expect(bench.next() == [])
        try bench.done("a")
        #expect(bench.next() == ["b"])
    }

    @Test("a step that needs more places than its pool has takes all of them")
    func tooHeavy() throws {
        var bench = try Bench(
            ["a": [], "b": []],
            limits: [
                "a": StepLimits(pool: Samples.pool("db", weight: 9)), "b": StepLimits(pool: Samples.pool("db")),
            ], pools: ["db": 2])
        #expect(bench.next() == ["a"])
        try bench.done("a")
        #expect(bench.next() == ["b"])
    }

    @Test("small steps may go before a large one that waits for places, but only a few")
    func starvation() throws {
        let small = StepLimits(pool: Samples.pool("db"))
        let names = (1...9).map { "s\($0)" }
        var limits = Dictionary(uniqueKeysWithValues: names.map { ($0, small) })
        limits["large"] = StepLimits(pool: Samples.pool("db", weight: 2), priority: 1)
        limits["first"] = StepLimits(pool: Samples.pool("db"), priority: 2)
        var bench = try Bench(
            [
                "first": [], "large": [], "s1": [], "s2": [], "s3": [], "s4": [], "s5": [], "s6": [], "s7": [],
                "s8": [], "s9": [],
            ], limits: limits, pools: ["db": 2])
        #expect(bench.next() == ["first", "s1"])
        try bench.done("s1")
        #expect(bench.next() == ["s2"])
        try bench.done("s2")
        #expect(bench.next() == ["s3"])
        try bench.done("s3")
        #expect(bench.next() == [])
        try bench.done("first")
        #expect(bench.next() == ["large"])
        try bench.done("large")
        #expect(bench.next() == ["s4", "s5"])
    }

    @Test("when other processes hold a pool's places its steps are tried again later, and the others go on")
    func postponed() throws {
        let use = StepLimits(pool: Samples.pool("db"))
        var bench = try Bench(
            ["a": [], "b": [], "free": []], limit: 1, limits: ["a": use, "b": use], pools: ["db": 2])
        #expect(bench.next() == ["a"])
        bench.schedule.postponed(try Samples.name("a"), until: 50)
        #expect(bench.next() == ["free"])
        #expect(bench.schedule.nextWake() == nil)
        try bench.done("free", 10)
        #expect(bench.next(10) == [])
        #expect(bench.schedule.nextWake() == 50)
        guard case .start(let start)? = bench.schedule.next(at: 50).first else {
            Issue.record("nothing starts")
            return
        }
        #expect(start.step.dataset.text == "a" && start.attempt == 1 && start.waited == 50)
    }

    // MARK: Failures

    @Test("after a failure nothing starts, and each step says why")
    func failure() throws {
        var bench = try Bench(["a": [], "b": [], "c": ["a"], "d": ["c"], "e": ["b"]])
        #expect(bench.next() == ["a", "b"])
        let (a, c, d, e) = (
            try Samples.name("a"), try Samples.name("c"), try Samples.name("d"), try Samples.name("e")
        )
        #expect(
            try bench.fail("a")
                == .final([
                    .skip(c, .upstreamFailed(a)), .skip(d, .upstreamFailed(a)), .skip(e, .stopped(after: a)),
                ]))
        #expect(bench.next() == [] && !bench.schedule.isOver)
        try bench.done("b")
        #expect(bench.schedule.isOver)
    }

    @Test("a run that keeps going leaves out only what needs the failed step")
    func keepsGoing() throws {
        var bench = try Bench(["a": [], "b": [], "c": ["a", "b"], "d": ["b"]], keepsGoing: true)
        #expect(bench.next() == ["a", "b"])
        let (a, c) = (try Samples.name("a"), try Samples.name("c"))
        #expect(try bench.fail("a") == .final([.skip(c, .upstreamFailed(a))]))
        try bench.done("b")
        #expect(bench.next() == ["d"])
    }

    @Test("a step that was to be tried again is not, when another one has failed for good or the run is cancelled")
    func notTriedAgain() throws {
        for isCancelled in [false, true] {
            var bench = try Bench(["a": [], "b": []], limits: ["a": StepLimits(retries: Samples.retries(3))])
            #expect(bench.next() == ["a", "b"])
            try bench.fail("a")
            let ending = RunSchedule.Ending(dataset: try Samples.name("a"), kind: .notTriedAgain)
            if isCancelled {
                #expect(bench.schedule.cancel() == [ending])
                try bench.fail("b")
            } else {
                #expect(try bench.fail("b") == .final([ending]))
            }
            #expect(bench.schedule.isOver && bench.schedule.nextWake() == nil && bench.next(1000) == [])
        }
    }

    @Test("an attempt that fails after the run is to end is the last one")
    func failsWhileEnding() throws {
        var bench = try Bench(["a": [], "b": ["a"]], limits: ["a": StepLimits(retries: Samples.retries(3))])
        #expect(bench.next() == ["a"])
        #expect(bench.schedule.cancel() == [.skip(try Samples.name("b"), .cancelled)])
        #expect(try bench.fail("a") == .final([]))
        #expect(bench.schedule.isOver)
    }

    @Test("ten thousand steps of one layer are started and ended without looking at all of them each time")
    func large() throws {
        let first = try Samples.name("s")
        let fingerprint = Fingerprint.Builder().finish()
        let steps = try (0..<10_000).map { number in
            Plan.Step(
                dataset: number == 0 ? first : try Samples.name("s\(number)"), action: .run, reasons: [.new],
                fingerprint: fingerprint, inputs: number == 0 ? [] : [first], current: nil, next: Version(0))
        }
        let time = ContinuousClock().measure {
            var schedule = RunSchedule(Plan(steps: steps), RunSchedule.Rules(limit: 4, keepsGoing: false), at: 0)
            var running: [DatasetName] = []
            repeat {
                for case .start(let start) in schedule.next(at: 0) { running.append(start.step.dataset) }
                if let next = running.popLast() { schedule.finished(next, at: 0) }
            } while !schedule.isOver
        }
        #expect(time < .seconds(2))
    }
}
