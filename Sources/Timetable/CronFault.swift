/// What is wrong with a cron expression.
package struct CronFault: Error, Sendable, Equatable {
    /// One sentence without a full stop; it names the field and what stands there.
    package var message: String
    /// The bytes of the text that are meant.
    package var range: Range<Int>
    /// What to write instead.
    package var hint: String?
}
