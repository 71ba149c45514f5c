import Foundation
import Planning
import Project
import Queries
import Store
import Timetable

extension Workspace {
    /// Looks at every dataset.
    /// - Parameter previous: of a dataset whose live version is still the same, what is known about that is taken from
    ///   there.
    /// - Returns: what there is. What is wrong with the project is in it; so a project that is in disorder has one, too.
    package func survey(previous: Survey? = nil) async -> Survey {
        var survey = Survey(
            project: project.name, takenAt: now(),
            feeds: project.feeds.map { Survey.Feed(name: $0.name.value, dataset: $0.dataset.value) },
            problems: warnings.map(Survey.Problem.init))
        let known = Dictionary(
            (previous?.datasets ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var plan: Plan?
        var graph: Graph?
        do {
            let analysis = try analyse()
            save(analysis.cache)
            graph = analysis.graph
            survey.problems += analysis.problems.all.map(Survey.Problem.init)
            if !analysis.problems.hasErrors { plan = try await self.plan(Selection([]), forced: false) }
        } catch {
            survey.problems += Self.problems(error)
        }
        let steps = Dictionary((plan?.steps ?? []).map { ($0.dataset, $0) }, uniquingKeysWith: { first, _ in first })
        for dataset in project.datasets {
            var facts = facts(of: dataset, in: graph)
            do {
                facts.live = try await live(dataset.name, known: known[dataset.name]?.live)
            } catch {
                survey.problems += Self.problems(error)
            }
            if let step = steps[dataset.name] {
                facts.state = facts.live == nil ? "new" : step.action == .run ? "stale" : "up to date"
                facts.reasons = step.reasons.map(\.description)
            } else {
                facts.state = facts.live == nil ? "new" : "unknown"
            }
            survey.datasets.append(facts)
        }
        return survey
    }

    private func facts(of dataset: Dataset, in graph: Graph?) -> Survey.Dataset {
        Survey.Dataset(
            name: dataset.name, kind: dataset.step.kind, description: dataset.description, tags: dataset.tags,
            definedIn: fromRoot(dataset.step.sql?.file.path ?? dataset.span.file.path),
            sql: (dataset.step.sql?.text).map(project.redaction.redact),
            mode: dataset.mode.rawValue, incremental: dataset.incremental?.value,
            needs: graph?.inputs[dataset.name] ?? [],
            neededFor: (graph?.dependents[dataset.name] ?? []).sorted(), key: dataset.key.map(\.value),
            partitions: dataset.partitioning.map(Self.words), freshWithin: dataset.freshness?.within, state: "unknown",
            reasons: [])
    }

    private static func words(_ partitioning: Partitioning) -> String {
        switch partitioning.scheme {
        case .time(let period, let start): "by \(period.rawValue) from \(start) on, by \(partitioning.column.value)"
        case .list(let values): "by \(partitioning.column.value): \(values.joined(separator: ", "))"
        }
    }

    private func fromRoot(_ path: String) -> String {
        path.hasPrefix(project.root + "/") ? String(path.dropFirst(project.root.utf8.count + 1)) : path
    }

    private func live(_ name: DatasetName, known: Survey.Live?) async throws -> Survey.Live? {
        try await storeErrors {
            guard let head = try await store.head(of: name) else { return nil }
            if let known, known.pinned == head.pinned { return known }
            let snapshot = try await store.snapshot(of: name)
            let entry = try await store.entry(of: name, at: snapshot.pinned.version)
            var live = Survey.Live(
                pinned: snapshot.pinned, published: entry?.time,
                columns: snapshot.columns.map {
                    Survey.Column(name: $0.name, type: $0.duckDBType, description: $0.description)
                }, partitionBy: snapshot.partitionColumns, rows: snapshot.rowCount, bytes: snapshot.bytes,
                files: snapshot.files.count, upkeep: entry?.upkeep, tags: [], record: entry?.record)
            live.tags = ((try? await tags(of: name.text)) ?? []).map {
                Survey.Tag(name: $0.tag, version: $0.version.number)
            }
            if let version = entry?.record?.quarantine {
                live.quarantine = name.quarantine
                live.quarantineRows = try? await store.snapshot(of: name.quarantine, at: .version(version)).rowCount
            }
            return live
        }
    }

    private static func problems(_ error: any Error) -> [Survey.Problem] {
        switch error {
        case let diagnostics as Diagnostics: diagnostics.all.map(Survey.Problem.init)
        case let diagnostic as Diagnostic: [Survey.Problem(diagnostic)]
        default: [Survey.Problem(.error("\(error)"))]
        }
    }
}
