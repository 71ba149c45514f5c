import Testing

@testable import DeltaLog

@Suite("Log segments")
struct LogSegmentTests {
    private let uuid = "80a083e8-7026-4e79-81be-64bd76c43a11"

    private func commits(_ versions: ClosedRange<Int>) -> [String] { versions.map { LogFile.commit($0).name } }

    private func pieces(_ versions: ClosedRange<Int>) -> [LogSegment.Piece] { versions.map { .commit($0) } }

    @Test("names are read as what they are, and written again")
    func names() {
        let files: [(String, LogFile)] = [
            ("00000000000000000012.json", .commit(12)),
            ("00000000000000000012.crc", .checksum(12)),
            ("00000000000000000010.checkpoint.parquet", .checkpoint(10)),
            (
                "00000000000000000010.checkpoint.0000000001.0000000003.parquet",
                .checkpointPart(10, part: 1, of: 3)
            ),
            ("00000000000000000010.checkpoint.\(uuid).json", .checkpointV2(10, uuid: uuid, json: true)),
            ("00000000000000000010.checkpoint.\(uuid).parquet", .checkpointV2(10, uuid: uuid, json: false)),
            ("00000000000000000001.00000000000000000004.compacted.json", .compacted(1, 4)),
        ]
        for (name, file) in files {
            #expect(LogFile(name: name) == file)
            #expect(file.name == name)
        }
    }

