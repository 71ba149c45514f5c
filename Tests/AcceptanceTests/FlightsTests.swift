import Foundation
import Servers
import TestThreads
import Testing

@Suite(
    "The flights example", .ownThreads, .enabled(if: Checkout.hasFlights, "scripts/bootstrap fetches the flights' data")
)
struct FlightsTests {
    @Test(
        "raw files become published, checked and split tables that deltalake and DuckDB's delta extension read alike",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the judges"))
    func endToEnd() throws {
        let sandbox = try Sandbox()
        try sandbox.shell("cp -r '\(Checkout.flights)/millrace.yaml' '\(Checkout.flights)/datasets' .")
        let landing = try sandbox.shell("python3 '\(Checkout.root)/scripts/flights-data' '\(sandbox.path)/landing'")
        try #require(landing.status == 0, "\(landing.text)")

        let checked = try sandbox.millrace("check")
        #expect(checked.status == 0, "\(checked.text)")
        let run = try sandbox.run()
        #expect(run.output.contains("\n  quarantine  "))
        #expect(run.output.contains("\n  splits      flights  train "))

        // Rows that the source has; the join keeps each departure once.
        let listed = try sandbox.json("list").array
        #expect(listed.count == 7)
        #expect(listed.allSatisfy { $0["state"].text == "up to date" && $0["version"].int == 0 })
        #expect(listed.first { $0["name"].text == "flights_raw" }?["rows"].int == 336_776)
        let departed = try sandbox.rows("SELECT count(*) FROM flights_raw WHERE dep_time IS NOT NULL")
        let account = try sandbox.json("history", "flights")[0]["account"]
        #expect(departed == ["\(account["read"].int ?? 0)"])
        #expect(account["read"].int == (account["published"].int ?? 0) + (account["quarantined"].int ?? 0))
        #expect(account["quarantined"].int ?? 0 > 500)
        #expect(try sandbox.rows("SELECT count(*) FROM flights") == ["\(account["published"].int ?? 0)"])
        #expect(try sandbox.rows("SELECT count(*) FROM flights__quarantine") == ["\(account["quarantined"].int ?? 0)"])
        #expect(
            try sandbox.rows("SELECT count(*) FROM weather_raw__quarantine WHERE wind_speed > 1000") == ["1"],
            "the gauge that reported a thousand miles an hour")
        #expect(try sandbox.rows("SELECT count(*) FROM flights__quarantine WHERE len(_reasons) = 0") == ["0"])

        // No aeroplane is in two splits, and the shares are near the weights.
        #expect(
            try sandbox.rows(
                "SELECT count(*) FROM (SELECT tailnum FROM flights GROUP BY 1 HAVING count(DISTINCT split) > 1)")
                == ["0"])
        let decided = try Judge.ask(
            "splits", sandbox.path + "/store/flights", "tailnum", "7", "train=80", "validation=10", "test=10")
        #expect(decided["wrong"].int == 0)
        let train = Double(decided["counts"]["train"].int ?? 0) / Double(decided["rows"].int ?? 1)
        #expect((0.77...0.83).contains(train))

        try Judge.compareTables(of: sandbox)

        let again = try sandbox.run()
        #expect(again.output == "nothing to do: 7 datasets are up to date\n")
        let export = try sandbox.millrace("export", "delays", "--output", "delays.parquet")
        #expect(export.status == 0, "\(export.text)")
    }

    @Test("on Spark: the same rows, refused rows, checks and splits", .enabled(if: SparkServer.isExpected))
    func cluster() async throws {
        let sandbox = try Sandbox()
        sandbox.environment["SPARK_REMOTE"] = try await SparkServer.shared().connectionString
        try sandbox.shell("cp -r '\(Checkout.flights)/millrace.yaml' '\(Checkout.flights)/datasets' .")
        let landing = try sandbox.shell("python3 '\(Checkout.root)/scripts/flights-data' '\(sandbox.path)/landing'")
        try #require(landing.status == 0, "\(landing.text)")
        let checked = try sandbox.millrace("check", "--engine", "cluster")
        #expect(checked.status == 0, "\(checked.text)")
        try sandbox.run()
        let made = ["flights", "carrier_delays", "weather_delays"]
        try sandbox.run("--engine", "cluster", "--full-refresh", made[0], made[1], made[2])
        for table in made + ["flights__quarantine"] {
            let hashes = try (0...1).map {
                try sandbox.rows("SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM \(table)@\($0) AS t")
            }
            #expect(hashes[0] == hashes[1], "\(table)")
        }
        let versions = try sandbox.json("history", "flights").array
        #expect(versions.count == 2)
        for part in ["read", "published", "quarantined"] {
            #expect(versions[0]["account"][part].int ?? 0 > 0)
            #expect(versions[0]["account"][part].int == versions[1]["account"][part].int)
        }
        let splits = try (0...1).map {
            try sandbox.rows("SELECT split, count(*), bit_xor(hash(tailnum)) FROM flights@\($0) GROUP BY 1 ORDER BY 1")
        }
        #expect(splits[0].count == 3)
        #expect(splits[0] == splits[1])
        // What files say about their values serves to skip them, wherever they come from.
        #expect(try sandbox.rows("SELECT count(*) FROM flights WHERE flight_id < '0'") == ["0"])
        try Judge.compareTables(of: sandbox)
    }
}
