import CArrow
import Columnar
import Foundation
import Synchronization
import Testing

struct CInterfaceTests {
    /// The Python that has pyarrow, as a library, and its modules.
    private static let python: [String] =
        Judge.isInstalled
        ? (try? Judge.ask("library.py"))?.split(separator: "\n").map(String.init) ?? [] : []

    @Test(
        "pyarrow takes batches and streams over without a copy and gives them back, with errors, and nothing leaks",
        .enabled(if: Workload.path != nil && python.count == 2, "there is no shared library of Python"))
    func pyarrow() throws {
        let cases = ProcessInfo.processInfo.environment["MILLRACE_COLUMNAR_CASES"] ?? "60"
        let folders = Self.python[1] + ":" + Judge.tests.appending(path: "Judges").path
        let result = try Workload.run("python", Self.python[0], folders, cases)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("\"batches\""))
    }
}
