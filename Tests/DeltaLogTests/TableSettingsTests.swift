import Testing

@testable import DeltaLog

@Suite("Settings, protocol and times of tables")
struct TableSettingsTests {
    private func settings(_ properties: [String: String?]) -> TableChange {
        .make(.settings(.setProperties(properties)), properties: properties, id: "settings")
    }

    @Test("properties are set and unset, descriptions too")
    func properties() throws {
        var log = try TableLog("1")
        var change = settings(["delta.checkpointInterval": "5", "owner": "me"])
        change.comments = ["A": "first"]
        change.description = "A table."
        try log.commit(change)
        let one = try log.snapshot()
        #expect(one.metadata.configuration == ["delta.checkpointInterval": "5", "owner": "me"])
        #expect(one.metadata.description == "A table." && one.metadata.schema["a"]?.comment == "first")
        #expect(one.paths == ["1"])
        #expect(
            try log.commit(1).info?["operationParameters"]?.object?["properties"]?.text
                == #"{"delta.checkpointInterval":"5","owner":"me"}"#)

        try log.commit(settings(["owner": nil]))
        #expect(try log.snapshot().metadata.configuration == ["delta.checkpointInterval": "5"])
        #expect(try log.commit(2).info?["operation"]?.text == "UNSET TBLPROPERTIES")
        #expect(try log.snapshot().metadata.description == "A table.")
        // An append leaves them, a replace takes the new description.
        try log.commit(.make(.append, ["a": .long], [.make("2")]))
        #expect(try log.commit(3).metadata == nil)
        try log.commit(.make(.replace, ["a": .long], [.make("3")]))
        #expect(try log.snapshot().metadata.description == nil)
        #expect(try log.snapshot().metadata.configuration == ["delta.checkpointInterval": "5"])
    }

