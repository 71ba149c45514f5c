import Testing

@testable import DeltaLog

@Suite("Conflicts with what others committed first")
struct ConflictCheckerTests {
    private let base: TableLog

    init() throws { base = try TableLog("1", "2") }

    /// The kind of conflict between a change and another, both made for the same version; nil when there is none.
    private func conflict(_ change: TableChange, after winner: TableChange) throws -> CommitConflict? {
        var log = base
        let snapshot = try log.snapshot()
        try log.commit(winner)
        let committed = try log.commit(log.newest)
        do throws(CommitConflict) {
            try ConflictChecker(change, since: snapshot).check(committed, at: log.newest)
        } catch {
            return error
        }
        // What is no conflict must fit the newer version.
        _ = try change.commit(after: log.snapshot(), time: 1)
        return nil
    }

    private func file(_ path: String) throws -> AddFile { .make(path) }

    private var append: TableChange { .make(.append, ["a": .long], [.make("new")], id: "append") }

    @Test("blind appends never conflict with appends, rewrites, optimizes or replaces")
    func blindAppends() throws {
        let change = TableChange.make(.append, ["a": .long], [.make("ours")])
        let one = try base.snapshot().files[0]
        for winner in [
            append, .merge([one], [.make("new")]), .optimize([one], [.make("new")]),
            .make(.replace, ["a": .long], [.make("new")], id: "replace"),
        ] {
            #expect(try conflict(change, after: winner) == nil)
        }
    }

    @Test("an append that read the table conflicts with changed rows, not with rearranged ones")
    func readingAppends() throws {
        var change = TableChange.make(.append, ["a": .long], [.make("ours")])
        change.reads = .wholeTable
        let one = try base.snapshot().files[0]
        #expect(try conflict(change, after: append)?.kind == .concurrentAppend)
        #expect(try conflict(change, after: .merge([one], []))?.kind == .concurrentDeleteRead)
        #expect(try conflict(change, after: .optimize([one], [.make("new")])) == nil)
    }

    @Test("a replace conflicts with changed rows, and takes out what an optimize left")
    func replaces() throws {
        let change = TableChange.make(.replace, ["a": .long], [.make("ours")])
        let snapshot = try base.snapshot()
        let files = Array(snapshot.files)
        #expect(try conflict(change, after: append)?.kind == .concurrentAppend)
        #expect(try conflict(change, after: .merge([files[0]], []))?.kind == .concurrentDeleteRead)
        #expect(
            try conflict(change, after: .make(.replace, ["a": .long], [], id: "x"))?.kind == .concurrentDeleteRead)

