import Foundation

/// What is wrong with a connection string. The text repeats names of parameters, never their values: one of them may be
/// a token.
package struct SparkEndpointError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension SparkEndpoint {
    /// Reads `sc://HOST[:PORT][/][;NAME=VALUE]…`. Values are decoded from percent signs. `use_ssl`, `token`, `user_id`,
    /// `user_agent` and `session_id` have meanings; any other name is a header. A token means TLS, unless the host is
    /// this machine.
    package init(reading string: String) throws(SparkEndpointError) {
        let scheme = "sc://"
        guard string.lowercased().hasPrefix(scheme) else {
            throw SparkEndpointError("a Spark connection string begins with sc://")
        }
        let rest = string.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != ";" && $0 != "?" && $0 != "#" }
        var path = rest.dropFirst(authority.count)
        let (host, port) = try Self.hostAndPort(authority)
        self.init(host: host, port: port)
        if path.first == "/" { path = path.dropFirst() }
        guard path.isEmpty || path.first == ";" else {
            throw SparkEndpointError(
                "after host and port only parameters may follow, as in sc://\(address)/;use_ssl=true")
        }
        try read(parameters: path.split(separator: ";"))
    }

    private mutating func read(parameters: [Substring]) throws(SparkEndpointError) {
        var saysTLS: Bool?
        var seen: Set<String> = []
        for parameter in parameters {
            guard let sign = parameter.firstIndex(of: "="), sign > parameter.startIndex else {
                throw SparkEndpointError("a parameter of a Spark connection string has the form NAME=VALUE")
            }
            let name = try Self.decoded(parameter[..<sign], of: "a name")
            let value = try Self.decoded(parameter[parameter.index(after: sign)...], of: name)
            guard seen.insert(name).inserted else { throw SparkEndpointError("\(name) is given twice") }
            switch name {
            case "use_ssl": saysTLS = try Self.boolean(value, of: name)
            case "token": token = try Self.nonEmpty(value, of: name)
            case "user_id": userID = try Self.nonEmpty(value, of: name)
            case "user_agent": userAgent = try Self.userAgent(value)
            case "session_id":
                guard let id = UUID(uuidString: value) else { throw SparkEndpointError("session_id is no UUID") }
                sessionID = id
            default: headers[try Self.headerName(name)] = try Self.headerValue(value, of: name)
            }
        }
        if token != nil, saysTLS == false, !isLoopback {
            throw SparkEndpointError(
                "a token is not sent over an unencrypted connection: say use_ssl=true, or leave the token out")
        }
        if let token { self.token = try Self.headerValue(token, of: "token") }
        usesTLS = saysTLS ?? (token != nil && !isLoopback)
    }

    // MARK: - Parts

    private static func hostAndPort(_ authority: Substring) throws(SparkEndpointError) -> (String, Int) {
        guard !authority.contains("@") else {
            throw SparkEndpointError("a Spark connection string has no user before its host: use user_id and token")
        }
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else {
                throw SparkEndpointError("the bracket of the IPv6 address is not closed")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                throw SparkEndpointError("between brackets an IPv6 address is expected")
            }
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw SparkEndpointError("after ] only :PORT may follow") }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
            guard !host.contains(":") else {
                throw SparkEndpointError("an IPv6 address stands in brackets, as in [::1]")
            }
        }
        guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace && $0 != "%" && $0 != "]" }) else {
            throw SparkEndpointError("the host is missing, as in sc://spark.example:15002")
        }
        guard let port else { return (String(host), defaultPort) }
        guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(port), 1...65_535 ~= number else {
            throw SparkEndpointError("the port is no number from 1 to 65535")
        }
        return (String(host), number)
    }

    private static func decoded(_ text: Substring, of name: String) throws(SparkEndpointError) -> String {
        guard let decoded = String(text).removingPercentEncoding else {
            throw SparkEndpointError(
                "\(name) has a percent sign that starts no encoded character; write %25 for itself")
        }
        return decoded
    }

    private static func boolean(_ value: String, of name: String) throws(SparkEndpointError) -> Bool {
        switch value.lowercased() {
        case "true": true
        case "false": false
        default: throw SparkEndpointError("\(name) is true or false")
        }
    }

    private static func nonEmpty(_ value: String, of name: String) throws(SparkEndpointError) -> String {
        guard !value.isEmpty else { throw SparkEndpointError("\(name) is empty") }
        return value
    }

    private static func userAgent(_ value: String) throws(SparkEndpointError) -> String {
        guard 1...2_048 ~= value.utf8.count else { throw SparkEndpointError("user_agent has 1 to 2048 bytes") }
        return value
    }

    private static func headerName(_ name: String) throws(SparkEndpointError) -> String {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isName else { throw SparkEndpointError("the name of a header has letters, digits, - _ and . only") }
        let name = name.lowercased()
        guard !name.hasPrefix("grpc-"), !name.hasSuffix("-bin") else {
            throw SparkEndpointError("\(name) cannot be a header: names with grpc- and -bin are the protocol's own")
        }
        return name
    }

    private static func headerValue(_ value: String, of name: String) throws(SparkEndpointError) -> String {
        guard value.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
            throw SparkEndpointError("\(name) has characters that a header cannot have")
        }
        return value
    }
}
