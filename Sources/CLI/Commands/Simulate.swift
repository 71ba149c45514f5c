import ArgumentParser
import Millrace
import Project
import Recording
import Scheduling
import Timetable

struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Tell what the triggers would start between two moments, without running anything.",
        discussion: """
            Through changes of clocks and outages of the server, with what is skipped, waits or is caught up, and why. \
            Each run takes the same time and ends well, and no more go on at once than 'runs.concurrency' allows; files, web hooks and people do nothing. A moment is \
            2026-10-25, 2026-10-25T02:00 or 2026-10-25T02:00+01:00; without an offset it is by the triggers' time \
            zone, or UTC where they have several.

              millrace simulate --from 2026-10-24 --to 2026-10-27
              millrace simulate --from 2026-10-24 --to 2026-10-27 --outage 2026-10-25T00:00..2026-10-25T06:00
              millrace simulate --from 2026-03-01 --to 2026-04-01 --trigger nightly --run-takes 90m
            """)

    @Option(name: .long, help: ArgumentHelp("The first moment.", valueName: "time")) var from: String
    @Option(name: .long, help: ArgumentHelp("The last moment, which no longer counts.", valueName: "time"))
    var to: String
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("The server is down; may be given several times.", valueName: "from..to"))
    var outage: [String] = []
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Tell only of this trigger; may be given several times.", valueName: "name"))
    var trigger: [String] = []
    @Option(name: .long, help: ArgumentHelp("How long each run takes; no time if left out.", valueName: "duration"))
    var runTakes: String?
    @Option(name: .long, help: ArgumentHelp("The time zone to tell times in.", valueName: "name"))
    var timezone: String?
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let project = workspace.project
        let shown = Set(try trigger.map { try ScheduleTimes.trigger($0, of: project).name.value })
        let times = try ScheduleTimes(
            project.triggers.filter { shown.isEmpty || shown.contains($0.name.value) }, zoneName: timezone)
        let (from, to) = (try times.moment(from, option: "--from"), try times.moment(to, option: "--to"))
        guard from < to else { throw Diagnostic.error("--to is not after --from") }
        let options = TriggerForecast.Options(
            from: from, to: to, outages: try outage.map { try times.stretch($0, option: "--outage") },
            runTakes: try duration(), concurrency: project.runs.concurrency,
            publishes: try await ScheduleTimes.published(in: workspace))
        let entries = TriggerForecast.entries(of: project.triggers, options)
            .filter { shown.isEmpty || shown.contains($0.trigger) }
        let text = ForecastText(times: times, triggers: project.triggers)
        if console.isJSON { return try console.print(.array(entries.map(text.json))) }
        try console.print(text.lines(entries, console: console))
    }

    private func duration() throws -> Int {
        guard let runTakes else { return 0 }
        if let duration = DurationText.milliseconds(runTakes) { return duration }
        throw Diagnostic.error(
            "--run-takes: '\(runTakes)' is no length of time", hint: "write for example 30s, 10m or 1h30m")
    }
}
