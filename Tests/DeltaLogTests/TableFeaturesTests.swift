import Testing

@testable import DeltaLog

@Suite("Table features")
struct TableFeaturesTests {
    private func refused(_ body: () throws -> Void) -> [String]? {
        do { try body() } catch { return (error as? DeltaLogError)?.features }
        return nil
    }

    private func snapshot(
        _ versions: String, column metadata: String = "{}", configuration: String = "{}",
        file: String? = nil
    ) throws -> Snapshot {
        let schema =
            #"{"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":\#(metadata)}]}"#
        let text = """
            {"protocol":\(versions)}
            {"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":\
            \(JSONValue.string(schema).serialized),"partitionColumns":[],"configuration":\(configuration)}}
            {"futureAction":{"x":1}}
            \(file ?? "")
            """
        var replay = LogReplay()
        try replay.apply(commit: Array(text.utf8), file: "0.json", of: 0)
        return try replay.finish(at: 0)
    }

    private static func named(_ features: String...) -> String {
        let list = features.map { "\"\($0)\"" }.joined(separator: ",")
        return
            #"{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[\#(list)],"writerFeatures":[\#(list)]}"#
    }

    private static func writers(_ features: String...) -> String {
        let list = features.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":[\#(list)]}"#
    }

    @Test(
        "a table that needs more than is understood is refused by the feature's name",
        arguments: [
            (named("deletionVectors", "timestampNtz"), nil, nil),
            (
                named("collations", "typeWidening", "catalogManaged"), ["collations", "catalogManaged"], nil
            ),
            (named("variantType"), nil, ["variantType"]),
            (
                named("v2Checkpoint", "vacuumProtocolCheck", "typeWidening-preview", "columnMapping"), nil,
                nil
            ),
            (writers("appendOnly", "rowTracking", "clustering"), nil, ["rowTracking", "clustering"]),
            (
                writers("inCommitTimestamp", "domainMetadata", "checkConstraints", "changeDataFeed"), nil,
                nil
            ),
            (#"{"minReaderVersion":1,"minWriterVersion":6}"#, nil, nil),
            (#"{"minReaderVersion":2,"minWriterVersion":5}"#, nil, nil),
            (#"{"minReaderVersion":4,"minWriterVersion":8}"#, ["readerVersion 4"], nil),
            (#"{"minReaderVersion":1,"minWriterVersion":8}"#, nil, ["writerVersion 8"]),
            (#"{"minReaderVersion":-1,"minWriterVersion":-1}"#, nil, nil),
            (#"{"minReaderVersion":1,"minWriterVersion":2}"#, nil, nil),
        ] as [(String, [String]?, [String]?)])
    func features(versions: String, reading: [String]?, writing: [String]?) throws {
        let snapshot = try snapshot(versions)
        #expect(refused { try snapshot.checkReadable() } == reading)
        #expect(refused { try snapshot.checkWritable() } == reading ?? writing)
    }

    @Test(
        "a feature that a table makes use of is refused to writers, not to readers",
        arguments: [
            ("{}", #"{"delta.constraints.positive":"a > 0"}"#, "checkConstraints"),
            ("{}", #"{"delta.enableChangeDataFeed":"true"}"#, "changeDataFeed"),
            ("{}", #"{"delta.columnMapping.mode":"name"}"#, "columnMapping"),
            ("{}", #"{"delta.columnMapping.mode":"id"}"#, "columnMapping"),
            (#"{"delta.invariants":"{}"}"#, "{}", "invariants"),
            (#"{"delta.generationExpression":"1"}"#, "{}", "generatedColumns"),
            (#"{"delta.identity.start":1}"#, "{}", "identityColumns"),
        ])
    func active(column: String, configuration: String, feature: String) throws {
        let snapshot = try snapshot(
            #"{"minReaderVersion":2,"minWriterVersion":6}"#, column: column, configuration: configuration)
        #expect(refused { try snapshot.checkReadable() } == nil)
        #expect(refused { try snapshot.checkWritable() } == [feature])
    }

    @Test("what the schema asks of writers counts even where the protocol is silent about it")
    func unmentioned() throws {
        let table = try snapshot(Self.writers(), column: #"{"delta.invariants":"{}"}"#)
        #expect(refused { try table.checkWritable() } == ["invariants"])
    }

    @Test("a table with deletion vectors is read, not written, until its files have none any more")
    func deletionVectors() throws {
        let vector =
            #"{"storageType":"u","pathOrInlineDv":"x","offset":1,"sizeInBytes":1,"cardinality":1}"#
        let file =
            #"{"add":{"path":"x","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,"deletionVector":\#(vector)}}"#
        let table = try snapshot(Self.named("deletionVectors"), file: file)
        #expect(refused { try table.checkReadable() } == nil)
        #expect(refused { try table.checkWritable() } == ["deletionVectors"])
        #expect(refused { try snapshot(Self.named("deletionVectors")).checkWritable() } == nil)
    }

    @Test("a mode of column mapping that is not known is refused")
    func columnMapping() throws {
        let table = try snapshot(
            #"{"minReaderVersion":2,"minWriterVersion":5}"#,
            configuration: #"{"delta.columnMapping.mode":"magic"}"#)
        #expect(refused { try table.checkReadable() } == ["columnMapping"])
    }

    @Test("columns are found in files by their physical names where the table maps them")
    func physicalNames() throws {
        let column = #"{"delta.columnMapping.id":7,"delta.columnMapping.physicalName":"col-1"}"#
        let protocolVersion = #"{"minReaderVersion":2,"minWriterVersion":5}"#
        let mapped = try snapshot(
            protocolVersion, column: column, configuration: #"{"delta.columnMapping.mode":"id"}"#
        ).metadata
        let field = try #require(mapped.schema["A"])
        #expect(
            mapped.columnMapping == .id && field.fieldID == 7 && mapped.physicalName(of: field) == "col-1"
        )
        let plain = try snapshot(protocolVersion, column: column).metadata
        #expect(plain.columnMapping == ColumnMappingMode.none && plain.physicalName(of: field) == "a")
    }
}
