import Project
import Testing
import Timetable

@Suite("The record of partitions")
struct PartitionRecordTests {
    private func days(_ texts: String...) throws -> PartitionSet {
        try #require(PartitionSet(texts: texts, by: .day))
    }

    private func origin(_ definition: String, raw version: Int) throws -> PartitionRecord.Origin {
        var builder = Fingerprint.Builder()
        builder.add(definition)
        return PartitionRecord.Origin(
            fingerprint: builder.finish(),
            inputs: [try #require(DatasetName("raw")): PinnedVersion(version: Version(version), table: "t")])
    }

    @Test("daily runs, each of its day, stay one entry when the days before are confirmed")
    func coalescing() throws {
        var record: PartitionRecord?
        for day in 0..<365 {
            let partition = PartitionSet(.day, numbers: [19_723 + day...19_723 + day])
            record = PartitionUpdate(
                partitions: partition, origin: try origin("d", raw: day), isWhole: false,
                confirmed: record?.made ?? []
            ).record(after: record)
        }
        let made = try #require(record).made
        #expect(made.count == 1)
        #expect(made[0].partitions.texts == ["2024-01-01..2024-12-30"])
        #expect(made[0].origin == (try origin("d", raw: 364)))
    }

    @Test("without confirmation they are told apart, but never by more than a few origins, and no partition is lost")
    func bounded() throws {
        var record: PartitionRecord?
        for day in 0..<365 {
            let partition = PartitionSet(.day, numbers: [19_723 + day...19_723 + day])
            record = PartitionUpdate(partitions: partition, origin: try origin("d", raw: day), isWhole: false)
                .record(after: record)
        }
        let found = try #require(record)
        #expect(found.made.count == 24)
        #expect(found.partitions.texts == ["2024-01-01..2024-12-30"])
        // Those put together count as made from the oldest version.
        #expect(found.made[0].origin == (try origin("d", raw: 0)))
        #expect(found.made[23].origin == (try origin("d", raw: 364)))
    }

    @Test("a partition that is made again has its new origin alone; what another run made meanwhile stays")
    func merging() throws {
        let first = PartitionUpdate(
            partitions: try days("2024-01-01..2024-01-10"), origin: try origin("a", raw: 1), isWhole: true
        ).record(after: nil)
        let ours = PartitionUpdate(
            partitions: try days("2024-01-03"), origin: try origin("b", raw: 3), isWhole: false,
            confirmed: [.init(partitions: try days("2024-01-01..2024-01-02"), origin: try origin("a", raw: 1))])
        let others = PartitionUpdate(
            partitions: try days("2024-01-11"), origin: try origin("a", raw: 2), isWhole: false
        ).record(after: first)
        let record = ours.record(after: others)
        #expect(record.run.texts == ["2024-01-03"] && !record.isWhole)
        func made(_ origin: PartitionRecord.Origin) -> [String]? {
            record.made.first { $0.origin == origin }?.partitions.texts
        }
        #expect(made(try origin("b", raw: 3)) == ["2024-01-03"])
        #expect(made(try origin("a", raw: 3)) == ["2024-01-01..2024-01-02"])
        #expect(made(try origin("a", raw: 1)) == ["2024-01-04..2024-01-10"])
        #expect(made(try origin("a", raw: 2)) == ["2024-01-11"])
    }
}
