import DeltaLog
import DuckDB
import Foundation
import Project
import Testing
import Timetable

@testable import Store

@Suite("Publishing partitions")
struct PartitionTests {
    private static func days(_ texts: String...) throws -> PartitionSet {
        try #require(PartitionSet(texts: texts, by: .day))
    }

    private static let columns = "SELECT DATE '2024-01-01' + (range % 5)::INTEGER AS day, range AS v"

    /// Rows of the days 2024-01-01 to 2024-01-05, as one file for each day.
    private func publish(
        _ temporary: TemporaryStore, _ days: PartitionSet, run: String, times factor: Int = 1,
        based base: PinnedVersion?? = nil, isWhole: Bool = false, tagged: Bool = true
    ) async throws -> PinnedVersion {
        var files: [StagedFile] = []
        let sql = "\(Self.columns) * \(factor) AS v FROM range(50)".replacing("range AS v * ", with: "range * ")
        let condition = try #require(PartitionCondition(column: "day", type: "DATE", period: .day))
        for range in days.ranges {
            for key in range.keys {
                let one = try #require(PartitionSet(texts: [key.text], by: .day))
                let staged = try await temporary.stage(
                    "SELECT * FROM (\(sql)) WHERE \(condition.isIn(one))", .flights)
                files += staged.filter { $0.rows > 0 }.map {
                    var file = $0
                    if tagged { file.partition = key.text }
                    return file
                }
            }
        }
        let live = try await temporary.store.head(of: .flights)?.pinned
        var record = temporary.record(run)
        record.inputs = [:]
        return try await temporary.store.publish(
            Publication(
                name: .flights, mode: isWhole ? .replace : .partitions(PartitionReplacement(days, by: "day")),
                columns: try temporary.columns(of: sql), files: files, record: record, basedOn: base ?? live,
                partitionUpdate: PartitionUpdate(
                    partitions: days, origin: .init(fingerprint: record.fingerprint), isWhole: isWhole)))
    }

    private func made(_ temporary: TemporaryStore) async throws -> [String] {
        try #require(try await temporary.store.head(of: .flights)?.record?.partitions).partitions.texts
    }

    private let all = "SELECT DATE '2024-01-01' + (range % 5)::INTEGER AS day, range AS v FROM range(50)"

