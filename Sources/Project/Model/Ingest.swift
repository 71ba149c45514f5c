/// Files that become a dataset.
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

    /// Paths or globs, relative to the project's folder or absolute; at least one.
    package var files: [Located<String>]
    /// Given, or told by the files' ending.
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
        span: SourceSpan
    ) {
        self.files = files
        self.format = format
        self.compression = compression
        self.onError = onError
        self.csv = csv
        self.types = types
        self.span = span
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
