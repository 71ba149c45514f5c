/// A named part of the protocol that writers, and perhaps readers too, must understand.
private struct TableFeature {
    var name: String
    var concernsReaders: Bool
}

extension Metadata {
    /// The features that the columns and settings of the table need, beyond those of writer version 2.
    fileprivate var features: [TableFeature] {
        var features: [TableFeature] = []
        if schema.containsTimestampNTZ { features.append(TableFeature(name: "timestampNtz", concernsReaders: true)) }
        if schema.wasWidened || isSet("delta.enableTypeWidening") {
            features.append(TableFeature(name: "typeWidening", concernsReaders: true))
        }
        if isSet("delta.enableInCommitTimestamps") {
            features.append(TableFeature(name: "inCommitTimestamp", concernsReaders: false))
        }
        return features
    }

    /// Whether a setting is `true`.
    func isSet(_ property: String) -> Bool { configuration[property]?.lowercased() == "true" }
}

extension ProtocolVersion {
    /// The lowest versions that a table needs.
    ///
    /// - Parameter domains: whether it has metadata of domains.
    package static func needed(for metadata: Metadata, domains: Bool = false) -> ProtocolVersion {
        let plain = ProtocolVersion(minReaderVersion: 1, minWriterVersion: 2)
        guard domains || !metadata.features.isEmpty else { return plain }
        // Nothing was ever allowed by this table's protocol, so that nothing is implied.
        let fresh = ProtocolVersion(minReaderVersion: 1, minWriterVersion: 7, writerFeatures: [])
        return fresh.upgraded(for: metadata, domains: domains) ?? fresh
    }

    /// This version with what the table needs; nil when nothing is missing. A table never goes back, and one that
    /// moves to named features names those that its old version implied.
    package func upgraded(for metadata: Metadata, domains: Bool = false) -> ProtocolVersion? {
        var features = metadata.features
        if domains { features.append(TableFeature(name: "domainMetadata", concernsReaders: false)) }
        if metadata.isSet("delta.appendOnly"), features.isEmpty, minWriterVersion < 2 {
            var upgraded = self
            upgraded.minWriterVersion = 2
            return upgraded
        }
        // Of writer version 2 on it is implied, until features are named.
        if metadata.isSet("delta.appendOnly"), !features.isEmpty || minWriterVersion >= 7 {
            features.append(TableFeature(name: "appendOnly", concernsReaders: false))
        }

        var upgraded = self
        for feature in features where !supports(feature) {
            upgraded.minWriterVersion = 7
            upgraded.writerFeatures = Self.adding(feature.name, to: upgraded.writerFeatures ?? impliedForWriters)
            guard feature.concernsReaders else { continue }
            upgraded.minReaderVersion = 3
            upgraded.readerFeatures = Self.adding(feature.name, to: upgraded.readerFeatures ?? impliedForReaders)
        }
        return upgraded == self ? nil : upgraded
    }

    private func supports(_ feature: TableFeature) -> Bool {
        func names(_ list: [String]?) -> Bool {
            list?.contains { $0 == feature.name || $0 == feature.name + "-preview" } ?? false
        }
        guard names(writerFeatures ?? impliedForWriters) else { return false }
        return !feature.concernsReaders || names(readerFeatures ?? impliedForReaders)
    }

    private static func adding(_ feature: String, to features: [String]) -> [String] {
        features.contains(feature) ? features : features + [feature]
    }

    /// What the version allows without naming it.
    private var impliedForWriters: [String] {
        let since: [(version: Int, feature: String)] = [
            (2, "appendOnly"), (2, "invariants"), (3, "checkConstraints"), (4, "changeDataFeed"),
            (4, "generatedColumns"), (5, "columnMapping"), (6, "identityColumns"),
        ]
        return minWriterVersion < 7 ? since.filter { $0.version <= minWriterVersion }.map(\.feature) : []
    }

    private var impliedForReaders: [String] { minReaderVersion == 2 ? ["columnMapping"] : [] }
}
