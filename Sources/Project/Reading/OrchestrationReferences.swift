/// Names that triggers, notifications and steps use: other triggers, pools, datasets to select.
struct OrchestrationReferences {
    let context: ReadingContext
    let datasets: [Dataset]
    /// All names of datasets, also of those that could not be read, by their folded form.
    let known: [String: String]
    let triggers: [Trigger]
    /// All names of triggers, also of those that could not be read, by their folded form.
    let knownTriggers: [String: String]
    let pools: [String: Int]

    func check(triggerEntries: [YAMLEntry], notifications: [Notification]) {
        for trigger in triggers {
            for case .after(let other) in trigger.condition.leaves { check(trigger: other) }
        }
        for notification in notifications {
            for trigger in notification.triggers { check(trigger: trigger) }
        }
        for dataset in datasets {
            if let use = dataset.limits.pool { check(use) }
        }
        for entry in triggerEntries {
            if let select = entry.value.mapping?.first(where: { $0.name == "select" }) { check(selection: select) }
        }
        checkCycles()
    }

    private func check(trigger written: Located<String>) {
        guard !knownTriggers.values.contains(written.value) else { return }
        let names = knownTriggers.values.sorted()
        context.error(
            "there is no trigger '\(context.redaction.redact(written.value))'", at: written.span,
            hint: context.suggestion(
                for: written.value, among: names,
                otherwise: names.isEmpty ? nil : "the triggers are \(names.joined(separator: ", "))"))
    }

    private func check(_ use: PoolUse) {
        let name = use.pool.value
        let shown = context.redaction.redact(name)
        guard let places = pools[name] else {
            let names = pools.keys.sorted()
            context.error(
                "there is no pool '\(shown)'", at: use.pool.span,
                hint: context.suggestion(
                    for: name, among: names,
                    otherwise: names.isEmpty
                        ? "add 'pools: { \(shown): 2 }' to the project"
                        : "the pools are \(names.joined(separator: ", "))"))
            return
        }
        guard use.weight > places else { return }
        context.error(
            "the pool '\(shown)' has \(places) \(places == 1 ? "place" : "places"): a step that needs \(use.weight) could "
                + "never start", at: use.pool.span, hint: "give the pool more places, or the step a smaller 'weight'")
    }

    // MARK: Cycles

    /// Triggers that wait for each other by `after`: each would start the next, without end.
    private func checkCycles() {
        let others = Dictionary(
            triggers.map { trigger in
                (
                    trigger.name.value,
                    trigger.condition.leaves.compactMap { leaf in
                        if case .after(let other) = leaf { other } else { nil }
                    }
                )
            }, uniquingKeysWith: { first, _ in first })
        var done: Set<String> = []
        for start in triggers.map(\.name.value) {
            walk(start, path: [], others, &done)
        }
    }

    private func walk(
        _ name: String, path: [String], _ others: [String: [Located<String>]], _ done: inout Set<String>
    ) {
        guard !done.contains(name) else { return }
        for other in others[name] ?? [] {
            let path = path + [name]
            guard let first = path.firstIndex(of: other.value) else {
                walk(other.value, path: path, others, &done)
                continue
            }
            let members = (path[first...] + [other.value]).joined(separator: " ← ")
            context.error(
                path.count - first == 1
                    ? "the trigger '\(other.value)' waits for itself" : "these triggers start each other: \(members)",
                at: other.span, hint: "each run would start the next, without end; break the cycle")
        }
        done.insert(name)
    }

    // MARK: Selections

    /// The datasets that a `select` names are there. What only a graph or a history can tell is left to `plan`.
    private func check(selection entry: YAMLEntry) {
        for node in entry.value.list ?? [entry.value] {
            guard let scalar = node.scalar, !scalar.isNull, !Environment.occurs(in: scalar.text) else { continue }
            let map = TextMap(of: scalar, in: node.file.utf8, at: node.offset)
            var offset = 0
            for word in scalar.text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == " " || $0 == "," })
            {
                let span = SourceSpan(
                    file: node.file, offset: map.file(of: offset), length: max(1, word.utf8.count))
                if !word.isEmpty { check(selector: Self.atom(word), at: span) }
                offset += word.utf8.count + 1
            }
        }
    }

    private func check(selector atom: String, at span: SourceSpan) {
        guard let colon = atom.firstIndex(of: ":") else {
            guard !known.values.contains(where: { Glob.matches($0, pattern: atom) }) else { return }
            context.error(
                Glob.isPattern(atom) ? "no dataset matches '\(atom)'" : "there is no dataset '\(atom)'", at: span,
                hint: context.suggestion(for: atom, among: known.values.sorted()))
            return
        }
        let method = String(atom[..<colon])
        let value = String(atom[atom.index(after: colon)...])
        let methods = ["tag", "path", "state", "result"]
        guard methods.contains(method) else {
            context.error(
                "there is no way '\(method):' to select datasets", at: span,
                hint: context.suggestion(
                    for: method, among: methods, otherwise: "the ways are tag:, path:, state: and result:"))
            return
        }
        let tags = Set(datasets.flatMap(\.tags))
        if method == "tag", !tags.contains(where: { Glob.matches($0, pattern: value) }) {
            context.error(
                "no dataset has the tag '\(value)'", at: span,
                hint: context.suggestion(for: value, among: tags.sorted()))
        }
    }

    /// A selector without what asks for more of the graph: `@`, `2+…`, `…+1`.
    private static func atom(_ word: Substring) -> String {
        var word = word
        if word.first == "@" { word.removeFirst() }
        if let plus = word.firstIndex(of: "+"), word[..<plus].allSatisfy(\.isNumber) {
            word = word[word.index(after: plus)...]
        }
        if let plus = word.lastIndex(of: "+"), word[word.index(after: plus)...].allSatisfy(\.isNumber) {
            word = word[..<plus]
        }
        return String(word)
    }
}
