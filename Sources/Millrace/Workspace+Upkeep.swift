import Ingesting
package import Planning
package import Project
import Queries
import Store

/// How `optimize` orders the rows of the files that it writes.
package enum FileOrder: Sendable, Equatable {
    case asTheyAre
    case sorted([String])
    case zOrder([String])

    package var columns: [String] {
        switch self {
        case .asTheyAre: []
        case .sorted(let columns), .zOrder(let columns): columns
        }
    }
}

/// What `optimize` did to a table.
package struct OptimizeOutcome: Sendable {
    package var table: DatasetName
    /// The version that it made; nil when there was nothing to do.
    package var version: Version?
    package var filesBefore: Int
    package var filesAfter: Int
    package var bytesBefore: Int
    package var bytesAfter: Int
}

/// What `vacuum` deleted from a table, or would.
package struct VacuumOutcome: Sendable {
    package var table: DatasetName
    package var files: Int
    package var bytes: Int
    /// Paths of deleted files, relative to the table's folder.
    package var paths: [String]
    /// Files that were taken out of the table in the last so many milliseconds stayed.
    package var retention: Int
}

/// What `restore` did.
package struct RestoreOutcome: Sendable {
    package var dataset: DatasetName
    /// The version that was live before.
    package var before: Version
    /// The version whose rows are live again.
    package var restored: Version
    /// The version that it made; nil when `restored` was live already.
    package var version: Version?
    package var rowsBefore: Int?
    package var rows: Int?
    /// Why the next `run` would make the dataset anew; empty when it would not.
    package var staleBecause: [String]
}

/// What `delete` did to a dataset, or would.
package struct DeleteOutcome: Sendable {
    package var dataset: DatasetName
    /// The version that it made; nil when no row met the condition, or nothing was to be done.
    package var version: Version?
    package var rows: Int
    /// Files of which some rows stay.
    package var filesRewritten: Int
    /// Files of which no row stays.
    package var filesRemoved: Int
    /// The dataset's next version will have all of its step's rows again.
    package var comesBack: Bool
}

/// A name for a version.
package struct TagListing: Sendable {
    package var dataset: DatasetName
    package var tag: String
    package var version: Version
    /// When it was given, in milliseconds since 1970.
    package var time: Int?
}

extension Workspace {
    /// The datasets selected, in the order of their names, whether or not their source files are there.
    /// - Throws: `Diagnostics`.
    package func datasets(_ selection: Selection) async throws -> [DatasetName] {
        guard !selection.isEverything else { return project.datasets.map(\.name).sorted() }
        let analysis = try analyseSound()
        save(analysis.cache)
        let known = try await KnownStates(
            datasets: states(of: analysis.graph.order), foreign: foreignStates(analysis.references))
        let selected = try await select(selection, analysis, known) ?? Set(analysis.graph.order)
        return selected.sorted()
    }

    /// The tables of these datasets that have a version.
    /// - Parameter companions: also those with the refused rows and the source files.
    package func tables(of datasets: [DatasetName], companions: Bool) async throws -> [DatasetName] {
        let names = datasets.flatMap { companions ? [$0, $0.quarantine, $0.ledger] : [$0] }
        let heads = try await storeErrors { try await store.heads(of: names) }
        return names.filter { heads[$0] != nil }
    }

    /// Makes sure that each of these tables has the columns that its rows are to be ordered by.
    /// - Throws: `Diagnostics`, all that is wrong at once.
    package func check(_ order: FileOrder, of tables: [DatasetName]) async throws {
        guard !order.columns.isEmpty else { return }
        var problems: [Diagnostic] = []
        for table in tables {
            let snapshot = try await storeErrors { try await store.snapshot(of: table) }
            let columns = snapshot.columns.map { QueryColumn(name: $0.name, type: $0.duckDBType) }
            for name in order.columns where !columns.contains(where: { $0.name.lowercased() == name.lowercased() }) {
                problems.append(.missing(column: name, of: table, among: columns))
            }
        }
        guard problems.isEmpty else { throw Diagnostics(problems) }
    }

