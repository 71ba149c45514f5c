package import Project
package import Timetable

/// When a trigger will fire by the time alone.
package struct TriggerOutlook: Sendable {
    package struct Time: Sendable, Equatable {
        package var at: Int
        package var cause: String
        /// What clocks did to it.
        package var remark: String?
    }

    /// The next times, without jitter; fewer than asked for where the rest depends on events.
    package static func times(
        of trigger: Trigger, after moment: Int, count: Int, zones: ZoneDatabase = .ofThisMachine
    ) -> [Time] {
        var trigger = trigger
        trigger.jitter = 0
        trigger.isPaused = false
        let name = trigger.name.value
        var machine = TriggerMachine([trigger], startedAt: moment, zones: zones)
        var times: [Time] = []
        guard machine.next(name, after: moment) != nil else { return [] }
        while times.count < count, let wake = machine.nextWake() {
            for firing in machine.advance(to: wake) {
                times.append(
                    Time(
                        at: firing.at, cause: firing.cause,
                        remark: trigger.condition.remark(at: firing.at, from: zones)))
            }
        }
        return times
    }
}
