import ArgumentParser
import FoundationEssentials
import Millrace
import Project
import Recording

/// The options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(
        name: [.customShort("C"), .customLong("project")],
        help: ArgumentHelp("Look for the project from this folder upwards.", valueName: "dir"),
        completion: .directory)
    var project: String?

    @Flag(name: .long, help: "Write JSON for programs instead of text for people.")
    var json = false

    @Flag(name: .customLong("no-color"), help: "No colours; NO_COLOR in the environment does the same.")
    var noColor = false

    @Flag(name: [.short, .long], help: "Say only what is wrong.")
    var quiet = false

    var console: Console { Console(noColor: noColor, isQuiet: quiet, isJSON: json) }

    /// The folder from which the project is looked for.
    var folder: String { project ?? FileManager.default.currentDirectoryPath }

    /// Opens the project, and tells its warnings unless the command does so itself.
    func open(engine: String? = nil, tellsWarnings: Bool = true) throws -> Workspace {
        let workspace = try Workspace.open(workspaceOptions(engine: engine))
        if tellsWarnings { console.tell(workspace.warnings) }
        return workspace
    }

    /// Opens the project to follow its changes, and tells its warnings.
    func openChanging() throws -> ChangingWorkspace {
        let project = try ChangingWorkspace(workspaceOptions())
        console.tell(project.current.warnings)
        return project
    }

    func workspaceOptions(engine: String? = nil) -> Workspace.Options {
        let (folder, console) = (folder, console)
        return Workspace.Options(
            folder: folder, environment: ProcessInfo.processInfo.environment, millraceVersion: Release.version,
            engine: engine,
            lastResults: {
                guard let root = ProjectReader.findRoot(from: folder) else { return [:] }
                return Self.history(inProject: root, console).lastResults()
            })
    }

    /// What is remembered about past runs of a project.
    func history(of project: Project) -> RunHistory {
        Self.history(inProject: project.root, console)
    }

    private static func history(inProject root: String, _ console: Console) -> RunHistory {
        RunHistory(path: root + "/.millrace/state.sqlite") { console.tell([$0]) }
    }
}