    /// Puts a table's small files together. Its rows stay what they are, so nothing becomes stale.
    /// - Parameter targetSize: of a file, in bytes.
    package func optimize(_ table: DatasetName, targetSize: Int, order: FileOrder) async throws -> OptimizeOutcome {
        let layout: OptimizeRequest.Order =
            switch order {
            case .asTheyAre: .none
            case .sorted(let columns): .sort(columns)
            case .zOrder(let columns): .zOrder(columns)
            }
        let report = try await storeErrors {
            try await store.optimize(table, OptimizeRequest(targetSize: targetSize, order: layout))
        }
        return OptimizeOutcome(
            table: table, version: report.version?.version, filesBefore: report.filesBefore,
            filesAfter: report.filesAfter, bytesBefore: report.bytesBefore, bytesAfter: report.bytesAfter)
    }

    /// Deletes the files that no version needs which can still be read after it: those of a dataset, of its refused
    /// rows and of its list of source files.
    /// - Parameters:
    ///   - retention: in milliseconds; nil is what each table says.
    ///   - dryRun: only finds them.
    ///   - force: also when the table asks for a longer retention.
    package func vacuum(
        _ dataset: DatasetName, retention: Int?, dryRun: Bool, force: Bool
    ) async throws -> [VacuumOutcome] {
        var outcomes: [VacuumOutcome] = []
        var keeping: [DatasetName: Set<Version>] = [:]
        for table in try await tables(of: [dataset], companions: true) {
            let report = try await storeErrors {
                try await store.vacuum(
                    table, retention: retention, dryRun: dryRun, force: force, keeping: keeping[table] ?? [])
            }
            // The dataset itself comes first, and what it keeps decides what its companions keep.
            if table == dataset { keeping = try await companionVersions(of: dataset, retention: report.retention) }
            outcomes.append(
                VacuumOutcome(
                    table: table, files: report.files, bytes: report.bytes, paths: report.paths,
                    retention: report.retention))
        }
        return outcomes
    }

    /// The versions of a dataset's companions that those of its versions name which stay readable: the live one, those
    /// that were live within the retention, and tagged ones.
    private func companionVersions(
        of dataset: DatasetName, retention: Int
    ) async throws -> [DatasetName: Set<Version>] {
        try await storeErrors {
            let cutoff = now() - retention
            var records: [VersionRecord] = []
            for tag in try await store.tags(of: dataset) {
                if let record = try await store.entry(of: dataset, at: tag.version)?.record { records.append(record) }
            }
            var limit = 64
            var entries = try await store.history(of: dataset, limit: limit)
            while entries.count == limit, entries.last?.time ?? .max >= cutoff {
                limit *= 8
                entries = try await store.history(of: dataset, limit: limit)
            }
            var wasReplacedAt = Int.max
            for entry in entries {
                // A version was live until the next one was published.
                if wasReplacedAt >= cutoff, let record = entry.record { records.append(record) }
                wasReplacedAt = entry.time ?? wasReplacedAt
            }
            return [
                dataset.quarantine: Set(records.compactMap(\.quarantine)),
                dataset.ledger: Set(records.compactMap(\.ledger)),
            ]
        }
    }

    /// Makes an older version's rows the live ones, as a new version.
    package func restore(_ name: String, to pin: VersionPin) async throws -> RestoreOutcome {
        let dataset = try dataset(named: name).name
        let report = try await storeErrors { try await store.restore(dataset, to: pin) }
        // Best told by the plan; what is wrong with the project otherwise is no matter here.
        let plan = try? await plan(Selection([dataset.text]), forced: false)
        let step = plan?.step(dataset)
        return RestoreOutcome(
            dataset: dataset, before: report.from.version, restored: report.to.version,
            version: report.version == report.from ? nil : report.version.version, rowsBefore: report.rowsBefore,
            rows: report.rowsAfter,
            staleBecause: step?.action == .run ? step?.reasons.map(\.description) ?? [] : [])
    }

