import ArgumentParser
import Millrace
import Project
import Recording

struct Optimize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optimize",
        abstract: "Put small files of the store together, and order their rows.",
        discussion: """
            Rows stay what they are: nothing becomes stale, and steps that follow an input see no row twice. Files that \
            are large enough are left alone, unless an order is asked for. The small files stay until 'vacuum', for \
            older versions. An order lets queries with conditions on its columns open fewer files: --sort serves the \
            first column best, --z-order all of them alike.

              millrace optimize
              millrace optimize events --target-size 1GB
              millrace optimize events --sort day,user
              millrace optimize events --z-order origin,carrier
            """)

    @OptionGroup var datasets: SelectionOptions
    @Option(name: .long, help: ArgumentHelp("How large a file should become.", valueName: "size"))
    var targetSize = ByteCount(256_000_000)
    @Option(name: .long, help: ArgumentHelp("Order the rows by these columns.", valueName: "columns"))
    var sort: ColumnList?
    @Option(
        name: .customLong("z-order"),
        help: ArgumentHelp("Cluster the rows by all of these columns alike.", valueName: "columns")
    )
    var zOrder: ColumnList?
    @Flag(name: .long, help: "Also the tables of refused rows and of source files.") var allTables = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if sort != nil, zOrder != nil { throw ValidationError("--sort and --z-order are two orders; choose one") }
        if allTables, sort != nil || zOrder != nil {
            throw ValidationError("an order is by a dataset's columns, and --all-tables is about other tables too")
        }
    }

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let order: FileOrder = sort.map { .sorted($0.names) } ?? zOrder.map { .zOrder($0.names) } ?? .asTheyAre
        let selected = try await workspace.datasets(datasets.value)
        let tables = try await workspace.tables(of: selected, companions: allTables)
        try await workspace.check(order, of: tables)
        let activity = Activity("", console: console)
        let size = targetSize.bytes
        let outcomes = try await activity.during {
            var outcomes: [OptimizeOutcome] = []
            for (index, table) in tables.enumerated() {
                try Task.checkCancellation()
                activity.begin("optimizing \(table)" + (tables.count > 1 ? " (\(index + 1) of \(tables.count))" : ""))
                let outcome = try await workspace.optimize(table, targetSize: size, order: order)
                outcomes.append(outcome)
                if outcome.version != nil, !console.isJSON, !console.isQuiet {
                    try activity.print([UpkeepText.line(outcome, style: console.style)])
                }
            }
            return outcomes
        }
        if console.isJSON { return try console.print(.array(outcomes.map(UpkeepText.json))) }
        if !console.isQuiet { try console.print(UpkeepText.summary(outcomes)) }
    }
}
