package import DuckDB
package import Project
package import Store

/// Says in the user's terms what DuckDB said about a step.
package struct ErrorTranslator {
    private let dataset: Dataset
    /// What the step reads.
    private let tables: [TableSnapshot]
    /// To look for a damaged file with.
    private let connection: Connection?

    package init(dataset: Dataset, tables: [TableSnapshot] = [], connection: Connection? = nil) {
        self.dataset = dataset
        self.tables = tables
        self.connection = connection
    }

    /// Runs `body`, and throws a `StepError` for what DuckDB refuses.
    /// - Parameter offset: the bytes of the statement that stand before the user's query; nil when the statement is not
    ///   around it.
    package func translating<Result>(offset: Int?, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DuckDBError {
            throw translate(error, offset: offset)
        }
    }

    package func translate(_ error: DuckDBError, offset: Int?) -> any Error {
        if let connection, let fault = TableSnapshot.fault(of: error, in: tables, on: connection) {
            return fault.error
        }
        return switch error.code {
        case .interrupt: CancellationError()
        case .internalError, .fatal, .libraryMissing, .closed: error
        default: StepError([diagnostic(error, offset: offset)])
        }
    }

    private func diagnostic(_ error: DuckDBError, offset: Int?) -> Diagnostic {
        switch dataset.step {
        case .sql(let text):
            var span = dataset.span
            if let offset, let position = error.position, position >= offset, position - offset <= text.text.utf8.count
            {
                span = text.span(at: position - offset, length: error.name?.utf8.count ?? 1)
            } else {
                span = text.span(at: 0)
            }
            return .error(firstLine(error.message), at: span, hint: hint(error))
        case .run(let program):
            return .error(firstLine(error.message), at: program.programSpan, hint: hint(error))
        case .ingest(let ingest):
            return .error(firstLine(error.message), at: ingest.files.first?.span ?? ingest.span, hint: hint(error))
        }
    }

    /// What DuckDB says before it goes on to advise on its own options, which are not the user's.
    private func firstLine(_ message: String) -> String {
        let lines = message.split(separator: "\n").map(String.init)
        var kept: [String] = []
        for line in lines {
            if ["Possible ", "Candidate bindings", "Did you mean", "The search space", "LINE "].contains(
                where: line.hasPrefix)
            {
                break
            }
            kept.append(line)
        }
        return kept.joined(separator: " ")
    }

    private func hint(_ error: DuckDBError) -> String? {
        if let near = error.candidates.first {
            return error.candidates.count == 1
                ? "did you mean '\(near)'?" : "did you mean one of \(error.candidates.joined(separator: ", "))?"
        }
        switch error.code {
        case .outOfMemory:
            return "raise 'memory' of the engine in millrace.yaml, or lower 'threads': each thread needs its share"
        case .io where error.message.contains("No space left"):
            return "free some space: nothing was published, and the last version stays live"
        case .io where error.message.contains("File name too long") && !dataset.partitionBy.isEmpty:
            let columns = dataset.partitionBy.map(\.value).joined(separator: ", ")
            return "the values of \(columns) become names of folders, at most 255 bytes long: partition by something "
                + "shorter, or shorten the value"
        case .conversion, .outOfRange:
            return dataset.step.sql == nil ? nil : "TRY_CAST gives NULL where a value cannot be converted"
        default: return nil
        }
    }
}
