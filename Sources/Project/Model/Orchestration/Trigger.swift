package import Timetable

/// What starts runs by itself: an entry under `triggers`.
package struct Trigger: Sendable {
    package var name: Located<String>
    package var condition: TriggerCondition
    /// What is run, as on the command line; empty means everything.
    package var selection: String
    package var overlap: Overlap
    /// How late a time that was missed (the server was down) still starts a run, in seconds; nil means never.
    package var catchUp: Int?
    /// Runs start up to so many seconds late, by chance, so that many projects do not start at once.
    package var jitter: Int
    /// Fires only when nothing more came for so many seconds.
    package var debounce: Int
    /// Of runs that wait, those with more come first. 0 unless the user says otherwise.
    package var priority: Int
    package var isFullRefresh: Bool
    /// It starts nothing until somebody resumes it.
    package var isPaused: Bool
    package var span: SourceSpan

    /// What happens when a run of the same trigger has not ended yet.
    package enum Overlap: String, Sendable, CaseIterable, Codable {
        /// Nothing starts.
        case skip
        /// One run waits; more are dropped.
        case queue
        /// The run that goes on is cancelled.
        case cancelOld = "cancel_old"
        /// Both run.
        case allow
    }

    package init(
        name: Located<String>, condition: TriggerCondition, selection: String = "", overlap: Overlap = .queue,
        catchUp: Int? = nil, jitter: Int = 0, debounce: Int = 0, priority: Int = 0, isFullRefresh: Bool = false,
        isPaused: Bool = false, span: SourceSpan
    ) {
        self.name = name
        self.condition = condition
        self.selection = selection
        self.overlap = overlap
        self.catchUp = catchUp
        self.jitter = jitter
        self.debounce = debounce
        self.priority = priority
        self.isFullRefresh = isFullRefresh
        self.isPaused = isPaused
        self.span = span
    }
}

/// When a trigger fires.
package indirect enum TriggerCondition: Sendable {
    /// At the times of a cron expression, by the clocks of a time zone (an IANA name).
    case cron(Located<CronExpression>, timeZone: String)
    /// Every so many seconds, counted from 1970 in UTC.
    case interval(seconds: Int)
    /// When files that match one of the patterns appear or change. Absolute patterns.
    case files([Located<String>])
    /// When a dataset gets a new version.
    case dataset(Located<DatasetName>)
    /// When somebody calls `POST /hooks/NAME`, NAME being the trigger's.
    case webhook
    /// Only when a person says so, as for every other trigger, too.
    case manual
    /// When a run of another trigger ended well.
    case after(Located<String>)
    /// When each of them has fired since the last time.
    case and([TriggerCondition])
    /// When one of them fires.
    case or([TriggerCondition])
}
