import ArgumentParser
import Planning

/// Which datasets a command is about.
struct SelectionOptions: ParsableArguments {
    @Argument(
        help: "The datasets, in dbt's selection language; none means all.",
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var selection: [String] = []

    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("Leave these datasets out; may be given several times.", valueName: "selection"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var exclude: [String] = []

    var value: Selection { Selection(selection, excluding: exclude) }
}

/// Which partitions of partitioned datasets a command is about.
struct PartitionOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Make this partition, or this range FIRST..LAST, in place of those that are missing or stale; may be given "
                + "several times.", valueName: "key"))
    var partition: [String] = []

    var value: PartitionRequest { PartitionRequest(partition) }
}
