import Project
import Testing

@Suite("How a run's rows meet those of the last version")
struct UpdateTests {
    @Test("an incremental merge is read with all that belongs to it")
    func merge() throws {
        let yaml = """
            project: p
            datasets:
              Events: { ingest: { files: "landing/*.csv" }, mode: append }
              users:
                sql: SELECT * FROM events
                mode: merge
                key: id
                incremental: EVENTS
                on_replace: full_refresh
                delete_when: >-
                  op = 'delete'
                schema: add_columns
            """
        let project = try project(yaml)
        let users = try #require(project.dataset(named: "users"))
        #expect(users.mode == .merge)
        #expect(users.incremental?.value.text == "Events")
        #expect(users.incremental?.span.line == 8)
        #expect(users.onReplace == .fullRefresh)
        #expect(users.deleteWhen?.text == "op = 'delete'")
        #expect(users.deleteWhen?.span(at: 5).line == 11)
        #expect(users.deleteWhen?.span(at: 5).column == 12)
        #expect(users.schema == .addColumns)
        let events = try #require(project.dataset(named: "events"))
        #expect(events.mode == .append)
        #expect(events.schema == nil)
        #expect(events.onReplace == .fail)
    }

    @Test(
        "a file that changed stops an append and is merged by a merge, unless the user says otherwise",
        arguments: [
            ("mode: append", "", Ingest.ChangedFiles.fail, Ingest.VanishedFiles.ignore),
            ("mode: merge, key: id", "", .reingest, .ignore),
            ("mode: append", ", changed: reingest, vanished: fail", .reingest, .fail),
            ("mode: merge, key: id", ", changed: ignore", .ignore, .ignore),
            ("mode: \"${env:MODE}\"", ", changed: ignore", .ignore, .ignore),
        ])
    func news(
        mode: String, policies: String, changed: Ingest.ChangedFiles, vanished: Ingest.VanishedFiles
    ) throws {
        let yaml = "project: p\ndatasets: { a: { \(mode), ingest: { files: a.csv\(policies) } } }\n"
        let ingest = try #require(try project(yaml, environment: ["MODE": "append"]).datasets.first?.step.ingest)
        #expect(ingest.changed == changed)
        #expect(ingest.vanished == vanished)
    }

    @Test("an input that is replaced again and again is warned of, unless that is intended")
    func replacedInput() throws {
        let yaml = """
            project: p
            datasets:
              raw: { ingest: { files: a.csv } }
              a: { sql: SELECT * FROM raw, mode: append, incremental: raw }
              b: { sql: SELECT * FROM raw, mode: append, incremental: raw, on_replace: full_refresh }
            """
        let (project, diagnostics) = read(["millrace.yaml": yaml])
        #expect(project != nil)
        #expect(
            diagnostics.map { $0.rendered() } == [
                """
                millrace.yaml:4:59: warning: 'raw' has 'mode: replace': each of its versions replaces all of its rows, \
                and then 'a' cannot tell which are new
                    4 |   a: { sql: SELECT * FROM raw, mode: append, incremental: raw }
                      |                                                           ^~~
                  hint: give 'raw' 'mode: append', or add 'on_replace: full_refresh' here
                """
            ])
    }

    @Test("a Delta table of somebody else is an ingest")
    func delta() throws {
        let yaml = """
            project: p
            datasets:
              a: { ingest: { delta: "../lake/events/" } }
              b: { ingest: { delta: "s3://lake/events/", version: 12 } }
              c: { ingest: { delta: "${env:LAKE}/events" }, mode: append, on_replace: full_refresh }
            """
        let project = try project(yaml, environment: ["LAKE": "/mnt/lake"])
        let ingests = project.datasets.compactMap(\.step.ingest)
        #expect(ingests.compactMap { $0.delta?.value } == ["../lake/events/", "s3://lake/events/", "/mnt/lake/events"])
        #expect(ingests.map(\.version) == [nil, 12, nil])
        #expect(ingests.allSatisfy { $0.files.isEmpty })
        #expect(
            ingests.compactMap(\.delta).map { project.location(of: $0.value) } == [
                "/lake/events", "s3://lake/events", "/mnt/lake/events",
            ])
        #expect(project.dataset(named: "c")?.onReplace == .fullRefresh)
        #expect(project.location(of: "file:///lake/events") == "/lake/events")
    }

    @Test("the project's own tables are told from those of others")
    func own() throws {
        var project = try project("project: p\ndatasets: { a: { sql: SELECT 1 AS x } }\n")
        #expect(project.dataset(at: project.location(of: "store/A"))?.name.text == "a")
        #expect(project.dataset(at: project.location(of: "store/b")) == nil)
        #expect(project.dataset(at: project.location(of: "store/a/x")) == nil)
        #expect(project.dataset(at: project.location(of: "stored/a")) == nil)
        project.store = .s3(S3Address(url: "s3://lake/p", bucket: "lake", prefix: "p"))
        #expect(project.dataset(at: project.location(of: "s3a://lake/p/a/"))?.name.text == "a")
        #expect(project.dataset(at: project.location(of: "s3://lake/a")) == nil)
    }
}

