package import Project

/// What went wrong with a store, in words for a person.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String
        private init(_ name: String) { description = name }

        /// The folder has files but no Delta log.
        package static let notATable = Code("not a table")
        /// The dataset has no version yet.
        package static let noTable = Code("no table")
        /// The version was never published.
        package static let noSuchVersion = Code("no such version")
        /// The version was published once, but the log no longer reaches back to it.
        package static let expiredVersion = Code("expired version")
        /// The table needs features that this build does not have; `features` names them.
        package static let newerProtocol = Code("newer protocol")
        /// Commits are missing in the middle of the log.
        package static let gap = Code("gap in the log")
        /// A file of the log is damaged; `path` and `line` say where.
        package static let corruptLog = Code("corrupt log")
        /// The table moved on since the step began; nothing was published.
        package static let conflict = Code("conflict")
        /// What was to be published does not fit the table; nothing was published.
        package static let schemaMismatch = Code("schema mismatch")
        /// A column's type cannot be stored.
        package static let unsupportedType = Code("unsupported type")
        /// A file that the table names, or that was to be published, is not there or not as announced.
        package static let missingFile = Code("missing file")
        /// A data file is no whole Parquet file, or not of the table's columns.
        package static let corruptFile = Code("corrupt file")
        package static let permission = Code("permission denied")
        package static let noSpace = Code("no space left")
        package static let inputOutput = Code("input or output failed")
        /// Rows that a merge brings have no key, or the same key; nothing was published.
        package static let duplicateKeys = Code("duplicate keys")
        /// Files would be deleted that the table promises to keep.
        package static let retentionTooShort = Code("retention too short")
        /// A condition is no condition over the table's columns.
        package static let invalidCondition = Code("invalid condition")
        package static let noSuchColumn = Code("no such column")
        /// No version of the table has that name.
        package static let noSuchTag = Code("no such tag")
        /// DuckDB may use no more memory, and cannot spill any further.
        package static let outOfMemory = Code("out of memory")
        /// An engine could not do its part of a publication; `cause` says why. Nothing was published.
        package static let engineFailed = Code("engine failed")
        /// The task was cancelled; nothing was published.
        package static let cancelled = Code("cancelled")
    }

    package var code: Code
    package var dataset: DatasetName?
    /// The file or folder that it is about.
    package var path: String?
    /// The line in `path`, from 1.
    package var line: Int?
    /// The table features that are not understood.
    package var features: [String]
    package var message: String
    /// What to do next.
    package var hint: String?
    /// What somebody else threw, who has better words.
    package var cause: (any Error)?

    package init(
        _ code: Code, dataset: DatasetName? = nil, path: String? = nil, line: Int? = nil, features: [String] = [],
        message: String, hint: String? = nil
    ) {
        self.code = code
        self.dataset = dataset
        self.path = path
        self.line = line
        self.features = features
        self.message = message
        self.hint = hint
    }

    package var description: String {
        var text = message
        if let path {
            text += " (\(path)\(line.map { ", line \($0)" } ?? ""))"
        }
        if let hint { text += "\n\(hint)" }
        return text
    }
}
