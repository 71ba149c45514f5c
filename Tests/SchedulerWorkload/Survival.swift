import Foundation
import Project
import Scheduling
import Supervising

/// `millrace serve`, killed at any moment while runs go on. Each order makes everything of one family of datasets again.
struct Survival {
    let folder: String

    /// More than ever run at once, so that no two runs write the same dataset at the same time.
    private static let families = 12
    private static let steps = ["raw", "clean", "total"]

    private struct Summary: Encodable {
        var kills: Int
        var runs: Int
        /// Kills while runs went on.
        var interrupting: Int
        /// The longest time from the start of the next server until all interrupted runs were started again, in seconds.
        var slowestResume: Double
        var versions: Int
    }

    func run(kills: Int) async throws -> String {
        try makeProject()
        let project = emptyProject
        let client = try SchedulerClient(project, now: { Int(Date().timeIntervalSince1970 * 1000) })
        var summary = Summary(kills: kills, runs: 0, interrupting: 0, slowestResume: 0, versions: 0)
        var interrupted: [RunID: Int] = [:]
        for _ in 0..<kills {
            let started = ContinuousClock.now
            let server = try Server(folder)
            if !interrupted.isEmpty {
                try await waitUntilResumed(interrupted, since: started, client)
                summary.slowestResume = max(summary.slowestResume, seconds(.now - started))
            } else {
                while client.owner == nil { try await wait(since: started, "the server never took up the scheduler") }
            }
            for _ in 0..<2 {
                let order = RunOrder(selection: "raw_\(summary.runs % Self.families)+", isFullRefresh: true)
                summary.runs += 1
                _ = try await client.submit(.run(order))
            }
            try await Task.sleep(for: .microseconds(Int.random(in: 0...400_000)))
            server.kill()
            try await waitUntilGone()
            interrupted = [:]
            for run in try client.snapshot().runs where run.phase == .running { interrupted[run.run] = run.attempt }
            if !interrupted.isEmpty { summary.interrupting += 1 }
        }
        try await drain(client)
        try check(try client.snapshot().runs, &summary)
        return String(decoding: try JSONEncoder().encode(summary), as: UTF8.self)
    }

    // MARK: What goes on

    private func waitUntilResumed(
        _ interrupted: [RunID: Int], since started: ContinuousClock.Instant, _ client: SchedulerClient
    ) async throws {
        while true {
            let runs = try client.snapshot().runs
            let isResumed = interrupted.allSatisfy { run, attempt in
                runs.contains { $0.run == run && $0.attempt > attempt }
            }
            if isResumed { return }
            try await wait(since: started, "not all of \(interrupted.keys) went on")
        }
    }

    /// No process of a run outlives the server for long.
    private func waitUntilGone() async throws {
        let started = ContinuousClock.now
        while true {
            let left = Self.processes(of: folder)
            if left.isEmpty { return }
            try await wait(since: started, "processes outlive the server: \(left)")
        }
    }

    private func drain(_ client: SchedulerClient) async throws {
        let server = try Server(folder)
        let started = ContinuousClock.now
        while try client.snapshot().runs.contains(where: { $0.finishedAt == nil }) || client.owner == nil {
            try await wait(since: started, "the queue never becomes empty", limit: .seconds(300))
        }
        server.stop()
        try await waitUntilGone()
    }

    private func wait(
        since started: ContinuousClock.Instant, _ problem: String, limit: Duration = .seconds(15)
    ) async throws {
        guard .now - started < limit else { throw Trouble(problem) }
        try await Task.sleep(for: .milliseconds(5))
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    // MARK: What must be

    private func check(_ runs: [SchedulerSnapshot.RunState], _ summary: inout Summary) throws {
        guard runs.count == summary.runs else {
            throw Trouble("\(summary.runs) runs were ordered, \(runs.count) are known")
        }
        for run in runs where run.phase != .done {
            throw Trouble("run \(run.run) is \(run.phase): \(run.message ?? "")")
        }
        for family in 0..<Self.families {
            let ordered = Set(runs.filter { $0.order.selection == "raw_\(family)+" }.map(\.run.text))
            for step in Self.steps {
                let made = try versions(of: "\(step)_\(family)")
                summary.versions += made.count
                guard Set(made).count == made.count else {
                    throw Trouble("\(step)_\(family) has two versions of one run: \(made)")
                }
                guard Set(made) == ordered else {
                    throw Trouble("\(step)_\(family) has versions of \(made), but ordered were \(ordered)")
                }
            }
        }
    }

    /// The runs that made the versions of a dataset, in their order.
    private func versions(of dataset: String) throws -> [String] {
        let log = folder + "/store/\(dataset)/_delta_log"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: log) else { return [] }
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let text = String(decoding: try Data(contentsOf: URL(filePath: log + "/" + name)), as: UTF8.self)
            for line in text.split(separator: "\n") {
                let action = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                let info = action?["commitInfo"] as? [String: Any]
                if let run = (info?["millrace"] as? [String: Any])?["run"] as? String { return run }
            }
            throw Trouble("\(dataset): \(name) names no run")
        }
    }

    // MARK: The project

    private func makeProject() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var text = "project: survival\nruns: { concurrency: 2 }\ndatasets:\n"
        for family in 0..<Self.families {
            text += "  raw_\(family): { sql: \"SELECT range AS x FROM range(1000000)\" }\n"
            text += "  clean_\(family): { sql: \"SELECT x, md5(x::VARCHAR) AS h FROM raw_\(family)\" }\n"
            text += "  total_\(family): { sql: \"SELECT count(DISTINCT h) AS n FROM clean_\(family)\" }\n"
        }
        try Data(text.utf8).write(to: URL(filePath: folder + "/millrace.yaml"))
        try FileManager.default.createDirectory(
            atPath: folder + "/.millrace", withIntermediateDirectories: true)
    }

    /// Enough to find the log by.
    private var emptyProject: Project {
        Project(
            name: "survival", root: folder, store: .folder(folder + "/store"), engine: "local", engines: [:],
            datasets: [], feeds: [])
    }

    /// The processes of runs of a project that are alive or that nobody took away.
    static func processes(of folder: String) -> [String] {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return numbers.compactMap { number in
            guard let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return nil }
            let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.contains("--run-id"), words.contains(folder) else { return nil }
            return "\(number) \(words.dropFirst().joined(separator: " "))"
        }
    }
}

/// `millrace serve` as a process of its own.
private final class Server {
    private let process = Process()

    init(_ folder: String) throws {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.executableURL = own.deletingLastPathComponent().appending(path: "millrace")
        process.arguments = ["serve", "-C", folder, "--quiet", "--port", "0"]
        try process.run()
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func stop() {
        Foundation.kill(process.processIdentifier, SIGTERM)
        process.waitUntilExit()
    }
}
