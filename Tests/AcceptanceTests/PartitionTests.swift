import Foundation
import TestThreads
import Testing

@Suite("Datasets made part by part", .ownThreads)
struct PartitionTests {
    /// A day so many days from today, in UTC.
    private static func day(_ offset: Int) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.string(from: Date(timeIntervalSinceNow: Double(offset) * 86_400))
    }

    /// Raw rows of the ten days before today and of today, appended from files, and a dataset of days made of them.
    private func daily(_ more: String = "") throws -> Sandbox {
        var lines = "id,day,v\n"
        for id in 0..<110 { lines += "\(id),\(Self.day(id % 11 - 10)),\(id)\n" }
        return try Sandbox(
            datasets: """
                raw:
                  ingest: { files: "landing/*.csv" }
                  mode: append
                daily:
                  sql: SELECT day, count(*) AS n, sum(v) AS total FROM raw GROUP BY day
                  partitions: { by: day, column: day, start: \(Self.day(-10)) }
                \(more)
                """, ["landing/1.csv": lines])
    }

    private func files(_ sandbox: Sandbox, _ table: String) throws -> Set<String> {
        Set(try sandbox.json("show", table)["files"].array.map(\.text))
    }

    @Test("a run makes the days that are over, and the next one only what is new of them")
    func due() throws {
        let sandbox = try daily()
        let plan = try sandbox.plan()
        #expect(plan["daily"] == ["new", "10 partitions \(Self.day(-10))…\(Self.day(-1)): missing"])
        try sandbox.run()
        #expect(
            try sandbox.rows("SELECT count(*), sum(n), min(day), max(day) FROM daily") == [
                "10,100,\(Self.day(-10)),\(Self.day(-1))"
            ])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        let shown = try sandbox.json("show", "daily")["partitions"]
        #expect(shown["made"].array.map(\.text) == ["\(Self.day(-10))..\(Self.day(-1))"])
        #expect(shown["missing"].array.isEmpty)
        let files = try self.files(sandbox, "daily")
        #expect(files.count == 10)

        // A file with late rows of one day: the input's statistics tell that it concerns that day alone.
        try sandbox.write("id,day,v\n900,\(Self.day(-3)),1000\n", to: "landing/2.csv")
        try sandbox.run()
        let after = try self.files(sandbox, "daily")
        #expect(after.count == 10 && after.intersection(files).count == 9)
        #expect(try sandbox.rows("SELECT n FROM daily WHERE day = '\(Self.day(-3))'") == ["11"])
        #expect(try sandbox.json("show", "daily")["account"]["read"].int == 1)
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))

        // Rows of today concern nothing that is over.
        try sandbox.write("id,day,v\n901,\(Self.day(0)),1\n", to: "landing/3.csv")
        try sandbox.run("raw")
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("--partition makes exactly those, and leaves the files of others alone")
    func asked() throws {
        let sandbox = try daily("all_days: { sql: SELECT count(*) AS days FROM daily }")
        try sandbox.run("raw")
        try sandbox.run("daily", "--partition", "\(Self.day(-9))..\(Self.day(-7))", "--partition", Self.day(-1))
        #expect(try sandbox.rows("SELECT day FROM daily ORDER BY day") == [-9, -8, -7, -1].map(Self.day))
        #expect(
            try sandbox.plan("daily")["daily"] == [
                "6 partitions \(Self.day(-10)), \(Self.day(-6))…\(Self.day(-2)): missing"
            ])
        // By itself, what is made of it is as the days that are there make it.
        try sandbox.run("all_days")
        #expect(try sandbox.plan("daily", "all_days").count == 2)
        #expect(try Set(sandbox.plan("daily", "all_days", "--each").keys) == ["daily"])
        let files = try self.files(sandbox, "daily")
        try sandbox.run("daily", "--partition", Self.day(-8))
        let after = try self.files(sandbox, "daily")
        #expect(after.intersection(files).count == 3 && after.count == 4)
        // Also one that is not over yet.
        try sandbox.run("daily", "--partition", Self.day(0))
        #expect(try sandbox.rows("SELECT n FROM daily WHERE day = '\(Self.day(0))'") == ["10"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM daily") == ["11"])
        try Judge.compareTables(of: sandbox)
    }

    @Test("a run that is taken up again does not make a partition again, although another run has published since")
    func resumedBehindAnother() throws {
        let sandbox = try daily()
        try sandbox.run("raw")
        try sandbox.run("daily", "--partition", Self.day(-3), "--run-id", "first")
        try sandbox.run("daily", "--partition", Self.day(-2))
        let versions = try sandbox.versions()
        let again = try sandbox.run("daily", "--partition", Self.day(-3), "--run-id", "first", "--resume")
        #expect(try sandbox.versions() == versions, "\(again.text)")
    }

    @Test("what cannot be asked for is named, with how to ask")
    func mistakes() throws {
        let sandbox = try daily()
        func text(_ partition: String) throws -> String {
            let result = try sandbox.millrace("run", "--partition", partition)
            #expect(result.status != 0)
            return result.text
        }
        #expect(try text("2024-13-01").contains("'2024-13-01' is no partition of 'daily'"))
        #expect(try text("2024-13-01").contains("write a day as 2026-03-04, or a range FIRST..LAST"))
        #expect(try text(Self.day(-11)).contains("begin with \(Self.day(-10)), and \(Self.day(-11)) comes before"))
        #expect(
            try sandbox.millrace("run", "raw", "--partition", Self.day(-1)).text.contains(
                "no dataset that is selected has partitions"))

        try sandbox.datasets(
            """
            a:
              sql: SELECT '2024-01-01' AS day, 1 AS v
              partitions: { by: day, column: day, start: 2024-01-01 }
            b:
              sql: SELECT DATE '2024-01-01' AS day
              partitions: { by: hour, column: day, start: 2024-01-01T00 }
            c:
              sql: SELECT 1 AS v
              partitions: { by: day, column: dya, start: 2024-01-01 }
            d:
              sql: SELECT DATE '2024-01-01' AS day
              mode: append
              partitions: { by: day, column: day, start: 2024-01-01 }
            e:
              ingest: { files: "in/{partition}/*.csv" }
            """)
        let check = try sandbox.millrace("check").text
        #expect(check.contains("'mode: append' does not go with 'partitions'"))
        #expect(check.contains("'{partition}' stands for a partition, and 'e' has none"))
        try sandbox.datasets(
            """
            a:
              sql: SELECT '2024-01-01' AS day, 1 AS v
              partitions: { by: day, column: day, start: 2024-01-01 }
            b:
              sql: SELECT DATE '2024-01-01' AS day
              partitions: { by: hour, column: day, start: 2024-01-01T00 }
            c:
              sql: SELECT 1 AS v
              partitions: { by: day, column: dya, start: 2024-01-01 }
            """)
        let bound = try sandbox.millrace("check").text
        #expect(bound.contains("the column 'day' is VARCHAR, which does not tell the day of a row"))
        #expect(bound.contains("the column 'day' is DATE, which does not tell the hour of a row"))
        #expect(bound.contains("dya"))
    }

    @Test("rows of no partition are quarantined with their reason, rows before the first are counted")
    func strays() throws {
        let sandbox = try Sandbox(
            datasets: """
                t:
                  sql: |
                    SELECT i AS id, CASE WHEN i % 10 = 0 THEN NULL ELSE DATE '2024-01-01' + (i % 40 - 10)::INTEGER END AS day
                    FROM range(400) AS r(i)
                  partitions: { by: month, column: day, start: 2024-01 }
                """)
        let run = try sandbox.run()
        #expect(run.output.contains("rows are left out: before the first partition, 2024-01"))
        let counts = try sandbox.json("show", "t")
        #expect(counts["account"]["quarantined"].int == 40)
        #expect(counts["account"]["published"].int == 270)
        #expect(counts["checks"].first("name", "start")["failing"].int == 90)
        #expect(counts["checks"].first("name", "partition")["status"].text == "quarantined")
        #expect(
            try sandbox.rows("SELECT DISTINCT _reasons[1] FROM t__quarantine") == [
                "partition: by its day it is of no partition"
            ])
        #expect(try sandbox.rows("SELECT count(*), min(day) FROM t") == ["270,2024-01-02"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("a list of values: what is added to it is missing, what is in none of it is quarantined")
    func list() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t:
                  sql: SELECT * FROM raw
                  partitions: { values: [de, "f/r ü"], column: country }
                  partition_by: kind
                """,
            ["in.csv": "id,country,kind\n1,de,a\n2,f/r ü,b\n3,es,a\n4,,a\n5,de,b\n"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM t ORDER BY id") == ["1", "2", "5"])
        #expect(try sandbox.rows("SELECT id FROM t__quarantine ORDER BY id") == ["3", "4"])
        let table = try Judge.ask("table", sandbox.path + "/store/t")
        #expect(table["partition_columns"].array.map(\.text) == ["kind"])
        #expect(table["files"].int == 3)
        try sandbox.replace("values: [de,", with: "values: [de, es,", in: "millrace.yaml")
        #expect(try sandbox.plan()["t"] == ["partition es: missing"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT id FROM t ORDER BY id") == ["1", "2", "3", "5"])
        #expect(try sandbox.rows("SELECT id FROM t__quarantine ORDER BY id") == ["4"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        let wrong = try sandbox.millrace("run", "--partition", "ed").text
        #expect(wrong.contains("'ed' is none of the partitions of 't'"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("files whose names tell their partition: only those of the partitions made are read")
    func filesByPartition() throws {
        let sandbox = try Sandbox(
            datasets: """
                events:
                  ingest: { files: "landing/{partition}/*.csv", on_error: quarantine, types: { v: INTEGER } }
                  partitions: { by: day, column: day, start: 2024-01-01 }
                """,
            [
                "landing/2024-01-01/a.csv": "day,v\n2024-01-01,1\n2024-01-01,2\n",
                "landing/2024-01-02/a.csv": "day,v\n2024-01-02,3\n2024-01-03,4\n2024-01-02,oops\n",
                "landing/other/a.csv": "day,v\n2024-01-01,1\n",
            ])
        #expect(try sandbox.plan()["events"]?.last == "2 partitions 2024-01-01…2024-01-02: missing")
        let run = try sandbox.run()
        #expect(run.output.contains("'landing/other/a.csv' is of no partition, and was not read"))
        #expect(try sandbox.rows("SELECT v FROM events ORDER BY v") == ["1", "2", "3"])
        #expect(
            try sandbox.rows(
                "SELECT _reasons[1] LIKE 'partition: by its day it is not of the partition of its file', v FROM events__quarantine ORDER BY v"
            )
                == ["true,4", "false,"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))

        // A late file of the first day, and another day: the file of the second stays.
        let files = try self.files(sandbox, "events")
        try sandbox.write("day,v\n2024-01-01,5\n", to: "landing/2024-01-01/late.csv")
        try sandbox.write("day,v\n2024-01-05,6\n", to: "landing/2024-01-05/a.csv")
        #expect(
            try sandbox.plan()["events"] == [
                "partition 2024-01-05: missing", "partition 2024-01-01: files changed",
            ])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT v FROM events ORDER BY v") == ["1", "2", "3", "5", "6"])
        let after = try self.files(sandbox, "events")
        #expect(after.count == 3 && after.intersection(files).count == 1)
        #expect(try sandbox.rows("SELECT count(*) FROM events__quarantine") == ["2"])

        // The second day mended: its refused rows go with its rows. Files that are gone take nothing with them.
        try sandbox.write("day,v\n2024-01-02,3\n2024-01-02,7\n", to: "landing/2024-01-02/a.csv")
        try sandbox.remove("landing/2024-01-01")
        #expect(try sandbox.plan()["events"] == ["partition 2024-01-02: files changed"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT v FROM events ORDER BY v") == ["1", "2", "3", "5", "6", "7"])
        #expect(try sandbox.rows("SELECT count(*) FROM events__quarantine") == ["0"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        let gone = try sandbox.millrace("run", "--partition", "2024-01-01")
        #expect(gone.status == 1 && gone.text.contains("there are no files of partition 2024-01-01"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("a refused check refuses this run's partitions, and leaves the others and the next run as they were")
    func refused() throws {
        let sandbox = try daily("  checks: [{ range: { column: total, max: 5000 } }]")
        try sandbox.run()
        let before = try sandbox.rows("SELECT * FROM daily ORDER BY day")
        try sandbox.write("id,day,v\n900,\(Self.day(-3)),9000\n", to: "landing/2.csv")
        let run = try sandbox.millrace("run")
        #expect(run.status == 1)
        #expect(try sandbox.rows("SELECT * FROM daily ORDER BY day") == before)
        #expect(try sandbox.plan()["daily"] == ["partition \(Self.day(-3)): input raw 0 → 1"])
        // Another day is made all the same.
        try sandbox.run("daily", "--partition", Self.day(-5))
        #expect(try sandbox.plan()["daily"] == ["partition \(Self.day(-3)): input raw 0 → 1"])
        // No file of the refused attempt stays.
        #expect(sandbox.files(in: "store/daily", ending: ".parquet").count == 11)
        try Judge.compareTables(of: sandbox)
    }

    @Test("a changed definition is for what comes next; --full-refresh makes all anew")
    func definition() throws {
        let sandbox = try daily()
        try sandbox.run("+daily", "--partition", "\(Self.day(-10))..\(Self.day(-4))")
        try sandbox.replace("sum(v) AS total", with: "-sum(v) AS total", in: "millrace.yaml")
        #expect(
            try sandbox.plan()["daily"] == [
                "definition changed (from now on; --full-refresh rebuilds)",
                "3 partitions \(Self.day(-3))…\(Self.day(-1)): missing",
            ])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FILTER (WHERE total < 0), count(*) FROM daily") == ["3,10"])
        #expect(
            try sandbox.json("show", "daily")["partitions"]["outdated"].array.map(\.text) == [
                "\(Self.day(-10))..\(Self.day(-4))"
            ])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try sandbox.run("--full-refresh", "daily")
        #expect(try sandbox.rows("SELECT count(*) FILTER (WHERE total < 0), count(*) FROM daily") == ["10,10"])
        #expect(try sandbox.json("show", "daily")["partitions"]["outdated"].array.isEmpty)
    }

    @Test("a dataset of the same partitions follows those that were made anew, in the same run and in later ones")
    func downstream() throws {
        let sandbox = try daily(
            """
            shares:
              sql: SELECT day, total / n AS mean FROM daily
              partitions: { by: day, column: day, start: \(Self.day(-10)) }
            sum: { sql: SELECT sum(total) AS s FROM daily }
            """)
        try sandbox.run()
        let shares = try self.files(sandbox, "shares")
        try sandbox.run("daily", "--partition", Self.day(-6))
        #expect(
            try sandbox.plan() == [
                "shares": ["partition \(Self.day(-6)): input daily 0 → 1"], "sum": ["input daily 0 → 1"],
            ])
        try sandbox.run()
        let after = try self.files(sandbox, "shares")
        #expect(after.intersection(shares).count == 9)
        try sandbox.write("id,day,v\n900,\(Self.day(-2)),0\n901,\(Self.day(-4)),0\n", to: "landing/2.csv")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM shares JOIN daily USING (day) WHERE mean = total / n") == ["10"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("an ingest whose files have rows of all partitions: a late file and --partition replace just that one")
    func lateFile() throws {
        let sandbox = try Sandbox(
            datasets: """
                events:
                  ingest: { files: "landing/*.csv", on_error: quarantine, types: { v: INTEGER } }
                  partitions: { by: day, column: day, start: 2024-01-01 }
                """,
            ["landing/1.csv": "day,v\n2024-01-01,1\n2024-01-02,2\n2024-01-03,3\n2024-01-03,oops\n,9\n"])
        let span = ["--partition", "2024-01-01..2024-01-05"]
        try sandbox.run(span[0], span[1])
        let before = try files(sandbox, "events")
        #expect(try sandbox.rows("SELECT count(*) FROM events__quarantine") == ["2"])
        try sandbox.write("day,v\n2024-01-02,20\n2024-01-03,30\n", to: "landing/late.csv")
        try sandbox.run("--partition", "2024-01-02")
        let after = try files(sandbox, "events")
        #expect(before.count == 3 && after.count == 3 && after.intersection(before).count == 2)
        #expect(try sandbox.rows("SELECT v FROM events ORDER BY v") == ["1", "2", "3", "20"])
        // Every run of it reads all files, and so all lines that cannot be read: they are there once.
        #expect(try sandbox.rows("SELECT count(*) FROM events__quarantine") == ["2"])
        // The other days were made from fewer files.
        let reasons = try #require(try sandbox.plan()["events"])
        #expect(reasons.last == "4 partitions 2024-01-01, 2024-01-03…2024-01-05: files changed")
        try Judge.compareTables(of: sandbox)
    }

    @Test("a hundred thousand hours are made in one run, in files that any of them can be taken from")
    func hours() throws {
        let sandbox = try Sandbox(
            datasets: """
                hours:
                  sql: SELECT TIMESTAMP '2012-01-01 00:00:00' + to_minutes(i * 30) AS t, i AS v FROM range(200000) AS r(i)
                  partitions: { by: hour, column: t, start: 2012-01-01T00 }
                days:
                  sql: SELECT t::DATE AS day, sum(v) AS s FROM hours GROUP BY ALL
                  partitions: { by: day, column: day, start: 2012-01-01 }
                """)
        try sandbox.run()
        #expect(try files(sandbox, "hours").count < 200)
        let before = try files(sandbox, "hours")
        try sandbox.run("hours", "--partition", "2015-06-07T08")
        #expect(try sandbox.rows("SELECT count(*), sum(v) FROM hours") == ["200000,19999900000"])
        let after = try files(sandbox, "hours")
        #expect(before.subtracting(after).count == 1 && after.subtracting(before).count == 2)
        #expect(try sandbox.plan() == ["days": ["partition 2015-06-07: input hours 0 → 1"]])
        try sandbox.run()
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        #expect(try sandbox.read(sandbox.commit(1, of: "store/hours")).utf8.count < 6_000)
        try Judge.compareTables(of: sandbox)
    }

    @Test("processes that make different partitions at the same time all publish; of the same one, one does")
    func atOnce() throws {
        let sandbox = try Sandbox(
            datasets: """
                t:
                  sql: SELECT DATE '2024-01-01' + (i % 6)::INTEGER AS day, i AS v FROM range(60000) AS r(i)
                  checks: [{ range: { column: v, max: 59000, on_fail: quarantine } }]
                  partitions: { by: day, column: day, start: 2024-01-01 }
                """)
        let programs = try (1...6).map { try sandbox.start("run", "--partition", "2024-01-0\($0)") }
        for program in programs {
            let result = program.wait()
            #expect(result.status == 0, "\(result.text)")
        }
        let count = "SELECT count(*), count(DISTINCT v) FROM t"
        #expect(try sandbox.rows(count) == ["59001,59001"])
        #expect(try sandbox.rows("SELECT count(*) FROM t__quarantine") == ["999"])
        #expect(
            try sandbox.json("show", "t")["partitions"]["made"].array.map(\.text) == ["2024-01-01..2024-01-06"])
        let same = try (1...3).map { _ in try sandbox.start("run", "--partition", "2024-01-03") }
        let results = same.map { $0.wait() }
        #expect(results.contains { $0.status == 0 })
        for result in results where result.status != 0 {
            #expect(result.text.contains("another run made partition 2024-01-03 meanwhile"), "\(result.text)")
        }
        #expect(try sandbox.rows(count) == ["59001,59001"])
        #expect(try sandbox.rows("SELECT count(*) FROM t__quarantine") == ["999"])
        try Judge.compareTables(of: sandbox)
    }

    @Test("kill -9 at many moments: a partition is as it was or as it is to be, and the others are untouched")
    func killed() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { ingest: { files: in.csv } }
                t:
                  sql: |
                    SELECT DATE '2024-01-01' + (i % 3)::INTEGER AS day, i AS v, md5(i::VARCHAR) AS d, r.factor
                    FROM range(30000) AS n(i), raw AS r
                  partitions: { by: day, column: day, start: 2024-01-01 }
                """, ["in.csv": "factor\n0\n"])
        let seen =
            "SELECT day, count(*), count(DISTINCT v), min(factor) = max(factor) FROM t GROUP BY day ORDER BY day"
        let whole = (1...3).map { "2024-01-0\($0),10000,10000,true" }
        try sandbox.run("--partition", "2024-01-01..2024-01-03")
        #expect(try sandbox.rows(seen) == whole)
        for attempt in 1...20 {
            try sandbox.write("factor\n\(attempt)\n", to: "in.csv")
            let program = try sandbox.start("run", "--partition", "2024-01-02")
            usleep(UInt32(attempt) * 8_000)
            kill(program.identifier, SIGKILL)
            _ = program.wait()
            #expect(try sandbox.rows(seen) == whole)
            #expect(try sandbox.rows("SELECT DISTINCT factor FROM t WHERE day <> '2024-01-02'") == ["0"])
        }
        try sandbox.run("--partition", "2024-01-02")
        #expect(try sandbox.rows("SELECT DISTINCT factor FROM t WHERE day = '2024-01-02'") == ["20"])
        try Judge.compareTables(of: sandbox)
    }

    @Test("a dataset that was made as a whole gets partitions: all of them take the place of what is there")
    func conversion() throws {
        let sandbox = try daily()
        try sandbox.replace("partitions: {", with: "tags: [\"{", in: "millrace.yaml")
        try sandbox.replace("start: \(Self.day(-10)) }", with: "start: \(Self.day(-10)) }\"]", in: "millrace.yaml")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM daily") == ["11"])
        try sandbox.replace("tags: [\"{", with: "partitions: {", in: "millrace.yaml")
        try sandbox.replace("}\"]", with: "}", in: "millrace.yaml")
        let asked = try sandbox.millrace("run", "--partition", Self.day(-2))
        #expect(asked.status == 1 && asked.text.contains("was not made by these partitions"))
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM daily") == ["10"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
    }

    @Test("upkeep: optimize, delete and restore leave partitions that can be replaced one by one")
    func upkeep() throws {
        let sandbox = try daily()
        try sandbox.run()
        try sandbox.millrace("delete", "daily", "--where", "day = '\(Self.day(-7))'").expectDone()
        try sandbox.millrace("optimize", "daily").expectDone()
        #expect(try sandbox.rows("SELECT count(*) FROM daily") == ["9"])
        #expect(try sandbox.run().output.hasPrefix("nothing to do"))
        try sandbox.run("daily", "--partition", Self.day(-7))
        #expect(try sandbox.rows("SELECT count(*) FROM daily") == ["10"])
        #expect(try sandbox.json("show", "daily")["files"].array.count == 10)
        try Judge.compareTables(of: sandbox)
    }
}

extension Program.Result {
    fileprivate func expectDone(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(status == 0, "\(text)", sourceLocation: sourceLocation)
    }
}
