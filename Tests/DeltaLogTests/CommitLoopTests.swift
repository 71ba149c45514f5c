import Testing

@testable import DeltaLog

/// Drives a `CommitLoop` over a log in memory, with what is scripted for each put.
private struct ScriptedStore {
    enum Answer {
        /// The put is done, and its outcome told.
        case honest
        /// The put is done, or lost, and no answer comes.
        case silentAfter
        /// The commit never arrives, and no answer comes.
        case silentBefore
        /// The commit arrives only when the next one is put.
        case late
        /// Another writer commits just before.
        case preceded(TableChange)
        /// Another writer commits, and the reading that follows does not see its commit yet, but its snapshot.
        case hidden(TableChange)
    }

    var log: TableLog
    var answers: [Answer]
    var clock = 5_000
    private(set) var puts: [Commit] = []
    private(set) var delays: [Int] = []
    private var hidden = 0
    private var late: (commit: Commit, version: Int)?

    init(_ log: TableLog, _ answers: [Answer]) {
        self.log = log
        self.answers = answers
    }

    mutating func run(_ change: TableChange, after base: CommitLoop.Base, limit: Int = 15) throws -> (Int, Commit) {
        var loop = CommitLoop(change, after: base, limit: limit)
        var step = try loop.start(at: clock)
        while true {
            switch step {
            case .finished(let version, let commit): return (version, commit)
            case .put(let commit, let version, let delay):
                puts.append(commit)
                delays.append(delay)
                step = try loop.told(try outcome(of: commit, version), at: clock)
            case .read(let first):
                var winners: [Int: Commit] = [:]
                for version in first..<max(first, log.newest + 1 - hidden) {
                    winners[version] = try log.commit(version)
                }
                hidden = 0
                step = try loop.read(winners, newest: log.files.isEmpty ? nil : log.snapshot(), at: clock)
            }
        }
    }

    private mutating func outcome(of commit: Commit, _ version: Int) throws -> CommitLoop.Outcome {
        if let late, log.newest + 1 == late.version { log.append(late.commit) }
        late = nil
        switch answers.isEmpty ? .honest : answers.removeFirst() {
        case .honest: return arrive(commit, version)
        case .silentAfter:
            _ = arrive(commit, version)
            return .unknown
        case .silentBefore: return .unknown
        case .late:
            late = (commit, version)
            return .unknown
        case .preceded(let other):
            try log.commit(other, at: clock)
            return arrive(commit, version)
        case .hidden(let other):
            try log.commit(other, at: clock)
            hidden = 1
            return arrive(commit, version)
        }
    }

    private mutating func arrive(_ commit: Commit, _ version: Int) -> CommitLoop.Outcome {
        guard version == log.newest + 1 else { return .lost }
        log.append(commit)
        return .won
    }
}

@Suite("Committing among other writers")
struct CommitLoopTests {
    private let append = TableChange.make(.append, ["a": .long], [.make("ours")])

    private func other(_ path: String) -> TableChange { .make(.append, ["a": .long], [.make(path)], id: path) }

    private func base(_ log: TableLog) throws -> CommitLoop.Base {
        .snapshot(try log.snapshot(), committed: try log.commit(log.newest).time)
    }

    @Test("a commit that nobody disturbs is put once, without delay")
    func alone() throws {
        var store = ScriptedStore(try TableLog("1"), [])
        let (version, commit) = try store.run(append, after: base(store.log))
        #expect(version == 1 && store.puts == [commit] && store.delays == [0])
        #expect(commit.info?["txnId"]?.text == "ours")
        #expect(try store.log.snapshot().paths == ["1", "ours"])
    }

    @Test("lost races are run again on what the winners left, waiting longer each time")
    func lostRaces() throws {
        var store = ScriptedStore(
            try TableLog("1"), [.preceded(other("a")), .preceded(other("b")), .preceded(other("c")), .honest])
        let (version, _) = try store.run(append, after: base(store.log))
        #expect(version == 4)
        #expect(store.puts.map { $0.info?["readVersion"]?.int } == [0, 1, 2, 3])
        #expect(store.delays == [0, 10, 20, 40])
        #expect(try store.log.snapshot().paths == ["1", "a", "b", "c", "ours"])
    }

