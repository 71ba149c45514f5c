import Planning
import Project
import Queries
import Testing
import Timetable

/// A partitioned dataset `t` made of `raw`, and `u` made of `t` in the same partitions.
private struct Situation {
    let project: Project
    var states: [DatasetName: DatasetState] = [:]
    var news: [DatasetName: PartitionNews] = [:]
    /// 2024-02-01 00:30.
    var now = 1_706_747_400_000

    init(_ partitions: String = "{ by: day, column: day, start: 2024-01-01 }") throws {
        project = try ProjectTests.project(
            """
            project: p
            datasets:
              raw: { ingest: { files: a.csv } }
              t: { sql: SELECT * FROM raw, partitions: \(partitions) }
              u: { sql: SELECT * FROM t, partitions: \(partitions) }

            """)
    }

    static func name(_ text: String) throws -> DatasetName { try #require(DatasetName(text)) }

    mutating func live(
        _ name: String, _ version: Int, made texts: [String]? = nil, by period: PartitionPeriod? = .day,
        from inputs: [String: Int] = [:], definition: String? = nil
    ) throws {
        let dataset = try #require(project.dataset(named: name))
        var fingerprint = Planner.fingerprint(of: dataset)
        if let definition {
            var builder = Fingerprint.Builder()
            builder.add(definition)
            fingerprint = builder.finish()
        }
        var record = VersionRecord(
            run: RunID("r"), fingerprint: fingerprint, rows: RowAccount(read: 1, published: 1, quarantined: 0),
            millrace: "0")
        for (input, version) in inputs {
            record.inputs[try Self.name(input)] = PinnedVersion(version: Version(version), table: input)
        }
        if let texts {
            let set = try #require(PartitionSet(texts: texts, by: period))
            record.partitions = PartitionRecord(
                run: set, isWhole: true,
                made: [.init(partitions: set, origin: .init(fingerprint: fingerprint, inputs: record.inputs))])
        }
        states[dataset.name] = DatasetState(
            pinned: PinnedVersion(version: Version(version), table: name), record: record)
    }

    func plan(forced: Bool = false, asked: [String]? = nil, each: Bool = false) throws -> Plan {
        var references = ProjectReferences()
        references.inputs[try Self.name("t")] = [try Self.name("raw")]
        references.inputs[try Self.name("u")] = [try Self.name("t")]
        let (graph, _) = Graph.build(of: project, references: references)
        let partitions = try PartitionRequest(asked ?? []).partitions(in: project, selected: nil)
        return Planner(
            project: project, graph: graph, references: references, states: states, sources: [:],
            partitionNews: news, now: now
        ).plan(forced: forced, partitions: partitions, each: each)
    }

    func step(_ name: String, forced: Bool = false, asked: [String]? = nil) throws -> Plan.Step {
        try #require(try plan(forced: forced, asked: asked).step(try Self.name(name)))
    }

    func reasons(_ name: String, forced: Bool = false, asked: [String]? = nil) throws -> [String] {
        try step(name, forced: forced, asked: asked).reasons.map(\.description)
    }
}

@Suite("Planning partitions")
struct PartitionPlanTests {
    @Test("at first all that are over are missing, and everything is made")
    func first() throws {
        let situation = try Situation()
        #expect(try situation.reasons("t") == ["new", "31 partitions 2024-01-01…2024-01-31: missing"])
        #expect(try situation.step("t").work == .full)
    }

    @Test("later those alone that are missing, up to the last that is over by the clock")
    func missing() throws {
        var situation = try Situation()
        try situation.live("raw", 3)
        try situation.live("t", 0, made: ["2024-01-01..2024-01-10", "2024-01-12..2024-01-29"], from: ["raw": 3])
        let step = try situation.step("t")
        #expect(step.reasons.map(\.description) == ["3 partitions 2024-01-11, 2024-01-30…2024-01-31: missing"])
        #expect(step.work == .partitions)
        #expect(step.partitions?.making.texts == ["2024-01-11", "2024-01-30..2024-01-31"])
        situation.now -= 86_400_000
        #expect(try situation.reasons("t") == ["2 partitions 2024-01-11, 2024-01-30: missing"])
        try situation.live("t", 0, made: ["2024-01-01..2024-01-31"], from: ["raw": 3])
        #expect(try situation.reasons("t") == ["up to date"])
    }

