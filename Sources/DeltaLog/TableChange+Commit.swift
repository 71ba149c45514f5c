extension TableChange {
    /// The commit that makes the table.
    ///
    /// - Parameters:
    ///   - name: the table's name.
    ///   - id: the new table's identity.
    ///   - time: in milliseconds since 1970.
    /// - Returns: the commit of version 0.
    /// - Throws: `schemaMismatch` when columns, partitioning and files do not fit together; `unsupportedSetting`;
    ///   `invalidChange` for a change that needs a table.
    package func creation(name: String, id: String, time: Int) throws(DeltaLogError) -> Commit {
        switch kind {
        case .replace, .append, .appendTo: break
        case .rewrite, .restore, .settings:
            throw DeltaLogError(.invalidChange, "there is no table yet that could be changed")
        }
        var metadata = Metadata(
            id: id, name: name, description: description, schema: schema ?? DeltaSchema(fields: []),
            partitionColumns: partitionColumns ?? [], createdTime: time)
        try metadata.set(properties)
        try metadata.comment(comments)
        try metadata.validate()
        try checkFiles()

        var moves = FileMoves()
        moves.add(files, dataChange: true)
        var actions: [Action] = [
            info(of: moves, metadata: metadata, readVersion: nil, time: time),
            .protocolVersion(.needed(for: metadata, domains: !domains.isEmpty)), .metadata(metadata),
        ]
        actions += statements(time: time)
        actions += moves.added.map(Action.add)
        return Commit(actions: actions)
    }

    /// The commit that follows a version.
    ///
    /// - Parameters:
    ///   - snapshot: the version.
    ///   - time: in milliseconds since 1970.
    ///   - previous: the time of the version's own commit, if it is known; the commit's time is never before it.
    /// - Returns: the commit of the next version.
    /// - Throws: `unsupportedFeatures`, `appendOnly`, `unsupportedSetting`; `schemaMismatch` when files or columns do
    ///   not fit the table; `staleTransaction`; `invalidChange` when the state is not one that the change is for.
    package func commit(after snapshot: Snapshot, time: Int, previous: Int? = nil) throws(DeltaLogError) -> Commit {
        try snapshot.checkWritable()
        try checkTransactions(after: snapshot)
        try checkFiles()
        var metadata = try metadata(after: snapshot)
        let moves = try FileMoves(of: self, after: snapshot)
        if snapshot.isAppendOnly, let file = moves.removed.first, moves.dataChange {
            throw DeltaLogError(
                .appendOnly,
                "the table has delta.appendOnly=true, so that nothing can be taken out, but \(file.path) would be")
        }

        let time = metadata.commitTime(now: time, previous: previous ?? snapshot.timestamp)
        metadata.recordInCommitTimestamps(after: snapshot.metadata, version: snapshot.version + 1, time: time)
        var actions = [info(of: moves, metadata: metadata, readVersion: snapshot.version, time: time)]
        if let upgraded = snapshot.protocolVersion.upgraded(for: metadata, domains: !domains.isEmpty) {
            actions.append(.protocolVersion(upgraded))
        }
        if metadata != snapshot.metadata { actions.append(.metadata(metadata)) }
        actions += statements(time: time)
        actions += moves.removed.map { .remove(RemoveFile(of: $0, at: time, dataChange: moves.dataChange)) }
        actions += moves.added.map(Action.add)
        return Commit(actions: actions)
    }

    /// Whether the change would move the table to another protocol.
    func changesProtocol(of snapshot: Snapshot) -> Bool {
        guard let metadata = try? metadata(after: snapshot) else { return false }
        return snapshot.protocolVersion.upgraded(for: metadata, domains: !domains.isEmpty) != nil
    }

    private func statements(time: Int) -> [Action] {
        let transactions = transactions.map { transaction in
            var transaction = transaction
            transaction.lastUpdated = transaction.lastUpdated ?? time
            return Action.transaction(transaction)
        }
        return transactions + domains.map(Action.domainMetadata)
    }

    private func checkTransactions(after snapshot: Snapshot) throws(DeltaLogError) {
        for transaction in transactions {
            for there in snapshot.transactions
            where there.application == transaction.application && there.version >= transaction.version {
                throw DeltaLogError(
                    .staleTransaction,
                    "the table has transaction \(there.version) of \(there.application) already, so that "
                        + "\(transaction.version) cannot follow")
            }
        }
    }

    private func checkFiles() throws(DeltaLogError) {
        switch kind {
        case .restore, .settings:
            guard files.isEmpty else { throw DeltaLogError(.invalidChange, "the change has no place for new files") }
        case .replace, .append, .appendTo, .rewrite: break
        }
        var paths: Set<String> = []
        for file in files where !paths.insert(DataPath.canonical(file.path)).inserted {
            throw DeltaLogError(.schemaMismatch, "the file \(file.path) is named twice")
        }
        guard Set(transactions.map(\.application)).count == transactions.count else {
            throw DeltaLogError(.invalidChange, "a commit can have one transaction of an application only")
        }
        guard Set(domains.map(\.domain)).count == domains.count else {
            throw DeltaLogError(.invalidChange, "a commit can set a domain's metadata only once")
        }
    }
}
