import Foundation
import Testing
import Timetable

@Suite("Sets of partitions")
struct PartitionSetTests {
    private func days(_ texts: String...) throws -> PartitionSet {
        try #require(PartitionSet(texts: texts, by: .day))
    }

    @Test("neighbours become one range, and come back as they were written")
    func coalescing() throws {
        let set = try days("2024-01-03", "2024-01-01", "2024-01-02..2024-01-02", "2024-02-01..2024-02-03")
        #expect(set.texts == ["2024-01-01..2024-01-03", "2024-02-01..2024-02-03"])
        #expect(set.count == 6)
        #expect(set.description == "6 partitions 2024-01-01…2024-01-03, 2024-02-01…2024-02-03")
        #expect(try days("2024-01-01").description == "partition 2024-01-01")
        #expect(PartitionSet(texts: ["2024-01-02..2024-01-01"], by: .day) == nil)
        #expect(PartitionSet(texts: ["2024-01"], by: .day) == nil)
        #expect(PartitionSet(texts: ["2024-01-02"], by: .week) == nil)
    }

    @Test("what two sets have together, in common and apart agrees with sets of single partitions")
    func operations() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            func random() -> (PartitionSet, Set<Int>) {
                let numbers = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    Int.random(in: 0...30, using: &generator)
                }
                return (PartitionSet(.hour, numbers: numbers.map { $0...$0 }), Set(numbers))
            }
            func numbers(_ set: PartitionSet) -> Set<Int> { Set(set.ranges.flatMap { Array($0.numbers) }) }
            let ((a, first), (b, second)) = (random(), random())
            #expect(numbers(a.union(b)) == first.union(second))
            #expect(numbers(a.intersection(b)) == first.intersection(second))
            #expect(numbers(a.subtracting(b)) == first.subtracting(second))
            #expect(a.isSubset(of: b) == first.isSubset(of: second))
            #expect(a.isDisjoint(with: b) == first.isDisjoint(with: second))
            #expect(a.count == first.count)
        }
    }

    @Test("members of a list, and sets that are not alike")
    func lists() throws {
        let set = PartitionSet(values: ["fr", "de", "fr"])
        #expect(set.texts == ["de", "fr"] && set.count == 2)
        #expect(set.contains(PartitionKey("de")) && !set.contains(PartitionKey("es")))
        #expect(set.subtracting(PartitionSet(values: ["de"])).values == ["fr"])
        let day = try days("2024-01-01")
        #expect(day.intersection(set).isEmpty && day.subtracting(set) == day && !day.isLike(set))
    }

    @Test("the days of some hours, and the hours, weeks and months of some days")
    func otherPeriods() throws {
        let hours = try #require(PartitionSet(texts: ["2024-01-31T23..2024-02-01T00", "2024-02-05T07"], by: .hour))
        #expect(hours.covering(.day)?.texts == ["2024-01-31..2024-02-01", "2024-02-05"])
        #expect(hours.covering(.week)?.texts == ["2024-01-29..2024-02-05"])
        #expect(hours.covering(.hour) == hours)
        let day = try days("2024-02-29")
        #expect(day.covering(.hour)?.texts == ["2024-02-29T00..2024-02-29T23"])
        #expect(day.covering(.month)?.texts == ["2024-02"])
        #expect(day.covering(nil) == nil && PartitionSet(values: ["a"]).covering(.day) == nil)
    }

    @Test("a hundred thousand hours are one range, quick to work with and short to write")
    func size() throws {
        let hours = try #require(PartitionSet(texts: ["2012-01-01T00..2023-05-29T15"], by: .hour))
        #expect(hours.count == 100_000)
        let half = try #require(PartitionSet(texts: ["2012-01-01T00..2018-01-01T00"], by: .hour))
        #expect(hours.subtracting(half).union(half) == hours)
        let bytes = try JSONEncoder().encode(hours)
        #expect(bytes.count < 80)
        #expect(try JSONDecoder().decode(PartitionSet.self, from: bytes) == hours)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PartitionSet.self, from: Data(#"{"by":"day","keys":["no"]}"#.utf8))
        }
    }
}
