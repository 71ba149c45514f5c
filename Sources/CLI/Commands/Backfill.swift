import ArgumentParser
import Millrace
import Project
import Recording
import Scheduling
import Supervising
import Timetable

struct Backfill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Make many partitions of a dataset, a few at a time.",
        discussion: """
            With 'millrace serve' running it goes on there, behind fresh data, and can be watched, paused, resumed and \
            cancelled. Without, it goes on here until it is done; after Ctrl-C or a crash the next 'millrace serve', or \
            'millrace backfill watch', carries on.

              millrace backfill events --from 2026-01-01 --to 2026-03-31
              millrace backfill events --from 2026-01-01 --to 2026-03-31 --which missing --jobs 2 --per-run 7
              millrace backfill list
              millrace backfill pause 20260304T050607-1a2b3c
            """,
        subcommands: [Create.self, BackfillList.self, Watch.self, Pause.self, Resume.self, CancelIt.self],
        defaultSubcommand: Create.self)

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Begin a backfill; the word 'create' may be left out.")

        @Argument(
            help: ArgumentHelp("A dataset with partitions.", valueName: "dataset"),
            completion: .shellCommand("millrace list --names 2>/dev/null"))
        var dataset: String
        @Option(name: .long, help: ArgumentHelp("The first partition.", valueName: "key")) var from: String
        @Option(name: .long, help: ArgumentHelp("The last partition.", valueName: "key")) var to: String
        @Option(
            name: .long,
            help: "Which of them: all, those that are missing, or those whose last run failed (all, missing, failed).")
        var which = BackfillOrder.Which.all
        @Option(name: .long, help: ArgumentHelp("So many runs at once.", valueName: "count")) var jobs = 1
        @Option(name: .long, help: ArgumentHelp("So many partitions in a run at most.", valueName: "count"))
        var perRun = 10
        @Option(
            name: .long,
            help: ArgumentHelp("Of runs that wait, those with more come first.", valueName: "number"))
        var priority = -10
        @OptionGroup(title: "Global options") var global: GlobalOptions

        mutating func validate() throws {
            if jobs < 1 { throw ValidationError("--jobs takes a number from 1 on") }
            if perRun < 1 { throw ValidationError("--per-run takes a number from 1 on") }
        }

        mutating func run() async throws {
            let console = global.console
            let workspace = try global.open()
            guard let name = workspace.project.dataset(named: dataset)?.name else {
                let near = Spelling.nearest(to: dataset, among: workspace.project.datasets.map(\.name.text))
                throw Diagnostic.error(
                    "there is no dataset '\(dataset)'", hint: near.map { "did you mean '\($0)'?" })
            }
            let order = BackfillOrder(
                dataset: name, from: PartitionKey(from), to: PartitionKey(to), which: which, concurrency: jobs,
                partitionsPerRun: perRun, priority: priority)
            _ = try PartitionAnswer.of(order, in: workspace.project)
            let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
            if client.owner != nil {
                let reply = try await client.submit(.createBackfill(order))
                if console.isJSON { return try console.print(RunsText.json(reply)) }
                guard let id = reply?.backfill else { return console.remark(RunsText.waitsForServer) }
                return try console.print("\(console.style.green("✓")) backfill \(id) has begun")
            }
            try await BackfillForeground(workspace, global).drive(jobs: jobs) { supervisor in
                try await supervisor.submit(.createBackfill(order)).backfill
            }
        }
    }

    struct BackfillList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the backfills and how far they are.")

        @OptionGroup(title: "Global options") var global: GlobalOptions

        mutating func run() async throws {
            let console = global.console
            let workspace = try global.open()
            let all = try SchedulerClient(workspace.project, now: { currentMilliseconds() }).snapshot().backfills
            if console.isJSON { return try console.print(.array(all.map(BackfillText.json))) }
            try console.print(BackfillText.lines(all, width: console.width, style: console.style))
        }
    }

    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch", abstract: "Say how far a backfill is until it ends; carry it on when nobody does.")

        @OptionGroup var which: BackfillName
        @OptionGroup(title: "Global options") var global: GlobalOptions

        mutating func run() async throws {
            let workspace = try global.open()
            let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
            let id = which.id
            guard let known = try client.snapshot().backfills.first(where: { $0.id == id }) else {
                throw Diagnostic.error("there is no backfill '\(id)'", hint: "'millrace backfill list' names them")
            }
            if client.owner == nil, known.phase == .running {
                return try await BackfillForeground(workspace, global).drive(jobs: known.order.concurrency) { _ in id }
            }
            try await BackfillForeground(workspace, global).watch(id, by: client)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pause", abstract: "Start no more runs of a backfill; those that go on end.")

        @OptionGroup var which: BackfillName
        @OptionGroup(title: "Global options") var global: GlobalOptions

        mutating func run() async throws { try await global.ask(.pauseBackfill(which.id), "is paused") }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Go on with a backfill that was paused.")

        @OptionGroup var which: BackfillName
        @OptionGroup(title: "Global options") var global: GlobalOptions

        mutating func run() async throws { try await global.ask(.resumeBackfill(which.id), "goes on") }
    }

    struct CancelIt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel", abstract: "End a backfill and its runs; what was made stays.")

        @OptionGroup var which: BackfillName
        @OptionGroup(title: "Global options") var global: GlobalOptions

        mutating func run() async throws { try await global.ask(.cancelBackfill(which.id), "is cancelled") }
    }
}

struct BackfillName: ParsableArguments {
    @Argument(help: ArgumentHelp("A backfill; 'millrace backfill list' names them.", valueName: "backfill"))
    var name: String

    var id: BackfillID { BackfillID(name) }
}

extension BackfillOrder.Which: ExpressibleByArgument {}

extension GlobalOptions {
    /// Asks whoever drives the scheduler for something about a backfill.
    fileprivate func ask(_ request: SchedulerRequest, _ words: String) async throws {
        let workspace = try open()
        let client = try SchedulerClient(workspace.project, now: { currentMilliseconds() })
        let reply = try await client.submit(request)
        if console.isJSON { return try console.print(RunsText.json(reply)) }
        guard let id = reply?.backfill else { return console.remark(RunsText.waitsForServer) }
        try console.print("\(console.style.green("✓")) backfill \(id) \(words)")
    }
}
