import Foundation
import TestThreads
import Testing

/// The exported files in Airflow and Prefect with their servers, which start what waits for something else.
@Suite("Schedules in Airflow and Prefect", .ownThreads, .enabled(if: Checkout.hasBridges))
struct BridgesScheduleTests {
    @Test("a new version and the end of a run start what waits for them", arguments: [Bridge.airflow, .prefect])
    func events(_ bridge: Bridge) throws {
        let sandbox = try Sandbox([
            "millrace.yaml": """
            project: shop
            pools: { database: 2 }
            triggers:
              nightly: { cron: "0 2 * * *", select: orders }
              after_orders: { dataset: orders, select: revenue }
              report: { after: after_orders, select: totals }
            datasets:
              orders:
                ingest: { files: orders.csv }
                pool: { name: database, weight: 2 }
              revenue: { sql: "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer" }
              totals: { sql: "SELECT sum(amount) AS amount FROM revenue" }
            """,
            "orders.csv": "id,customer,amount\n1,1,10\n2,2,20\n3,1,5\n", "dags/README": "",
        ])
        let exported = try sandbox.millrace("export-dag", bridge.rawValue, "--output", bridge.file)
        #expect(exported.status == 0, "\(exported.text)")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Judges/schedules_\(bridge.rawValue).py").path
        let result = try bridge.start(["-W", "ignore", script], in: sandbox).wait()
        bridge.endServers(in: sandbox)
        #expect(result.status == 0, "\(result.text)")
        #expect(try sandbox.versions() == ["orders": 0, "revenue": 0, "totals": 0])
        #expect(try sandbox.rows("SELECT amount FROM totals") == ["35"])
    }
}
