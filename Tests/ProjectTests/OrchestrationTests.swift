import Project
import Testing
import Timetable

@Suite("Reading triggers and how things are executed")
struct OrchestrationTests {
    private let yaml = """
        project: p
        include: more.yaml
        triggers:
          nightly: { cron: "0 2 * * *", timezone: Europe/Berlin, select: "events+", overlap: skip, catch_up: 6h, jitter: 30s }
          quarter_hour: { every: 15m }
          landed: { files: "landing/*.csv", debounce: 30s, select: [events, "tag:daily,report"] }
          after_events: { dataset: EVENTS, select: report, priority: 5, full_refresh: true, paused: true }
          hook: { webhook: true }
          by_hand: { manual: true }
          both: { and: [ { dataset: events }, { or: [ { cron: "@daily" }, { webhook: true } ] } ] }
          last: { after: nightly }
        pools: { database: 2 }
        runs: { concurrency: 3, timeout: 6h, keep: { age: 30d, count: 1000 } }
        notifications:
          - { on: [failure, late], webhook: "https://example.org/${env:HOOK}", triggers: [nightly], late_after: 2h }
          - { on: failure, email: [data@example.org] }
          - { on: success, command: ["./tell.sh", ""] }
        smtp: { host: mail.example.org, security: tls, user: u, password: "${env:HOOK}", from: m@example.org }
        datasets:
          events:
            sql: SELECT 1 AS id
            tags: daily
            retries: 3
            timeout: 30m
            pool: { name: database, weight: 2 }
            priority: -5
            freshness: { within: 26h }
            partitions: { by: day, column: date, start: 2024-01-01 }
          report:
            sql: SELECT * FROM events
            retries: { count: 2, delay: 500ms, factor: 1.5, longest_delay: 1m, jitter: 0 }
            pool: database
            partitions: { values: [de, fr], column: country }
        """

    private func read() throws -> Project {
        try project(
            ["millrace.yaml": yaml, "more.yaml": "triggers: { more: { every: 1h } }\n"], environment: ["HOOK": "secret"]
        )
    }

    @Test("triggers, in the order of their names")
    func triggers() throws {
        let project = try read()
        #expect(
            project.triggers.map { "\($0.name.value): \($0.condition.described(in: "/work"))" } == [
                "after_events: a new version of EVENTS",
                "both: a new version of events and (cron @daily (UTC) or webhook)", "by_hand: by hand",
                "hook: webhook", "landed: new files landing/*.csv", "last: after nightly", "more: every 1h",
                "nightly: cron 0 2 * * * (Europe/Berlin)", "quarter_hour: every 15m",
            ])
        let nightly = try #require(project.triggers.first { $0.name.value == "nightly" })
        #expect(nightly.selection == "events+")
        #expect(nightly.overlap == .skip)
        #expect(nightly.catchUp == 21_600)
        #expect(nightly.jitter == 30)
        #expect(!nightly.isPaused)
        let landed = try #require(project.triggers.first { $0.name.value == "landed" })
        #expect(landed.selection == "events tag:daily,report")
        #expect(landed.debounce == 30)
        guard case .files(let patterns) = landed.condition else {
            Issue.record("no files")
            return
        }
        #expect(patterns.map(\.value) == ["/work/landing/*.csv"])
        let after = try #require(project.triggers.first { $0.name.value == "after_events" })
        #expect(after.isPaused && after.isFullRefresh && after.priority == 5)
    }

    @Test("how steps are executed")
    func execution() throws {
        let project = try read()
        let events = try #require(project.dataset(named: "events"))
        #expect(events.limits.retries == RetryPolicy(count: 3))
        #expect(events.limits.timeout == 1_800_000)
        #expect(events.limits.pool?.pool.value == "database")
        #expect(events.limits.pool?.weight == 2)
        #expect(events.limits.priority == -5)
        #expect(events.freshness?.within == 93_600)
        #expect(events.partitioning?.scheme == .time(.day, start: PartitionKey("2024-01-01")))
        #expect(events.partitioning?.column.value == "date")
        let report = try #require(project.dataset(named: "report"))
        #expect(
            report.limits.retries
                == RetryPolicy(count: 2, delay: 500, factor: 1.5, longestDelay: 60_000, jitter: 0))
        #expect(report.limits.pool?.weight == 1)
        #expect(report.partitioning?.scheme == .list(["de", "fr"]))
    }

    @Test("the rules of the server, whom it tells, and by which server")
    func server() throws {
        let project = try read()
        #expect(project.pools == ["database": 2])
        #expect(project.runs == RunRules(concurrency: 3, timeout: 21_600_000, keptAge: 2_592_000, keptCount: 1000))
        #expect(project.notifications.map(\.occasions) == [[.failure, .late], [.failure], [.success]])
        #expect(project.notifications.map(\.lateAfter) == [7200, nil, nil])
        guard case .webhook(let url) = project.notifications[0].channel,
            case .email(let addresses) = project.notifications[1].channel,
            case .command(let command) = project.notifications[2].channel
        else {
            Issue.record("other channels")
            return
        }
        #expect(url == "https://example.org/secret")
        #expect(project.redaction.redact(url) == "https://example.org/${env:HOOK}")
        #expect(addresses == ["data@example.org"])
        #expect(command == ["./tell.sh", ""])
        #expect(
            project.mailServer
                == MailServer(
                    host: "mail.example.org", port: 465, security: .tls, user: "u", password: "secret",
                    from: "m@example.org"))
    }

    @Test(
        "the example of every field of a trigger is right",
        arguments: FieldRegistry.trigger.fields.map(\.name) + FieldRegistry.triggerCondition.fields.map(\.name))
    func triggerExamples(name: String) throws {
        let field = try #require(FieldRegistry.trigger.field(name))
        let example = try #require(field.example)
        let isCondition = FieldRegistry.trigger.needsOneOf.contains(name)
        let cron = isCondition ? "" : "cron: \"@daily\", "
        let text = """
            project: p
            triggers:
              nightly: { every: 1h }
              t: { \(cron)\(name): \(example) }
            datasets:
              flights: { sql: SELECT 1 AS x }
            """
        #expect(try project(text).triggers.count == 2)
    }

    @Test("the examples of the server's fields are right", arguments: ["pools", "runs", "notifications", "triggers"])
    func projectExamples(name: String) throws {
        let example = try #require(FieldRegistry.project.field(name)?.example)
        _ = try project("project: p\n\(name): \(example)\n")
    }
}