    @Test(
        "other names mean nothing",
        arguments: [
            "_last_checkpoint", "00000000000000000010.tmp", ".tmp-abc", "0000000000000000001x.json",
            "99999999999999999999.json", ".00000000000000000010.json.tmp", "00000000000000000010.checkpoint",
            "00000000000000000010.checkpoint..parquet", "00000000000000000010.checkpoint.x.json", "",
            "00000000000000000010.checkpoint.0000000004.0000000003.parquet",
            "00000000000000000010.checkpoint.0000000000.0000000003.parquet",
            "00000000000000000004.00000000000000000004.compacted.json",
            "00000000000000000004.00000000000000000001.compacted.json", "_sidecars", "00000000000000000010.json.crc",
        ])
    func otherNames(name: String) { #expect(LogFile(name: name) == nil) }

    @Test("a version is its newest checkpoint and the commits after it")
    func choice() throws {
        let names = commits(0...25) + [LogFile.checkpoint(10).name, LogFile.checkpoint(20).name, "_last_checkpoint"]
        let newest = try #require(try LogSegment(names: names))
        #expect(newest.version == 25 && newest.checkpoint?.version == 20 && newest.commits == pieces(21...25))
        let older = try #require(try LogSegment(names: names, version: 12))
        #expect(older.checkpoint?.version == 10 && older.commits == pieces(11...12))
        let exact = try #require(try LogSegment(names: names, version: 20))
        #expect(exact.checkpoint?.version == 20 && exact.commits.isEmpty)
        let first = try #require(try LogSegment(names: names, version: 3))
        #expect(first.checkpoint == nil && first.commits == pieces(0...3))
        #expect(try LogSegment(names: ["_last_checkpoint", ".tmp-1"]) == nil)
    }

    @Test("a checkpoint whose parts are not all there does not count")
    func parts() throws {
        func part(_ number: Int, _ version: Int) -> String { LogFile.checkpointPart(version, part: number, of: 2).name }
        let names = commits(0...12) + [part(1, 5), part(2, 5), part(1, 10)]
        let segment = try #require(try LogSegment(names: names))
        #expect(segment.checkpoint?.files == [part(1, 5), part(2, 5)])
        #expect(segment.commits == pieces(6...12))
    }

    @Test("checkpoints that may have sidecars are told by their kind and read under their own names")
    func v2() throws {
        let parquet = LogFile.checkpointV2(10, uuid: uuid, json: false).name
        let json = LogFile.checkpointV2(20, uuid: uuid, json: true).name
        let names = commits(10...21) + [parquet, json]
        let newest = try #require(try LogSegment(names: names))
        #expect(newest.checkpoint == .init(version: 20, kind: .v2(json: true), files: [json]))
        let older = try #require(try LogSegment(names: names, version: 15))
        #expect(older.checkpoint == .init(version: 10, kind: .v2(json: false), files: [parquet]))
        // Of two for one version, the one without sidecars.
        let both = try #require(try LogSegment(names: names + [LogFile.checkpoint(20).name]))
        #expect(both.checkpoint?.kind == .classic)
    }

    @Test("a damaged checkpoint is avoided: by another of its version, an older one, or none")
    func avoiding() throws {
        let v2 = LogFile.checkpointV2(20, uuid: uuid, json: true).name
        let classic = [LogFile.checkpoint(10).name, LogFile.checkpoint(20).name]
        let names = commits(0...21) + classic + [v2]
        var avoided: Set<String> = [classic[1]]
        #expect(try #require(try LogSegment(names: names, avoiding: avoided)).checkpoint?.files == [v2])
        avoided.insert(v2)
        let older = try #require(try LogSegment(names: names, avoiding: avoided))
        #expect(older.checkpoint?.version == 10 && older.commits == pieces(11...21))
        avoided.insert(classic[0])
        #expect(try #require(try LogSegment(names: names, avoiding: avoided)).commits == pieces(0...21))
        // The newest version is still the newest if only its checkpoint, a damaged one, is left of it.
        let headless = commits(0...19) + [classic[1]]
        let error = #expect(throws: DeltaLogError.self) { try LogSegment(names: headless, avoiding: [classic[1]]) }
        #expect(error?.code == .gap && error?.file == LogFile.commit(20).name)
    }

    @Test("compacted files stand for commits, the longest first, never beyond the version or across the checkpoint")
    func compacted() throws {
        let compactions = [(0, 4), (0, 9), (5, 9), (10, 14), (12, 14), (10, 30)].map {
            LogFile.compacted($0.0, $0.1).name
        }
        let names = commits(0...20) + compactions
        #expect(
            try #require(try LogSegment(names: names)).commits == [.compacted(0, 9), .compacted(10, 14)]
                + pieces(15...20))
        #expect(
            try #require(try LogSegment(names: names, version: 8)).commits == [.compacted(0, 4)] + pieces(5...8))
        let withCheckpoint = try #require(try LogSegment(names: names + [LogFile.checkpoint(11).name]))
        #expect(withCheckpoint.commits == [.compacted(12, 14)] + pieces(15...20))
        let avoiding = try #require(try LogSegment(names: names, avoiding: [LogFile.compacted(0, 9).name]))
        #expect(avoiding.commits.prefix(2) == [.compacted(0, 4), .compacted(5, 9)])
        // They also stand for commits that are gone.
        let sparse = [compactions[1]] + commits(10...11)
        #expect(try #require(try LogSegment(names: sparse)).commits == [.compacted(0, 9)] + pieces(10...11))
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

    @Test("the newest of a hundred thousand commits is found without trying them one by one")
    func long() throws {
        let names = commits(0...99_999) + stride(from: 10, to: 100_000, by: 10).map { LogFile.checkpoint($0).name }
        let segment = try #require(try LogSegment(names: names))
        #expect(segment.checkpoint?.version == 99_990 && segment.commits.count == 9)
    }

    @Test("whatever the names, a segment has no gap, or the reason is told")
    func randomNames() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var names: [String] = []
            for version in 0...12 {
                if Int.random(in: 0..<8, using: &random) > 0 { names.append(LogFile.commit(version).name) }
                if Int.random(in: 0..<6, using: &random) == 0 { names.append(LogFile.checkpoint(version).name) }
                if Int.random(in: 0..<6, using: &random) == 0 {
                    names.append(LogFile.checkpointV2(version, uuid: uuid, json: true).name)
                }
                if Int.random(in: 0..<6, using: &random) == 0 {
                    names.append(LogFile.compacted(version, version + Int.random(in: 1...4, using: &random)).name)
                }
            }
            names.shuffle(using: &random)
            guard let segment = try? LogSegment(names: names, version: Int.random(in: 0...12, using: &random)) else {
                continue
            }
            var next = (segment.checkpoint?.version ?? -1) + 1
            for piece in segment.commits {
                switch piece {
                case .commit(let version): #expect(version == next)
                case .compacted(let first, _): #expect(first == next)
                }
                #expect(names.contains(piece.name))
                next = piece.version + 1
            }
            #expect(next == segment.version + 1)
        }
    }
}
