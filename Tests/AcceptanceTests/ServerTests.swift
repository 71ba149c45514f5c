import Foundation
import TestThreads
import Testing

/// The server as browsers, programs and attackers meet it: Python scripts in `Judges/` do what they do.
@Suite(
    "The server", .ownThreads, .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the Python tools"))
struct ServerTests {
    @Test(
        "pages: quiet console, live progress, cancel, retry, keyboard, contrast, a phone, forms without a script",
        .enabled(if: Checkout.hasBrowser, "scripts/bootstrap --test installs chromium and chromium-driver"))
    func pages() throws {
        try expectNothing(of: "browser.py", Checkout.root + "/.build/artifacts/server")
    }

    @Test("the API answers as its own document says, to whatever is asked")
    func api() throws {
        try expectNothing(of: "api.py")
    }

    @Test("it starts quickly, is the only one of its project, withstands hostile requests, and ends when told to")
    func service() throws {
        try expectNothing(of: "service.py")
    }

    /// Runs a script, and records each failure that it tells.
    private func expectNothing(
        of script: String, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Judges/\(script)").path
        let environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let result = try Program(
            Checkout.python, [path, Checkout.millrace] + arguments, in: NSTemporaryDirectory(), environment: environment
        ).wait()
        try #require(result.status == 0, "\(result.text)", sourceLocation: sourceLocation)
        let found = try JSON(result.output)
        #expect((found["checked"].int ?? 0) > 0, "\(result.text)", sourceLocation: sourceLocation)
        for failure in found["failures"].array {
            Issue.record("\(failure.text)", sourceLocation: sourceLocation)
        }
    }
}
