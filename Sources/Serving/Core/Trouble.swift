package import HTTPTypes
import Hummingbird
import Project

/// Why a request gets no answer: what a page or a problem document tells.
package struct Trouble: Error, Sendable {
    package var status: HTTPResponse.Status
    package var message: String
    package var hint: String?
    /// Further fields of the answer's head.
    var headers: HTTPFields = [:]

    package init(_ status: HTTPResponse.Status, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    static func notFound(_ what: String) -> Trouble { Trouble(.notFound, what) }

    static func invalid(_ what: String, hint: String? = nil) -> Trouble {
        Trouble(.unprocessableContent, what, hint: hint)
    }

    /// What the scheduler or the workspace found wrong with a request.
    init(_ diagnostic: Diagnostic) {
        self.init(.unprocessableContent, diagnostic.message, hint: diagnostic.hint)
    }

    init(_ error: any Error) {
        switch error {
        case let trouble as Trouble: self = trouble
        case let diagnostic as Diagnostic: self.init(diagnostic)
        case let diagnostics as Diagnostics:
            self.init(diagnostics.all.first ?? .error("the request makes no sense"))
        default: self.init(.internalServerError, "Millrace could not answer", hint: "the server's log has the reason")
        }
    }
}
