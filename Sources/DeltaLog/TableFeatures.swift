/// Which tables can be read and written here, by the features that they need.
extension Snapshot {
    /// Features that a table may name in its readers' list. Writers name `variantType` before there is a column of that
    /// type; a schema that has one is refused where it is read.
    private static let readable: Set<String> = [
        "columnMapping", "deletionVectors", "timestampNtz", "typeWidening", "typeWidening-preview",
        "v2Checkpoint",
        "vacuumProtocolCheck", "variantShredding", "variantShredding-preview", "variantType",
        "variantType-preview",
    ]

    /// Features that concern only writers. No table has a reason to name them to readers.
    private static let writerOnly: Set<String> = [
        "allowColumnDefaults", "appendOnly", "changeDataFeed", "checkConstraints", "clustering",
        "domainMetadata",
        "generatedColumns", "icebergCompatV1", "icebergCompatV2", "identityColumns",
        "inCommitTimestamp", "invariants",
        "rowTracking",
    ]

    /// What writer versions before the named features stand for, each in the version of its place.
    private static let legacy: [[String]] = [
        [], [], ["appendOnly", "invariants"], ["checkConstraints"],
        ["changeDataFeed", "generatedColumns"],
        ["columnMapping"], ["identityColumns"],
    ]

    /// - Throws: `unsupportedFeatures`, naming those that reading the table needs.
    package func checkReadable() throws(DeltaLogError) {
        let needed: [String] =
            switch protocolVersion.minReaderVersion {
            case ...2: []
            case 3:
                (protocolVersion.readerFeatures ?? []).filter {
                    !Self.readable.contains($0) && !Self.writerOnly.contains($0)
                }
            default: ["readerVersion \(protocolVersion.minReaderVersion)"]
            }
        try refuse(needed, to: "read")
        if metadata.columnMapping == nil {
            let mode = metadata.configuration["delta.columnMapping.mode"] ?? ""
            throw DeltaLogError(
                .unsupportedFeatures,
                "the table maps its columns in the mode '\(mode)', which is not known",
                features: ["columnMapping"])
        }
        guard metadata.provider == "parquet" else {
            throw DeltaLogError(
                .unsupportedFeatures, "the table's files are \(metadata.provider)",
                features: [metadata.provider])
        }
    }

    /// - Throws: `unsupportedFeatures`, naming those that writing the table needs.
    package func checkWritable() throws(DeltaLogError) {
        try checkReadable()
        let named: [String] =
            switch protocolVersion.minWriterVersion {
            case ...6: Self.legacy.prefix(max(0, protocolVersion.minWriterVersion) + 1).flatMap { $0 }
            case 7: protocolVersion.writerFeatures ?? []
            default: ["writerVersion \(protocolVersion.minWriterVersion)"]
            }
        var needed = named.filter { !isWritable($0) }
        // What is in the schema binds writers even where the protocol does not mention it.
        for feature in ["invariants", "generatedColumns", "identityColumns"]
        where !needed.contains(feature) && !isWritable(feature) {
            needed.append(feature)
        }
        try refuse(needed, to: "write")
    }

    /// Whether writers here do what the feature asks of them for this table. Of many features a table makes no use.
    private func isWritable(_ feature: String) -> Bool {
        switch feature {
        case "appendOnly", "domainMetadata", "inCommitTimestamp", "timestampNtz", "typeWidening",
            "typeWidening-preview", "v2Checkpoint", "vacuumProtocolCheck":
            true
        case "invariants": !metadata.schema.hasFieldMetadata("delta.invariants")
        case "checkConstraints":
            !metadata.configuration.keys.contains { $0.lowercased().hasPrefix("delta.constraints.") }
        case "changeDataFeed": !isSet("delta.enableChangeDataFeed")
        case "generatedColumns": !metadata.schema.hasFieldMetadata("delta.generationExpression")
        case "allowColumnDefaults": !metadata.schema.hasFieldMetadata("CURRENT_DEFAULT")
        case "identityColumns": !metadata.schema.hasFieldMetadata("delta.identity.start")
        case "columnMapping": metadata.columnMapping == ColumnMappingMode.none
        case "deletionVectors": !files.hasDeletionVectors
        case "icebergCompatV1": !isSet("delta.enableIcebergCompatV1")
        case "icebergCompatV2": !isSet("delta.enableIcebergCompatV2")
        default: false
        }
    }

    /// Whether checkpoints may be written here: those of tables with the feature `v2Checkpoint` follow its rules.
    package var takesClassicCheckpoints: Bool {
        !(protocolVersion.writerFeatures ?? []).contains("v2Checkpoint")
            || metadata.configuration["delta.checkpointPolicy"]?.lowercased() != "v2"
    }

    /// Whether the table allows nothing but appending.
    package var isAppendOnly: Bool { isSet("delta.appendOnly") }

    private func isSet(_ property: String) -> Bool {
        metadata.configuration[property]?.lowercased() == "true"
    }

    private func refuse(_ features: [String], to verb: String) throws(DeltaLogError) {
        guard !features.isEmpty else { return }
        throw DeltaLogError(
            .unsupportedFeatures,
            "to \(verb) the table needs \(features.count == 1 ? "the feature" : "the features") "
                + features.joined(separator: ", "),
            features: features)
    }
}

extension DeltaSchema {
    /// Whether a column, or a field nested in one, has an entry of that name in its metadata.
    fileprivate func hasFieldMetadata(_ key: String) -> Bool {
        fields.contains {
            $0.metadata[key] != nil || DeltaSchema(fields: $0.type.fields).hasFieldMetadata(key)
        }
    }
}

extension DeltaType {
    /// The fields of a struct, or of the structs in an array or map.
    fileprivate var fields: [DeltaField] {
        switch self {
        case .structure(let fields): fields
        case .array(let element, _): element.fields
        case .map(let key, let value, _): key.fields + value.fields
        default: []
        }
    }
}
