import ArgumentParser
import Glibc
import Logging
import Millrace
import Project
import Recording
import Scheduling
import ServiceLifecycle
import Serving
import Supervising

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start runs when triggers fire, and show on web pages what is going on.",
        discussion: """
            Each run is a process of its own. Ctrl-C ends them; the next 'millrace serve' takes them up where they were, \
            also after a crash. Changes in the project's files count at once; while they make no sense, all goes on as it was.

            Without more only this machine can reach the pages, on http://127.0.0.1:\(ServerOptions.usualPort). Beyond it \
            the server demands a token, which may do everything, or users with roles: a viewer looks, an operator \
            also starts, retries and cancels runs, an admin also makes datasets anew.

              millrace serve --users users.txt --add-user ann --role operator    asks for Ann's password
              millrace serve --host 0.0.0.0 --users users.txt --allow-host data.example.org
            """)

    @Option(name: .long, help: ArgumentHelp("Listen on this address.", valueName: "address")) var host = "127.0.0.1"
    @Option(name: .long, help: ArgumentHelp("Listen on this port; 0 takes a free one.", valueName: "number"))
    var port = ServerOptions.usualPort
    @Option(
        name: .long,
        help: ArgumentHelp("Let in who has this; better in the environment, as MILLRACE_TOKEN.", valueName: "text"))
    var token: String?
    @Option(name: .long, help: ArgumentHelp("Let in the users of this file.", valueName: "file"), completion: .file())
    var users: String?
    @Option(
        name: .long, help: ArgumentHelp("A name under which browsers may ask for the server.", valueName: "name"))
    var allowHost: [String] = []
    @Flag(name: .long, help: "Something in front of the server ends TLS: cookies are for encrypted connections only.")
    var behindTLS = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write a user into the file of --users, asking for the password, and end.", valueName: "name"))
    var addUser: String?
    @Option(name: .long, help: "What the new user may do: viewer, operator or admin.") var role = Role.viewer
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if addUser != nil, users == nil { throw ValidationError("--add-user needs --users FILE") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535") }
    }

    mutating func run() async throws {
        if let addUser, let users { return try add(addUser, to: users) }
        let console = global.console
        let options = try serverOptions()
        try options.validate()
        let project = try global.openChanging()
        let workspace = project.current
        let history = global.history(of: workspace.project)
        let supervisor = try Supervisor.open(project, history: history, console: console)
        let server = try server(project, supervisor, history, options, console)
        let triggers = Quantity.count(workspace.project.triggers.count, "trigger")
        console.remark("scheduling '\(workspace.project.name)' with \(triggers); Ctrl-C ends it")
        let interruption = Interruption { console.remark("ending the runs that go on") }
        try await interruption.guarding {
            try await withThrowingTaskGroup { group in
                let events = supervisor.events()
                group.addTask { try await Self.serve(server) }
                group.addTask { try await supervisor.run() }
                group.addTask { try await RunsText.tell(events, console) }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func serverOptions() throws -> ServerOptions {
        let given = token ?? getenv("MILLRACE_TOKEN").map { String(cString: $0) }
        return ServerOptions(
            host: host, port: port, token: given.flatMap { $0.isEmpty ? nil : $0 },
            users: try users.map { try UsersFile(path: $0) }, allowedHosts: allowHost, hasSecureCookies: behindTLS)
    }

    private func server(
        _ changing: ChangingWorkspace, _ supervisor: Supervisor, _ history: RunHistory, _ options: ServerOptions,
        _ console: Console
    ) throws -> Server {
        let project = changing.current.project
        var logger = Logger(label: "millrace") { _ in ConsoleLog(console) }
        logger.logLevel = .notice
        let parts = Server.Parts(
            project: project.name, millrace: Release.version, control: supervisor, history: history,
            outlook: .project(
                at: project.root, global.workspaceOptions(), changes: { changing.changes },
                millrace: try Supervisor.ownPath()),
            logger: logger, now: { currentMilliseconds() })
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        return try Server(parts, options: options) { console.remark("pages at http://\(host):\($0)") }
    }

    /// Entry point: when its own task is cancelled, the server answers what it was asked before it ends.
    private static func serve(_ server: Server) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [server], logger: Logger(label: "millrace") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        let group = ServiceGroup(configuration: configuration)
        let task = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch {
            throw Diagnostic.error("the server cannot go on: \(error)", hint: "--port takes another port")
        }
    }

    // MARK: Users

    private func add(_ name: String, to path: String) throws {
        let password = try Self.askForPassword(of: name)
        try UsersFile.add(name, role: role, password: password, to: path)
        global.console.remark("\(name) is \(role == .viewer ? "a" : "an") \(role.rawValue) in '\(path)'")
    }

    private static func askForPassword(of name: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return readLine() ?? "" }
        func ask(_ prompt: String) -> String { getpass(prompt).map { String(cString: $0) } ?? "" }
        let password = ask("Password of \(name): ")
        guard ask("Once more: ") == password else { throw Diagnostic.error("the two passwords are not the same") }
        return password
    }
}

extension Role: ExpressibleByArgument {}

/// Hands the server's own words to the console.
private struct ConsoleLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice
    private let console: Console

    init(_ console: Console) { self.console = console }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let words = "\(event.message)"
        console.tell([event.level >= .error ? .error(words) : .warning(words)])
    }
}
