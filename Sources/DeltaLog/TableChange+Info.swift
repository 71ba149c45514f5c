extension TableChange {
    /// The commit's `commitInfo`, which must be its first action.
    func info(of moves: FileMoves, metadata: Metadata, readVersion: Int?, time: Int) -> Action {
        let operation = operation ?? standardOperation(on: metadata)
        var info = JSONObject()
        if metadata.hasInCommitTimestamps { info.add("inCommitTimestamp", .int(time)) }
        info.add("timestamp", .int(time))
        info.add("operation", .string(operation.name))
        info.add("operationParameters", .object(operation.parameters))
        info.add("readVersion", readVersion.map(JSONValue.int))
        info.add("isolationLevel", .string(moves.dataChange ? "Serializable" : "SnapshotIsolation"))
        info.add("isBlindAppend", .bool(readVersion == nil || isBlindAppend(moves)))
        info.add("operationMetrics", .object(JSONObject(map: metrics(of: moves).mapValues(String.init))))
        info.add("engineInfo", .string(engine))
        info.add("txnId", .string(transactionID))
        info.members += extraInfo.members
        return .commitInfo(info)
    }

    private func standardOperation(on metadata: Metadata) -> Operation {
        switch kind {
        case .replace: .write(mode: "Overwrite", partitionedBy: metadata.partitionColumns)
        case .append, .appendTo: .write(mode: "Append", partitionedBy: metadata.partitionColumns)
        case .rewrite(_, let operation, _), .settings(let operation): operation
        case .restore(let target): .restore(to: target.version)
        }
    }

    /// Only adds, and would add the same to any other state of the table.
    private func isBlindAppend(_ moves: FileMoves) -> Bool {
        switch kind {
        case .append: reads == .nothing
        case .appendTo, .replace: moves.removed.isEmpty && moves.restored == 0 && reads == .nothing
        case .rewrite, .restore, .settings: false
        }
    }

    private func metrics(of moves: FileMoves) -> [String: Int] {
        var metrics = metrics
        let fresh = moves.added.dropFirst(moves.restored)
        switch kind {
        case .settings: return metrics
        case .restore:
            metrics["numRestoredFiles"] = moves.restored
            metrics["restoredFilesSize"] = moves.added.totalSize
            metrics["removedFilesSize"] = moves.removed.totalSize
        case .replace, .append, .appendTo:
            metrics["numFiles"] = fresh.count
            metrics["numOutputBytes"] = fresh.totalSize
            metrics["numOutputRows"] = fresh.reduce(0) { $0 + (FileStatistics.rows(in: $1.statistics) ?? 0) }
        case .rewrite:
            metrics["numAddedFiles"] = fresh.count
            metrics["numAddedBytes"] = fresh.totalSize
            metrics["numRemovedBytes"] = moves.removed.totalSize
        }
        metrics["numRemovedFiles"] = moves.removed.count
        // Under another name the same rows may be among the new files.
        if operation == nil, let rows = moves.removedRows { metrics["numDeletedRows"] = rows }
        return metrics
    }
}

extension Sequence<AddFile> {
    fileprivate var totalSize: Int { reduce(0) { $0 + $1.size } }
}
