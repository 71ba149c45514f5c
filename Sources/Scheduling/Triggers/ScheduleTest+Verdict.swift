package import Project
package import Timetable

extension ScheduleTest {
    /// What the trigger does in a forecast, and whether that is what the test expects.
    package struct Verdict: Sendable {
        package var test: ScheduleTest
        /// The times at which it fires.
        package var times: [Int]
        package var isPassed: Bool
    }

    /// - Parameters:
    ///   - triggers: all of the project.
    ///   - concurrency: how many runs may go on at once.
    ///   - publishes: the datasets that a run of each trigger gives a new version.
    package func verdict(
        _ triggers: [Trigger], concurrency: Int, publishes: [String: [DatasetName]],
        zones: ZoneDatabase = .ofThisMachine
    ) -> Verdict {
        let options = TriggerForecast.Options(
            from: from, to: to, outages: outages, runTakes: runTakes, concurrency: concurrency, publishes: publishes)
        let times = TriggerForecast.entries(of: triggers, options, zones: zones).compactMap { entry -> Int? in
            entry.trigger == trigger && entry.decision.isRun ? entry.due : nil
        }
        let isPassed =
            switch expectation {
            case .times(let expected): expected == times
            case .count(let count): count == times.count
            }
        return Verdict(test: self, times: times, isPassed: isPassed)
    }
}

extension TriggerForecast.Decision {
    /// True when a run comes of it, at once or later.
    package var isRun: Bool {
        switch self {
        case .starts, .catchesUp, .waits, .waitsForPlace, .cancels: true
        case .skipped, .dropped, .missed: false
        }
    }
}