@Suite("Where the store is")
struct StoreTests {
    @Test(
        "an S3 URL is a store, also with a slash at its end",
        arguments: [
            ("s3://lake", "lake", ""), ("s3://lake/a/b", "lake", "a/b"), ("s3a://lake/a/", "lake", "a"),
            ("{ url: s3://lake/a }", "lake", "a"),
        ])
    func url(written: String, bucket: String, prefix: String) throws {
        guard case .s3(let address) = try project("project: p\nstore: \(written)\n").store else {
            Issue.record("no bucket")
            return
        }
        #expect(address.bucket == bucket)
        #expect(address.prefix == prefix)
        #expect(address.endpoint == nil && address.region == nil && address.pathStyle == nil && address.profile == nil)
    }

    @Test("a mapping says how the service is reached, with values of the environment")
    func mapping() throws {
        let yaml = """
            project: p
            store:
              url: "s3://${env:BUCKET}/flights"
              endpoint: ${env:ENDPOINT}
              region: eu-central-1
              path_style: ${env:STYLE}
              profile: ${env:PROFILE:-research}
            """
        let environment = ["BUCKET": "lake-of-ours", "ENDPOINT": "http://127.0.0.1:8333", "STYLE": "true"]
        let project = try project(yaml, environment: environment)
        #expect(
            project.store
                == .s3(
                    S3Address(
                        url: "s3://lake-of-ours/flights", bucket: "lake-of-ours", prefix: "flights",
                        endpoint: "http://127.0.0.1:8333", region: "eu-central-1", pathStyle: true, profile: "research")
                ))
        #expect(project.redaction.redact("s3://lake-of-ours/flights") == "s3://${env:BUCKET}/flights")
    }

    @Test("a mapping may name a folder, too")
    func folder() throws {
        #expect(try project("project: p\nstore: { url: tables }\n").store == .folder("/work/tables"))
        #expect(try project("project: p\nstore: file:///mnt/tables\n").store == .folder("/mnt/tables"))
    }
}

@Suite("Names of versions")
struct VersionPinTests {
    @Test(
        "a number is a version, a word is a tag",
        arguments: [
            ("0", VersionPin.version(Version(0))), ("12", .version(Version(12))), ("v1.2-rc", .tag("v1.2-rc")),
            ("_x", .tag("_x")), ("Released", .tag("Released")),
        ])
    func valid(text: String, pin: VersionPin) {
        #expect(VersionPin(text) == pin)
        #expect(pin.description == text)
    }

    @Test(
        "everything else is neither",
        arguments: ["", "-1", "1.2", "3a", ".x", "a/b", "a b", "ä", "99999999999999999999999", "changes(3,7)"])
    func invalid(text: String) { #expect(VersionPin(text) == nil) }
}
