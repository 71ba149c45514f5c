import Dispatch
import Foundation
import Processes
import Project
import Recording
import Scheduling
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Supervisor {
    func start(_ run: RunID, _ order: RunOrder, attempt: Int, resumes: Bool, cause: String) {
        let output = RunLog(path: Self.output(of: run, in: project))
        let failure = Mutex<String?>(nil)
        let redaction = project.redaction
        var environment = options.environment
        environment["MILLRACE_RUN"] = run.text
        // A run that a server starts is a trace of its own, not a part of the server's life.
        if options.backfillJobs == nil { for name in ["TRACEPARENT", "TRACESTATE"] { environment[name] = nil } }
        let queuedAt = scheduler.withLock { $0.state.live[run]?.queuedAt }
        let arguments = Self.arguments(
            run, order, queuedAt: queuedAt, resumes: resumes, cause: cause, in: project.root)
        let launch = ChildProcess.Launch(
            options.program + arguments, environment: environment, folder: project.root)
        let child = ChildProcess.start(
            launch,
            onLine: { [weak self] channel, text in
                guard let self else { return }
                var line = text
                if channel == .errors || !text.hasPrefix("{") {
                    line = Self.line(redaction.redact(text), at: now)
                } else if let words = RunFailureText.failure(in: text) {
                    failure.withLock { $0 = redaction.redact(words) }
                }
                output.write(line)
                listeners.send(.output(run, line: line))
            },
            onEnd: { [weak self] ending in
                output.finish()
                _ = self?.children.withLock { $0.removeValue(forKey: run) }
                self?.mailbox.put(
                    .ended(run, attempt: attempt, ProcessEnding(ending), message: failure.withLock { $0 }))
            })
        children.withLock { $0[run] = child }
        // It may have ended meanwhile.
        if child.hasEnded { _ = children.withLock { $0.removeValue(forKey: run) } }
    }

    private static func arguments(
        _ run: RunID, _ order: RunOrder, queuedAt: Int?, resumes: Bool, cause: String, in root: String
    ) -> [String] {
        var arguments = ["run", "-C", root, "--json", "--keep-going", "--die-with-parent"]
        arguments += ["--run-id", run.text, "--cause", cause]
        if let queuedAt { arguments += ["--queued-at", "\(queuedAt)"] }
        if resumes { arguments.append("--resume") }
        if order.isFullRefresh { arguments.append("--full-refresh") }
        for partition in order.partitions { arguments.append("--partition=\(partition)") }
        // A selection is never an option, whatever it looks like.
        if !order.selection.isEmpty { arguments += ["--", order.selection] }
        return arguments
    }

    /// Words that are no event, as one.
    private static func line(_ text: String, at now: Int) -> String {
        JSON.object([
            ("event", .string("log")), ("at", .string(Timestamp.iso8601(now))), ("text", .string(text)),
        ]).text
    }

    /// Ends all processes of runs, and waits until they are gone.
    func endChildren() async {
        let all = children.withLock { Array($0.values) }
        for child in all { child.stop(grace: options.grace) }
        while all.contains(where: { !$0.hasEnded }) { await Self.pause(milliseconds: 10) }
    }

    /// Also in a task that was cancelled.
    private static func pause(milliseconds: Int) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { continuation.resume() }
        }
    }

    /// Takes away what runs said that nobody remembers any more.
    func removeOldOutput() {
        let folder = Self.logFolder(project)
        let rules = project.runs
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        // Names begin with the time.
        let all = names.filter { $0.hasSuffix(".jsonl") }.sorted()
        let oldest = now / 1000 - rules.keptAge
        let surplus = max(0, all.count - rules.keptCount)
        for (place, name) in all.enumerated() {
            var status = stat()
            guard stat(folder + "/" + name, &status) == 0 else { continue }
            if place < surplus || Int(status.st_mtim.tv_sec) < oldest { unlink(folder + "/" + name) }
        }
    }
}

extension ProcessEnding {
    fileprivate init(_ ending: ChildProcess.Ending) {
        self =
            switch ending {
            case .exited(let status): .exited(status: status)
            case .killed(let signal): .killed(signal: signal)
            case .notStarted(let reason): .notStarted(reason)
            }
    }
}
