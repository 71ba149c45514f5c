import HTTPTypes
import Hummingbird

/// All that the gate knows and remembers.
struct Guards: Sendable {
    let hosts: HostRule
    let secrets = Secrets()
    let sessions = Sessions()
    let requests: RateLimit
    let logins: RateLimit
    /// Attempts with a wrong token.
    let badTokens: RateLimit
    private let hasSecureCookies: Bool

    private static let cookie = "millrace"

    init(_ options: ServerOptions) {
        hosts = HostRule(options)
        let limits = options.limits
        requests = RateLimit(perSecond: limits.requestsPerSecond, atOnce: limits.requestsAtOnce)
        logins = RateLimit(perSecond: limits.loginsPerMinute / 60, atOnce: limits.loginsAtOnce)
        badTokens = RateLimit(perSecond: limits.loginsPerMinute / 60, atOnce: limits.loginsAtOnce * 4)
        hasSecureCookies = options.hasSecureCookies
    }

    /// The visit's name in a cookie.
    func visit(in headers: HTTPFields) -> String? {
        for field in headers[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0] == Self.cookie else { continue }
                guard parts[1].utf8.count == 64, Secrets.bytes(hexadecimal: String(parts[1])) != nil else { continue }
                return String(parts[1])
            }
        }
        return nil
    }

    func setVisit(_ id: String, in response: inout Response) {
        let secure = hasSecureCookies ? "; Secure" : ""
        response.headers.append(
            HTTPField(name: .setCookie, value: "\(Self.cookie)=\(id); Path=/; HttpOnly; SameSite=Lax\(secure)"))
    }

    func endVisit(in response: inout Response) {
        response.headers.append(
            HTTPField(name: .setCookie, value: "\(Self.cookie)=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"))
    }

    /// - Parameter isStatic: the same for everybody.
    func addHeaders(to response: inout Response, isStatic: Bool) {
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.frameOptions] = "DENY"
        // With less, browsers send forms from "null", which is not this server's own page.
        response.headers[.referrerPolicy] = "same-origin"
        response.headers[.permissionsPolicy] = "camera=(), geolocation=(), microphone=()"
        response.headers[.openerPolicy] = "same-origin"
        response.headers[.resourcePolicy] = "same-origin"
        if !isStatic { response.headers[.vary] = "Cookie, Authorization" }
    }
}
