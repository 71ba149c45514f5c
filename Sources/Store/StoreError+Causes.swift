import DeltaLog
import ObjectStore
import Project

extension StoreError {
    /// What a person makes of an error in the log, which is in `folder`.
    init(_ error: DeltaLogError, dataset: DatasetName?, folder: String? = nil) {
        let code: Code
        var hint: String?
        switch error.code {
        case .corrupt:
            code = .corruptLog
            hint =
                "Restore the file from a copy; if there is none, move the table's folder away and run the step again."
        case .gap:
            code = .gap
            hint =
                "Restore the missing file from a copy; if there is none, move the table's folder away and run the step again."
        case .noSuchVersion: code = .noSuchVersion
        case .expired: code = .expiredVersion
        case .unsupportedFeatures:
            code = .newerProtocol
            hint = "Another tool has switched this on. Use a newer Millrace, or write the table anew without it."
        case .unsupportedType: code = .unsupportedType
        case .schemaMismatch: code = .schemaMismatch
        case .appendOnly:
            code = .schemaMismatch
            hint = "Use mode append, or take the setting off the table."
        default: code = .corruptLog
        }
        self.init(
            code, dataset: dataset, path: error.file.map { file in folder.map { "\($0)/\(file)" } ?? file } ?? folder,
            line: error.line, features: error.features, message: Self.named(dataset, error.message), hint: hint)
    }

    init(_ error: ObjectStoreError, dataset: DatasetName?) {
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
        default: code = .inputOutput
        }
        self.init(code, dataset: dataset, path: error.path, message: Self.named(dataset, error.message), hint: hint)
    }

    static func named(_ dataset: DatasetName?, _ message: String) -> String {
        dataset.map { "\($0): \(message)" } ?? message
    }
}
