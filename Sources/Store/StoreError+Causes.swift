import DeltaLog
package import ObjectStore
package import Project

extension StoreError {
    /// What a person makes of an error in the log, which is in `folder`.
    init(_ error: DeltaLogError, dataset: DatasetName?, folder: String? = nil) {
        self.init(error, dataset: dataset, folder: folder, wayOut: Self.restoreOrRemake)
    }

    /// What a person makes of an error in a table's log.
    init(_ error: DeltaLogError, in table: TableFolder) {
        self.init(
            error, dataset: table.name, folder: table.objects.location(of: table.log),
            wayOut: Self.wayOut(of: table))
    }

    private init(_ error: DeltaLogError, dataset: DatasetName?, folder: String?, wayOut: String) {
        let code: Code
        var hint: String?
        switch error.code {
        case .corrupt:
            code = .corruptLog
            hint = wayOut
        case .gap:
            code = .gap
            hint = wayOut
        case .noSuchVersion: code = .noSuchVersion
        case .expired:
            code = .expiredVersion
            hint =
                "Name a newer version: the log is cleaned up after delta.logRetentionDuration. A tag keeps a version."
        case .unsupportedFeatures:
            code = .newerProtocol
            hint = "Another tool has switched this on. Use a newer Millrace, or write the table anew without it."
        case .unsupportedType:
            code = .unsupportedType
            hint = "Use a newer Millrace, or write the table without the column, or with another type."
        case .appendOnly:
            code = .schemaMismatch
            hint = "Use mode append, or take the setting off the table."
        case .schemaMismatch, .unsupportedSetting, .invalidChange: code = .schemaMismatch
        case .staleTransaction: code = .conflict
        default: code = .corruptLog
        }
        self.init(
            code, dataset: dataset, path: error.file.map { file in folder.map { "\($0)/\(file)" } ?? file } ?? folder,
            line: error.line, features: error.features, message: Self.named(dataset, error.message), hint: hint)
    }

    package init(_ error: ObjectStoreError, dataset: DatasetName?) {
        let code: Code
        var hint: String?
        switch error.code {
        case .notFound: code = .missingFile
        case .permissionDenied, .readOnly:
            code = .permission
            hint = "Give this user the right to write there, or choose another folder for the store."
        case .noSpace:
            code = .noSpace
            hint = "Free some space, then run again; nothing was published."
        case .badCredentials:
            code = .permission
            hint = "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the store's profile."
        case .noSuchBucket:
            code = .inputOutput
            hint = "Make the bucket, or correct the store's url in millrace.yaml."
        case .unreachable, .timedOut, .busy:
            code = .inputOutput
            hint = "Check the store's endpoint and the network, then run again."
        case .cancelled: code = .cancelled
        default: code = .inputOutput
        }
        self.init(code, dataset: dataset, path: error.path, message: Self.named(dataset, error.message), hint: hint)
    }

    /// What to do about a damaged table.
    static func wayOut(of table: TableFolder) -> String {
        table.isForeign ? "Restore the file from a copy, or ask whoever writes the table." : restoreOrRemake
    }

    private static let restoreOrRemake =
        "Restore the file from a copy; if there is none, move the table's folder away and run the step again."

    static func named(_ dataset: DatasetName?, _ message: String) -> String {
        dataset.map { "\($0): \(message)" } ?? message
    }
}
