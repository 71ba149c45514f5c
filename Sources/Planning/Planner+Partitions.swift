import Project
import Timetable

extension Planner {
    /// Plans a dataset that is made part by part.
    /// - Parameters:
    ///   - asked: the partitions to make; nil: those that are missing or stale.
    func plan(
        _ step: inout Plan.Step, _ partitioning: Partitioning, since record: VersionRecord?, asked: PartitionSet?,
        forced: Bool, planned: [DatasetName: Plan.Step]
    ) {
        let news = partitionNews[step.dataset] ?? .nothing
        var due = partitioning.due(at: now)
        if let available = news.available { due = due.intersection(available) }
        let made = record?.partitions?.partitions
        let before = made.flatMap { $0.isLike(due) ? $0 : nil }
        step.reasons = record == nil ? [.new] : []
        if record != nil, before == nil { step.reasons.append(.definitionChanged) }
        if let asked {
            step.partitions = Plan.Partitions(making: asked, due: due, follows: false)
            step.work = before == nil ? .full : .partitions
            step.reasons.append(.partitions(asked, .asked))
            noteDefinition(of: &step, before: record)
            return
        }
        guard let before, !forced else {
            step.partitions = Plan.Partitions(making: due, due: due, follows: true, isAnew: before != nil)
            step.work = .full
            step.reasons.append(.partitions(due, before == nil ? .missing : .forced))
            // There is nothing to publish before the first partition is over.
            if due.isEmpty, before == nil {
                step.action = .skip
            }
            return
        }
        step.work = .partitions
        var making = PartitionSet(emptyLike: due)
        func make(_ partitions: PartitionSet, _ cause: Plan.PartitionCause) {
            let more = partitions.subtracting(making)
            guard !more.isEmpty else { return }
            making = making.union(more)
            step.reasons.append(.partitions(more, cause))
        }
        make(due.subtracting(before), .missing)
        let remade = due.intersection(before)
        for stale in news.stale { make(stale.partitions.intersection(remade), stale.cause) }
        for input in step.inputs {
            guard let above = planned[input], above.action == .run else { continue }
            let from = states[input]?.pinned.version
            var isKnown = false
            if let made = above.partitions?.making.covering(due.period) {
                make(
                    above.isFullRefresh ? remade : made.intersection(remade),
                    .inputChanged(input, from: from, to: above.next))
                isKnown = !above.reasons.contains { if case .inputChanged = $0 { true } else { false } }
            }
            // What its own input's new version concerns is only found when that is made.
            if !isKnown { step.reasons.append(.inputChanged(input, from: from, to: above.next)) }
        }
        step.partitions = Plan.Partitions(making: making, due: due, follows: true)
        if !step.reasons.isEmpty { noteDefinition(of: &step, before: record) }
    }

    private func noteDefinition(of step: inout Plan.Step, before record: VersionRecord?) {
        guard let record, step.work == .partitions, record.fingerprint != step.fingerprint else { return }
        step.reasons.insert(.definitionChangedFromNowOn, at: 0)
    }
}
