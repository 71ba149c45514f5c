package import Project
import Timetable

extension Scheduler {
    /// The newest versions of datasets as somebody saw them. Those of a dataset that is looked at for the first time
    /// start nothing.
    /// - Parameter names: the datasets that were looked at; those without a version are not among `versions`.
    package mutating func saw(
        _ versions: [DatasetName: SeenVersion], of names: [DatasetName], at now: Int
    ) -> Decisions {
        let watched = state.watched ?? Set(state.versions.keys)
        let unwatched = names.filter { !watched.contains($0) }
        if !unwatched.isEmpty { record(.datasetsWatched(unwatched), at: now) }
        let news = versions.filter { state.versions[$0.key] != $0.value }
        guard !news.isEmpty else { return settle(at: now) }
        record(.versionsSeen(news), at: now)
        for (dataset, seen) in news.sorted(by: { $0.key < $1.key }) {
            if state.lapsed.contains(dataset), let within = configuration.freshness[dataset],
                seen.at + within * 1000 > now
            {
                record(.freshness(dataset, isLapsed: false), at: now)
            }
            // What had no version at the first look has its first one now.
            if watched.contains(dataset) { observe(.datasetPublished(dataset, seen.version), at: now) }
        }
        return settle(at: now)
    }

    /// What the files look like that a trigger waits for. The first look with these patterns starts nothing.
    package mutating func saw(
        filesOf trigger: String, _ patterns: [String], digest: String, at now: Int
    ) -> Decisions {
        let known = state.files[trigger]
        let seen = (patterns + [digest]).joined(separator: "\n")
        guard known != seen else { return settle(at: now) }
        record(.filesSeen(trigger: trigger, digest: seen), at: now)
        let places = known.map { Array($0.split(separator: "\n").map(String.init).dropLast()) }
        if places == patterns { observe(.filesChanged(trigger: trigger), at: now) }
        return settle(at: now)
    }

    /// Somebody was told, or cannot be told.
    package mutating func told(_ number: Int, at now: Int) -> Decisions {
        record(.noticeEnded(number: number), at: now)
        return settle(at: now)
    }

    // MARK: Late runs and stale datasets

    mutating func tellLate(at now: Int) {
        for run in liveRuns where run.phase == .running {
            for (rule, time) in lateness(of: run) where time <= now {
                record(.runLate(run.run, rule: rule), at: now)
                let seconds = (now - (run.startedAt ?? now)) / 1000
                tell(
                    .late, "run \(run.run) takes longer than it should: \(seconds) s so far", about: run, rule, at: now)
            }
        }
    }

    /// By which rules a run becomes late, and when; not those by which it was told already.
    func lateness(of run: ScheduledRun) -> [(rule: Int, at: Int)] {
        guard let start = run.startedAt else { return [] }
        return configuration.notifications.enumerated().compactMap { place, rule in
            guard rule.occasions.contains(.late), let after = rule.lateAfter, !run.late.contains(place),
                isAbout(run.queued.trigger, rule)
            else { return nil }
            return (place, start + after * 1000)
        }
    }

    mutating func tellStale(at now: Int) {
        for (dataset, within) in configuration.freshness.sorted(by: { $0.key < $1.key }) {
            guard !state.lapsed.contains(dataset), let time = expiry(of: dataset, within: within), time <= now else {
                continue
            }
            record(.freshness(dataset, isLapsed: true), at: now)
            let message =
                state.versions[dataset].map {
                    "'\(dataset)' is older than its freshness allows: its version \($0.version) is of "
                        + "\(CivilTime(utc: $0.at).minuteText)Z"
                } ?? "'\(dataset)' has no version yet, although its freshness asks for one"
            for (place, rule) in configuration.notifications.enumerated()
            where rule.occasions.contains(.late) && rule.triggers.isEmpty {
                notify(place, Notice(occasion: .late, message: message, at: now, dataset: dataset), at: now)
            }
        }
    }

    /// When a dataset becomes too old; one without any version counts from the scheduler's first start.
    func expiry(of dataset: DatasetName, within: Int) -> Int? {
        (state.versions[dataset]?.at ?? state.since).map { $0 + within * 1000 }
    }

    // MARK: Notices

    /// Tells about a run whoever wants to know; with a rule, only by that one.
    mutating func tell(
        _ occasion: Notification.Occasion, _ message: String, about run: ScheduledRun, _ only: Int? = nil, at now: Int
    ) {
        for (place, rule) in configuration.notifications.enumerated()
        where rule.occasions.contains(occasion) && isAbout(run.queued.trigger, rule) && only ?? place == place {
            let notice = Notice(
                occasion: occasion, message: message, at: now, run: run.run, trigger: run.queued.trigger,
                cause: run.queued.cause, selection: run.order.selection)
            notify(place, notice, at: now)
        }
    }

    private mutating func notify(_ rule: Int, _ notice: Notice, at now: Int) {
        let pending = PendingNotice(number: state.counter + 1, rule: rule, notice: notice)
        record(.notice(pending), at: now)
        decisions.effects.append(.notify(pending))
    }

    private func isAbout(_ trigger: String?, _ rule: Notification) -> Bool {
        rule.triggers.isEmpty || rule.triggers.contains { $0.value == trigger }
    }
}