    /// Deletes the rows that meet a condition, as a new version of the dataset.
    /// - Parameters:
    ///   - condition: a condition in SQL over the dataset's columns.
    ///   - dryRun: only counts them.
    package func delete(from name: String, where condition: String, dryRun: Bool) async throws -> DeleteOutcome {
        let dataset = try dataset(named: name)
        let report = try await storeErrors {
            try await store.delete(from: dataset.name, where: condition, dryRun: dryRun)
        }
        return DeleteOutcome(
            dataset: dataset.name, version: report.version?.version, rows: report.rows,
            filesRewritten: report.filesRewritten, filesRemoved: report.filesRemoved,
            comesBack: dataset.mode == .replace)
    }

    /// Gives a version a name. A tagged version survives `vacuum`.
    /// - Parameters:
    ///   - pin: nil is the live version.
    ///   - moves: takes the name away from the version that has it.
    package func tag(_ name: String, as tag: String, at pin: VersionPin?, moves: Bool) async throws -> TagListing {
        let dataset = try dataset(named: name).name
        guard case .tag = VersionPin(tag) else {
            throw Diagnostics([
                .error(
                    "'\(tag)' is no name for a version",
                    hint: "begin with a letter, and go on with letters, digits, '_', '-' and '.'")
            ])
        }
        return try await storeErrors {
            let wanted = try await store.snapshot(of: dataset, at: pin).pinned.version
            if let known = try await store.tags(of: dataset).first(where: { $0.name == tag }) {
                guard known.version != wanted else { return TagListing(dataset, known) }
                guard moves else {
                    throw Diagnostics([
                        .error(
                            "'\(dataset)' has a tag '\(tag)' already: version \(known.version)",
                            hint: "--force moves it; 'millrace tag --delete \(tag) \(dataset)' takes it away")
                    ])
                }
            }
            return TagListing(dataset, try await store.tag(dataset, as: tag, at: .version(wanted)))
        }
    }

    /// Takes a name away from a version.
    package func untag(_ name: String, _ tag: String) async throws -> TagListing {
        let dataset = try dataset(named: name).name
        return try await storeErrors {
            let tags = try await store.tags(of: dataset)
            guard let known = tags.first(where: { $0.name == tag }) else {
                let near = Spelling.nearest(to: tag, among: tags.map(\.name))
                throw Diagnostics([
                    .error(
                        "'\(dataset)' has no tag '\(tag)'",
                        hint: near.map { "did you mean '\($0)'?" } ?? "'millrace tag --list \(dataset)' names them all")
                ])
            }
            try await store.untag(dataset, tag)
            return TagListing(dataset, known)
        }
    }

    /// The tags of a dataset, or of all, by dataset and version.
    package func tags(of name: String?) async throws -> [TagListing] {
        let datasets = try name.map { [try dataset(named: $0).name] } ?? project.datasets.map(\.name).sorted()
        var listings: [TagListing] = []
        for dataset in datasets {
            listings += try await storeErrors { try await store.tags(of: dataset).map { TagListing(dataset, $0) } }
                .sorted { ($0.version, $0.tag) < ($1.version, $1.tag) }
        }
        return listings
    }

    /// - Throws: `Diagnostics` when there is none of that name.
    func dataset(named name: String) throws -> Dataset {
        if let dataset = project.dataset(named: name) { return dataset }
        let near = Spelling.nearest(to: name, among: project.datasets.map(\.name.text))
        throw Diagnostics([
            .error(
                "no dataset '\(name)' in this project",
                hint: near.map { "did you mean '\($0)'?" } ?? "'millrace list' names them all")
        ])
    }
}

extension TagListing {
    fileprivate init(_ dataset: DatasetName, _ tag: VersionTag) {
        self.init(dataset: dataset, tag: tag.name, version: tag.version, time: tag.time)
    }
}

extension Diagnostic {
    /// A column that is named on the command line, where there is none of that name.
    static func missing(column: String, of table: DatasetName, among columns: [QueryColumn]) -> Diagnostic {
        let names = columns.map(\.name)
        let hint =
            Spelling.nearest(to: column, among: names).map { "did you mean '\($0)'?" }
            ?? "it has " + names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
        return .error("'\(table)' has no column '\(column)'", hint: hint)
    }
}
