import Foundation
import Testing

/// Texts as they were when somebody last looked at them, one file each in `Snapshots/`.
enum Snapshot {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Snapshots").path

    /// Compares a text, its volatile parts replaced, with a recorded one. Without one, or with `MILLRACE_RECORD` in the
    /// environment, it is recorded, and the test fails: somebody has to look at it.
    static func expect(
        _ text: String, _ name: String, in sandbox: Sandbox, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder + "/\(name).txt"
        let steady = steady(text, in: sandbox)
        let isRecording = ProcessInfo.processInfo.environment["MILLRACE_RECORD"] != nil
        if !isRecording, let data = FileManager.default.contents(atPath: file) {
            let recorded = String(decoding: data, as: UTF8.self)
            #expect(steady == recorded, "differs from Snapshots/\(name).txt", sourceLocation: sourceLocation)
            return
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(steady.utf8).write(to: URL(filePath: file))
        Issue.record("recorded Snapshots/\(name).txt: look at it and run again", sourceLocation: sourceLocation)
    }

    /// Leaves out what differs from run to run: numbers of runs, times, sizes, the sandbox's folder.
    private static func steady(_ text: String, in sandbox: Sandbox) -> String {
        text.replacingOccurrences(of: sandbox.path, with: "«project»")
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { steadyLine(String($0)) }.joined(separator: "\n")
    }

    private static func steadyLine(_ line: String) -> String {
        let steady =
            line
            .replacing(/\d{8}T\d{6}-[0-9a-f]{6}/, with: "«run»")
            .replacing(/(?<step>part-«run»-\w+)-[0-9a-z]{8}-/) { "\($0.step)-" }
            .replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/, with: "«time»")
            .replacing(/\b(just now|\d+ seconds? ago)/, with: "«ago»")
            .replacing(/\b\d+\.\d+ s\b/, with: "«seconds»")
            .replacing(/\b[\d,.]+ (B|KB|MB)\b/, with: "«size»")
            .replacing(/\b[0-9a-f]{64}\b/, with: "«fingerprint»")
            .replacing(/\b[0-9a-f]{12}\b/, with: "«step»")
        // Padding follows the widths of what was replaced.
        let indentation = steady.prefix { $0 == " " }
        return String(indentation) + steady.dropFirst(indentation.count).replacing(/\s{2,}/, with: "  ")
    }
}
