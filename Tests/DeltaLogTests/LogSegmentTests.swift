import Testing

@testable import DeltaLog

@Suite("Log segments")
struct LogSegmentTests {
    private func commits(_ versions: ClosedRange<Int>) -> [String] { versions.map { LogFile.commit($0).name } }

    @Test("names are read as what they are")
    func names() {
        #expect(LogFile(name: "00000000000000000012.json") == .commit(12))
        #expect(LogFile(name: "00000000000000000010.checkpoint.parquet") == .checkpoint(10))
        #expect(
            LogFile(name: "00000000000000000010.checkpoint.0000000001.0000000003.parquet")
                == .checkpointPart(10, part: 1, of: 3))
        #expect(
            LogFile(name: "00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json")
                == .checkpointV2(10))
        for other in [
            "_last_checkpoint", "00000000000000000010.crc", ".tmp-abc",
            "00000000000000000001.00000000000000000004.compacted.json",
            "0000000000000000001x.json", "99999999999999999999.json", ".00000000000000000010.json.tmp",
        ] {
            #expect(LogFile(name: other) == nil, "\(other)")
        }
    }

    @Test("a version is its newest checkpoint and the commits after it")
    func choice() throws {
        let names = commits(0...25) + [LogFile.checkpoint(10).name, LogFile.checkpoint(20).name, "_last_checkpoint"]
        let newest = try #require(try LogSegment(names: names))
        #expect(newest.version == 25 && newest.checkpoint?.version == 20 && newest.commits == Array(21...25))
        let older = try #require(try LogSegment(names: names, version: 12))
        #expect(older.checkpoint?.version == 10 && older.commits == [11, 12])
        let exact = try #require(try LogSegment(names: names, version: 20))
        #expect(exact.checkpoint?.version == 20 && exact.commits.isEmpty)
        let first = try #require(try LogSegment(names: names, version: 3))
        #expect(first.checkpoint == nil && first.commits == [0, 1, 2, 3])
        #expect(try LogSegment(names: ["_last_checkpoint", ".tmp-1"]) == nil)
    }

    @Test("a checkpoint whose parts are not all there does not count")
    func parts() throws {
        func part(_ number: Int, _ version: Int) -> String { LogFile.checkpointPart(version, part: number, of: 2).name }
        let names = commits(0...12) + [part(1, 5), part(2, 5), part(1, 10)]
        let segment = try #require(try LogSegment(names: names))
        #expect(segment.checkpoint?.files == [part(1, 5), part(2, 5)])
        #expect(segment.commits == Array(6...12))
    }

    @Test("a missing commit is a gap, one that was cleaned up has expired, one to come does not exist")
    func gaps() {
        let gap = commits(0...4) + commits(6...9)
        #expect(throws: DeltaLogError.self) { try LogSegment(names: gap) }
        let error = #expect(throws: DeltaLogError.self) { try LogSegment(names: gap, version: 7) }
        #expect(error?.code == .gap && error?.file == LogFile.commit(5).name)
        #expect(throws: Never.self) { try LogSegment(names: gap, version: 4) }

        let cleaned = commits(10...15) + [LogFile.checkpoint(10).name]
        #expect(#expect(throws: DeltaLogError.self) { try LogSegment(names: cleaned, version: 9) }?.code == .expired)
        #expect(
            #expect(throws: DeltaLogError.self) { try LogSegment(names: cleaned, version: 16) }?.code == .noSuchVersion)
        let headless = commits(3...5)
        #expect(#expect(throws: DeltaLogError.self) { try LogSegment(names: headless) }?.code == .gap)
    }

    @Test("a table that is only in a checkpoint of another kind is refused by its feature")
    func v2() {
        let names = commits(10...11) + ["00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.parquet"]
        #expect(#expect(throws: DeltaLogError.self) { try LogSegment(names: names) }?.features == ["v2Checkpoint"])
    }
}
