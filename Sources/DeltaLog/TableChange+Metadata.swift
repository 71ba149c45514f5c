extension TableChange {
    /// The table's metadata after the change.
    ///
    /// - Throws: `schemaMismatch` when columns or partitioning do not fit, `unsupportedSetting`.
    func metadata(after snapshot: Snapshot) throws(DeltaLogError) -> Metadata {
        let table = snapshot.metadata
        var metadata = table
        switch kind {
        case .replace:
            metadata.partitionColumns = partitionColumns ?? table.partitionColumns
            if let schema {
                metadata.schema =
                    if schemaPolicy == nil {
                        schema.keepingMetadata(of: table.schema)
                    } else {
                        try evolved(table, with: schema, isComplete: true)
                    }
            }
            // No file of a former type stays.
            metadata.schema.forgetWidening()
            metadata.description = description
        case .append, .appendTo, .rewrite:
            if let schema { metadata.schema = try evolved(table, with: schema, isComplete: false) }
            metadata.description = description ?? table.description
        case .restore(let target):
            metadata.schema = target.metadata.schema
            metadata.partitionColumns = target.metadata.partitionColumns
        case .settings:
            metadata.description = description ?? table.description
        }
        try metadata.set(properties)
        try metadata.comment(comments)
        if metadata.schema != table.schema || metadata.partitionColumns != table.partitionColumns {
            try metadata.validate()
        }
        return metadata
    }

    /// The table's columns with what the policy lets the new ones change.
    private func evolved(
        _ table: Metadata, with schema: DeltaSchema, isComplete: Bool
    ) throws(DeltaLogError) -> DeltaSchema {
        if let partitionColumns, partitionColumns != table.partitionColumns {
            throw DeltaLogError(
                .schemaMismatch,
                "the table is partitioned by (\(table.partitionColumns.joined(separator: ", "))), the new rows by "
                    + "(\(partitionColumns.joined(separator: ", ")))")
        }
        let change: SchemaChange
        do {
            change = try SchemaEvolution.merge(table: table.schema, new: schema, policy: schemaPolicy ?? .fixed)
        } catch {
            throw DeltaLogError(.schemaMismatch, error.description)
        }
        if isComplete, let column = change.missing.first {
            throw DeltaLogError(
                .schemaMismatch,
                "the column \(column) is missing in the new rows, which the policy "
                    + "\((schemaPolicy ?? .fixed).rawValue) does not allow")
        }
        if let cast = change.casts.first {
            throw DeltaLogError(
                .schemaMismatch,
                "the column \(cast.name) is \(cast.to.duckDBType.text) in the table, and was staged as "
                    + "\(cast.from.duckDBType.text)")
        }
        for column in change.widened where table.partitionColumns.contains(column.name) {
            throw DeltaLogError(
                .schemaMismatch,
                "the column \(column.name) is \(column.from.duckDBType.text) in the table and "
                    + "\(column.to.duckDBType.text) in the new rows; a column that the table is partitioned by keeps "
                    + "its type")
        }
        for path in change.notNull where !hasNoNulls(in: path, table) {
            throw DeltaLogError(
                .schemaMismatch,
                "the column \(path.joined(separator: ".")) may not be NULL in the table, but may be in the new rows")
        }
        return change.schema
    }

    /// Whether the new files' statistics or partition values say that a column is never NULL.
    private func hasNoNulls(in path: [String], _ table: Metadata) -> Bool {
        if path.count == 1, table.partitionColumns.contains(path[0]) {
            return files.allSatisfy { ($0.partitionValues[path[0]] ?? nil) != nil }
        }
        return files.allSatisfy { file in
            guard let text = file.statistics, let json = try? JSONValue(parsing: text) else { return false }
            var value = json.object?["nullCount"]
            for name in path { value = value?.object?[name] }
            return value?.int == 0
        }
    }
}

extension Metadata {
    /// Sets the descriptions of columns.
    ///
    /// - Throws: `schemaMismatch` for a column that is not there.
    mutating func comment(_ comments: [String: String?]) throws(DeltaLogError) {
        for (column, comment) in comments.sorted(by: { $0.key < $1.key }) {
            guard let index = schema.fields.firstIndex(where: { $0.name.lowercased() == column.lowercased() }) else {
                throw DeltaLogError(.schemaMismatch, "the table has no column \(column) that could be described")
            }
            schema.fields[index].metadata["comment"] = comment.map(JSONValue.string)
        }
    }

    /// - Throws: `schemaMismatch` when columns and partitioning make no table.
    func validate() throws(DeltaLogError) {
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
    }
}

extension DeltaSchema {
    /// These columns, with the metadata that other tools gave to columns of the same name and type. The rows that a
    /// former column held are gone, and with them what only they obliged to.
    fileprivate func keepingMetadata(of old: DeltaSchema) -> DeltaSchema {
        DeltaSchema(
            fields: fields.map { field in
                guard let previous = old.fields.first(where: { $0.name == field.name }),
                    previous.type.shape == field.type.shape
                else { return field }
                var kept = field
                kept.metadata = previous.metadata
                kept.metadata["comment"] = field.metadata["comment"]
                return kept
            })
    }
}
