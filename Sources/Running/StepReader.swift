import Engines
import Ingesting
import Planning
import Project
import Queries
import Store

/// Pins what a step reads, and finds the part that its dataset has not seen.
struct StepReader: Sendable {
    let project: Project
    let store: DatasetStore
    let ledger: SourceLedger
    let sources: IngestSources

    /// - Parameter head: the dataset's newest version; nil when there is none.
    func read(_ step: Plan.Step, of dataset: Dataset, head: TableHead?) async throws -> StepReading {
        var reading = StepReading(isFull: dataset.mode == .replace || head == nil || step.isFullRefresh)
        if let partitioning = dataset.partitioning {
            reading.isFull = try isWhole(step, partitioning, of: dataset, head: head) || head == nil
        }
        for name in step.inputs {
            let snapshot = try await snapshot(of: name, for: dataset)
            reading.inputs.append(snapshot)
            reading.pinned[name] = snapshot.pinned
        }
        switch dataset.step {
        case .sql, .run:
            if let text = dataset.step.sql { try await pinForeign(in: text, &reading) }
            if let input = dataset.incremental, !reading.isFull {
                try await narrow(&reading, to: input, of: dataset, since: head?.record?.inputs[input.value])
            }
        case .ingest(let ingest):
            if let table = ingest.delta {
                try await pinSource(table, of: ingest, in: dataset, head: head, &reading)
            } else {
                try await pinFiles(of: ingest, in: dataset, head: head, &reading)
            }
        }
        if let partitioning = dataset.partitioning {
            try await pinPartitions(partitioning, step, of: dataset, head: head, &reading)
        }
        return reading
    }

    private func snapshot(of name: DatasetName, for dataset: Dataset) async throws -> TableSnapshot {
        guard try await store.head(of: name) != nil else {
            throw StepError([
                .error(
                    "'\(dataset.name)' needs '\(name)', which has no version yet", at: dataset.span,
                    hint: "millrace run +\(dataset.name)")
            ])
        }
        return try await store.snapshot(of: name)
    }

    private func pinForeign(in text: SQLText, _ reading: inout StepReading) async throws {
        for (view, path) in DeltaScans(SQLNormaliser.withoutTail(text.text)).paths.sorted(by: { $0.key < $1.key }) {
            let table = try await store.snapshot(ofTableAt: project.location(of: path))
            reading.foreign.append(ForeignTable(view: view, table: table))
            reading.foreignPinned[path] = table.pinned
        }
    }

    // MARK: Rows that were added

    private func narrow(
        _ reading: inout StepReading, to input: Located<DatasetName>, of dataset: Dataset, since: PinnedVersion?
    ) async throws {
        // An input that the step did not read so far is new from its first row on.
        guard let since, let index = reading.inputs.firstIndex(where: { $0.name == input.value }) else { return }
        let added = try await store.addedRows(to: input.value, since: since)
        if let rows = try news(of: added, in: "'\(input.value)'", at: input.span, dataset) {
            reading.inputs[index] = rows
            reading.pinned[input.value] = added.through
        } else {
            reading.isFull = true
        }
    }

    private func pinSource(
        _ path: Located<String>, of ingest: Ingest, in dataset: Dataset, head: TableHead?,
        _ reading: inout StepReading
    ) async throws {
        let table = try await store.snapshot(ofTableAt: project.location(of: path.value), version: ingest.version)
        reading.sourceTable = table
        reading.foreignPinned[path.value] = table.pinned
        guard !reading.isFull, let since = head?.record?.seen(path.value, table: table.pinned.table) else { return }
        let added = try await store.addedRows(
            toTableAt: project.location(of: path.value), since: since, through: ingest.version)
        if let rows = try news(of: added, in: "the table '\(path.value)'", at: path.span, dataset) {
            reading.sourceTable = rows
            reading.foreignPinned[path.value] = added.through
        } else {
            reading.isFull = true
        }
    }

    /// The rows that were added; nil when all rows are to be read again.
    private func news(
        of added: AddedRows, in input: String, at span: SourceSpan, _ dataset: Dataset
    ) throws -> TableSnapshot? {
        let reason: String
        switch added.rows {
        case .files(let snapshot): return snapshot
        case .replaced(let version, let operation):
            reason = "rows of \(input) were changed or taken out in its version \(version) (\(operation))"
        case .otherTable: reason = "\(input) was deleted and made anew"
        }
        guard dataset.onReplace == .fail else { return nil }
        throw StepError([
            .error(
                "\(reason), so there is no telling which rows '\(dataset.name)' has seen", at: span,
                hint: "'millrace run --full-refresh \(dataset.name)' makes it anew from all rows; with "
                    + "'on_replace: full_refresh' that happens by itself")
        ])
    }

    // MARK: Files that were added

    private func pinFiles(
        of ingest: Ingest, in dataset: Dataset, head: TableHead?, _ reading: inout StepReading
    ) async throws {
        guard let listed = sources.files[dataset.name] else { return }
        reading.files = listed
        // Hashes are for the list of files that were read, which partitions do not have.
        guard dataset.partitioning == nil else { return }
        if !reading.isFull {
            let version = head?.record?.ledger
            var known = sources.news[dataset.name]
            // Another run may have published since.
            if known?.since != version { known = nil }
            let news: SourceNews
            if let known {
                news = known
            } else {
                news = try await ledger.news(
                    of: listed, since: version, of: dataset.name, countsVanished: ingest.vanished == .fail)
            }
            try check(news, of: ingest, in: dataset, listed)
            reading.files = news.wanted(by: ingest, among: listed)
        }
        reading.hashes = try ledger.hashes(of: reading.files?.files ?? [])
    }

    private func check(
        _ news: SourceNews, of ingest: Ingest, in dataset: Dataset, _ files: SourceFiles
    ) throws {
        let span = ingest.files.first?.span ?? dataset.span
        if ingest.changed == .fail, let first = news.changed.first {
            let others = news.changed.count > 1 ? " and \(news.changed.count - 1) more" : ""
            throw StepError([
                .error(
                    "'\(files.name(of: first))'\(others) changed after '\(dataset.name)' had read it", at: span,
                    hint: "'changed: ignore' keeps the rows that were read, 'changed: reingest' adds those of the new "
                        + "file; 'millrace run --full-refresh \(dataset.name)' reads all files anew")
            ])
        }
        if ingest.vanished == .fail, let example = news.vanishedExample {
            let others = news.vanished > 1 ? " and \(news.vanished - 1) more" : ""
            throw StepError([
                .error(
                    "'\(example)'\(others) is gone since '\(dataset.name)' read it", at: span,
                    hint: "bring it back, or let 'vanished: ignore' keep its rows")
            ])
        }
    }
}
