extension CronExpression {
    /// The first time after a moment at which it is due by the clocks of a zone, in milliseconds since 1970.
    ///
    /// Where clocks change, the rule of cron(8) in Debian holds, told by what an expression means:
    /// - An expression that admits every hour follows the time that passes: every minute that clocks show counts, those
    ///   that they show twice count twice, and those that they leave out do not.
    /// - Any other names times of the day, and each of these counts once a day. One that clocks leave out is due in the
    ///   moment in which they are put forward (several in one gap are due once). One that they show twice is due the
    ///   first time.
    ///
    /// - Returns: nil when there is none, as beyond the ten thousands of years for which there is a calendar.
    package func next(after milliseconds: Int, in zone: ZoneRules) -> Int? {
        let earliest = ZoneRules.seconds(milliseconds) + 1
        guard abs(earliest) < 1 << 40 else { return nil }
        var stretch = zone.stretch(at: earliest)
        var from = earliest
        while true {
            var local = CivilTime(seconds: from + stretch.offset)
            if !isEveryHour, stretch.start > ZoneRules.beginning {
                // What clocks showed before they were put back does not count again.
                let before = zone.stretch(at: stretch.start - 1).offset
                if before > stretch.offset { local = max(local, CivilTime(seconds: stretch.start + before)) }
            }
            guard let due = firstTime(from: local) else { return nil }
            if due.seconds - stretch.offset < stretch.end { return (due.seconds - stretch.offset) * 1000 }
            let next = zone.stretch(at: stretch.end)
            if !isEveryHour, due.seconds - next.offset < stretch.end { return stretch.end * 1000 }
            from = stretch.end
            stretch = next
        }
    }

    /// What clocks did to a time at which it is due; nil when it is due as it says.
    package func remark(at milliseconds: Int, in zone: ZoneRules) -> String? {
        let seconds = ZoneRules.seconds(milliseconds)
        let stretch = zone.stretch(at: seconds)
        let local = CivilTime(seconds: seconds + stretch.offset)
        if stretch.start == seconds, seconds > ZoneRules.beginning, !isEveryHour {
            let before = zone.stretch(at: seconds - 1)
            let missed = firstTime(from: CivilTime(seconds: seconds + before.offset))
            if before.offset < stretch.offset, let missed, missed < local {
                return "clocks are put forward: there is no \(Self.clock(missed))"
            }
        }
        let moments = zone.moments(of: local)
        guard moments.count > 1 else { return nil }
        if isEveryHour {
            return
                "clocks are put back: \(Self.clock(local)) for the \(moments.first == milliseconds ? "first" : "second") time"
        }
        return "clocks are put back: \(Self.clock(local)) comes twice, and the first counts"
    }

    private static func clock(_ time: CivilTime) -> String {
        "\(Digits.text(time.hour, count: 2)):\(Digits.text(time.minute, count: 2))"
    }
}
