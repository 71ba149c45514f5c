package import Project
package import Scheduling

/// What the supervisor asks others for.
package struct Surroundings: Sendable {
    /// Milliseconds since 1970.
    package var now: @Sendable () -> Int
    /// The newest versions of some datasets; those without one are not among them.
    package var versions: @Sendable ([DatasetName]) async throws -> [DatasetName: SeenVersion]
    /// A text that is another one when a file that matches one of the patterns appeared, changed or vanished.
    package var filesDigest: @Sendable ([String]) async -> String
    /// The project when its files have changed since this was asked last; nil when they have not. Throws what is wrong
    /// with them, once.
    package var changedProject: @Sendable () async throws -> Project?
    /// Which partitions a backfill means.
    package var partitions: @Sendable (BackfillOrder) async throws -> PartitionAnswer
    /// Throws what is wrong with an order.
    package var check: @Sendable (RunOrder) async throws -> Void
    /// What a run has not made: for the repetition of a run that makes everything again.
    package var unfinished: @Sendable (RunID) -> [String]
    /// What was asked of a run that is none of the scheduler's, and that did not end well; nil when there is none.
    package var pastOrder: @Sendable (RunID) -> RunOrder?
    /// Takes what goes wrong and is no run's fault.
    package var warn: @Sendable (Diagnostic) -> Void

    package init(
        now: @escaping @Sendable () -> Int,
        versions: @escaping @Sendable ([DatasetName]) async throws -> [DatasetName: SeenVersion] = { _ in [:] },
        filesDigest: @escaping @Sendable ([String]) async -> String = { _ in "" },
        changedProject: @escaping @Sendable () async throws -> Project? = { nil },
        partitions: @escaping @Sendable (BackfillOrder) async throws -> PartitionAnswer = {
            throw Diagnostic.error("'\($0.dataset)' has no partitions")
        },
        check: @escaping @Sendable (RunOrder) async throws -> Void = { _ in },
        unfinished: @escaping @Sendable (RunID) -> [String] = { _ in [] },
        pastOrder: @escaping @Sendable (RunID) -> RunOrder? = { _ in nil },
        warn: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        self.now = now
        self.versions = versions
        self.filesDigest = filesDigest
        self.changedProject = changedProject
        self.partitions = partitions
        self.check = check
        self.unfinished = unfinished
        self.pastOrder = pastOrder
        self.warn = warn
    }
}
