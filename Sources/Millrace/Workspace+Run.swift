import Engines
import Foundation
import Ingesting
package import Planning
import Project
package import Running
import Store

extension Workspace {
    /// What would run, and why.
    /// - Throws: `Diagnostics`.
    package func plan(_ selection: Selection, forced: Bool) async throws -> Plan {
        let analysis = try analyseSound()
        let plan = try await plan(selection, forced: forced, analysis)
        save(analysis.cache)
        return plan
    }

    private func plan(_ selection: Selection, forced: Bool, _ analysis: Analysis) async throws -> Plan {
        let states = try await states(of: analysis.graph.order)
        let (allFiles, _) = sourceFiles(of: selection.isEverything ? [] : analysis.graph.order)
        let everything = Planner(
            project: project, graph: analysis.graph, references: analysis.references, states: states,
            sources: allFiles.mapValues(\.summary))
        let selected: Set<DatasetName>? =
            selection.isEverything
            ? nil
            : try selection.resolve(
                in: Selection.Context(
                    project: project, graph: analysis.graph,
                    stale: { Set(everything.plan().toRun.map(\.dataset)) },
                    new: { Set(analysis.graph.order.filter { states[$0] == nil }) },
                    results: options.lastResults))
        let (files, missing) = sourceFiles(of: selected ?? Set(analysis.graph.order))
        guard missing.isEmpty else { throw Diagnostics(missing) }
        return Planner(
            project: project, graph: analysis.graph, references: analysis.references, states: states,
            sources: files.mapValues(\.summary)
        ).plan(selected: selected, forced: forced)
    }

    /// Runs a plan. What `check` would find wrong with its steps is found before anything runs. Cancel the task to stop.
    /// - Parameter jobs: how many steps may run at once; nil leaves it to the number of processors.
    /// - Throws: `Diagnostics`; failures of steps are events and in the summary.
    package func run(
        _ plan: Plan, jobs: Int?, keepGoing: Bool, recorders: [any RunRecorder]
    ) async throws -> RunSummary {
        var sources: [DatasetName: [String]] = [:]
        if !plan.isUpToDate {
            var analysis = try analyseSound()
            let names = Set(plan.toRun.map(\.dataset))
            let (files, missing) = sourceFiles(of: names)
            let (_, faults) = try await storeErrors { try await bind(names, &analysis, files: files) }
            save(analysis.cache)
            let problems = Diagnostics(missing + faults)
            guard !problems.hasErrors else { throw problems }
            sources = files.mapValues { $0.files.map(\.path) }
        }
        let runner = Runner(
            project: project, store: store, engine: engine, sources: sources, recorders: recorders,
            millrace: options.millraceVersion, now: now)
        return await runner.run(
            plan, id: RunID.make(at: now()), jobs: jobs ?? min(4, ProcessInfo.processInfo.activeProcessorCount),
            keepsGoing: keepGoing)
    }

    /// Runs `body`, and throws what the store says as diagnostics.
    func storeErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as StoreError {
            throw Diagnostics([Diagnostic(error)])
        }
    }
}

extension RunID {
    /// A new name for a run that starts now.
    static func make(at milliseconds: Int) -> RunID {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let length = strftime(&buffer, buffer.count, "%Y%m%dT%H%M%S", &parts)
        let time = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let tail = String(UInt32.random(in: 0..<(1 << 24)) | 1 << 24, radix: 16).dropFirst()
        return RunID("\(time)-\(tail)")
    }
}
