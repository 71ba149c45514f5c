import Columnar
import DuckDB
import Engines
import Queries
import SparkConnect

/// Runs queries on DuckDB and, translated, on Spark, and says where the two do not agree.
struct Judge: Sendable {
    let database: Database
    /// Has the database's tables as views.
    let session: SparkSession
    let translate: @Sendable (SQLQuery) throws -> SparkTranslator.Translation

    /// What is wrong with a case.
    struct Finding: Sendable, CustomStringConvertible {
        enum Kind: Sendable {
            /// DuckDB's parser does not read it.
            case noSQL
            case refused, notRefused
            case onlyDuckDBFails, onlySparkFails
            /// Both fail, Spark for another reason than a value of the data.
            case failsOtherwise
            case otherRows, otherTypes
        }

        let kind: Kind
        let name: String
        let detail: String
        var query: String?
        var sql: String?

        var description: String {
            var lines = ["\(name)", "  \(kind): \(detail)"]
            if let query, query != name { lines.append("  DuckDB: \(query)") }
            if let sql { lines.append("  Spark: \(sql)") }
            return lines.joined(separator: "\n")
        }
    }

    /// A case with its translation and DuckDB's answer.
    private struct Trial: Sendable {
        let test: Case
        let translation: SparkTranslator.Translation
        let expected: Result<Answer, DuckDBError>
        /// Of the rows of a case.
        var isPart = false

        func finding(_ kind: Finding.Kind, _ detail: String) -> Finding {
            Finding(kind: kind, name: test.name, detail: detail, query: test.query, sql: translation.sql)
        }
    }

    /// How many expressions share a query of Spark's, which takes long to begin and not long to run.
    private static let groupSize = 16
    /// How many queries Spark has at once.
    private static let width = 4

    func findings(_ cases: [Case]) async throws -> [Finding] {
        var findings: [Finding] = []
        var trials: [Trial] = []
        for (test, result) in zip(cases, try translations(cases.map(\.query))) {
            switch result {
            case .success(let translation) where test.isRefused:
                findings.append(
                    Finding(kind: .notRefused, name: test.name, detail: "it has a translation", sql: translation.sql))
            case .success(let translation):
                trials.append(Trial(test: test, translation: translation, expected: try local(test.query)))
            case .failure(.fault(let fault)):
                findings.append(Finding(kind: .noSQL, name: test.name, detail: fault.message))
            case .failure(.refused(let faults)):
                guard !test.isRefused else { continue }
                let reasons = faults.faults.map { "\($0.position.map(String.init) ?? "?"): \($0.message)" }
                findings.append(
                    Finding(
                        kind: .refused, name: test.name, detail: reasons.joined(separator: "; "), query: test.query))
            }
        }
        let shared = trials.filter { $0.test.expression != nil && $0.expected.isSuccess }
        let others = trials.filter { $0.test.expression == nil || !$0.expected.isSuccess }
        let groups = Dictionary(grouping: shared, by: \.test.table).values.flatMap { trials in
            stride(from: 0, to: trials.count, by: Self.groupSize).map {
                Array(trials[$0..<min($0 + Self.groupSize, trials.count)])
            }
        }
        return try await findings + concurrently(groups + others.map { [$0] }) { try await together($0) }
    }

    // MARK: - Trials

    /// Expressions in one query. Where that does not give every expected value, parts of them are tried, and in the end
    /// each for itself.
    private func together(_ trials: [Trial]) async throws -> [Finding] {
        guard let first = trials.first else { return [] }
        guard trials.count > 1 else { return try await alone(first) }
        let columns = trials.enumerated().map { "(\($1.test.expression ?? "NULL")) AS case_\($0)" }
        let query = "SELECT id, \(columns.joined(separator: ", ")) FROM \(first.test.table) ORDER BY id"
        if case .success(let translation) = try translations([query])[0],
            case .success(let answer) = try await cluster(translation.sql),
            answer.columns.count == trials.count + 1
        {
            let wrong = try trials.enumerated().filter { place, trial in
                try finding(trial, answer.columns([0, place + 1])) != nil
            }
            var findings: [Finding] = []
            for (_, trial) in wrong { findings += try await alone(trial) }
            return findings
        }
        let half = trials.count / 2
        return try await together(Array(trials[..<half])) + together(Array(trials[half...]))
    }

    private func alone(_ trial: Trial) async throws -> [Finding] {
        let answer = try await cluster(trial.translation.sql)
        switch (trial.expected, answer) {
        case (.success, .success(let answer)): return try finding(trial, answer).map { [$0] } ?? []
        case (.success(let rows), .failure(let error)):
            return [trial.finding(.onlySparkFails, "DuckDB gives \(rows.rows.prefix(1)) …, and Spark says \(error)")]
        case (.failure(let error), .success(let answer)):
            return [trial.finding(.onlyDuckDBFails, "DuckDB says \(error), and Spark gives \(answer.rows.prefix(1)) …")]
        case (.failure(let error), .failure(let other)):
            guard other.isAboutValues else {
                return [trial.finding(.failsOtherwise, "DuckDB says \(error), and Spark \(other)")]
            }
            // Of one row by itself that is all.
            return trial.isPart ? [] : try await rowByRow(trial)
        }
    }

