import Project
import Testing

@Suite("Reading a project")
struct ProjectReaderTests {
    private let flights = """
        project: flights
        store: data/store
        engine: local

        engines:
          local: { type: duckdb, memory: 4GB, threads: 2 }
          half:  { type: duckdb, memory: 50%, spill: tmp/spill }

        datasets:
          flights_raw:
            ingest: { files: "landing/flights*.csv.gz", nulls: ["NA"] }
          planes_raw:
            ingest:
              files: [landing/planes.tsv, landing/more.txt]
              delimiter: \\t
              header: true
              types: { year: INTEGER }
              on_error: quarantine

          flights:
            description: One row per departure that took place, with the weather at its origin.
            tags: [daily, core]
            sql: datasets/flights.sql
            key: [flight_id]
            columns:
              flight_id: { type: string, description: "carrier-number-date-origin", checks: [not_null, unique] }
              air_time:  { checks: [ { range: { min: 10, max: 1000 }, on_fail: quarantine } ] }
              late: BOOLEAN
              seats:
            checks:
              - not_null: [origin, dest]
              - accepted: { column: origin, values: [EWR, JFK, "007", 7, 1.50, true] }
              - rows: { min: 300000 }
              - references: { column: tailnum, dataset: planes_raw, mostly: 0.8, on_fail: warn }
              - sql: "SELECT * FROM flights WHERE arr_time IS NULL AND arr_delay IS NOT NULL"
              - metric: { column: delay, mean: { min: 0, max: 30 }, quantile: { q: 0.99, max: 500 } }
              - { unique: [carrier, flight], where: carrier IS NOT NULL, name: one flight }
            splits: { by: tailnum, seed: 7, train: 80, validation: 10, test: 10 }
            partition_by: month

        feeds:
          delays: { dataset: flights@3, columns: [distance, hour], label: late, split: train, batch: 4096, shuffle: { seed: 7 } }
        """

    private func flightsProject() throws -> Project {
        try project(["millrace.yaml": flights, "datasets/flights.sql": "SELECT * FROM flights_raw\n"])
    }

    @Test("the example of the design is read whole")
    func example() throws {
        let project = try flightsProject()
        #expect(project.name == "flights")
        #expect(project.store == .folder("/work/data/store"))
        #expect(project.engines["local"]?.memory == 4_000_000_000)
        #expect(project.engines["local"]?.threads == 2)
        #expect(project.engines["half"]?.memory == 500_000_000)
        #expect(project.engines["half"]?.spill == "/work/tmp/spill")
        #expect(project.datasets.map(\.name.text) == ["flights", "flights_raw", "planes_raw"])
    }

    @Test("an ingest's format and dialect are read")
    func ingest() throws {
        let project = try flightsProject()
        let flights = try #require(project.dataset(named: "FLIGHTS_RAW")?.step.ingest)
        #expect(flights.format == .csv)
        #expect(flights.files.map(\.value) == ["landing/flights*.csv.gz"])
        #expect(flights.csv.nulls == ["NA"])
        let planes = try #require(project.dataset(named: "planes_raw")?.step.ingest)
        #expect(planes.files.count == 2)
        #expect(planes.csv.delimiter == "\t")
        #expect(planes.csv.header == true)
        #expect(planes.types.map(\.column.value) == ["year"])
        #expect(planes.onError == .quarantine)
    }

