/// Reads `ingest`.
struct IngestReader {
    let context: ReadingContext
    /// That of the dataset; nil when it cannot be read.
    let mode: Dataset.Mode?

    func ingest(_ entry: YAMLEntry) -> Ingest? {
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.ingest, named: entry.name, at: entry.span, in: context)
        else { return nil }
        report(news: values)
        if values.entry("delta") != nil { return table(values, at: entry) }
        if let version = values.entry("version") {
            context.error(
                "'version' means nothing without 'delta': files have no versions", at: version.span, hint: "remove it")
        }
        let files = values.texts("files")
        let given = values.word("format", as: Ingest.Format.self)
        let format = given ?? (values.entry("format") == nil ? told(by: files, at: entry) : nil)
        let csv = csvOptions(values)
        let types = self.types(values.present("types"))
        let compression = values.word("compression", as: Ingest.Compression.self)
        let onError = values.word("on_error", as: Ingest.OnError.self)
        guard let format, !files.isEmpty else { return nil }
        report(values, notFor: format)
        return Ingest(
            files: files, format: format, compression: compression, onError: onError ?? .fail, csv: csv, types: types,
            changed: values.word("changed", as: Ingest.ChangedFiles.self) ?? (mode == .merge ? .reingest : .fail),
            vanished: values.word("vanished", as: Ingest.VanishedFiles.self) ?? .ignore, span: entry.span)
    }

    /// Policies about files read before, where every version has all files and only those.
    private func report(news values: FieldValues) {
        guard mode == .replace else { return }
        for name in ["changed", "vanished"] {
            guard let entry = values.entry(name), values.entry("delta") == nil else { continue }
            context.error(
                "'\(name)' means nothing for 'mode: replace': each version has the rows of the files that are there",
                at: entry.span, hint: "remove it, or add 'mode: append' to the dataset")
        }
    }

    // MARK: Delta tables

    private func table(_ values: FieldValues, at entry: YAMLEntry) -> Ingest? {
        for field in values.section.fields where field.name != "delta" && field.name != "version" {
            guard let other = values.entry(field.name) else { continue }
            if field.name == "files" {
                context.error(
                    "an ingest reads files or a Delta table, not both", at: other.span,
                    notes: values.entry("delta").map { ["'delta' is at \(ReadingContext.place(of: $0.span))"] } ?? [],
                    hint: "make a dataset of each")
            } else {
                context.error(
                    "'\(field.name)' means nothing for a Delta table", at: other.span,
                    hint: "remove it: the table itself says what its files are")
            }
        }
        let version = values.integer("version")
        guard let path = values.located("delta") else { return nil }
        if let fault = TableLocation.fault(in: path.value) {
            context.error(context.redaction.redact(fault.message), at: path.span, hint: fault.hint)
            return nil
        }
        return Ingest(delta: path, version: version, span: entry.span)
    }

    // MARK: Format

    private static let endings: [(ending: String, format: Ingest.Format)] = [
        (".csv", .csv), (".tsv", .csv), (".txt", .csv), (".jsonl", .jsonl), (".ndjson", .jsonl), (".json", .jsonl),
        (".parquet", .parquet), (".pq", .parquet),
    ]

    private func told(by files: [Located<String>], at entry: YAMLEntry) -> Ingest.Format? {
        guard let first = files.first else { return nil }
        let formats = files.map { Self.format(of: $0.value) }
        guard let format = formats[0] else {
            context.error(
                "the format of these files cannot be told from their ending", at: first.span,
                hint: "add 'format:' with one of \(Ingest.Format.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        if let other = zip(files, formats).first(where: { $0.1 != format }) {
            context.error(
                "these files have another format than the first ones, by their ending", at: other.0.span,
                hint: "add 'format:', or make a dataset of each kind")
            return nil
        }
        return format
    }

    private static func format(of path: String) -> Ingest.Format? {
        var path = path.lowercased()
        for packed in [".gz", ".zst", ".zstd"] where path.hasSuffix(packed) { path.removeLast(packed.count) }
        return endings.first { path.hasSuffix($0.ending) }?.format
    }

    /// Options that would be passed over in silence.
    private func report(_ values: FieldValues, notFor format: Ingest.Format) {
        guard format != .csv else { return }
        for field in values.section.fields where FieldRegistry.csvOnly.contains(field.name) {
            guard let entry = values.entry(field.name) else { continue }
            context.error("'\(field.name)' means nothing for \(format) files", at: entry.span, hint: "remove it")
        }
        guard format == .parquet else { return }
        for name in ["compression", "on_error"] {
            guard let entry = values.entry(name) else { continue }
            context.error("'\(name)' means nothing for parquet files", at: entry.span, hint: "remove it")
        }
    }

    // MARK: Options

    private func types(_ entry: YAMLEntry?) -> [(column: Located<String>, type: Located<String>)] {
        guard let entry, let field = FieldRegistry.ingest.field("types") else { return [] }
        guard let mapping = entry.value.mapping else {
            context.mismatch(field, entry.value, at: entry, hint: "for example 'types: { zip: VARCHAR }'")
            return []
        }
        return mapping.compactMap { column in
            let named = Field(column.name, .text, "")
            return context.located(column, field: named).map { (Located(column.name, at: column.span), $0) }
        }
    }

    private func csvOptions(_ values: FieldValues) -> CSVOptions {
        var options = CSVOptions()
        options.delimiter = character("delimiter", values, mayBeNone: false)
        options.quote = character("quote", values)
        options.escape = character("escape", values)
        options.comment = character("comment", values)
        options.header = values.bool("header")
        options.skip = values.integer("skip")
        options.nulls = values.texts("nulls", allowsEmpty: true).map(\.value)
        options.decimalSeparator = values.word("decimal")
        options.dateFormat = values.text("date_format")
        options.timestampFormat = values.text("timestamp_format")
        options.encoding = values.word("encoding")
        options.nullPadding = values.bool("null_padding")
        return options
    }

    /// One character; none, if that may be, is written as an empty text.
    private func character(_ name: String, _ values: FieldValues, mayBeNone: Bool = true) -> String? {
        guard let entry = values.entry(name), let field = values.section.field(name),
            let scalar = entry.value.scalar, !scalar.isNull
        else {
            if let entry = values.entry(name), let field = values.section.field(name) {
                context.mismatch(field, entry.value, at: entry)
            }
            return nil
        }
        // Blanks are characters like others here: a tab is a usual delimiter.
        guard let text = context.located(scalar, in: entry.value, field: field, allowsEmpty: true)?.value else {
            return nil
        }
        let character = text == "\\t" ? "\t" : text
        let isOne = character.utf8.count == 1 || (name == "delimiter" && (1...4).contains(character.utf8.count))
        guard isOne || (mayBeNone && character.isEmpty) else {
            context.error(
                "'\(name)' takes one character, not \(entry.value.found)", at: entry.value.span,
                hint: mayBeNone ? "an empty text (\"\") means none" : nil)
            return nil
        }
        return character
    }
}
