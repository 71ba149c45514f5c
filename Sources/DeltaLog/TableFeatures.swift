/// Which tables can be read and written here, by the features that they need.
extension Snapshot {
    /// Features that a table may name in its readers' list.
    static let readable: Set<String> = ["timestampNtz"]
    /// Features that a table may name in its writers' list.
    static let writable: Set<String> = ["timestampNtz", "appendOnly", "invariants"]

    /// - Throws: `unsupportedFeatures`, naming those that reading the table needs.
    package func checkReadable() throws(DeltaLogError) {
        let needed: [String] =
            switch protocolVersion.minReaderVersion {
            case ...1: []
            // Version 2 is column mapping, which a table may leave switched off.
            case 2: usesColumnMapping ? ["columnMapping"] : []
            case 3: (protocolVersion.readerFeatures ?? []).filter { !Self.readable.contains($0) }
            default: ["readerVersion \(protocolVersion.minReaderVersion)"]
            }
        try refuse(needed, to: "read")
        if files.contains(where: { $0.deletionVector != nil }) { try refuse(["deletionVectors"], to: "read") }
        guard metadata.provider == "parquet" else {
            throw DeltaLogError(
                .unsupportedFeatures, "the table's files are \(metadata.provider)", features: [metadata.provider])
        }
    }

    /// - Throws: `unsupportedFeatures`, naming those that writing the table needs.
    package func checkWritable() throws(DeltaLogError) {
        try checkReadable()
        let implied = ["checkConstraints", "changeDataFeed", "generatedColumns", "columnMapping", "identityColumns"]
        var needed: [String] =
            switch protocolVersion.minWriterVersion {
            case ...2: []
            case 3: Array(implied.prefix(1))
            case 4: Array(implied.prefix(3))
            case 5: Array(implied.prefix(4))
            case 6: implied
            case 7: (protocolVersion.writerFeatures ?? []).filter { !Self.writable.contains($0) }
            default: ["writerVersion \(protocolVersion.minWriterVersion)"]
            }
        if metadata.schema.fields.contains(where: { $0.hasInvariant }) { needed.append("invariants") }
        try refuse(needed, to: "write")
    }

    /// Whether the table allows nothing but appending.
    package var isAppendOnly: Bool { metadata.configuration["delta.appendOnly"]?.lowercased() == "true" }

    private var usesColumnMapping: Bool {
        (metadata.configuration["delta.columnMapping.mode"] ?? "none") != "none"
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

extension DeltaField {
    /// Whether the field, or one nested in it, has a condition that writers must enforce.
    fileprivate var hasInvariant: Bool {
        if metadata["delta.invariants"] != nil { return true }
        return type.fields.contains { $0.hasInvariant }
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

extension ProtocolVersion {
    /// The lowest versions that a table of these columns needs.
    package static func needed(for schema: DeltaSchema) -> ProtocolVersion {
        schema.containsTimestampNTZ
            ? ProtocolVersion(
                minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ["timestampNtz"],
                writerFeatures: ["timestampNtz"])
            : ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2)
    }

    /// This version with what the columns need; nil when nothing is missing. A table never goes back, and one that
    /// moves to named features names those that its old version implied.
    package func upgraded(for schema: DeltaSchema) -> ProtocolVersion? {
        guard schema.containsTimestampNTZ else { return nil }
        let feature = "timestampNtz"
        var upgraded = self
        upgraded.minReaderVersion = max(minReaderVersion, 3)
        upgraded.minWriterVersion = max(minWriterVersion, 7)
        var reader = readerFeatures ?? []
        if !reader.contains(feature) { reader.append(feature) }
        upgraded.readerFeatures = reader
        var writer = writerFeatures ?? (minWriterVersion >= 2 ? ["appendOnly", "invariants"] : [])
        if !writer.contains(feature) { writer.append(feature) }
        upgraded.writerFeatures = writer
        return upgraded == self ? nil : upgraded
    }
}