        var log = base
        try log.commit(.optimize(files, [.make("both", rows: 2)]))
        let commit = try change.commit(after: log.snapshot(), time: 1)
        #expect(commit.removed.map(\.path) == ["both"])
        #expect(try conflict(change, after: .optimize(files, [.make("both", rows: 2)])) == nil)
    }

    @Test("a merge conflicts with added rows, which could have matched")
    func merges() throws {
        let files = Array(try base.snapshot().files)
        let change = TableChange.merge([files[0]], [.make("ours")], id: "ours")
        let error = try conflict(change, after: append)
        #expect(error?.kind == .concurrentAppend && error?.path == "new" && error?.operation == "WRITE")
        #expect(
            error?.description == "version 1 (WRITE) added rows, which this change has not seen: the file new")
        #expect(try conflict(change, after: .merge([files[0]], []))?.kind == .concurrentDeleteDelete)
        #expect(try conflict(change, after: .merge([files[1]], [.make("new")]))?.kind == .concurrentAppend)
        // Rows that went from a file in which the merge found nothing change nothing for it.
        #expect(try conflict(change, after: .merge([files[1]], [])) == nil)
    }

    @Test("a merge conflicts with an optimize of the files that it rewrites, not of others")
    func mergeAndOptimize() throws {
        let files = Array(try base.snapshot().files)
        let change = TableChange.merge([files[0]], [.make("ours")], id: "ours")
        let error = try conflict(change, after: .optimize([files[0]], [.make("new")]))
        #expect(error?.kind == .concurrentDeleteDelete && error?.path == "1")
        #expect(try conflict(change, after: .optimize([files[1]], [.make("new")])) == nil)
    }

    @Test("a merge that only adds conflicts with added rows, not with an optimize")
    func insertOnlyMerges() throws {
        let change = TableChange.merge([], [.make("ours")], id: "ours")
        let files = Array(try base.snapshot().files)
        #expect(try conflict(change, after: append)?.kind == .concurrentAppend)
        #expect(try conflict(change, after: .optimize(files, [.make("new", rows: 2)])) == nil)
    }

    @Test("a rewrite conflicts with whoever took out a file that it read")
    func readFiles() throws {
        let files = Array(try base.snapshot().files)
        var change = TableChange.merge([files[0]], [.make("ours")], id: "ours")
        change.reads = .files(["1", "2"])
        #expect(try conflict(change, after: .merge([files[1]], []))?.kind == .concurrentDeleteRead)
        #expect(try conflict(change, after: .optimize([files[1]], [.make("new")]))?.kind == .concurrentDeleteRead)
        change.reads = .files(["1"])
        #expect(try conflict(change, after: .merge([files[1]], [])) == nil)
    }

    @Test("an optimize never conflicts with appends, but with whoever took out its files")
    func optimizes() throws {
        let files = Array(try base.snapshot().files)
        let change = TableChange.optimize([files[0]], [.make("ours")], id: "ours")
        #expect(try conflict(change, after: append) == nil)
        #expect(try conflict(change, after: .merge([files[1]], [.make("new")])) == nil)
        #expect(try conflict(change, after: .merge([files[0]], [.make("new")]))?.kind == .concurrentDeleteDelete)
        #expect(try conflict(change, after: .optimize([files[0]], [.make("new")]))?.kind == .concurrentDeleteDelete)
        #expect(try conflict(change, after: .optimize([files[1]], [.make("new")])) == nil)
    }

    @Test("a restore conflicts with changed rows only")
    func restores() throws {
        let snapshot = try base.snapshot()
        let change = TableChange.make(.restore(to: snapshot))
        #expect(try conflict(change, after: append)?.kind == .concurrentAppend)
        #expect(try conflict(change, after: .optimize([snapshot.files[0]], [.make("new")])) == nil)
    }

    @Test("changed columns or settings conflict with everything but notes")
    func metadata() throws {
        let files = Array(try base.snapshot().files)
        let winner = TableChange.make(
            .settings(.setProperties(["delta.checkpointInterval": "5"])),
            properties: ["delta.checkpointInterval": "5"], id: "settings")
        for change in [
            TableChange.make(.append, ["a": .long], [.make("ours")]), .optimize(files, [.make("x", rows: 2)]),
            .make(.replace, ["a": .long], []), .make(.settings(.setProperties([:])), properties: ["x": "y"]),
        ] {
            #expect(try conflict(change, after: winner)?.kind == .metadataChanged)
        }
        #expect(try conflict(.make(.settings(.vacuumEnd)), after: winner) == nil)
        // And settings conflict with no rows.
        let settings = TableChange.make(.settings(.setProperties([:])), properties: ["x": "y"])
        for other in [append, .merge([files[0]], [.make("n")]), .optimize([files[0]], [.make("n")])] {
            #expect(try conflict(settings, after: other) == nil)
        }
    }

    @Test("two changes of the protocol conflict")
    func protocols() throws {
        let winner = TableChange.make(
            .append, ["a": .long, "t": .timestampNTZ], [.make("new")], policy: .addColumns, id: "x")
        let same = TableChange.make(.append, ["a": .long, "t": .timestampNTZ], [.make("ours")], policy: .addColumns)
        let error = try conflict(same, after: winner)
        #expect(error?.kind == .protocolChanged)
        let append = TableChange.make(.append, ["a": .long], [.make("ours")])
        #expect(try conflict(append, after: winner)?.kind == .metadataChanged)

        // A protocol alone disturbs only who changes it too.
        let snapshot = try base.snapshot()
        let commit = Commit(actions: [
            .protocolVersion(
                ProtocolVersion(minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ["appendOnly"]))
        ])
        #expect(throws: Never.self) { try ConflictChecker(append, since: snapshot).check(commit, at: 1) }
        #expect(throws: CommitConflict.self) { try ConflictChecker(same, since: snapshot).check(commit, at: 1) }
    }

    @Test("a transaction conflicts with the same application's, if it was read")
    func transactions() throws {
        var winner = append
        winner.transactions = [Transaction(application: "millrace/a", version: 1)]
        var change = TableChange.make(.append, ["a": .long], [.make("ours")])
        change.transactions = [Transaction(application: "millrace/a", version: 2)]
        #expect(try conflict(change, after: winner) == nil)
        change.readApplications = ["millrace/a"]
        let error = try conflict(change, after: winner)
        #expect(error?.kind == .concurrentTransaction && error?.subject == "millrace/a")
        change.readApplications = ["millrace/b"]
        #expect(try conflict(change, after: winner) == nil)
    }

    @Test("metadata of one domain conflicts, of two domains not")
    func domains() throws {
        let snapshot = try base.snapshot()
        func change(_ domain: String) -> TableChange {
            var change = TableChange.make(.settings(.setProperties([:])))
            change.domains = [DomainMetadata(domain: domain, configuration: "{}", removed: false)]
            return change
        }
        let winner = Commit(actions: [
            .domainMetadata(DomainMetadata(domain: "d", configuration: "{}", removed: false))
        ])
        let error = #expect(throws: CommitConflict.self) {
            try ConflictChecker(change("d"), since: snapshot).check(winner, at: 1)
        }
        #expect(error?.kind == .concurrentDomain && error?.subject == "d")
        #expect(throws: Never.self) { try ConflictChecker(change("e"), since: snapshot).check(winner, at: 1) }
    }

    @Test("paths are the same however they are written")
    func paths() throws {
        var log = TableLog()
        let file = AddFile.make("p=a%20b/x")
        try log.commit(.make(.replace, ["a": .long], [file]))
        let checker = ConflictChecker(.merge([file], []), since: try log.snapshot())
        let winner = Commit(actions: [
            .remove(RemoveFile(path: "p=a b/x", deletionTimestamp: 1, dataChange: false))
        ])
        #expect(throws: CommitConflict.self) { try checker.check(winner, at: 1) }
    }
}
