import Testing

@testable import DeltaLog

@Suite("Versions by time")
struct LogTimelineTests {
    private func metadata(_ configuration: [String: String] = [:]) -> Metadata {
        Metadata(id: "x", schema: DeltaSchema(["a": .long]), configuration: configuration)
    }

    private func entries(_ times: [Int], from version: Int = 0) -> [LogTimeline.Entry] {
        times.enumerated().map { LogTimeline.Entry(version: version + $0, time: $1) }
    }

    private func none(_ version: Int) -> Int {
        Issue.record("version \(version) need not be read")
        return 0
    }

    @Test("the version at a time is the newest that is not later")
    func files() throws {
        let timeline = LogTimeline(entries([100, 200, 300], from: 5).reversed(), metadata: metadata())
        let expected = [(100, 5), (199, 5), (200, 6), (299, 6), (300, 7), (Int.max, 7)]
        for (time, version) in expected {
            #expect(try timeline.version(at: time, inCommit: none) == version)
        }
        let error = #expect(throws: DeltaLogError.self) { try timeline.version(at: 99, inCommit: none) }
        #expect(error?.code == .expired)
        #expect(
            error?.message
                == "there is no version that old; the first that is left is 5, which was committed at 1970-01-01 00:00:00.100 UTC"
        )
    }

    @Test("times of files that go back are taken to grow")
    func backwards() throws {
        let timeline = LogTimeline(entries([100, 50, 60, 100, 101, 400]), metadata: metadata())
        #expect(timeline.fileTimes.map(\.time) == [100, 101, 102, 103, 104, 400])
        #expect(try timeline.version(at: 103, inCommit: none) == 3)
        #expect(LogTimeline(entries([.max, 0]), metadata: metadata()).fileTimes.map(\.time) == [.max, .max])
    }

    @Test("commits that tell their time are asked, a few of them only")
    func inCommit() throws {
        let enabled = ["delta.enableInCommitTimestamps": "true"]
        let timeline = LogTimeline(entries([Int](repeating: 0, count: 10_000)), metadata: metadata(enabled))
        for (time, version) in [(10, 0), (19, 0), (20, 1), (99_999, 9_998), (100_000, 9_999), (.max, 9_999)] {
            var reads = 0
            let found = try timeline.version(at: time) { version in
                reads += 1
                return (version + 1) * 10
            }
            #expect(found == version && reads <= 15)
        }
        let error = #expect(throws: DeltaLogError.self) { try timeline.version(at: 9) { ($0 + 1) * 10 } }
        #expect(error?.message.contains("the first that is left is 0") == true)
    }

    @Test("before in-commit timestamps were enabled the files tell the time")
    func enabledLater() throws {
        let configuration = [
            "delta.enableInCommitTimestamps": "true", "delta.inCommitTimestampEnablementVersion": "3",
            "delta.inCommitTimestampEnablementTimestamp": "1000",
        ]
        // The files' times of the later versions are those of a copy.
        let timeline = LogTimeline(entries([100, 200, 300, 9_000, 9_000]), metadata: metadata(configuration))
        let times = [3: 1_000, 4: 1_100]
        func version(at time: Int) throws -> Int { try timeline.version(at: time) { times[$0] ?? 0 } }
        #expect(try version(at: 250) == 1)
        #expect(try version(at: 999) == 2)
        #expect(try version(at: 1_000) == 3)
        #expect(try version(at: 1_099) == 3)
        #expect(try version(at: 5_000) == 4)
        // When all that is older is gone.
        let rest = LogTimeline(entries([9_000, 9_000], from: 3), metadata: metadata(configuration))
        #expect(throws: DeltaLogError.self) { try rest.version(at: 250) { times[$0] ?? 0 } }
    }

    @Test("a log without commits has no version at any time")
    func empty() {
        #expect(throws: DeltaLogError.self) {
            try LogTimeline([LogTimeline.Entry](), metadata: metadata()).version(at: 5, inCommit: none)
        }
    }
}
