/// Reads how a run's rows meet those of the last version: `mode` and what belongs to it.
struct UpdateReader {
    let context: ReadingContext
    let values: FieldValues

    func read(into dataset: inout Dataset) {
        let mode = values.word("mode", as: Dataset.Mode.self)
        dataset.mode = mode ?? .replace
        dataset.schema = values.word("schema", as: SchemaPolicyName.self)
        dataset.onReplace = values.word("on_replace", as: Dataset.OnReplace.self) ?? .fail
        dataset.incremental = incremental()
        dataset.deleteWhen = deleteWhen()
        // What is wrong with a mode that cannot be read is said already.
        guard mode != nil || values.entry("mode") == nil else { return }
        report(dataset)
    }

    private func incremental() -> Located<DatasetName>? {
        guard let written = values.located("incremental") else { return nil }
        guard let name = DatasetName(written.value) else {
            context.error(
                "this is no name of a dataset", at: written.span,
                hint: "name one table that the SQL reads, for example 'incremental: events'")
            return nil
        }
        context.remember(reference: written)
        return Located(name, at: written.span)
    }

    private func deleteWhen() -> SQLText? {
        guard let entry = values.entry("delete_when"), values.located("delete_when") != nil,
            let scalar = entry.value.scalar
        else { return nil }
        return context.sql(in: entry.value, scalar)
    }

    // MARK: What does not go together

    private func report(_ dataset: Dataset) {
        if dataset.mode == .merge, values.entry("key") == nil, let mode = values.entry("mode") {
            context.error(
                "'mode: merge' needs 'key': the columns that tell which row of the table is meant", at: mode.value.span,
                hint: "add 'key: [COLUMN, …]', or use 'mode: append'")
        }
        reportIncremental(dataset)
        if let entry = values.entry("delete_when"), dataset.mode != .merge {
            context.error(
                "'delete_when' means nothing for 'mode: \(dataset.mode.rawValue)': there is no row with the same key "
                    + "to delete", at: entry.span,
                hint: "use 'mode: merge' with a 'key', or leave the rows out with WHERE in the SQL")
        }
    }

    private func reportIncremental(_ dataset: Dataset) {
        let adds = dataset.mode != .replace
        if let entry = values.entry("incremental") {
            if dataset.step.ingest != nil {
                context.error(
                    "'incremental' names an input of a SQL step, and this is an ingest", at: entry.span,
                    hint: adds
                        ? "remove it: with 'mode: \(dataset.mode.rawValue)' an ingest reads only what is new"
                        : "remove it; with 'mode: append' an ingest reads only what is new")
            } else if !adds {
                context.error(
                    "'incremental' needs 'mode: append' or 'mode: merge': with 'mode: replace' the rows made so far "
                        + "would be lost", at: entry.span,
                    hint: "add 'mode: append', or 'mode: merge' with a 'key'")
            }
        }
        guard let entry = values.entry("on_replace"), values.entry("incremental") == nil else { return }
        if dataset.step.ingest?.delta != nil {
            guard !adds else { return }
            context.error(
                "'on_replace' means nothing for 'mode: replace': each version has all rows of the table",
                at: entry.span, hint: "remove it, or add 'mode: append'")
        } else {
            context.error(
                "'on_replace' means nothing without 'incremental'", at: entry.span,
                hint: dataset.step.ingest == nil ? "name the input that it is about: 'incremental: NAME'" : "remove it")
        }
    }
}
