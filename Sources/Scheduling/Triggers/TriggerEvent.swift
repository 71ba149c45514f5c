package import Project

/// Something that triggers wait for, beside the time.
package enum TriggerEvent: Sendable, Codable, Equatable {
    /// The watcher found new or changed files for that trigger's patterns.
    case filesChanged(trigger: String)
    case datasetPublished(DatasetName, Version)
    case webhook(trigger: String)
    /// A person wants it: fires at once, also when the trigger is paused.
    case manual(trigger: String)
    /// A run of the trigger ended, well or not; for `after`.
    case runEnded(trigger: String, isDone: Bool)
}
