import Testing
import Timetable

@Suite("Times and durations as text")
struct TextTests {
    @Test(
        "durations",
        arguments: [
            ("15m", 900_000), ("6h", 21_600_000), ("1h30m", 5_400_000), ("90d", 7_776_000_000), ("500ms", 500),
            ("1.5h", 5_400_000), ("0s", 0), ("2w", 1_209_600_000), ("1d12h", 129_600_000), ("1m500ms", 60_500),
        ])
    func durations(text: String, milliseconds: Int) {
        #expect(DurationText.milliseconds(text) == milliseconds)
        #expect(DurationText.milliseconds(DurationText.text(milliseconds: milliseconds)) == milliseconds)
    }

    @Test(
        "what is no duration",
        arguments: [
            "", "5", "m", "-5m", "5 m", "30m1h", "5m5m", "1e3s", ".5h", "5.h", "5M", "5min", "9999999999w", "1..5h",
        ])
    func noDurations(text: String) { #expect(DurationText.milliseconds(text) == nil) }

    @Test(
        "moments",
        arguments: [
            ("2026-10-25T02:30+02:00", "2026-10-25T02:30+02:00"), ("2026-10-25T02:30+01:00", "2026-10-25T02:30+01:00"),
            ("2026-10-25T02:30", "2026-10-25T02:30+02:00"), ("2026-10-25T00:30Z", "2026-10-25T02:30+02:00"),
            ("2026-10-25", "2026-10-25T00:00+02:00"), ("2026-01-01T00:00:07-03:30", "2026-01-01T04:30:07+01:00"),
        ])
    func moments(text: String, shown: String) throws {
        let berlin = try #require(ZoneDatabase.ofThisMachine.zone("Europe/Berlin"))
        let moment = try #require(MomentText.milliseconds(text, in: berlin))
        #expect(MomentText.text(moment, in: berlin) == shown)
    }

    @Test(
        "what is no moment",
        arguments: [
            "", "tomorrow", "2026-13-01", "2026-02-30", "2026-10-25T24:00", "2026-10-25T2:00", "2026-10-25T02",
            "2026-10-25T02:00+1", "2026-03-29T02:30", "2026-10-25 02:00", "2026-10-25T02:00ZZ",
        ])
    func noMoments(text: String) throws {
        let berlin = try #require(ZoneDatabase.ofThisMachine.zone("Europe/Berlin"))
        #expect(MomentText.milliseconds(text, in: berlin) == nil)
    }
}
