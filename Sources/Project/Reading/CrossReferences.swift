/// Names that one part of a project uses and another defines.
struct CrossReferences {
    let context: ReadingContext
    let engines: [String: EngineDefinition]
    let datasets: [Dataset]
    /// All names of datasets, also of those that could not be read, by their folded form.
    let known: [String: String]

    private let byName: [String: Dataset]

    init(context: ReadingContext, engines: [String: EngineDefinition], datasets: [Dataset], known: [String: String]) {
        self.context = context
        self.engines = engines
        self.datasets = datasets
        self.known = known
        byName = Dictionary(datasets.map { ($0.name.folded, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func check(engine: Located<String>?, feeds: [Feed]) {
        for engine in [engine] + datasets.map(\.engine) {
            if let engine { check(engine: engine) }
        }
        for dataset in datasets { check(engineOf: dataset) }
        for reference in context.references { check(dataset: reference, reference.value) }
        for dataset in datasets { check(incremental: dataset) }
        for feed in feeds {
            check(dataset: Located(feed.dataset.value.text, at: feed.dataset.span), feed.dataset.value.text)
            check(split: feed)
        }
    }

    private func check(engine: Located<String>) {
        guard engines[engine.value] == nil else { return }
        let names = engines.keys.sorted()
        context.error(
            "there is no engine '\(context.redaction.redact(engine.value))'", at: engine.span,
            hint: context.suggestion(
                for: engine.value, among: names, otherwise: "the engines are \(names.joined(separator: ", "))"))
    }

    /// Only SQL can go elsewhere.
    private func check(engineOf dataset: Dataset) {
        guard let engine = dataset.engine, dataset.step.sql == nil, engines[engine.value]?.kind == .spark else {
            return
        }
        context.error(
            "'\(dataset.name)' is made by \(dataset.step.ingest == nil ? "a program" : "an ingest"), which runs on this "
                + "machine and not on '\(engine.value)'", at: engine.span,
            hint: "leave 'engine' out; it is for SQL steps")
    }

    private func check(dataset written: Located<String>, _ name: String) {
        guard known[name.lowercased()] == nil else { return }
        context.error(
            "there is no dataset '\(context.redaction.redact(name))'", at: written.span,
            hint: context.suggestion(for: name, among: known.values.sorted(), otherwise: nil))
    }

    /// An input that is replaced as a whole again and again.
    private func check(incremental dataset: Dataset) {
        guard dataset.mode != .replace, dataset.onReplace == .fail, let input = dataset.incremental,
            let other = byName[input.value.folded], other.mode == .replace
        else { return }
        context.add([
            .warning(
                "'\(other.name)' has 'mode: replace': each of its versions replaces all of its rows, and then "
                    + "'\(dataset.name)' cannot tell which are new", at: input.span,
                hint: "give '\(other.name)' 'mode: append', or add 'on_replace: full_refresh' here")
        ])
    }

    private func check(split feed: Feed) {
        guard let split = feed.split,
            let dataset = byName[feed.dataset.value.folded]
        else { return }
        let shown = context.redaction.redact(split.value)
        guard let splits = dataset.splits else {
            context.error(
                "there is no split '\(shown)': the dataset '\(dataset.name)' has no 'splits'", at: split.span,
                hint: "add 'splits' to the dataset, or remove 'split'")
            return
        }
        let names = splits.shares.map(\.name)
        guard !names.contains(split.value) else { return }
        context.error(
            "the dataset '\(dataset.name)' has no split '\(shown)'", at: split.span,
            hint: context.suggestion(
                for: split.value, among: names, otherwise: "its splits are \(names.joined(separator: ", "))"))
    }
}
