import Project
import Scheduling
import Testing
import Timetable

@Suite("Forecasts of triggers")
struct TriggerForecastTests {
    private func lines(
        _ triggers: [Trigger], _ from: String, _ to: String, outages: [(String, String)] = [], runTakes: Int = 0,
        publishes: [String: [DatasetName]] = [:]
    ) throws -> [String] {
        let options = TriggerForecast.Options(
            from: try Sample.time(from), to: try Sample.time(to),
            outages: try outages.map { try Sample.time($0.0)..<Sample.time($0.1) }, runTakes: runTakes,
            publishes: publishes)
        return TriggerForecast.entries(of: triggers, options).map { entry in
            let word = "\(entry.decision)".prefix { $0 != "(" }
            let start = entry.startsAt.map { " from " + MomentText.text($0, in: .utc).dropFirst(11) } ?? ""
            return "\(MomentText.text(entry.due, in: .utc).dropFirst(5)) \(entry.trigger) \(word)\(start)"
        }
    }

    @Test("a time that is the beginning counts, one that is the end does not")
    func bounds() throws {
        let trigger = Sample.trigger("a", try Sample.cron("0 2 * * *"))
        #expect(
            try lines([trigger], "2026-03-04T02:00", "2026-03-06T02:00")
                == ["03-04T02:00Z a starts from 02:00Z", "03-05T02:00Z a starts from 02:00Z"])
    }

    @Test("overlap, when runs take longer than the time between them", arguments: Trigger.Overlap.allCases)
    func overlap(policy: Trigger.Overlap) throws {
        let trigger = Sample.trigger("a", .interval(seconds: 600)) { $0.overlap = policy }
        let found = try lines([trigger], "2026-03-04T00:00", "2026-03-04T00:31", runTakes: 25 * 60_000)
        let expected: [String]
        switch policy {
        case .skip:
            expected = [
                "00:00Z a starts from 00:00Z", "00:10Z a skipped", "00:20Z a skipped", "00:30Z a starts from 00:30Z",
            ]
        case .queue:
            expected = [
                "00:00Z a starts from 00:00Z", "00:10Z a waits from 00:25Z", "00:20Z a dropped", "00:30Z a waits",
            ]
        case .cancelOld:
            expected = [
                "00:00Z a starts from 00:00Z", "00:10Z a cancels from 00:10Z", "00:20Z a cancels from 00:20Z",
                "00:30Z a cancels from 00:30Z",
            ]
        case .allow:
            expected = ["00", "10", "20", "30"].map { "00:\($0)Z a starts from 00:\($0)Z" }
        }
        #expect(found == expected.map { "03-04T" + $0 })
    }

    @Test("an outage: what is missed, and what is caught up")
    func outage() throws {
        let hourly = try Sample.cron("0 * * * *")
        let triggers = [Sample.trigger("a", hourly) { $0.catchUp = 3600 }, Sample.trigger("b", hourly)]
        #expect(
            try lines(
                triggers, "2026-03-04T01:00", "2026-03-04T06:00", outages: [("2026-03-04T01:30", "2026-03-04T04:30")])
                == [
                    "03-04T01:00Z a starts from 01:00Z", "03-04T01:00Z b starts from 01:00Z",
                    "03-04T02:00Z a missed", "03-04T02:00Z b missed", "03-04T04:00Z a catchesUp from 04:30Z",
                    "03-04T05:00Z a starts from 05:00Z", "03-04T05:00Z b starts from 05:00Z",
                ])
    }

    @Test("a run that an outage interrupts goes on afterwards")
    func interrupted() throws {
        let triggers = [
            Sample.trigger("a", try Sample.cron("0 1 * * *")), Sample.trigger("b", .after(Sample.located("a"))),
        ]
        #expect(
            try lines(
                triggers, "2026-03-04T00:00", "2026-03-05T00:00", outages: [("2026-03-04T01:30", "2026-03-04T04:30")],
                runTakes: 3_600_000) == ["03-04T01:00Z a starts from 01:00Z", "03-04T05:00Z b starts from 05:00Z"])
    }

    @Test("a run's new versions fire others, but not in a circle")
    func published() throws {
        let name = try #require(DatasetName("flights"))
        let triggers = [
            Sample.trigger("a", try Sample.cron("0 1 * * *")), Sample.trigger("b", try Sample.dataset("flights")),
        ]
        #expect(
            try lines(
                triggers, "2026-03-04T00:00", "2026-03-05T00:00", publishes: ["a": [name], "b": [name]])
                == ["03-04T01:00Z a starts from 01:00Z", "03-04T01:00Z b starts from 01:00Z"])
    }

    @Test("the next times of a trigger, as far as time alone decides")
    func outlook() throws {
        let start = try Sample.time("2026-03-28T12:00")
        func times(_ condition: TriggerCondition) throws -> [String] {
            TriggerOutlook.times(
                of: Sample.trigger("a", condition) {
                    $0.isPaused = true; $0.jitter = 60
                }, after: start, count: 2
            )
            .map { MomentText.text($0.at, in: .utc) + ($0.remark.map { " " + $0 } ?? "") }
        }
        #expect(
            try times(Sample.cron("30 2 * * *", "Europe/Berlin")) == [
                "2026-03-29T01:00Z clocks are put forward: there is no 02:30", "2026-03-30T00:30Z",
            ])
        #expect(try times(.webhook).isEmpty)
        #expect(try times(.and([Sample.cron("0 2 * * *"), .webhook])).isEmpty)
        #expect(
            try times(.and([Sample.cron("0 2 * * *"), Sample.cron("0 3 * * SUN")]))
                == ["2026-03-29T03:00Z", "2026-04-05T03:00Z"])
        #expect(try times(.or([.interval(seconds: 3600), .webhook])) == ["2026-03-28T13:00Z", "2026-03-28T14:00Z"])
    }
}
