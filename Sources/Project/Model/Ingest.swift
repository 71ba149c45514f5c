/// Files, or a Delta table of somebody else, that become a dataset.
package struct Ingest: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case csv, jsonl, parquet
    }

    /// What happens with a line that cannot be read.
    package enum OnError: String, Sendable, CaseIterable {
        /// The step fails and names the line.
        case fail
        /// The line goes to the quarantine, the rest is published.
        case quarantine
    }

    /// What happens with a file that was read and has other contents now.
    package enum ChangedFiles: String, Sendable, CaseIterable {
        /// The step fails and names the file.
        case fail
        /// The file is read again: its rows are added once more, or merged by their keys.
        case reingest
        /// The rows that were read stay as they are.
        case ignore
    }

    /// What happens with a file that was read and is no longer there.
    package enum VanishedFiles: String, Sendable, CaseIterable {
        /// Its rows stay.
        case ignore
        /// The step fails and names the file.
        case fail
    }

    /// Paths or globs, relative to the project's folder or absolute; at least one, unless there is `delta`.
    package var files: [Located<String>]
    /// The Delta table that is read in place of files: a path as the user wrote it (`Project.location(of:)`).
    package var delta: Located<String>?
    /// The version of that table; nil means its newest.
    package var version: Int?
    /// Only for datasets that add or merge; in all others, each version consists of the files that are there.
    package var changed: ChangedFiles
    package var vanished: VanishedFiles
    /// Given, or told by the files' ending; parquet for a Delta table.
    package var format: Format
    /// How the bytes are packed; nil means: as the file's ending says.
    package var compression: Compression?
    package var onError: OnError
    package var csv: CSVOptions
    /// Types that the user declares under `types`, by column (DuckDB's or Delta's type names).
    package var types: [(column: Located<String>, type: Located<String>)]
    package var span: SourceSpan

    package enum Compression: String, Sendable, CaseIterable {
        case none, gzip, zstd
    }

    package init(
        files: [Located<String>], format: Format, compression: Compression? = nil, onError: OnError = .fail,
        csv: CSVOptions = CSVOptions(), types: [(column: Located<String>, type: Located<String>)] = [],
        changed: ChangedFiles = .fail, vanished: VanishedFiles = .ignore, span: SourceSpan
    ) {
        self.files = files
        self.changed = changed
        self.vanished = vanished
        self.format = format
        self.compression = compression
        self.onError = onError
        self.csv = csv
        self.types = types
        self.span = span
    }

    /// An ingest of a Delta table.
    package init(delta: Located<String>, version: Int? = nil, span: SourceSpan) {
        self.init(files: [], format: .parquet, span: span)
        self.delta = delta
        self.version = version
    }
}

/// The dialect of CSV files; what is nil is found by looking at the files.
package struct CSVOptions: Sendable, Equatable {
    package var delimiter: String?
    package var quote: String?
    package var escape: String?
    package var comment: String?
    package var header: Bool?
    /// Lines to skip at the start of each file.
    package var skip: Int?
    /// Words that mean "no value", besides the empty field.
    package var nulls: [String] = []
    package var decimalSeparator: String?
    package var dateFormat: String?
    package var timestampFormat: String?
    package var encoding: String?
    /// Fill missing trailing columns with nulls instead of refusing the row.
    package var nullPadding: Bool?

    package init() {}
}

extension Ingest {
    /// Stands in a pattern of files for the key of a partition.
    package static let partitionPlaceholder = "{partition}"

    /// Whether the names of the files tell the partition of their rows.
    package var namesPartitions: Bool { files.contains { $0.value.contains(Self.partitionPlaceholder) } }
}
