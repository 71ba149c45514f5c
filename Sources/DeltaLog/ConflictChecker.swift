/// Decides whether a change, made for one version of a table, still means the same after what others committed since.
///
/// The rules are those of the reference implementation at the isolation level Serializable, but that files which others
/// merely rearranged (`dataChange` false) disturb only whoever read or takes out these very files.
package struct ConflictChecker: Sendable {
    private let changesProtocol: Bool
    private let isEmpty: Bool
    private let readsWholeTable: Bool
    /// Whether rows added by others could have concerned the change.
    private let missesAppends: Bool
    private let read: Set<String>
    private let removed: Set<String>
    private let applications: Set<String>
    private let domains: Set<String>

    /// - Parameters:
    ///   - change: what is to be committed.
    ///   - base: the version that it was made for.
    package init(_ change: TableChange, since base: Snapshot) {
        changesProtocol = change.changesProtocol(of: base)
        isEmpty = change.isEmpty
        readsWholeTable = change.reads == .wholeTable
        applications = change.readApplications
        domains = Set(change.domains.map(\.domain))
        read = if case .files(let paths) = change.reads { Set(paths.map(DataPath.canonical)) } else { [] }
        if case .rewrite(let files, _, let dataChange) = change.kind {
            removed = Set(files.map { DataPath.canonical($0.path) })
            missesAppends = readsWholeTable || dataChange
        } else {
            removed = []
            missesAppends = readsWholeTable
        }
    }

    /// Compares the change with one commit that came before it. Every version since the base must be looked at.
    ///
    /// - Parameters:
    ///   - winner: the other's commit.
    ///   - version: its version.
    package func check(_ winner: Commit, at version: Int) throws(CommitConflict) {
        guard !isEmpty else { return }
        let operation = winner.info?["operation"]?.text
        // The protocol first, and the files last: what is wrong in general explains more than one file does.
        var fileConflict: CommitConflict?
        var general: CommitConflict?
        func found(_ kind: CommitConflict.Kind, path: String? = nil, subject: String? = nil) -> CommitConflict {
            CommitConflict(kind, version: version, path: path, operation: operation, subject: subject)
        }
        for action in winner.actions {
            switch action {
            case .protocolVersion where changesProtocol:
                throw found(.protocolChanged)
            case .metadata:
                general = found(.metadataChanged)
            case .transaction(let transaction) where applications.contains(transaction.application):
                general = general ?? found(.concurrentTransaction, subject: transaction.application)
            case .domainMetadata(let domain) where domains.contains(domain.domain):
                general = general ?? found(.concurrentDomain, subject: domain.domain)
            case .add(let file) where fileConflict == nil && file.dataChange && missesAppends:
                fileConflict = found(.concurrentAppend, path: file.path)
            case .remove(let file) where fileConflict == nil || fileConflict?.kind == .concurrentAppend:
                if let kind = conflict(with: file) { fileConflict = found(kind, path: file.path) }
            default: break
            }
        }
        if let conflict = general ?? fileConflict { throw conflict }
    }

    private func conflict(with file: RemoveFile) -> CommitConflict.Kind? {
        if readsWholeTable, file.dataChange { return .concurrentDeleteRead }
        guard !read.isEmpty || !removed.isEmpty else { return nil }
        let path = DataPath.canonical(file.path)
        if removed.contains(path) { return .concurrentDeleteDelete }
        return read.contains(path) ? .concurrentDeleteRead : nil
    }
}
