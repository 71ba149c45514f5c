import ArgumentParser
import Millrace
import Project
import Queries
import Recording

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the whole project and bind its SQL, without touching data.",
        discussion: "Tells everything that is wrong at once, each with its place in your files.")

    @Option(
        name: .long,
        help: ArgumentHelp("Check that this engine can run every SQL step, as 'run --engine' would.", valueName: "name")
    )
    var engine: String?
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open(engine: engine, tellsWarnings: false)
        let report = try await workspace.check()
        if console.isJSON {
            try console.print(json(report))
        } else {
            console.tell(report.diagnostics)
            if !console.isQuiet { try console.print(summary(report, console)) }
        }
        if report.hasErrors { throw Ended(status: ExitStatus.userMistake) }
    }

    private func summary(_ report: CheckReport, _ console: Console) -> String {
        let errors = report.diagnostics.count { $0.severity == .error }
        let warned = report.diagnostics.count - errors
        let checked = Quantity.count(report.datasets.count, "dataset") + " checked"
        var parts: [String] = []
        if errors > 0 { parts.append(console.style.red(Quantity.count(errors, "error"))) }
        if warned > 0 { parts.append(console.style.yellow(Quantity.count(warned, "warning"))) }
        guard !parts.isEmpty else { return console.style.green("✓") + " \(checked): nothing is wrong" }
        return "\(checked): \(parts.joined(separator: ", "))"
    }

    private func json(_ report: CheckReport) -> JSON {
        .object([
            ("diagnostics", .array(report.diagnostics.map(\.json))),
            (
                "datasets",
                .array(
                    report.datasets.map { dataset in
                        .object([
                            ("name", .string(dataset.name.text)), ("kind", .string(dataset.kind)),
                            (
                                "columns",
                                .array(
                                    dataset.columns.map {
                                        .object([("name", .string($0.name)), ("type", .string($0.type))])
                                    })
                            ),
                            ("inputs", .strings(dataset.inputs.map(\.text))),
                        ])
                    })
            ),
        ])
    }
}
