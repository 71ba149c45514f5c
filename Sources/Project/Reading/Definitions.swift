/// The names that datasets or feeds were given, and where: a name that is no name or was given before is reported.
final class Definitions {
    private let what: String
    private let context: ReadingContext
    private var places: [String: (name: String, span: SourceSpan)] = [:]

    /// `what` is "dataset" or "feed".
    init(of what: String, _ context: ReadingContext) {
        self.what = what
        self.context = context
    }

    /// The names by their folded form.
    var names: [String: String] { places.mapValues(\.name) }

    func contains(_ name: String) -> Bool { places[name.lowercased()] != nil }

    /// True when the name was given, but otherwise in upper or lower case.
    func hasOtherCase(_ name: String) -> Bool {
        places[name.lowercased()].map { $0.name != name } ?? false
    }

    /// The name of an entry; nil when it cannot be used.
    func name(_ entry: YAMLEntry) -> DatasetName? { name(entry.name, at: entry.span) }

    /// The name of a SQL file.
    func name(bare text: String, path: String) -> DatasetName? { name(text, at: .wholeFile(path)) }

    private func name(_ text: String, at span: SourceSpan) -> DatasetName? {
        guard let name = DatasetName(text) else {
            context.error(
                text.isEmpty ? "a \(what) has no name" : "'\(text)' is no name for a \(what)", at: span,
                hint: "names are letters, digits and '_', do not start with a digit, and have at most 128 characters")
            return nil
        }
        if name.isQuarantine {
            context.error(
                "'\(text)' is reserved: names that end in '\(DatasetName.quarantineSuffix)' are for refused rows",
                at: span, hint: "name it otherwise")
            return nil
        }
        if name.isLedger {
            context.error(
                "'\(text)' is reserved: names that end in '\(DatasetName.ledgerSuffix)' are for the files that an ingest "
                    + "has read", at: span, hint: "name it otherwise")
            return nil
        }
        if let first = places[name.folded] {
            let isSame = first.name == text
            context.error(
                "the \(what) '\(text)' is defined twice" + (isSame ? "" : ": for SQL it is '\(first.name)'"), at: span,
                notes: ["\(isSame ? "the first" : "'\(first.name)'") is at \(ReadingContext.place(of: first.span))"],
                hint: "rename one of them")
            return nil
        }
        places[name.folded] = (text, span)
        return name
    }
}
