import DeltaLog
import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Reading the logs of other tools")
struct LogReadingTests {
    private typealias Table = HandmadeTable

    /// A table of versions 0 to `newest`, each with one more file: version 3 has the rows 0 to 3.
    private func table(through newest: Int) throws -> Table {
        let table = try Table()
        for version in 0...newest { try append(version, to: table) }
        return table
    }

    private func append(_ version: Int, to table: Table) throws {
        let size = try table.write("SELECT \(version)::BIGINT AS a", to: "\(version).parquet")
        var lines = [info(version)]
        if version == 0 { lines += state }
        try table.commit(version, lines + [add(version, size: size)])
    }

    private let state = [
        HandmadeTable.protocolLine(), HandmadeTable.metadataLine([HandmadeTable.field("a", "\"long\"")]),
    ]

    private func info(_ version: Int, operation: String = "WRITE") -> String {
        "{\"commitInfo\":{\"timestamp\":\(1_700_000_000_000 + version),\"operation\":\"\(operation)\"}}"
    }

    private func add(_ version: Int, size: Int = 1) -> String {
        HandmadeTable.addLine("\(version).parquet", size: size, statistics: "{\"numRecords\":1}")
    }

    private func rows(_ count: Int) -> String { "SELECT range AS a FROM range(\(count))" }

    /// Rows of a checkpoint in Parquet, or of one of its sidecars.
    private func write(actions: [String], to table: Table, log name: String) throws {
        let lines = actions.map { "SELECT \(SQL.literal($0))::JSON AS line" }.joined(separator: " UNION ALL ")
        let structure = """
            {"add": {"path": "VARCHAR", "partitionValues": "MAP(VARCHAR, VARCHAR)", "size": "BIGINT",
             "modificationTime": "BIGINT", "dataChange": "BOOLEAN", "stats": "VARCHAR"},
             "remove": {"path": "VARCHAR", "deletionTimestamp": "BIGINT", "dataChange": "BOOLEAN"},
             "metaData": {"id": "VARCHAR", "format": {"provider": "VARCHAR", "options": "MAP(VARCHAR, VARCHAR)"},
             "schemaString": "VARCHAR", "partitionColumns": "VARCHAR[]", "configuration": "MAP(VARCHAR, VARCHAR)"},
             "protocol": {"minReaderVersion": "INTEGER", "minWriterVersion": "INTEGER", "readerFeatures": "VARCHAR[]",
             "writerFeatures": "VARCHAR[]"}, "txn": {"appId": "VARCHAR", "version": "BIGINT"},
             "checkpointMetadata": {"version": "BIGINT"},
             "sidecar": {"path": "VARCHAR", "sizeInBytes": "BIGINT", "modificationTime": "BIGINT"}}
            """
        let columns = ["add", "remove", "metaData", "protocol", "txn", "checkpointMetadata", "sidecar"]
        let selected = columns.map { name in
            "CASE WHEN json_exists(line, \(SQL.literal("$." + name))) THEN action.\(SQL.quoted(name)) END AS \(SQL.quoted(name))"
        }
        try table.write(
            "SELECT \(selected.joined(separator: ", ")) FROM (SELECT line, json_transform(line, \(SQL.literal(structure))) AS action FROM (\(lines)))",
            to: "_delta_log/\(name)")
    }

    private func deleteCommits(_ versions: some Sequence<Int>, of table: Table) throws {
        for version in versions {
            try FileManager.default.removeItem(atPath: table.log(String(format: "%020d.json", version)))
        }
    }

    private let uuid = "80a083e8-7026-4e79-81be-64bd76c43a11"

    @Test("a checkpoint in several parts is read, and one that lacks a part is not used")
    func parts() async throws {
        let table = try table(through: 4)
        let name = "00000000000000000003.checkpoint.0000000001.0000000002.parquet"
        try write(actions: state + [add(0), add(1)], to: table, log: name)
        #expect(try await table.difference(from: rows(5)) == 0)
        try write(
            actions: [add(2), add(3), "{\"remove\":{\"path\":\"gone\",\"deletionTimestamp\":5,\"dataChange\":false}}"],
            to: table, log: name.replacing("0000000001.", with: "0000000002."))
        try deleteCommits(0...3, of: table)
        #expect(try await table.difference(from: rows(5)) == 0)
        #expect(try await table.difference(3, from: rows(4)) == 0)
        let state = try await table.store.state(of: table.store.foreignTable(table.folder))
        #expect(state?.tombstones.map(\.path) == ["gone"])
        let error = await table.error(2)
        #expect(error?.code == .expiredVersion && error?.hint != nil)
    }

