import ArgumentParser
import FoundationEssentials
import Project
import Recording

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new project that runs.",
        discussion: "Templates:\n"
            + Template.all.map { "  \(TextWidth.padded($0.name, to: 8))  \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: ArgumentHelp("Its folder; made when it is missing.", valueName: "dir"), completion: .directory)
    var folder = "."
    @Option(
        name: .long, help: ArgumentHelp("What to begin with.", valueName: "name"),
        completion: .list(Template.all.map(\.name)))
    var template = Template.all[0].name
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func run() throws {
        let console = global.console
        guard let chosen = Template.all.first(where: { $0.name == template }) else {
            throw Self.unknown(template)
        }
        let base = global.folder
        let root = folder.hasPrefix("/") ? folder : base + "/" + folder
        let files = chosen.files(project: Self.projectName(of: root))
        try Self.refuseOverwriting(files, in: root, named: folder)
        for file in files { try Self.write(file, in: root) }
        if console.isJSON {
            return try console.print(
                .object([
                    ("project", .string(root)), ("template", .string(chosen.name)),
                    ("files", .strings(files.map(\.path))),
                ]))
        }
        guard !console.isQuiet else { return }
        let place = global.project.map { folder == "." ? $0 : $0 + "/" + folder } ?? folder
        let goThere = place == "." ? "" : "cd \(place) && "
        try console.print(
            ["\(console.style.green("✓")) a project in \(folder == "." ? "this folder" : folder)"]
                + files.map { "  \($0.path)" }
                + ["", "\(console.style.cyan("next:")) \(goThere)millrace run"])
    }

    private static func unknown(_ name: String) -> Diagnostic {
        let names = Template.all.map(\.name)
        let near = Spelling.nearest(to: name, among: names)
        return .error(
            "there is no template '\(name)'",
            hint: near.map { "did you mean '\($0)'?" } ?? "the templates are " + names.joined(separator: ", "))
    }

    /// The folder's name as a project's name: letters, digits, `_` and `-`.
    private static func projectName(of root: String) -> String {
        let parts = root.split(separator: "/").reversed()
        var skipped = 0
        for part in parts {
            switch part {
            case ".": continue
            case "..": skipped += 1
            case _ where skipped > 0: skipped -= 1
            default:
                let name = part.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" }
                return String(name)
            }
        }
        return "project"
    }

    private static func refuseOverwriting(_ files: [Template.File], in root: String, named folder: String) throws {
        let existing = files.map(\.path).filter { FileManager.default.fileExists(atPath: root + "/" + $0) }
        guard existing.isEmpty else {
            throw Diagnostic.error(
                existing.contains("millrace.yaml")
                    ? "there is a project in \(folder == "." ? "this folder" : "'\(folder)'") already"
                    : "these files are there already: \(existing.joined(separator: ", "))",
                hint: "nothing was written; choose another folder: millrace init new-folder")
        }
    }

    private static func write(_ file: Template.File, in root: String) throws {
        let path = root + "/" + file.path
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            throw Diagnostic.error(
                "'\(file.path)' cannot be written: \(FileTrouble.reason(error))", at: .wholeFile(root))
        }
    }
}
