/// What the clocks of a place show: the offsets from UTC of an IANA time zone, and when they change.
package struct ZoneRules: Sendable {
    /// A stretch of time with one offset from UTC, in seconds since 1970 and seconds.
    package struct Stretch: Sendable, Equatable {
        package var start: Int
        /// The first second that no longer belongs to it.
        package var end: Int
        /// What is added to UTC.
        package var offset: Int
    }

    /// The IANA name: `Europe/Berlin`.
    package let name: String
    /// When the offset changes, ascending, in seconds since 1970; after the last one `yearly` goes on.
    private let changes: [Int]
    /// The offset from UTC after each change.
    private let offsets: [Int32]
    /// Before the first change.
    private let firstOffset: Int
    private let yearly: YearlyRule?

    /// Beyond all times that anybody asks for, and far enough from the ends of `Int` to be added to.
    static let beginning = -(1 << 55)
    static let end = 1 << 55

    package static let utc = ZoneRules(name: "UTC", changes: [], offsets: [], firstOffset: 0, yearly: nil)

    init(name: String, changes: [Int], offsets: [Int32], firstOffset: Int, yearly: YearlyRule?) {
        self.name = name
        self.changes = changes
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.yearly = yearly
    }

    // MARK: From UTC to the clock

    /// The stretch that a moment belongs to.
    /// - Parameter seconds: since 1970 in UTC.
    package func stretch(at seconds: Int) -> Stretch {
        guard let last = changes.last, seconds < last else {
            let start = changes.last ?? Self.beginning
            let offset = offsets.last.map(Int.init) ?? firstOffset
            return yearly?.stretch(at: seconds, after: start, offset: offset)
                ?? Stretch(start: start, end: Self.end, offset: offset)
        }
        // The first change that lies after the moment.
        var low = 0
        var high = changes.count - 1
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] > seconds { high = middle } else { low = middle + 1 }
        }
        return Stretch(
            start: low == 0 ? Self.beginning : changes[low - 1], end: changes[low],
            offset: low == 0 ? firstOffset : Int(offsets[low - 1]))
    }

    /// What is added to UTC, in seconds.
    /// - Parameter milliseconds: since 1970 in UTC.
    package func offset(at milliseconds: Int) -> Int { stretch(at: Self.seconds(milliseconds)).offset }

    /// What the clock shows, without the fraction of a second.
    /// - Parameter milliseconds: since 1970 in UTC.
    package func civil(at milliseconds: Int) -> CivilTime {
        let seconds = Self.seconds(milliseconds)
        return CivilTime(seconds: seconds + stretch(at: seconds).offset)
    }

    // MARK: From the clock to UTC

    /// The moments, in milliseconds since 1970, at which the clock shows a time, the earlier first: usually one, two
    /// where clocks were put back, none where they were put forward.
    package func moments(of time: CivilTime) -> [Int] {
        // No offset is more than a day, so that a day before and after see every stretch that may hold the time.
        var moments: [Int] = []
        var stretch = stretch(at: time.seconds - 100_000)
        while true {
            let seconds = time.seconds - stretch.offset
            if seconds >= stretch.start, seconds < stretch.end { moments.append(seconds * 1000) }
            guard stretch.end <= time.seconds + 100_000 else { return moments }
            stretch = self.stretch(at: stretch.end)
        }
    }

    static func seconds(_ milliseconds: Int) -> Int {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds + 1) / 1000 - 1
    }
}
