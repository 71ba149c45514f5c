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
    /// The input of which each run sees only the rows added since the last one; only with `append` and `merge`.
    package var incremental: Located<DatasetName>?
    /// What happens when rows of that input (or of an ingest's Delta table) were replaced or taken out since.
    package var onReplace: OnReplace
    /// A condition on the step's rows: where it is true, the row with the same key is deleted. Only with `merge`.
    package var deleteWhen: SQLText?
    /// How the columns may change from one version to the next; nil leaves it to the mode: a replacement may have any
    /// columns, added and merged rows must have the table's.
    package var schema: SchemaPolicyName?
    /// The engine that the user asked for, if any.
    package var engine: Located<String>?
    /// How its step is executed; no part of what the dataset is.
    package var limits = StepLimits()
    package var freshness: Freshness?
    /// How it is made part by part; nil when it is made as a whole.
    package var partitioning: Partitioning?
    /// Where the dataset's name is written (or its SQL file, when it has no entry).
    package var span: SourceSpan

    package enum Mode: String, Sendable, CaseIterable {
        /// Each run's rows take the place of the last version's.
        case replace
        /// Each run's rows are added to the last version's.
        case append
        /// Each run's rows take the place of the last version's with the same key; the others are added.
        case merge
    }

    package enum OnReplace: String, Sendable, CaseIterable {
        /// The step fails, and says how to make the dataset anew.
        case fail
        /// The step makes the dataset anew from all rows.
        case fullRefresh = "full_refresh"
    }

    package init(
        name: DatasetName, description: String? = nil, tags: [String] = [], step: Step,
        key: [Located<String>] = [], columns: [ColumnContract] = [], checks: [Check] = [], splits: Splits? = nil,
        partitionBy: [Located<String>] = [], mode: Mode = .replace, incremental: Located<DatasetName>? = nil,
        onReplace: OnReplace = .fail, deleteWhen: SQLText? = nil, schema: SchemaPolicyName? = nil,
        engine: Located<String>? = nil, span: SourceSpan
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
        self.incremental = incremental
        self.onReplace = onReplace
        self.deleteWhen = deleteWhen
        self.schema = schema
        self.engine = engine
        self.span = span
    }
}

/// How the columns of new rows may differ from the table's.
package enum SchemaPolicyName: String, Sendable, CaseIterable {
    /// Not at all.
    case fixed
    /// There may be new columns.
    case addColumns = "add_columns"
    /// There may be new columns, and a column may get a type that holds all the values of its former one.
    case widen
}

/// How a dataset is made.
package enum Step: Sendable {
    case ingest(Ingest)
    case sql(SQLText)
    case run(ProgramStep)

    package var sql: SQLText? {
        if case .sql(let text) = self { text } else { nil }
    }

    package var ingest: Ingest? {
        if case .ingest(let ingest) = self { ingest } else { nil }
    }

    package var program: ProgramStep? {
        if case .run(let program) = self { program } else { nil }
    }

    /// Where the user wrote what makes the rows; nil where that is files.
    package var textSpan: SourceSpan? {
        switch self {
        case .ingest: nil
        case .sql(let text): text.span(at: 0)
        case .run(let program): program.programSpan
        }
    }

    /// The word of the project file.
    package var kind: String {
        switch self {
        case .ingest: "ingest"
        case .sql: "sql"
        case .run: "run"
        }
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
