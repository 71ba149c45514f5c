import Foundation
import TestThreads
import Testing

@Suite("Schedules", .ownThreads)
struct ScheduleTests {
    private static let project = """
        project: p
        triggers:
          nightly: { cron: "0 2 * * *", timezone: Europe/Berlin, select: "events+", catch_up: 6h }
          report: { dataset: events, select: report, overlap: skip }
        datasets:
          events: { sql: SELECT 1 AS id }
          report: { sql: SELECT * FROM events }
        """

    @Test("triggers: the next times by the trigger's own clocks, and why")
    func triggers() throws {
        let sandbox = try Sandbox(["millrace.yaml": Self.project])
        let text = try sandbox.millrace("triggers", "nightly", "--from", "2026-03-28T12:00", "--next", "2")
        #expect(text.status == 0, "\(text.text)")
        #expect(
            text.output == """
                nightly  cron 0 2 * * * (Europe/Berlin)
                  makes     events+
                  with      catch-up 6h
                  next      2026-03-29T03:00+02:00  in 14 h  cron 0 2 * * *: clocks are put forward: there is no 02:00
                            2026-03-30T02:00+02:00  in 1 day  cron 0 2 * * *

                """)
        let json = try sandbox.json("triggers", "--from", "2026-03-28T12:00")
        #expect(json.array.map { $0["name"].text } == ["nightly", "report"])
        #expect(json.array[0]["next"].array.map { $0["at"].text }.first == "2026-03-29T03:00+02:00")
        #expect(json.array[1]["waits_for"].text == "a new version of events")
    }

    @Test("simulate: an outage, what is caught up, and what runs start in turn")
    func simulate() throws {
        let sandbox = try Sandbox(["millrace.yaml": Self.project])
        let entries = try sandbox.json(
            "simulate", "--from", "2026-10-24", "--to", "2026-10-27", "--outage",
            "2026-10-25T00:00..2026-10-25T06:00", "--run-takes", "10m"
        ).array.map { "\($0["at"].text) \($0["trigger"].text) \($0["decision"].text)" }
        #expect(
            entries == [
                "2026-10-24T02:00+02:00 nightly starts", "2026-10-24T02:10+02:00 report starts",
                "2026-10-25T06:00+01:00 nightly catches up", "2026-10-25T06:10+01:00 report starts",
                "2026-10-26T02:00+01:00 nightly starts", "2026-10-26T02:10+01:00 report starts",
            ])
        let mistake = try sandbox.millrace("simulate", "--from", "2026-10-24", "--to", "soon")
        #expect(mistake.status == 2)
        #expect(!sandbox.exists("store"))
    }

    @Test("test: a schedule that is as its test says, and one that is not")
    func test() throws {
        let sandbox = try Sandbox([
            "millrace.yaml": Self.project,
            "tests/nightly.yaml": """
            - test: nightly fires once when clocks go back
              trigger: nightly
              from: 2026-10-24T00:00+02:00
              to: 2026-10-26T00:00+01:00
              fires: ["2026-10-24T02:00+02:00", "2026-10-25T02:00+02:00"]
            """,
        ])
        let good = try sandbox.millrace("test")
        #expect(good.status == 0, "\(good.text)")
        #expect(good.output == "passed  nightly fires once when clocks go back\n\n1 test passed\n")
        try sandbox.replace("02:00+02:00\"]", with: "02:00+01:00\"]", in: "tests/nightly.yaml")
        let bad = try sandbox.millrace("test", "tests/nightly.yaml")
        #expect(bad.status == 1)
        #expect(
            bad.errors == """
                tests/nightly.yaml:5:3: error: nightly fires once when clocks go back: 'nightly' fires otherwise
                    5 |   fires: ["2026-10-24T02:00+02:00", "2026-10-25T02:00+01:00"]
                      |   ^~~~~
                  note: expected 2026-10-24T02:00+02:00, 2026-10-25T02:00+01:00
                  note: actual   2026-10-24T02:00+02:00, 2026-10-25T02:00+02:00
                  hint: 'millrace simulate' tells what every trigger does, and why

                """)
        try sandbox.write(
            "- test: x\n  triger: nightly\n  from: 2026-10-24\n  to: 2026-10-26\n  count: 1\n", to: "tests/nightly.yaml"
        )
        let unknown = try sandbox.millrace("test")
        #expect(unknown.status == 2)
        #expect(unknown.errors.hasPrefix("tests/nightly.yaml:2:3: error: unknown field 'triger'"))
    }
}