    @Test("a partition takes the place of its own rows; the files of others stay, by name")
    func replacing() async throws {
        let temporary = try TemporaryStore(named: plainName)
        _ = try await publish(temporary, try Self.days("2024-01-01..2024-01-05"), run: "r1", isWhole: true)
        let before = try await temporary.livePaths()
        #expect(before.count == 5)
        _ = try await publish(temporary, try Self.days("2024-01-02"), run: "r2", times: 10)
        let after = try await temporary.livePaths()
        #expect(after.count == 5 && after.intersection(before).count == 4)
        let expected =
            "SELECT day, CASE WHEN day = DATE '2024-01-02' THEN v * 10 ELSE v END AS v FROM (\(all))"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
        #expect(try await made(temporary) == ["2024-01-01..2024-01-05"])
        let info = try await temporary.store.commit(1, of: TableFolder(.flights, in: temporary.store.objects)).info
        #expect(info?["operation"]?.text == "WRITE")
        #expect(
            info?["operationParameters"]?.object?["predicate"]?.text
                == "(\"day\" >= DATE '2024-01-02' AND \"day\" < DATE '2024-01-03')")
    }

    @Test("rows of files that say no partition, as other tools write them, are taken out one by one")
    func untagged() async throws {
        let temporary = try TemporaryStore(named: plainName)
        try await temporary.publish(all, .flights)
        let before = try await temporary.livePaths()
        _ = try await publish(temporary, try Self.days("2024-01-02", "2024-01-04..2024-01-05"), run: "r2", times: 10)
        #expect(try await temporary.livePaths().isDisjoint(with: before))
        let expected =
            "SELECT day, CASE WHEN day IN ('2024-01-02', '2024-01-04', '2024-01-05') THEN v * 10 ELSE v END AS v "
            + "FROM (\(all))"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
    }

    @Test("a file of several partitions loses those that are replaced, and stays a file of its range")
    func ranges() async throws {
        let temporary = try TemporaryStore()
        let days = try Self.days("2024-01-01..2024-01-05")
        var files = try await temporary.stage(all, .flights)
        for index in files.indices { files[index].partition = "2024-01-01..2024-01-05" }
        let record = temporary.record()
        _ = try await temporary.store.publish(
            Publication(
                name: .flights, mode: .partitions(PartitionReplacement(days, by: "day")),
                columns: try temporary.columns(of: all), files: files, record: record, basedOn: nil,
                partitionUpdate: PartitionUpdate(
                    partitions: days, origin: .init(fingerprint: record.fingerprint), isWhole: false)))
        for day in 1...5 {
            _ = try await publish(temporary, try Self.days("2024-01-0\(day)"), run: "d\(day)", times: 10)
            let expected =
                "SELECT day, CASE WHEN day <= DATE '2024-01-0\(day)' THEN v * 10 ELSE v END AS v FROM (\(all))"
            #expect(try await temporary.difference(.flights, from: expected) == 0)
        }
        let tags = try await temporary.store.snapshot(of: .flights).files.map { $0.tags["millrace.partition"] ?? nil }
        #expect(tags.compactMap { $0 }.sorted() == (1...5).map { "2024-01-0\($0)" })
    }

    @Test("of two runs of different partitions both succeed; of the same one the second is told what happened")
    func conflicts() async throws {
        let temporary = try TemporaryStore()
        let base = try await publish(temporary, try Self.days("2024-01-01..2024-01-05"), run: "r1", isWhole: true)
        _ = try await publish(temporary, try Self.days("2024-01-01"), run: "a", times: 10, based: base)
        _ = try await publish(temporary, try Self.days("2024-01-02"), run: "b", times: 10, based: base)
        let error = try await storeError {
            _ = try await publish(
                temporary, try Self.days("2024-01-02..2024-01-03"), run: "c", times: 100, based: base)
        }
        #expect(error.code == .conflict)
        #expect(error.message.contains("another run made partition 2024-01-02 meanwhile, as version 2"))
        let expected =
            "SELECT day, CASE WHEN day <= DATE '2024-01-02' THEN v * 10 ELSE v END AS v FROM (\(all))"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        // A run of everything does not overlook them, either.
        let whole = try await storeError {
            _ = try await publish(
                temporary, try Self.days("2024-01-01..2024-01-05"), run: "d", based: base, isWhole: true)
        }
        #expect(whole.code == .conflict)
    }

    @Test("runs that make a table at the same time, each a partition of its own, all succeed")
    func atOnce() async throws {
        let temporary = try TemporaryStore()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for day in 1...5 {
                group.addTask {
                    _ = try await publish(
                        temporary, try Self.days("2024-01-0\(day)"), run: "d\(day)", based: .some(nil))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await temporary.difference(.flights, from: all) == 0)
        #expect(try await made(temporary) == ["2024-01-01..2024-01-05"])
        #expect(try await temporary.store.head(of: .flights)?.pinned.version == Version(4))
    }

    @Test("optimizing and deleting keep partitions apart, and their files say so")
    func upkeep() async throws {
        let temporary = try TemporaryStore(named: plainName)
        for run in 0..<3 {
            var files = try await temporary.stage("\(all) WHERE range % 5 < 3 AND range % 3 = \(run)", .flights)
            files = []
            for day in 1...3 {
                let key = "2024-01-0\(day)"
                var staged = try await temporary.stage(
                    "SELECT * FROM (\(all)) WHERE day = DATE '\(key)' AND v % 3 = \(run)", .flights)
                for index in staged.indices { staged[index].partition = key }
                files += staged
            }
            let base = try await temporary.store.head(of: .flights)?.pinned
            _ = try await temporary.store.publish(
                Publication(
                    name: .flights, mode: .append, columns: try temporary.columns(of: all), files: files,
                    record: temporary.record("r\(run)"), basedOn: base))
        }
        func tags() async throws -> [String] {
            try await temporary.store.snapshot(of: .flights).files.map { ($0.tags["millrace.partition"] ?? nil) ?? "?" }
                .sorted()
        }
        #expect(try await tags().count == 9)
        _ = try await temporary.store.optimize(.flights, OptimizeRequest())
        #expect(try await tags() == ["2024-01-01", "2024-01-02", "2024-01-03"])
        _ = try await temporary.store.delete(from: .flights, where: "v % 2 = 0", dryRun: false)
        #expect(try await tags() == ["2024-01-01", "2024-01-02", "2024-01-03"])
        _ = try await temporary.store.optimize(.flights, OptimizeRequest(order: .sort(["v"])))
        #expect(try await tags() == ["2024-01-01", "2024-01-02", "2024-01-03"])
        let expected = "SELECT * FROM (\(all)) WHERE day <= DATE '2024-01-03' AND v % 2 = 1"
        #expect(try await temporary.difference(.flights, from: expected) == 0)
        #expect(try temporary.judged(expected) == "0 0")
    }

    @Test("what a commit says of partitions: its own, those of added rows by their statistics, or all")
    func changes() async throws {
        let temporary = try TemporaryStore()
        let some = try Self.days("2024-01-01")
        let first = try await temporary.publish(all, .flights)
        let second = try await temporary.publish(
            "SELECT * FROM (\(all)) WHERE day BETWEEN '2024-01-02' AND '2024-01-03'", .flights, mode: .append)
        func changed(_ since: PinnedVersion, _ through: PinnedVersion) async throws -> PartitionChange {
            try await temporary.store.changedPartitions(
                of: .flights, since: since, through: through, by: "DAY", like: some)
        }
        #expect(try await changed(first, second) == .some(try Self.days("2024-01-02..2024-01-03")))
        #expect(try await changed(second, second) == .some(try Self.days("2024-01-01").subtracting(some)))
        let third = try await publish(temporary, try Self.days("2024-01-05"), run: "r3")
        #expect(try await changed(second, third) == .some(try Self.days("2024-01-05")))
        #expect(try await changed(first, third) == .some(try Self.days("2024-01-02..2024-01-03", "2024-01-05")))
        let optimized = try #require(try await temporary.store.optimize(.flights, OptimizeRequest()).version)
        #expect(try await changed(third, optimized) == .some(PartitionSet(emptyLike: some)))
        let fifth = try await temporary.publish(all, .flights)
        #expect(try await changed(optimized, fifth) == .all)
    }

    @Test("partitions by hour, week and month, of dates, timestamps and instants, hold exactly their rows")
    func conditions() throws {
        let temporary = try TemporaryStore()
        let rows = "SELECT TIMESTAMP '2023-12-30 00:00:00' + to_minutes(range * 17) AS t FROM range(9000)"
        for (type, periods) in [
            ("TIMESTAMP", PartitionPeriod.allCases), ("TIMESTAMP WITH TIME ZONE", PartitionPeriod.allCases),
            ("DATE", [.day, .week, .month]),
        ] {
            for period in periods {
                let condition = try #require(PartitionCondition(column: "t", type: type, period: period))
                let first = period.number(containing: CivilTime(CivilDate(days: 19_722)))
                let set = PartitionSet(period, numbers: [first...(first + 1), (first + 3)...(first + 3)])
                let found = try temporary.database.withConnection { connection in
                    try connection.execute("SET TimeZone = 'America/New_York'")
                    let cast = type == "TIMESTAMP WITH TIME ZONE" ? "(t || '+00')::TIMESTAMPTZ" : "t::\(type)"
                    return try connection.query(
                        """
                        SELECT strftime(u, '%Y-%m-%dT%H') AS hour, \(condition.group(.init(rawValue: period.rawValue) ?? .day)) AS g,
                          \(condition.isIn(set)) AS is_in
                        FROM (SELECT t AS u, \(cast) AS t FROM (\(rows)))
                        """
                    ).map { ($0["hour"].text ?? "", $0["g"].text ?? "", $0["is_in"].bool ?? false) }
                }
                #expect(found.count == 9000)
                for (hour, group, isIn) in found {
                    let time = try #require(PartitionPeriod.hour.start(of: PartitionKey(hour)))
                    let key = period.key(containing: type == "DATE" ? CivilTime(time.date) : time)
                    #expect(group == key.text)
                    #expect(isIn == set.contains(key))
                }
            }
        }
        #expect(PartitionCondition(column: "t", type: "DATE", period: .hour) == nil)
        #expect(PartitionCondition(column: "t", type: "VARCHAR", period: .day) == nil)
    }

    @Test("many partitions share files by day, month or year of their beginning")
    func levels() throws {
        let hours = try #require(PartitionSet(texts: ["2012-01-01T00..2023-05-29T15"], by: .hour))
        #expect(PartitionCondition.level(of: hours, groups: 1_000) == .month)
        #expect(PartitionCondition.level(of: hours, groups: 10_000) == .day)
        #expect(PartitionCondition.level(of: hours, groups: 200_000) == .hour)
        let part = PartitionCondition.partitions(in: "2023-05", at: .month, among: hours)
        #expect(part?.texts == ["2023-05-01T00..2023-05-29T15"])
        let weeks = try #require(PartitionSet(texts: ["2023-12-25..2024-02-05"], by: .week))
        let january = PartitionCondition.partitions(in: "2024-01", at: .month, among: weeks)
        #expect(january?.texts == ["2024-01-01..2024-01-29"])
        #expect(PartitionCondition.partitions(in: "2023", at: .year, among: weeks)?.texts == ["2023-12-25"])
    }
}
