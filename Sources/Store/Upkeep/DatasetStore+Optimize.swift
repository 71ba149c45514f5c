import DeltaLog
import DuckDB
import FoundationEssentials
import ObjectStore
package import Project

extension DatasetStore {
    /// Puts a table's small files together, or lays its rows in another order. The rows stay the same, and nobody has
    /// to look at them again. Memory stays bounded however large the table is.
    ///
    /// - Returns: what was done; no version when there was nothing to do.
    /// - Throws: `noTable`, `noSuchColumn`, `newerProtocol`; `conflict` when other writers took the files away again and
    ///   again.
    package func optimize(_ name: DatasetName, _ request: OptimizeRequest) async throws(StoreError) -> OptimizeReport {
        let table = try TableFolder(name, in: objects)
        for attempt in 1... {
            let (base, note) = try await upkeepBase(of: table, "OPTIMIZE", changesRows: false)
            let layout = try Layout(request.order, of: base, name: name)
            let work = OptimizeWork(files: base.files, base.metadata, request, layout)
            var report = OptimizeReport(
                version: nil, filesBefore: base.files.count, filesAfter: base.files.count,
                bytesBefore: base.files.totalSize, bytesAfter: base.files.totalSize, rewritten: 0, written: 0)
            guard !work.isEmpty else { return report }

            let (added, staged) = try await rewrite(work, layout, request, base, in: table)
            let removed = work.parts.flatMap { $0 }
            let change = TableChange(
                kind: .rewrite(removing: removed, operation: layout.operation, dataChange: false),
                transactionID: UUID().uuidString.lowercased(), files: added, engine: engineName)
            let outcome = await self.attempt { () throws(StoreError) in
                try verifyRows(of: added, removed, in: table)
                return try await commit(change, to: table, after: base, id: base.metadata.id, note: note)
            }
            switch outcome {
            case .failure(let error):
                if error.code != .inputOutput { await discard(staged, of: table) }
                throw error
            case .success(.committed(let version)):
                report.version = PinnedVersion(version: Version(version), table: base.metadata.id)
                report.rewritten = removed.count
                report.written = added.count
                report.filesAfter += added.count - removed.count
                for file in added { report.bytesAfter += file.size }
                for file in removed { report.bytesAfter -= file.size }
                return report
            case .success(.conflict(let conflict)):
                await discard(staged, of: table)
                guard conflict.concernsFiles, attempt < Self.longestRepetition else {
                    throw StoreError(
                        conflict, dataset: name, "nothing was optimized",
                        hint: "The table is as good as before; try again when fewer programs write to it.")
                }
            }
        }
        throw Self.unreachable(name)
    }

    private func rewrite(
        _ work: OptimizeWork, _ layout: Layout, _ request: OptimizeRequest, _ base: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> (added: [AddFile], staged: [StagedFile]) {
        var new = NewFiles(
            schema: base.metadata.schema, partitionColumns: base.metadata.partitionColumns,
            indexing: base.metadata.statisticsColumns)
        guard let tag = layout.tag else {
            return try await rewritten(
                work.parts.flatMap { $0 }, of: base, in: table, fileSize: request.targetSize)
        }
        var added: [AddFile] = []
        var all: [StagedFile] = []
        for part in work.parts {
            let staged = try await sorted(part, layout, request, base, in: table)
            all += staged
            new.tags = [AddFile.orderTag: tag].merging(part.first?.partitionTags ?? [:]) { $1 }
            new.partition = part.first?.partitionValues
            added += try await addFiles(staged, new, in: table)
        }
        return (added, all)
    }

    /// Writes the rows of one partition in order.
    private func sorted(
        _ files: [AddFile], _ layout: Layout, _ request: OptimizeRequest, _ base: Snapshot, in table: TableFolder
    ) async throws(StoreError) -> [StagedFile] {
        let source = try await source(files, of: base, in: table)
        let columns = base.metadata.schema.fields.map(\.name)
        let bytes = files.reduce(0) { $0 + $1.size }
        let writer = DataFileWriter(
            folder: objects.location(of: table.path), partitionColumns: [], fileSize: request.targetSize)
        let subfolder = Self.subfolder(of: files)
        return try await written(by: writer, from: [source.snapshot], in: table) { connection in
            let rows = source.snapshot.scanSQL
            let (select, order) = try layout.sorting(rows, on: connection)
            return try writer.write(
                select, columns: columns, sortedBy: order, bytes: bytes, in: subfolder, number: 0, on: connection)
        }
    }

    /// The folder in the table's where the files of a partition are; empty for the table's own.
    private static func subfolder(of files: [AddFile]) -> String {
        for file in files {
            let path = DataPath.canonical(file.path)
            guard !path.hasPrefix("/"), !path.contains("://"), !DataPath.leavesTable(file.path),
                let end = path.lastIndex(of: "/")
            else { continue }
            return String(path[..<end])
        }
        return ""
    }

    /// An optimized table must have the rows that it had: a last look before the old files go.
    private func verifyRows(
        of added: [AddFile], _ removed: [AddFile], in table: TableFolder
    ) throws(StoreError) {
        var before = 0
        for file in removed {
            guard let rows = FileStatistics.rows(in: file.statistics) else { return }
            before += rows - (file.deletionVector?.cardinality ?? 0)
        }
        let after = added.reduce(0) { $0 + (FileStatistics.rows(in: $1.statistics) ?? 0) }
        guard before == after else {
            throw StoreError(
                .missingFile, dataset: table.name,
                message: "\(table.name): nothing was optimized, because the files have \(after) rows where the log "
                    + "promises \(before)", hint: "A file of the table was changed, or its log is wrong.")
        }
    }
}

/// Which files of a table are to be rewritten.
struct OptimizeWork {
    /// Files that are rewritten, by partition.
    var parts: [[AddFile]] = []

