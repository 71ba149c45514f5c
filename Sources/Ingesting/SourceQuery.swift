package import Project
package import Queries

/// The SQL that reads an ingest's files: what the embedded engine's readers are told.
package struct SourceQuery: Sendable {
    private let ingest: Ingest
    private let contract: [ColumnContract]
    private let files: [String]
    /// Columns of which the types are known from earlier files: these decide how later ones are read, not a guess from
    /// their data. What the user declares wins.
    package var established: [QueryColumn] = []

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
        if !types.isEmpty { add("types", "{\(types)}") }
        add("store_rejects", "true")
        add("rejects_table", Quote.text(Self.rejectedLines))
        add("rejects_scan", Quote.text(Self.rejectedScans))
        return options
    }

    private var jsonOptions: [String] {
        // Every line is looked at to find the columns: a field that appears late must not be dropped without a word.
        compression + ["format='newline_delimited'", "hive_partitioning=false", "sample_size=-1", "union_by_name=true"]
    }

    // MARK: JSON lines

    /// Names of the columns that `jsonLines` has besides.
    package static let lineFile = "_millrace_file"
    package static let lineNumber = "_millrace_line"
    package static let lineText = "_millrace_raw"
    package static let lineFault = "_millrace_fault"

    /// The query whose columns are those of all lines that can be read.
    package var jsonSample: String {
        "SELECT * FROM " + call("read_json", jsonOptions + ["ignore_errors=true"])
    }

    /// The query that gives the structure of all lines that are JSON objects.
    package var jsonStructure: String {
        "SELECT json_group_structure(raw::JSON)::VARCHAR FROM (\(lines)) "
            + "WHERE CASE WHEN json_valid(raw) THEN json_type(raw) = 'OBJECT' ELSE false END"
    }

    /// Reads the lines with these columns; the first that does not fit fails.
    package func json(columns: [QueryColumn], fileAs file: String) -> String {
        let list = columns.map { "\(Quote.text($0.name)): \(Quote.text($0.type))" }.joined(separator: ", ")
        let options = compression + ["format='newline_delimited'", "hive_partitioning=false", "columns={\(list)}"]
        return "SELECT *, filename AS \(Quote.name(file)) FROM " + call("read_json", options)
    }

    /// Reads the lines as texts and takes them apart with these columns. Every line gives a row that also tells its
    /// file, its number (from 1), its text, and whether it cannot be read.
    package func jsonLines(columns: [QueryColumn]) -> String {
        let structure = columns.map { "\(Quote.name($0.name)) \($0.type)" }.joined(separator: ", ")
        let fields = columns.map { "t.\(Quote.name($0.name)) AS \(Quote.name($0.name))" }
        let misfits = columns.filter { $0.type != "VARCHAR" && $0.type != "JSON" }.map { column in
            "(t.\(Quote.name(column.name)) IS NULL AND "
                + "json_extract_string(j, \(Quote.text("$.\(Quote.name(column.name))"))) IS NOT NULL)"
        }
        let fault = (["j IS NULL"] + misfits).joined(separator: " OR ")
        return """
            SELECT \(fields.joined(separator: ", ")), file AS \(Quote.name(Self.lineFile)), \
            line AS \(Quote.name(Self.lineNumber)), raw AS \(Quote.name(Self.lineText)), \
            (\(fault)) AS \(Quote.name(Self.lineFault))
            FROM (SELECT *, TRY_CAST(j AS STRUCT(\(structure))) AS t FROM (
                SELECT *, CASE WHEN json_valid(raw) THEN CASE WHEN json_type(raw) = 'OBJECT' THEN raw::JSON END END AS j
                FROM (\(lines))))
            """
    }

    /// A row per line that is not empty. Each file is read by itself, so that its lines can be counted.
    private var lines: String {
        let options =
            compression + [
                "columns={'raw': 'VARCHAR'}", "delim=chr(7)", "quote=''", "escape=''", "comment=''", "header=false",
                "skip=0", "auto_detect=false", "strict_mode=false", "max_line_size=16777216",
            ]
        return files.map { file in
            let reader = "read_csv(\(([Quote.text(file)] + options).joined(separator: ", ")))"
            return "SELECT * FROM (SELECT raw, filename AS file, row_number() OVER () AS line FROM \(reader)) "
                + "WHERE raw IS NOT NULL"
        }.joined(separator: " UNION ALL ")
    }

    private var types: String {
        let declared = declaredTypes.map { (name: $0.column.value, type: $0.type.value) }
        let names = Set(declared.map { $0.name.lowercased() })
        let known = established.filter { !names.contains($0.name.lowercased()) }.map { (name: $0.name, type: $0.type) }
        return (declared + known).map { "\(Quote.text($0.name)): \(Quote.text($0.type))" }.joined(separator: ", ")
    }
}
