/// Why a program could not do what it was asked to.
package struct ProgramFault: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// It could not be started, or not be made ready: nothing that rows could be blamed for.
        case notStarted
        /// It said what was wrong: an exception.
        case raised
        /// It ended, or was ended.
        case died
        /// What it answered cannot be taken, whatever the rows are.
        case answer
    }

    package var kind: Kind
    /// A sentence without its end.
    package var message: String
    /// What there is to say besides: a traceback, last words.
    package var details: String
    /// The line of the user's file, from 1.
    package var line: Int?
    package var hint: String?

    package init(_ kind: Kind, _ message: String, details: String = "", line: Int? = nil, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.details = details
        self.line = line
        self.hint = hint
    }

    package var description: String { details.isEmpty ? message : "\(message)\n\(details)" }

    /// Whether other rows might fare better.
    var isOfRows: Bool { kind == .raised || kind == .died }
}
