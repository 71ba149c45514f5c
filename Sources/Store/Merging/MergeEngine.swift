/// What computes merges where the rows are. The store decides what becomes of which file, and commits.
package protocol MergeEngine: Sendable {
    /// Counts the new rows, and looks for keys that no row may have. Comes first, where there is a key.
    func survey(_ merge: Merge) async throws -> Merge.Survey

    /// For each column of the key some ranges in which all of its values are; none where that cannot be told.
    func bounds(of merge: Merge, in survey: Merge.Survey, files: Int) async throws -> [[Merge.Bounds]]

    /// Counts the rows of the table that have a key of the new rows, of which there are some.
    func find(_ merge: Merge, in candidates: TableSnapshot, of survey: Merge.Survey) async throws -> Merge.Found

    /// Writes the new rows that take out none.
    func writeRemaining(_ merge: Merge, to output: Merge.Output) async throws -> [StagedFile]

    /// Writes the rows of the table whose key no new row has; all of them without a key. When it throws, files may stay
    /// behind.
    ///
    /// - Parameter parts: the files, those together that one statement may read.
    func writeCarried(_ merge: Merge, of parts: [TableSnapshot], to output: Merge.Output) async throws -> [StagedFile]

    /// The merge is over, one way or the other.
    func finish(_ merge: Merge) async
}
