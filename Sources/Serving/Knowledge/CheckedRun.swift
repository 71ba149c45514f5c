import Project
import Recording

/// What one run's checks of a dataset found.
struct CheckedRun: Sendable {
    var run: RunID
    var at: Int
    var checks: [PastCheck]
}

extension Site {
    private static let mostChecks = 4000

    /// What the checks of a dataset found in its latest runs, the newest first.
    func checkedRuns(of dataset: DatasetName, limit: Int) -> [CheckedRun] {
        var runs: [CheckedRun] = []
        for check in history.checks(of: dataset, limit: Self.mostChecks) {
            if runs.last?.run == check.run {
                runs[runs.count - 1].checks.append(check)
            } else {
                guard runs.count < limit else { break }
                runs.append(CheckedRun(run: check.run, at: check.at, checks: [check]))
            }
        }
        return runs
    }
}
