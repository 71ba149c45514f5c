/// The fields that a mapping has, checked against a section of the registry: what is unknown, missing or of the wrong
/// kind is reported once, and the rest can be taken by name.
struct FieldValues {
    let section: Section
    /// Keys beside the known fields, where the section has such.
    let others: [YAMLEntry]
    private let entries: [String: YAMLEntry]
    /// Fields that unknown ones were probably meant to be.
    let misspelt: Set<String>
    let context: ReadingContext

    /// Nil, and reported, when the node is no mapping. `name` is what the user wrote before it, at `owner`; names in
    /// `passing` are reported elsewhere.
    init?(
        _ node: YAMLNode, as section: Section, named name: String, at owner: SourceSpan, in context: ReadingContext,
        passing: Set<String> = []
    ) {
        guard let mapping = node.mapping else {
            context.error(
                "'\(name)' takes \(FieldKind.section(section).phrase), not \(node.found)",
                at: node.isNull ? owner : node.span)
            return nil
        }
        self.section = section
        self.context = context
        var entries: [String: YAMLEntry] = [:]
        var others: [YAMLEntry] = []
        var misspelt: Set<String> = []
        for entry in mapping {
            if section.field(entry.name) != nil {
                entries[entry.name] = entry
            } else if section.planned.contains(entry.name) {
                context.error(
                    "'\(entry.name)' is not supported by this version of Millrace", at: entry.span,
                    hint: "remove it")
            } else if section.others != nil {
                others.append(entry)
            } else if !passing.contains(entry.name) {
                misspelt.formUnion(Self.reportUnknown(entry, in: section, context).map { [$0] } ?? [])
            }
        }
        self.misspelt = misspelt
        self.entries = entries
        self.others = others
        for field in section.fields
        where field.isRequired && entries[field.name] == nil && !misspelt.contains(field.name) {
            let example = field.example.map { ", for example '\(field.name): \($0)'" } ?? ""
            context.error("\(section.title) needs '\(field.name)'", at: owner, hint: "add it\(example)")
        }
        let choices = section.needsOneOf
        if !choices.isEmpty, choices.allSatisfy({ entries[$0] == nil && !misspelt.contains($0) }) {
            let names = choices.map { "'\($0)'" }.joined(separator: " or ")
            let example = choices.first.flatMap { section.field($0) }.flatMap { field in
                field.example.map { ", for example '\(field.name): \($0)'" }
            }
            context.error("\(section.title) needs \(names)", at: owner, hint: "add one\(example ?? "")")
        }
    }

    /// - Returns: the field that was probably meant.
    private static func reportUnknown(
        _ entry: YAMLEntry, in section: Section, _ context: ReadingContext
    ) -> String? {
        let names = section.fields.map(\.name)
        let nearest = Spelling.nearest(to: entry.name, among: names + section.planned)
        context.error(
            "unknown field '\(entry.name)'", at: entry.span,
            hint: nearest.map { "did you mean '\($0)'?" }
                ?? "the fields of \(section.title) are \(names.joined(separator: ", "))")
        return nearest
    }

    func entry(_ name: String) -> YAMLEntry? { entries[name] }

    /// The entry, unless there is none or nothing stands behind its colon.
    func present(_ name: String) -> YAMLEntry? {
        entries[name].flatMap { $0.value.isNull ? nil : $0 }
    }

    func text(_ name: String) -> String? { located(name)?.value }

    func located(_ name: String, allowsEmpty: Bool = false) -> Located<String>? {
        value(name) { context.located($0, field: $1, allowsEmpty: allowsEmpty) }
    }

    /// One text or a list of them; none when the field is missing.
    func texts(_ name: String, allowsEmpty: Bool = false) -> [Located<String>] {
        value(name) { context.texts($0, field: $1, allowsEmpty: allowsEmpty) } ?? []
    }

    /// One name or a list of different names.
    func names(_ name: String) -> [Located<String>] {
        var seen: Set<String> = []
        return texts(name).filter { text in
            if seen.insert(text.value.lowercased()).inserted { return true }
            context.error("'\(name)' names a column twice", at: text.span, hint: "remove one of them")
            return false
        }
    }

    func integer(_ name: String) -> Int? { value(name) { context.integer($0, field: $1) } }

    func number(_ name: String) -> Double? { value(name) { context.number($0, field: $1) } }

    func bool(_ name: String) -> Bool? { value(name) { context.bool($0, field: $1) } }

    func word<Word: RawRepresentable<String>>(_ name: String, as: Word.Type) -> Word? {
        value(name) { context.word($0, field: $1) }.flatMap { Word(rawValue: $0) }
    }

    func word(_ name: String) -> String? { value(name) { context.word($0, field: $1) } }

    private func value<Value>(_ name: String, _ read: (YAMLEntry, Field) -> Value?) -> Value? {
        guard let entry = entries[name], let field = section.field(name) else { return nil }
        return read(entry, field)
    }
}
