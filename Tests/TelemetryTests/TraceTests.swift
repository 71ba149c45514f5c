import Project
import Running
import Testing

@testable import Telemetry

@Suite("The spans of a run")
struct TraceTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func trace(
        _ environment: [String: String] = [:], sampler: Sampler = .everything, _ datasets: [String] = ["a", "b"]
    ) throws -> RunTrace {
        RunTrace(project: try Samples.project(datasets), parent: TraceContext(environment), sampler: sampler)
    }

    private func spans(_ trace: RunTrace, _ events: [RunEvent]) -> [Span] {
        var trace = trace
        return events.enumerated().flatMap { trace.take($1, at: Samples.start + 1000 * $0) }
    }

    private var usual: [RunEvent] {
        get throws {
            [
                try Samples.runStarted(["a"]), try Samples.started("a"), try Samples.progressed("a", .checking),
                .stepAudited(try Samples.name("a"), []), try Samples.progressed("a", .publishing),
                try Samples.finished("a"), Samples.summary(.done),
            ]
        }
    }

    @Test("a run is a tree: the run, its steps, and what each does one after the other")
    func tree() throws {
        let spans = spans(try trace(), try usual)
        #expect(spans.map(\.name) == ["write", "check", "publish", "step a", "run"])
        #expect(spans.map { ($0.end - $0.start) / 1000 } == [1, 2, 1, 4, 6])
        let (step, run) = (spans[3], spans[4])
        #expect(spans[..<3].allSatisfy { $0.parent == step.id })
        #expect(step.parent == run.id && run.parent == nil)
        #expect(Set(spans.map(\.id)).count == 5 && Set(spans.map(\.trace)).count == 1)
    }

    @Test("identities follow from the run's name, for ever")
    func identities() throws {
        let spans = spans(try trace(), try usual)
        let again = self.spans(try trace(), try usual)
        #expect(spans.map(\.id) == again.map(\.id))
        // Whoever has kept one finds its trace by it: other numbers here are a mistake.
        #expect(Identities.hex(Identities.trace(of: Samples.run)) == "393458fb0a8c31f46a1c90271caee370")
        #expect(Identities.hex(Identities.span(of: Samples.run, "a")) == "a846bf5561995269")
        #expect(Identities.uuid("step", "shop", "r", "a") == "b3fba675-38db-5330-8227-d5bc89801156")
        #expect(Identities.uuid("ab", "c") != Identities.uuid("a", "bc"))
    }

    @Test("a run belongs to its caller's trace")
    func caller() throws {
        let spans = spans(try trace(["TRACEPARENT": Self.parent, "TRACESTATE": "x=1"]), try usual)
        #expect(spans.allSatisfy { Identities.hex($0.trace) == "0af7651916cd43dd8448eb211c80319c" })
        #expect(spans.last?.parent.map(Identities.hex) == "b7ad6b7169203331")
        #expect(spans.last?.hasRemoteParent == true && spans.first?.hasRemoteParent == false)
        #expect(spans.allSatisfy { $0.state == "x=1" })
    }

    @Test(
        "what is no caller's place in a trace counts as none",
        arguments: [
            "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", parent + "-00",
            "ff" + parent.dropFirst(2), parent.uppercased(), "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", parent.replacing("b7ad", with: "b7ag"),
        ])
    func noCaller(text: String) { #expect(TraceContext(["TRACEPARENT": text]) == nil) }

    @Test("a later version of the header may say more")
    func later() { #expect(TraceContext(["TRACEPARENT": "01" + Self.parent.dropFirst(2) + "-x"]) != nil) }

    @Test("a caller who is not traced is followed, unless the sampler says otherwise")
    func sampled() throws {
        let quiet = ["TRACEPARENT": String(Self.parent.dropLast(2)) + "00"]
        #expect(spans(try trace(quiet), try usual).isEmpty)
        let always = try #require(Sampler("always_on", argument: nil))
        #expect(spans(try trace(quiet, sampler: always), try usual).count == 5)
        let never = try #require(Sampler("parentbased_always_off", argument: nil))
        #expect(spans(try trace(sampler: never), try usual).isEmpty)
        #expect(spans(try trace(["TRACEPARENT": Self.parent], sampler: never), try usual).count == 5)
    }

    @Test("a share of runs is a share of them")
    func share() throws {
        let sampler = try #require(Sampler("traceidratio", argument: "0.25"))
        let taken = (0..<4000).count { sampler.takes(Identities.trace(of: RunID("r\($0)")), parent: nil) }
        #expect((850...1150).contains(taken))
        #expect(Sampler("jaeger_remote", argument: nil) == nil)
    }

    @Test("attempts are events of one step, each with its parts")
    func attempts() throws {
        let failure = try Samples.failure("a")
        let spans = spans(
            try trace(),
            [
                try Samples.runStarted(["a"]), try Samples.started("a"),
                .stepRetrying(StepRetry(failure: failure, attempt: 1, attempts: 3, delay: 500)),
                try Samples.started("a", attempt: 2), try Samples.progressed("a", .checking), .stepFailed(failure),
                Samples.summary(.failed, failed: 1),
            ])
        #expect(spans.map(\.name) == ["write", "write", "check", "step a", "run"])
        #expect(Set(spans.map(\.id)).count == 5)
        #expect(spans[3].events.map(\.name) == ["retry", "attempt"])
        for span in [spans[0], spans[2], spans[3]] {
            guard case .error("it broke") = span.status else { Issue.record("\(span)"); continue }
        }
        guard case .error("a step failed") = spans[4].status else { Issue.record("\(spans[4])"); return }
    }

    @Test("a run that makes nothing is not told")
    func nothing() throws {
        let events = [
            try Samples.runStarted([]), .stepSkipped(try Samples.name("a"), .upToDate), Samples.summary(.nothingToDo),
        ]
        #expect(spans(try trace(), events).isEmpty)
    }

    @Test("values that came from the environment are not told")
    func redacted() throws {
        var project = try Samples.project(["a"])
        project.redaction.add("hunter22", from: "PASSWORD")
        var failure = try Samples.failure("a")
        failure.diagnostics = [.error("cannot log in with hunter22")]
        let spans = spans(
            RunTrace(project: project, parent: nil, sampler: .everything),
            [
                try Samples.runStarted(["a"]), try Samples.started("a"), .stepFailed(failure),
                Samples.summary(.failed, failed: 1),
            ])
        #expect(spans.count == 3)
        #expect(!spans.contains { "\($0)".contains("hunter22") })
        guard case .error("cannot log in with ${env:PASSWORD}") = spans[1].status else {
            Issue.record("\(spans[1])")
            return
        }
    }

    @Test("any order of events gives one tree, whose children lie within their parents", arguments: 0..<50)
    func property(seed: Int) throws {
        var generator = SeededGenerator(UInt64(seed))
        let names = (0..<6).map { "d\($0)" }
        var trace = try trace([:], sampler: .everything, names)
        var now = Samples.start
        var spans = trace.take(try Samples.runStarted(names), at: now)
        var attempts: [String: Int] = [:]
        var over: Set<String> = []
        while over.count < names.count {
            now += Int.random(in: 0...5, using: &generator)
            guard let name = names.filter({ !over.contains($0) }).randomElement(using: &generator) else { break }
            guard let attempt = attempts[name] else {
                attempts[name] = 1
                spans += trace.take(try Samples.started(name), at: now)
                continue
            }
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: spans += trace.take(try Samples.progressed(name, .writing), at: now)
            case 1: spans += trace.take(try Samples.progressed(name, .checking), at: now)
            case 2: spans += trace.take(.stepAudited(try Samples.name(name), []), at: now)
            case 3: spans += trace.take(try Samples.progressed(name, .publishing), at: now)
            case 4 where attempt < 4:
                let failure = try Samples.failure(name)
                spans += trace.take(
                    .stepRetrying(StepRetry(failure: failure, attempt: attempt, attempts: 4, delay: 1)), at: now)
                attempts[name] = attempt + 1
                spans += trace.take(try Samples.started(name, attempt: attempt + 1), at: now + 1)
                now += 1
            case 5:
                spans += trace.take(.stepFailed(try Samples.failure(name)), at: now)
                over.insert(name)
            default:
                spans += trace.take(try Samples.finished(name), at: now)
                over.insert(name)
            }
        }
        spans += trace.take(Samples.summary(.failed, failed: 1), at: now)
        let byID = Dictionary(grouping: spans, by: \.id)
        #expect(byID.values.allSatisfy { $0.count == 1 })
        #expect(spans.filter { $0.parent == nil }.map(\.name) == ["run"])
        #expect(spans.count { $0.name.hasPrefix("step ") } == names.count)
        for span in spans {
            guard let parent = span.parent else { continue }
            let above = try #require(byID[parent]?.first)
            #expect(above.start <= span.start && span.end <= above.end && span.start <= span.end)
        }
    }
}

/// SplitMix64: chance that is the same each time.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