    @Test(
        "a checkpoint of the feature v2Checkpoint is read, in JSON or Parquet, with its files in sidecars",
        arguments: [
            "json", "parquet",
        ])
    func sidecars(kind: String) async throws {
        let table = try table(through: 4)
        let state = [
            HandmadeTable.protocolLine(3, 7, features: ["v2Checkpoint"]),
            HandmadeTable.metadataLine([HandmadeTable.field("a", "\"long\"")]),
        ]
        let actions =
            ["{\"checkpointMetadata\":{\"version\":3}}"] + state + [
                "{\"sidecar\":{\"path\":\"one.parquet\",\"sizeInBytes\":1,\"modificationTime\":1}}",
                "{\"sidecar\":{\"path\":\"two%20.parquet\",\"sizeInBytes\":1,\"modificationTime\":1}}",
                "{\"txn\":{\"appId\":\"app\",\"version\":7}}",
            ]
        try write(actions: [add(0), add(1)], to: table, log: "_sidecars/one.parquet")
        try write(actions: [add(2), add(3)], to: table, log: "_sidecars/two .parquet")
        let name = "00000000000000000003.checkpoint.\(uuid).\(kind)"
        if kind == "json" {
            try table.write(Data((actions.joined(separator: "\n") + "\n").utf8), toLog: name)
        } else {
            try write(actions: actions, to: table, log: name)
        }
        try deleteCommits(0...3, of: table)
        #expect(try await table.difference(from: rows(5)) == 0)
        let snapshot = try await table.snapshot()
        #expect(snapshot.transactions == ["app": 7] && snapshot.rowCount == 5)
        try FileManager.default.removeItem(atPath: table.log("_sidecars/two .parquet"))
        let error = await table.error()
        #expect(error?.code == .corruptLog && error?.path == table.log(name))
    }

    @Test("a log compaction stands for its commits, and a damaged one for nothing")
    func compaction() async throws {
        let table = try table(through: 5)
        let name = "00000000000000000001.00000000000000000004.compacted.json"
        let size = try table.write(
            "SELECT 1::BIGINT AS a UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4", to: "c.parquet")
        try table.write(
            Data((HandmadeTable.addLine("c.parquet", size: size) + "\n").utf8), toLog: name)
        #expect(try await table.snapshot().files.map(\.logPath) == ["0.parquet", "c.parquet", "5.parquet"])
        #expect(try await table.difference(from: rows(6)) == 0)
        #expect(try await table.snapshot(3).files.count == 4)
        try table.write(Data("{\"add\":{\"path\"".utf8), toLog: name)
        #expect(try await table.snapshot().files.count == 6)
    }

    @Test("the next best checkpoint helps where the newest is damaged; without any the error names the newest")
    func nextBest() async throws {
        let table = try table(through: 6)
        try write(actions: state + (0...2).map { add($0) }, to: table, log: "00000000000000000002.checkpoint.parquet")
        try table.write(Data("PAR1 no PAR1".utf8), toLog: "00000000000000000004.checkpoint.parquet")
        try table.write(Data("nonsense".utf8), toLog: "00000000000000000005.checkpoint.\(uuid).json")
        try table.write(Data("{\"version\":5,\"size\":1}".utf8), toLog: "_last_checkpoint")
        try deleteCommits(0...2, of: table)
        #expect(try await table.difference(from: rows(7)) == 0)
        try deleteCommits(3...3, of: table)
        let error = await table.error()
        #expect(error?.code == .corruptLog && error?.path == table.log("00000000000000000005.checkpoint.\(uuid).json"))
        #expect(error?.hint?.contains("whoever writes the table") == true)
    }

    @Test("what is wrong with a log is told by its file, its line and the way out")
    func damage() async throws {
        let missing = try Table()
        try FileManager.default.removeItem(atPath: missing.folder + "/_delta_log")
        #expect(await missing.error()?.code == .noTable)
        try missing.write("SELECT 1 AS a", to: "1.parquet")
        #expect(await missing.error()?.code == .notATable)

        let table = try table(through: 3)
        #expect(await table.error(9)?.code == .noSuchVersion)
        try table.commit(2, [info(2), "{\"add\":{\"path\":\"2.parquet\",\"partitionVal"])
        let truncated = await table.error()
        #expect(truncated?.code == .corruptLog && truncated?.line == 2)
        #expect(truncated?.path == table.log("00000000000000000002.json") && truncated?.hint != nil)
        try deleteCommits(2...2, of: table)
        let gap = await table.error()
        #expect(gap?.code == .gap && gap?.path == table.log("00000000000000000002.json") && gap?.hint != nil)
        #expect(try await table.snapshot(1).rowCount == 2)

        try append(2, to: table)
        try table.commit(4, [HandmadeTable.protocolLine(3, 7, features: ["deletionVectors", "telepathy"])])
        let unknown = await table.error()
        #expect(unknown?.code == .newerProtocol && unknown?.features == ["telepathy"])
        #expect(unknown?.message.contains("telepathy") == true)
    }

