import ArgumentParser
import Millrace
import Project
import Recording
import Scheduling
import Supervising
import Timetable

struct TriggersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "triggers",
        abstract: "Tell what starts runs by itself, when next, and why.",
        discussion: """
            The times of each trigger are by the clocks of its own time zone, with the offset from UTC.

              millrace triggers
              millrace triggers nightly --next 10 --from 2026-10-20
            """)

    @Argument(help: "A trigger; without one all of them.") var trigger: String?
    @Option(name: .long, help: ArgumentHelp("Show so many times of each.", valueName: "count")) var next = 3
    @Option(name: .long, help: ArgumentHelp("Count from this moment; now if left out.", valueName: "time"))
    var from: String?
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if !(0...1000).contains(next) { throw ValidationError("--next takes a number from 0 to 1000") }
    }

    mutating func run() async throws {
        let console = global.console
        let project = try global.open().project
        let triggers = try trigger.map { [try ScheduleTimes.trigger($0, of: project)] } ?? project.triggers
        let now = try from.map { try ScheduleTimes(triggers, zoneName: nil).moment($0, option: "--from") }
        let states = try SchedulerClient(project, now: { currentMilliseconds() }).snapshot().triggers
        let text = TriggersText(
            root: project.root, now: now ?? currentMilliseconds(), count: next,
            states: Dictionary(states.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
        if console.isJSON { return try console.print(.array(triggers.map(text.json))) }
        guard !triggers.isEmpty else {
            return try console.print("this project has no triggers: only people start its runs")
        }
        for (index, trigger) in triggers.enumerated() {
            if index > 0 { try console.print("") }
            try console.print(text.lines(trigger, console.style))
        }
    }
}
