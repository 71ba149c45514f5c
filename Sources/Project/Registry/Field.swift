/// A field that a user may write, described once: the reader, the schema for editors and the reference know it
/// from here.
package struct Field: Sendable {
    package var name: String
    package var kind: FieldKind
    package var isRequired: Bool
    /// What it does, in whole sentences.
    package var doc: String
    /// A value, as YAML writes it.
    package var example: String?

    init(_ name: String, _ kind: FieldKind, required: Bool = false, _ doc: String, example: String? = nil) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.doc = doc
        self.example = example
    }
}

/// What a field takes.
package indirect enum FieldKind: Sendable {
    case text
    /// One of some words.
    case word([String])
    case integer(min: Int?)
    case number(min: Double?, max: Double?)
    case bool
    /// A number, text or truth value of the data.
    case literal
    /// Bytes, with a unit, or a share of the machine's memory.
    case memory
    /// A length of time with its units, in milliseconds at least `min`; of whole seconds if they are the smallest unit.
    case duration(min: Int, inSeconds: Bool)
    /// SQL, or the path of a `.sql` file.
    case sql
    case list(FieldKind)
    case oneOrMore(FieldKind)
    /// Names of the user's own, each with such a value; `what` names one of them.
    case named(FieldKind, what: String)
    case section(Section)
    case anyOf([FieldKind])
    /// The list of checks of a dataset, or of a column.
    case checks(ofColumn: Bool)
    /// The list of conditions that an `and` or `or` combines.
    case conditions

    /// What it takes, for "'batch' takes …".
    package var phrase: String {
        switch self {
        case .text: "text"
        case .word(let words):
            words.count == 1 ? "'\(words[0])'" : "one of \(words.map(Self.shown).joined(separator: ", "))"
        case .integer(let min): min.map { "a whole number of at least \($0)" } ?? "a whole number"
        case .number(let min?, let max?): "a number from \(Self.shown(min)) to \(Self.shown(max))"
        case .number(let min?, nil): "a number of at least \(Self.shown(min))"
        case .number(nil, let max?): "a number of at most \(Self.shown(max))"
        case .number(nil, nil): "a number"
        case .bool: "true or false"
        case .literal: "a number, text, true or false"
        case .memory: "an amount of memory such as 4GB or 80%"
        case .duration: "a length of time such as 30s, 15m, 1h30m or 90d"
        case .sql: "SQL or the path of a .sql file"
        case .list(.text): "a list of texts"
        case .list(let kind): "a list, each item \(kind.phrase)"
        case .oneOrMore(let kind): "\(kind.phrase), or a list of such"
        case .named(_, let what): "a mapping, each key \(what)"
        case .section(let section):
            "a mapping with \(section.fields.prefix(4).map { "'\($0.name)'" }.joined(separator: ", "))"
                + (section.fields.count > 4 ? ", …" : "")
        case .anyOf(let kinds): kinds.map(\.phrase).joined(separator: ", or ")
        case .checks: "a list of checks"
        case .conditions: "a list of conditions"
        }
    }

    /// A word that is no word in quotation marks, so that it is not read as punctuation.
    private static func shown(_ word: String) -> String {
        word.contains(where: \.isLetter) ? word : "'\(word)'"
    }

    static func shown(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }
}

/// A mapping with known fields.
package struct Section: Sendable {
    /// What a message calls it: "a dataset".
    package var title: String
    package var doc: String
    package var fields: [Field]
    /// What keys beside the known ones are, if there may be any.
    package var others: Field?
    /// Fields of later versions: known, but refused.
    package var planned: [String]
    /// Fields of which there must be one at least.
    package var needsOneOf: [String]
    private var byName: [String: Int]

    init(
        _ title: String, _ doc: String, fields: [Field], others: Field? = nil, planned: [String] = [],
        needsOneOf: [String] = []
    ) {
        self.title = title
        self.doc = doc
        self.fields = fields
        self.others = others
        self.planned = planned
        self.needsOneOf = needsOneOf
        byName = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package func field(_ name: String) -> Field? { byName[name].map { fields[$0] } }
}

/// A rule that a check may state, and the fields of its mapping form.
package struct CheckRule: Sendable {
    package var name: String
    package var doc: String
    /// The rule as YAML writes it in a dataset's `checks`.
    package var example: String
    package var section: Section
    /// What may stand in place of the mapping in a dataset's checks.
    package var short: FieldKind?
    /// What may stand in place of the mapping in a column's checks.
    package var columnShort: FieldKind?
    /// True when the rule alone, as a word, is a column's check.
    package var isWordForColumn: Bool
    package var looksAt: Subject
    /// The fields beside the rule's own that it takes.
    package var common: [Field]

    package enum Subject: Sendable {
        /// Each row: rows can be refused one by one, and a share of them may fail.
        case rows
        /// The values of a column as a whole.
        case column
        /// The table as a whole.
        case table
    }

    /// The fields of its mapping in a column's checks, which name no column.
    package var columnSection: Section {
        var section = section
        section = Section(
            section.title, section.doc, fields: section.fields.filter { $0.name != "column" && $0.name != "columns" })
        return section
    }
}
