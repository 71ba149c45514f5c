import Testing

@testable import DeltaLog

@Suite("Changes of tables as commits")
struct TableChangeTests {
    private func failure(_ body: () throws -> Void) -> DeltaLogError? {
        do { try body() } catch { return error as? DeltaLogError }
        return nil
    }

    @Test("a table is created, appended to and replaced")
    func cycle() throws {
        let columns: KeyValuePairs<String, DeltaType> = ["a": .long, "b": .string]
        var log = TableLog()
        var creation = TableChange.make(.replace, columns, [.make("1"), .make("2", rows: 5)])
        creation.extraInfo = ["millrace": .object(["run": .string("r")])]
        creation.metrics = ["numChecked": 3]
        try log.commit(creation, at: 100)
        #expect(try log.snapshot().protocolVersion == ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2))
        #expect(try log.snapshot().paths == ["1", "2"])
        guard case .commitInfo(let info) = try log.commit(0).actions[0] else {
            Issue.record("the commitInfo must come first")
            return
        }
        #expect(info["operationMetrics"]?.object?["numOutputRows"]?.text == "6")
        #expect(info["operationMetrics"]?.object?["numChecked"]?.text == "3")
        #expect(info["millrace"]?.object?["run"]?.text == "r")
        #expect(info["txnId"]?.text == "ours")

        try log.commit(.make(.append, columns, [.make("3")]), at: 200)
        #expect(try log.snapshot().paths == ["1", "2", "3"])
        #expect(try log.commit(1).info?["isBlindAppend"] == .bool(true))
        #expect(try log.commit(1).metadata == nil)

        try log.commit(.make(.replace, columns, [.make("4")]), at: 300)
        let three = try log.snapshot()
        #expect(three.paths == ["4"])
        #expect(Set(three.tombstones.map(\.path)) == ["1", "2", "3"])
        #expect(
            three.tombstones.allSatisfy {
                $0.deletionTimestamp == 300 && $0.size == 10 && $0.extendedFileMetadata == true && $0.dataChange
            })
        #expect(try log.commit(2).info?["operationMetrics"]?.object?["numDeletedRows"]?.text == "7")
        #expect(try log.commit(2).info?["operationParameters"]?.object?["mode"]?.text == "Overwrite")
    }

    @Test("appending to an older version takes out what came later and brings back what went")
    func appendToOlder() throws {
        var log = try TableLog("1")
        try log.commit(.make(.replace, ["a": .long], [.make("orphan")]))
        try log.commit(.make(.appendTo(log.snapshot(0).files), ["a": .long], [.make("2")]))
        #expect(try log.snapshot().paths == ["1", "2"])
        #expect(try log.commit(2).info?["isBlindAppend"] == .bool(false))
        #expect(try log.commit(2).info?["operationMetrics"]?.object?["numOutputRows"]?.text == "1")
        #expect(try log.commit(2).added.allSatisfy { $0.dataChange })
    }

    @Test("appended columns join the table where the policy says so; others are refused by name")
    func appendedColumns() throws {
        var log = try TableLog("1")
        let one = try log.snapshot()
        func refusal(_ change: TableChange) -> String? {
            failure { _ = try change.commit(after: one, time: 2) }?.message
        }
        #expect(
            refusal(.make(.append, ["a": .string]))
                == "the column a is BIGINT in the table and VARCHAR in the new rows")
        #expect(
            refusal(.make(.append, ["a": .long, "b": .string]))
                == "the column b is new, which the policy fixed does not allow (add_columns and widen do)")
        #expect(
            refusal(.make(.append, ["a": .integer]))
                == "the column a is BIGINT in the table, and was staged as INTEGER")
        #expect(
            refusal(.make(.append, ["a": .long, "c": .string], partitionedBy: ["c"], policy: .addColumns))
                == "the table is partitioned by (), the new rows by (c)")
        try log.commit(.make(.append, ["b": .string, "a": .long], [.make("2")], policy: .addColumns))
        #expect(try log.snapshot().metadata.schema == DeltaSchema(["a": .long, "b": .string]))
        #expect(try log.snapshot().paths == ["1", "2"])
    }

    @Test("a replace takes any columns, unless a policy says otherwise")
    func replacedColumns() throws {
        let log = try TableLog("1")
        let one = try log.snapshot()
        let free = try TableChange.make(.replace, ["b": .string]).commit(after: one, time: 1)
        #expect(free.metadata?.schema == DeltaSchema(["b": .string]))
        func refusal(_ columns: KeyValuePairs<String, DeltaType>, _ policy: SchemaPolicy) -> String? {
            failure { _ = try TableChange.make(.replace, columns, policy: policy).commit(after: one, time: 1) }?.message
        }
        #expect(
            refusal(["b": .string], .addColumns)
                == "the column a is missing in the new rows, which the policy add_columns does not allow")
        #expect(refusal(["a": .long, "b": .string], .fixed) != nil)
        #expect(refusal(["a": .long, "b": .string], .addColumns) == nil)
        #expect(refusal(["a": .decimal(precision: 20, scale: 0)], .addColumns) != nil)
        #expect(refusal(["a": .decimal(precision: 20, scale: 0)], .widen) == nil)
    }

    @Test("a rewrite takes out exactly its files, and says whether rows change")
    func rewrites() throws {
        var log = try TableLog("1", "2", "3")
        let files = Array(try log.snapshot().files)
        try log.commit(.optimize([files[0], files[1]], [.make("12", rows: 2)]))
        let optimized = try log.commit(1)
        #expect(optimized.added.map(\.dataChange) == [false])
        #expect(optimized.removed.map(\.dataChange) == [false, false])
        #expect(optimized.removed.map(\.path) == ["1", "2"])
        #expect(optimized.info?["operation"]?.text == "OPTIMIZE")
        #expect(optimized.info?["isolationLevel"]?.text == "SnapshotIsolation")
        #expect(optimized.info?["operationParameters"]?.object?["zOrderBy"]?.text == "[]")
        #expect(optimized.info?["operationMetrics"]?.object?["numAddedFiles"]?.text == "1")
        #expect(optimized.info?["operationMetrics"]?.object?["numDeletedRows"] == nil)

        try log.commit(.merge([files[2]], [.make("3b")]))
        let merged = try log.commit(2)
        #expect(merged.added.map(\.dataChange) == [true] && merged.removed.map(\.dataChange) == [true])
        #expect(
            merged.info?["operationParameters"]?.object?["predicate"]?.text
                == #"["target.\"a\" = source.\"a\""]"#)
        #expect(try Set(log.snapshot().paths) == ["12", "3b"])
    }

    @Test("a rewrite of files that are not there, twice there or of other rows is refused")
    func nonsenseRewrites() throws {
        let log = try TableLog("1", "2")
        let snapshot = try log.snapshot()
        let one = AddFile.make("1")
        var marked = one
        marked.deletionVector = DeletionVector(
            storageType: "i", pathOrInlineDv: "x", offset: nil, sizeInBytes: 1, cardinality: 1)
        for change in [
            TableChange.optimize([.make("9")], [.make("x")]), .optimize([one, one], [.make("x", rows: 2)]),
            .optimize([one], [.make("x", rows: 2)]), .optimize([marked], [.make("x", rows: 0)]),
        ] {
            #expect(failure { _ = try change.commit(after: snapshot, time: 1) }?.code == .invalidChange)
        }
        let again = TableChange.optimize([one], [.make("2")])
        #expect(failure { _ = try again.commit(after: snapshot, time: 1) }?.code == .schemaMismatch)
    }

    @Test("an append-only table takes appends and optimizes, but loses no rows")
    func appendOnly() throws {
        var log = try TableLog("1", "2", properties: ["delta.appendOnly": "true"])
        let snapshot = try log.snapshot()
        let files = Array(snapshot.files)
        for change in [
            TableChange.make(.replace, ["a": .long]), .merge([files[0]], [.make("x")]),
            .make(.appendTo([files[0]])),
        ] {
            #expect(failure { _ = try change.commit(after: snapshot, time: 1) }?.code == .appendOnly)
        }
        try log.commit(.optimize(files, [.make("12", rows: 2)]))
        try log.commit(.make(.append, ["a": .long], [.make("3")]))
        try log.commit(.merge([], [.make("4")]))
        #expect(try log.snapshot().paths == ["12", "3", "4"])
        #expect(
            failure { _ = try TableChange.make(.restore(to: snapshot)).commit(after: log.snapshot(), time: 1) }?.code
                == .appendOnly)
    }

    @Test("a restore brings files, columns and partitioning back, and never an older protocol")
    func restore() throws {
        var log = TableLog()
        try log.commit(.make(.replace, ["a": .long, "b": .string], [.make("1"), .make("2")], partitionedBy: []))
        try log.commit(.make(.append, ["a": .long, "b": .string], [.make("3")]))
        try log.commit(
            .make(
                .replace, ["a": .long, "c": .timestampNTZ], [.make("4")], partitionedBy: ["a"],
                properties: ["delta.checkpointInterval": "3"]))
        let restore = TableChange.make(.restore(to: try log.snapshot(1)))
        try log.commit(restore)
        let restored = try log.snapshot()
        #expect(restored.paths == ["1", "2", "3"])
        #expect(restored.metadata.schema == DeltaSchema(["a": .long, "b": .string]))
        #expect(restored.metadata.partitionColumns.isEmpty)
        #expect(restored.metadata.checkpointInterval == 3)
        #expect(restored.protocolVersion == (try log.snapshot(2)).protocolVersion)
        let commit = try log.commit(3)
        #expect(commit.added.allSatisfy { $0.dataChange } && commit.removed.map(\.path) == ["4"])
        #expect(commit.info?["operation"]?.text == "RESTORE")
        #expect(commit.info?["operationParameters"]?.object?["version"]?.text == "1")
        #expect(commit.info?["operationMetrics"]?.object?["numRestoredFiles"]?.text == "3")

        // What both versions have stays as it is.
        try log.commit(.make(.restore(to: log.snapshot(0))))
        #expect(try log.commit(4).added.isEmpty && log.commit(4).removed.map(\.path) == ["3"])
        #expect(try log.commit(4).metadata == nil)

        var foreign = TableLog()
        foreign.append(try TableChange.make(.replace, ["a": .long]).creation(name: "t", id: "other", time: 1))
        let wrong = TableChange.make(.restore(to: try foreign.snapshot()))
        #expect(failure { _ = try wrong.commit(after: restored, time: 1) }?.code == .invalidChange)
    }

    @Test("a transaction that was written already is not written again")
    func transactions() throws {
        var log = try TableLog("1")
        var change = TableChange.make(.append, ["a": .long], [.make("2")])
        #expect(!change.isCommitted(in: try log.snapshot()))
        change.transactions = [Transaction(application: "x", version: 4)]
        try log.commit(change, at: 7_000)
        #expect(
            try log.snapshot().transactions == [Transaction(application: "x", version: 4, lastUpdated: 7_000)])
        #expect(change.isCommitted(in: try log.snapshot()))
        change.files = [.make("3")]
        #expect(failure { _ = try change.commit(after: log.snapshot(), time: 1) }?.code == .staleTransaction)
        change.transactions = [Transaction(application: "x", version: 5)]
        #expect(!change.isCommitted(in: try log.snapshot()))
        try log.commit(change)
        #expect(try log.snapshot().transactions.map(\.version) == [5])
    }

    @Test("a commit that makes no sense is refused")
    func nonsense() throws {
        let refusals: [TableChange] = [
            .make(.replace), .make(.replace, [:]), .make(.replace, ["a": .long, "A": .long]),
            .make(.replace, ["a": .long], partitionedBy: ["b"]), .make(.replace, ["a": .long], partitionedBy: ["a"]),
            .make(.replace, ["a": .long], [.make("1"), .make("1")]),
            .make(
                .replace, ["a": .array(element: .long, containsNull: true), "b": .long], partitionedBy: ["a"]),
            .make(.settings(.vacuumEnd), ["a": .long]), .merge([], []),
        ]
        for refusal in refusals {
            #expect(throws: DeltaLogError.self) { try refusal.creation(name: "t", id: "id", time: 1) }
        }
        let one = try TableLog("1").snapshot()
        for change in [
            TableChange.make(.replace, ["a": .long], [.make("1")]), .make(.append, ["a": .long], [.make("1")]),
            .make(.settings(.vacuumEnd), nil, [.make("2")]), .make(.restore(to: one), nil, [.make("2")]),
        ] {
            #expect(throws: DeltaLogError.self) { try change.commit(after: one, time: 2) }
        }
        var double = TableChange.make(.append, ["a": .long])
        double.transactions = [Transaction(application: "x", version: 1), Transaction(application: "x", version: 2)]
        #expect(failure { _ = try double.commit(after: one, time: 2) }?.code == .invalidChange)
    }

    @Test("notes around a vacuum change nothing but the version")
    func notes() throws {
        var log = try TableLog("1")
        try log.commit(.make(.settings(.vacuumStart(retention: 5))))
        #expect(try log.commit(1).actions.count == 1)
        #expect(try log.commit(1).info?["operation"]?.text == "VACUUM START")
        #expect(try log.snapshot().paths == ["1"])
    }

    @Test("columns that must not be NULL take rows whose statistics say so")
    func notNull() throws {
        var log = TableLog()
        let fields = [
            DeltaField(name: "a", type: .long, nullable: false),
            DeltaField(
                name: "s", type: .structure([DeltaField(name: "x", type: .long, nullable: false)]), nullable: true),
            DeltaField(name: "p", type: .string, nullable: false),
        ]
        var create = TableChange.make(.replace, [:], [], partitionedBy: ["p"])
        create.schema = DeltaSchema(fields: fields)
        try log.commit(create)
        let snapshot = try log.snapshot()
        func refusal(_ statistics: String?, p: String? = "v") -> String? {
            let file = AddFile(
                path: "f", partitionValues: ["p": p], size: 1, modificationTime: 1, statistics: statistics)
            let change = TableChange.make(
                .append, ["a": .long, "s": .structure([DeltaField(name: "x", type: .long)]), "p": .string], [file])
            return failure { _ = try change.commit(after: snapshot, time: 1) }?.message
        }
        #expect(refusal(#"{"numRecords":1,"nullCount":{"a":0,"s":{"x":0}}}"#) == nil)
        #expect(
            refusal(#"{"numRecords":1,"nullCount":{"a":1,"s":{"x":0}}}"#)
                == "the column a may not be NULL in the table, but may be in the new rows")
        #expect(refusal(#"{"numRecords":1,"nullCount":{"a":0,"s":{"x":1}}}"#)?.contains("s.x") == true)
        #expect(refusal(#"{"numRecords":1,"nullCount":{"a":0,"s":{"x":0}}}"#, p: nil)?.contains("column p") == true)
        #expect(refusal(nil)?.contains("column a") == true)
        let missing = TableChange.make(.append, ["a": .long, "p": .string], [])
        #expect(failure { _ = try missing.commit(after: snapshot, time: 1) } == nil)
        let withoutA = TableChange.make(.append, ["p": .string], [])
        #expect(
            failure { _ = try withoutA.commit(after: snapshot, time: 1) }?.message
                == "the column a may not be NULL in the table, and is missing in the new rows")
    }
}
