import ArgumentParser
import Bridges
import FoundationEssentials
import Millrace
import Planning
import Project
import Recording

struct ExportDag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export-dag",
        abstract: "Write a Python file that runs the project in Airflow, Prefect or Luigi.",
        discussion: """
            Each dataset becomes a task that runs 'millrace run' for it, each trigger a DAG, a flow or a wrapper. Only \
            what stands between the marks in the file is written anew; all other lines of it stay as they are.
            """)

    @Argument(
        help: ArgumentHelp("What is to run the tasks: airflow, prefect or luigi.", valueName: "orchestrator"))
    var orchestrator: Orchestrator
    @OptionGroup var datasets: SelectionOptions
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The file; without it the text goes to standard output.", valueName: "file"),
        completion: .file(extensions: ["py"]))
    var output: String?
    @Flag(name: .long, help: "Write nothing; exit with 1 when the file is not what would be written.")
    var check = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if check, output == nil { throw ValidationError("--check needs the file: --output FILE") }
    }

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        let target = try output.map { try DagTarget(path: $0) }
        let folder = target?.way(to: workspace.project.root) ?? ""
        let file = try description(of: workspace, projectFolder: folder).file(for: orchestrator)
        console.tell(file.warnings)
        guard let target else { return try Output.standard.write(MarkedText.new(file)) }
        let change = try target.change(to: file)
        if !check, let text = change.text { try target.write(text) }
        try tell(change, target, console)
        if check, change.text != nil { throw Ended(status: ExitStatus.failed) }
    }

    private func tell(_ change: DagTarget.Change, _ target: DagTarget, _ console: Console) throws {
        if console.isJSON {
            return try console.print(
                .object([
                    ("file", .string(target.path)), ("orchestrator", .string(orchestrator.rawValue)),
                    ("changed", .bool(change.text != nil)), ("written", .bool(!check && change.text != nil)),
                ]))
        }
        if check, change.text != nil {
            let isNew = if case .new = change { true } else { false }
            return console.tell([
                .error(
                    isNew ? "'\(target.path)' is not written yet" : "'\(target.path)' is out of date",
                    hint: "write it: millrace export-dag \(orchestrator.rawValue) --output \(target.path)")
            ])
        }
        guard !console.isQuiet else { return }
        let what =
            switch change {
            case .none: "is up to date"
            case .new: "is new"
            case .replaced: "is written anew between its marks"
            }
        try console.print("\(console.style.green("✓")) \(target.path) \(what)")
    }

    private func description(of workspace: Workspace, projectFolder: String) throws -> DagDescription {
        let project = workspace.project
        let graph = try workspace.graph()
        let context = Self.context(project, graph)
        var selections: [String: Set<DatasetName>] = [:]
        for trigger in project.triggers {
            selections[trigger.name.value] = try Selection([trigger.selection]).resolve(in: context)
        }
        let selected = try datasets.value.resolve(in: context)
        guard !selected.isEmpty else { throw Diagnostic.error("no dataset is selected, so there is nothing to export") }
        return DagDescription(
            project, order: graph.order, inputs: graph.inputs, selected: selected, selections: selections,
            projectFolder: projectFolder)
    }

    /// A file must not depend on how the datasets stand today: every one may be stale, new or failed one day.
    private static func context(_ project: Project, _ graph: Graph) -> Selection.Context {
        let all = Set(graph.order)
        return Selection.Context(
            project: project, graph: graph, stale: { all }, new: { all },
            results: { Dictionary(uniqueKeysWithValues: all.map { ($0, "failed") }) })
    }
}

extension Orchestrator: ExpressibleByArgument {}
