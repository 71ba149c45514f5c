package import Project
import Queries

/// The SQL that reads an ingest's files: what the embedded engine's readers are told.
package struct SourceQuery: Sendable {
    private let ingest: Ingest
    private let contract: [ColumnContract]
    private let files: [String]

    /// - Parameters:
    ///   - dataset: its step must be an ingest.
    ///   - files: absolute paths; at least one.
    package init?(_ dataset: Dataset, files: [String]) {
        guard let ingest = dataset.step.ingest else { return nil }
        self.ingest = ingest
        contract = dataset.columns
        self.files = files
    }

    /// The temporary tables in which the CSV reader notes the lines that it could not read.
    package static let rejectedLines = "_millrace_rejected_lines"
    package static let rejectedScans = "_millrace_rejected_scans"

    /// True when the reader notes unreadable lines in those tables instead of failing at the first one. It does for all
    /// CSV: a step that must fail then names the lines with their text.
    package var notesRejects: Bool { ingest.format == .csv }

    /// `SELECT * FROM read_…(…)`. Declared types come from `types` and from the contract.
    package var select: String { "SELECT * FROM \(reader)" }

    /// The same with each row's file in a last column of this name.
    package func select(fileAs column: String) -> String {
        "SELECT *, filename AS \(Quote.name(column)) FROM \(reader)"
    }

    /// The types that the user declares, by column as written; `types` wins over the contract.
    package var declaredTypes: [(column: Located<String>, type: Located<String>)] {
        let own = ingest.types
        let named = Set(own.map { $0.column.value.lowercased() })
        return own
            + contract.compactMap { column in
                guard let type = column.type, !named.contains(column.name.value.lowercased()) else { return nil }
                return (column.name, type)
            }
    }

    private var reader: String {
        switch ingest.format {
        case .csv: call("read_csv", csvOptions)
        case .jsonl: call("read_json", jsonOptions)
        case .parquet: call("read_parquet", ["union_by_name=true", "hive_partitioning=false"])
        }
    }

    private func call(_ function: String, _ options: [String]) -> String {
        "\(function)(" + ([Quote.list(files)] + options).joined(separator: ", ") + ")"
    }

    /// Nothing when the reader is to go by the file's ending.
    private var compression: [String] {
        ingest.compression.map { ["compression=\(Quote.text($0.rawValue))"] } ?? []
    }

    /// The query that tells one CSV file's own column names; nil for other formats, and without a header.
    package func header(of file: String) -> String? {
        guard ingest.format == .csv, ingest.csv.header ?? true else { return nil }
        let options = dialect + ["all_varchar=true", "sample_size=1", "ignore_errors=true"]
        return "SELECT * FROM read_csv(\(([Quote.text(file)] + options).joined(separator: ", ")))"
    }

    /// The dialect is what the user says or else the standard one, never a guess: a torn line must be an error, not a
    /// reason to take the file for one with other delimiters.
    private var dialect: [String] {
        let csv = ingest.csv
        let isTabbed = files.allSatisfy { $0.contains(".tsv") }
        var options = compression + ["hive_partitioning=false"]
        func add(_ name: String, _ value: String?) { if let value { options.append("\(name)=\(value)") } }
        add("delim", Quote.text(csv.delimiter ?? (isTabbed ? "\t" : ",")))
        add("quote", Quote.text(csv.quote ?? "\""))
        add("escape", Quote.text(csv.escape ?? csv.quote ?? "\""))
        add("comment", Quote.text(csv.comment ?? ""))
        add("header", String(csv.header ?? true))
        add("skip", String(csv.skip ?? 0))
        add("encoding", csv.encoding.map(Quote.text))
        return options
    }

    private var csvOptions: [String] {
        let csv = ingest.csv
        var options = dialect
        func add(_ name: String, _ value: String?) { if let value { options.append("\(name)=\(value)") } }
        add("decimal_separator", csv.decimalSeparator.map(Quote.text))
        add("dateformat", csv.dateFormat.map(Quote.text))
        add("timestampformat", csv.timestampFormat.map(Quote.text))
        add("null_padding", csv.nullPadding.map(String.init))
        // The empty field stays a null beside the user's words, which would otherwise take its place.
        if !csv.nulls.isEmpty { add("nullstr", Quote.list([""] + csv.nulls)) }
        if !declaredTypes.isEmpty { add("types", types) }
        add("store_rejects", "true")
        add("rejects_table", Quote.text(Self.rejectedLines))
        add("rejects_scan", Quote.text(Self.rejectedScans))
        return options
    }

    private var jsonOptions: [String] {
        // Every line is looked at to find the columns: a field that appears late must not be dropped without a word.
        compression + ["format='newline_delimited'", "hive_partitioning=false", "sample_size=-1", "union_by_name=true"]
    }

    private var types: String {
        "{"
            + declaredTypes.map { "\(Quote.text($0.column.value)): \(Quote.text($0.type.value))" }.joined(
                separator: ", ") + "}"
    }
}
