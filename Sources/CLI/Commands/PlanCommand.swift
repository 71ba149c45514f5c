import ArgumentParser
import Millrace
import Planning

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell what 'run' would do, and why.")

    @OptionGroup var datasets: SelectionOptions
    @OptionGroup var partitions: PartitionOptions
    @Flag(name: .long, help: "Plan every selected dataset, stale or not.") var fullRefresh = false
    @Flag(name: .long, help: "List also what is up to date.") var all = false
    @Flag(name: .long, help: "Plan each dataset by itself, as if its inputs stayed as they are.") var each = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let plan = try await global.open().plan(
            datasets.value, forced: fullRefresh, partitions: partitions.value, each: each)
        try PlanText.print(plan, all: all, console: global.console)
    }
}
