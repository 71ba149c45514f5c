import DeltaLog

/// What a commit says whose files hold rows of files that it takes out: so that readers of new rows know which are new.
/// A member of `commitInfo.millrace`.
///
/// Files of rows that were there before have the tag `millrace.carried`.
struct MergeNote: Equatable {
    static let member = "merge"

    /// The columns that told which row is which; none when no row was replaced.
    var key: [String]
    /// Rows that are gone, and that no new row replaces.
    var deleted: Int

    var json: JSONValue {
        .object(["key": .array(key.map(JSONValue.string)), "deleted": .int(deleted)])
    }

    init(key: [String], deleted: Int) {
        self.key = key
        self.deleted = deleted
    }

    /// Nil when the commit says nothing of the kind.
    init?(_ commit: Commit) {
        guard let note = commit.info?[Provenance.member]?.object?[Self.member]?.object,
            let deleted = note["deleted"]?.int
        else { return nil }
        key = (note["key"]?.array ?? []).compactMap(\.text)
        self.deleted = deleted
    }
}
