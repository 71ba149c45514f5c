import Testing
import Timetable

@Suite("Schedules when clocks change")
struct DaylightSavingTests {
    /// The times of a stretch, by the clocks of the zone.
    private func times(_ text: String, _ zoneName: String, from: String, to: String) throws -> [String] {
        let zone = try #require(ZoneDatabase.ofThisMachine.zone(zoneName))
        let cron = try CronExpression(text: text)
        var moment = try #require(MomentText.milliseconds(from, in: zone)) - 1
        let end = try #require(MomentText.milliseconds(to, in: zone))
        var found: [String] = []
        while let next = cron.next(after: moment, in: zone), next < end {
            found.append(MomentText.text(next, in: zone))
            moment = next
        }
        return found
    }

    @Test("a fixed time that is left out is due when clocks are put forward, once")
    func forward() throws {
        #expect(
            try times("30 2 * * *", "Europe/Berlin", from: "2026-03-28", to: "2026-03-31") == [
                "2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00",
            ])
        #expect(
            try times("*/20 2 * * *", "Europe/Berlin", from: "2026-03-29", to: "2026-03-30")
                == ["2026-03-29T03:00+02:00"])
        #expect(
            try times("*/30 2-3 * * *", "Europe/Berlin", from: "2026-03-29", to: "2026-03-30")
                == ["2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00"])
    }

    @Test("a fixed time that comes twice is due the first time")
    func back() throws {
        #expect(
            try times("30 2 * * *", "Europe/Berlin", from: "2026-10-24", to: "2026-10-27") == [
                "2026-10-24T02:30+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00",
            ])
        #expect(
            try times("0 */2 * * *", "Europe/Berlin", from: "2026-10-25", to: "2026-10-25T05:00")
                == ["2026-10-25T00:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T04:00+01:00"])
    }

    @Test("what admits every hour follows the time that passes")
    func everyHour() throws {
        #expect(
            try times("30 * * * *", "Europe/Berlin", from: "2026-10-25T01:00", to: "2026-10-25T04:00") == [
                "2026-10-25T01:30+02:00", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00",
            ])
        #expect(
            try times("30 * * * *", "Europe/Berlin", from: "2026-03-29T01:00", to: "2026-03-29T04:00")
                == ["2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00"])
    }

    @Test("a midnight that is left out")
    func midnight() throws {
        #expect(
            try times("0 0 * * *", "Africa/Cairo", from: "2026-04-23", to: "2026-04-26") == [
                "2026-04-23T00:00+02:00", "2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00",
            ])
    }

    @Test("half an hour, in the south")
    func lordHowe() throws {
        #expect(
            try times("15 2 * * *", "Australia/Lord_Howe", from: "2026-10-03", to: "2026-10-06") == [
                "2026-10-03T02:15+10:30", "2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00",
            ])
        #expect(
            try times("45 1 * * *", "Australia/Lord_Howe", from: "2026-04-05", to: "2026-04-06")
                == ["2026-04-05T01:45+11:00"])
    }

    @Test("what clocks did is told")
    func remarks() throws {
        let berlin = try #require(ZoneDatabase.ofThisMachine.zone("Europe/Berlin"))
        func remark(_ text: String, _ moment: String) throws -> String? {
            try CronExpression(text: text).remark(
                at: #require(MomentText.milliseconds(moment, in: berlin)), in: berlin)
        }
        #expect(
            try remark("30 2 * * *", "2026-03-29T03:00+02:00") == "clocks are put forward: there is no 02:30")
        #expect(
            try remark("30 2 * * *", "2026-10-25T02:30+02:00")
                == "clocks are put back: 02:30 comes twice, and the first counts")
        #expect(
            try remark("30 * * * *", "2026-10-25T02:30+01:00")
                == "clocks are put back: 02:30 for the second time")
        #expect(try remark("0 3 * * *", "2026-03-29T03:00+02:00") == nil)
        #expect(try remark("30 2 * * *", "2026-03-28T02:30+01:00") == nil)
    }

    @Test(
        "a zone that is none, or leads out of the folder, is none",
        arguments: ["Europe/Berlim", "../../etc/passwd", "", "/etc/localtime", "Europe", "zone.tab", "Europe//Berlin"])
    func unknown(name: String) { #expect(ZoneDatabase.ofThisMachine.zone(name) == nil) }

    @Test("rules in the notation of POSIX")
    func torn() throws {
        #expect(ZoneRules(name: "X", tzif: []) == nil)
        #expect(ZoneRules(name: "X", tzif: Array("TZif2".utf8) + [UInt8](repeating: 255, count: 60)) == nil)
        let far = try #require(ZoneDatabase.ofThisMachine.zone("Europe/Berlin"))
        let summer = try #require(MomentText.milliseconds("2999-07-01T12:00", in: far))
        #expect(MomentText.text(summer, in: far) == "2999-07-01T12:00+02:00")
    }
}
