import ArgumentParser

/// The program `millrace`.
@main
struct MillraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "Turns raw data into checked, versioned, split training data.",
        discussion: """
            A project is a folder with a millrace.yaml; commands find it by walking up from the current folder.

            SELECTION names datasets: flights, +flights (with what it needs), flights+ (with what needs it), \
            2+flights+1, @flights, 'raw_*', tag:daily, path:datasets, state:stale, state:new, result:failed. A blank \
            joins, a comma intersects; none means all datasets.

            Exit status: 0 done, 1 a step or a check failed, 2 the project or the command line is wrong, 3 a fault of \
            Millrace, 130 stopped by Ctrl-C.
            """,
        version: "millrace \(Release.version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Making", subcommands: [Init.self, CheckCommand.self, PlanCommand.self, Run.self]),
            CommandGroup(
                name: "Looking",
                subcommands: [List.self, Show.self, History.self, Lineage.self, Query.self, Diff.self, Parity.self]),
            CommandGroup(
                name: "Orchestrating",
                subcommands: [
                    Serve.self, TriggersCommand.self, Simulate.self, TestCommand.self, Runs.self, Retry.self,
                    Cancel.self, Backfill.self, ExportDag.self, SurveyCommand.self,
                ]),
            CommandGroup(
                name: "Looking after the store",
                subcommands: [Optimize.self, Vacuum.self, Restore.self, Tag.self, Delete.self]),
            CommandGroup(name: "Using", subcommands: [Export.self]),
            CommandGroup(name: "Setting up", subcommands: [Doctor.self, Schema.self, Completions.self]),
        ])

    @OptionGroup(title: "Global options")
    var global: GlobalOptions

    static func main() async {
        StandardStreams.prepare()
        exitProcess(await Invocation(Array(CommandLine.arguments.dropFirst())).run())
    }
}
