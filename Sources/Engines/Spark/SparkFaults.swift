import Project
import Queries
import SparkConnect

/// Says in the user's terms what Spark said about a step.
struct SparkFaults {
    let dataset: Dataset
    /// The engine's name, and where the project says where it is.
    let engine: String
    let remote: SourceSpan?
    /// The store's folder that Spark has to reach.
    let folder: String
    /// What the user wrote that is run: as a rule the step's query.
    var text: SQLText?
    /// Where the pieces of the step's query come from.
    var places: [TranslatedPlace] = []

    func translate(_ error: SparkError) -> any Error {
        switch error.code {
        case .unreachable, .refused, .malformed, .invalid:
            let isRefused = error.code == .refused
            return StepError([
                .error(
                    "the engine '\(engine)' cannot be used: \(error.message)", at: remote ?? dataset.span,
                    hint: isRefused
                        ? "the token stands in 'remote', as sc://HOST:PORT/;token=…; 'token=${env:NAME}' takes it from "
                            + "the environment"
                        : "see that the Spark Connect server runs and that 'remote' names it, or choose another engine "
                            + "with --engine")
            ])
        case .sessionLost, .operationLost:
            return StepError([
                .error(
                    "the engine '\(engine)' lost the step '\(dataset.name)' while it was under way: \(error.message)",
                    at: dataset.span, hint: "nothing was published; run it again")
            ])
        case .cancelled:
            return Task.isCancelled
                ? CancellationError()
                : StepError([
                    .error(
                        "the step '\(dataset.name)' was stopped on the engine '\(engine)': \(error.message)",
                        at: dataset.span, hint: "nothing was published; run it again")
                ])
        default: return StepError([failure(error)])
        }
    }

    // MARK: Failures

    private struct Reason {
        var message: String
        var errorClass: String?
        var sqlState: String?
        var contexts: [SparkError.Context]
    }

    private func failure(_ error: SparkError) -> Diagnostic {
        var reasons = [
            Reason(
                message: error.message, errorClass: error.errorClass, sqlState: error.sqlState,
                contexts: error.contexts)
        ]
        reasons += error.causes.map {
            Reason(message: $0.message, errorClass: $0.errorClass, sqlState: $0.sqlState, contexts: $0.contexts)
        }
        if let fault = reasons.lazy.compactMap(storeFault).first { return fault }
        // What wraps others says less than they do.
        let reason =
            reasons.last { $0.errorClass != nil && !$0.contexts.isEmpty } ?? reasons.last { $0.errorClass != nil }
        var told = reason ?? reasons[0]
        let mark = TranslatedPlace.Mark(takenFrom: &told.message)
        // A failure that Millrace itself makes Spark raise.
        if mark != nil || told.errorClass == "USER_RAISED_EXCEPTION" { (told.errorClass, told.sqlState) = (nil, nil) }
        let name = [told.errorClass, told.sqlState.map { "SQL state \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return .error(
            Self.sentence(told.message) + " (" + (name.isEmpty ? "" : name + ", ") + "on the engine '\(engine)')",
            at: span(of: told.contexts, mark), hint: mark != nil ? Self.tryCast : hint(told))
    }

    private static let tryCast = "TRY_CAST gives NULL where a value cannot be converted"

    private func span(of contexts: [SparkError.Context], _ mark: TranslatedPlace.Mark?) -> SourceSpan {
        guard let text else { return dataset.step.textSpan ?? dataset.span }
        if let mark { return text.span(at: mark.position) }
        let position = contexts.reversed().lazy.compactMap { places.position(of: $0.fragment) }.first
        return text.span(at: position ?? 0)
    }

    private func hint(_ reason: Reason) -> String? {
        switch reason.errorClass?.split(separator: ".").first {
        case "CAST_INVALID_INPUT", "CAST_OVERFLOW": Self.tryCast
        case "DIVIDE_BY_ZERO", "ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE": nil
        case "PARSE_SYNTAX_ERROR", "UNRESOLVED_COLUMN", "DATATYPE_MISMATCH", "UNRESOLVED_ROUTINE":
            "Spark does not take Millrace's translation of this query, which is a fault of Millrace's: please report it; "
                + "'--engine local' runs the step meanwhile"
        default: nil
        }
    }

    /// What Spark says, without its name for it, its picture of the query, and its advice on its own settings.
    private static func sentence(_ message: String) -> String {
        var text = message[...].drop(while: \.isWhitespace)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { text = text[text.index(after: end)...] }
        for end in ["\n== ", " SQLSTATE:", "\nSQLSTATE:", " If necessary set", " Use `", " Use '", "\n\tat "] {
            if let range = text.firstRange(of: end) { text = text[..<range.lowerBound] }
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: The store

    /// What is about the store's files and not about the query.
    private func storeFault(_ reason: Reason) -> Diagnostic? {
        let message = reason.message
        let hint =
            "the machines of the cluster must reach the store under the same path or URL as this one: put it on a "
            + "shared folder or in a bucket"
        switch reason.errorClass {
        case "PATH_NOT_FOUND", "FAILED_READ_FILE.FILE_NOT_EXIST",
            "FAILED_READ_FILE.NO_HINT" where message.contains("FileNotFound"):
            return .error(
                "the engine '\(engine)' cannot find a file that this machine sees: \(Self.sentence(message))",
                at: remote ?? dataset.span, hint: hint)
        case let name? where name.hasPrefix("FAILED_READ_FILE"):
            return .error(
                "the engine '\(engine)' cannot read a file of the store: \(Self.sentence(message))", at: dataset.span)
        default: break
        }
        guard
            message.contains("Mkdirs failed") || message.contains("AccessDenied")
                || message.contains("Permission denied")
                || message.contains("No FileSystem for scheme")
                || message.contains("ClassNotFoundException: Class org.apache.hadoop.fs.s3a")
        else { return nil }
        return .error(
            "the engine '\(engine)' cannot write to the store at \(folder): \(Self.sentence(message))",
            at: remote ?? dataset.span, hint: hint)
    }

    /// Spark wrote files that this machine does not see.
    func invisible(rows: Int) -> StepError {
        StepError([
            .error(
                "the engine '\(engine)' wrote \(rows) rows to \(folder), but this machine finds \(rows == 0 ? "none" : "not all") "
                    + "of them there", at: remote ?? dataset.span,
                hint: "the machines of the cluster must reach the store under the same path or URL as this one: put it "
                    + "on a shared folder or in a bucket")
        ])
    }
}
