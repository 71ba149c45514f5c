import ArgumentParser
import Millrace
import Project

struct Lineage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage",
        abstract: "Show what a dataset's columns are made from, and what is made from them.",
        discussion: """
            Of a dataset, each of its columns one step back; of a column, the whole way to the source files and on to the \
            last dataset. It is read from the queries as they stand: nothing is run. 'show DATASET@3 --inputs' tells what \
            a version was made from.

              millrace lineage flights
              millrace lineage flights.late
              millrace lineage flights_raw.arr_delay --downstream
              millrace lineage flights --json

            A column takes part as it is (identity), by being computed with (transformation, over several rows \
            aggregation), or by deciding over others (join, filter, group_by, sort, window, conditional).
            """)

    @Argument(
        help: ArgumentHelp("A dataset, or a column of it: flights, flights.late.", valueName: "dataset[.column]"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var target: String
    @Flag(name: .long, help: "Only what it is made from.") var upstream = false
    @Flag(name: .long, help: "Only what is made from it.") var downstream = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let target = try LineageTarget(target)
        let workspace = try global.open()
        let (lineage, project) = try await workspace.lineage(ofDataset: target.dataset)
        let sides = LineageSides(upstream: upstream || !downstream, downstream: downstream || !upstream)
        let text = LineageText(sides: sides, style: console.style)
        guard let name = target.column else {
            if console.isJSON { return try console.print(LineageJSON.json(lineage, sides)) }
            return try console.print(text.lines(lineage, width: console.width))
        }
        let column = try lineage.known(column: name)
        if console.isJSON { return try console.print(LineageJSON.json(column, of: lineage, in: project, sides)) }
        try console.print(text.lines(column, of: lineage, in: project, width: console.width))
    }
}

/// `flights` or `flights.late`.
struct LineageTarget {
    var dataset: String
    var column: String?

    init(_ text: String) throws {
        // The name of a dataset has no dot in it, that of a column may.
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        dataset = parts[0]
        if let at = dataset.firstIndex(of: "@") {
            let name = dataset[..<at]
            throw Diagnostic.error(
                "lineage is that of the project as it stands, not of a version",
                hint: "write \(name), or 'millrace show \(dataset) --inputs' for what the version was made from")
        }
        guard parts.count > 1 else { return }
        let quoted = parts[1].count > 1 && parts[1].hasPrefix("\"") && parts[1].hasSuffix("\"")
        let name = quoted ? String(parts[1].dropFirst().dropLast()).replacing("\"\"", with: "\"") : parts[1]
        guard !name.isEmpty else {
            throw Diagnostic.error(
                "'\(text)' names no column", hint: "write \(dataset).COLUMN, or \(dataset) alone for all of them")
        }
        column = name
    }
}
