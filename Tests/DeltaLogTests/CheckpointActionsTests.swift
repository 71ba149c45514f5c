import Testing

@testable import DeltaLog

@Suite("What a checkpoint holds")
struct CheckpointActionsTests {
    @Test("everything that a version is made of, but old tombstones and what readers have no use for")
    func content() throws {
        var log = try TableLog("1", "2")
        try log.commit(.make(.replace, ["a": .long], [.make("3")]), at: 2_000)
        var change = TableChange.make(.append, ["a": .long], [.make("4")])
        change.transactions = [Transaction(application: "x", version: 1)]
        try log.commit(change, at: 3_000)
        let snapshot = try log.snapshot()

        let actions = try snapshot.checkpointActions(tombstonesSince: 2_000)
        let all = Array(actions)
        #expect(all.count == actions.count && actions.count == 7)
        #expect(all.prefix(2) == [.protocolVersion(snapshot.protocolVersion), .metadata(snapshot.metadata)])
        let commit = Commit(actions: all)
        #expect(commit.info == nil)
        #expect(Set(commit.added.map(\.path)) == ["3", "4"] && commit.added.allSatisfy { !$0.dataChange })
        #expect(Set(commit.removed.map(\.path)) == ["1", "2"] && commit.removed.allSatisfy { !$0.dataChange })
        #expect(commit.added.allSatisfy { $0.statistics != nil })
        #expect(try snapshot.checkpointActions(tombstonesSince: 2_001).count == 5)
        #expect(Array(try snapshot.checkpointActions(tombstonesSince: 2_001)).count == 5)
    }

    @Test("a table that was read in part is no checkpoint, and cannot be replaced or restored")
    func partial() throws {
        let log = try TableLog("1", "2")
        var replay = LogReplay(
            detail: .matching(.compare(FileColumn("a"), .greater, .integer(100))))
        var commit = try log.commit(0)
        commit.actions = commit.actions.map { action in
            guard case .add(var file) = action, file.path == "1" else { return action }
            file.statistics =
                #"{"numRecords":1,"minValues":{"a":1},"maxValues":{"a":2},"nullCount":{"a":0}}"#
            return .add(file)
        }
        replay.apply(commit.actions, of: 0)
        let part = try replay.finish(at: 0)
        #expect(part.files.skipped == 1)
        #expect(throws: DeltaLogError.self) { try part.checkpointActions(tombstonesSince: 0) }
        for kind in [TableChange.Kind.replace, .appendTo(part.files), .restore(to: try log.snapshot())] {
            #expect(throws: DeltaLogError.self) { try TableChange.make(kind).commit(after: part, time: 1) }
        }
        #expect(throws: Never.self) {
            try TableChange.make(.append, nil, [.make("3")]).commit(after: part, time: 1)
        }
    }

    @Test("a table is the same after it was read from its checkpoint")
    func roundTrip() throws {
        var log = try TableLog("1", "2", properties: ["owner": "me"])
        try log.commit(.merge([.make("1")], [.make("x")]))
        let snapshot = try log.snapshot()
        var replay = LogReplay(detail: .all)
        for action in try snapshot.checkpointActions(tombstonesSince: 0) { replay.applyCheckpoint(action) }
        let read = try replay.finish(at: snapshot.version)
        #expect(Set(read.paths) == Set(snapshot.paths) && read.metadata == snapshot.metadata)
        #expect(read.protocolVersion == snapshot.protocolVersion)
        #expect(read.tombstones.map(\.path) == snapshot.tombstones.map(\.path))
    }
}
