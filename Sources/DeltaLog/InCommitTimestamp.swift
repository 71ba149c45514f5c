/// The times of commits, which never go backwards from one version to the next, whatever the clock says.
extension Metadata {
    private static let enabled = "delta.enableInCommitTimestamps"
    private static let since = (
        version: "delta.inCommitTimestampEnablementVersion", time: "delta.inCommitTimestampEnablementTimestamp"
    )

    /// Whether each commit says its own time.
    var hasInCommitTimestamps: Bool { isSet(Self.enabled) }

    /// The time to write.
    ///
    /// - Parameters:
    ///   - now: what the clock says, in milliseconds since 1970.
    ///   - previous: the time of the commit before, if it is known.
    func commitTime(now: Int, previous: Int?) -> Int {
        guard let previous else { return now }
        // The protocol wants in-commit timestamps to grow; others need only not to fall.
        return max(now, hasInCommitTimestamps ? previous + 1 : previous)
    }

    /// Remembers since when commits say their time, if that is since this one of an existing table.
    mutating func recordInCommitTimestamps(after former: Metadata, version: Int, time: Int) {
        guard hasInCommitTimestamps else {
            configuration[Self.since.version] = nil
            configuration[Self.since.time] = nil
            return
        }
        guard !former.hasInCommitTimestamps else { return }
        configuration[Self.since.version] = String(version)
        configuration[Self.since.time] = String(time)
    }
}