    @Test(
        "what is not known, or cannot be written, is not set",
        arguments: [
            ["delta.columnMapping.mode": "name"], ["delta.enableDeletionVectors": "true"],
            ["delta.checkpointInterval": "0"], ["delta.appendOnly": "maybe"],
            ["delta.deletedFileRetentionDuration": "soon"], ["delta.constraints.x": "a > 1"],
            ["delta.feature.deletionVectors": "supported"], ["Delta.appendOnly": "true"],
        ] as [[String: String?]])
    func refused(properties: [String: String?]) throws {
        let snapshot = try TableLog("1").snapshot()
        let error = #expect(throws: DeltaLogError.self) {
            try settings(properties).commit(after: snapshot, time: 1)
        }
        #expect(error?.code == .unsupportedSetting)
        #expect(error?.message.contains(properties.keys.first ?? "?") == true)
        let creation = TableChange.make(.replace, ["a": .long], properties: properties)
        #expect(throws: DeltaLogError.self) { try creation.creation(name: "t", id: "id", time: 1) }
    }

    @Test("a description of a column that is not there is refused")
    func comments() throws {
        var change = settings([:])
        change.comments = ["b": "x"]
        #expect(throws: DeltaLogError.self) { try change.commit(after: TableLog("1").snapshot(), time: 1) }
    }

    @Test("a feature upgrades the protocol, naming what was implied")
    func upgrades() throws {
        var log = try TableLog("0")
        try log.commit(
            .make(.replace, ["a": .array(element: .timestampNTZ, containsNull: true)], [.make("1")]))
        let upgraded = ProtocolVersion(
            minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["timestampNtz"],
            writerFeatures: ["appendOnly", "invariants", "timestampNtz"])
        #expect(try log.snapshot().protocolVersion == upgraded)
        #expect(try log.snapshot().metadata.id == "id")
        try log.commit(.make(.replace, ["a": .long], []))
        #expect(try log.snapshot().protocolVersion == upgraded)
        let fresh = try TableChange.make(.replace, ["a": .timestampNTZ]).creation(name: "t", id: "id", time: 1)
        #expect(fresh.protocolVersion?.writerFeatures == ["timestampNtz"])
    }

    @Test("each version's implied features are named, and none twice")
    func implied() {
        let ntz = Metadata(id: "x", schema: DeltaSchema(["a": .timestampNTZ]))
        func writers(_ reader: Int, _ writer: Int) -> [String]? {
            ProtocolVersion(minReaderVersion: reader, minWriterVersion: writer).upgraded(for: ntz)?.writerFeatures
        }
        #expect(writers(1, 1) == ["timestampNtz"])
        #expect(writers(1, 3) == ["appendOnly", "invariants", "checkConstraints", "timestampNtz"])
        #expect(
            writers(2, 6) == [
                "appendOnly", "invariants", "checkConstraints", "changeDataFeed", "generatedColumns",
                "columnMapping", "identityColumns", "timestampNtz",
            ])
        #expect(
            ProtocolVersion(minReaderVersion: 2, minWriterVersion: 5).upgraded(for: ntz)?.readerFeatures
                == ["columnMapping", "timestampNtz"])
        let has = ProtocolVersion(
            minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["timestampNtz"],
            writerFeatures: ["timestampNtz"])
        #expect(has.upgraded(for: ntz) == nil)
        var appendOnly = ntz
        appendOnly.configuration = ["delta.appendOnly": "true"]
        #expect(has.upgraded(for: appendOnly)?.writerFeatures == ["timestampNtz", "appendOnly"])
        let plain = Metadata(
            id: "x", schema: DeltaSchema(["a": .long]), configuration: ["delta.appendOnly": "true"])
        #expect(ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2).upgraded(for: plain) == nil)
        #expect(
            ProtocolVersion(minReaderVersion: 1, minWriterVersion: 1).upgraded(for: plain)?.minWriterVersion == 2)
        let widened = Metadata(
            id: "x", schema: DeltaSchema(["a": .long]), configuration: ["delta.enableTypeWidening": "true"])
        let preview = ProtocolVersion(
            minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["typeWidening-preview"],
            writerFeatures: ["typeWidening-preview"])
        #expect(preview.upgraded(for: widened) == nil)
        #expect(
            ProtocolVersion.needed(for: widened)
                == ProtocolVersion(
                    minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["typeWidening"],
                    writerFeatures: ["typeWidening"]))
        #expect(ProtocolVersion.needed(for: plain, domains: true).writerFeatures == ["domainMetadata", "appendOnly"])
    }

    @Test("in-commit timestamps are a feature for writers, and remember since when they are there")
    func inCommitTimestamps() throws {
        var log = try TableLog("1")
        let on = ["delta.enableInCommitTimestamps": "true"] as [String: String?]
        try log.commit(settings(on), at: 500)
        let commit = try log.commit(1)
        guard case .commitInfo(let info) = commit.actions[0] else {
            Issue.record("the commitInfo must come first")
            return
        }
        #expect(info.members.first?.name == "inCommitTimestamp")
        #expect(info["inCommitTimestamp"]?.int == 1_001 && info["timestamp"]?.int == 1_001)
        let snapshot = try log.snapshot()
        #expect(
            snapshot.protocolVersion
                == ProtocolVersion(
                    minReaderVersion: 1, minWriterVersion: 7,
                    writerFeatures: ["appendOnly", "invariants", "inCommitTimestamp"]))
        #expect(snapshot.metadata.configuration["delta.inCommitTimestampEnablementVersion"] == "1")
        #expect(snapshot.metadata.configuration["delta.inCommitTimestampEnablementTimestamp"] == "1001")

        try log.commit(.make(.append, ["a": .long], [.make("2")]), at: 5)
        #expect(try log.commit(2).info?["inCommitTimestamp"]?.int == 1_002)
        #expect(try log.commit(2).metadata == nil)
        try log.commit(settings(["delta.enableInCommitTimestamps": "false"]), at: 5)
        #expect(try log.commit(3).info?["inCommitTimestamp"] == nil)
        #expect(
            try log.snapshot().metadata.configuration == ["delta.enableInCommitTimestamps": "false"])

        // In a new table they are there from the first version on.
        let fresh = try TableLog("1", properties: on)
        #expect(try fresh.commit(0).info?["inCommitTimestamp"]?.int == 1_000)
        #expect(try fresh.snapshot().metadata.configuration == ["delta.enableInCommitTimestamps": "true"])
    }

    @Test("the time of a commit is never before that of the one before")
    func times() throws {
        let snapshot = try TableLog("1").snapshot()
        let change = TableChange.make(.replace, ["a": .long])
        let commit = try change.commit(after: snapshot, time: 10, previous: 1_000)
        #expect(commit.time == 1_000 && commit.removed.map(\.deletionTimestamp) == [1_000])
        #expect(try change.commit(after: snapshot, time: 2_000, previous: 1_000).time == 2_000)
    }
}
