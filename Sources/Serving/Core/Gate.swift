import HTTPTypes
import Hummingbird
import NIOCore

/// The rules that a request must meet before its route gets to see it.
struct Gate {
    let site: Site
    let request: Request
    let address: String

    private(set) var route: Route?
    private(set) var visit: Visit?
    private(set) var hasUnreadBody: Bool

    init(site: Site, request: Request, address: String) {
        self.site = site
        self.request = request
        self.address = address
        let length = request.headers[.contentLength].flatMap { Int($0) }
        hasUnreadBody = (length ?? 0) > 0 || request.headers[.transferEncoding] != nil
    }

    /// Trouble is told on a page rather than in a document for programs.
    var wantsPage: Bool {
        switch route?.kind {
        case .page, .form, .login: true
        case .api, .hook, .stream: false
        case .open, nil: request.headers[.accept]?.contains("text/html") ?? false
        }
    }

    private static let longestTarget = 4096

    mutating func answer() async throws -> Response {
        let now = site.now()
        try verifyHost()
        guard let target = request.head.path, target.utf8.count <= Self.longestTarget else {
            throw Trouble(.uriTooLong, "the address is too long")
        }
        let parts = try Self.path(target)
        let found = try find(parts)
        route = found.0
        let route = found.0
        if route.kind != .open, let wait = site.guards.requests.take(address, at: now) {
            throw Self.tooMany(wait)
        }
        let isChange = route.method != .get
        if isChange, route.kind == .login, let wait = site.guards.logins.take(address, at: now) {
            throw Self.tooMany(wait)
        }
        if isChange { try verifyOrigin() }
        var visit = try admit(to: route, at: now)
        visit.parameters = found.1
        visit.path = "/" + parts.joined(separator: "/")
        guard let query = FormFields(Self.query(target)) else {
            throw Trouble(.badRequest, "the query in the address is not validly encoded")
        }
        visit.query = query
        self.visit = visit
        guard visit.visitor.role >= route.role else {
            throw Trouble(
                .forbidden, "\(visit.visitor.name) is a \(visit.visitor.role.rawValue) and may not do this",
                hint: "ask somebody who is \(route.role == .operator ? "an operator" : "an admin")")
        }
        if isChange { try await read(into: &visit, route) }
        self.visit = visit
        var response = try await route.answer(visit, site)
        if let cookie = visit.newCookie { site.guards.setVisit(cookie, in: &response) }
        return response
    }

    private static func tooMany(_ wait: Int) -> Trouble {
        var trouble = Trouble(.tooManyRequests, "too many requests", hint: "try again in \(wait) s")
        trouble.headers[.retryAfter] = String(wait)
        return trouble
    }

    private func verifyHost() throws {
        guard let authority = request.head.authority, let host = HostName(authority) else {
            throw Trouble(.badRequest, "the request does not say whom it is for")
        }
        guard site.guards.hosts.allows(host) else {
            throw Trouble(
                .misdirectedRequest, "this server does not go by the name of '\(host.name)'",
                hint: "millrace serve --allow-host NAME lets it")
        }
    }

