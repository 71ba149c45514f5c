package import Project
package import Timetable

extension TriggerCondition {
    /// The zone of its first cron expression; nil when it has none.
    package func zone(from zones: ZoneDatabase) -> ZoneRules? {
        for case .cron(_, let name) in leaves { return zones.zone(name) }
        return nil
    }

    /// What clocks did to a time at which one of its cron expressions is due; nil when nothing.
    package func remark(at moment: Int, from zones: ZoneDatabase) -> String? {
        for case .cron(let expression, let name) in leaves {
            guard let zone = zones.zone(name), expression.value.next(after: moment - 1, in: zone) == moment else {
                continue
            }
            if let remark = expression.value.remark(at: moment, in: zone) { return remark }
        }
        return nil
    }
}
