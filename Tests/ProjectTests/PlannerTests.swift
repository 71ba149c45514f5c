import Planning
import Project
import Queries
import Testing

/// A project of three datasets in a row, and what a store could say of it.
private struct Situation {
    let project: Project
    var states: [DatasetName: DatasetState] = [:]
    var foreign: [String: DatasetState] = [:]
    var sources: [DatasetName: SourceSet] = [:]
    var news: [DatasetName: SourceChanges] = [:]
    var references = ProjectReferences()

    init(_ datasets: String, reads: [String: [String]] = [:], tables: [String: [String]] = [:]) throws {
        project = try ProjectTests.project("project: p\ndatasets:\n" + datasets)
        for (name, inputs) in reads { references.inputs[try Self.name(name)] = try inputs.map(Self.name) }
        for (name, paths) in tables { references.foreign[try Self.name(name)] = paths }
    }

    static func name(_ text: String) throws -> DatasetName { try #require(DatasetName(text)) }

    static func pinned(_ version: Int, _ table: String) -> PinnedVersion {
        PinnedVersion(version: Version(version), table: table)
    }

    /// A dataset's live version, made by the definition that it has now.
    mutating func live(
        _ name: String, _ version: Int, data: Int? = nil, table: String? = nil, from inputs: [String: Int] = [:],
        tables: [String: PinnedVersion] = [:], sources: SourceSet? = nil, ledger: Int? = nil,
        definition: Fingerprint? = nil
    ) throws {
        let dataset = try #require(project.dataset(named: name))
        var record = VersionRecord(
            run: RunID("r"), fingerprint: definition ?? Planner.fingerprint(of: dataset),
            foreign: tables.isEmpty ? nil : tables, sources: sources, ledger: ledger.map { Version($0) },
            rows: RowAccount(read: 1, published: 1, quarantined: 0), millrace: "0")
        for (input, version) in inputs { record.inputs[try Self.name(input)] = Self.pinned(version, input) }
        states[dataset.name] = DatasetState(
            pinned: Self.pinned(version, table ?? name), record: record, dataVersion: data.map { Version($0) })
    }

    func plan(forced: Bool = false, selected: Set<DatasetName>? = nil) -> Plan {
        let (graph, _) = Graph.build(of: project, references: references)
        return Planner(
            project: project, graph: graph, references: references, states: states, foreign: foreign,
            sources: sources, news: news
        ).plan(selected: selected, forced: forced)
    }

    func reasons(_ name: String, forced: Bool = false) throws -> [String] {
        try #require(plan(forced: forced).step(try Self.name(name))).reasons.map(\.description)
    }

    func work(_ name: String, forced: Bool = false) throws -> Plan.Work {
        try #require(plan(forced: forced).step(try Self.name(name))).work
    }

    static func sources(_ files: Int, _ digest: String) -> SourceSet {
        var builder = Fingerprint.Builder()
        builder.add(digest)
        return SourceSet(files: files, bytes: 10, digest: builder.finish())
    }

    static let otherDefinition = sources(0, "other").digest
}

@Suite("Planning")
struct PlannerTests {
    private static let table =
        "  raw: { ingest: { files: a.csv } }\n  t: { sql: SELECT * FROM raw }\n"

    @Test("an input that was only looked after makes nothing stale, one with other rows does")
    func upkeep() throws {
        var situation = try Situation(Self.table, reads: ["t": ["raw"]])
        try situation.live("t", 2, from: ["raw": 3])
        try situation.live("raw", 3)
        #expect(try situation.reasons("t") == ["up to date"])
        try situation.live("raw", 7, data: 3)
        #expect(try situation.reasons("t") == ["up to date"])
        #expect(situation.plan().isUpToDate)
        try situation.live("raw", 7, data: 4)
        #expect(try situation.reasons("t") == ["input raw 3 → 7"])
        #expect(try situation.work("t") == .full)
        try situation.live("raw", 1, table: "another")
        #expect(try situation.reasons("t") == ["input raw made anew"])
    }

    @Test("a Delta table of somebody else is a reason like an input")
    func foreign() throws {
        var situation = try Situation("  t: { sql: SELECT 1 AS x }\n", tables: ["t": ["/lake/a", "b"]])
        try situation.live(
            "t", 0, tables: ["/lake/a": Situation.pinned(3, "A"), "b": Situation.pinned(5, "B")])
        situation.foreign = [
            "/lake/a": DatasetState(pinned: Situation.pinned(3, "A"), record: nil),
            "b": DatasetState(pinned: Situation.pinned(9, "B"), record: nil, dataVersion: Version(5)),
        ]
        #expect(try situation.reasons("t") == ["up to date"])
        situation.foreign["/lake/a"] = DatasetState(pinned: Situation.pinned(4, "A"), record: nil)
        #expect(try situation.reasons("t") == ["table /lake/a 3 → 4"])
        situation.foreign["/lake/a"] = DatasetState(pinned: Situation.pinned(0, "C"), record: nil)
        #expect(try situation.reasons("t") == ["table /lake/a 3 → 0"])
        try situation.live("t", 0, tables: ["/lake/a": Situation.pinned(0, "C")])
        #expect(try situation.reasons("t") == ["new table b 9"])
        #expect(situation.plan().steps.first?.foreign == ["/lake/a", "b"])
    }