    @Test("a dataset's properties are read")
    func dataset() throws {
        let dataset = try #require(try flightsProject().dataset(named: "flights"))
        #expect(dataset.tags == ["daily", "core"])
        #expect(dataset.key.map(\.value) == ["flight_id"])
        #expect(dataset.columns.map(\.name.value) == ["flight_id", "air_time", "late", "seats"])
        #expect(dataset.columns.map(\.type?.value) == ["string", nil, "BOOLEAN", nil])
        #expect(dataset.partitionBy.map(\.value) == ["month"])
        #expect(dataset.splits?.seed == 7)
        #expect(
            dataset.splits?.shares == [
                .init(name: "train", weight: 80), .init(name: "validation", weight: 10),
                .init(name: "test", weight: 10),
            ])
        #expect(dataset.step.sql?.text == "SELECT * FROM flights_raw\n")
        #expect(dataset.span.line == 20)
    }

    @Test("checks of the dataset come first, then those of its columns")
    func checks() throws {
        let checks = try #require(try flightsProject().dataset(named: "flights")).checks
        #expect(
            checks.map(\.name) == [
                "not_null(origin)", "not_null(dest)", "accepted(origin)", "rows", "references(tailnum)", "sql",
                "mean(delay)", "quantile 0.99(delay)", "one flight", "not_null(flight_id)", "unique(flight_id)",
                "range(air_time)",
            ])
        #expect(checks.last?.onFail == .quarantine)
        #expect(checks[4].mostly == 0.8)
        #expect(checks[4].onFail == .warn)
        #expect(checks[8].columns.map(\.value) == ["carrier", "flight"])
        #expect(checks[8].condition?.value == "carrier IS NOT NULL")
        guard case .references(let other, let column) = checks[4].rule else {
            Issue.record("no reference")
            return
        }
        #expect(other.value.text == "planes_raw")
        #expect(column == "tailnum")
    }

    @Test("numbers keep their digits, and what is quoted is text")
    func literals() throws {
        let checks = try #require(try flightsProject().dataset(named: "flights")).checks
        guard case .accepted(let values) = checks[2].rule else {
            Issue.record("no values")
            return
        }
        #expect(values == [.text("EWR"), .text("JFK"), .text("007"), .number("7"), .number("1.50"), .bool(true)])
    }

    @Test("a feed pins a version")
    func feed() throws {
        let feed = try #require(try flightsProject().feeds.first)
        #expect(feed.dataset.value.text == "flights")
        #expect(feed.version == .version(Version(3)))
        #expect(feed.columns.map(\.value) == ["distance", "hour"])
        #expect(feed.label?.value == "late")
        #expect(feed.split?.value == "train")
        #expect(feed.batch == 4096)
        #expect(feed.shuffleSeed == 7)
    }

    @Test("what is left out has its default")
    func defaults() throws {
        let project = try project("project: p\n")
        #expect(project.store == .folder("/work/store"))
        #expect(project.engine == "local")
        #expect(project.engines["local"]?.kind == .duckdb)
        #expect(project.datasets.isEmpty)
    }

    @Test("sections with nothing in them are as good as left out", arguments: ["datasets:", "feeds:", "include:"])
    func nothing(section: String) throws {
        #expect(try project("project: p\n\(section)\n").datasets.isEmpty)
    }

    @Test("files are joined, each read once, in a circle too")
    func includes() throws {
        let project = try project([
            "millrace.yaml":
                "project: p\ninclude: [\"more/**/*.yaml\", more/a.yaml]\ndatasets: { x: { sql: SELECT 1 } }\n",
            "more/a.yaml": "include: deep/b.yaml\ndatasets: { a: { sql: SELECT 1 } }\n",
            "more/deep/b.yaml":
                "include: ../a.yaml\ndatasets: { b: { sql: SELECT 1 } }\nfeeds: { f: { dataset: x } }\n",
        ])
        #expect(project.datasets.map(\.name.text) == ["a", "b", "x"])
        #expect(project.feeds.map(\.name.value) == ["f"])
    }

    @Test("a column's checks have short forms")
    func columnChecks() throws {
        let yaml = """
            project: p
            datasets:
              other: { sql: SELECT 1 AS id }
              a:
                sql: SELECT 1 AS x
                columns:
                  x:
                    checks:
                      - not_null
                      - not_null:
                      - unique: { where: x > 0 }
                      - { accepted: [1, 2], mostly: 0.5 }
                      - pattern: ^a
                      - references: other
                      - references: { dataset: other, to: id }
                      - type: BIGINT
                      - metric: { distinct_share: { min: 0.1 } }
                      - length: { max: 3 }
            """
        let checks = try #require(try project(yaml).dataset(named: "a")).checks
        #expect(checks.count == 10)
        #expect(checks.allSatisfy { $0.columns.map(\.value) == ["x"] })
        #expect(checks[3].mostly == 0.5)
    }

    @Test("anchors and merged mappings work")
    func merge() throws {
        let yaml = """
            project: p
            datasets:
              a: &base
                sql: SELECT 1 AS x
                tags: [t]
                mode: append
              b:
                <<: *base
                tags: [u]
            """
        let dataset = try #require(try project(yaml).dataset(named: "b"))
        #expect(dataset.tags == ["u"])
        #expect(dataset.mode == .append)
        #expect(dataset.step.sql?.text == "SELECT 1 AS x")
    }

    @Test("the root is the nearest folder with a project, upwards")
    func root() {
        let files = MemoryFiles(["/a/b/millrace.yaml": "", "/a/millrace.yaml": ""])
        #expect(ProjectReader.findRoot(from: "/a/b/c/d", files: files) == "/a/b")
        #expect(ProjectReader.findRoot(from: "/a", files: files) == "/a")
        #expect(ProjectReader.findRoot(from: "/x/y", files: files) == nil)
    }

    @Test("a folder without a project says how to get one")
    func missing() {
        let (project, diagnostics) = ProjectReader(environment: [:], files: MemoryFiles(["/a/millrace.yml": ""]))
            .read(root: "/a")
        #expect(project == nil)
        #expect(
            diagnostics.map { $0.rendered() } == [
                "error: there is no millrace.yaml in /a\n  hint: rename 'millrace.yml' to 'millrace.yaml'"
            ])
    }

    @Test("a file that is no text or may not be read is named")
    func unreadable() {
        var files = MemoryFiles(["/a/millrace.yaml": "project: p\ndatasets: { s: { sql: x/s.sql } }\n"])
        files.put([0x53, 0xFF, 0xFE], at: "/a/datasets/t.sql")
        files.put([0x53], at: "/a/x/s.sql")
        files.refuse("/a/x/s.sql")
        let (_, diagnostics) = ProjectReader(environment: [:], files: files).read(root: "/a")
        #expect(
            diagnostics.map(\.message) == [
                "'x/s.sql' cannot be read: permission denied", "'datasets/t.sql' is no UTF-8 text",
            ])
    }

    @Test("a byte order mark and Windows line ends do no harm")
    func windows() throws {
        let yaml = "\u{FEFF}project: p\r\ndatasets:\r\n  a:\r\n    sql: |\r\n      SELECT\r\n        1 AS x\r\n"
        let sql = try #require(try project(yaml).dataset(named: "a")?.step.sql)
        #expect(sql.text == "SELECT\n  1 AS x\n")
        #expect(sql.span(at: 9).line == 6)
        #expect(sql.span(at: 9).column == 9)
    }
}
