import FoundationEssentials
import NIOCore
import NIOPosix
package import NIOSSL
package import Project

/// Sends mail through a server, by SMTP (RFC 5321) with STARTTLS or TLS, and AUTH PLAIN or LOGIN.
package struct MailClient: Sendable {
    private let server: MailServer
    private let trust: NIOSSLTrustRoots

    /// - Parameter trust: which certificates are believed.
    package init(_ server: MailServer, trusting trust: NIOSSLTrustRoots = .default) {
        self.server = server
        self.trust = trust
    }

    package func send(_ mail: Mail, within patience: Duration) async throws(Undelivered) {
        guard let wrong = ([mail.from] + mail.to).first(where: { !Mail.isAddress($0) }) else {
            do {
                try await withThrowingTaskGroup { group in
                    group.addTask { try await transmit(mail, patience) }
                    group.addTask {
                        try await Task.sleep(for: patience)
                        throw Undelivered(reason: "the mail server does not answer", isPassing: true)
                    }
                    try await group.next()
                    group.cancelAll()
                }
                return
            } catch {
                if let error = error as? Undelivered { throw error }
                throw Undelivered(reason: "the mail server \(server.host) cannot be used: \(error)", isPassing: true)
            }
        }
        throw Undelivered(reason: "'\(wrong)' is no mail address", isPassing: false)
    }

    private func transmit(_ mail: Mail, _ patience: Duration) async throws {
        let replies = AsyncStream.makeStream(of: Reply.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if server.security == .tls { try secure(channel) }
                    try channel.pipeline.syncOperations.addHandler(ReplyReader(replies.continuation))
                }
            }
            .connect(host: server.host, port: server.port).get()
        defer { channel.close(promise: nil) }
        try await withTaskCancellationHandler {
            var dialogue = Dialogue(channel: channel, replies: replies.stream.makeAsyncIterator())
            try await converse(&dialogue, channel, mail)
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func converse(_ dialogue: inout Dialogue, _ channel: any Channel, _ mail: Mail) async throws {
        try await dialogue.expect(220)
        let name = mail.from.split(separator: "@").last.map(String.init) ?? "localhost"
        var abilities = try await dialogue.say("EHLO \(name)", expecting: 250)
        if server.security == .starttls {
            guard abilities.offers("STARTTLS") else {
                throw Undelivered(reason: "the mail server does not offer STARTTLS", isPassing: false)
            }
            try await dialogue.say("STARTTLS", expecting: 220)
            try await channel.eventLoop.submit { try secure(channel) }.get()
            abilities = try await dialogue.say("EHLO \(name)", expecting: 250)
        }
        if let user = server.user, let password = server.password {
            try await authenticate(user, password, abilities, &dialogue)
        }
        try await dialogue.say("MAIL FROM:<\(mail.from)>", expecting: 250)
        for address in mail.to { try await dialogue.say("RCPT TO:<\(address)>", expecting: 250) }
        try await dialogue.say("DATA", expecting: 354)
        try await dialogue.send(mail.data)
        try await dialogue.expect(250)
        try await dialogue.send("QUIT\r\n")
    }

    private func authenticate(
        _ user: String, _ password: String, _ abilities: Reply, _ dialogue: inout Dialogue
    ) async throws {
        guard server.security != .none || ["localhost", "127.0.0.1", "::1"].contains(server.host) else {
            throw Undelivered(
                reason: "a password goes to a mail server only with 'security: starttls' or 'tls'", isPassing: false)
        }
        func encoded(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        if abilities.offers("AUTH", "LOGIN"), !abilities.offers("AUTH", "PLAIN") {
            try await dialogue.say("AUTH LOGIN", expecting: 334)
            try await dialogue.say(encoded(user), expecting: 334)
            try await dialogue.say(encoded(password), expecting: 235, isSecret: true)
        } else {
            try await dialogue.say("AUTH PLAIN " + encoded("\0\(user)\0\(password)"), expecting: 235, isSecret: true)
        }
    }

    /// What is said on the channel from now on is said through TLS.
    private func secure(_ channel: any Channel) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = trust
        let context = try NIOSSLContext(configuration: configuration)
        // A certificate is for a name; a bare address is no name.
        let isAddress = (try? SocketAddress(ipAddress: server.host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : server.host)
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }
}

/// What the server said: a number and lines of text.
private struct Reply: Sendable {
    var code: Int
    var lines: [String]

    func offers(_ word: String, _ more: String? = nil) -> Bool {
        lines.contains { line in
            let words = line.uppercased().split { $0 == " " || $0 == "=" }.map(String.init)
            return words.first == word && (more.map(words.contains) ?? true)
        }
    }
}

private struct Dialogue {
    let channel: any Channel
    var replies: AsyncStream<Reply>.Iterator

    mutating func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text)).get()
    }

    @discardableResult
    mutating func say(_ line: String, expecting code: Int, isSecret: Bool = false) async throws -> Reply {
        try await send(line + "\r\n")
        return try await expect(code, isSecret: isSecret)
    }

    @discardableResult
    mutating func expect(_ code: Int, isSecret: Bool = false) async throws -> Reply {
        guard let reply = await replies.next() else {
            throw Undelivered(reason: "the mail server closed the connection", isPassing: true)
        }
        guard reply.code == code || code == 250 && reply.code == 251 else {
            throw Undelivered(
                reason: "the mail server answered \(reply.code)"
                    + (isSecret ? "" : " " + reply.lines.joined(separator: " ")),
                // Numbers from 400 on may pass, those from 500 on do not.
                isPassing: reply.code < 500)
        }
        return reply
    }
}

/// Puts lines together to replies.
private final class ReplyReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let replies: AsyncStream<Reply>.Continuation
    private var bytes: [UInt8] = []
    private var lines: [String] = []

    private static let longest = 64 << 10

    init(_ replies: AsyncStream<Reply>.Continuation) { self.replies = replies }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            take(String(decoding: bytes[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self))
            bytes.removeFirst(end + 1)
        }
        if bytes.count > Self.longest || lines.count > 1000 { context.close(promise: nil) }
    }

    private func take(_ line: String) {
        lines.append(String(line.dropFirst(4)))
        // A hyphen after the number: more follows.
        guard line.dropFirst(3).first != "-" else { return }
        replies.yield(Reply(code: Int(line.prefix(3)) ?? 0, lines: lines))
        lines = []
    }

    func channelInactive(context: ChannelHandlerContext) { replies.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        replies.finish()
        context.close(promise: nil)
    }
}
