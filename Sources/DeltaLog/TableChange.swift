/// What a writer wants a commit to do. From it and the state before, the commit follows.
package struct TableChange: Sendable {
    package enum Mode: Sendable {
        /// The table consists of the new files.
        case replace
        /// The table consists of the new files and of those given here: the live files of the version that is appended
        /// to.
        case append(to: [AddFile])
    }

    package var mode: Mode
    package var schema: DeltaSchema
    package var partitionColumns: [String]
    package var files: [AddFile]
    /// The table's description; nil leaves it as it is when appending.
    package var description: String?
    /// Members for `commitInfo` beside those that every commit has.
    package var extraInfo: JSONObject
    /// Numbers for `operationMetrics` beside those counted here.
    package var metrics: [String: Int]
    /// The program that commits: `Millrace/1.2.3`.
    package var engine: String

    package init(
        mode: Mode, schema: DeltaSchema, partitionColumns: [String], files: [AddFile], description: String?,
        extraInfo: JSONObject, metrics: [String: Int], engine: String
    ) {
        self.mode = mode
        self.schema = schema
        self.partitionColumns = partitionColumns
        self.files = files
        self.description = description
        self.extraInfo = extraInfo
        self.metrics = metrics
        self.engine = engine
    }

    /// The commit that makes the table.
    ///
    /// - Parameters:
    ///   - name: the table's name.
    ///   - id: the new table's identity.
    ///   - time: in milliseconds since 1970.
    /// - Returns: the commit of version 0.
    /// - Throws: `schemaMismatch` when columns, partitioning and files do not fit together.
    package func creation(name: String, id: String, time: Int) throws(DeltaLogError) -> Commit {
        try validate()
        let metadata = Metadata(
            id: id, name: name, description: description, schema: schema, partitionColumns: partitionColumns,
            createdTime: time)
        let actions: [Action] =
            [
                info(time: time, readVersion: nil, removed: [], isBlindAppend: true),
                .protocolVersion(.needed(for: schema)), .metadata(metadata),
            ] + files.map(Action.add)
        return Commit(actions: actions)
    }

    /// The commit that follows a version.
    ///
    /// - Parameters:
    ///   - snapshot: the version.
    ///   - time: in milliseconds since 1970.
    /// - Returns: the commit of the next version.
    /// - Throws: `unsupportedFeatures`, `appendOnly`, or `schemaMismatch` when appended files do not fit the table.
    package func commit(after snapshot: Snapshot, time: Int) throws(DeltaLogError) -> Commit {
        try validate()
        try snapshot.checkWritable()
        let live = snapshot.files
        let kept: [AddFile]
        let schema: DeltaSchema
        switch mode {
        case .replace:
            kept = []
            schema = Self.keepingMetadata(self.schema, of: snapshot.metadata.schema)
        case .append(let files):
            kept = files
            schema = try extended(snapshot.metadata)
        }
        let livePaths = Set(live.map { DataPath.canonical($0.path) })
        for file in files where livePaths.contains(DataPath.canonical(file.path)) {
            throw DeltaLogError(.schemaMismatch, "the file \(file.path) is part of the table already")
        }
        let keptPaths = Set(kept.map { DataPath.canonical($0.path) })
        let removed = live.filter { !keptPaths.contains(DataPath.canonical($0.path)) }
        if snapshot.isAppendOnly, !removed.isEmpty {
            throw DeltaLogError(.appendOnly, "the table has delta.appendOnly=true, so that nothing can be taken out")
        }
        var restored = kept.filter { !livePaths.contains(DataPath.canonical($0.path)) }
        for index in restored.indices { restored[index].dataChange = true }

        let isAppend = if case .append = mode { true } else { false }
        var actions: [Action] = [
            info(
                time: time, readVersion: snapshot.version, removed: removed,
                isBlindAppend: isAppend && removed.isEmpty && restored.isEmpty)
        ]
        if let upgraded = snapshot.protocolVersion.upgraded(for: schema) { actions.append(.protocolVersion(upgraded)) }
        var metadata = snapshot.metadata
        metadata.schema = schema
        metadata.partitionColumns = partitionColumns
        if description != nil || !isAppend { metadata.description = description }
        if metadata != snapshot.metadata { actions.append(.metadata(metadata)) }
        actions += removed.map { .remove(RemoveFile(of: $0, at: time)) }
        actions += (restored + files).map(Action.add)
        return Commit(actions: actions)
    }

    private func info(time: Int, readVersion: Int?, removed: [AddFile], isBlindAppend: Bool) -> Action {
        var metrics = metrics
        metrics["numFiles"] = files.count
        metrics["numOutputBytes"] = files.reduce(0) { $0 + $1.size }
        metrics["numOutputRows"] = files.reduce(0) { $0 + (FileStatistics.rows(in: $1.statistics) ?? 0) }
        metrics["numRemovedFiles"] = removed.count
        let removedRows = removed.map { FileStatistics.rows(in: $0.statistics) }
        if !removedRows.contains(nil) { metrics["numDeletedRows"] = removedRows.reduce(0) { $0 + ($1 ?? 0) } }

        let mode = if case .append = mode { "Append" } else { "Overwrite" }
        let partitioning = JSONValue.array(partitionColumns.map(JSONValue.string)).serialized
        var info: JSONObject = [
            "timestamp": .int(time), "operation": .string("WRITE"),
            "operationParameters": .object(["mode": .string(mode), "partitionBy": .string(partitioning)]),
        ]
        info.add("readVersion", readVersion.map(JSONValue.int))
        info.add("isolationLevel", .string("Serializable"))
        info.add("isBlindAppend", .bool(isBlindAppend))
        info.add("operationMetrics", .object(JSONObject(map: metrics.mapValues(String.init))))
        info.add("engineInfo", .string(engine))
        info.members += extraInfo.members
        return .commitInfo(info)
    }

    private func validate() throws(DeltaLogError) {
        guard !schema.fields.isEmpty else { throw DeltaLogError(.schemaMismatch, "a table needs at least one column") }
        var names: Set<String> = []
        for field in schema.fields where !names.insert(field.name.lowercased()).inserted {
            throw DeltaLogError(
                .schemaMismatch, "two columns are named \(field.name); names that differ only in case count as equal")
        }
        for column in partitionColumns {
            guard let field = schema.fields.first(where: { $0.name == column }) else {
                throw DeltaLogError(.schemaMismatch, "the partition column \(column) is no column of the table")
            }
            guard PartitionValue.canPartition(by: field.type) else {
                throw DeltaLogError(
                    .schemaMismatch, "a column of type \(field.type.name) cannot partition a table: \(column)")
            }
        }
        guard partitionColumns.count < schema.fields.count else {
            throw DeltaLogError(.schemaMismatch, "a table needs a column that it is not partitioned by")
        }
        var paths: Set<String> = []
        for file in files where !paths.insert(DataPath.canonical(file.path)).inserted {
            throw DeltaLogError(.schemaMismatch, "the file \(file.path) is named twice")
        }
    }

    /// The table's columns followed by those that are new.
    private func extended(_ metadata: Metadata) throws(DeltaLogError) -> DeltaSchema {
        guard partitionColumns == metadata.partitionColumns else {
            throw DeltaLogError(
                .schemaMismatch,
                "the table is partitioned by (\(metadata.partitionColumns.joined(separator: ", "))), what is appended "
                    + "by (\(partitionColumns.joined(separator: ", ")))")
        }
        var fields = metadata.schema.fields
        for field in schema.fields {
            guard let index = fields.firstIndex(where: { $0.name.lowercased() == field.name.lowercased() }) else {
                fields.append(field)
                continue
            }
            guard fields[index].name == field.name else {
                throw DeltaLogError(
                    .schemaMismatch, "the column \(field.name) is written \(fields[index].name) in the table")
            }
            guard fields[index].type.shape == field.type.shape else {
                throw DeltaLogError(
                    .schemaMismatch,
                    "the column \(field.name) is \(fields[index].type.duckDBType.text) in the table and "
                        + "\(field.type.duckDBType.text) in what is appended")
            }
            if let comment = field.metadata["comment"] { fields[index].metadata["comment"] = comment }
        }
        for field in fields where !field.nullable && !hasNoNulls(in: field.name) {
            throw DeltaLogError(
                .schemaMismatch, "the column \(field.name) may not be NULL in the table, but may be in what is appended"
            )
        }
        return DeltaSchema(fields: fields)
    }

    private func hasNoNulls(in column: String) -> Bool {
        files.allSatisfy { file in
            guard let text = file.statistics, let json = try? JSONValue(parsing: text) else { return false }
            return json.object?["nullCount"]?.object?[column]?.int == 0
        }
    }

    /// The new columns, with the metadata that other tools gave to columns of the same name and type.
    private static func keepingMetadata(_ new: DeltaSchema, of old: DeltaSchema) -> DeltaSchema {
        DeltaSchema(
            fields: new.fields.map { field in
                guard var previous = old.fields.first(where: { $0.name == field.name }),
                    previous.type.shape == field.type.shape
                else { return field }
                previous.nullable = previous.nullable || field.nullable
                previous.metadata["comment"] = field.metadata["comment"]
                return previous
            })
    }
}
