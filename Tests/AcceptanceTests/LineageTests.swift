import TestThreads
import Testing

@Suite("Lineage to the column", .ownThreads)
struct LineageTests {
    private func project() throws -> Sandbox {
        try Sandbox(
            datasets: """
                events:
                  ingest: { files: "landing/*.csv" }
                  checks: [ { range: { column: amount, min: 0 }, on_fail: quarantine } ]
                places: { ingest: { files: places.csv } }
                joined:
                  sql: "SELECT e.*, p.name AS place_name FROM events e JOIN places p USING (place) WHERE e.day > 0"
                  splits: { by: place, train: 8, test: 2 }
                summary:
                  sql: "SELECT place_name, sum(amount) AS total, count(*) AS n FROM joined GROUP BY ALL"
                  mode: merge
                  key: [place_name]
                """,
            [
                "landing/1.csv": "day,place,amount\n1,a,10\n2,b,20\n", "places.csv": "place,name\na,Aa\nb,Bb\n",
            ])
    }

    @Test("a column back to the files and on to the last dataset, before anything has run")
    func column() throws {
        let sandbox = try project()
        try Snapshot.expect(try sandbox.millrace("lineage", "joined.amount").output, "lineage-column", in: sandbox)
        try Snapshot.expect(try sandbox.millrace("lineage", "summary.TOTAL").output, "lineage-total", in: sandbox)
    }

    @Test("a dataset with all its columns, the split among them")
    func dataset() throws {
        let sandbox = try project()
        try Snapshot.expect(try sandbox.millrace("lineage", "joined").output, "lineage", in: sandbox)
    }

    @Test("--upstream and --downstream show one side")
    func sides() throws {
        let sandbox = try project()
        let up = try sandbox.millrace("lineage", "joined.amount", "--upstream").output
        #expect(up.contains("made from") && !up.contains("used for"))
        let down = try sandbox.millrace("lineage", "joined.amount", "--downstream").output
        #expect(down.contains("used for") && !down.contains("made from") && down.contains("summary.total  aggregation"))
        let both = try sandbox.millrace("lineage", "joined.amount", "--downstream", "--upstream").output
        #expect(both.contains("used for") && both.contains("made from"))
    }

    @Test("as JSON, with how each column takes part")
    func json() throws {
        let sandbox = try project()
        let total = try sandbox.json("lineage", "summary.total")
        let joined = total["from"][0]
        #expect([joined["place"].text, joined["name"].text, joined["column"].text] == ["dataset", "joined", "amount"])
        #expect(joined["kinds"].array.map(\.text) == ["aggregation"])
        let file = joined["from"][0]["from"][0]
        #expect([file["place"].text, file["name"].text, file["column"].text] == ["files", "landing/*.csv", "amount"])
        // Rows that a check refuses are decided over by what it looks at, and so are those that a merge replaces.
        let events = total["rows"]["events"][0]
        #expect([events["name"].text, events["column"].text] == ["landing/*.csv", "amount"])
        #expect(total["rows"]["summary"].first("column", "place_name")["kinds"].array.map(\.text) == ["group_by"])
        #expect(total["rows"]["joined"].first("column", "day")["kinds"].array.map(\.text) == ["filter"])

        let dataset = try sandbox.json("lineage", "joined")
        #expect(dataset["columns"].array.map { $0["name"].text } == ["day", "place", "amount", "place_name", "split"])
        let split = dataset["columns"].first("name", "split")["from"][0]
        #expect([split["name"].text, split["column"].text] == ["events", "place"])
        #expect(dataset["columns"].first("name", "amount")["used_in"][0]["column"].text == "total")
        #expect(dataset["columns"].first("name", "place_name")["used_in"].array.count == 2)
    }

    @Test("a table outside of the store is where the way ends")
    func foreign() throws {
        let other = try Sandbox(datasets: "source: { sql: 'SELECT 1 AS a, 2 AS b' }")
        try other.run()
        let path = other.path + "/store/source"
        let sandbox = try Sandbox(
            datasets: """
                copied: { ingest: { delta: "\(path)" } }
                read: { sql: "SELECT *, a + 1 AS c FROM delta_scan('\(path)')" }
                """)
        let copied = try sandbox.json("lineage", "copied.a")["from"][0]
        #expect([copied["place"].text, copied["name"].text, copied["column"].text] == ["delta", path, "a"])
        let read = try sandbox.json("lineage", "read")["columns"].array
        #expect(read.map { $0["name"].text } == ["a", "b", "c"])
        #expect(read.map { $0["from"][0]["column"].text } == ["a", "b", "a"])
    }

    @Test("what is not known is said")
    func unknown() throws {
        let sandbox = try Sandbox(
            datasets: """
                later: { ingest: { files: "landing/*.csv" } }
                all: { sql: "SELECT * FROM later" }
                some: { sql: "SELECT x + 1 AS y FROM later" }
                """)
        let all = try sandbox.json("lineage", "all")
        #expect(all["problem"].text == "not all columns of what it reads are known")
        #expect(all["columns"][0]["from"][0]["name"].text == "later")
        let some = try sandbox.json("lineage", "some.y")
        #expect(some["from"][0]["column"].text == "x")
        let later = try sandbox.millrace("lineage", "later.x")
        #expect(later.status == 2)
        #expect(later.errors.contains("the columns of 'later' are not known yet"))
    }

    @Test(
        "who asks for what is not there is told what may have been meant",
        arguments: [
            ("joind", "no dataset 'joind' in this project", "did you mean 'joined'?"),
            ("joined.amout", "'joined' has no column 'amout'", "did you mean 'amount'?"),
            ("joined.zzz", "'joined' has no column 'zzz'", "it has day, place, amount, place_name, split"),
            ("joined.", "'joined.' names no column", "write joined.COLUMN"),
            ("joined@3", "not of a version", "millrace show joined@3 --inputs"),
        ])
    func mistakes(_ target: String, _ message: String, _ hint: String) throws {
        let result = try project().millrace("lineage", target)
        #expect(result.status == 2)
        #expect(result.errors.contains(message) && result.errors.contains(hint), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test("a query in disorder is told as 'check' tells it; others are not in its way")
    func broken() throws {
        let sandbox = try Sandbox(
            datasets: """
                good: { sql: SELECT 1 AS a }
                next: { sql: SELECT a + 1 AS b FROM good }
                bad: { sql: SELECT a FROM god }
                """)
        let bad = try sandbox.millrace("lineage", "bad")
        #expect(bad.status == 2 && bad.errors.contains("unknown dataset 'god'") && bad.errors.contains("^"))
        #expect(try sandbox.json("lineage", "next.b")["from"][0]["name"].text == "good")
    }
}