    @Test("what is new about inputs concerns made partitions alone; input and clock make one plan")
    func stale() throws {
        var situation = try Situation()
        try situation.live("raw", 4)
        try situation.live("t", 0, made: ["2024-01-01..2024-01-30"], from: ["raw": 3])
        let changed = try #require(PartitionSet(texts: ["2023-12-31..2024-01-02", "2024-01-31"], by: .day))
        let raw = try Situation.name("raw")
        situation.news[try Situation.name("t")] = PartitionNews(stale: [
            .init(changed, .inputChanged(raw, from: Version(3), to: Version(4)))
        ])
        #expect(
            try situation.reasons("t") == [
                "partition 2024-01-31: missing", "2 partitions 2024-01-01…2024-01-02: input raw 3 → 4",
            ])
        // What is made of it follows, in the same plan.
        try situation.live("u", 0, made: ["2024-01-01..2024-01-31"], from: ["t": 0])
        let made = "2024-01-01…2024-01-02, 2024-01-31"
        #expect(try situation.reasons("u") == ["3 partitions \(made): input t 0 → 1"])
        // Where it is only found in the run which partitions of the input are made, that holds below as well.
        situation.states[raw] = nil
        #expect(try situation.reasons("u") == ["3 partitions \(made): input t 0 → 1", "input t 0 → 1"])
    }

    @Test("each by itself: what is missing above leaves a dataset as it is, what its input has published does not")
    func each() throws {
        var situation = try Situation()
        try situation.live("raw", 3)
        try situation.live("t", 0, made: ["2024-01-31"], from: ["raw": 3])
        try situation.live("u", 0, made: ["2024-01-01..2024-01-31"], from: ["t": 0])
        let (t, u) = (try Situation.name("t"), try Situation.name("u"))
        #expect(try situation.plan().step(u)?.action == .run)
        let plan = try situation.plan(each: true)
        #expect(plan.step(t)?.partitions?.making.texts == ["2024-01-01..2024-01-30"])
        #expect(plan.step(u)?.action == .skip)
        let changed = try #require(PartitionSet(texts: ["2024-01-31"], by: .day))
        situation.news[u] = PartitionNews(stale: [.init(changed, .inputChanged(t, from: Version(0), to: Version(1)))])
        #expect(try situation.plan(each: true).step(u)?.partitions?.making.texts == ["2024-01-31"])
    }

    @Test("asked for: exactly those, made or not")
    func asked() throws {
        var situation = try Situation()
        try situation.live("t", 0, made: ["2024-01-01..2024-01-31"])
        let step = try situation.step("t", asked: ["2024-01-05..2024-01-06", "2024-02-01"])
        #expect(
            step.reasons.map(\.description) == ["3 partitions 2024-01-05…2024-01-06, 2024-02-01: asked for"])
        #expect(step.partitions?.follows == false)
        #expect(throws: Diagnostics.self) { try situation.step("t", asked: ["2023-12-31"]) }
    }

    @Test("a changed definition is for what comes next; forced makes all anew; other partitions replace everything")
    func definition() throws {
        var situation = try Situation()
        try situation.live("raw", 3)
        try situation.live("t", 0, made: ["2024-01-01..2024-01-31"], definition: "former")
        #expect(try situation.reasons("t") == ["up to date"])
        #expect(try situation.reasons("t", forced: true) == ["31 partitions 2024-01-01…2024-01-31: all anew"])
        #expect(try situation.step("t", forced: true).work == .full)
        try situation.live("t", 0, made: ["2024-01-01..2024-01-30"], definition: "former")
        #expect(
            try situation.reasons("t") == [
                "definition changed (from now on; --full-refresh rebuilds)", "partition 2024-01-31: missing",
            ])
        try situation.live("t", 0, made: ["2024-01"], by: .month)
        #expect(
            try situation.reasons("t") == ["definition changed", "31 partitions 2024-01-01…2024-01-31: missing"])
        #expect(try situation.step("t").work == .full)
        try situation.live("t", 0)
        #expect(try situation.step("t").work == .full)
    }

    @Test("members of a list")
    func list() throws {
        var situation = try Situation("{ values: [de, fr], column: country }")
        try situation.live("raw", 3)
        try situation.live("t", 0, made: ["de"], by: nil)
        #expect(try situation.reasons("t") == ["partition fr: missing"])
    }

    @Test("a hundred thousand hours are planned in no time")
    func size() throws {
        var situation = try Situation("{ by: hour, column: t, start: 2012-01-01T00 }")
        try situation.live("t", 0, made: ["2012-01-01T00..2020-05-29T15"], by: .hour)
        let start = ContinuousClock.now
        for _ in 0..<100 { _ = try situation.plan() }
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(try situation.step("t").partitions?.making.count == 32_216)
    }
}
