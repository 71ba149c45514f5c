import Foundation
import Millrace
import Project
import Recording
import Running
import Scheduling
import Supervising
import Timetable

extension Supervisor {
    /// Takes up the scheduler of a project.
    /// - Parameters:
    ///   - jobs: for a backfill alone: how many of its runs go on at once; nothing else is started.
    /// - Throws: `Diagnostic` when another process drives it.
    static func open(
        _ project: ChangingWorkspace, history: RunHistory, jobs: Int? = nil, console: Console
    ) throws -> Supervisor {
        let watch = WorkspaceWatch(project)
        let surroundings = Surroundings(
            now: { currentMilliseconds() },
            versions: { names in
                try await watch.versions(of: names).mapValues { SeenVersion(version: $0.version, at: $0.at) }
            },
            filesDigest: { watch.filesDigest($0) },
            changedProject: { try renew(project, console) },
            partitions: { order in
                let workspace = project.current
                var answer = try PartitionAnswer.of(order, in: workspace.project)
                guard order.which == .missing else { return answer }
                let made = try await workspace.madePartitions(of: order.dataset)
                answer.made = Set(answer.stretches.joined().filter { key in made.contains { $0.contains(key) } })
                return answer
            },
            check: { try await project.current.checkSelection($0.selection) },
            unfinished: { run in history.steps(of: run).filter { $0.result != "done" }.map(\.dataset) },
            pastOrder: { pastOrder(of: $0, in: history) }, warn: { console.tell([$0]) })
        var options = Options(
            project: project.current.project, program: [try ownPath()],
            environment: ProcessInfo.processInfo.environment, surroundings: surroundings)
        options.backfillJobs = jobs
        return try open(options)
    }

    private static func pastOrder(of run: RunID, in history: RunHistory) -> RunOrder? {
        guard let past = history.run(run), ["failed", "cancelled", "interrupted"].contains(past.outcome),
            let order = past.order, order.exclude.isEmpty
        else { return nil }
        return RunOrder(
            selection: order.selectionText, isFullRefresh: order.isFullRefresh,
            partitions: order.partitions.map { PartitionKey($0) })
    }

    private static func renew(_ project: ChangingWorkspace, _ console: Console) throws -> Project? {
        do throws(Diagnostics) {
            guard let changed = try project.renew()?.project else { return nil }
            console.remark("the project has changed: \(Quantity.count(changed.triggers.count, "trigger"))")
            return changed
        } catch {
            guard var first = error.all.first(where: { $0.severity == .error }) else { throw error }
            first.notes.append("the server goes on with the project as it was, until this is mended")
            throw first
        }
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
