import Testing

@testable import DeltaLog

@Suite("Cleaning up logs")
struct LogCleanupTests {
    private static let day = 24 * 3_600_000
    /// Noon of the 100th day.
    private let now = 100 * day + day / 2
    private let uuid = "80a083e8-7026-4e79-81be-64bd76c43a11"

    /// One commit a day, up to the 99th, with a checkpoint every ten.
    private func log(checkpoints: [Int] = Array(stride(from: 10, to: 100, by: 10))) -> [LogCleanup.File] {
        (0..<100).map { .init(name: LogFile.commit($0).name, modified: $0 * Self.day) }
            + checkpoints.map { .init(name: LogFile.checkpoint($0).name, modified: $0 * Self.day + 1) }
            + [.init(name: "_last_checkpoint", modified: 0), .init(name: ".tmp-1", modified: 0)]
    }

    private func cleanup(
        _ files: [LogCleanup.File], days: Int = 30, keeping: Set<Int> = []
    ) -> LogCleanup {
        LogCleanup(files, now: now, retention: days * Self.day, keeping: keeping)
    }

    /// The versions that can still be read after the names are gone.
    private func readable(_ files: [LogCleanup.File], without names: some Sequence<String>) -> Set<Int> {
        let gone = Set(names)
        let left = files.map(\.name).filter { !gone.contains($0) }
        return Set((0..<100).filter { (try? LogSegment(names: left, version: $0)) != nil })
    }

    @Test("what is older than the retention goes, but for what the rest is built on")
    func retention() {
        let files = log()
        let cleanup = cleanup(files)
        // Versions before day 70 have expired; those from the checkpoint of version 60 on are built on it.
        #expect(cleanup.firstVersion == 60)
        #expect(cleanup.names.count == 60 + 5)
        #expect(cleanup.names.first == LogFile.commit(0).name && cleanup.names.last == LogFile.commit(59).name)
        #expect(readable(files, without: cleanup.names) == Set(60..<100))
    }

    @Test("a clean-up that is interrupted anywhere leaves every kept version readable")
    func interrupted() {
        let files = log()
        let names = cleanup(files).names
        for count in stride(from: 0, through: names.count, by: 7) {
            #expect(readable(files, without: names.prefix(count)).isSuperset(of: 60..<100))
        }
    }

    @Test("nothing goes without a checkpoint, or while everything is young")
    func nothing() {
        #expect(cleanup(log(checkpoints: [])).names.isEmpty)
        #expect(cleanup(log(checkpoints: [90])).names.isEmpty)
        #expect(cleanup(log(), days: 1_000).names.isEmpty)
        #expect(cleanup([]).names.isEmpty)
        #expect(LogCleanup(log(), now: now, retention: .max).names.isEmpty)
        #expect(LogCleanup(log(), now: .min, retention: 1).names.isEmpty)
    }

    @Test("a tagged version stays readable whatever its age")
    func tagged() {
        let files = log() + [.init(name: LogFile.checkpoint(33).name, modified: 0)]
        let cleanup = cleanup(files, keeping: [33, 47, 99, 3])
        let left = readable(files, without: cleanup.names)
        #expect(left.isSuperset(of: [33, 47, 3]) && left.isSuperset(of: 60..<100))
        // The first is in a checkpoint of its own, the second needs the commits since one, the third all from the start.
        let gone = Set(cleanup.names)
        #expect(gone.contains(LogFile.commit(32).name) && gone.contains(LogFile.commit(34).name))
        #expect(gone.contains(LogFile.commit(4).name) && !gone.contains(LogFile.commit(2).name))
        #expect((40...47).allSatisfy { !gone.contains(LogFile.commit($0).name) })
    }

    @Test("checksums, compacted files and checkpoints of all kinds go with their versions")
    func kinds() {
        let old = [
            LogFile.checksum(5), .compacted(2, 4), .checkpointV2(8, uuid: uuid, json: true),
            .checkpointPart(9, part: 1, of: 2),
        ]
        let kept = [LogFile.checksum(60), .compacted(58, 62), .compacted(70, 80)]
        let names = cleanup(log() + (old + kept).map { .init(name: $0.name, modified: 0) }).names
        #expect(old.allSatisfy { names.contains($0.name) })
        #expect(kept.allSatisfy { !names.contains($0.name) })
    }

    @Test("clocks that went back do not let a young version expire")
    func backwards() {
        var files = log()
        // Version 50 looks young, so that the versions after it are no older.
        files[50].modified = 95 * Self.day
        #expect(cleanup(files).firstVersion == 40)
    }

    @Test("sidecars go when no checkpoint names them and nobody can be writing them any more")
    func sidecars() {
        let files: [LogCleanup.File] = [
            .init(name: "_sidecars/a.parquet", modified: 0), .init(name: "_sidecars/b.parquet", modified: 0),
            .init(name: "_sidecars/c.parquet", modified: now - Self.day / 2),
        ]
        #expect(LogCleanup.sidecars(files, now: now, named: ["b.parquet"]) == ["_sidecars/a.parquet"])
        #expect(cleanup(log() + files).concernsSidecars && !cleanup(log()).concernsSidecars)
    }

    @Test("the table's properties decide how long and whether")
    func properties() {
        var metadata = Metadata(id: "x", schema: DeltaSchema(["a": .long]))
        #expect(metadata.logRetention == 30 * Self.day && metadata.cleansUpLog)
        metadata.configuration = [
            "delta.logRetentionDuration": "interval 2 days", "delta.enableExpiredLogCleanup": "false",
        ]
        #expect(metadata.logRetention == 2 * Self.day && !metadata.cleansUpLog)
    }
}
