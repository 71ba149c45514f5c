/// The actions that a checkpoint of one version holds, one after the other, without a second copy of the table's state.
package struct CheckpointActions: Sequence, Sendable {
    private let snapshot: Snapshot
    private let cutoff: Int

    /// - Parameters:
    ///   - snapshot: the version.
    ///   - cutoff: tombstones from before it, in milliseconds since 1970, are left out.
    /// - Throws: `invalidChange` when the snapshot is only a part of the table: other readers would take the checkpoint
    ///   for all of it.
    package init(of snapshot: Snapshot, tombstonesSince cutoff: Int) throws(DeltaLogError) {
        guard snapshot.files.skipped == 0 else {
            throw DeltaLogError(.invalidChange, "the table was read in part, and cannot be a checkpoint")
        }
        self.snapshot = snapshot
        self.cutoff = cutoff
    }

    /// How many there are.
    package var count: Int {
        2 + snapshot.transactions.count + snapshot.domains.count + snapshot.files.count
            + snapshot.tombstones.count { isRemembered($0) }
    }

    package var underestimatedCount: Int {
        2 + snapshot.transactions.count + snapshot.domains.count + snapshot.files.count
    }

    package func makeIterator() -> Iterator { Iterator(actions: self) }

    private func isRemembered(_ file: RemoveFile) -> Bool { file.deletionTimestamp ?? 0 >= cutoff }

    package struct Iterator: IteratorProtocol {
        private enum Stage { case protocolVersion, metadata, transactions, domains, files, tombstones, end }

        private let actions: CheckpointActions
        private var stage = Stage.protocolVersion
        private var position = 0

        fileprivate init(actions: CheckpointActions) { self.actions = actions }

        package mutating func next() -> Action? {
            let snapshot = actions.snapshot
            while true {
                switch stage {
                case .protocolVersion:
                    stage = .metadata
                    return .protocolVersion(snapshot.protocolVersion)
                case .metadata:
                    stage = .transactions
                    return .metadata(snapshot.metadata)
                case .transactions:
                    if let transaction = element(of: snapshot.transactions, then: .domains) {
                        return .transaction(transaction)
                    }
                case .domains:
                    if let domain = element(of: snapshot.domains, then: .files), !domain.removed {
                        return .domainMetadata(domain)
                    }
                case .files:
                    if var file = element(of: snapshot.files, then: .tombstones) {
                        file.dataChange = false
                        return .add(file)
                    }
                case .tombstones:
                    if var file = element(of: snapshot.tombstones, then: .end), actions.isRemembered(file) {
                        file.dataChange = false
                        return .remove(file)
                    }
                case .end: return nil
                }
            }
        }

        /// The next element of a collection; nil at its end, from where the next stage goes on.
        private mutating func element<Elements: RandomAccessCollection>(
            of elements: Elements, then following: Stage
        ) -> Elements.Element? where Elements.Index == Int {
            guard position < elements.count else {
                position = 0
                stage = following
                return nil
            }
            defer { position += 1 }
            return elements[position]
        }
    }
}

extension Snapshot {
    /// The actions that a checkpoint of this version holds. Tombstones from before `cutoff`, in milliseconds since 1970,
    /// are left out.
    ///
    /// - Throws: `invalidChange` when the snapshot is only a part of the table.
    package func checkpointActions(tombstonesSince cutoff: Int) throws(DeltaLogError) -> CheckpointActions {
        try CheckpointActions(of: self, tombstonesSince: cutoff)
    }
}
