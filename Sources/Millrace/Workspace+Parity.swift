import Engines
package import Planning
package import Project
package import Running
import Store

/// Steps that are to be made on two engines, and compared.
package struct ParityTrial: Sendable {
    package var first: String
    package var second: String
    /// In an order in which they could be made.
    package var steps: [Plan.Step]
    /// What was selected but is no SQL, so that it runs on one engine only, and partitioned datasets without a partition
    /// yet.
    package var leftOut: [LeftOut]
    package var options: StepTrial.Options
    let trial: StepTrial

    package struct LeftOut: Sendable {
        package var dataset: DatasetName
        package var reason: String
    }

    /// - Throws: `CancellationError`. What fails is in the result.
    package func compare(
        _ step: Plan.Step, report: @escaping @Sendable (StepTrial.Phase) -> Void
    ) async throws -> StepParity {
        try await trial.compare(step, report: report)
    }
}

extension Workspace {
    /// Prepares to make SQL steps on two engines.
    /// - Parameter engines: the names of both; empty means the embedded one and the only one of another type.
    /// - Throws: `Diagnostics`.
    package func parity(
        _ selection: Selection, engines names: [String], _ options: StepTrial.Options
    ) async throws -> ParityTrial {
        let (first, second) = try contenders(names)
        let analysis = try analyseSound()
        save(analysis.cache)
        let known = try await KnownStates(
            datasets: states(of: analysis.graph.order), foreign: foreignStates(analysis.references))
        let selected = try await select(selection, analysis, known) ?? Set(analysis.graph.order)
        let queries = selected.filter { project.dataset($0)?.step.sql != nil }
        // All anew, and each as if no other one were made: inputs are what they are now.
        let plan = planner(analysis, known, files: [:], news: [:], partitionNews: [:])
            .plan(selected: queries, forced: true, each: true)
        var leftOut = analysis.graph.order.filter { selected.contains($0) && !queries.contains($0) }.map { name in
            ParityTrial.LeftOut(dataset: name, reason: project.dataset(name)?.step.kind ?? "")
        }
        leftOut += plan.steps.filter { $0.action == .skip }.map {
            ParityTrial.LeftOut(dataset: $0.dataset, reason: "no partition yet")
        }
        let engine = engine
        let ledger = SourceLedger(store: store) { try engine.database() }
        return ParityTrial(
            first: first.name, second: second.name, steps: plan.toRun, leftOut: leftOut, options: options,
            trial: StepTrial(
                project: project, store: store, ledger: ledger, first, second, options: options, now: now))
    }

    private func contenders(_ names: [String]) throws(Diagnostics) -> (StepTrial.Contender, StepTrial.Contender) {
        let problems = names.compactMap { Self.unknownEngine($0, in: project) }
        guard problems.isEmpty else { throw Diagnostics(problems) }
        let pair = try names.isEmpty ? usualPair() : names
        let found = pair.compactMap { name in
            engines.engine(named: name).map { StepTrial.Contender(name: name, engine: $0) }
        }
        guard found.count == 2, pair.count == 2 else {
            throw Diagnostics([
                .error("two engines are compared, not \(names.count)", hint: "name two: --engines local,cluster")
            ])
        }
        return (found[0], found[1])
    }

    /// The embedded engine, and the only one of another type.
    private func usualPair() throws(Diagnostics) -> [String] {
        let local = project.embeddedEngine(asked: options.engine)
        let others = project.engines.values.filter { $0.kind != .duckdb }.map(\.name).sorted()
        guard others.count == 1 else {
            let all = project.engines.keys.sorted().joined(separator: ", ")
            throw Diagnostics([
                others.isEmpty
                    ? .error(
                        "there is no engine to compare '\(local)' with: the project has none of the type 'spark'",
                        hint: "add one under 'engines', or name two of this project's (\(all)): --engines A,B")
                    : .error(
                        "the project has several engines to compare '\(local)' with: "
                            + others.joined(separator: ", "),
                        hint: "name two: --engines \(local),\(others[0])")
            ])
        }
        return [local, others[0]]
    }
}