    @Test("every winner is checked, and the first conflict ends it")
    func conflict() throws {
        let log = try TableLog("1")
        let merge = TableChange.merge([try log.snapshot().files[0]], [.make("ours")], id: "ours")
        let optimized = TableChange.optimize([try log.snapshot().files[0]], [.make("o")])
        var store = ScriptedStore(log, [.preceded(optimized)])
        #expect(try conflict(of: merge, in: &store)?.kind == .concurrentDeleteDelete)
        #expect(try store.log.snapshot().paths == ["o"])

        var second = ScriptedStore(log, [.preceded(.make(.settings(.vacuumEnd), id: "x")), .preceded(other("a"))])
        let error = try conflict(of: merge, in: &second)
        #expect(error?.kind == .concurrentAppend && error?.version == 2)
    }

    private func conflict(of change: TableChange, in store: inout ScriptedStore) throws -> CommitConflict? {
        do {
            _ = try store.run(change, after: base(store.log))
        } catch CommitFailure.conflict(let conflict) {
            return conflict
        }
        return nil
    }

    @Test("a commit of unknown outcome that did arrive is found, not made again")
    func arrived() throws {
        var store = ScriptedStore(try TableLog("1"), [.silentAfter])
        let (version, _) = try store.run(append, after: base(store.log))
        #expect(version == 1 && store.puts.count == 1)
        #expect(try store.log.snapshot().paths == ["1", "ours"])
    }

    @Test("a commit of unknown outcome is found under what came after it")
    func arrivedBeforeOthers() throws {
        var log = try TableLog("1")
        var loop = CommitLoop(append, after: try base(log))
        guard case .put(let commit, _, _) = try loop.start(at: 1) else { throw CommitFailure.tooManyTries(0) }
        log.append(commit)
        guard case .read(let first) = try loop.told(.unknown, at: 1) else { throw CommitFailure.tooManyTries(0) }
        // One that would be a conflict, were ours not there.
        try log.commit(.make(.replace, ["a": .long], [], properties: ["x": "y"], id: "x"))
        let step = try loop.read([first: log.commit(1), 2: log.commit(2)], newest: log.snapshot(), at: 1)
        guard case .finished(1, commit) = step else {
            Issue.record("it must be found: \(step)")
            return
        }
    }

    @Test("a commit of unknown outcome that did not arrive is put again")
    func notArrived() throws {
        var store = ScriptedStore(try TableLog("1"), [.silentBefore, .silentBefore])
        let (version, _) = try store.run(append, after: base(store.log))
        #expect(version == 1 && store.puts.count == 3)
        #expect(try store.log.snapshot().paths == ["1", "ours"])
    }

    @Test("a commit that arrives after it was given up counts once")
    func arrivedLate() throws {
        var store = ScriptedStore(try TableLog("1"), [.late, .honest])
        let (version, commit) = try store.run(append, after: base(store.log))
        #expect(version == 1 && store.log.newest == 1)
        #expect(try store.log.commit(1) == commit)
        #expect(try store.log.snapshot().paths == ["1", "ours"])
    }

    @Test("an unknown outcome behind which another won is a lost race")
    func unknownAndLost() throws {
        var store = ScriptedStore(try TableLog("1"), [.preceded(other("a")), .silentAfter])
        store.answers = [.silentBefore, .preceded(other("a")), .honest]
        let (version, _) = try store.run(append, after: base(store.log))
        #expect(version == 2)
        #expect(try store.log.snapshot().paths == ["1", "a", "ours"])
    }

    @Test("a winner that was not read yet is read before going on")
    func lateReading() throws {
        var store = ScriptedStore(try TableLog("1"), [.hidden(other("a")), .honest])
        let (version, _) = try store.run(append, after: base(store.log))
        #expect(version == 2)
        let merge = TableChange.merge([], [.make("ours2")], id: "merge")
        var second = ScriptedStore(try TableLog("1"), [.hidden(other("a"))])
        #expect(try conflict(of: merge, in: &second)?.kind == .concurrentAppend)
    }

    @Test("after 15 lost races it gives up")
    func tries() throws {
        var store = ScriptedStore(try TableLog("1"), (0..<20).map { .preceded(other("other\($0)")) })
        do {
            _ = try store.run(append, after: base(store.log))
            Issue.record("it must fail")
        } catch CommitFailure.tooManyTries(let count) {
            #expect(count == 15 && store.puts.count == 15)
        }
        #expect(!(try store.log.snapshot().paths.contains("ours")))
        #expect(store.delays.max() == 2_000)
        var short = ScriptedStore(try TableLog("1"), [.silentBefore, .silentBefore, .silentBefore])
        #expect(throws: CommitFailure.self) { try short.run(append, after: base(short.log), limit: 2) }
        #expect(short.puts.count == 2)
    }

