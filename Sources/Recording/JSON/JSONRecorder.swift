import Project
package import Running
import Synchronization

/// Tells a run to programs: one JSON object a line, in the order in which things happen.
///
/// Every line has `event` and `at` (ISO 8601 in UTC, milliseconds). The other fields, by event:
///
///     run_started     run, project, cause, queued_at, steps: [{dataset, action, reasons, inputs, foreign: [path], work (full,
///                     continuing, incremental, partitions), reads_after, current_version, next_version, partitions:
///                     [key or FIRST..LAST], only of a partitioned dataset}]
///     step_started    dataset, kind, reasons, index, count, attempt (from 1), waited (seconds)
///     step_progressed dataset, phase (writing, checking, publishing), fraction, rows, total_rows; at most once a second
///     step_audited    dataset, checks: [CHECK]
///     step_finished   dataset, version, table, seconds, bytes, files, rows: {read, published, quarantined},
///                     quarantine_version, splits: {NAME: rows}, inputs: {NAME: version}, foreign: {PATH: version},
///                     fingerprint, checks: [CHECK]
///     step_retrying   dataset, attempt (that failed), attempts (at most), delay (seconds), cause, live_version, seconds,
///                     diagnostics: [DIAGNOSTIC], checks: [CHECK]; step_started follows with the next attempt
///     step_failed     dataset, cause (check, step, timeout, cancelled, bug), live_version, seconds,
///                     diagnostics: [DIAGNOSTIC], checks: [CHECK]
///     step_skipped    dataset, reason (up_to_date, made_by_this_run, upstream_failed, stopped, cancelled),
///                     upstream
///     run_finished    run, outcome (done, failed, cancelled, nothing_to_do), has_bug, done, failed, skipped,
///                     up_to_date, seconds
///
///     CHECK           name, status (passed, warned, failed, quarantined), looked, failing, value, message,
///                     examples: [{COLUMN: value as text or null}]
///     DIAGNOSTIC      severity (error, warning), message, file, line, column, notes: [text], hint
///
/// What is unknown is null. Fields may be added; none is taken away or changes its meaning within a major version.
package final class JSONRecorder: RunRecorder {
    private let write: @Sendable (String) -> Void
    /// When each dataset's progress was last told, and of which phase.
    private let told = Mutex<[DatasetName: (at: Int, phase: StepProgress.Phase)]>([:])

    /// Milliseconds between two words about the progress of one phase.
    private static let interval = 1000

    /// `write` gets whole lines, their end included, and is called by one thread at a time.
    package init(write: @escaping @Sendable (String) -> Void) {
        self.write = write
    }

    package func record(_ event: RunEvent, at milliseconds: Int) {
        if case .stepProgressed(let progress) = event, !isDue(progress, at: milliseconds) { return }
        write(event.json(at: milliseconds).text + "\n")
    }

    private func isDue(_ progress: StepProgress, at milliseconds: Int) -> Bool {
        told.withLock { told in
            if let last = told[progress.dataset], last.phase == progress.phase,
                milliseconds - last.at < Self.interval
            {
                return false
            }
            told[progress.dataset] = (milliseconds, progress.phase)
            return true
        }
    }
}