    var isEmpty: Bool { parts.isEmpty }

    init(files: LiveFiles, _ metadata: Metadata, _ request: OptimizeRequest, _ layout: Layout) {
        if let tag = layout.tag {
            // Rows are in order when all files of their partition are.
            parts = FileGroups.byPartition(Array(files), metadata.partitionColumns).filter { part in
                !part.allSatisfy { ($0.tags[AddFile.orderTag] ?? nil) == tag }
            }
            return
        }
        let small = files.filter { $0.size < request.targetSize / 4 * 3 || $0.deletionVector != nil }
        for partition in FileGroups.byPartition(small, metadata.partitionColumns) {
            // Without partitions DuckDB splits what it writes, and the neighbours need not fit into one file.
            let bins =
                metadata.partitionColumns.isEmpty
                ? [partition] : FileGroups.bins(of: partition, fileSize: request.targetSize)
            parts += bins.filter { $0.count > 1 || $0.contains { $0.deletionVector != nil } }
        }
    }
}

/// The order that a table's rows are laid in.
struct Layout: Sendable {
    private let order: OptimizeRequest.Order
    /// The columns as the table writes them.
    private let columns: [String]
    /// What marks files whose rows are in this order; nil for none.
    let tag: String?

    /// - Throws: `noSuchColumn`.
    init(_ order: OptimizeRequest.Order, of snapshot: Snapshot, name: DatasetName) throws(StoreError) {
        self.order = order
        switch order {
        case .none:
            columns = []
            tag = nil
        case .sort(let names):
            columns = try Self.columns(names, of: snapshot, name)
            tag = "sort(\(columns.joined(separator: ",")))"
        case .zOrder(let names):
            columns = try Self.columns(names, of: snapshot, name)
            tag = "zorder(\(columns.joined(separator: ",")))"
            guard columns.count <= ZOrder.mostColumns else {
                throw StoreError(
                    .noSuchColumn, dataset: name,
                    message: "\(name): Z-order takes at most \(ZOrder.mostColumns) columns, not \(columns.count)")
            }
        }
    }

    private static func columns(
        _ names: [String], of snapshot: Snapshot, _ dataset: DatasetName
    ) throws(StoreError) -> [String] {
        var columns: [String] = []
        for name in names {
            guard let field = snapshot.metadata.schema[name] else {
                throw StoreError(.noSuchColumn, dataset: dataset, message: "\(dataset): there is no column \(name)")
            }
            guard field.type.isPrimitive else {
                throw StoreError(
                    .noSuchColumn, dataset: dataset,
                    message: "\(dataset): rows cannot be ordered by \(field.name), which has parts")
            }
            guard !snapshot.metadata.partitionColumns.contains(field.name) else {
                throw StoreError(
                    .noSuchColumn, dataset: dataset,
                    message: "\(dataset): the table is partitioned by \(field.name), so that rows need not be ordered "
                        + "by it")
            }
            columns.append(field.name)
        }
        guard !columns.isEmpty else {
            throw StoreError(.noSuchColumn, dataset: dataset, message: "\(dataset): there is no column to order by")
        }
        return columns
    }

    var operation: Operation {
        switch order {
        case .none: .optimize()
        case .sort: .optimize(sortBy: columns)
        case .zOrder: .optimize(zOrderBy: columns)
        }
    }

    /// A SELECT of the rows with what to sort them by, and the SQL to sort them by.
    func sorting(_ rows: String, on connection: Connection) throws -> (select: String, order: String) {
        if case .zOrder = order { return try ZOrder(columns: columns).ranked(rows, on: connection) }
        return (rows, columns.map { "\(SQL.quoted($0)) NULLS FIRST" }.joined(separator: ", "))
    }
}
