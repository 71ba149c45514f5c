package import Project

/// Where the server listens, and whom it lets in.
package struct ServerOptions: Sendable {
    package struct Limits: Sendable {
        /// Of a request's body, in bytes.
        package var body = 65_536
        /// In which the body must have come.
        package var bodyTime = Duration.seconds(10)
        /// Of one address, each second, and at once after a pause.
        package var requestsPerSecond = 100.0
        package var requestsAtOnce = 400.0
        /// Attempts to sign in of one address, each minute, and at once after a pause.
        package var loginsPerMinute = 6.0
        package var loginsAtOnce = 8.0
        /// Live views that are open at once.
        package var streams = 64
        package var connections = 512

        package init() {}
    }

    package var host: String
    package var port: Int
    /// Whoever has it may do everything.
    package var token: String?
    /// The file of users and their roles.
    package var users: UsersFile?
    /// Names, besides that in `host`, under which browsers may ask for the server.
    package var allowedHosts: [String]
    /// Cookies are for encrypted connections only: something in front of the server ends TLS.
    package var hasSecureCookies: Bool
    package var limits = Limits()

    package static let usualPort = 7878

    package init(
        host: String = "127.0.0.1", port: Int = Self.usualPort, token: String? = nil, users: UsersFile? = nil,
        allowedHosts: [String] = [], hasSecureCookies: Bool = false
    ) {
        self.host = host
        self.port = port
        self.token = token
        self.users = users
        self.allowedHosts = allowedHosts
        self.hasSecureCookies = hasSecureCookies
    }

    /// Everybody who reaches the server may do everything.
    var isOpen: Bool { token == nil && users == nil }

    /// - Throws: `Diagnostic` when the server would be open to other machines.
    package func validate() throws(Diagnostic) {
        if let token, token.utf8.count < Self.shortestToken {
            throw .error(
                "the token is too short: it has \(token.utf8.count) bytes and needs \(Self.shortestToken)",
                hint: "openssl rand -hex 24 makes one")
        }
        guard isOpen, !HostName.isLoopback(host) else { return }
        throw .error(
            "'\(host)' can be reached from other machines, and nothing says who may come in",
            hint: "give a token (--token or MILLRACE_TOKEN) or a file of users (--users FILE), or leave out --host")
    }

    private static let shortestToken = 16
}
