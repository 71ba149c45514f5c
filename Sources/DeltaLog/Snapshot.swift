/// The state of a table at one version: what remains when its actions are applied in order.
package struct Snapshot: Sendable {
    package let version: Int
    package let protocolVersion: ProtocolVersion
    package let metadata: Metadata
    /// The live files, oldest first.
    package let files: [AddFile]
    /// Files that were taken out, for vacuum and for checkpoints.
    package let tombstones: [RemoveFile]
    /// The last one of each application.
    package let transactions: [Transaction]
    package let domains: [DomainMetadata]

    /// Applies the actions of a checkpoint and of the commits after it.
    package struct Builder {
        private struct FileKey: Hashable {
            var path: String
            var deletionVector: String?
        }

        private var protocolVersion: ProtocolVersion?
        private var metadata: Metadata?
        private var files: [AddFile?] = []
        private var positions: [FileKey: Int] = [:]
        private var tombstones: [FileKey: RemoveFile] = [:]
        private var transactions: [String: Transaction] = [:]
        private var domains: [String: DomainMetadata] = [:]

        package init() {}

        /// Applies one version's actions, or a checkpoint's. Within a version the order of the lines means nothing: a
        /// file that it both removes and adds under different deletion vectors has two keys.
        package mutating func apply(_ action: Action) {
            switch action {
            case .protocolVersion(let value): protocolVersion = value
            case .metadata(let value): metadata = value
            case .transaction(let value): transactions[value.application] = value
            case .domainMetadata(let value): domains[value.domain] = value.removed ? nil : value
            case .add(let file):
                let key = FileKey(path: DataPath.canonical(file.path), deletionVector: file.deletionVector?.uniqueID)
                tombstones[key] = nil
                if let position = positions[key] {
                    files[position] = file
                } else {
                    positions[key] = files.count
                    files.append(file)
                }
            case .remove(let file):
                let key = FileKey(path: DataPath.canonical(file.path), deletionVector: file.deletionVector?.uniqueID)
                if let position = positions.removeValue(forKey: key) { files[position] = nil }
                tombstones[key] = file
            case .changeData, .commitInfo: break
            }
        }

        /// - Throws: `corrupt` when there is no protocol or no metadata.
        package func snapshot(at version: Int) throws(DeltaLogError) -> Snapshot {
            guard let protocolVersion else { throw DeltaLogError(.corrupt, "the log has no protocol action") }
            guard let metadata else { throw DeltaLogError(.corrupt, "the log has no metaData action") }
            return Snapshot(
                version: version, protocolVersion: protocolVersion, metadata: metadata, files: files.compactMap { $0 },
                tombstones: tombstones.values.sorted { $0.path < $1.path },
                transactions: transactions.values.sorted { $0.application < $1.application },
                domains: domains.values.sorted { $0.domain < $1.domain })
        }
    }

    /// The actions that a checkpoint of this version holds. Tombstones from before `cutoff`, in milliseconds since 1970,
    /// are left out.
    package func checkpointActions(tombstonesSince cutoff: Int) -> [Action] {
        var actions: [Action] = [.protocolVersion(protocolVersion), .metadata(metadata)]
        actions += transactions.map(Action.transaction)
        actions += domains.map(Action.domainMetadata)
        for var file in files {
            file.dataChange = false
            actions.append(.add(file))
        }
        for var file in tombstones where file.deletionTimestamp ?? 0 >= cutoff {
            file.dataChange = false
            actions.append(.remove(file))
        }
        return actions
    }
}
