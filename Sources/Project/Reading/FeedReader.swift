/// Reads one entry under `feeds`.
struct FeedReader {
    let context: ReadingContext

    func feed(_ entry: YAMLEntry) -> Feed? {
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.feed, named: entry.name, at: entry.span, in: context)
        else { return nil }
        let columns = values.names("columns")
        let label = values.located("label")
        let split = values.located("split")
        let batch = values.integer("batch")
        let seed = values.entry("shuffle").flatMap { entry in
            FieldValues(entry.value, as: FieldRegistry.shuffle, named: entry.name, at: entry.span, in: context)?
                .integer("seed")
        }
        guard let written = values.located("dataset"), let (dataset, version) = pinned(written) else { return nil }
        return Feed(
            name: Located(entry.name, at: entry.span), dataset: dataset, version: version, columns: columns,
            label: label, split: split, batch: batch, shuffleSeed: seed, span: entry.span)
    }

    /// `NAME`, `NAME@VERSION` or `NAME@TAG`.
    private func pinned(_ written: Located<String>) -> (Located<DatasetName>, VersionPin?)? {
        let parts = written.value.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        var version: VersionPin?
        if parts.count == 2 {
            guard let pin = VersionPin(String(parts[1])) else {
                let name = context.redaction.redact(String(parts[0]))
                context.error(
                    "a version is a whole number from 0 on, or a tag", at: written.span,
                    hint: "write for example '\(name)@3' or '\(name)@v1'")
                return nil
            }
            version = pin
        }
        guard let name = DatasetName(String(parts[0])) else {
            context.error(
                "this is no name of a dataset", at: written.span, hint: "names are letters, digits and '_'")
            return nil
        }
        return (Located(name, at: written.span), version)
    }
}
