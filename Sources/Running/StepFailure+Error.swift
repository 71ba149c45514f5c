import DuckDB
import Engines
import Planning
package import Project
package import Store

extension StepFailure {
    /// What an error means for the run, in the user's terms.
    init(_ error: any Error, of step: Plan.Step) {
        self.init(
            dataset: step.dataset, cause: .step, diagnostics: [], checks: [], live: step.current?.version, seconds: 0)
        switch error {
        case is CancellationError:
            cause = .cancelled
        case let refused as RefusedVersion:
            cause = .check
            checks = refused.checks
            diagnostics = refused.diagnostics
        case let error as StepError:
            diagnostics = error.diagnostics
        case let error as Diagnostic:
            diagnostics = [error]
        case let error as StoreError:
            diagnostics = [Diagnostic(error)]
        case let error as DuckDBError where error.code == .libraryMissing:
            diagnostics = [
                .error(error.message, hint: "scripts/bootstrap, or set MILLRACE_DUCKDB to the library's path")
            ]
        default:
            cause = .bug
            diagnostics = [.error("\(error)", hint: "please report it, with the output of 'millrace doctor'")]
        }
    }
}

extension Diagnostic {
    /// What the store says, as a diagnostic.
    /// - Parameter span: the place where the user names the table, if there is one.
    package init(_ error: StoreError, at span: SourceSpan? = nil) {
        var notes: [String] = []
        if let path = error.path { notes.append(path + (error.line.map { ", line \($0)" } ?? "")) }
        let hint =
            error.hint
            ?? (error.code == .inputOutput ? "see whether 'store' in millrace.yaml names the right folder" : nil)
        self = .error(error.message, at: span, notes: notes, hint: hint)
    }
}
