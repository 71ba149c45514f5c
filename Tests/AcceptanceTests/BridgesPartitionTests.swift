import Foundation
import TestThreads
import Testing

/// Partitions in the exported files.
@Suite("Partitions in Airflow, Prefect and Luigi", .ownThreads, .enabled(if: Checkout.hasBridges))
struct BridgesPartitionTests {
    @Test("a task makes the partition of its moment, and only while that is due", arguments: Bridge.allCases)
    func ofTheMoment(_ bridge: Bridge) throws {
        let sandbox = try Sandbox([
            "millrace.yaml": """
            project: shop
            triggers:
              nightly: { cron: "0 2 * * *" }
            datasets:
              raw: { ingest: { files: raw.csv } }
              events:
                sql: SELECT id, day::DATE AS day FROM raw
                partitions: { by: day, column: day, start: 2026-03-01 }
              weeks:
                sql: SELECT day, count(*) AS n FROM events GROUP BY day
                partitions: { by: week, column: day, start: 2026-02-23 }
              total: { sql: SELECT count(*) AS n FROM events }
            """,
            "raw.csv": "id,day\n1,2026-03-01\n2,2026-03-04\n3,2026-03-05\n", "dags/README": "",
        ])
        let exported = try sandbox.millrace("export-dag", bridge.rawValue, "--output", bridge.file)
        #expect(exported.status == 0, "\(exported.text)")
        try bridge.prepare(in: sandbox)
        let result = try bridge.runNightly(in: sandbox, on: ["2026-03-05", "2026-03-05", "2026-03-02"])
        #expect(result.status == 0, "\(result.text)")
        #expect(try sandbox.rows("SELECT id FROM events ORDER BY id") == ["1", "2"])
        #expect(try sandbox.rows("SELECT n FROM total") == ["2"])
        // The week is made twice: without its Sunday, and once that has come.
        #expect(try sandbox.rows("SELECT day FROM weeks") == ["2026-03-01"])
        #expect(try sandbox.versions() == ["raw": 0, "events": 1, "weeks": 1, "total": 1])
    }
}
