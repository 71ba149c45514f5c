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

    /// Looks at the versions of the datasets that somebody waits for.
    func watchVersions() async {
        let configuration = scheduler.withLock { $0.configuration }
        var names = Set(configuration.freshness.keys)
        for trigger in configuration.triggers { names.formUnion(trigger.condition.datasets) }
        let sorted = names.sorted()
        guard !sorted.isEmpty else { return await untilCancelled() }
        var last: [DatasetName: SeenVersion]?
        await watch { [self] in
            let versions = try await options.surroundings.versions(sorted)
            if versions != last { mailbox.put(.versions(versions)) }
            last = versions
        }
    }

    func watchFiles() async {
        let triggers = scheduler.withLock { $0.configuration.triggers }.compactMap { trigger in
            trigger.condition.patterns.isEmpty ? nil : (trigger.name.value, trigger.condition.patterns)
        }
        guard !triggers.isEmpty else { return await untilCancelled() }
        var last: [String: String] = [:]
        await watch { [self] in
            for (trigger, patterns) in triggers {
                let digest = await options.surroundings.filesDigest(patterns)
                guard last[trigger] != digest else { continue }
                last[trigger] = digest
                mailbox.put(.files(trigger: trigger, digest: digest))
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

    func untilCancelled() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
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
