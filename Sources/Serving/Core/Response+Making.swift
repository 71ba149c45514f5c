import HTTPTypes
import Hummingbird
import NIOCore
import Recording

extension HTTPField.Name {
    static let contentSecurityPolicy = Self("content-security-policy") ?? .contentDisposition
    static let frameOptions = Self("x-frame-options") ?? .contentDisposition
    static let referrerPolicy = Self("referrer-policy") ?? .contentDisposition
    static let permissionsPolicy = Self("permissions-policy") ?? .contentDisposition
    static let openerPolicy = Self("cross-origin-opener-policy") ?? .contentDisposition
    static let resourcePolicy = Self("cross-origin-resource-policy") ?? .contentDisposition
    static let csrfToken = Self("x-csrf-token") ?? .contentDisposition
    static let fetchSite = Self("sec-fetch-site") ?? .contentDisposition
}

extension Response {
    static func bytes(
        _ text: String, type: String, status: HTTPResponse.Status = .ok, cache: String = "no-store"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: cache],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func page(_ html: HTML, status: HTTPResponse.Status = .ok) -> Response {
        bytes(html.text, type: "text/html; charset=utf-8", status: status)
    }

    static func json(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        bytes(json.text + "\n", type: "application/json", status: status)
    }

    static func problem(_ trouble: Trouble) -> Response {
        let document = JSON.object([
            ("title", .string(trouble.status.reasonPhrase)), ("status", .int(trouble.status.code)),
            ("detail", .string(trouble.message)), ("hint", .optional(trouble.hint)),
        ])
        return bytes(document.text + "\n", type: "application/problem+json", status: trouble.status)
    }

    /// After a form: the page to look at.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}
