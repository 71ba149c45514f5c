import Foundation
import Logging
import Millrace
import Planning
import Project
import Recording
import Running
import ServiceLifecycle
import Testing

@testable import Serving

/// A small project in a folder of its own, with versions, refused rows and checks.
struct Playground: Sendable {
    let root: String

    static let yaml = """
        project: playground
        engines:
          local: { type: duckdb, memory: 512MB, threads: 1 }
        datasets:
          raw: { ingest: { files: "landing/*.csv", format: csv }, description: "What <b>came</b> & went" }
          clean:
            sql: SELECT id, label, amount * 2 AS amount FROM raw
            key: [id]
            columns:
              id: { checks: [not_null, unique] }
              amount: { description: "doubled", checks: [ { range: { min: 0, max: 100 }, on_fail: quarantine } ] }
            tags: [daily]
            freshness: { within: 26h }
          totals: { sql: "SELECT label, sum(amount) AS total FROM clean GROUP BY label" }
        feeds:
          training: { dataset: clean, columns: [amount] }

        """

    /// - Parameter yaml: the project.
    init(_ yaml: String = Self.yaml) throws {
        root = NSTemporaryDirectory() + "/millrace-serving-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root + "/landing", withIntermediateDirectories: true)
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: root + "/millrace.yaml"))
        let rows = (0..<50).map { "\($0),\($0.isMultiple(of: 2) ? "<script>alert(1)</script>" : "odd"),\($0 + 2)\n" }
        try Data(("id,label,amount\n" + rows.joined()).utf8).write(to: URL(fileURLWithPath: root + "/landing/a.csv"))
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }

    var options: Workspace.Options {
        Workspace.Options(
            folder: root, environment: ProcessInfo.processInfo.environment, millraceVersion: "0.0.0-test")
    }

    var history: RunHistory { RunHistory(path: root + "/.millrace/state.sqlite") { Issue.record("\($0.message)") } }

    /// Makes all datasets.
    @discardableResult
    func make() async throws -> RunID {
        let workspace = try Workspace.open(options)
        let plan = try await workspace.plan(Selection([]), forced: true)
        let recorder = HistoryRecorder(history, process: Int(getpid()), rules: RunRules()) { _ in false }
        return try await workspace.run(plan, Workspace.RunOptions(jobs: 1), recorders: [recorder]).run
    }
}

/// A server that goes on while a test looks at it.
struct TestServer: Sendable {
    let client: Client
    let control: ScriptedControl
    let site: Site

    /// Starts a server, gives it to the test, and stops it.
    static func with<Result: Sendable>(
        _ playground: Playground, _ change: (inout ServerOptions) -> Void = { _ in },
        _ body: @Sendable @escaping (TestServer) async throws -> Result
    ) async throws -> Result {
        var options = ServerOptions(port: 0)
        options.limits.bodyTime = .milliseconds(700)
        // A test asks as quickly as it can: being told to wait is no answer to what it asked.
        options.limits.requestsPerSecond = 1_000_000
        options.limits.requestsAtOnce = 1_000_000
        change(&options)
        let control = ScriptedControl()
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let project = try ChangingWorkspace(playground.options)
        let server = try Server(
            Server.Parts(
                project: "playground", millrace: "0.0.0-test", control: control, history: playground.history,
                outlook: .project(
                    at: playground.root, playground.options,
                    changes: {
                        _ = try? project.renew()
                        return project.changes
                    }, millrace: nil),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                now: { Int(Date().timeIntervalSince1970 * 1000) }), options: options
        ) { told.yield($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        return try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await port in ports {
                    let test = TestServer(client: Client(port: port), control: control, site: server.site)
                    while !test.site.knowledge.isRenewed { try await Task.sleep(for: .milliseconds(10)) }
                    let result = try await body(test)
                    await group.triggerGracefulShutdown()
                    return result
                }
                throw CancellationError()
            }
            var result: Result?
            while let next = try await tasks.next() { result = next ?? result }
            return try #require(result)
        }
    }
}
