import DeltaLog
import DuckDB
import Foundation
import ObjectStore
import Project
import Testing

@testable import Store

@Suite("Checkpoints that Millrace writes")
struct CheckpointWritingTests {
    private typealias Table = HandmadeTable

    /// A table whose log has everything that a checkpoint keeps.
    private func table(_ configuration: [String: String] = [:]) throws -> Table {
        let table = try Table(named: "checkpointed")
        let statistics = """
            {"numRecords":3,"minValues":{"id":1,"t":"2024-01-01T00:00:00.123Z","s":{"x":1.5}},\
            "maxValues":{"id":3,"t":"2024-01-02T00:00:00.123Z","s":{"x":2.5}},"nullCount":{"id":0,"t":1,"s":{"x":2},"l":1}}
            """
        let size = try table.write(
            """
            SELECT range + 1 AS id, TIMESTAMPTZ '2024-01-01 00:00:00.123+00' AS t, {'x': 1.5::DOUBLE} AS s, [range] AS l
            FROM range(3)
            """, to: "1 ü.parquet")
        try table.commit(
            0,
            [
                Table.protocolLine(),
                Table.metadataLine(
                    [
                        Table.field("id", "\"long\""), Table.field("t", "\"timestamp\""),
                        Table.field("s", "{\"type\":\"struct\",\"fields\":[\(Table.field("x", "\"double\""))]}"),
                        Table.field("l", "{\"type\":\"array\",\"elementType\":\"long\",\"containsNull\":true}"),
                        Table.field("p", "\"string\""),
                    ], partitionBy: ["p"], configuration: configuration),
                Table.addLine(
                    DataPath.encoded("1 ü.parquet"), size: size, partitionValues: "{\"p\":\"it's \\\"q\\\" \\n\"}",
                    statistics: statistics),
                Table.addLine("2.parquet", size: 1, partitionValues: "{\"p\":null}"),
                "{\"txn\":{\"appId\":\"app\",\"version\":7,\"lastUpdated\":5}}",
                "{\"domainMetadata\":{\"domain\":\"d\",\"configuration\":\"{}\",\"removed\":false}}",
            ])
        try table.commit(1, [Table.removeLine("2.parquet")])
        return table
    }

    private func state(of table: Table) async throws -> Snapshot {
        try #require(try await table.store.state(of: table.store.foreignTable(table.folder)))
    }

    /// Writes the checkpoint of version 1 and deletes the commits.
    private func checkpoint(_ table: Table) async throws -> Snapshot {
        let before = try await state(of: table)
        let file = table.log("00000000000000000001.checkpoint.parquet")
        #expect(try table.store.checkpoints.write(before, tombstonesSince: 0, to: file) == 6)
        for version in 0...1 {
            try FileManager.default.removeItem(atPath: table.log(String(format: "%020d.json", version)))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: table.folder + "/_delta_log").count == 1)
        return before
    }

    @Test("a state comes back from its checkpoint as it was, and deltalake reads it")
    func roundTrip() async throws {
        let table = try table()
        let before = try await checkpoint(table)
        let after = try await state(of: table)
        #expect(after.metadata == before.metadata && after.protocolVersion == before.protocolVersion)
        #expect(after.transactions == before.transactions && after.domains == before.domains)
        var file = before.files[0]
        file.dataChange = false
        #expect(Array(after.files) == [file])
        #expect(after.tombstones.map(\.path) == ["2.parquet"] && after.tombstones.first?.deletionTimestamp != nil)
        guard DeltaLakeTool.isInstalled else { return }
        let program = """
            import os, sys
            from deltalake import DeltaTable
            table = DeltaTable(sys.argv[1])
            print(table.version(), table.to_pyarrow_table().num_rows, table.transaction_version("app"), flush=True)
            # The threads of its library sometimes end a process that takes its time to leave.
            os._exit(0)
            """
        #expect(try DeltaLakeTool.run(program, table.folder) == "1 3 7")
    }

    @Test("statistics are in columns where the table wants them so, and left out where it does not want the text")
    func structured() async throws {
        let table = try table([
            "delta.checkpoint.writeStatsAsJson": "false", "delta.checkpoint.writeStatsAsStruct": "true",
        ])
        _ = try await checkpoint(table)
        let columns = try table.database.withConnection { connection in
            try connection.query(
                """
                SELECT add.stats_parsed.numRecords, add.stats_parsed.minValues.id, add.stats_parsed.maxValues.t,
                    add.stats_parsed.nullCount.s.x, typeof(add.stats_parsed.maxValues.t)
                FROM read_parquet(\(SQL.literal(table.log("00000000000000000001.checkpoint.parquet").literalPattern)))
                WHERE add.path IS NOT NULL
                """)
        }
        #expect(columns.first?[0].int == 3 && columns.first?[1].int == 1 && columns.first?[3].int == 2)
        #expect(columns.first?[2].description.hasPrefix("2024-01-02 00:00:00.123") == true)
        // They serve where the text is missing.
        let snapshot = try await table.snapshot()
        #expect(snapshot.rowCount == 3)
        #expect(try await table.snapshot(matching: .compare("id", .greater, .integer(3))).files.isEmpty)
        #expect(try await table.snapshot(matching: .compare("id", .equal, .integer(3))).files.count == 1)
        let late = FilePredicate.compare("t", .greater, .timestamp(1_704_200_000_000_000))
        #expect(try await table.snapshot(matching: late).files.isEmpty)
    }

    @Test("a table that wants checkpoints of another kind gets none, nor does a part of a table")
    func impossible() async throws {
        let table = try table()
        #expect(CheckpointFiles.canWrite(for: try await state(of: table)))
        let some = try await table.store.state(
            of: table.store.foreignTable(table.folder), detail: .matching(.compare("id", .greater, .integer(3))))
        #expect(!CheckpointFiles.canWrite(for: try #require(some)))
        try table.commit(2, [Table.protocolLine(3, 7, features: ["v2Checkpoint"])])
        #expect(!CheckpointFiles.canWrite(for: try await state(of: table)))
    }
}