    // MARK: Incremental

    private func daily(_ more: String = "", mode: String = "append") throws -> Situation {
        var situation = try Situation(
            """
              events: { ingest: { files: "landing/*.csv" }, mode: append }
              planes: { ingest: { files: planes.csv } }
              t: { sql: "FROM events, planes", mode: \(mode), incremental: events\(more) }

            """, reads: ["t": ["events", "planes"]])
        try situation.live("events", 3, ledger: 3)
        try situation.live("planes", 1)
        try situation.live("t", 5, from: ["events": 3, "planes": 1])
        return situation
    }

    @Test("an incremental step says what it will see", arguments: ["append", "merge, key: id"])
    func incremental(mode: String) throws {
        var situation = try daily(mode: mode)
        #expect(try situation.reasons("t") == ["up to date"])
        try situation.live("events", 7, data: 6, ledger: 7)
        #expect(try situation.reasons("t") == ["input events 3 → 7 (incremental)"])
        let events = try Situation.name("events")
        #expect(try situation.work("t") == .incremental(events, after: Situation.pinned(3, "events")))
        #expect(situation.plan().steps.last?.isFullRefresh == false)
        try situation.live("planes", 2)
        #expect(try situation.reasons("t") == ["input events 3 → 7 (incremental)", "input planes 1 → 2"])
    }

    @Test("--full-refresh, and a dataset without a version, read everything")
    func full() throws {
        var situation = try daily()
        #expect(try situation.work("t", forced: true) == .full)
        #expect(try situation.reasons("t", forced: true).first == "input events 3 → 4")
        situation.states[try Situation.name("t")] = nil
        #expect(try situation.work("t") == .full)
        #expect(try situation.reasons("t") == ["new"])
    }

    @Test("a changed definition holds from now on, and is no reason to run when there is nothing new")
    func definition() throws {
        var situation = try daily()
        try situation.live("t", 5, from: ["events": 3, "planes": 1], definition: Situation.otherDefinition)
        #expect(try situation.reasons("t") == ["up to date"])
        #expect(situation.plan().isUpToDate)
        try situation.live("events", 4, ledger: 4)
        #expect(
            try situation.reasons("t") == [
                "definition changed (from now on; --full-refresh rebuilds)", "input events 3 → 4 (incremental)",
            ])
        #expect(try situation.reasons("t", forced: true).first == "definition changed")
        #expect(try situation.work("t", forced: true) == .full)
    }

    @Test("a changed query that adds all of its rows each time runs, and one that replaces them rebuilds")
    func changedQuery() throws {
        for (mode, reason) in [
            ("append", "definition changed (from now on; --full-refresh rebuilds)"), ("replace", "definition changed"),
        ] {
            var situation = try Situation("  t: { sql: SELECT 1 AS x, mode: \(mode) }\n")
            try situation.live("t", 5, definition: Situation.otherDefinition)
            #expect(try situation.reasons("t") == [reason])
            #expect(try situation.work("t") == (mode == "append" ? .continuing : .full))
        }
    }

    @Test("a merge or an append into a table that another tool made keeps its rows")
    func otherTool() throws {
        for (mode, expected) in [("merge, key: x", Plan.Work.continuing), ("append", .continuing), ("replace", .full)] {
            var situation = try Situation("  t: { sql: SELECT 1 AS x, mode: \(mode) }\n")
            situation.states[try Situation.name("t")] = DatasetState(pinned: Situation.pinned(3, "t"), record: nil)
            #expect(try situation.reasons("t") == ["new"])
            #expect(try situation.work("t") == expected)
            #expect(try situation.work("t", forced: true) == .full)
        }
    }

