import Foundation
package import Millrace
import Project
import Store

extension Outlook {
    /// How a server looks at the project in a folder.
    /// - Parameters:
    ///   - root: the project's folder.
    ///   - options: how the project is opened; only its files and the store's log are read then.
    ///   - changes: another number when the project's files are others.
    ///   - millrace: the program that opens the engine; nil does it in this process.
    package static func project(
        at root: String, _ options: Workspace.Options, changes: @escaping @Sendable () -> Int, millrace: String?
    ) -> Outlook {
        let files = SurveyFile(root: root)
        let engine = millrace.map { EngineChild($0) }
        return Outlook(
            survey: {
                if let engine {
                    _ = try await engine.run(["survey", "-C", root], limit: 1 << 16)
                    guard let survey = files.read() else { throw Diagnostic.error("the survey left no file") }
                    return survey
                }
                return try await files.renew(options)
            }, lastSurvey: { files.read() }, changes: changes,
            versions: { name, limit in
                try await Workspace.open(options).store.history(of: name, limit: limit)
            },
            rows: { order in
                if let engine {
                    let arguments = ["query", "-C", root, "--format", "jsonl", "--limit", "\(order.limit)", order.sql]
                    return try await engine.run(arguments, limit: 8 << 20)
                }
                var rows: [String] = []
                try await Workspace.open(options).query(order.sql) { try $0.forEachJSON { rows.append($0) } }
                return rows
            }, output: { RunOutput.lines(of: $0, in: root) }, lineage: { LineageFile(root: root).read($0) })
    }
}

/// Where the last survey is kept: `.millrace/survey.json` of the project. It may be lost.
package struct SurveyFile: Sendable {
    private let path: String
    private let lineage: LineageFile

    package init(root: String) {
        path = root + "/.millrace/survey.json"
        lineage = LineageFile(root: root)
    }

    package func read() -> Survey? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(Survey.self, from: $0) }
    }

    /// Looks at the project, and keeps what is found.
    package func renew(_ options: Workspace.Options) async throws -> Survey {
        let previous = read()
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let survey: Survey
        do {
            let workspace = try Workspace.open(options)
            survey = await workspace.survey(previous: previous)
            // A project in disorder is told about by its survey; what was known about its columns stays.
            if let found = try? await workspace.lineage() { try? lineage.write(found) }
        } catch let error {
            // The datasets of a project that cannot be read just now are still there.
            var known = previous ?? Survey(project: "", takenAt: 0)
            known.problems = error.all.map(Survey.Problem.init)
            survey = known
        }
        try JSONEncoder().encode(survey).write(to: URL(fileURLWithPath: path), options: .atomic)
        return survey
    }
}

/// What the supervisor keeps of what a run's processes said: `.millrace/logs/RUN.jsonl`.
private enum RunOutput {
    /// Of a longer one only the end is read.
    private static let longest = 1 << 20

    static func lines(of run: RunID, in root: String) -> [String]? {
        guard let handle = FileHandle(forReadingAtPath: "\(root)/.millrace/logs/\(run).jsonl") else { return nil }
        defer { try? handle.close() }
        guard let size = try? handle.seekToEnd() else { return nil }
        let start = size > UInt64(longest) ? size - UInt64(longest) : 0
        guard (try? handle.seek(toOffset: start)) != nil, let data = try? handle.readToEnd() else { return [] }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        return start > 0 ? Array(lines.dropFirst()) : lines
    }
}
