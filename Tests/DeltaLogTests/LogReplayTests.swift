import Testing

@testable import DeltaLog

@Suite("Replaying logs")
struct LogReplayTests {
    private static let protocolVersion = Action.protocolVersion(
        ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2))
    private static let metadata = Action.metadata(
        Metadata(id: "x", schema: DeltaSchema(["a": .long, "p": .string]), partitionColumns: ["p"]))

    private func add(_ path: String, vector: String? = nil, dataChange: Bool = true) -> AddFile {
        var file = AddFile(
            path: path, partitionValues: ["p": nil], size: 10, modificationTime: 1, dataChange: dataChange,
            statistics: #"{"numRecords":3}"#)
        file.deletionVector = vector.map {
            DeletionVector(storageType: "u", pathOrInlineDv: $0, offset: 1, sizeInBytes: 2, cardinality: 3)
        }
        return file
    }

    private func remove(_ path: String, vector: String? = nil, at time: Int = 5) -> Action {
        .remove(RemoveFile(of: add(path, vector: vector), at: time))
    }

    private func snapshot(_ commits: [[Action]], detail: FileDetail = .all) throws -> Snapshot {
        var replay = LogReplay(detail: detail)
        for (version, actions) in commits.enumerated().reversed() { replay.apply(actions, of: version) }
        return try replay.finish(at: commits.count - 1)
    }

    @Test("the last word counts, and files keep their order")
    func lastWord() throws {
        var newer = Metadata(id: "x", schema: DeltaSchema(["b": .long]))
        newer.description = "newer"
        let table = try snapshot([
            [Self.protocolVersion, Self.metadata, .add(add("1")), .add(add("2")), .add(add("3"))],
            [
                .transaction(Transaction(application: "app", version: 1)), remove("2"),
                .domainMetadata(DomainMetadata(domain: "d", configuration: "1", removed: false)),
                .domainMetadata(DomainMetadata(domain: "gone", configuration: "1", removed: false)),
            ],
            [.metadata(newer), .add(add("4")), .transaction(Transaction(application: "other", version: 9))],
            [
                .transaction(Transaction(application: "app", version: 2)), .add(add("2")), remove("3", at: 7),
                .domainMetadata(DomainMetadata(domain: "gone", configuration: "", removed: true)),
            ],
        ])
        #expect(table.files.map(\.path) == ["1", "4", "2"])
        #expect(table.tombstones.map(\.path) == ["3"])
        #expect(table.tombstones.first?.deletionTimestamp == 7)
        #expect(table.metadata.description == "newer")
        #expect(
            table.transactions == [
                Transaction(application: "app", version: 2), Transaction(application: "other", version: 9),
            ])
        #expect(table.domains.map(\.domain) == ["d"])
        #expect(table.version == 3)
    }

    @Test("a file is the same however its path is written, and another one under another deletion vector")
    func identity() throws {
        let table = try snapshot([
            [Self.protocolVersion, Self.metadata, .add(add("/x/a%20b")), .add(add("c")), .add(add("d%25"))],
            [.remove(RemoveFile(path: "file:/x/a%20b", deletionTimestamp: 1, dataChange: true))],
            [remove("c"), .add(add("c", vector: "v1"))],
            [.add(add("c", vector: "v2")), remove("c", vector: "v1"), remove("d%2525")],
        ])
        #expect(table.files.map(\.path) == ["d%25", "c"])
        #expect(table.files.map { $0.deletionVector?.pathOrInlineDv } == [nil, "v2"])
        #expect(table.files.hasDeletionVectors)
        #expect(table.tombstones.map(\.path) == ["file:/x/a%20b", "c", "c", "d%2525"])
    }

    @Test("a log without protocol or columns is refused")
    func incomplete() {
        #expect(throws: DeltaLogError.self) { try snapshot([[Self.protocolVersion]]) }
        #expect(throws: DeltaLogError.self) { try snapshot([[Self.metadata]]) }
    }

    @Test("the commit's own time is the version's, as long as the commit is read itself")
    func timestamps() throws {
        var timed = Metadata(id: "x", schema: DeltaSchema(["a": .long]))
        timed.configuration["delta.enableInCommitTimestamps"] = "true"
        let info = Action.commitInfo(["timestamp": .int(10), "inCommitTimestamp": .int(20)])
        let older = Action.commitInfo(["timestamp": .int(1), "inCommitTimestamp": .int(2)])
        #expect(try snapshot([[older, Self.protocolVersion, Self.metadata], [info]]).timestamp == 10)
        #expect(try snapshot([[older, Self.protocolVersion, .metadata(timed)], [info]]).timestamp == 20)
        #expect(try snapshot([[older, Self.protocolVersion, .metadata(timed)], [.add(add("1"))]]).timestamp == nil)
        var replay = LogReplay()
        for action in [Self.protocolVersion, Self.metadata] { replay.applyCheckpoint(action) }
        #expect(try replay.finish(at: 4).timestamp == nil)
    }

    @Test("what a checkpoint in JSON does not say itself is in its sidecars")
    func sidecars() throws {
        let text = """
            {"checkpointMetadata":{"version":5}}
            {"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["v2Checkpoint"],"writerFeatures":["v2Checkpoint"]}}
            {"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\\"type\\":\\"struct\\",\\"fields\\":[]}","partitionColumns":[],"configuration":{}}}
            {"txn":{"appId":"a","version":3}}
            {"sidecar":{"path":"3a0d65cd-4056-49b8-937b-95f9e3ee90e5.parquet","sizeInBytes":12,"modificationTime":3}}
            {"sidecar":{"path":"../../elsewhere.parquet","sizeInBytes":12,"modificationTime":3}}
            {"add":{"path":"inline","partitionValues":{},"size":1,"modificationTime":1,"dataChange":false}}
            {"remove":{"path":"1","deletionTimestamp":9,"dataChange":false}}
            """
        var replay = LogReplay()
        replay.apply([remove("inline"), .add(add("new"))], of: 6)
        try replay.applyCheckpoint(json: Array(text.utf8), file: "5.json")
        #expect(replay.sidecars.map(\.name) == [nil, "3a0d65cd-4056-49b8-937b-95f9e3ee90e5.parquet"])
        for path in ["1", "2", "inline"] {
            let stored = path
            try stored.utf8CString.withUnsafeBytes { bytes in
                try "{}".utf8CString.withUnsafeBytes { map in
                    var file = CheckpointFile(
                        isAdd: path != "1", path: UnsafeRawBufferPointer(rebasing: bytes.dropLast()), size: 7, time: 8)
                    file.partitionValues = UnsafeRawBufferPointer(rebasing: map.dropLast())
                    try replay.applyCheckpoint(file)
                }
            }
        }
        let table = try replay.finish(at: 6)
        #expect(table.files.map(\.path) == ["2", "new"])
        #expect(table.files.first?.size == 7 && table.files.first?.modificationTime == 8)
        #expect(table.tombstones.map(\.path).sorted() == ["1", "1", "inline"])
        #expect(table.transactions.first?.version == 3)

        let error = #expect(throws: DeltaLogError.self) {
            try replay.applyCheckpoint(json: Array((text + "\n{\"add\":").utf8), file: "5.json")
        }
        #expect(error?.file == "5.json" && error?.line == 9)
    }

    @Test("a row of a checkpoint with texts that are no JSON is refused")
    func damagedRow() throws {
        var replay = LogReplay()
        Array("x{".utf8).withUnsafeBytes { bytes in
            let path = UnsafeRawBufferPointer(rebasing: bytes[..<1])
            for member in [\CheckpointFile.partitionValues, \.tags, \.deletionVector] {
                var file = CheckpointFile(isAdd: true, path: path, size: 1, time: 1)
                file[keyPath: member] = bytes
                let error = #expect(throws: DeltaLogError.self) { try replay.applyCheckpoint(file) }
                #expect(error?.code == .corrupt && error?.message.contains("the file x") == true)
            }
        }
    }

    @Test("without statistics the number of rows stays")
    func withoutStatistics() throws {
        let commits: [[Action]] = [
            [Self.protocolVersion, Self.metadata, .add(add("1")), .add(add("2"))], [.add(add("3"))],
        ]
        let table = try snapshot(commits, detail: .withoutStatistics)
        #expect(table.files.allSatisfy { $0.statistics == nil })
        #expect(table.files.indices.allSatisfy { table.files.rows(at: $0) == 3 })
        #expect(table.files.totalRows == 9 && table.files.totalSize == 30)
    }

    @Test("files that cannot match are dropped, whether the columns were known before them or not")
    func matching() throws {
        func file(_ path: String, _ range: ClosedRange<Int>) -> AddFile {
            AddFile(
                path: path, size: 1, modificationTime: 1,
                statistics:
                    #"{"numRecords":2,"minValues":{"a":\#(range.lowerBound)},"maxValues":{"a":\#(range.upperBound)}}"#)
        }
        let files = [file("1", 0...9), file("2", 10...19), file("3", 15...30), file("4", 40...50)]
        let predicate = FilePredicate.compare("a", .equal, .integer(16))
        let late = try snapshot(
            [[Self.protocolVersion, Self.metadata]] + files.map { [.add($0)] }, detail: .matching(predicate))
        var replay = LogReplay(detail: .matching(predicate))
        replay.apply([.add(files[3])], of: 1)
        for action in [Self.protocolVersion, Self.metadata] + files.prefix(3).map(Action.add) {
            replay.applyCheckpoint(action)
        }
        for table in [late, try replay.finish(at: 1)] {
            #expect(table.files.map(\.path) == ["2", "3"])
            #expect(table.files.skipped == 2)
            #expect(table.files.allSatisfy { $0.statistics == nil })
            #expect(table.files.rows(at: 0) == 2)
        }
    }

    @Test("from an older version on, a table is the same as from the beginning")
    func base() throws {
        let commits: [[Action]] = [
            [Self.protocolVersion, Self.metadata, .add(add("1")), .add(add("2"))], [remove("1"), .add(add("3"))],
            [.add(add("4")), .transaction(Transaction(application: "a", version: 1))], [remove("3")],
        ]
        let whole = try snapshot(commits)
        for start in 1..<commits.count {
            var replay = LogReplay()
            for version in (start..<commits.count).reversed() { replay.apply(commits[version], of: version) }
            replay.applyBase(try snapshot(Array(commits.prefix(start))))
            let table = try replay.finish(at: commits.count - 1)
            #expect(table.files == whole.files)
            #expect(table.tombstones.map(\.path) == whole.tombstones.map(\.path))
            #expect(table.transactions == whole.transactions && table.metadata == whole.metadata)
        }
    }

    /// The protocol's own words, as plainly as they can be followed: oldest first, with dictionaries.
    private struct Model {
        var live: [String: AddFile] = [:]
        var removed: [String: RemoveFile] = [:]
        var transactions: [String: Int] = [:]

        mutating func apply(_ action: Action) {
            func key(_ path: String, _ vector: DeletionVector?) -> String { path + " " + (vector?.uniqueID ?? "") }
            switch action {
            case .add(let file):
                live[key(file.path, file.deletionVector)] = file
                removed[key(file.path, file.deletionVector)] = nil
            case .remove(let file):
                live[key(file.path, file.deletionVector)] = nil
                removed[key(file.path, file.deletionVector)] = file
            case .transaction(let transaction): transactions[transaction.application] = transaction.version
            default: break
            }
        }
    }

    @Test(
        "random logs give what the protocol says, from every checkpoint and through compacted files", arguments: 0..<16)
    func randomLogs(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var model = Model()
        var commits: [[Action]] = [[Self.protocolVersion, Self.metadata]]
        var states: [Snapshot] = []
        for version in 0..<24 {
            var actions = version == 0 ? commits[0] : []
            var touched: Set<String> = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let path = "f\(Int.random(in: 0..<12, using: &random))"
                guard touched.insert(path).inserted else { continue }
                let vector = Bool.random(using: &random) ? "v\(Int.random(in: 0..<2, using: &random))" : nil
                if let live = model.live.values.first(where: { $0.path == path }) {
                    actions.append(.remove(RemoveFile(of: live, at: version)))
                    if Bool.random(using: &random), live.deletionVector?.pathOrInlineDv != vector {
                        actions.append(.add(add(path, vector: vector)))
                    }
                } else {
                    actions.append(.add(add(path, vector: vector)))
                }
            }
            if Bool.random(using: &random) {
                actions.append(.transaction(Transaction(application: "a\(version % 3)", version: version)))
            }
            actions.shuffle(using: &random)
            for action in actions { model.apply(action) }
            if version == 0 { commits[0] = actions } else { commits.append(actions) }

            let bytes = commits.map {
                $0.isEmpty ? Commit(actions: [.commitInfo([:])]).bytes : Commit(actions: $0).bytes
            }
            let start = Int.random(in: 0...version, using: &random)
            let compactFrom = Int.random(in: start...version, using: &random)
            let compactTo = Int.random(in: compactFrom...version, using: &random)
            var replay = LogReplay()
            var number = version
            while number >= start {
                if number == compactTo, compactTo > compactFrom, states.count > compactTo {
                    replay.apply(Self.compacted(commits[compactFrom...compactTo]), of: number)
                    number = compactFrom - 1
                } else {
                    try replay.apply(commit: bytes[number], file: "x", of: number)
                    number -= 1
                }
            }
            if start > 0 {
                for action in try CheckpointActions(of: states[start - 1], tombstonesSince: 0).shuffled(using: &random)
                {
                    replay.applyCheckpoint(action)
                }
            }
            let table = try replay.finish(at: version)
            states.append(table)
            func key(_ path: String, _ vector: DeletionVector?) -> String { path + " " + (vector?.uniqueID ?? "") }
            #expect(Set(table.files.map { key($0.path, $0.deletionVector) }) == Set(model.live.keys))
            #expect(table.files.count == model.live.count)
            #expect(Set(table.tombstones.map { key($0.path, $0.deletionVector) }) == Set(model.removed.keys))
            #expect(
                Dictionary(uniqueKeysWithValues: table.transactions.map { ($0.application, $0.version) })
                    == model.transactions)
        }
    }

    /// What a compacted file holds: the commits reconciled, with their tombstones.
    private static func compacted(_ commits: ArraySlice<[Action]>) -> [Action] {
        var model = Model()
        var rest: [Action] = []
        for action in commits.joined() {
            model.apply(action)
            switch action {
            case .protocolVersion, .metadata: rest.append(action)
            default: break
            }
        }
        return rest + model.live.values.map(Action.add) + model.removed.values.map(Action.remove)
            + model.transactions.map { .transaction(Transaction(application: $0.key, version: $0.value)) }
    }
}
