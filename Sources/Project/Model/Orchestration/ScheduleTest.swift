/// What a user says a trigger does between two moments: an item of a file in `tests/`.
package struct ScheduleTest: Sendable {
    package enum Expectation: Sendable {
        /// It fires at just these times.
        case times([Int])
        /// It fires so many times.
        case count(Int)
    }

    package var name: String
    package var trigger: String
    /// Milliseconds since 1970; `from` itself counts, `to` does not.
    package var from: Int
    package var to: Int
    package var expectation: Expectation
    /// When the server is down.
    package var outages: [Range<Int>]
    /// How long a run takes, in milliseconds.
    package var runTakes: Int
    /// Where the expectation is written.
    package var span: SourceSpan
}
