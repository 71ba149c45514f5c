extension Metadata {
    /// How long files that were taken out are remembered, in milliseconds: `delta.deletedFileRetentionDuration`, a week
    /// unless set.
    package var deletedFileRetention: Int {
        let week = 7 * 24 * 3_600_000
        return configuration["delta.deletedFileRetentionDuration"].flatMap(Self.milliseconds) ?? week
    }

    /// The number of versions from one checkpoint to the next: `delta.checkpointInterval`, 10 unless set.
    package var checkpointInterval: Int {
        guard let interval = configuration["delta.checkpointInterval"].flatMap({ Int($0) }), interval > 0 else {
            return 10
        }
        return interval
    }

    /// Reads `interval 2 days 3 hours`; nil for what is none.
    static func milliseconds(interval: String) -> Int? {
        let units = [
            "millisecond": 1, "second": 1_000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000,
            "week": 604_800_000,
        ]
        var words = interval.lowercased().split(separator: " ")[...]
        if words.first == "interval" { words.removeFirst() }
        guard !words.isEmpty, words.count.isMultiple(of: 2) else { return nil }
        var total = 0
        while let amount = words.popFirst(), let name = words.popFirst() {
            let unit = name.hasSuffix("s") ? name.dropLast() : name
            guard let count = Int(amount), count >= 0, count < 1_000_000_000, let length = units[String(unit)] else {
                return nil
            }
            total += count * length
        }
        return total
    }
}
