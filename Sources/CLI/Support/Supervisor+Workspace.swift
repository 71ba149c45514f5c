import Foundation
import Millrace
import Project
import Recording
import Scheduling
import Supervising
import Timetable

extension Supervisor {
    /// Takes up the scheduler of a project.
    /// - Parameters:
    ///   - jobs: for a backfill alone: how many of its runs go on at once; nothing else is started.
    ///   - warn: takes what goes wrong and is no run's fault.
    /// - Throws: `Diagnostic` when another process drives it.
    static func open(
        _ workspace: Workspace, history: RunHistory, jobs: Int? = nil,
        warn: @escaping @Sendable (Diagnostic) -> Void
    ) throws -> Supervisor {
        let watch = WorkspaceWatch(workspace)
        let surroundings = Surroundings(
            now: { currentMilliseconds() },
            versions: { names in
                try await watch.versions(of: names).mapValues { SeenVersion(version: $0.version, at: $0.at) }
            },
            filesDigest: { watch.filesDigest($0) },
            partitions: { try await BackfillPartitions.answer($0, in: workspace) },
            check: { try await workspace.checkSelection($0.selection) },
            unfinished: { run in history.steps(of: run).filter { $0.result != "done" }.map(\.dataset) }, warn: warn)
        var options = Options(
            project: workspace.project, program: [try ownPath()],
            environment: ProcessInfo.processInfo.environment, surroundings: surroundings)
        options.backfillJobs = jobs
        return try open(options)
    }

    /// The file of this program.
    static func ownPath() throws -> String {
        #if os(Linux)
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            // What the kernel says of a file that was replaced meanwhile.
            let end = " (deleted)"
            return link.hasSuffix(end) ? String(link.dropLast(end.count)) : link
        #else
            guard let path = Bundle.main.executablePath else {
                throw Diagnostic.error("this program does not know where its file is")
            }
            return path
        #endif
    }
}

/// Which partitions a backfill means, and which of them a version has.
enum BackfillPartitions {
    /// More in one backfill are a slip of the pen.
    private static let most = 200_000

    /// - Throws: `Diagnostic`.
    static func answer(_ order: BackfillOrder, in workspace: Workspace) async throws -> PartitionAnswer {
        var answer = try answer(order, in: workspace.project)
        guard order.which == .missing else { return answer }
        let made = try await workspace.madePartitions(of: order.dataset)
        answer.made = Set(answer.stretches.joined().filter { key in made.contains { $0.contains(key) } })
        return answer
    }

    /// By the project file alone.
    static func answer(_ order: BackfillOrder, in project: Project) throws -> PartitionAnswer {
        guard let dataset = project.dataset(order.dataset) else {
            let near = Spelling.nearest(to: order.dataset.text, among: project.datasets.map(\.name.text))
            throw Diagnostic.error(
                "there is no dataset '\(order.dataset)'", hint: near.map { "did you mean '\($0)'?" })
        }
        guard let partitioning = dataset.partitioning else {
            throw Diagnostic.error(
                "'\(dataset.name)' has no partitions", at: dataset.span,
                hint: "a backfill makes those of a dataset with 'partitions'; 'millrace run' makes it whole")
        }
        switch partitioning.scheme {
        case .list(let values):
            guard let first = values.firstIndex(of: order.from.text), let last = values.firstIndex(of: order.to.text)
            else {
                throw Diagnostic.error(
                    "'\(dataset.name)' has no partition '\(values.contains(order.from.text) ? order.to : order.from)'",
                    hint: "its partitions are \(values.joined(separator: ", "))")
            }
            guard first <= last else { throw reversed(order) }
            return PartitionAnswer(stretches: [values[first...last].map { PartitionKey($0) }], made: [])
        case .time(let period, let start):
            for key in [order.from, order.to] where !period.isValid(key) {
                throw Diagnostic.error(
                    "'\(key)' names no \(period.rawValue)", hint: "write it as \(period.keyForm)")
            }
            guard let range = PartitionRange(period, first: order.from, last: order.to) else { throw reversed(order) }
            if let first = period.number(of: start), range.numbers.lowerBound < first {
                throw Diagnostic.error("the partitions of '\(dataset.name)' begin with \(start)")
            }
            guard range.count <= most else {
                throw Diagnostic.error("from \(order.from) to \(order.to) there are \(range.count) partitions")
            }
            return PartitionAnswer(stretches: [Array(range.keys)], made: [])
        }
    }

    private static func reversed(_ order: BackfillOrder) -> Diagnostic {
        .error("'\(order.to)' comes before '\(order.from)'")
    }
}