    @Test("the version at a time is the newest that is not later, by the files' times, made to grow")
    func timeTravel() async throws {
        let table = try table(through: 4)
        // The clock went back for version 2, which counts as just after version 1.
        for (version, time) in [(0, 100), (1, 200), (2, 150), (3, 300), (4, 400)] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 + Double(time))],
                ofItemAtPath: table.log(String(format: "%020d.json", version)))
        }
        func version(at second: Int) async throws -> Int {
            try await table.store.version(ofTableAt: table.folder, at: (1_700_000_000 + second) * 1_000).number
        }
        #expect(try await version(at: 100) == 0)
        #expect(try await version(at: 199) == 0)
        #expect(try await version(at: 201) == 2)
        #expect(try await version(at: 399) == 3)
        #expect(try await version(at: 1_000) == 4)
        let early = await #expect(throws: StoreError.self) { try await version(at: 99) }
        #expect(early?.code == .expiredVersion)
    }

    @Test("where commits tell their own times, those count")
    func inCommitTimestamps() async throws {
        let table = try Table()
        for version in 0...20 {
            let info =
                "{\"commitInfo\":{\"inCommitTimestamp\":\(version * 10),\"timestamp\":1,\"operation\":\"WRITE\"}}"
            let state = [
                HandmadeTable.protocolLine(1, 7).replacing(
                    "\"minWriterVersion\":7", with: "\"minWriterVersion\":7,\"writerFeatures\":[\"inCommitTimestamp\"]"),
                HandmadeTable.metadataLine(
                    [HandmadeTable.field("a", "\"long\"")],
                    configuration: ["delta.enableInCommitTimestamps": "true"]),
            ]
            try table.commit(version, [info] + (version == 0 ? state : [add(version)]))
        }
        for (time, version) in [(0, 0), (9, 0), (10, 1), (205, 20), (200, 20), (199, 19)] {
            #expect(try await table.store.version(ofTableAt: table.folder, at: time).number == version)
        }
    }

    @Test("the head of a table knows the version that last changed rows, behind all that only tidied up")
    func head() async throws {
        let table = try table(through: 2)
        func head() async throws -> TableHead? { try await table.store.head(ofTableAt: table.folder) }
        #expect(try await head()?.dataVersion == Version(2))
        try table.commit(3, [info(3, operation: "VACUUM START")])
        try table.commit(
            4,
            [
                info(4, operation: "OPTIMIZE"), HandmadeTable.removeLine("0.parquet", dataChange: false),
                add(0).replacing("\"dataChange\":true", with: "\"dataChange\":false"),
            ])
        try table.commit(
            5,
            [
                info(5, operation: "SET TBLPROPERTIES"),
                HandmadeTable.metadataLine([HandmadeTable.field("a", "\"long\"")]),
            ]
        )
        let tidied = try await head()
        #expect(tidied?.dataVersion == Version(2) && tidied?.pinned.version == Version(5))
        #expect(tidied?.pinned.table == HandmadeTable.id && tidied?.record == nil)
        try table.commit(6, [info(6, operation: "DELETE"), HandmadeTable.removeLine("1.parquet")])
        #expect(try await head()?.dataVersion == Version(6))
        #expect(try await table.store.heads(ofTablesAt: [table.folder, "/nowhere at all"]).count == 1)
    }

    @Test("a long log is read in order, and its newest entry of each file counts")
    func longLog() async throws {
        let table = try Table()
        try table.commit(0, state + [add(0)])
        for version in 1...300 {
            try table.commit(version, [HandmadeTable.removeLine("\(version - 1).parquet"), add(version)])
        }
        for version in [300, 299, 17, 0] {
            #expect(try await table.snapshot(version).files.map(\.logPath) == ["\(version).parquet"])
        }
    }

    @Test("only files that may have rows of interest are in a snapshot that is asked for them")
    func skipping() async throws {
        let table = try Table()
        var lines = [
            HandmadeTable.protocolLine(),
            HandmadeTable.metadataLine(
                [HandmadeTable.field("id", "\"long\""), HandmadeTable.field("day", "\"date\"")], partitionBy: ["day"]),
        ]
        for number in 0..<100 {
            lines.append(
                HandmadeTable.addLine(
                    "\(number).parquet", size: 1, partitionValues: "{\"day\":\"2024-01-0\(1 + number % 5)\"}",
                    statistics: """
                        {"numRecords":10,"minValues":{"id":\(number * 10)},"maxValues":{"id":\(number * 10 + 9)},"nullCount":{"id":0}}
                        """))
        }
        try table.commit(0, lines)
        let day = FilePredicate.compare("day", .equal, .date(19_725))
        let point = FilePredicate.and([day, .compare("id", .equal, .integer(123))])
        let found = try await table.snapshot(matching: point)
        #expect(found.files.map(\.logPath) == ["12.parquet"] && found.skippedFiles == 99 && found.rowCount == 10)
        #expect(try await table.snapshot(matching: day).files.count == 20)
        #expect(try await table.snapshot(matching: .or([day, .compare("id", .less, .integer(10))])).files.count == 21)
        #expect(try await table.snapshot(matching: .always).files.count == 100)
    }
}
