/// What a writer wants a commit to do. From it and the state before, the commit follows: anew for each attempt.
package struct TableChange: Sendable {
    package enum Kind: Sendable {
        /// The table consists of the new files.
        case replace
        /// The new files join whatever is live.
        case append
        /// The table consists of the new files and of those given here: the live files of the version that is appended
        /// to. What came after it goes.
        case appendTo(LiveFiles)
        /// The new files take the place of some that are live.
        ///
        /// - Parameters:
        ///   - removing: live files, with their deletion vectors.
        ///   - operation: what the commit says that it is.
        ///   - dataChange: false when both hold the same rows.
        case rewrite(removing: [AddFile], operation: Operation, dataChange: Bool)
        /// The table has the files, columns and partitioning of an older version again.
        case restore(to: Snapshot)
        /// The files stay as they are.
        case settings(Operation)
    }

    package var kind: Kind
    /// Tells this change's commit from all others, whichever attempt made it: `commitInfo.txnId`.
    package var transactionID: String
    /// What the commit says that it is; nil stands for what the kind says.
    package var operation: Operation?
    /// The columns of the new files; nil when they are the table's.
    package var schema: DeltaSchema?
    /// Nil when the table stays partitioned as it is.
    package var partitionColumns: [String]?
    package var files: [AddFile]
    /// How `schema` may differ from the table's. Nil: what replaces may have any columns, what is added none but the
    /// table's.
    package var schemaPolicy: SchemaPolicy?
    /// The table's description; nil leaves it as it is, unless the table is replaced.
    package var description: String?
    /// Properties to set; those with nil are unset.
    package var properties: [String: String?]
    /// Descriptions of columns to set, by the columns' names; those with nil are taken away.
    package var comments: [String: String?]
    package var reads: ReadScope
    /// Applications whose transactions were looked at.
    package var readApplications: Set<String>
    package var transactions: [Transaction]
    package var domains: [DomainMetadata]
    /// Members for `commitInfo` beside those that every commit has.
    package var extraInfo: JSONObject
    /// Numbers for `operationMetrics` beside those counted here.
    package var metrics: [String: Int]
    /// The program that commits: `Millrace/1.2.3`.
    package var engine: String

    /// - Parameter reads: nil stands for what the kind reads anyway: `append` and `settings` nothing, `rewrite` the
    ///   files that it removes, all others the whole table.
    package init(
        kind: Kind, transactionID: String, operation: Operation? = nil, schema: DeltaSchema? = nil,
        partitionColumns: [String]? = nil,
        files: [AddFile] = [], schemaPolicy: SchemaPolicy? = nil,
        description: String? = nil, properties: [String: String?] = [:], comments: [String: String?] = [:],
        reads: ReadScope? = nil,
        readApplications: Set<String> = [], transactions: [Transaction] = [], domains: [DomainMetadata] = [],
        extraInfo: JSONObject = JSONObject(), metrics: [String: Int] = [:], engine: String
    ) {
        self.kind = kind
        self.transactionID = transactionID
        self.operation = operation
        self.schema = schema
        self.partitionColumns = partitionColumns
        self.files = files
        self.schemaPolicy = schemaPolicy
        self.description = description
        self.properties = properties
        self.comments = comments
        self.reads = reads ?? kind.reads
        self.readApplications = readApplications
        self.transactions = transactions
        self.domains = domains
        self.extraInfo = extraInfo
        self.metrics = metrics
        self.engine = engine
    }

    /// Whether every transaction that the change would write, or a later one, is in the table already, so that there is
    /// nothing left to do. False when it writes none.
    package func isCommitted(in snapshot: Snapshot) -> Bool {
        !transactions.isEmpty
            && transactions.allSatisfy { ours in
                snapshot.transactions.contains { $0.application == ours.application && $0.version >= ours.version }
            }
    }

    /// Whether the commit says something, but changes nothing, as the notes around a vacuum do.
    var isEmpty: Bool {
        guard case .settings = kind else { return false }
        return properties.isEmpty && comments.isEmpty && description == nil && transactions.isEmpty && domains.isEmpty
            && schema == nil && partitionColumns == nil && reads == .nothing && readApplications.isEmpty
    }
}

extension TableChange.Kind {
    fileprivate var reads: ReadScope {
        switch self {
        case .append, .settings: .nothing
        case .rewrite(let files, _, _): .files(Set(files.map(\.path)))
        case .replace, .appendTo, .restore: .wholeTable
        }
    }
}
