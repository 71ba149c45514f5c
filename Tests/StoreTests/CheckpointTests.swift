import DuckDB
import Foundation
import Project
import Testing

@testable import Store

@Suite("Checkpoints")
struct CheckpointTests {
    private func commitName(_ version: Int) -> String { String(format: "%020d.json", version) }

    @Test("every tenth version is checkpointed, and the commits before it are needed no more")
    func everyTenth() async throws {
        let temporary = try TemporaryStore()
        for number in 0...23 {
            try await temporary.publish(
                "SELECT \(number)::BIGINT AS a, 'it''s' AS b", .flights, mode: .append, run: "r\(number)")
        }
        try await temporary.store.writeCheckpoint(of: .flights, at: Version(20))
        let log = try temporary.log(.flights)
        #expect(
            log.filter { $0.hasSuffix(".checkpoint.parquet") } == [
                "00000000000000000010.checkpoint.parquet", "00000000000000000020.checkpoint.parquet",
            ])
        #expect(log.contains("_last_checkpoint"))
        #expect(!log.contains { $0.hasPrefix(".") })
        let before = try await temporary.store.snapshot(of: .flights)
        for version in 0..<20 {
            try FileManager.default.removeItem(atPath: "\(temporary.folder)/flights/_delta_log/\(commitName(version))")
        }
        let after = try await temporary.store.snapshot(of: .flights)
        #expect(after.files == before.files)
        #expect(after.columns == before.columns && after.pinned == before.pinned)
        #expect(try await temporary.difference(.flights, from: "SELECT range AS a, 'it''s' AS b FROM range(24)") == 0)
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.record?.run.text == "r23" && head.pinned == before.pinned)
        #expect(try await temporary.store.history(of: .flights).map(\.version.number) == [23, 22, 21, 20])
        let expired = await #expect(throws: StoreError.self) {
            try await temporary.store.snapshot(of: .flights, at: Version(5))
        }
        #expect(expired?.code == .expiredVersion)
        #expect(try await temporary.store.snapshot(of: .flights, at: Version(10)).rowCount == 11)
    }

    @Test("a table that is only in its checkpoint still has a head")
    func onlyCheckpoint() async throws {
        let temporary = try TemporaryStore()
        for number in 0...10 { try await temporary.publish("SELECT \(number) AS a", .flights) }
        let pinned = try #require(try await temporary.store.head(of: .flights)).pinned
        for version in 0...10 {
            try FileManager.default.removeItem(atPath: "\(temporary.folder)/flights/_delta_log/\(commitName(version))")
        }
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.pinned == pinned && head.record == nil)
        #expect(try await temporary.difference(.flights, from: "SELECT 10 AS a") == 0)
    }

    @Test("a damaged hint or checkpoint does not matter while the commits are there")
    func damaged() async throws {
        let temporary = try TemporaryStore()
        for number in 0...12 { try await temporary.publish("SELECT \(number) AS a", .flights, mode: .append) }
        let log = "\(temporary.folder)/flights/_delta_log"
        for hint in ["{\"version\":11,\"size\":1}", "{\"version\":99,\"size\":1}", "nonsense", ""] {
            try Data(hint.utf8).write(to: URL(filePath: "\(log)/_last_checkpoint"))
            #expect(try await temporary.store.snapshot(of: .flights).rowCount == 13)
        }
        try Data("no parquet".utf8).write(to: URL(filePath: "\(log)/00000000000000000010.checkpoint.parquet"))
        #expect(try await temporary.store.snapshot(of: .flights).rowCount == 13)
        try FileManager.default.removeItem(atPath: "\(log)/\(commitName(3))")
        let error = await #expect(throws: StoreError.self) { try await temporary.store.snapshot(of: .flights) }
        #expect(error?.code == .corruptLog && error?.path == "\(log)/00000000000000000010.checkpoint.parquet")
    }

    @Test("a checkpoint that cannot be written does not fail the version")
    func failing() async throws {
        let temporary = try TemporaryStore()
        for number in 0...9 { try await temporary.publish("SELECT \(number) AS a", .flights) }
        let blocked = "\(temporary.folder)/flights/_delta_log/00000000000000000010.checkpoint.parquet"
        try FileManager.default.createDirectory(atPath: blocked, withIntermediateDirectories: true)
        #expect(try await temporary.publish("SELECT 10 AS a", .flights).version == Version(10))
        #expect(try await temporary.difference(.flights, from: "SELECT 10 AS a") == 0)
        #expect(!(try temporary.log(.flights)).contains { $0.hasPrefix(".") })
    }
}
