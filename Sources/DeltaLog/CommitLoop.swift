/// Why a change was not committed.
package enum CommitFailure: Error, Sendable, CustomStringConvertible {
    /// What another writer committed first changes what this one would mean.
    case conflict(CommitConflict)
    /// The change does not fit the table as it is now, or the log cannot be followed.
    case refused(DeltaLogError)
    /// Others were faster each time, or the outcome stayed unknown.
    case tooManyTries(Int)

    package var description: String {
        switch self {
        case .conflict(let conflict): conflict.description
        case .refused(let error): error.description
        case .tooManyTries(let count): "other writers were faster \(count) times in a row"
        }
    }
}

/// Commits a change among other writers: says what to do next, and is told what came of it. It does nothing itself and
/// knows no clock.
///
/// A commit is known by its `txnId`. So one whose outcome stayed unknown is found in the log if it did arrive, even when
/// it arrives after it was sent a second time.
package struct CommitLoop: Sendable {
    package enum Base: Sendable {
        /// There is no table: it is to be made.
        case nothing(name: String, id: String)
        /// - Parameter committed: the time of that version's commit, in milliseconds since 1970, if it is known.
        case snapshot(Snapshot, committed: Int?)
    }

    package enum Step: Sendable {
        /// Put the commit, if there is none of that version, and call `told`.
        ///
        /// - Parameter delay: how long to wait first at most, in milliseconds; a random part of it is best.
        case put(Commit, version: Int, delay: Int)
        /// Read every commit from that version to the newest, and the newest snapshot, and call `read`.
        case read(from: Int)
        /// The change is part of the table.
        case finished(version: Int, Commit)
    }

    /// What came of putting a commit.
    package enum Outcome: Hashable, Sendable {
        case won
        /// There is a commit of that version.
        case lost
        /// The commit was sent, and no answer came.
        case unknown
    }

    private enum State {
        case idle
        case putting(Commit, version: Int)
        case reading(from: Int)
        case ended
    }

    private static let longestDelay = 2_000

    private let change: TableChange
    private let limit: Int
    private var base: Base
    private var state = State.idle
    /// How often a commit was put.
    package private(set) var tries = 0

    /// - Parameter limit: how often a commit is put before giving up.
    package init(_ change: TableChange, after base: Base, limit: Int = 15) {
        self.change = change
        self.base = base
        self.limit = limit
    }

    /// - Parameter time: what the clock says, in milliseconds since 1970.
    package mutating func start(at time: Int) throws(CommitFailure) -> Step {
        guard case .idle = state else { throw misuse }
        return try put(at: time)
    }

    /// Goes on after a `put`.
    package mutating func told(_ outcome: Outcome, at time: Int) throws(CommitFailure) -> Step {
        guard case .putting(let commit, let version) = state else { throw misuse }
        switch outcome {
        case .won:
            state = .ended
            return .finished(version: version, commit)
        case .lost, .unknown:
            state = .reading(from: version)
            return .read(from: version)
        }
    }

    /// Goes on after a `read`.
    ///
    /// - Parameters:
    ///   - winners: the commits from the wanted version on, by version; none when there are none yet.
    ///   - newest: the newest snapshot; nil when there is no table.
    /// - Throws: the conflict; `refused` when commits are missing; `tooManyTries`.
    package mutating func read(
        _ winners: [Int: Commit], newest: Snapshot?, at time: Int
    ) throws(CommitFailure) -> Step {
        guard case .reading(let first) = state else { throw misuse }
        for (version, commit) in winners where commit.info?["txnId"]?.text == change.transactionID {
            state = .ended
            return .finished(version: version, commit)
        }
        switch base {
        case .nothing:
            if let newest { throw .conflict(created(by: winners, newest)) }
            if !winners.isEmpty { throw .refused(missing(first)) }
            return try put(at: time)
        case .snapshot(let former, let committed):
            guard let newest, newest.metadata.id == former.metadata.id, newest.version >= former.version else {
                throw .conflict(CommitConflict(.tableReplaced, version: newest?.version ?? former.version))
            }
            return try goOn(winners, from: first, since: former, committed: committed, to: newest, at: time)
        }
    }

    private mutating func goOn(
        _ winners: [Int: Commit], from first: Int, since former: Snapshot, committed: Int?, to newest: Snapshot,
        at time: Int
    ) throws(CommitFailure) -> Step {
        let checker = ConflictChecker(change, since: former)
        var next = first
        var latest = committed
        while let winner = winners[next] {
            do throws(CommitConflict) {
                try checker.check(winner, at: next)
            } catch {
                throw .conflict(error)
            }
            if let time = winner.time { latest = max(time, latest ?? time) }
            next += 1
        }
        if winners.keys.contains(where: { $0 > next }) { throw .refused(missing(next)) }
        guard next > newest.version else {
            // The snapshot is newer than the commits that were read: those between must be looked at too. That counts
            // as a try, because a writer that always reads too late must come to an end as well.
            tries += 1
            guard tries < limit else { throw next > first ? .tooManyTries(tries) : .refused(missing(next)) }
            base = .snapshot(former, committed: latest)
            state = .reading(from: next)
            return .read(from: next)
        }
        base = .snapshot(newest, committed: latest)
        return try put(at: time)
    }

    private mutating func put(at time: Int) throws(CommitFailure) -> Step {
        guard tries < limit else {
            state = .ended
            throw .tooManyTries(tries)
        }
        let commit: Commit
        let version: Int
        do throws(DeltaLogError) {
            switch base {
            case .nothing(let name, let id):
                version = 0
                commit = try change.creation(name: name, id: id, time: time)
            case .snapshot(let snapshot, let committed):
                version = snapshot.version + 1
                commit = try change.commit(after: snapshot, time: time, previous: committed)
            }
        } catch {
            state = .ended
            throw .refused(error)
        }
        let delay = tries == 0 ? 0 : min(5 << min(tries, 10), Self.longestDelay)
        tries += 1
        state = .putting(commit, version: version)
        return .put(commit, version: version, delay: delay)
    }

    private func created(by winners: [Int: Commit], _ newest: Snapshot) -> CommitConflict {
        CommitConflict(
            .tableCreated, version: newest.version, operation: winners[newest.version]?.info?["operation"]?.text)
    }

    private func missing(_ version: Int) -> DeltaLogError {
        DeltaLogError(
            .gap, "the commit of version \(version) is missing, so that this change cannot follow what came after it",
            file: LogFile.commit(version).name)
    }

    private var misuse: CommitFailure {
        .refused(DeltaLogError(.invalidChange, "the steps of a commit were told in the wrong order"))
    }
}

extension Commit {
    /// When it was made, in milliseconds since 1970, as it says itself.
    package var time: Int? { info?["inCommitTimestamp"]?.int ?? info?["timestamp"]?.int }
}