    @Test("missing commits are told, not skipped")
    func gaps() throws {
        let log = try TableLog("1")
        var later = log
        for path in ["a", "b", "c"] { try later.commit(other(path)) }
        for winners in [[1, 3], [2], [2, 3]] {
            var loop = CommitLoop(append, after: try base(log))
            _ = try loop.start(at: 1)
            _ = try loop.told(.lost, at: 1)
            var commits: [Int: Commit] = [:]
            for version in winners { commits[version] = try later.commit(version) }
            do {
                _ = try loop.read(commits, newest: later.snapshot(), at: 1)
                Issue.record("\(winners) must be refused")
            } catch CommitFailure.refused(let error) {
                #expect(error.code == .gap)
            }
        }
    }

    @Test("times never go back, whatever the clock says")
    func clocks() throws {
        var store = ScriptedStore(try TableLog("1"), [.preceded(other("a"))])
        store.clock = 9_000
        try store.log.commit(other("z"), at: 9_500)
        store.clock = 10
        let (version, _) = try store.run(append, after: base(store.log))
        #expect(version == 3)
        #expect(try (0...3).map { try store.log.commit($0).time } == [1_000, 9_500, 9_500, 9_500])
    }

    @Test("in-commit timestamps grow with each commit, whatever the clock says")
    func inCommitTimestamps() throws {
        let log = try TableLog("1", properties: ["delta.enableInCommitTimestamps": "true"])
        var store = ScriptedStore(log, [.preceded(other("a")), .honest])
        store.clock = 10
        _ = try store.run(append, after: base(store.log))
        #expect(
            try (0...2).map { try store.log.commit($0).info?["inCommitTimestamp"]?.int } == [1_000, 1_001, 1_002])
        #expect(try store.log.commit(2).removed.isEmpty)
    }

    @Test("of two who make a table one is told")
    func creation() throws {
        var store = ScriptedStore(TableLog(), [.honest])
        let create = TableChange.make(.replace, ["a": .long], [.make("ours")])
        #expect(try store.run(create, after: .nothing(name: "t", id: "id")).0 == 0)
        var unknown = ScriptedStore(TableLog(), [.silentBefore, .silentAfter])
        #expect(try unknown.run(create, after: .nothing(name: "t", id: "id")).0 == 0)
        #expect(unknown.log.newest == 0)

        var lost = ScriptedStore(TableLog(), [.preceded(.make(.replace, ["b": .long], [], id: "x"))])
        do {
            _ = try lost.run(create, after: .nothing(name: "t", id: "id"))
            Issue.record("it must fail")
        } catch CommitFailure.conflict(let conflict) {
            #expect(conflict.kind == .tableCreated)
            #expect(conflict.description == "another writer made the table, now at version 0")
        }
    }

    @Test("a table that was deleted, or made anew, is told")
    func replacedTable() throws {
        let log = try TableLog("1")
        var anew = TableLog()
        for version in 0...1 {
            let change = TableChange.make(.replace, ["a": .long], [], id: "x\(version)")
            anew.append(
                version == 0
                    ? try change.creation(name: "t", id: "another", time: 1)
                    : try change.commit(after: anew.snapshot(), time: 1))
        }
        for newest in [nil, try anew.snapshot()] {
            var loop = CommitLoop(append, after: try base(log))
            _ = try loop.start(at: 1)
            _ = try loop.told(.lost, at: 1)
            do {
                _ = try loop.read([:], newest: newest, at: 1)
                Issue.record("it must fail")
            } catch CommitFailure.conflict(let conflict) {
                #expect(conflict.kind == .tableReplaced)
            }
        }
    }

    @Test("a change that does not fit the table is refused before anything is put")
    func refused() throws {
        let log = try TableLog("1")
        var loop = CommitLoop(.make(.append, ["b": .long], [.make("x")]), after: try base(log))
        do {
            _ = try loop.start(at: 1)
            Issue.record("it must be refused")
        } catch .refused(let error) {
            #expect(error.code == .schemaMismatch)
        }
        #expect(throws: CommitFailure.self) { try loop.told(.won, at: 1) }
    }
}
