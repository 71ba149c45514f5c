import Timetable

extension FieldValues {
    /// Milliseconds.
    func duration(_ name: String) -> Int? {
        guard let entry = entry(name), let field = section.field(name) else { return nil }
        return context.duration(entry, field: field)
    }

    /// A duration in whole seconds.
    func seconds(_ name: String) -> Int? { duration(name).map { $0 / 1000 } }

    /// A switch that can only be on: false, and reported, when the user writes `false`.
    func isOn(_ name: String) -> Bool {
        guard let entry = entry(name), let value = bool(name) else { return false }
        if !value { context.error("'\(name)' takes 'true'", at: entry.value.span, hint: "remove it") }
        return value
    }

    /// One word or a list of different words.
    func words<Word: RawRepresentable<String>>(_ name: String, as: Word.Type) -> [Word] {
        guard let entry = entry(name), let field = section.field(name), case .oneOrMore(let kind) = field.kind else {
            return []
        }
        let single = Field(name, kind, field.doc)
        let items = entry.value.list ?? [entry.value]
        if items.isEmpty { context.error("'\(name)' is an empty list", at: entry.value.span) }
        return items.compactMap { item in
            context.word(YAMLEntry(name: name, key: entry.key, value: item), field: single)
                .flatMap { Word(rawValue: $0) }
        }
    }

    /// The entries of those of some fields that are there, in the order in which they are written.
    func given(_ names: [String]) -> [YAMLEntry] {
        names.compactMap(entry).sorted { $0.span.offset < $1.span.offset }
    }
}

extension ReadingContext {
    func duration(_ entry: YAMLEntry, field: Field) -> Int? {
        guard case .duration(let min, let inSeconds) = field.kind, let text = located(entry, field: field)?.value else {
            return nil
        }
        guard let length = DurationText.milliseconds(text) else {
            let isNumber = YAMLScalar.double(text) != nil
            mismatch(field, entry.value, hint: isNumber ? "add a unit: \(text)s, \(text)m, \(text)h or \(text)d" : nil)
            return nil
        }
        guard length >= min else {
            error(
                "'\(field.name)' is at least \(DurationText.text(milliseconds: min)), not \(entry.value.found)",
                at: entry.value.span)
            return nil
        }
        guard !inSeconds || length.isMultiple(of: 1000) else {
            error("'\(field.name)' takes whole seconds, not \(entry.value.found)", at: entry.value.span)
            return nil
        }
        return length
    }
}
