import ArgumentParser
import Feeds
import Millrace
import Project
import Recording

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a feed or a dataset to files for training.",
        discussion: """
            A feed brings its columns, its split and its order; flights or flights@3 is a dataset as it is. The files \
            appear whole or not at all.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case parquet, jsonl
    }

    @Argument(help: ArgumentHelp("A feed, a dataset, or a version of one.", valueName: "feed|dataset")) var target:
        String
    @Option(name: .long, help: "What is written; without it the output's ending decides, then parquet.")
    var format: Format?
    @Option(
        name: [.short, .long], help: ArgumentHelp("Where to.", valueName: "path"), completion: .file())
    var output: String
    @Flag(name: .long, help: "Take the place of what is there.") var force = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let format = format ?? (output.hasSuffix(".jsonl") ? .jsonl : .parquet)
        let (target, output, force) = (target, output, force)
        let interruption = Interruption()
        let report: ExportReport
        do {
            report = try await interruption.guarding {
                try await workspace.export(
                    target, format: format == .parquet ? .parquet : .jsonl, to: output, force: force)
            }
        } catch {
            if let status = interruption.status { throw Ended(status: status) }
            throw error
        }
        if console.isJSON { return try console.print(json(report)) }
        guard !console.isQuiet else { return }
        try console.print(
            "\(console.style.green("✓")) \(Quantity.count(report.rows, "row")) of \(report.dataset)@\(report.version) in "
                + "\(Quantity.count(report.files.count, "file")), \(Quantity.bytes(report.bytes))")
        for file in report.files {
            try console.print("  \(file.path)  \(Quantity.count(file.rows, "row")), \(Quantity.bytes(file.bytes))")
        }
    }

    private func json(_ report: ExportReport) -> JSON {
        .object([
            ("dataset", .string(report.dataset.text)), ("version", .int(report.version.number)),
            ("rows", .int(report.rows)), ("bytes", .int(report.bytes)),
            (
                "files",
                .array(
                    report.files.map {
                        .object([
                            ("path", .string($0.path)), ("rows", .int($0.rows)), ("bytes", .int($0.bytes)),
                        ])
                    })
            ),
        ])
    }
}