    /// Where some row fails: those that fail must be the same, and the others equal.
    private func rowByRow(_ trial: Trial) async throws -> [Finding] {
        guard trial.test.expression != nil else { return [] }
        let rows = try database.withConnection { try $0.query("SELECT id FROM \(trial.test.table) ORDER BY id") }
        // Of many rows some are enough.
        let ids = rows.compactMap { $0[0].int }.enumerated().filter { $0.offset % (rows.count / 40 + 1) == 0 }
            .map(\.element)
        let single = try parts(trial.test, ids.map { [$0] })
        let good = zip(ids, single).filter(\.1.expected.isSuccess)
        // The good ones at once, and each for itself only to find the one that is wrong.
        var findings: [Finding] = []
        for all in try parts(trial.test, [good.map(\.0)]) { findings += try await alone(all) }
        let doubtful = findings.isEmpty ? [] : good.map(\.1).prefix(Self.fewRows)
        for trial in single.filter({ !$0.expected.isSuccess }).prefix(Self.fewRows) + doubtful {
            let findings = try await alone(trial)
            if !findings.isEmpty { return findings }
        }
        return findings
    }

    /// How many rows Spark is asked for one by one.
    private static let fewRows = 6

    /// The case over some rows at a time.
    private func parts(_ test: Case, _ rows: [[Int64]]) throws -> [Trial] {
        let tests = rows.compactMap { test.over($0) }
        return try zip(tests, translations(tests.map(\.query))).compactMap { test, result in
            guard case .success(let translation) = result else { return nil }
            return Trial(test: test, translation: translation, expected: try local(test.query), isPart: true)
        }
    }

    private func finding(_ trial: Trial, _ answer: Answer) throws -> Finding? {
        guard case .success(var expected) = trial.expected else { return nil }
        var answer = answer
        if !trial.test.isSorted { (expected, answer) = (expected.sorted, answer.sorted) }
        guard expected.rows.count == answer.rows.count else {
            return trial.finding(.otherRows, "\(expected.rows.count) rows on DuckDB, \(answer.rows.count) on Spark")
        }
        let wrong = zip(expected.rows, answer.rows).filter { mine, theirs in
            mine.count != theirs.count
                || !zip(mine, theirs).allSatisfy { $0.isSame(as: $1, within: trial.test.tolerance) }
        }
        if let (mine, theirs) = wrong.first {
            return trial.finding(
                .otherRows, "\(wrong.count) rows, of which the first is \(mine) on DuckDB and \(theirs) on Spark")
        }
        let described = try database.withConnection { try $0.query("DESCRIBE \(trial.test.query)") }
        let types = described.map { ($0[1].text ?? "").filter { $0 != "\"" } }
        let told = trial.translation.columns.map { $0.type.description.filter { $0 != "\"" } }
        guard types == told else { return trial.finding(.otherTypes, "\(types) on DuckDB, and \(told) was told") }
        for (column, given) in zip(trial.translation.columns, answer.columns)
        where !column.type.isGiven(as: given.type) {
            return trial.finding(.otherTypes, "\(column.name) is \(column.type), and Spark gives \(given.type)")
        }
        return nil
    }

    // MARK: - Engines

    private func local(_ query: String) throws -> Result<Answer, DuckDBError> {
        do {
            var batches: [RecordBatch] = []
            try database.withConnection { try $0.batches(query) { batches.append($0) } }
            return .success(Answer(batches))
        } catch let error as DuckDBError {
            return .failure(error)
        }
    }

    private func cluster(_ sql: String) async throws -> Result<Answer, SparkError> {
        let result = try await once(sql)
        // Without a class it is no answer of Spark's but a stumble of its machine, perhaps: it has another try.
        if case .failure(let error) = result, error.errorClass == nil { return try await once(sql) }
        return result
    }

    private func once(_ sql: String) async throws -> Result<Answer, SparkError> {
        do {
            return .success(Answer(try await session.collect(.sql(sql))))
        } catch let error as SparkError {
            guard error.code == .failed else { throw error }
            return .failure(error)
        }
    }

    enum NoTranslation: Error {
        case fault(SQLFault)
        case refused(TranslationFaults)
    }

    private func translations(
        _ queries: [String]
    ) throws -> [Result<SparkTranslator.Translation, NoTranslation>] {
        try Self.translations(queries, translate)
    }

    static func translations(
        _ queries: [String], _ translate: (SQLQuery) throws -> SparkTranslator.Translation
    ) throws -> [Result<SparkTranslator.Translation, NoTranslation>] {
        try parser.queries(queries).map { parsed in
            switch parsed {
            case .success(let query):
                do {
                    return .success(try translate(query))
                } catch let faults as TranslationFaults {
                    return .failure(.refused(faults))
                }
            case .failure(let fault): return .failure(.fault(fault))
            }
        }
    }

    private static let parser = LocalEngine(
        Database.Configuration(threads: 1), programs: ProgramContext(folder: "/", environment: [:]))

    private func concurrently<Input: Sendable>(
        _ inputs: [Input], _ body: @escaping @Sendable (Input) async throws -> [Finding]
    ) async throws -> [Finding] {
        try await withThrowingTaskGroup(of: [Finding].self) { group in
            var findings: [Finding] = []
            for (place, input) in inputs.enumerated() {
                if place >= Self.width, let more = try await group.next() { findings += more }
                group.addTask { try await body(input) }
            }
            for try await more in group { findings += more }
            return findings
        }
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}

extension SparkError {
    /// Whether a value could not be worked with, and not the query.
    fileprivate var isAboutValues: Bool {
        sqlState?.hasPrefix("2") ?? false
            || ["USER_RAISED", "INVALID", "OVERFLOW"].contains { description.contains($0) }
    }
}
