import Foundation
import Processes
import Project
import Scheduling
import Supervising
import Synchronization
import Testing

/// A folder that is there as long as its test.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "millrace-supervising-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path + "/" + name) ?? Data(), as: UTF8.self)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
}

/// Programs that were built together with the tests.
enum Built {
    static func program(_ name: String) -> String? {
        let candidates = [CommandLine.arguments[0]] + CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        return candidates.lazy.map { URL(filePath: $0).deletingLastPathComponent().path + "/" + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end.
    static func run(_ command: [String]) async -> (ChildProcess.Ending, output: String, errors: String) {
        let said = Mutex<(output: [String], errors: [String])>(([], []))
        let launch = ChildProcess.Launch(command, environment: ProcessInfo.processInfo.environment, folder: "/")
        let ending = await withCheckedContinuation { answer in
            _ = ChildProcess.start(
                launch,
                onLine: { channel, line in
                    said.withLock { said in
                        if channel == .output { said.output.append(line) } else { said.errors.append(line) }
                    }
                }, onEnd: { answer.resume(returning: $0) })
        }
        return said.withLock { (ending, $0.output.joined(separator: "\n"), $0.errors.joined(separator: "\n")) }
    }
}

/// Waits until something is so, for at most ten seconds.
func eventually(
    _ words: String, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(10)
    while try !isSo() {
        guard .now < end else {
            Issue.record("never: \(words)", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// The processes of a group that are alive, or that nobody took away.
func members(ofGroup group: Int) -> [Int] {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int($0) } ?? []
    return numbers.filter { number in
        guard let text = FileManager.default.contents(atPath: "/proc/\(number)/stat") else { return false }
        // After the name in parentheses: state, parent, group.
        let words = String(decoding: text, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return words.count > 2 && Int(words[2]) == group
    }
}

extension Project {
    /// A project with nothing but what a scheduler looks at.
    static func bare(_ folder: Folder, _ change: (inout Project) -> Void = { _ in }) -> Project {
        var project = Project(
            name: "bare", root: folder.path, store: .folder(folder.path + "/store"), engine: "local", engines: [:],
            datasets: [], feeds: [])
        change(&project)
        return project
    }
}

/// A supervisor with a shell script in the place of `millrace`, which is called as that would be.
final class Stage: Sendable {
    let folder: Folder
    let supervisor: Supervisor
    private let task: Task<Void, any Error>

    init(
        _ folder: Folder, script: String, partitions: [PartitionAnswer] = [], grace: Duration = .seconds(10),
        _ change: (inout Project) -> Void = { _ in }
    ) throws {
        self.folder = folder
        try folder.write(script, to: "program.sh")
        let (said, changed) = (Said(), Changed())
        var surroundings = Surroundings(
            now: { Int(Date().timeIntervalSince1970 * 1000) },
            warn: { warning in said.texts.withLock { $0.append(warning.message) } })
        surroundings.filesDigest = { patterns in
            changed.looks.withLock { $0 += 1 }
            return patterns.map { Glob($0).matches(in: DiskFiles()).joined(separator: " ") }.joined(separator: " ")
        }
        surroundings.changedProject = { changed.project.withLock { $0.take() } }
        if let answer = partitions.first { surroundings.partitions = { _ in answer } }
        let supervisor = try Supervisor.open(
            Supervisor.Options(
                project: .bare(folder, change), program: ["/bin/sh", folder.path + "/program.sh"],
                environment: ProcessInfo.processInfo.environment, surroundings: surroundings, grace: grace))
        self.supervisor = supervisor
        self.said = said
        self.changed = changed
        task = Task { try await supervisor.run() }
    }

    private final class Changed: Sendable {
        let project = Mutex<Project?>(nil)
        let looks = Mutex(0)
    }

    private let changed: Changed

    /// How often somebody looked at files.
    var looks: Int { changed.looks.withLock { $0 } }

    /// The project's files are others from now on.
    func change(_ change: (inout Project) -> Void) {
        changed.project.withLock { $0 = .bare(folder, change) }
    }

    private final class Said: Sendable {
        let texts = Mutex<[String]>([])
    }

    private let said: Said

    var complaints: [String] { said.texts.withLock { $0 } }

    func order(_ selection: String = "x") async throws -> RunID {
        try #require(try await supervisor.submit(.run(RunOrder(selection: selection))).run)
    }

    func state(_ run: RunID) -> SchedulerSnapshot.RunState? {
        supervisor.snapshot().runs.first { $0.run == run }
    }

    func wait(for run: RunID, _ phase: SchedulerSnapshot.RunState.Phase) async throws {
        try await eventually("\(run) is \(phase)") { state(run)?.phase == phase }
    }

    func finish() async throws {
        task.cancel()
        try await task.value
    }
}
