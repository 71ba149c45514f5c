import Foundation
import Testing

@testable import Bridges

@Suite("Golden files")
struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden").path

    @Test("a small project reads as if an engineer had written it", arguments: Orchestrator.allCases)
    func small(_ orchestrator: Orchestrator) throws {
        try expect(MarkedText.new(Sample.small.file(for: orchestrator)), "small_\(orchestrator.rawValue).py")
    }

    @Test("everything that a project says about execution has its place", arguments: Orchestrator.allCases)
    func large(_ orchestrator: Orchestrator) throws {
        let description = try Sample.large()
        try expect(MarkedText.new(description.file(for: orchestrator)), "large_\(orchestrator.rawValue).py")
    }

    /// Compares a text with a recorded one. Without one, or with `MILLRACE_RECORD` in the environment, it is recorded,
    /// and the test fails: somebody has to look at it.
    private func expect(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let path = Self.folder + "/" + name
        let isRecording = ProcessInfo.processInfo.environment["MILLRACE_RECORD"] != nil
        if !isRecording, let data = FileManager.default.contents(atPath: path) {
            #expect(
                text == String(decoding: data, as: UTF8.self), "differs from Golden/\(name)",
                sourceLocation: sourceLocation)
            return
        }
        try FileManager.default.createDirectory(atPath: Self.folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path))
        Issue.record("recorded Golden/\(name): look at it and run again", sourceLocation: sourceLocation)
    }
}
