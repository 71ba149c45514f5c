/// The times at which something is due, in the five fields of cron: minute, hour, day of the month, month, day of the
/// week.
package struct CronExpression: Sendable, Hashable {
    /// As the user wrote it.
    package let text: String

    package init(text: String) { self.text = text }
}
