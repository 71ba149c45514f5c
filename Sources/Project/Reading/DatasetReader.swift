/// Reads one dataset: an entry under `datasets`, a bare SQL file, or both together.
struct DatasetReader {
    let context: ReadingContext
    /// The SQL files in `datasets/` by the name that each stands for.
    let bareFiles: [String: String]

    /// - Returns: nil when there is no step; other problems leave out what they concern.
    func dataset(_ name: DatasetName, entry: YAMLEntry) -> Dataset? {
        let named = "the dataset '\(name)'"
        if entry.value.isNull {
            guard let path = bareFiles[name.text] else {
                reportNoStep(name, at: entry.span)
                return nil
            }
            return dataset(name, file: path, values: nil, at: entry.span)
        }
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.dataset, named: entry.name, at: entry.span, in: context)
        else { return nil }
        let steps = values.given(["ingest", "sql", "run"])
        if steps.count > 1 {
            let (first, second) = (steps[0], steps[1])
            context.error(
                "\(named) has two steps: '\(first.name)' and '\(second.name)'", at: second.span,
                notes: ["'\(first.name)' is at \(ReadingContext.place(of: first.span))"],
                hint: "make a dataset of each: a dataset is made by exactly one step")
            return nil
        }
        if let path = bareFiles[name.text], let made = steps.first {
            let shown = FilePath.shown(path, from: context.root)
            if !uses(path, made), !namesMissingFile(made) {
                context.error(
                    "two steps make \(named): '\(made.name)' here and the file '\(shown)'", at: made.span,
                    hint: "rename the file or the dataset, or remove '\(made.name)' to use the file")
                return nil
            }
        }
        if let ingest = values.entry("ingest") {
            let mode = values.entry("mode") == nil ? .replace : values.word("mode", as: Dataset.Mode.self)
            guard let step = IngestReader(context: context, mode: mode).ingest(ingest) else {
                _ = properties(of: name, values, step: .sql(SQLText("", in: entry.key.file)), at: entry.span)
                return nil
            }
            return properties(of: name, values, step: .ingest(step), at: entry.span)
        }
        if let run = values.entry("run") {
            let step = ProgramReader(context: context).program(run)
            let dataset = properties(
                of: name, values, step: step.map { .run($0) } ?? .sql(SQLText("", in: entry.key.file)), at: entry.span)
            return step == nil ? nil : dataset
        }
        if let sql = values.entry("sql") {
            switch SQLSource(sql.value, context) {
            case .file(let path, let span):
                return dataset(name, file: path, namedAt: span, values: values, at: entry.span)
            case .inline(let text):
                return properties(of: name, values, step: .sql(text), at: entry.span)
            case nil:
                _ = properties(of: name, values, step: .sql(SQLText("", in: entry.key.file)), at: entry.span)
                return nil
            }
        }
        guard let path = bareFiles[name.text] else {
            if values.misspelt.isDisjoint(with: ["ingest", "sql", "run"]) { reportNoStep(name, at: entry.span) }
            _ = properties(of: name, values, step: .sql(SQLText("", in: entry.key.file)), at: entry.span)
            return nil
        }
        return dataset(name, file: path, values: values, at: entry.span)
    }

    /// A dataset that is only a file.
    func dataset(_ name: DatasetName, file path: String) -> Dataset? {
        dataset(name, file: path, values: nil, at: nil)
    }

    private func dataset(
        _ name: DatasetName, file path: String, namedAt: SourceSpan? = nil, values: FieldValues?, at span: SourceSpan?
    ) -> Dataset? {
        guard let file = context.source(path, namedAt: namedAt ?? span) else { return nil }
        let span = span ?? SourceSpan(file: file, offset: 0)
        var values = values
        if let matter = context.frontMatter(of: file, at: path) {
            if let own = values?.firstProperty {
                context.error(
                    "the dataset '\(name)' is described twice: here and in the front matter of '\(file.path)'",
                    at: own.span,
                    notes: ["the front matter is at \(ReadingContext.place(of: matter.span))"],
                    hint: "keep its properties in one of the two places")
            } else {
                values = FieldValues(
                    matter.without(["sql", "ingest", "run"], context), as: FieldRegistry.dataset, named: name.text,
                    at: matter.span, in: context)
            }
        }
        guard let text = context.sql(of: file) else { return nil }
        if FrontMatter.isWithoutSQL(text.text) {
            context.error(
                "'\(file.path)' holds no SQL", at: file.byteCount == 0 ? .wholeFile(file.path) : span,
                hint: "write the SELECT that makes the dataset '\(name)'")
            return nil
        }
        guard let values else { return Dataset(name: name, step: .sql(text), span: span) }
        return properties(of: name, values, step: .sql(text), at: span)
    }

    private func uses(_ path: String, _ step: YAMLEntry) -> Bool {
        guard step.name == "sql", let scalar = step.value.scalar, SQLSource.isPath(scalar) else { return false }
        return FilePath.resolve(scalar.text, in: context.root) == path
    }

    /// True for a path that leads nowhere: that is what is wrong then.
    private func namesMissingFile(_ step: YAMLEntry) -> Bool {
        guard step.name == "sql", let scalar = step.value.scalar, SQLSource.isPath(scalar) else { return false }
        return !context.files.isFile(FilePath.resolve(scalar.text, in: context.root))
    }

    private func reportNoStep(_ name: DatasetName, at span: SourceSpan) {
        context.error(
            "the dataset '\(name)' has no step: neither 'ingest' nor 'sql', and there is no file 'datasets/\(name).sql'",
            at: span, hint: "add 'ingest: { files: … }' or 'sql: …'")
    }

    // MARK: Properties

    private func properties(
        of name: DatasetName, _ values: FieldValues, step: Step, at span: SourceSpan
    ) -> Dataset {
        let columns = ColumnsReader(context: context).columns(values.present("columns"))
        let checks = CheckReader(context: context, column: nil).checks(values.present("checks"))
        var dataset = Dataset(
            name: name, description: values.located("description", allowsEmpty: true)?.value,
            tags: values.texts("tags").map(\.value), step: step, key: values.names("key"),
            columns: columns.contracts, checks: checks + columns.checks,
            splits: values.entry("splits").flatMap { SplitsReader(context: context).splits($0) },
            partitionBy: values.names("partition_by"), engine: values.located("engine"), span: span)
        UpdateReader(context: context, values: values).read(into: &dataset)
        ExecutionReader(context: context, values: values).read(into: &dataset)
        report(reserved: dataset)
        PartitionRules(context: context, values: values).report(dataset)
        return dataset
    }

    /// The names of the columns that Millrace itself adds.
    private func report(reserved dataset: Dataset) {
        for column in dataset.columns.map(\.name) + dataset.key + dataset.partitionBy
        where column.value.lowercased() == "_reasons" {
            context.error(
                "the column name '_reasons' is reserved: in the quarantine it says why a row was refused",
                at: column.span, hint: "name the column otherwise")
        }
        guard dataset.splits != nil else { return }
        for column in dataset.columns.map(\.name) + dataset.key where column.value.lowercased() == Splits.column {
            context.error(
                "the column name 'split' is reserved here: 'splits' adds a column of that name", at: column.span,
                hint: "name the column otherwise")
        }
    }
}

extension FieldValues {
    /// The first field that describes the dataset rather than naming its SQL.
    fileprivate var firstProperty: YAMLEntry? {
        section.fields.compactMap { $0.name == "sql" ? nil : entry($0.name) }
            .min { $0.span.offset < $1.span.offset }
    }
}

extension YAMLNode {
    /// The mapping without fields that front matter cannot have, which are reported.
    fileprivate func without(_ names: [String], _ context: ReadingContext) -> YAMLNode {
        guard let mapping else { return self }
        var node = self
        node.content = .mapping(
            mapping.filter { entry in
                guard names.contains(entry.name) else { return true }
                context.error(
                    "front matter cannot have '\(entry.name)': the SQL below it makes the dataset", at: entry.span,
                    hint: "remove it")
                return false
            })
        return node
    }
}
