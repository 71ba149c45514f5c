/// Where an S3 service listens: what of an `http://` or `https://` URL names a server.
package struct S3Endpoint: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    /// A name or an address; one of IPv6 is in brackets.
    package let host: String
    /// Nil for the scheme's own.
    package let port: Int?

    init(isSecure: Bool, host: String, port: Int? = nil) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// Nil for anything but `http://host` or `https://host`, with or without a port. A `/` at the end does no harm.
    package init?(_ url: String) {
        let isSecure: Bool
        var rest: Substring
        if url.lowercased().hasPrefix("https://") {
            (isSecure, rest) = (true, url.dropFirst(8))
        } else if url.lowercased().hasPrefix("http://") {
            (isSecure, rest) = (false, url.dropFirst(7))
        } else {
            return nil
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = Int(rest[rest.index(after: colon)...]), 1...65_535 ~= number else { return nil }
            port = number == (isSecure ? 443 : 80) ? nil : number
            rest = rest[..<colon]
        }
        guard !rest.isEmpty, Self.isHost(rest) else { return nil }
        self.init(isSecure: isSecure, host: String(rest), port: port)
    }

    private static func isHost(_ text: Substring) -> Bool {
        let isAddress = text.hasPrefix("[") && text.hasSuffix("]") && text.count > 2
        return (isAddress ? text.dropFirst().dropLast() : text).utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"), UInt8(ascii: "%"): isAddress
            default: false
            }
        }
    }

    /// Amazon's own service of a region.
    static func amazon(region: String) -> S3Endpoint {
        S3Endpoint(isSecure: true, host: "s3.\(region).amazonaws.com\(region.hasPrefix("cn-") ? ".cn" : "")")
    }

    /// The host, with the port where it is not the scheme's own: the value of the header `Host`.
    package var authority: String { port.map { "\(host):\($0)" } ?? host }

    package var description: String { "\(isSecure ? "https" : "http")://\(authority)" }
}
