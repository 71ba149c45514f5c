import DeltaLog
import Project

extension StoreError {
    /// Another writer was first.
    ///
    /// - Parameters:
    ///   - what: that was not done: `nothing was published`.
    ///   - hint: what to do.
    init(_ conflict: CommitConflict, dataset: DatasetName, _ what: String, hint: String) {
        self.init(
            .conflict, dataset: dataset, message: "\(dataset): \(what), because meanwhile \(conflict)", hint: hint)
    }
}
