import Testing
import Timetable

@Suite("Cron expressions")
struct CronExpressionTests {
    /// The next times by UTC, as texts.
    private func next(_ text: String, after start: String, count: Int = 1) throws -> [String] {
        let cron = try CronExpression(text: text)
        var moment = try #require(MomentText.milliseconds(start, in: .utc))
        return try (0..<count).map { _ in
            moment = try #require(cron.next(after: moment, in: .utc))
            return MomentText.text(moment, in: .utc)
        }
    }

    @Test(
        "short forms stand for five fields",
        arguments: [
            ("@hourly", "2026-03-04T06:00Z"), ("@daily", "2026-03-05T00:00Z"), ("@midnight", "2026-03-05T00:00Z"),
            ("@weekly", "2026-03-08T00:00Z"), ("@monthly", "2026-04-01T00:00Z"), ("@yearly", "2027-01-01T00:00Z"),
            ("@annually", "2027-01-01T00:00Z"), ("@DAILY", "2026-03-05T00:00Z"),
        ])
    func shortForms(text: String, expected: String) throws {
        #expect(try next(text, after: "2026-03-04T05:06Z") == [expected])
    }

    @Test(
        "names, ranges, steps and lists",
        arguments: [
            ("0 2 * JAN,jul Mon", "2026-07-06T02:00Z"), ("*/20 5 * * *", "2026-03-04T05:20Z"),
            ("5-10/5 * * * *", "2026-03-04T05:10Z"), ("50/5 * * * *", "2026-03-04T05:50Z"),
            ("0 22-2 * * *", "2026-03-04T22:00Z"), ("0 0 * * FRI-MON", "2026-03-06T00:00Z"),
            ("? ? ? ? ?", "2026-03-04T05:07Z"), ("0 0 * * 7", "2026-03-08T00:00Z"), ("0 0 L * *", "2026-03-31T00:00Z"),
            ("0 0 L 2 ?", "2027-02-28T00:00Z"), ("0 0 * * FRIL", "2026-03-27T00:00Z"),
            ("0 0 * * 5L", "2026-03-27T00:00Z"), ("0 0 * * MON#2", "2026-03-09T00:00Z"),
            ("0 0 * * mon#5", "2026-03-30T00:00Z"), ("0 0 29 2 *", "2028-02-29T00:00Z"),
            ("\t0  0 1   * *\n", "2026-04-01T00:00Z"),
        ])
    func fields(text: String, expected: String) throws {
        #expect(try next(text, after: "2026-03-04T05:06Z") == [expected])
    }

    @Test("a day is due that the day of the month or that of the week names, when both are restricted")
    func either() throws {
        #expect(
            try next("0 0 13 * FRI", after: "2026-03-05T00:00Z", count: 3) == [
                "2026-03-06T00:00Z", "2026-03-13T00:00Z", "2026-03-20T00:00Z",
            ])
        #expect(try next("0 0 */1 * FRI", after: "2026-03-05T00:00Z") == ["2026-03-06T00:00Z"])
        #expect(try next("0 0 13 * 0-6", after: "2026-03-05T00:00Z") == ["2026-03-13T00:00Z"])
    }

    @Test("a time that is due does not follow itself, to the millisecond")
    func strictlyAfter() throws {
        let cron = try CronExpression(text: "0 * * * *")
        #expect(cron.next(after: 3_600_000, in: .utc) == 7_200_000)
        #expect(cron.next(after: 3_599_999, in: .utc) == 3_600_000)
        #expect(cron.next(after: -1, in: .utc) == 0)
        #expect(cron.next(after: -3_600_001, in: .utc) == -3_600_000)
    }

    @Test("the end of time is no endless loop")
    func farAway() throws {
        let cron = try CronExpression(text: "0 0 29 2 *")
        #expect(cron.next(after: .max, in: .utc) == nil)
        #expect(cron.next(after: .min, in: .utc) == nil)
        #expect(cron.next(after: 253_402_300_800_000, in: .utc) != nil)
    }

    @Test(
        "what is wrong is told with the field, the text and its place",
        arguments: [
            ("", 0..<0, "a cron expression has five fields, and this one is empty"),
            ("0 2 * *", 0..<7, "a cron expression has five fields, and this one has 4"),
            ("0 0 2 * * *", 10..<11, "a cron expression has five fields, and this one has 6"),
            ("61 * * * *", 0..<2, "'61' is outside the minute, which goes from 0 to 59"),
            ("0 24 * * *", 2..<4, "'24' is outside the hour, which goes from 0 to 23"),
            ("0 0 0 * *", 4..<5, "'0' is outside the day of the month, which goes from 1 to 31"),
            ("0 0 1-32 * *", 6..<8, "'32' is outside the day of the month, which goes from 1 to 31"),
            ("0 0 * 13 *", 6..<8, "'13' is outside the month, which goes from 1 to 12"),
            ("0 0 * * 8", 8..<9, "'8' is outside the day of the week, which goes from 0 to 7"),
            ("0 0 * * MONDAY", 8..<14, "'MONDAY' is no value of the day of the week"),
            ("0 two * * *", 2..<5, "'two' is no value of the hour"),
            ("MON * * * *", 0..<3, "'MON' is no value of the minute"),
            ("*/0 * * * *", 2..<3, "the step '0' in the minute is no whole number above 0"),
            ("*/ * * * *", 0..<2, "the step '' in the minute is no whole number above 0"),
            ("*/61 * * * *", 2..<4, "the step '61' in the minute is longer than its 60 values"),
            ("1,,2 * * * *", 2..<3, "an item of the minute is missing"),
            ("1- * * * *", 2..<3, "a value of the minute is missing"),
            ("-1 * * * *", 0..<1, "a value of the minute is missing"),
            ("0 0 LW * *", 4..<6, "'LW' in the day of the month is not supported"),
            ("0 0 L-3 * *", 4..<7, "'L-3' in the day of the month is not supported"),
            ("0 0 * * L", 8..<9, "'L' in the day of the week says no day"),
            ("0 0 * * MON#6", 8..<13, "'MON#6' in the day of the week needs a number from 1 to 5 after the '#'"),
            ("0 0 30 2 *", 4..<8, "'30 2' is never due: no year has such a day"),
            ("0 0 31 4,6,9,11 *", 4..<15, "'31 4,6,9,11' is never due: no year has such a day"),
            ("@reboot", 0..<7, "'@reboot' is no short form of cron"),
            ("@daily 5", 0..<8, "'@daily' is no short form of cron"),
            ("0 0 ü * *", 4..<6, "'ü' is no value of the day of the month"),
            ("99999999999999999999 0 * * *", 0..<20, "'99999999999999999999' is no value of the minute"),
        ])
    func faults(text: String, range: Range<Int>, message: String) {
        let fault = #expect(throws: CronFault.self) { try CronExpression(text: text) }
        #expect(fault?.message == message)
        #expect(fault?.range == range)
        #expect(fault?.hint != nil)
    }
}
