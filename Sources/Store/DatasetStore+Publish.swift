import DeltaLog
import FoundationEssentials
import ObjectStore
package import Project

extension DatasetStore {
    /// Makes staged files visible as one version, or not at all.
    ///
    /// The files must be complete and hold every column, also those that the table is partitioned by.
    ///
    /// - Returns: the new version.
    /// - Throws: `conflict` when the table has moved on since `basedOn`; `missingFile` when a staged file is not there or
    ///   not of the announced size; `schemaMismatch`, `unsupportedType`, `newerProtocol`. Nothing is published then.
    package func publish(_ publication: Publication) async throws(StoreError) -> PinnedVersion {
        let table = try TableFolder(publication.name)
        let current = try await state(of: table)
        try checkBase(publication, current)

        let time = now()
        let id = current?.metadata.id ?? UUID().uuidString.lowercased()
        let schema = try schema(of: publication)
        let change = TableChange(
            mode: try await mode(of: publication, current, in: table), schema: schema,
            partitionColumns: publication.partitionBy,
            files: try await addFiles(publication, schema, in: table), description: publication.description,
            extraInfo: JSONObject([(Provenance.member, try Provenance.json(publication.record, table: id))]),
            metrics: publication.metrics, engine: "Millrace/\(publication.record.millrace)")
        let commit: Commit
        do {
            commit =
                if let current {
                    try change.commit(after: current, time: time)
                } else {
                    try change.creation(name: publication.name.text, id: id, time: time)
                }
        } catch {
            throw StoreError(error, dataset: publication.name, folder: objects.location(of: table.path))
        }
        let version = (current?.version ?? -1) + 1
        do {
            try await objects.putIfAbsent(try table.file(LogFile.commit(version).name), commit.bytes)
        } catch let error as ObjectStoreError where error.code == .alreadyExists {
            throw conflict(publication, "another writer published version \(version) meanwhile")
        } catch let error as ObjectStoreError {
            throw StoreError(error, dataset: publication.name)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.inputOutput, dataset: publication.name, message: "\(publication.name): \(error)")
        }
        let interval = current?.metadata.checkpointInterval ?? 10
        if version > 0, version.isMultiple(of: interval) {
            // The version is published whether or not this works; the next one that is due tries again.
            try? await writeCheckpoint(of: publication.name, at: Version(version))
        }
        return PinnedVersion(version: Version(version), table: id)
    }

    /// Writes a checkpoint, from which later readers start instead of from the first commit.
    package func writeCheckpoint(of name: DatasetName, at version: Version) async throws(StoreError) {
        let table = try TableFolder(name)
        guard let state = try await state(of: table, at: version.number) else { return }
        let actions = state.checkpointActions(tombstonesSince: now() - state.metadata.deletedFileRetention)
        let path = try table.file(LogFile.checkpoint(version.number).name)
        let temporary = objects.temporaryLocation(for: path)
        do {
            try checkpoints.write(actions, to: temporary)
            try await objects.put(path, movingFile: temporary)
            let size = try await objects.head(path).size
            let hint = LastCheckpoint(
                version: version.number, size: actions.count, sizeInBytes: size, fileCount: state.files.count)
            try await objects.put(try table.file(LastCheckpoint.name), hint.bytes)
        } catch let error as ObjectStoreError {
            throw StoreError(error, dataset: name)
        } catch let error as StoreError {
            throw error
        } catch {
            await discard(files: [temporary])
            throw StoreError(
                .inputOutput, dataset: name, message: "\(name): the checkpoint cannot be written: \(error)")
        }
    }

    private func checkBase(_ publication: Publication, _ current: Snapshot?) throws(StoreError) {
        switch (publication.basedOn, current) {
        case (nil, nil): return
        case (nil, let current?):
            throw conflict(publication, "another writer made the table meanwhile, now at version \(current.version)")
        case (let base?, nil):
            throw conflict(publication, "the table, which was at version \(base.version), has been deleted meanwhile")
        case (let base?, let current?):
            guard base.table == current.metadata.id else {
                throw conflict(publication, "the table has been deleted and made anew meanwhile")
            }
            guard base.version.number == current.version else {
                throw conflict(
                    publication, "the table has moved on from version \(base.version) to \(current.version) meanwhile")
            }
        }
    }

    private func conflict(_ publication: Publication, _ reason: String) -> StoreError {
        StoreError(
            .conflict, dataset: publication.name,
            message: "\(publication.name): nothing was published, because \(reason)", hint: "Run the step again.")
    }

    private func mode(
        of publication: Publication, _ current: Snapshot?, in table: TableFolder
    ) async throws(StoreError) -> TableChange.Mode {
        guard publication.mode == .append, let current else { return .replace }
        guard let target = publication.appendTo, target.number != current.version else {
            return .append(to: current.files)
        }
        return .append(to: try await state(of: table, at: target.number)?.files ?? [])
    }

    private func schema(of publication: Publication) throws(StoreError) -> DeltaSchema {
        var fields: [DeltaField] = []
        for column in publication.columns {
            let type: DeltaType
            let cast: String?
            do {
                (type, cast) = try DeltaType.from(duckDB: column.duckDBType, column: column.name)
            } catch {
                throw StoreError(error, dataset: publication.name)
            }
            guard cast == nil else {
                throw StoreError(
                    .unsupportedType, dataset: publication.name,
                    message:
                        "\(publication.name): column \(column.name) was staged as \(column.duckDBType), which a Delta "
                        + "table has no type for; it must be \(cast ?? "")")
            }
            var metadata = JSONObject()
            metadata.add("comment", column.description.map(JSONValue.string))
            fields.append(DeltaField(name: column.name, type: type, metadata: metadata))
        }
        return DeltaSchema(fields: fields)
    }

    private func addFiles(
        _ publication: Publication, _ schema: DeltaSchema, in table: TableFolder
    ) async throws(StoreError) -> [AddFile] {
        let folder = objects.location(of: table.path) + "/"
        let partitioning = Set(publication.partitionBy)
        let digest = schema.digest
        var files: [AddFile] = []
        for staged in publication.files {
            let relative = staged.path.hasPrefix(folder) ? String(staged.path.dropFirst(folder.count)) : staged.path
            guard let path = table.path.appending(relative) else {
                throw StoreError(
                    .missingFile, dataset: publication.name, path: staged.path,
                    message: "\(publication.name): a staged file must be in the table's folder \(folder)")
            }
            let entry: ObjectEntry
            do {
                entry = try await objects.head(path)
                try await objects.synchronize(path)
            } catch {
                throw StoreError(error, dataset: publication.name)
            }
            guard entry.size == staged.size else {
                throw StoreError(
                    .missingFile, dataset: publication.name, path: staged.path,
                    message: "\(publication.name): a staged file has \(entry.size) bytes instead of \(staged.size)")
            }
            var values: [String: String?] = [:]
            for column in publication.partitionBy {
                guard let text = staged.partitionValues[column], let type = schema[column]?.type else {
                    throw StoreError(
                        .schemaMismatch, dataset: publication.name, path: staged.path,
                        message: "\(publication.name): a staged file has no value for the partition column \(column)")
                }
                values.updateValue(PartitionValue.serialized(text, type: type), forKey: column)
            }
            let statistics = FileStatistics(
                rows: staged.rows, columns: staged.columnStatistics, schema: schema, excluding: partitioning)
            files.append(
                AddFile(
                    path: DataPath.encoded(relative), partitionValues: values, size: staged.size,
                    modificationTime: entry.modified, statistics: JSONValue.object(statistics.json).serialized,
                    tags: [AddFile.columnsTag: digest]))
        }
        return files
    }
}
