import Testing

@testable import DeltaLog

@Suite("Commits and snapshots")
struct CommitTests {
    private func schema(_ columns: (String, DeltaType)...) -> DeltaSchema {
        DeltaSchema(fields: columns.map { DeltaField(name: $0.0, type: $0.1) })
    }

    private func file(_ path: String, rows: Int = 1) -> AddFile {
        AddFile(path: path, size: 10, modificationTime: 1, statistics: #"{"numRecords":\#(rows)}"#)
    }

    private func change(
        _ mode: TableChange.Mode, _ schema: DeltaSchema, _ files: [AddFile], partitionedBy columns: [String] = []
    ) -> TableChange {
        TableChange(
            mode: mode, schema: schema, partitionColumns: columns, files: files, description: nil,
            extraInfo: ["millrace": .object(["run": .string("r")])], metrics: ["numChecked": 3], engine: "Millrace/1")
    }

    private func snapshot(_ commits: Commit...) throws -> Snapshot {
        var builder = Snapshot.Builder()
        for commit in commits {
            let read = try Commit(bytes: commit.bytes, file: "x.json")
            #expect(read == commit)
            for action in read.actions { builder.apply(action) }
        }
        return try builder.snapshot(at: commits.count - 1)
    }

    @Test("a table is created, replaced and appended to")
    func cycle() throws {
        let columns = schema(("a", .long), ("b", .string))
        let first = try change(.replace, columns, [file("1"), file("2", rows: 5)]).creation(
            name: "t", id: "id", time: 100)
        let one = try snapshot(first)
        #expect(one.protocolVersion == ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2))
        #expect(one.files.map(\.path) == ["1", "2"])
        guard case .commitInfo(let info) = first.actions[0] else {
            Issue.record("the commitInfo must come first")
            return
        }
        #expect(info["operationMetrics"]?.object?["numOutputRows"]?.text == "6")
        #expect(info["operationMetrics"]?.object?["numChecked"]?.text == "3")
        #expect(info["millrace"]?.object?["run"]?.text == "r")

        let second = try change(.append(to: one.files), columns, [file("3")]).commit(after: one, time: 200)
        let two = try snapshot(first, second)
        #expect(two.files.map(\.path) == ["1", "2", "3"])
        #expect(second.info?["isBlindAppend"] == .bool(true))
        #expect(!second.actions.contains { if case .metadata = $0 { true } else { false } })

        let third = try change(.replace, columns, [file("4")]).commit(after: two, time: 300)
        let three = try snapshot(first, second, third)
        #expect(three.files.map(\.path) == ["4"])
        #expect(three.tombstones.map(\.path) == ["1", "2", "3"])
        #expect(three.tombstones.allSatisfy { $0.deletionTimestamp == 300 && $0.size == 10 })
        #expect(third.info?["operationMetrics"]?.object?["numDeletedRows"]?.text == "7")
        #expect(three.checkpointActions(tombstonesSince: 301).count == 3)
        #expect(three.checkpointActions(tombstonesSince: 300).count == 6)
    }

    @Test("appending to an older version takes out what came later and brings back what went")
    func appendToOlder() throws {
        let columns = schema(("a", .long))
        let first = try change(.replace, columns, [file("1")]).creation(name: "t", id: "id", time: 1)
        let one = try snapshot(first)
        let orphan = try change(.replace, columns, [file("orphan")]).commit(after: one, time: 2)
        let two = try snapshot(first, orphan)
        let third = try change(.append(to: one.files), columns, [file("2")]).commit(after: two, time: 3)
        #expect(try snapshot(first, orphan, third).files.map(\.path) == ["1", "2"])
        #expect(third.info?["isBlindAppend"] == .bool(false))
    }

    @Test("a timestamp without a time zone upgrades the protocol, naming what was implied")
    func upgrade() throws {
        let first = try change(.replace, schema(("a", .long)), []).creation(name: "t", id: "id", time: 1)
        let one = try snapshot(first)
        let second = try change(.replace, schema(("a", .array(element: .timestampNTZ, containsNull: true))), [])
            .commit(after: one, time: 2)
        let two = try snapshot(first, second)
        #expect(two.protocolVersion.minReaderVersion == 3 && two.protocolVersion.minWriterVersion == 7)
        #expect(two.protocolVersion.readerFeatures == ["timestampNtz"])
        #expect(two.protocolVersion.writerFeatures == ["appendOnly", "invariants", "timestampNtz"])
        #expect(two.metadata.id == "id")
        let third = try change(.replace, schema(("a", .long)), []).commit(after: two, time: 3)
        #expect(try snapshot(first, second, third).protocolVersion == two.protocolVersion)
        let fresh = try change(.replace, schema(("a", .timestampNTZ)), []).creation(name: "t", id: "id", time: 1)
        #expect(try snapshot(fresh).protocolVersion.writerFeatures == ["timestampNtz"])
    }

    @Test("appended columns join the table; changed ones are refused by name")
    func evolution() throws {
        let first = try change(.replace, schema(("a", .long)), []).creation(name: "t", id: "id", time: 1)
        let one = try snapshot(first)
        let second = try change(.append(to: []), schema(("b", .string), ("a", .long)), [file("1")]).commit(
            after: one, time: 2)
        #expect(try snapshot(first, second).metadata.schema.fields.map(\.name) == ["a", "b"])
        let error = #expect(throws: DeltaLogError.self) {
            try change(.append(to: []), schema(("a", .string)), []).commit(after: one, time: 2)
        }
        #expect(error?.message == "the column a is BIGINT in the table and VARCHAR in what is appended")
        #expect(throws: DeltaLogError.self) {
            try change(.append(to: []), schema(("a", .long), ("c", .string)), [], partitionedBy: ["c"]).commit(
                after: one, time: 2)
        }
    }

    @Test("a commit that makes no sense is refused")
    func nonsense() throws {
        let refusals: [TableChange] = [
            change(.replace, schema(), []), change(.replace, schema(("a", .long), ("A", .long)), []),
            change(.replace, schema(("a", .long)), [], partitionedBy: ["b"]),
            change(.replace, schema(("a", .long)), [], partitionedBy: ["a"]),
            change(.replace, schema(("a", .long)), [file("1"), file("1")]),
            change(
                .replace, schema(("a", .array(element: .long, containsNull: true)), ("b", .long)), [],
                partitionedBy: ["a"]),
        ]
        for refusal in refusals {
            #expect(throws: DeltaLogError.self) { try refusal.creation(name: "t", id: "id", time: 1) }
        }
        let first = try change(.replace, schema(("a", .long)), [file("1")]).creation(name: "t", id: "id", time: 1)
        #expect(throws: DeltaLogError.self) {
            try change(.replace, schema(("a", .long)), [file("1")]).commit(after: try snapshot(first), time: 2)
        }
    }

    @Test(
        "a table that needs more than is understood is refused by the feature's name",
        arguments: [
            (
                #"{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors","timestampNtz"],"writerFeatures":["deletionVectors","timestampNtz"]}"#,
                ["deletionVectors"], ["deletionVectors"]
            ),
            (
                #"{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["appendOnly","rowTracking"]}"#, nil,
                ["rowTracking"]
            ),
            (#"{"minReaderVersion":1,"minWriterVersion":3}"#, nil, ["checkConstraints"]),
            (#"{"minReaderVersion":4,"minWriterVersion":8}"#, ["readerVersion 4"], ["readerVersion 4"]),
            (
                #"{"minReaderVersion":2,"minWriterVersion":5}"#, nil,
                ["checkConstraints", "changeDataFeed", "generatedColumns", "columnMapping"]
            ),
            (#"{"minReaderVersion":1,"minWriterVersion":2}"#, nil, nil),
        ] as [(String, [String]?, [String]?)])
    func features(versions: String, reading: [String]?, writing: [String]?) throws {
        let text = """
            {"protocol":\(versions)}
            {"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\\"type\\":\\"struct\\",\\"fields\\":[]}","partitionColumns":[],"configuration":{}}}
            {"futureAction":{"x":1}}
            """
        var builder = Snapshot.Builder()
        for action in try Commit(bytes: Array(text.utf8), file: "0.json").actions { builder.apply(action) }
        let snapshot = try builder.snapshot(at: 0)
        func refused(_ body: () throws -> Void) -> [String]? {
            do { try body() } catch { return (error as? DeltaLogError)?.features }
            return nil
        }
        #expect(refused { try snapshot.checkReadable() } == reading)
        #expect(refused { try snapshot.checkWritable() } == writing)
    }

    @Test("a damaged line is told by file and line")
    func damaged() {
        let error = #expect(throws: DeltaLogError.self) {
            try Commit(bytes: Array("{\"commitInfo\":{}}\n{\"add\":{\"path\":\"x\",\"si".utf8), file: "7.json")
        }
        #expect(error?.code == .corrupt && error?.file == "7.json" && error?.line == 2)
        let missing = #expect(throws: DeltaLogError.self) {
            try Commit(bytes: Array("{\"add\":{\"path\":\"x\"}}".utf8), file: "7.json")
        }
        #expect(missing?.message == "add has no size")
        #expect(throws: DeltaLogError.self) { try Commit(bytes: [], file: "7.json") }
    }

    @Test("a file is the same however its path is written")
    func paths() throws {
        var builder = Snapshot.Builder()
        builder.apply(.protocolVersion(ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2)))
        builder.apply(.metadata(Metadata(id: "x", schema: schema(("a", .long)))))
        builder.apply(.add(file("/x/a%20b")))
        builder.apply(.add(file("c")))
        builder.apply(.remove(RemoveFile(path: "file:/x/a%20b", deletionTimestamp: 1, dataChange: true)))
        #expect(try builder.snapshot(at: 0).files.map(\.path) == ["c"])
    }
}
