package import Project

/// What was added to a table since a version that somebody has read.
package struct AddedRows: Sendable {
    package enum Rows: Sendable {
        /// These rows; none of them was there before.
        case files(TableSnapshot)
        /// A version changed or took out rows, so that there is no telling which rows are new.
        case replaced(at: Version, operation: String)
        /// The table was deleted and made anew.
        case otherTable
    }

    package var rows: Rows
    /// The version up to which this is so.
    package var through: PinnedVersion
}
