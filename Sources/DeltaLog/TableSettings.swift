/// Which properties of tables can be set here, and to what.
private enum PropertyKind {
    case flag, count, positive, interval, text
    case oneOf([String])

    func accepts(_ value: String) -> Bool {
        switch self {
        case .flag: ["true", "false"].contains(value.lowercased())
        case .count: Int(value).map { $0 >= -1 } ?? false
        case .positive: Int(value).map { $0 > 0 } ?? false
        case .interval: Metadata.milliseconds(interval: value) != nil
        case .text: !value.isEmpty
        case .oneOf(let values): values.contains { $0.lowercased() == value.lowercased() }
        }
    }

    var expectation: String {
        switch self {
        case .flag: "true or false"
        case .count: "a number, or -1 for all"
        case .positive: "a number greater than 0"
        case .interval: "an interval such as 'interval 7 days'"
        case .text: "a value"
        case .oneOf(let values): values.joined(separator: " or ")
        }
    }
}

extension Metadata {
    private static let properties: [String: PropertyKind] = [
        "delta.appendOnly": .flag,
        "delta.autoOptimize.autoCompact": .text,
        "delta.autoOptimize.optimizeWrite": .flag,
        "delta.checkpoint.writeStatsAsJson": .flag,
        "delta.checkpoint.writeStatsAsStruct": .flag,
        "delta.checkpointInterval": .positive,
        "delta.checkpointPolicy": .oneOf(["classic"]),
        "delta.checkpointRetentionDuration": .interval,
        "delta.columnMapping.mode": .oneOf(["none"]),
        "delta.dataSkippingNumIndexedCols": .count,
        "delta.dataSkippingStatsColumns": .text,
        "delta.deletedFileRetentionDuration": .interval,
        "delta.enableChangeDataFeed": .oneOf(["false"]),
        "delta.enableDeletionVectors": .oneOf(["false"]),
        "delta.enableExpiredLogCleanup": .flag,
        "delta.enableInCommitTimestamps": .flag,
        "delta.enableRowTracking": .oneOf(["false"]),
        "delta.enableTypeWidening": .flag,
        "delta.isolationLevel": .oneOf(["Serializable", "WriteSerializable"]),
        "delta.logRetentionDuration": .interval,
        "delta.parquet.compression.codec": .text,
        "delta.randomizeFilePrefixes": .flag,
        "delta.setTransactionRetentionDuration": .interval,
        "delta.targetFileSize": .text,
    ]

    /// Sets properties, and unsets those whose value is nil. Properties that do not begin with `delta.` are free.
    ///
    /// - Throws: `unsupportedSetting` for a property of Delta that is not known here, or that would need a feature which
    ///   cannot be written.
    mutating func set(_ properties: [String: String?]) throws(DeltaLogError) {
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            if name.lowercased().hasPrefix("delta.") {
                guard let kind = Self.properties[name] else {
                    throw DeltaLogError(.unsupportedSetting, "the property \(name) of a table cannot be set here")
                }
                if let value, !kind.accepts(value) {
                    throw DeltaLogError(
                        .unsupportedSetting, "the property \(name) must be \(kind.expectation), not '\(value)'")
                }
            }
            configuration[name] = value
        }
    }
}
