import Testing
import Timetable

@Suite("Partitions by time")
struct PartitionTests {
    @Test(
        "a key is valid in one form only",
        arguments: [
            (PartitionPeriod.hour, "2026-03-04T05", true), (.hour, "2026-03-04T24", false),
            (.hour, "2026-03-04", false),
            (.day, "2026-03-04", true), (.day, "2026-02-29", false), (.day, "2028-02-29", true),
            (.day, "2026-3-4", false), (.day, "0000-01-01", false), (.day, "2026-03-04T05", false), (.day, "", false),
            (.day, "-026-03-04", false), (.week, "2026-03-02", true), (.week, "2026-03-04", false),
            (.month, "2026-03", true), (.month, "2026-13", false), (.month, "2026-03-01", false),
        ])
    func validity(period: PartitionPeriod, key: String, isValid: Bool) {
        #expect(period.isValid(PartitionKey(key)) == isValid)
    }

    @Test(
        "a partition begins, ends, and has neighbours",
        arguments: [
            (PartitionPeriod.hour, "2026-12-31T23", "2026-12-31T23:00:00", "2027-01-01T00:00:00", "2027-01-01T00"),
            (.day, "2028-02-28", "2028-02-28T00:00:00", "2028-02-29T00:00:00", "2028-02-29"),
            (.week, "2026-12-28", "2026-12-28T00:00:00", "2027-01-04T00:00:00", "2027-01-04"),
            (.month, "2026-12", "2026-12-01T00:00:00", "2027-01-01T00:00:00", "2027-01"),
            (.month, "1969-12", "1969-12-01T00:00:00", "1970-01-01T00:00:00", "1970-01"),
        ])
    func bounds(period: PartitionPeriod, key: String, start: String, end: String, next: String) throws {
        let key = PartitionKey(key)
        #expect(period.start(of: key)?.description == start)
        #expect(period.end(of: key)?.description == end)
        #expect(period.next(after: key)?.text == next)
        #expect(period.previous(before: PartitionKey(next)) == key)
        #expect(try period.key(containing: #require(period.start(of: key))) == key)
        #expect(try period.key(containing: #require(period.end(of: key))).text == next)
    }

    @Test("numbers and keys belong together, over twenty centuries", arguments: PartitionPeriod.allCases)
    func numbers(period: PartitionPeriod) throws {
        let first = period.number(containing: CivilTime(try #require(CivilDate(year: 1, month: 1, day: 8))))
        let last = period.number(containing: CivilTime(try #require(CivilDate(year: 2100, month: 1, day: 1))))
        for number in stride(from: first, through: last, by: max(1, (last - first) / 50_000)) {
            let key = period.key(number: number)
            guard period.number(of: key) == number else {
                Issue.record("\(period) \(number) is \(key)")
                return
            }
        }
    }

    @Test("the newest partition that is over")
    func complete() throws {
        func last(_ period: PartitionPeriod, _ time: String) throws -> String {
            try period.lastComplete(at: #require(MomentText.milliseconds(time, in: .utc))).text
        }
        #expect(try last(.hour, "2026-03-04T05:59:59Z") == "2026-03-04T04")
        #expect(try last(.hour, "2026-03-04T06:00Z") == "2026-03-04T05")
        #expect(try last(.day, "2026-03-01T00:00Z") == "2026-02-28")
        #expect(try last(.week, "2026-03-02T00:00Z") == "2026-02-23")
        #expect(try last(.month, "2026-01-31T23:59Z") == "2025-12")
    }

    @Test("keys become as few ranges as hold them")
    func coalescing() throws {
        let keys = ["2026-01-03", "2026-01-01", "2026-01-02", "2026-01-02", "2025-12-31", "2026-02-01", "nonsense"]
        let ranges = PartitionRange.coalescing(keys.map { PartitionKey($0) }, by: .day)
        #expect(ranges.map(\.description) == ["2025-12-31…2026-01-03", "2026-02-01"])
        #expect(ranges.map(\.count) == [4, 1])
        #expect(PartitionRange.coalescing([PartitionKey](), by: .day).isEmpty)
    }

    @Test("a range has keys, and comes in pieces")
    func pieces() throws {
        let range = try #require(
            PartitionRange(.month, first: PartitionKey("2025-11"), last: PartitionKey("2026-03")))
        #expect(range.keys.map(\.text) == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"])
        #expect(range.pieces(of: 2).map(\.description) == ["2025-11…2025-12", "2026-01…2026-02", "2026-03"])
        #expect(range.start.description == "2025-11-01T00:00:00")
        #expect(range.end.description == "2026-04-01T00:00:00")
        #expect(range.contains(PartitionKey("2026-01")))
        #expect(!range.contains(PartitionKey("2026-04")))
        #expect(!range.contains(PartitionKey("2026-01-01")))
        #expect(PartitionRange(.month, first: PartitionKey("2026-02"), last: PartitionKey("2026-01")) == nil)
    }
}
