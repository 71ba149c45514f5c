/// A trigger says that its run is due.
package struct Firing: Sendable, Codable, Equatable {
    package var trigger: String
    /// The time that it was due, in milliseconds since 1970: that of the schedule, without the jitter that came after
    /// it; for an event when it was seen, and with a debounce when it had been quiet for so long.
    package var at: Int
    /// In words: `cron 0 2 * * *`, `new files`, `flights version 3`.
    package var cause: String

    package init(trigger: String, at: Int, cause: String) {
        self.trigger = trigger
        self.at = at
        self.cause = cause
    }
}
