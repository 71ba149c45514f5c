import Engines
import Ingesting
import Project
import Store

extension StepJob {
    /// What an engine is to stage, once everything that the step reads is pinned.
    ///
    /// - Parameters:
    ///   - before: the version that is there; nil when there is none, or none that matters.
    ///   - filePrefix: what the names of the files begin with.
    init(
        _ dataset: Dataset, _ reading: StepReading, before: TableSnapshot?, in store: DatasetStore, filePrefix: String
    ) async throws {
        self.init(
            dataset: dataset, inputs: reading.inputs, sourceFiles: reading.files?.files.map(\.path) ?? [],
            foreign: reading.foreign, sourceTable: reading.sourceTable,
            appendTo: dataset.mode == .append && !reading.isFull ? before : nil,
            tableColumns: reading.isFull ? [] : before?.columns ?? [], partitions: reading.partitions?.job,
            leavesOut: reading.isFull ? dataset.deleteWhen : nil,
            folder: try await store.stagingFolder(of: dataset.name),
            quarantineFolder: try await store.stagingFolder(of: dataset.name.quarantine), filePrefix: filePrefix)
    }
}
