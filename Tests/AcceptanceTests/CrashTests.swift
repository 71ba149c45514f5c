import Foundation
import TestThreads
import Testing

@Suite("Runs that end before their time", .ownThreads)
struct CrashTests {
    /// Contents of the landing file: two that are right, and one that a check refuses.
    private enum Generation: Int {
        case first, second, refused
    }

    private static let texts: [Generation: String] = {
        var texts: [Generation: String] = [:]
        for generation in [Generation.first, .second, .refused] {
            var text = "id,customer,amount\n"
            for id in 0..<10_000 {
                let amount = generation == .refused && id == 9_999 ? -1 : (id * (generation.rawValue + 7)) % 1000
                text += "\(id),c\(id % 97),\(amount)\n"
            }
            texts[generation] = text
        }
        return texts
    }()

    private func land(_ generation: Generation, in sandbox: Sandbox) throws {
        try sandbox.write(try #require(Self.texts[generation]), to: "landing/orders.csv")
    }

    private static let tables = ["orders_raw", "orders", "orders__quarantine", "totals"]

    private func project() throws -> Sandbox {
        try Sandbox(
            datasets: """
                orders_raw:
                  ingest: { files: landing/orders.csv, format: csv }
                orders:
                  sql: SELECT id, customer, amount, md5(id::VARCHAR) AS digest FROM orders_raw
                  checks:
                    - unique: [id]
                    - range: { column: amount, min: 0 }
                    - range: { column: amount, max: 990 }
                      on_fail: quarantine
                  splits: { by: customer, seed: 1, train: 80, test: 20 }
                totals:
                  sql: SELECT customer, split, sum(amount) AS total FROM orders GROUP BY ALL
                """)
    }

    /// A hash over the rows of each table that is visible, whatever their order; `all` says that all are, which saves
    /// asking.
    private func contents(_ sandbox: Sandbox, all: Bool = false) throws -> [String: String] {
        var visible = Self.tables
        if !all {
            let published = try sandbox.versions().keys
            visible = visible.filter { published.contains($0.replacing("__quarantine", with: "")) }
        }
        guard !visible.isEmpty else { return [:] }
        let parts = visible.map { "SELECT '\($0)', count(*), bit_xor(hash(t)), sum(hash(t)) FROM \($0) AS t" }
        let rows = try sandbox.rows(parts.joined(separator: " UNION ALL "))
        return Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let comma = row.firstIndex(of: ",") ?? row.endIndex
                return (String(row[..<comma]), String(row[comma...]))
            })
    }

    @Test(
        "kill -9 at thirty random moments: no partial or unchecked version is ever visible, and the next run completes")
    func killed() throws {
        // What undisturbed runs publish.
        let calm = try project()
        var expected: [Generation: [String: String]] = [:]
        var usual = Duration.zero
        for generation in [Generation.first, .second] {
            try land(generation, in: calm)
            usual = try ContinuousClock().measure { try calm.run() }
            expected[generation] = try contents(calm)
            #expect(expected[generation]?.count == 4)
        }
        #expect(expected[.first] != expected[.second])
        try land(.refused, in: calm)
        #expect(try calm.millrace("run").status == 1)
        expected[.refused] = try contents(calm)

        var random = SeededGenerator(seed: 20_130_101)
        let sandbox = try project()
        // What the last run that ended by itself left.
        var kept: [String: String] = [:]
        var live: Generation?
        var interrupted = 0
        for trial in 0..<30 {
            if trial == 3 || trial == 17 {
                try sandbox.remove("store")
                (kept, live) = ([:], nil)
            }
            let next: Generation = trial % 5 == 4 ? .refused : live == .first ? .second : .first
            try land(next, in: sandbox)
            let run = try sandbox.start("run", "--quiet")
            usleep(UInt32(Double.random(in: 0.02...0.95, using: &random) * Double(usual.microseconds)))
            run.signal(SIGKILL)
            if run.wait().status == 128 + SIGKILL { interrupted += 1 }

            let seen = try contents(sandbox, all: kept.count == Self.tables.count)
            for (table, hash) in seen {
                // A refused version is never visible; what it was made from may be.
                let isRefused = next == .refused && table != "orders_raw"
                #expect(
                    hash == kept[table] || (!isRefused && hash == expected[next]?[table]), "\(table) in trial \(trial)")
            }
            for table in kept.keys { #expect(seen[table] != nil, "\(table) in trial \(trial)") }
            // Rows that were refused belong to the version that refused them.
            #expect(
                [kept, expected[next] ?? [:]].contains {
                    $0["orders"] == seen["orders"] && $0["orders__quarantine"] == seen["orders__quarantine"]
                } || seen["orders"] == nil, "orders and its quarantine in trial \(trial)")
            if trial == 10, Checkout.hasJudges { try Judge.compareTables(of: sandbox, quarantines: false) }

            let started = ContinuousClock.now
            let mended = try sandbox.millrace("run", "--quiet")
            usual = ContinuousClock.now - started
            if next == .refused {
                kept["orders_raw"] = expected[.refused]?["orders_raw"]
            } else {
                kept = expected[next] ?? [:]
                live = next
            }
            #expect(mended.status == (next == .refused ? 1 : 0), "\(mended.text)")
            #expect(try contents(sandbox, all: live != nil) == kept, "after trial \(trial)")
        }
        #expect(interrupted >= 15, "most of the kills came while the program ran")
        if Checkout.hasJudges { try Judge.compareTables(of: sandbox) }
    }

    /// A project whose second step takes longer than anybody waits.
    private func slow() throws -> Sandbox {
        try Sandbox(
            datasets: """
                a:
                  ingest: { files: landing/a.csv, format: csv }
                b:
                  sql: SELECT sum(x.range * y.range) AS n FROM a, range(1000000) AS x, range(1000000) AS y
                c:
                  sql: SELECT * FROM b
                """, ["landing/a.csv": "n\n1\n"])
    }

    /// Waits until the program has written a text; gives up after ten seconds.
    private func wait(for text: String, from program: Program) throws {
        for _ in 0..<1000 {
            if program.outputSoFar.contains(text) { return }
            usleep(10_000)
        }
        program.signal(SIGKILL)
        Issue.record("the program never said '\(text)': \(program.outputSoFar)")
    }

    @Test(
        "Ctrl-C stops cleanly: nothing is half published, and the exit status says so",
        arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let sandbox = try slow()
        let run = try sandbox.start("run", "--json")
        try wait(for: "\"step_started\",\"at\":", from: run)
        try wait(for: "\"dataset\":\"b\",\"kind\"", from: run)
        usleep(100_000)
        run.signal(signal)
        let started = ContinuousClock.now
        let result = run.wait()
        #expect(result.status == 128 + signal, "\(result.text)")
        #expect(ContinuousClock.now - started < .seconds(5))
        let events = try result.lines.map { try JSON($0) }
        #expect(events.last?["event"].text == "run_finished")
        #expect(events.last?["outcome"].text == "cancelled")
        #expect(events.contains { $0["event"].text == "step_failed" && $0["cause"].text == "cancelled" })
        // What was published before stays; the step that was stopped leaves nothing.
        #expect(try sandbox.versions() == ["a": 0])
        #expect(sandbox.files(in: "store/b", ending: ".parquet").isEmpty)
        #expect(sandbox.files(in: "store/b", ending: ".json").isEmpty)
        #expect(try sandbox.plan("b") == ["b": ["new"]])
    }

    @Test("two runs at once: one version is published, and neither is damaged")
    func twoAtOnce() throws {
        let sandbox = try project()
        try land(.first, in: sandbox)
        let runs = try (0..<2).map { _ in try sandbox.start("run") }
        let results = runs.map { $0.wait() }
        // The one that comes second finds the version there already: it may be refused, but it breaks nothing.
        #expect(results.contains { $0.status == 0 }, "\(results.map(\.text))")
        #expect(results.allSatisfy { [0, 1].contains($0.status) }, "\(results.map(\.text))")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM orders_raw") == ["10000"])
        #expect(try sandbox.rows("SELECT count(*) - count(DISTINCT id) FROM orders") == ["0"])
    }
}

extension Duration {
    var microseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
