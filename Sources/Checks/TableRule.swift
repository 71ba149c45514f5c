package import Project

/// A check about rows together: decided over the staged files, before they are published.
package struct TableRule: Sendable {
    package enum Question: Sendable {
        /// One value of the shared scan: the SQL aggregate.
        case aggregate(String)
        /// The shared scan's number of rows.
        case rowCount
        /// A query of its own: its one row is the number of failing rows and of those that it looked at.
        case counts(String)
        /// Decided without looking at a row: the column's type as found.
        case type(found: String, expected: String)
    }

    package var check: Check
    package var question: Question
    /// A query for failing rows; nil when no row is to blame.
    package var examples: String?
}