    /// The parts of a path, decoded.
    private static func path(_ target: String) throws -> [String] {
        guard target.first == "/" else { throw Trouble(.badRequest, "the address makes no sense") }
        let path = target.prefix { $0 != "?" && $0 != "#" }
        var parts: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = PercentEncoding.decode(part) else {
                throw Trouble(.badRequest, "the address is not validly encoded")
            }
            guard text != "..", text != ".", !text.unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw Trouble(.badRequest, "the address makes no sense")
            }
            parts.append(text)
        }
        if parts.last == "" { parts.removeLast() }
        return parts
    }

    private static func query(_ target: String) -> Substring {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        return target[target.index(after: mark)...].prefix { $0 != "#" }
    }

    private func find(_ parts: [String]) throws -> (Route, [String: String]) {
        switch site.routes.find(request.method, parts) {
        case .route(let route, let parameters): return (route, parameters)
        case .otherMethods(let methods):
            var trouble = Trouble(.methodNotAllowed, "\(request.method.rawValue) is not for this address")
            trouble.headers[.allow] = methods.map(\.rawValue).joined(separator: ", ")
            throw trouble
        case .nothing: throw Trouble.notFound("there is nothing at this address")
        }
    }

    /// A browser says from which page a request comes. One from somebody else's page may not change anything, whatever
    /// cookies come with it.
    private func verifyOrigin() throws {
        let refusal = Trouble(.forbidden, "the request comes from a page of another server")
        if let site = request.headers[.fetchSite], site != "same-origin", site != "none" { throw refusal }
        guard let origin = request.headers[.origin] else { return }
        guard let start = origin.firstRange(of: "://"), let host = HostName(String(origin[start.upperBound...])),
            let own = request.head.authority.flatMap({ HostName($0) }), host.name == own.name
        else { throw refusal }
        let usual = origin.hasPrefix("https:") ? "443" : "80"
        // Whatever ends TLS in front of the server may leave out the port.
        guard host.port ?? usual == own.port ?? usual else { throw refusal }
    }

    private func admit(to route: Route, at now: Int) throws -> Visit {
        let cookie = site.guards.visit(in: request.headers)
        let id = cookie ?? Secrets.random()
        func visit(_ visitor: Visitor) -> Visit {
            Visit(
                method: request.method, path: "", headers: request.headers, visitor: visitor,
                seal: site.guards.secrets.seal(id), newCookie: cookie == nil && wantsPage ? id : nil, now: now)
        }
        if route.kind == .open || site.options.isOpen {
            return visit(Visitor(name: "", role: .admin, proof: .none))
        }
        if route.kind == .login { return visit(Visitor(name: "", role: .viewer, proof: .none)) }
        if let authorization = request.headers[.authorization] {
            if let wait = site.guards.badTokens.isEmpty(address, at: now) { throw Self.tooMany(wait) }
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer", let token = site.options.token,
                Secrets.areEqual(String(parts[1]), token)
            else {
                _ = site.guards.badTokens.take(address, at: now)
                throw unauthorized("the token is not the server's")
            }
            return visit(Visitor(name: "the token's owner", role: .admin, proof: .token))
        }
        if let cookie, let visitor = site.guards.sessions.visitor(cookie, at: now) { return visit(visitor) }
        if wantsPage {
            var trouble = Trouble(.seeOther, "sign in first")
            let path = request.method == .get ? request.head.path ?? "/" : "/"
            trouble.headers[.location] = "/login?next=" + PercentEncoding.encode(path)
            throw trouble
        }
        throw unauthorized("this server wants to know who asks")
    }

    private func unauthorized(_ message: String) -> Trouble {
        var trouble = Trouble(.unauthorized, message, hint: "send the header 'Authorization: Bearer TOKEN'")
        trouble.headers[.wwwAuthenticate] = "Bearer realm=\"millrace\""
        return trouble
    }

    // MARK: The body

    private mutating func read(into visit: inout Visit, _ route: Route) async throws {
        let limit = site.options.limits.body
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Trouble(.contentTooLarge, "the body has more than \(limit) bytes")
        }
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        let isForm = route.kind == .form || route.kind == .login
        if isForm || hasUnreadBody, route.kind != .hook {
            let wanted = isForm ? "application/x-www-form-urlencoded" : "application/json"
            guard type == wanted else {
                throw Trouble(.unsupportedMediaType, "the body must be \(wanted)")
            }
        }
        visit.body = try await body(limit)
        hasUnreadBody = false
        if isForm {
            guard let form = String(validating: visit.body, as: UTF8.self).flatMap({ FormFields($0) }) else {
                throw Trouble(.badRequest, "the form is not validly encoded")
            }
            visit.form = form
            guard let seal = form["csrf"], visit.newCookie == nil, Secrets.areEqual(seal, visit.seal) else {
                throw Trouble(
                    .forbidden, "the form is not from this visit, or has become too old",
                    hint: "go back, load the page again and try once more")
            }
        } else if visit.visitor.proof == .cookie {
            guard let seal = request.headers[.csrfToken], Secrets.areEqual(seal, visit.seal) else {
                throw Trouble(.forbidden, "a change needs the header X-CSRF-Token, or the token instead of a cookie")
            }
        }
    }

    private func body(_ limit: Int) async throws -> [UInt8] {
        let time = site.options.limits.bodyTime
        let body = request.body
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await buffer in body {
                    bytes += buffer.readableBytesView
                    guard bytes.count <= limit else {
                        throw Trouble(.contentTooLarge, "the body has more than \(limit) bytes")
                    }
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() ?? nil else {
                throw Trouble(.requestTimeout, "the body did not come in \(time)")
            }
            return bytes
        }
    }
}
