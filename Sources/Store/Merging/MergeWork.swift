import DeltaLog
import DuckDB
import Project

/// A merge, and who computes it.
struct MergeWork: Sendable {
    let merge: Merge
    let engine: any MergeEngine

    /// - Throws: `duplicateKeys` when a key is NULL or there twice.
    func survey() async throws(StoreError) -> Merge.Survey {
        let survey = try await Self.asking(for: merge.dataset) { try await engine.survey(merge) }
        guard survey.wrongKeys.isEmpty else { throw wrongKeys(survey.wrongKeys) }
        return survey
    }

    private func wrongKeys(_ wrong: [(values: [String?], count: Int)]) -> StoreError {
        let examples = wrong.prefix(Merge.mostExamples).map { row in
            let values = zip(merge.key, row.values).map { "\($0.staged) = \($1 ?? "NULL")" }
            return "(\(values.joined(separator: ", "))) \(row.count)×"
        }
        let names = merge.key.map { SQL.quoted($0.staged) }.joined(separator: ", ")
        return StoreError(
            .duplicateKeys, dataset: merge.dataset,
            message: "\(merge.dataset): nothing was merged, because new rows have the same key, or none: "
                + examples.joined(separator: ", ") + (wrong.count > Merge.mostExamples ? ", …" : ""),
            hint: "Let the query give one row for each key, for instance the latest: "
                + "QUALIFY row_number() OVER (PARTITION BY \(names) ORDER BY … DESC) = 1")
    }

    /// The live files that may have a row with one of the new keys.
    func candidates(of snapshot: Snapshot, _ survey: Merge.Survey) async throws(StoreError) -> [AddFile] {
        guard survey.rows > 0 else { return [] }
        guard snapshot.files.count > 1 else { return Array(snapshot.files) }
        let bounds = try await Self.asking(for: merge.dataset) {
            try await engine.bounds(of: merge, in: survey, files: snapshot.files.count)
        }
        let predicate = predicate(bounds)
        return snapshot.files.filter {
            predicate.mayMatch(
                partitionValues: $0.partitionValues, statistics: $0.statistics, metadata: snapshot.metadata)
        }
    }

    /// A condition that every row of the table meets which has a key of the new rows.
    private func predicate(_ bounds: [[Merge.Bounds]]) -> FilePredicate {
        var parts: [FilePredicate] = []
        for (column, ranges) in zip(merge.key, bounds) {
            let file = FileColumn([column.table])
            let intervals = ranges.compactMap { low, high -> FilePredicate? in
                guard let low, let high else { return nil }
                return .and([.compare(file, .greaterOrEqual, low), .compare(file, .lessOrEqual, high)])
            }
            if !intervals.isEmpty, intervals.count == ranges.count { parts.append(.or(intervals)) }
        }
        return parts.isEmpty ? .always : .and(parts)
    }

    func find(in candidates: TableSnapshot, _ survey: Merge.Survey) async throws(StoreError) -> Merge.Found {
        guard !candidates.files.isEmpty, survey.rows > 0 else {
            return Merge.Found(inserted: survey.rows - survey.deletes)
        }
        let found = try await Self.asking(for: merge.dataset) {
            try await engine.find(merge, in: candidates, of: survey)
        }
        // A file that went by another name would keep its rows beside the new ones.
        let known = Set(candidates.files.map(\.path))
        guard found.rows.keys.allSatisfy(known.contains),
            found.rows.values.reduce(0, +) == found.updated + found.deleted
        else {
            throw StoreError(
                .engineFailed, dataset: merge.dataset,
                message: "\(merge.dataset): nothing was published, because the engine did not tell which files of the "
                    + "table hold the \(found.updated + found.deleted) rows that it found",
                hint: "This is a fault of Millrace's: please report it; '--engine local' merges meanwhile.")
        }
        return found
    }

    /// Runs work of the engine. What that throws keeps its own words.
    static func asking<Answer>(
        for dataset: DatasetName, _ work: () async throws -> Answer
    ) async throws(StoreError) -> Answer {
        do {
            return try await work()
        } catch {
            if let error = error as? StoreError { throw error }
            if error is CancellationError {
                throw StoreError(.cancelled, dataset: dataset, message: "\(dataset): cancelled; nothing was published")
            }
            var failure = StoreError(.engineFailed, dataset: dataset, message: "\(dataset): \(error)")
            failure.cause = error
            throw failure
        }
    }
}

extension Merge.Output.Column {
    init(_ field: DeltaField, isCast: Bool = false) {
        self.init(name: field.name, type: field.type.duckDBType.text, isCast: isCast)
    }
}
