import ArgumentParser
import Dispatch
import Glibc
import Millrace
import Planning
import Project
import Recording
import Running
import Telemetry

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Make the selected datasets that are stale.",
        discussion: """
            Each dataset is written, checked and then published as a new version, or refused as a whole: readers never \
            see anything in between. Ctrl-C stops cleanly; a second one ends at once. Both are safe.
            """)

    @OptionGroup var datasets: SelectionOptions
    @OptionGroup var partitions: PartitionOptions
    @Flag(name: .long, help: "Make every selected dataset again, stale or not.") var fullRefresh = false
    @Option(name: .long, help: ArgumentHelp("Run SQL steps on this engine.", valueName: "name")) var engine: String?
    @Option(name: .long, help: ArgumentHelp("Run at most this many steps at once.", valueName: "count"))
    var jobs: Int?
    @Flag(name: .long, help: "After a failure go on with what does not need the failed dataset.")
    var keepGoing = false
    @Flag(name: .long, help: "Do not try failed steps again, for a program that does so itself.") var noRetries = false
    @Flag(name: .long, help: "Only tell what would be done; the same as 'plan'.") var dryRun = false
    @OptionGroup var process: ProcessOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    mutating func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs takes a number from 1 on") }
        if let id = process.runID, !RunID.isName(id) {
            throw ValidationError("--run-id takes letters, digits and dashes")
        }
        if process.resume, process.runID == nil { throw ValidationError("--resume needs the run's name: --run-id") }
    }

    mutating func run() async throws {
        if process.dieWithParent { ParentWatch.begin() }
        let console = global.console
        let workspace = try global.open(engine: engine)
        let plan = try await workspace.plan(
            datasets.value, forced: fullRefresh, resumed: process.resume ? process.run : nil,
            partitions: partitions.value)
        if dryRun { return try PlanText.print(plan, all: false, console: console) }
        let status = try await execute(plan, in: workspace, console: console)
        if status != ExitStatus.done { throw Ended(status: status) }
    }

    private func execute(_ plan: Plan, in workspace: Workspace, console: Console) async throws -> Int32 {
        let terminal = console.isJSON ? nil : terminalRecorder(console)
        let history = HistoryRecorder(
            global.history(of: workspace.project), process: Int(getpid()), rules: workspace.project.runs
        ) {
            kill(pid_t($0), 0) == 0 || errno == EPERM
        }
        let telemetry = await Telemetry(of: plan, in: workspace, engine: engine)
        console.tell(telemetry.warnings)
        let recorders: [any RunRecorder] = [terminal ?? Self.jsonRecorder, history] + telemetry.recorders
        let interruption = Interruption {
            terminal?.announce("stopping: running steps are given up (Ctrl-C again ends at once)")
        }
        let ticker = terminal.map(Self.ticker)
        defer { ticker?.cancel() }
        var how = Workspace.RunOptions(
            id: process.run, cause: process.cause, jobs: jobs, keepsGoing: keepGoing, queuedAt: process.queuedAt)
        how.triesAgain = !noRetries
        how.order = RunArguments(
            selection: datasets.selection, exclude: datasets.exclude, partitions: partitions.partition,
            isFullRefresh: fullRefresh)
        let options = how
        do {
            let summary = try await telemetry.during {
                try await interruption.guarding { try await workspace.run(plan, options, recorders: recorders) }
            } tell: {
                console.tell($0)
            }
            switch summary.outcome {
            case .done, .nothingToDo: return ExitStatus.done
            case .failed: return summary.hasBug ? ExitStatus.bug : ExitStatus.failed
            case .cancelled: return interruption.status ?? ExitStatus.interrupted
            }
        } catch is CancellationError {
            return interruption.status ?? ExitStatus.interrupted
        }
    }

    private func terminalRecorder(_ console: Console) -> TerminalRecorder {
        let isLive = console.isLive
        let options = TerminalRecorder.Options(
            isLive: isLive, style: console.style, isQuiet: console.isQuiet, width: { Output.standard.width })
        return TerminalRecorder(options) { text, channel in
            // Only one stream can be redrawn in place.
            let output = channel == .diagnostics && !isLive ? Output.errors : Output.standard
            // The run goes on also when nobody reads any more what it says.
            try? output.writeNow(text)
        }
    }

    private static var jsonRecorder: JSONRecorder { JSONRecorder { try? Output.standard.writeNow($0) } }

    private static func ticker(for recorder: TerminalRecorder) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + 0.1, repeating: 0.1)
        timer.setEventHandler { recorder.tick(at: currentMilliseconds()) }
        timer.resume()
        return timer
    }
}

/// What a server tells a run that it starts as a process of its own.
struct ProcessOptions: ParsableArguments {
    @Option(name: .customLong("run-id"), help: .hidden) var runID: String?
    /// What the run has made before it was interrupted is not made again.
    @Flag(name: .long, help: .hidden) var resume = false
    /// What started the run, in words.
    @Option(name: .long, help: .hidden) var cause: String?
    /// When the run was asked for, in milliseconds since 1970.
    @Option(name: .long, help: .hidden) var queuedAt: Int?
    @Flag(name: .long, help: .hidden) var dieWithParent = false

    var run: RunID? { runID.map { RunID($0) } }
}

extension RunID {
    /// True when the text can be part of a file's name.
    fileprivate static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
