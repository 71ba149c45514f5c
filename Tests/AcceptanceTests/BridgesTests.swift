import Foundation
import TestThreads
import Testing

/// The exported files in the programs that they are written for.
@Suite(
    "Airflow, Prefect and Luigi", .ownThreads,
    .enabled(if: Checkout.hasBridges, "scripts/bootstrap --test installs them"))
struct BridgesTests {
    private static let project = """
        project: shop
        pools: { database: 2 }
        triggers:
          nightly: { cron: "0 2 * * *", timezone: Europe/Berlin }
          after_orders: { dataset: orders, select: revenue }
        datasets:
          orders_raw:
            ingest: { files: landing/orders.csv }
            pool: { name: database, weight: 2 }
          customers_raw:
            ingest: { files: landing/customers.csv }
            timeout: 10m
          orders:
            description: Orders with the "countries" of their customers.
            sql: SELECT o.id, o.amount, c.country FROM orders_raw AS o JOIN customers_raw AS c ON o.customer = c.id
            checks:
              - range: { column: amount, min: 0 }
          revenue:
            sql: SELECT country, sum(amount) AS amount FROM orders GROUP BY ALL
        """

    private func shop() throws -> Sandbox {
        try Sandbox([
            "millrace.yaml": Self.project, "landing/orders.csv": "id,customer,amount\n1,1,10\n2,2,20\n3,1,5\n",
            "landing/customers.csv": "id,country\n1,de\n2,fr\n", "dags/README": "",
        ])
    }

    private func exported(_ bridge: Bridge) throws -> Sandbox {
        let sandbox = try shop()
        let result = try sandbox.millrace("export-dag", bridge.rawValue, "--output", bridge.file)
        #expect(result.status == 0, "\(result.text)")
        try bridge.prepare(in: sandbox)
        return sandbox
    }

    /// The live version of every dataset, and what is in it.
    private func state(of sandbox: Sandbox) throws -> [String: String] {
        var state: [String: String] = [:]
        for (name, version) in try sandbox.versions() {
            let rows = try sandbox.rows("SELECT count(*), bit_xor(hash(t)), sum(hash(t)) FROM \(name) AS t")
            state[name] = "version \(version): \(rows.joined())"
        }
        return state
    }

    @Test("the tasks publish what 'millrace run' publishes, and again only what is stale", arguments: Bridge.allCases)
    func sameVersions(_ bridge: Bridge) throws {
        let plain = try shop()
        let bridged = try exported(bridge)
        for orders in [nil, "id,customer,amount\n1,1,10\n2,2,20\n3,1,5\n4,2,7\n"] {
            for sandbox in [plain, bridged] {
                if let orders { try sandbox.write(orders, to: "landing/orders.csv") }
            }
            try plain.run()
            let result = try bridge.startNightly(in: bridged).wait()
            #expect(result.status == 0, "\(result.text)")
            let expected = try state(of: plain)
            #expect(try state(of: bridged) == expected)
            #expect(expected.count == 4)
        }
        #expect(try plain.versions() == ["orders_raw": 1, "customers_raw": 0, "orders": 1, "revenue": 1])
        #expect(try bridged.plan().isEmpty)
    }

    @Test("a failed step fails its task with its last words, and nothing after it starts", arguments: Bridge.allCases)
    func failure(_ bridge: Bridge) throws {
        let sandbox = try exported(bridge)
        try sandbox.write("id,customer,amount\n1,1,-10\n", to: "landing/orders.csv")
        let result = try bridge.startNightly(in: sandbox).wait()
        #expect(result.status != 0)
        #expect(result.text.contains("run orders --no-retries --die-with-parent ended with status 1"))
        #expect(result.text.contains("range(amount)"))
        #expect(try Set(sandbox.versions().keys) == ["orders_raw", "customers_raw"])
    }

    @Test("who ends the orchestrator ends the program and all that it has started", arguments: Bridge.allCases)
    func cancellation(_ bridge: Bridge) throws {
        let sandbox = try exported(bridge)
        // Stands for a step that takes long, with a child of its own. Only the last task's step does.
        try sandbox.write(
            """
            #!/bin/sh
            case "$1 $2" in
                "run revenue")
                    sleep 600 &
                    echo $$ $! > pids.new
                    mv pids.new pids
                    wait ;;
                plan*)
                    for name in "$@"; do
                        case $name in plan | --json) continue ;; esac
                        action=run
                        [ -e "made.$name" ] && action=skip
                        steps="$steps${steps:+, }{\\"dataset\\": \\"$name\\", \\"action\\": \\"$action\\"}"
                    done
                    echo "{\\"steps\\": [$steps]}" ;;
                *) touch "made.$2" ;;
            esac
            """, to: "slow")
        try sandbox.shell("chmod +x slow")
        sandbox.environment["MILLRACE"] = sandbox.path + "/slow"
        let program = try bridge.startNightly(in: sandbox)
        for _ in 0..<3000 where !sandbox.exists("pids") { usleep(100_000) }
        let pids = sandbox.exists("pids") ? try sandbox.read("pids").split(whereSeparator: \.isWhitespace) : []
        program.signal(SIGTERM)
        let result = program.wait()
        bridge.endServers(in: sandbox)
        #expect(pids.count == 2, "\(result.text)")
        #expect(result.status != 0)
        for pid in pids.compactMap({ pid_t($0) }) {
            // A process that nobody has waited for yet has ended, too.
            for _ in 0..<100 where Self.lives(pid) { usleep(50_000) }
            #expect(!Self.lives(pid), "\(result.text)")
        }
    }

    private static func lives(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return !status.contains(") Z ")
    }

    @Test("a file of everything that can be exported is imported without complaint", arguments: Bridge.allCases)
    func large(_ bridge: Bridge) throws {
        let sandbox = try Sandbox(["dags/README": ""])
        let golden = Checkout.root + "/Tests/BridgesTests/Golden/large_\(bridge.rawValue).py"
        try sandbox.shell("cp '\(golden)' dags/large.py")
        try bridge.prepare(in: sandbox)
        let result = try bridge.start(
            ["-W", "error::SyntaxWarning", "-c", "import sys; sys.path.insert(0, 'dags'); import large"], in: sandbox
        ).wait()
        #expect(result.status == 0, "\(result.text)")
    }

    @Test("formatters and linters of Python find nothing to do")
    func form() throws {
        let golden = Checkout.root + "/Tests/BridgesTests/Golden"
        for command in [["format", "--check"], ["check", "--select", "E,F,I,W,UP,B,SIM,RET,N"]] {
            let result = try Program(
                Checkout.bridges + "/luigi/bin/ruff",
                command + ["--isolated", "--no-cache", "--target-version", "py310", golden], in: golden,
                environment: ProcessInfo.processInfo.environment
            ).wait()
            #expect(result.status == 0, "\(result.text)")
        }
    }
}
