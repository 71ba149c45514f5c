import ArgumentParser
import Millrace
import Project
import Recording

struct Tag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag",
        abstract: "Name a version of a dataset, so that it is kept and found again.",
        discussion: """
            A tagged version survives 'vacuum'. Its name stands where a version's number may: in queries, 'show', \
            'diff', 'restore' and 'export'.

              millrace tag released flights@3
              millrace tag released flights            the live version
              millrace query "SELECT count(*) FROM flights@released"
              millrace tag --list flights
              millrace tag --delete released flights
            """)

    @Argument(
        help: ArgumentHelp("The name, and the version; with --list a dataset, or none for all.", valueName: "name"),
        completion: .shellCommand("millrace list --names 2>/dev/null"))
    var words: [String] = []
    @Flag(name: .long, help: "List the tags of a dataset, or of all.") var list = false
    @Flag(name: .long, help: "Take the name away; its version is then like any other.") var delete = false
    @Flag(name: .long, help: "Move a name that another version has.") var force = false
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if list, delete { throw ValidationError("--list and --delete contradict each other") }
        if list, words.count > 1 { throw ValidationError("--list takes one dataset, or none for all") }
        if !list, words.count != 2 {
            throw ValidationError(
                delete ? "write millrace tag --delete NAME DATASET" : "write millrace tag NAME DATASET@VERSION")
        }
    }

    mutating func run() async throws {
        let console = global.console
        let workspace = try global.open()
        if list { return try await Self.list(words.first, in: workspace, console) }
        let (tag, target) = (words[0], try VersionedName(words[1]))
        if delete {
            if let pin = target.pin {
                throw Diagnostic.error(
                    "a tag is told by its name alone, without '@\(pin)'",
                    hint: "millrace tag --delete \(tag) \(target.name)")
            }
            let known = try await workspace.untag(target.name, tag)
            if console.isJSON { return try console.print(UpkeepText.json(known)) }
            guard !console.isQuiet else { return }
            return try console.print("tag '\(tag)' of \(known.dataset)@\(known.version) is deleted")
        }
        let made = try await workspace.tag(target.name, as: tag, at: target.pin, moves: force)
        if console.isJSON { return try console.print(UpkeepText.json(made)) }
        guard !console.isQuiet else { return }
        try console.print(
            "\(console.style.green("✓")) \(made.dataset)@\(made.tag) is version \(made.version), and is kept")
    }

    private static func list(_ dataset: String?, in workspace: Workspace, _ console: Console) async throws {
        let tags = try await workspace.tags(of: dataset)
        if console.isJSON { return try console.print(.array(tags.map(UpkeepText.json))) }
        guard !tags.isEmpty else { return try console.print("no version is tagged") }
        var table = TextTable([
            .init("dataset"), .init("tag", isFirm: true), .init("version", .right, isFirm: true), .init("since"),
        ])
        for tag in tags {
            table.add([
                .init(tag.dataset.text, .bold), .init(tag.tag, .cyan), .init("\(tag.version)"),
                .init(tag.time.map(Timestamp.utc) ?? "–"),
            ])
        }
        try console.print(table.lines(width: console.width, style: console.style))
    }
}
