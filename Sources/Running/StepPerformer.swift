package import Planning
package import Project

/// What makes one step: the port behind which the work is. A run decides when, not how.
package protocol StepPerformer: Sendable {
    /// Makes the step and publishes it; cancelling the task stops it, and then nothing half-done is to be seen.
    /// - Parameter report: is told how it goes on.
    func perform(
        _ step: Plan.Step, run: RunID, report: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> StepResult
}
