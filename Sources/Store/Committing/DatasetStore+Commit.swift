import DeltaLog
import ObjectStore
import Project

extension DatasetStore {
    /// What came of a change.
    enum CommitOutcome {
        /// It is the table's version of that number.
        case committed(Int)
        /// What another writer committed first changes what this change would mean. Nothing was committed.
        case conflict(CommitConflict)
    }

    /// Commits a change to a table, after whatever others commit meanwhile, unless that is in its way.
    ///
    /// The files that the change names must be there, and synchronised.
    ///
    /// - Parameters:
    ///   - change: what to commit.
    ///   - table: where.
    ///   - base: the version that the change was made for; nil when there is to be no table yet.
    ///   - id: the table's id; of a new table, the one that it gets.
    ///   - isBehind: whether the table is known to have newer versions than `base`.
    ///   - note: what to say of an upkeep; nil when the change itself says how the version was made.
    /// - Throws: `newerProtocol`, `schemaMismatch`, `gap` and others when the change does not fit the table; `conflict`
    ///   when others were faster again and again. Nothing is committed then, unless the code is `inputOutput`: then it
    ///   is unknown.
    func commit(
        _ change: TableChange, to table: TableFolder, after base: Snapshot?, id: String, isBehind: Bool = false,
        note: UpkeepNote? = nil
    ) async throws(StoreError) -> CommitOutcome {
        var note = note
        var interval = base?.metadata.checkpointInterval
        var loop = CommitLoop(
            change,
            after: base.map { .snapshot($0, committed: $0.timestamp) } ?? .nothing(name: table.name.text, id: id))
        var isFirst = true
        var next = Self.next { () throws(CommitFailure) in try loop.start(at: now()) }
        while true {
            let step: CommitLoop.Step
            switch next {
            case .success(let value): step = value
            case .failure(.conflict(let conflict)): return .conflict(conflict)
            case .failure(.refused(let error)):
                throw StoreError(error, dataset: table.name, folder: objects.location(of: table.log))
            case .failure(.tooManyTries(let count)):
                throw StoreError(
                    .conflict, dataset: table.name,
                    message:
                        "\(table.name): nothing was committed, because other writers were faster \(count) times in "
                        + "a row", hint: "Try again when fewer programs write to the table.")
            }
            switch step {
            case .finished(let version, _):
                await maintainLog(of: table, at: version, interval: interval)
                return .committed(version)
            case .put(var commit, let version, let delay):
                if delay > 0 { try? await Task.sleep(for: .milliseconds(Int.random(in: 0...delay))) }
                if let note { commit.set(try note.member(at: version, table: id)) }
                let outcome = isFirst && isBehind ? .lost : try await put(commit, version, in: table)
                isFirst = false
                next = Self.next { () throws(CommitFailure) in try loop.told(outcome, at: now()) }
            case .read(let first):
                let winners = try await commits(from: first, of: table)
                for (version, commit) in winners.sorted(by: { $0.key < $1.key }) { note?.saw(commit, version) }
                let newest = try await state(of: table)
                interval = newest?.metadata.checkpointInterval ?? interval
                next = Self.next { () throws(CommitFailure) in try loop.read(winners, newest: newest, at: now()) }
            }
        }
    }

    private static func next(
        _ step: () throws(CommitFailure) -> CommitLoop.Step
    ) -> Result<CommitLoop.Step, CommitFailure> {
        do {
            return .success(try step())
        } catch {
            return .failure(error)
        }
    }

    private func put(
        _ commit: Commit, _ version: Int, in table: TableFolder
    ) async throws(StoreError) -> CommitLoop.Outcome {
        let path = try table.file(LogFile.commit(version).name)
        do {
            try await objects.putIfAbsent(path, commit.bytes)
            return .won
        } catch {
            switch error.code {
            case .alreadyExists: return .lost
            case .unknownOutcome, .timedOut: return .unknown
            default: throw StoreError(error, dataset: table.name)
            }
        }
    }

    /// Every commit from a version on.
    func commits(from first: Int, of table: TableFolder) async throws(StoreError) -> [Int: Commit] {
        var commits: [Int: Commit] = [:]
        for name in try await logNames(of: table, from: LogFile.firstName(from: first)) ?? [] {
            if case .commit(let version) = LogFile(name: name), version >= first {
                commits[version] = try await commit(version, of: table)
            }
        }
        return commits
    }
}

extension Commit {
    /// Puts a member into the commit's `commitInfo`, in the place of the one of that name.
    fileprivate mutating func set(_ value: JSONValue) {
        for (index, action) in actions.enumerated() {
            guard case .commitInfo(var info) = action else { continue }
            info[Provenance.member] = value
            actions[index] = .commitInfo(info)
            return
        }
    }

    /// Whether the version has other rows than the one before.
    var changesRows: Bool {
        actions.contains { action in
            switch action {
            case .add(let file): file.dataChange
            case .remove(let file): file.dataChange
            default: false
            }
        }
    }
}
