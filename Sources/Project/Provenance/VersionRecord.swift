/// What a version says about how it was made: `commitInfo.millrace` in its Delta commit. From it alone a later run
/// knows whether the version still stands.
package struct VersionRecord: Codable, Sendable, Equatable {
    package var run: RunID
    /// The definition that made the version.
    package var fingerprint: Fingerprint
    /// What it was made from, each pinned.
    package var inputs: [DatasetName: PinnedVersion]
    /// The Delta tables outside of the project that it was made from, by the path that the user wrote.
    package var foreign: [String: PinnedVersion]?
    /// The files that an ingest read.
    package var sources: SourceSet?
    /// The version of the companion table of source files (`NAME__sources`) that belongs to this one.
    package var ledger: Version?
    package var rows: RowAccount
    package var checks: [CheckOutcome]
    /// The version of the quarantine table that belongs to this one; nil when nothing was ever refused.
    package var quarantine: Version?
    /// Rows per split.
    package var splits: [String: Int]?
    /// Which partitions are made; nil for a dataset that is made as a whole.
    package var partitions: PartitionRecord?
    /// The engine that made it.
    package var engine: EngineRecord?
    /// The version of Millrace that made it.
    package var millrace: String

    package init(
        run: RunID, fingerprint: Fingerprint, inputs: [DatasetName: PinnedVersion] = [:],
        foreign: [String: PinnedVersion]? = nil, sources: SourceSet? = nil, ledger: Version? = nil, rows: RowAccount,
        checks: [CheckOutcome] = [], quarantine: Version? = nil,
        splits: [String: Int]? = nil, engine: EngineRecord? = nil, millrace: String
    ) {
        self.run = run
        self.fingerprint = fingerprint
        self.inputs = inputs
        self.foreign = foreign
        self.sources = sources
        self.ledger = ledger
        self.rows = rows
        self.checks = checks
        self.quarantine = quarantine
        self.splits = splits
        self.engine = engine
        self.millrace = millrace
    }
}

extension VersionRecord {
    /// The version that was read of a table outside of the project. A table that was moved is still the same one.
    ///
    /// - Parameters:
    ///   - path: as the user writes it now.
    ///   - table: the id of the table that is there now; nil when there is none.
    package func seen(_ path: String, table: String?) -> PinnedVersion? {
        if let seen = foreign?[path] { return seen }
        return foreign?.values.filter { $0.table == table }.max { $0.version < $1.version }
    }
}

/// What executed a step.
package struct EngineRecord: Codable, Sendable, Hashable {
    /// Its name in the project.
    package var name: String
    /// Such as `DuckDB`.
    package var software: String
    /// The version of that.
    package var version: String

    package init(name: String, software: String, version: String) {
        self.name = name
        self.software = software
        self.version = version
    }
}

/// A version of one particular table. The table's identity is part of it, because a table that was deleted and made
/// again counts its versions from 0 again.
package struct PinnedVersion: Codable, Sendable, Hashable {
    package var version: Version
    /// The Delta table's id.
    package var table: String

    package init(version: Version, table: String) {
        self.version = version
        self.table = table
    }
}

/// The files that an ingest read, told by what changes when they do.
package struct SourceSet: Codable, Sendable, Hashable {
    package var files: Int
    package var bytes: Int
    /// A digest of each file's path, size and time of last change.
    package var digest: Fingerprint

    package init(files: Int, bytes: Int, digest: Fingerprint) {
        self.files = files
        self.bytes = bytes
        self.digest = digest
    }
}

/// Where a step's rows went. `read == published + quarantined` is verified before every commit.
package struct RowAccount: Codable, Sendable, Hashable {
    package var read: Int
    package var published: Int
    package var quarantined: Int

    package init(read: Int, published: Int, quarantined: Int) {
        self.read = read
        self.published = published
        self.quarantined = quarantined
    }

    package var isBalanced: Bool { read == published + quarantined }
}

/// What a check found.
package struct CheckOutcome: Codable, Sendable, Hashable {
    package enum Status: String, Codable, Sendable {
        case passed, warned, failed
        /// Rows were refused, and the rest published.
        case quarantined
    }

    package var name: String
    package var status: Status
    /// Rows that the check looked at; nil for rules about the whole table.
    package var looked: Int?
    /// Rows that fail it.
    package var failing: Int?
    /// The value that a metric or row count found.
    package var value: Double?
    /// What was found, in words; nil when it passed.
    package var message: String?
    /// Up to five failing rows: column and value as text.
    package var examples: [[ExampleField]]

    package init(
        name: String, status: Status, looked: Int? = nil, failing: Int? = nil, value: Double? = nil,
        message: String? = nil, examples: [[ExampleField]] = []
    ) {
        self.name = name
        self.status = status
        self.looked = looked
        self.failing = failing
        self.value = value
        self.message = message
        self.examples = examples
    }
}

/// A field of an example row; a nil value is SQL's NULL.
package struct ExampleField: Codable, Sendable, Hashable {
    package var column: String
    package var value: String?

    package init(column: String, value: String?) {
        self.column = column
        self.value = value
    }
}
