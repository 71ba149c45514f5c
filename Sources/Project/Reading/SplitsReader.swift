/// Reads `splits`.
struct SplitsReader {
    let context: ReadingContext

    func splits(_ entry: YAMLEntry) -> Splits? {
        guard
            let values = FieldValues(
                entry.value, as: FieldRegistry.splits, named: entry.name, at: entry.span, in: context)
        else { return nil }
        let shares = values.others.compactMap { share($0, isSeedMissing: values.entry("seed") == nil) }
        if values.others.isEmpty {
            context.error(
                "'splits' names no split", at: entry.span,
                hint: "add names with weights, for example 'train: 80, test: 20'")
        }
        let by = values.located("by")
        if let by, by.value.lowercased() == Splits.column {
            context.error(
                "'splits' cannot go by the column 'split': that is the one it adds", at: by.span,
                hint: "name a column that identifies a group of rows")
        }
        let seed = values.integer("seed") ?? 0
        guard let by, !shares.isEmpty else { return nil }
        return Splits(by: by, seed: seed, shares: shares, span: entry.span)
    }

    private func share(_ entry: YAMLEntry, isSeedMissing: Bool) -> Splits.Share? {
        if isSeedMissing, Spelling.nearest(to: entry.name, among: ["seed"]) != nil {
            context.error("unknown field '\(entry.name)'", at: entry.span, hint: "did you mean 'seed'?")
            return nil
        }
        guard !entry.name.isEmpty, !entry.name.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            context.error("'\(entry.name)' is no name of a split", at: entry.span, hint: "use letters, digits and '_'")
            return nil
        }
        guard let scalar = entry.value.scalar, let text = context.text(of: scalar, in: entry.value) else {
            if entry.value.scalar == nil {
                context.error(
                    "the weight of the split '\(entry.name)' must be a number, not \(entry.value.found)",
                    at: entry.value.span)
            }
            return nil
        }
        guard let weight = YAMLScalar.double(text), weight > 0, weight.isFinite else {
            context.error(
                "the weight of the split '\(entry.name)' must be a number above 0, not \(entry.value.found)",
                at: entry.value.isNull ? entry.span : entry.value.span)
            return nil
        }
        return Splits.Share(name: entry.name, weight: weight)
    }
}
