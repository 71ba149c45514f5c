import ArgumentParser
import FoundationEssentials
import Millrace
import Project
import Recording
import Scheduling
import Timetable

struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Play through what tests/*.yaml says about the triggers.",
        discussion: """
            A test says when a trigger fires between two moments, through changes of clocks and outages. Nothing is \
            run, and no time passes.

              - test: nightly fires once when clocks go back
                trigger: nightly
                from: 2026-10-24
                to: 2026-10-26
                fires: ["2026-10-24T02:00+02:00", "2026-10-25T02:00+02:00"]
            """)

    @Argument(help: "Files with tests; all of tests/ if left out.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String] = []
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let reader = ScheduleTestReader(project: workspace.project)
        let folder = FileManager.default.currentDirectoryPath
        let paths =
            files.isEmpty ? reader.paths() : files.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }
        let (tests, diagnostics) = reader.read(paths)
        guard diagnostics.isEmpty else { throw Diagnostics(diagnostics) }
        guard !tests.isEmpty else {
            if console.isJSON { return try console.print(.array([])) }
            return console.remark("no tests: there is no \(ScheduleTestReader.folder)/*.yaml in this project")
        }
        let published = try await ScheduleTimes.published(in: workspace)
        let verdicts = tests.map {
            $0.verdict(
                workspace.project.triggers, concurrency: workspace.project.runs.concurrency, publishes: published)
        }
        try tell(verdicts, workspace.project, console)
        if verdicts.contains(where: { !$0.isPassed }) { throw Ended(status: ExitStatus.failed) }
    }

    private func tell(_ verdicts: [ScheduleTest.Verdict], _ project: Project, _ console: Console) throws {
        let text = ScheduleTestText(project: project)
        if console.isJSON { return try console.print(.array(verdicts.map(text.json))) }
        if !console.isQuiet {
            for verdict in verdicts {
                let word = verdict.isPassed ? console.style.green("passed") : console.style.red("failed")
                try console.print("\(word)  \(TextWidth.harmless(verdict.test.name))")
            }
        }
        try Output.standard.flush()
        console.tell(verdicts.filter { !$0.isPassed }.map(text.failure))
        guard !console.isQuiet else { return }
        let failed = verdicts.count { !$0.isPassed }
        try console.print("")
        try console.print(
            Quantity.count(verdicts.count, "test") + (failed == 0 ? " passed" : ", \(Quantity.grouped(failed)) failed"))
    }
}
