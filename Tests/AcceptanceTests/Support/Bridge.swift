import Foundation
import Testing

/// Airflow, Prefect or Luigi as it comes from the package index, in an environment of its own.
enum Bridge: String, CaseIterable, CustomTestStringConvertible {
    case airflow, prefect, luigi

    var testDescription: String { rawValue }

    /// The file that `export` writes, in a project's folder.
    var file: String { "dags/shop_\(rawValue).py" }

    private var python: String { Checkout.bridges + "/\(rawValue)/bin/python" }

    /// Nothing of the machine's own set-up, and no network beyond this machine.
    private func environment(in sandbox: Sandbox) -> [String: String] {
        let own = [
            "MILLRACE": Checkout.millrace, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", "DO_NOT_TRACK": "1",
            "AIRFLOW_HOME": sandbox.path + "/airflow", "AIRFLOW__CORE__DAGS_FOLDER": sandbox.path + "/dags",
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300", "SCARF_ANALYTICS": "false",
            "PREFECT_HOME": sandbox.path + "/prefect", "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
            // Servers and workers share a machine that is busy with other tests.
            "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "300", "PREFECT_API_REQUEST_TIMEOUT": "300",
        ]
        return ProcessInfo.processInfo.environment.merging(own) { $1 }.merging(sandbox.environment) { $1 }
    }

    /// Airflow's database as it comes: making it takes seconds, and every sandbox needs one.
    private static let database = Result {
        let sandbox = try Sandbox(["dags/README": ""])
        let made = try Bridge.airflow.start(["-m", "airflow", "db", "migrate"], in: sandbox).wait()
        try #require(made.status == 0, "\(made.text)")
        return try Data(contentsOf: URL(filePath: sandbox.path + "/airflow/airflow.db"))
    }

    /// What a new installation needs once.
    func prepare(in sandbox: Sandbox) throws {
        guard self == .airflow else { return }
        try sandbox.write(Self.database.get(), to: "airflow/airflow.db")
    }

    /// Starts all tasks of the project's trigger `nightly`, for the first moment of a day in UTC.
    func startNightly(in sandbox: Sandbox) throws -> Program {
        switch self {
        case .airflow: try start(["-m", "airflow", "dags", "test", "shop_nightly", "2026-03-05"], in: sandbox)
        case .prefect:
            try start(
                [
                    "-c",
                    """
                    import sys
                    sys.path.insert(0, "dags")
                    import shop_prefect
                    sys.exit(0 if shop_prefect.nightly(return_state=True).is_completed() else 1)
                    """,
                ], in: sandbox)
        case .luigi: try start([file, "Nightly", "--local-scheduler"], in: sandbox)
        }
    }

    /// The same for the first moments of several days, one after the other, in a project with partitions by time.
    func runNightly(in sandbox: Sandbox, on days: [String]) throws -> Program.Result {
        let program =
            switch self {
            case .airflow:
                """
                from airflow.cli.cli_parser import get_parser
                for day in sys.argv[1:]:
                    options = get_parser().parse_args(["dags", "test", "shop_nightly", day])
                    options.func(options)
                """
            case .prefect:
                """
                from datetime import datetime, timezone
                sys.path.insert(0, "dags")
                import shop_prefect
                for day in sys.argv[1:]:
                    moment = datetime.fromisoformat(day).replace(tzinfo=timezone.utc)
                    if not shop_prefect.nightly(until=moment, return_state=True).is_completed():
                        sys.exit(f"{day} failed")
                """
            case .luigi:
                """
                import subprocess
                for day in sys.argv[1:]:
                    options = ["Nightly", "--local-scheduler", "--until", day + "T00"]
                    subprocess.run([sys.executable, "\(file)", *options], check=True)
                """
            }
        return try start(["-c", "import sys\n" + program] + days, in: sandbox).wait()
    }

    /// Ends what a program that was stopped in the middle leaves behind, such as a server of Prefect.
    func endServers(in sandbox: Sandbox) {
        let mark = Data("PREFECT_HOME=\(sandbox.path)/prefect".utf8)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let number = pid_t(name), number != getpid(),
                let environment = FileManager.default.contents(atPath: "/proc/\(name)/environ"),
                environment.range(of: mark) != nil
            else { continue }
            kill(number, SIGKILL)
        }
    }

    func start(_ arguments: [String], in sandbox: Sandbox) throws -> Program {
        try Program(python, arguments, in: sandbox.path, environment: environment(in: sandbox))
    }
}
