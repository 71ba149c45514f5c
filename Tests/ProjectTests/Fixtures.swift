import Foundation
import Project
import Testing

/// Projects in folders, each with the text that reading it must give.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

    static let names: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { !$0.hasPrefix(".") && $0 != "README.md" }.sorted()

    /// A value that no message may show.
    static let secret = "/secret/place"

    static let environment = ["FIXTURE_DIR": secret, "FIXTURE_WORD": "several"]
}

@Suite("Projects with faults")
struct FaultTests {
    /// With `MILLRACE_RECORD=1` the text is written down instead of compared, and the test fails.
    @Test("every fault of a project is told at its place", arguments: Fixtures.names)
    func diagnostics(name: String) throws {
        let folder = Fixtures.folder + "/" + name
        let reader = ProjectReader(environment: Fixtures.environment, machineMemory: 8_000_000_000)
        let (project, diagnostics) = reader.read(root: folder)
        let text = diagnostics.map { $0.rendered() + "\n" }.joined()

        #expect(project == nil)
        #expect(!diagnostics.isEmpty)
        #expect(!text.contains(Fixtures.secret))
        let expected = folder + "/expected.txt"
        if ProcessInfo.processInfo.environment["MILLRACE_RECORD"] != nil {
            try text.write(toFile: expected, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)")
            return
        }
        #expect(try text == String(contentsOfFile: expected, encoding: .utf8))
    }
}
