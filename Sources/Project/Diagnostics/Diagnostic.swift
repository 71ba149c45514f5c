/// What is wrong in a user's file, or with what it names: where, why, and the way out.
package struct Diagnostic: Error, Sendable {
    package enum Severity: String, Sendable, Codable {
        case error, warning
    }

    package var severity: Severity
    /// One sentence without a final full stop, in the user's own names.
    package var message: String
    package var span: SourceSpan?
    /// Further facts, one a line.
    package var notes: [String]
    /// What to do next.
    package var hint: String?

    package init(
        _ severity: Severity = .error,
        _ message: String,
        at span: SourceSpan? = nil,
        notes: [String] = [],
        hint: String? = nil
    ) {
        self.severity = severity
        self.message = message
        self.span = span
        self.notes = notes
        self.hint = hint
    }

    package static func error(
        _ message: String, at span: SourceSpan? = nil, notes: [String] = [], hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(.error, message, at: span, notes: notes, hint: hint)
    }

    package static func warning(
        _ message: String, at span: SourceSpan? = nil, notes: [String] = [], hint: String? = nil
    ) -> Diagnostic {
        Diagnostic(.warning, message, at: span, notes: notes, hint: hint)
    }
}

extension [Diagnostic] {
    /// By file, and in a file from top to bottom; those without a place come last.
    package var inReadingOrder: [Diagnostic] {
        enumerated().sorted { left, right in
            guard let first = left.element.span, let second = right.element.span else {
                let hasPlace = (left: left.element.span != nil, right: right.element.span != nil)
                return hasPlace.left != hasPlace.right ? hasPlace.left : left.offset < right.offset
            }
            return (first.file.path, first.offset, left.offset) < (second.file.path, second.offset, right.offset)
        }.map(\.element)
    }
}

/// Several diagnostics thrown as one error: everything that is wrong, not only the first thing.
package struct Diagnostics: Error, Sendable {
    package var all: [Diagnostic]

    package init(_ all: [Diagnostic]) { self.all = all }

    package var hasErrors: Bool { all.contains { $0.severity == .error } }
}
