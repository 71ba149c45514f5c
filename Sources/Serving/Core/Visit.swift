import HTTPTypes
import Hummingbird

/// One request, as far as it was let in.
struct Visit: Sendable {
    var method: HTTPRequest.Method
    /// Decoded, without a slash at its end.
    var path: String
    /// What stands in the path where the route has a name in braces.
    var parameters: [String: String] = [:]
    var query = FormFields.none
    var form = FormFields.none
    var headers: HTTPFields
    var body: [UInt8] = []
    var visitor: Visitor
    /// The token that forms on the answer bring back.
    var seal: String
    /// A visit's cookie that the browser does not have yet.
    var newCookie: String?
    var now: Int

    subscript(_ name: String) -> String { parameters[name] ?? "" }

    func mayBe(_ role: Role) -> Bool { visitor.role >= role }
}

/// What a route is for: it decides how a visitor proves who they are, and how trouble is told.
enum RouteKind: Sendable {
    /// For everybody: style, script, health.
    case open
    /// The page and the form to sign in.
    case login
    /// A page to look at.
    case page
    /// What a form on a page sends.
    case form
    case api
    /// A live stream of the API.
    case stream
    case hook
}

struct Route: Sendable {
    enum Segment: Sendable, Equatable {
        case text(String)
        case parameter(String)
    }

    var method: HTTPRequest.Method
    var template: String
    var segments: [Segment]
    var kind: RouteKind
    var role: Role
    /// How the API's document describes it.
    var operation: Operation?
    var answer: @Sendable (Visit, Site) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ template: String, _ kind: RouteKind, _ role: Role = .viewer,
        _ operation: Operation? = nil, answer: @escaping @Sendable (Visit, Site) async throws -> Response
    ) {
        self.method = method
        self.template = template
        self.kind = kind
        self.role = role
        self.operation = operation
        self.answer = answer
        segments = template.split(separator: "/").map { part in
            part.first == "{" ? .parameter(String(part.dropFirst().dropLast())) : .text(String(part))
        }
    }

    /// The parameters in a path; nil when the route is for other paths.
    func match(_ parts: [String]) -> [String: String]? {
        guard parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            switch segment {
            case .text(let text): guard text == part else { return nil }
            case .parameter(let name): parameters[name] = part
            }
        }
        return parameters
    }
}

/// Finds the route of a request.
struct RouteTable: Sendable {
    enum Finding: Sendable {
        case route(Route, [String: String])
        /// There is something, but not for this method.
        case otherMethods([HTTPRequest.Method])
        case nothing
    }

    let routes: [Route]

    func find(_ method: HTTPRequest.Method, _ parts: [String]) -> Finding {
        var others: [HTTPRequest.Method] = []
        for route in routes {
            guard let parameters = route.match(parts) else { continue }
            // A HEAD is a GET of which only the head is sent.
            if route.method == method || (method == .head && route.method == .get) {
                return .route(route, parameters)
            }
            if !others.contains(route.method) { others.append(route.method) }
            if route.method == .get { others.append(.head) }
        }
        return others.isEmpty ? .nothing : .otherMethods(others)
    }
}
