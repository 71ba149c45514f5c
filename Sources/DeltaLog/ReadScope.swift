/// What a change looked at before it was made, and so what must not have changed until it is committed.
package enum ReadScope: Hashable, Sendable {
    /// Nothing: the change is right whatever the table holds, as a blind append is.
    case nothing
    /// Data files, by their paths as the log has them.
    case files(Set<String>)
    /// Every row, also those that could have been there.
    case wholeTable
}
