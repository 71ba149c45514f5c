import Foundation
import TestThreads
import Testing

@Suite("What is made again, and why", .ownThreads)
struct StalenessTests {
    private let sandbox: Sandbox

    /// orders_raw → orders → totals, and customers beside them.
    init() throws {
        sandbox = try Sandbox(
            datasets: """
                orders_raw:
                  ingest: { files: "landing/orders*.csv", format: csv }
                customers:
                  ingest: { files: landing/customers.csv, format: csv }
                orders:
                  sql: datasets/orders.sql
                totals:
                  sql: |
                    SELECT customer, sum(amount) AS total
                    FROM orders GROUP BY customer
                """,
            [
                "landing/orders1.csv": "id,customer,amount\n1,ann,10\n2,bob,20\n3,ann,5\n",
                "landing/customers.csv": "customer,city\nann,Lyon\nbob,Porto\n",
                "datasets/orders.sql": "SELECT id, customer, amount * 2 AS amount FROM orders_raw\n",
            ])
        try sandbox.run()
    }

    @Test("a second run does nothing, says so, and publishes no version")
    func nothingToDo() throws {
        let files = sandbox.files(in: "store")
        let run = try sandbox.run()
        #expect(run.output == "nothing to do: 4 datasets are up to date\n")
        #expect(run.errors.isEmpty)
        #expect(sandbox.files(in: "store") == files)
        #expect(try sandbox.millrace("plan").output == "nothing to do: 4 datasets are up to date\n")
        #expect(try sandbox.events().last?["outcome"].text == "nothing_to_do")
    }

    @Test(
        "comments and white space in SQL make nothing stale",
        arguments: [
            "-- What was ordered.\nSELECT id, customer, amount * 2 AS amount FROM orders_raw\n",
            "SELECT id, customer,\n\n    amount*2 AS amount -- doubled\nFROM /* all */ orders_raw;\n",
            "\n\n  SELECT id,customer,amount * 2 AS amount\n\tFROM orders_raw",
        ])
    func commentsAndWhiteSpace(sql: String) throws {
        try sandbox.write(sql, to: "datasets/orders.sql")
        #expect(try sandbox.plan() == [:])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }

    @Test("comments and white space in the project file make nothing stale")
    func commentsInYAML() throws {
        try sandbox.replace("  totals:", with: "\n  # what everyone paid\n  totals:", in: "millrace.yaml")
        try sandbox.replace("SELECT customer, sum", with: "SELECT customer,\n         sum", in: "millrace.yaml")
        #expect(try sandbox.plan() == [:])
    }

    @Test("another literal makes that step and what is below it again, and nothing else")
    func literal() throws {
        try sandbox.replace("* 2", with: "* 3", in: "datasets/orders.sql")
        #expect(
            try sandbox.plan() == ["orders": ["definition changed"], "totals": ["input orders 0 → 1"]])
        try sandbox.run()
        #expect(try sandbox.versions() == ["orders_raw": 0, "customers": 0, "orders": 1, "totals": 1])
        #expect(try sandbox.rows("SELECT total FROM totals ORDER BY customer") == ["45", "60"])
        #expect(try sandbox.rows("SELECT total FROM totals@0 ORDER BY customer") == ["30", "40"])
    }

    @Test("white space inside a text literal is a change")
    func whiteSpaceInLiteral() throws {
        try sandbox.write("SELECT id, 'a b' AS note, customer, amount FROM orders_raw", to: "datasets/orders.sql")
        try sandbox.run()
        try sandbox.write("SELECT id, 'a  b' AS note, customer, amount FROM orders_raw", to: "datasets/orders.sql")
        #expect(try sandbox.plan()["orders"] == ["definition changed"])
    }

    @Test("a check that is added, or one with another bound, makes its dataset again")
    func checks() throws {
        try sandbox.replace(
            "    sql: datasets/orders.sql", with: "    sql: datasets/orders.sql\n    checks: [ { rows: { min: 1 } } ]",
            in: "millrace.yaml")
        #expect(try sandbox.plan()["orders"] == ["definition changed"])
        try sandbox.run()
        try sandbox.replace("min: 1", with: "min: 2", in: "millrace.yaml")
        #expect(try sandbox.plan()["orders"] == ["definition changed"])
    }

    @Test("a landing file that is added makes its ingest and what is below it again")
    func addedFile() throws {
        try sandbox.write("id,customer,amount\n4,bob,1\n", to: "landing/orders2.csv")
        #expect(
            try sandbox.plan() == [
                "orders_raw": ["files changed (1 → 2)"], "orders": ["input orders_raw 0 → 1"],
                "totals": ["input orders 0 → 1"],
            ])
        try sandbox.run()
        #expect(try sandbox.versions() == ["orders_raw": 1, "customers": 0, "orders": 1, "totals": 1])
        #expect(try sandbox.rows("SELECT count(*) FROM orders") == ["4"])
    }

    @Test("a landing file that was written again makes its ingest again")
    func touchedFile() throws {
        try sandbox.shell("touch -d '2020-01-01 00:00:00' landing/orders1.csv")
        #expect(try sandbox.plan()["orders_raw"] == ["files changed"])
        #expect(try sandbox.plan()["customers"] == nil)
    }

    @Test("--full-refresh makes what is selected, whatever its state")
    func forced() throws {
        #expect(try sandbox.plan("--full-refresh", "customers") == ["customers": ["forced"]])
        try sandbox.run("--full-refresh", "customers")
        #expect(try sandbox.versions() == ["orders_raw": 0, "customers": 1, "orders": 0, "totals": 0])
    }

    @Test("a plan tells each dataset's reason, and --dry-run tells the same without running")
    func explained() throws {
        try sandbox.replace("* 2", with: "* 3", in: "datasets/orders.sql")
        try sandbox.write("id,customer,amount\n4,bob,1\n", to: "landing/orders2.csv")
        let plan = try sandbox.millrace("plan", "--all")
        #expect(try sandbox.millrace("run", "--dry-run").output.contains("definition changed, input orders_raw 0 → 1"))
        try Snapshot.expect(plan.output, "plan", in: sandbox)
        #expect(try sandbox.versions()["orders"] == 0)
    }

    @Test("a plan of a new project says 'new' for all")
    func new() throws {
        try sandbox.remove("store")
        #expect(
            try sandbox.plan() == ["orders_raw": ["new"], "customers": ["new"], "orders": ["new"], "totals": ["new"]])
    }

    @Test("what is lost beside the project is only history: nothing is made again for it")
    func lostState() throws {
        try sandbox.remove(".millrace")
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }
}
