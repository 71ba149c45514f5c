import DeltaLog
import Foundation
import Project
import Testing

@testable import Store

@Suite("Vacuuming, tags and restoring")
struct VacuumTests {
    private static let day = 86_400_000
    /// Long after the machine's own time, so that every file is old.
    private static let future = 4_000_000_000_000

    private func replaced(_ temporary: TemporaryStore, _ versions: Int) async throws {
        for number in 0..<versions { try await temporary.publish("SELECT \(number) AS a", .flights, run: "r\(number)") }
    }

    @Test("files of versions that were replaced within the retention stay, older ones go")
    func retention() async throws {
        let temporary = try TemporaryStore(named: plainName, start: Self.future)
        try await replaced(temporary, 4)
        let kept = try await temporary.store.vacuum(.flights, retention: nil, dryRun: false, force: false)
        #expect(kept.files == 0 && kept.retention == 7 * Self.day)

        let short = try await storeError {
            _ = try await temporary.store.vacuum(.flights, retention: Self.day, dryRun: false, force: false)
        }
        #expect(short.code == .retentionTooShort && short.message.contains("7 days"))

        let dry = try await temporary.store.vacuum(.flights, retention: 0, dryRun: true, force: true)
        #expect(dry.files == 3 && dry.bytes > 0 && dry.paths.count == 3)
        #expect(try temporary.dataFiles().count == 4)
        let report = try await temporary.store.vacuum(.flights, retention: 0, dryRun: false, force: true)
        #expect(report == dry)
        let live = try await temporary.livePaths()
        #expect(try temporary.dataFiles() == live)
        #expect(try await temporary.difference(.flights, from: "SELECT 3 AS a") == 0)
        #expect(try temporary.judged("SELECT 3 AS a") == "0 0")
        #expect(try await temporary.store.vacuum(.flights, retention: 0, dryRun: false, force: true).files == 0)
    }

    @Test("files that are younger than the retention stay, although no version names them")
    func staged() async throws {
        let temporary = try TemporaryStore()
        try await replaced(temporary, 2)
        _ = try await temporary.stage("SELECT 1 AS a", .flights)
        let report = try await temporary.store.vacuum(.flights, retention: 0, dryRun: false, force: true)
        #expect(report.files == 0)
        #expect(try temporary.dataFiles().count == 3)
    }

