import Project
import Recording
import Scheduling
import Synchronization

extension Supervisor {
    /// Says when it is time for something.
    func tick() async {
        var hour = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
            let now = now
            if let next = scheduler.withLock({ $0.nextWake(after: waking.withLock { $0 }) }), next <= now {
                waking.withLock { $0 = now }
                mailbox.put(.tick)
            }
            if now / 3_600_000 != hour {
                hour = now / 3_600_000
                removeOldOutput()
            }
        }
    }

    /// Reads what other processes ask for: those without an answer first.
    func readRequests() async {
        for pending in scheduler.withLock({ $0.state.requests }) { await take(pending.id, pending.request) }
        var change = -1
        while !Task.isCancelled {
            do {
                let latest = try log.change()
                if latest != change {
                    let lines = try log.lines(ofKind: LogEntry.requestKind, after: seen.withLock { $0 })
                    change = latest
                    for line in lines { await take(line) }
                }
            } catch {
                // Whoever writes to the log says what is wrong with it.
                change = -1
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    private func take(_ line: StateLog.Line) async {
        defer { seen.withLock { $0 = line.number } }
        do {
            let entry = try LogCoding.entry(line)
            guard case .requested(let id, let request) = entry.entry else { return }
            mailbox.put(.lines([entry]))
            await take(id, request)
        } catch {
            options.surroundings.warn(Self.diagnostic(error))
        }
    }

    private func take(_ id: RequestID, _ request: SchedulerRequest) async {
        do {
            mailbox.put(.request(try await prepare(request, id: id)))
        } catch {
            mailbox.put(.refused(id, Self.diagnostic(error)))
        }
    }

    static func diagnostic(_ error: any Error) -> Diagnostic {
        switch error {
        case let error as Diagnostic: error
        case let error as Diagnostics: error.all.first ?? .error("the request makes no sense")
        default: .error("\(error)")
        }
    }

    // MARK: Datasets and files

    /// Takes up what changes in the project's files. While they make no sense, all goes on as it was.
    func watchProject() async {
        await watch { [self] in
            guard let changed = try await options.surroundings.changedProject() else { return }
            project = changed
            mailbox.put(.project(changed))
        }
    }

    /// Looks at the versions of the datasets that somebody waits for.
    func watchVersions() async {
        var last: (versions: [DatasetName: SeenVersion], names: [DatasetName])?
        await watch { [self] in
            let configuration = scheduler.withLock { $0.configuration }
            var waited = Set(configuration.freshness.keys)
            for trigger in configuration.triggers { waited.formUnion(trigger.condition.datasets) }
            let names = waited.sorted()
            guard !names.isEmpty else { return last = nil }
            let versions = try await options.surroundings.versions(names)
            if versions != last?.versions || names != last?.names { mailbox.put(.versions(versions, of: names)) }
            last = (versions, names)
        }
    }

    func watchFiles() async {
        var last: [String: (patterns: [String], digest: String)] = [:]
        await watch { [self] in
            for trigger in scheduler.withLock({ $0.configuration.triggers }) {
                let (name, patterns) = (trigger.name.value, trigger.condition.patterns)
                guard !patterns.isEmpty else { continue }
                let digest = await options.surroundings.filesDigest(patterns)
                if let last = last[name], last == (patterns, digest) { continue }
                last[name] = (patterns, digest)
                mailbox.put(.files(trigger: name, patterns: patterns, digest: digest))
            }
        }
    }

    /// Does something again and again: each second, but for no more than a twentieth of the time.
    private func watch(_ look: () async throws -> Void) async {
        var isTold = false
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do {
                try await look()
                isTold = false
            } catch {
                if !isTold, !Task.isCancelled { options.surroundings.warn(Self.diagnostic(error)) }
                isTold = true
            }
            let took = ContinuousClock.now - started
            try? await Task.sleep(for: max(.seconds(1), took * 20))
        }
    }
}

extension TriggerCondition {
    /// The datasets whose versions it waits for.
    fileprivate var datasets: [DatasetName] {
        switch self {
        case .dataset(let name): [name.value]
        case .and(let parts), .or(let parts): parts.flatMap(\.datasets)
        default: []
        }
    }

    /// The patterns of the files that it waits for.
    fileprivate var patterns: [String] {
        switch self {
        case .files(let patterns): patterns.map(\.value)
        case .and(let parts), .or(let parts): parts.flatMap(\.patterns)
        default: []
        }
    }
}
