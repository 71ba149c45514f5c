import TestThreads
import Testing

@Suite("Selections", .ownThreads)
struct SelectionTests {
    private let sandbox: Sandbox

    /// raw1 → a → b → c → e, raw2 → b, raw2 → d.
    init() throws {
        sandbox = try Sandbox(
            datasets: """
                raw1: { ingest: { files: landing/in.csv }, tags: [daily] }
                raw2: { ingest: { files: landing/in.csv }, tags: [weekly, daily] }
                a: { sql: SELECT * FROM raw1, tags: core }
                b: { sql: SELECT a.* FROM a JOIN raw2 ON true }
                c: { sql: SELECT * FROM b }
                d: { sql: SELECT id // id AS id FROM raw2, checks: [ { rows: { max: 1 } } ] }
                """, ["landing/in.csv": "id\n1\n", "datasets/e.sql": "SELECT * FROM c\n"])
    }

    @Test(
        "names, ancestors, descendants, siblings, globs, tags, paths, unions and intersections",
        arguments: [
            ("a", "a"), ("+b", "a b raw1 raw2"), ("b+", "b c e"), ("@a", "a b c e raw1 raw2"), ("1+c", "b c"),
            ("2+c", "a b c raw2"), ("b+1", "b c"), ("1+b+1", "a b c raw2"), ("+raw2+", "b c d e raw2"),
            ("raw*", "raw1 raw2"), ("tag:daily", "raw1 raw2"), ("tag:weekly+", "b c d e raw2"),
            ("path:datasets", "e"), ("path:datasets/e.sql", "e"), ("tag:daily,tag:weekly", "raw2"),
            ("raw1+,+c", "a b c raw1"), ("a d", "a d"), ("tag:core", "a"), ("*", "a b c d e raw1 raw2"),
        ])
    func methods(selection: String, names: String) throws {
        #expect(try sandbox.selected(selection).joined(separator: " ") == names)
    }

    @Test("--exclude takes away, and several arguments are a union")
    func exclude() throws {
        #expect(try sandbox.selected("tag:daily", "a", "--exclude", "raw2") == ["a", "raw1"])
        #expect(try sandbox.selected("+e", "--exclude", "+b") == ["c", "e"])
        #expect(try sandbox.selected("--exclude", "raw*", "--exclude", "e") == ["a", "b", "c", "d"])
    }

    @Test("states and results follow the store and the last run")
    func states() throws {
        #expect(try sandbox.selected("state:new").count == 7)
        #expect(try sandbox.selected("result:failed").isEmpty)
        try sandbox.run("+b")
        #expect(try sandbox.selected("state:stale") == ["c", "d", "e"])
        try sandbox.run()
        #expect(try sandbox.selected("state:stale").isEmpty)
        try sandbox.write("id\n1\n2\n", to: "landing/in.csv")
        #expect(try sandbox.selected("state:stale").count == 7)
        #expect(try sandbox.millrace("run", "d+", "raw2").status == 1)
        #expect(try sandbox.selected("result:failed") == ["d"])
        #expect(try sandbox.selected("state:stale", "--exclude", "result:failed") == ["a", "b", "c", "e", "raw1"])
        try sandbox.replace("max: 1", with: "max: 2", in: "millrace.yaml")
        try sandbox.run("result:failed")
        #expect(try sandbox.selected("result:failed").isEmpty)
    }

    @Test("a run makes only what is selected; what it needs must be there")
    func run() throws {
        let early = try sandbox.millrace("run", "a")
        #expect(early.status == 1)
        #expect(early.text.contains("'a' needs 'raw1', which has no version yet"))
        #expect(early.text.contains("millrace run +a"))
        try sandbox.run("+a")
        #expect(try sandbox.versions() == ["raw1": 0, "a": 0])
    }
}