    @Test("an orphan goes, with the folders that held nothing else; the log and hidden files are not touched")
    func orphans() async throws {
        let temporary = try TemporaryStore(start: Self.future)
        try await replaced(temporary, 1)
        let folder = "\(temporary.folder)/flights"
        for path in ["p=x/q=1/orphan.parquet", "_hidden/x.parquet", "_delta_log/.tmp-old", ".crc", "lost.parquet"] {
            let url = URL(filePath: "\(folder)/\(path)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("x".utf8).write(to: url)
        }
        let report = try await temporary.store.vacuum(.flights, retention: nil, dryRun: false, force: false)
        #expect(report.paths == ["lost.parquet", "p=x/q=1/orphan.parquet"] && report.logFiles == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!left.contains("p=x") && !left.contains("lost.parquet"))
        #expect(left.contains("_hidden") && left.contains(".crc") && left.contains("_delta_log"))
        #expect(!(try temporary.log(.flights)).contains(".tmp-old"))
    }

    @Test("tagged versions, and those that others name, survive")
    func tags() async throws {
        let temporary = try TemporaryStore(named: plainName, start: Self.future)
        try await replaced(temporary, 5)
        let store = temporary.store
        let tag = try await store.tag(.flights, as: "v1.0", at: .version(Version(1)))
        #expect(tag.version == Version(1) && tag.time != nil)
        try await store.tag(.flights, as: "now", at: nil)
        #expect(try await store.tags(of: .flights).map(\.name) == ["v1.0", "now"])
        #expect(try await store.tags(of: .flights).map(\.version.number) == [1, 4])
        let report = try await store.vacuum(
            .flights, retention: 0, dryRun: false, force: true, keeping: [Version(2)])
        #expect(report.files == 2)
        #expect(try await temporary.difference(.flights, at: Version(1), from: "SELECT 1 AS a") == 0)
        #expect(try await temporary.difference(.flights, at: Version(2), from: "SELECT 2 AS a") == 0)
        #expect(try await store.snapshot(of: .flights, at: .tag("v1.0")).pinned.version == Version(1))

        try await store.tag(.flights, as: "v1.0", at: .version(Version(2)))
        #expect(try await store.tags(of: .flights).first?.version == Version(2))
        try await store.untag(.flights, "v1.0")
        #expect(try await store.tags(of: .flights).map(\.name) == ["now"])
        let unknown = try await storeError { try await store.untag(.flights, "v1.0") }
        #expect(unknown.code == .noSuchTag)
        let wrong = try await storeError { try await store.tag(.flights, as: "../x", at: nil) }
        #expect(wrong.code == .noSuchTag)
        #expect(try await store.vacuum(.flights, retention: 0, dryRun: true, force: true).files == 2)
    }

    @Test("the log is cleaned up after a checkpoint, and a tagged version stays readable")
    func logCleanup() async throws {
        let temporary = try TemporaryStore(named: plainName, start: Self.future)
        try await replaced(temporary, 5)
        try await temporary.store.tag(.flights, as: "keep", at: .version(Version(3)))
        for number in 5...20 { try await temporary.publish("SELECT \(number) AS a", .flights, run: "r\(number)") }
        let log = try temporary.log(.flights)
        #expect(!log.contains("00000000000000000002.json") && !log.contains("00000000000000000009.json"))
        #expect(log.contains("00000000000000000003.checkpoint.parquet"))
        #expect(try await temporary.difference(.flights, at: Version(3), from: "SELECT 3 AS a") == 0)
        let expired = try await storeError { _ = try await temporary.store.snapshot(of: .flights, at: Version(2)) }
        #expect(expired.code == .expiredVersion)
        #expect(try await temporary.difference(.flights, from: "SELECT 20 AS a") == 0)
        #expect(try temporary.judged("SELECT 20 AS a") == "0 0")
        #expect(try await temporary.store.head(of: .flights)?.record?.run.text == "r20")
    }

    @Test("a restored version's rows, columns and record are live again")
    func restore() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.publish("SELECT range AS a FROM range(3)", .flights, run: "first")
        try await temporary.publish("SELECT 'x' AS b", .flights, run: "second")
        let report = try await temporary.store.restore(.flights, to: .version(Version(0)))
        #expect(report.from.version == Version(1) && report.to.version == Version(0))
        #expect(report.version.version == Version(2) && report.rowsBefore == 1 && report.rowsAfter == 3)
        #expect(try await temporary.difference(.flights, from: "SELECT range AS a FROM range(3)") == 0)
        #expect(try temporary.judged("SELECT range AS a FROM range(3)") == "0 0")
        let head = try #require(try await temporary.store.head(of: .flights))
        #expect(head.record?.run.text == "first" && head.dataVersion == Version(2))
        let again = try await temporary.store.restore(.flights, to: .version(Version(2)))
        #expect(again.version == again.from)
        try await temporary.publish("SELECT 9::BIGINT AS a", .flights, mode: .append)
        #expect(try await temporary.store.snapshot(of: .flights).rowCount == 4)
    }

    @Test("a version whose files a vacuum deleted cannot be restored, and nothing is changed")
    func restoreVacuumed() async throws {
        let temporary = try TemporaryStore(start: Self.future)
        try await replaced(temporary, 3)
        let lost = try #require(try await temporary.livePaths(at: Version(1)).first)
        _ = try await temporary.store.vacuum(.flights, retention: 0, dryRun: false, force: true)
        let error = try await storeError { _ = try await temporary.store.restore(.flights, to: .version(Version(1))) }
        #expect(error.code == .missingFile && error.message.contains("version 1"))
        #expect(error.path?.hasSuffix(lost) == true)
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(2))
        let unknown = try await storeError { _ = try await temporary.store.restore(.flights, to: .version(Version(7))) }
        #expect(unknown.code == .noSuchVersion)
    }

    @Test("a failed step's files go, but not those of a commit that stands")
    func discarding() async throws {
        let temporary = try TemporaryStore()
        try await temporary.publish("SELECT range % 2 AS p, 1 AS a FROM range(4)", .flights, partitionBy: ["p"])
        let live = try temporary.dataFiles()
        _ = try await temporary.stage("SELECT range % 2 AS p, 2 AS a FROM range(4)", .flights, partitionBy: ["p"])
        await temporary.store.discardStaged(of: .flights, prefix: "part-")
        #expect(try temporary.dataFiles() == live)
    }
}
