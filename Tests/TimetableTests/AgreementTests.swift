import Foundation
import Testing
import Timetable

@Suite("Schedules agree with Python's", .enabled(if: Judge.isInstalled))
struct AgreementTests {
    private static let expressions = [
        "* * * * *", "*/15 * * * *", "7 * * * *", "0 * * * *", "30 0-23 * * *", "0 0 * * *", "30 0 * * *", "15 1 * * *",
        "0 2 * * *", "30 2 * * *", "59 1 * * *", "0 3 * * *", "*/20 2 * * *", "*/30 1-4 * * *", "10,50 0,2,3 * * *",
        "0 */2 * * *", "5 */6 * * *", "0 8-18/2 * * MON-FRI", "0 0 1 * *", "0 12 31 * *", "30 2 L * *",
        "0 0 L FEB *", "0 6 15,L * *", "0 0 29 2 *", "0 2 * 3,10 SUN", "0 2 * * 0", "0 2 * * 7", "0 9 * * MON#2",
        "0 2 * * SUNL", "0 9 * * 5L", "0 3 13 * FRI", "15 2 1-7 * SUN", "30 1 * * MON,WED,FRI", "0 0 1 1 *",
        "0 22 * JAN-MAR SAT", "5/20 4 * * *",
    ]

    /// Zones in both halves of the world: clocks change by an hour at night, by half an hour, at midnight, for a month
    /// of fasting, and never.
    private static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kolkata",
        "Africa/Casablanca", "UTC",
    ]

    @Test("over a year, minute by minute, daylight saving included", arguments: zones)
    func year(zone name: String) throws {
        let zone = try #require(ZoneDatabase.ofThisMachine.zone(name))
        let first = try #require(MomentText.milliseconds("2026-01-01T00:00Z", in: .utc))
        let end = try #require(MomentText.milliseconds("2027-01-01T00:00Z", in: .utc))
        let lines = try Self.expressions.map { text in
            let minutes = Self.minutes(try CronExpression(text: text), zone, from: first, to: end)
            return "\(name)|2026|\(text)|" + minutes.map(String.init).joined(separator: " ")
        }
        let verdict = try Judge.ask("schedules.py", lines)
        #expect(verdict.hasPrefix("\(Self.expressions.count) schedules, "), "\(verdict)")
    }

    @Test("also where a whole day is left out")
    func leftOutDay() throws {
        // Samoa went over the date line: 30 December 2011 never was.
        let zone = try #require(ZoneDatabase.ofThisMachine.zone("Pacific/Apia"))
        let noon = try CronExpression(text: "0 12 * * *")
        let before = try #require(MomentText.milliseconds("2011-12-29T12:00", in: zone))
        let change = try #require(noon.next(after: before, in: zone))
        #expect(MomentText.text(change, in: zone) == "2011-12-31T00:00+14:00")
        #expect(noon.remark(at: change, in: zone) == "clocks are put forward: there is no 12:00")
        let next = try #require(noon.next(after: change, in: zone))
        #expect(MomentText.text(next, in: zone) == "2011-12-31T12:00+14:00")
    }

    @Test("the offsets of all zones, from 1900 to 2100")
    func offsets() throws {
        let first = -2_208_988_800
        let end = 4_102_444_800
        var lines: [String] = []
        for name in ZoneDatabase.ofThisMachine.names() where name != "Factory" {
            let zone = try #require(ZoneDatabase.ofThisMachine.zone(name))
            var at = first
            while at < end {
                let stretch = zone.stretch(at: at)
                #expect(stretch.start <= at && at < stretch.end)
                lines.append("\(name)|\(max(stretch.start, first))|\(min(stretch.end, end))|\(stretch.offset)")
                at = stretch.end
            }
        }
        let verdict = try Judge.ask("zones.py", lines)
        #expect(verdict.contains(" \(lines.count) stretches"), "\(verdict)")
    }

    private static func minutes(_ cron: CronExpression, _ zone: ZoneRules, from first: Int, to end: Int) -> [Int] {
        var minutes: [Int] = []
        var moment = first - 1
        while let next = cron.next(after: moment, in: zone), next < end {
            minutes.append(next / 60_000)
            moment = next
        }
        return minutes
    }
}
