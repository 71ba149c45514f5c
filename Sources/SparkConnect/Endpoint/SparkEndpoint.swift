package import Foundation

/// Where a Spark Connect server is and how to talk to it: what a connection string such as
/// `sc://spark.internal:15002/;use_ssl=true;token=…` says.
package struct SparkEndpoint: Sendable, Hashable {
    package static let defaultPort = 15_002

    /// A name or an address, of IPv6 without its brackets.
    package var host: String
    package var port: Int
    package var usesTLS: Bool
    /// Sent with every request as the bearer of rights; never part of a description.
    package var token: String?
    package var userID: String
    /// What the server's logs call the client.
    package var userAgent: String
    /// The session to join or to make; without one each session makes its own.
    package var sessionID: UUID?
    /// Sent with every request; names in lower case.
    package var headers: [String: String]
    /// A file of certificates to trust in place of the system's.
    package var trustedCertificates: String?

    package init(
        host: String, port: Int = defaultPort, usesTLS: Bool = false, token: String? = nil,
        userID: String = SparkEndpoint.defaultUserID, userAgent: String = SparkEndpoint.defaultUserAgent,
        sessionID: UUID? = nil, headers: [String: String] = [:], trustedCertificates: String? = nil
    ) {
        self.host = host
        self.port = port
        self.usesTLS = usesTLS
        self.token = token
        self.userID = userID
        self.userAgent = userAgent
        self.sessionID = sessionID
        self.headers = headers
        self.trustedCertificates = trustedCertificates
    }

    /// The host as a URL has it, and the port.
    package var address: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// Whether what is sent stays on this machine.
    package var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    package static let defaultUserID = "millrace"
    package static let defaultUserAgent = "millrace"
}

extension SparkEndpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "sc://\(address)" }
    package var debugDescription: String { description }
    /// Without the token, wherever the value is dumped.
    package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
