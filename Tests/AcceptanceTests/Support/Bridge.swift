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
        ]
        return ProcessInfo.processInfo.environment.merging(own) { $1 }.merging(sandbox.environment) { $1 }
    }

    /// What a new installation needs once.
    func prepare(in sandbox: Sandbox) throws {
        guard self == .airflow else { return }
        _ = try start(["-m", "airflow", "db", "migrate"], in: sandbox).wait()
    }

    /// Starts all tasks of the project's trigger `nightly`, for the first moment of a day in UTC.
    /// - Parameter byTime: whether the project has partitions by time, which the moment then decides.
    func startNightly(in sandbox: Sandbox, on day: String = "2026-03-05", byTime: Bool = false) throws -> Program {
        switch self {
        case .airflow: try start(["-m", "airflow", "dags", "test", "shop_nightly", day], in: sandbox)
        case .prefect:
            try start(
                [
                    "-c",
                    """
                    import sys
                    sys.path.insert(0, "dags")
                    from datetime import datetime, timezone
                    import shop_prefect
                    moment = datetime.fromisoformat("\(day)").replace(tzinfo=timezone.utc)
                    options = {"until": moment} if \(byTime ? "True" : "False") else {}
                    state = shop_prefect.nightly(**options, return_state=True)
                    sys.exit(0 if state.is_completed() else 1)
                    """,
                ], in: sandbox)
        case .luigi:
            try start(
                [file, "Nightly", "--local-scheduler"] + (byTime ? ["--until", day + "T00"] : []), in: sandbox)
        }
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
