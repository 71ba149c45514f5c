/// A named table with versions, and the step that makes it.
package struct Dataset: Sendable {
    package var name: DatasetName
    package var description: String?
    package var tags: [String]
    package var step: Step
    /// The columns that identify a row; empty when the user names none.
    package var key: [Located<String>]
    /// The contract, in the order in which the user wrote it.
    package var columns: [ColumnContract]
    /// All checks: those of the dataset in their order, then those of its columns.
    package var checks: [Check]
    package var splits: Splits?
    /// Columns whose values decide the folder of a row's file.
    package var partitionBy: [Located<String>]
    package var mode: Mode
    /// The engine that the user asked for, if any.
    package var engine: Located<String>?
    /// Where the dataset's name is written (or its SQL file, when it has no entry).
    package var span: SourceSpan

    package enum Mode: String, Sendable, CaseIterable {
        /// Each run's rows take the place of the last version's.
        case replace
        /// Each run's rows are added to the last version's.
        case append
    }

    package init(
        name: DatasetName, description: String? = nil, tags: [String] = [], step: Step,
        key: [Located<String>] = [], columns: [ColumnContract] = [], checks: [Check] = [], splits: Splits? = nil,
        partitionBy: [Located<String>] = [], mode: Mode = .replace, engine: Located<String>? = nil, span: SourceSpan
    ) {
        self.name = name
        self.description = description
        self.tags = tags
        self.step = step
        self.key = key
        self.columns = columns
        self.checks = checks
        self.splits = splits
        self.partitionBy = partitionBy
        self.mode = mode
        self.engine = engine
        self.span = span
    }
}

/// How a dataset is made.
package enum Step: Sendable {
    case ingest(Ingest)
    case sql(SQLText)

    package var sql: SQLText? {
        if case .sql(let text) = self { text } else { nil }
    }

    package var ingest: Ingest? {
        if case .ingest(let ingest) = self { ingest } else { nil }
    }
}

/// What the user promises about a column. Its checks are among those of the dataset.
package struct ColumnContract: Sendable {
    package var name: Located<String>
    package var description: String?
    package var type: Located<String>?

    package init(name: Located<String>, description: String? = nil, type: Located<String>? = nil) {
        self.name = name
        self.description = description
        self.type = type
    }
}

/// The column `split`, decided by a seeded hash of one column alone, so that a group never straddles two splits.
package struct Splits: Sendable {
    package struct Share: Sendable, Equatable {
        package var name: String
        /// A positive weight; what counts is its part of the sum of all weights.
        package var weight: Double

        package init(name: String, weight: Double) {
            self.name = name
            self.weight = weight
        }
    }

    package var by: Located<String>
    package var seed: Int
    /// In the order in which the user wrote them; at least one.
    package var shares: [Share]
    package var span: SourceSpan

    /// The name of the column that splits add.
    package static let column = "split"

    package init(by: Located<String>, seed: Int, shares: [Share], span: SourceSpan) {
        self.by = by
        self.seed = seed
        self.shares = shares
        self.span = span
    }
}
