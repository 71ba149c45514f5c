import Foundation

/// The repository that these tests belong to, and the program that was built in it.
enum Checkout {
    static let root: String = {
        var url = URL(filePath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// The built program, as `make build` leaves it; `MILLRACE_BINARY` names another.
    static let millrace: String =
        ProcessInfo.processInfo.environment["MILLRACE_BINARY"] ?? root + "/.build/release/millrace"

    /// What the tests' Python tools are run with: `scripts/bootstrap --test` puts it there.
    static let python = root + "/.deps/venv/bin/python"

    static let isContinuousIntegration: Bool = !(ProcessInfo.processInfo.environment["CI"] ?? "").isEmpty

    /// False where nobody installed the judges. In continuous integration they are not optional: there a test without
    /// them fails.
    static let hasJudges: Bool = isContinuousIntegration || FileManager.default.isExecutableFile(atPath: python)

    /// False where there is no Chromium to look at pages with.
    static let hasBrowser: Bool = isContinuousIntegration || (isOnPath("chromium") && isOnPath("chromedriver"))

    private static func isOnPath(_ program: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// Where `scripts/bootstrap --test` puts Airflow, Prefect and Luigi: an environment each.
    static let bridges = root + "/.deps/bridges"
    static let hasBridges: Bool =
        isContinuousIntegration || FileManager.default.fileExists(atPath: bridges + "/luigi/requirements.txt")

    static let flights = root + "/examples/flights"
    static let hasFlights: Bool =
        isContinuousIntegration || FileManager.default.fileExists(atPath: root + "/.deps/data/nycflights13")
}