    @Test("an input that is new to a step is read as a whole, and what is there stays")
    func newInput() throws {
        var situation = try daily()
        try situation.live("t", 5, from: ["planes": 1], definition: Situation.otherDefinition)
        #expect(try situation.work("t") == .continuing)
        #expect(
            try situation.reasons("t") == [
                "definition changed (from now on; --full-refresh rebuilds)", "new input events 3",
            ])
    }

    @Test("an input that is known to be replaced makes a step with that policy begin anew")
    func replaced() throws {
        for policy in ["fail", "full_refresh"] {
            var situation = try daily(", on_replace: \(policy)")
            try situation.live("events", 0, table: "another", ledger: 0)
            #expect(try situation.reasons("t") == ["input events made anew"])
            let isFull = try situation.work("t") == .full
            #expect(isFull == (policy == "full_refresh"))
        }
    }

    // MARK: Ingests that add

    @Test("an ingest that adds says how many files it will read")
    func files() throws {
        var situation = try Situation("  a: { ingest: { files: \"*.csv\" }, mode: append }\n")
        let name = try Situation.name("a")
        try situation.live("a", 2, sources: Situation.sources(5, "before"), ledger: 2)
        situation.sources[name] = Situation.sources(5, "before")
        #expect(try situation.reasons("a") == ["up to date"])
        #expect(try situation.work("a") == .continuing)
        situation.sources[name] = Situation.sources(7, "after")
        #expect(try situation.reasons("a") == ["files changed (5 → 7)"])
        situation.news[name] = SourceChanges(new: 2, changed: 1, vanished: 1)
        #expect(try situation.reasons("a") == ["2 new files", "1 changed file"])
        situation.news[name] = SourceChanges(new: 1, vanished: 1)
        #expect(try situation.reasons("a") == ["1 new file"])
        situation.news[name] = SourceChanges(new: 0, vanished: 1)
        #expect(try situation.reasons("a") == ["up to date"])
        #expect(try situation.reasons("a", forced: true) == ["files changed (5 → 7)"])
    }

    @Test("policies decide whether changed and vanished files are a reason")
    func policies() throws {
        for (policies, expected) in [
            ("changed: ignore, vanished: fail", ["2 vanished files"]),
            ("changed: reingest", ["3 changed files"]), ("changed: fail", ["3 changed files"]),
            ("changed: ignore", ["up to date"]),
        ] {
            var situation = try Situation("  a: { ingest: { files: \"*.csv\", \(policies) }, mode: append }\n")
            let name = try Situation.name("a")
            try situation.live("a", 2, sources: Situation.sources(5, "before"), ledger: 2)
            situation.sources[name] = Situation.sources(3, "after")
            situation.news[name] = SourceChanges(new: 0, changed: 3, vanished: 2)
            #expect(try situation.reasons("a") == expected)
        }
    }

    @Test("an ingest whose files nobody wrote down begins anew instead of reading them twice")
    func noLedger() throws {
        var situation = try Situation("  a: { ingest: { files: \"*.csv\" }, mode: append }\n")
        try situation.live("a", 2, sources: Situation.sources(5, "before"), definition: Situation.otherDefinition)
        #expect(try situation.work("a") == .full)
        #expect(try situation.reasons("a") == ["definition changed"])
    }

    @Test("an ingest of a Delta table reads what was added to it, also after it was moved")
    func deltaIngest() throws {
        var situation = try Situation(
            "  a: { ingest: { delta: /lake/a }, mode: append }\n", tables: ["a": ["/lake/a"]])
        situation.foreign["/lake/a"] = DatasetState(pinned: Situation.pinned(4, "A"), record: nil)
        try situation.live("a", 2, tables: ["/lake/a": Situation.pinned(3, "A")])
        #expect(try situation.reasons("a") == ["table /lake/a 3 → 4 (incremental)"])
        #expect(try situation.work("a") == .incrementalTable("/lake/a", after: Situation.pinned(3, "A")))
        try situation.live(
            "a", 2, tables: ["/old/a": Situation.pinned(4, "A")], definition: Situation.otherDefinition)
        #expect(try situation.reasons("a") == ["up to date"])
        try situation.live("a", 2, tables: ["/old/a": Situation.pinned(9, "B")])
        #expect(try situation.reasons("a") == ["new table /lake/a 4"])
        #expect(try situation.work("a") == .continuing)
    }

    @Test("an ingest of one version of a Delta table waits for no other")
    func deltaVersion() throws {
        var situation = try Situation("  a: { ingest: { delta: /lake/a, version: 3 } }\n", tables: ["a": ["/lake/a"]])
        situation.foreign["/lake/a"] = DatasetState(pinned: Situation.pinned(9, "A"), record: nil)
        try situation.live("a", 2, tables: ["/lake/a": Situation.pinned(3, "A")])
        #expect(try situation.reasons("a") == ["up to date"])
        try situation.live(
            "a", 2, tables: ["/lake/a": Situation.pinned(2, "A")], definition: Situation.otherDefinition)
        #expect(try situation.reasons("a") == ["definition changed", "table /lake/a 2 → 3"])
    }
}
