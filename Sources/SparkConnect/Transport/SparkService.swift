import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import SwiftProtobuf

/// The connection to one server, and calls over it. It lasts until it is closed, whatever becomes of the task that
/// opened it: a cancelled task still has to tell the server so.
final class SparkService: Sendable {
    let address: String
    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    private let connections: Task<Void, Never>
    private let metadata: Metadata

    /// Servers take and send messages of this size.
    static let largestMessage = 128 << 20

    init(_ endpoint: SparkEndpoint) throws(SparkError) {
        address = endpoint.address
        var metadata = Metadata()
        for (name, value) in endpoint.headers.sorted(by: { $0.key < $1.key }) {
            metadata.addString(value, forKey: name)
        }
        if let token = endpoint.token {
            guard endpoint.usesTLS || endpoint.isLoopback else {
                throw SparkError(.invalid, "a token is not sent to \(endpoint.address) over an unencrypted connection")
            }
            metadata.addString("Bearer \(token)", forKey: "authorization")
        }
        self.metadata = metadata
        do {
            let transport = try HTTP2ClientTransport.Posix(
                target: Self.target(endpoint), transportSecurity: Self.security(endpoint),
                config: .defaults { config in
                    // Whether and when to try again is decided in one place, and that is not here.
                    config.backoff = .init(
                        initial: .milliseconds(20), max: .seconds(5), multiplier: 2, jitter: 0.2)
                    // Servers take it for an attack when they are asked more often than every five minutes.
                    config.connection.keepalive = .init(
                        time: .seconds(330), timeout: .seconds(20), allowWithoutCalls: false)
                })
            client = GRPCClient(transport: transport)
        } catch {
            throw SparkError(.invalid, "there can be no connection to \(endpoint.address): \(Self.reason(error))")
        }
        connections = Task { [client] in try? await client.runConnections() }
    }

    /// Calls still under way fail.
    func close() async {
        client.beginGracefulShutdown()
        connections.cancel()
        await connections.value
    }

    private static func target(_ endpoint: SparkEndpoint) -> any ResolvableTarget {
        switch try? NIOCore.SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
        case .v4?: .ipv4(address: endpoint.host, port: endpoint.port)
        case .v6?: .ipv6(address: endpoint.host, port: endpoint.port)
        default: .dns(host: endpoint.host, port: endpoint.port)
        }
    }

    private static func security(_ endpoint: SparkEndpoint) -> HTTP2ClientTransport.Posix.TransportSecurity {
        guard endpoint.usesTLS else { return .plaintext }
        return .tls { configuration in
            if let path = endpoint.trustedCertificates {
                configuration.trustRoots = .certificates([.file(path: path, format: .pem)])
            }
        }
    }

    // MARK: - Calls

    /// One request, one answer.
    ///
    /// - Throws: `SparkFailure` or `CancellationError`.
    func call<Request: SwiftProtobuf.Message, Answer: SwiftProtobuf.Message>(
        _ method: String, _ request: Request, within time: Duration? = nil
    ) async throws -> Answer {
        do {
            return try await client.unary(
                request: ClientRequest(message: request, metadata: metadata), descriptor: Self.descriptor(method),
                serializer: MessageEncoder<Request>(), deserializer: MessageDecoder<Answer>(),
                options: Self.options(time)
            ) { try $0.message }
        } catch {
            throw Self.failure(error)
        }
    }

    /// One request and a stream of answers, which `take` gets one after the other: the next is asked for when it
    /// returns. It says whether it wants more.
    ///
    func stream<Request: SwiftProtobuf.Message, Answer: SwiftProtobuf.Message, Value: Sendable>(
        _ method: String, _ request: Request, from value: Value,
        _ take: @escaping @Sendable (Answer, inout Value) async throws -> Bool
    ) async -> (Value, StreamEnd) {
        do {
            return try await client.serverStreaming(
                request: ClientRequest(message: request, metadata: metadata), descriptor: Self.descriptor(method),
                serializer: MessageEncoder<Request>(), deserializer: MessageDecoder<Answer>(),
                options: Self.options(nil)
            ) { (response: StreamingClientResponse<Answer>) -> (Value, StreamEnd) in
                // Held here, so that what was taken before an error is not forgotten.
                var value = value
                var answers = response.messages.makeAsyncIterator()
                while true {
                    let answer: Answer
                    do {
                        guard let next = try await answers.next() else { return (value, .ended) }
                        answer = next
                    } catch {
                        return (value, .failed(Self.failure(error)))
                    }
                    do {
                        guard try await take(answer, &value) else { return (value, .enough) }
                    } catch {
                        return (value, .thrown(error))
                    }
                }
            }
        } catch {
            return (value, .failed(Self.failure(error)))
        }
    }

    enum StreamEnd: Sendable {
        case ended
        case enough
        /// With a `SparkFailure` or `CancellationError`.
        case failed(any Error)
        case thrown(any Error)
    }

    private static func descriptor(_ method: String) -> MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: "spark.connect.SparkConnectService", method: method)
    }

    private static func options(_ time: Duration?) -> CallOptions {
        var options = CallOptions.defaults
        options.timeout = time
        options.waitForReady = false
        options.maxRequestMessageBytes = largestMessage
        options.maxResponseMessageBytes = largestMessage
        return options
    }

    private static func failure(_ error: any Error) -> any Error {
        if error is CancellationError || Task.isCancelled { return CancellationError() }
        guard let error = error as? RPCError else {
            return SparkFailure(code: SparkFailure.Number.unknown, message: reason(error))
        }
        let details = Array(error.metadata[binaryValues: "grpc-status-details-bin"]).first
        var message = error.message
        if let cause = error.cause { message += ": \(reason(cause))" }
        return SparkFailure(code: error.code.rawValue, message: message, details: details)
    }

    /// What an error says at its core.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as RPCError: error.cause.map(reason) ?? error.message
        case let error as RuntimeError: error.cause.map(reason) ?? error.message
        default: "\(error)"
        }
    }
}

/// The one place where something goes on although the task that asks for it was cancelled: to tell the server of it.
enum LastWord {
    static func say(_ body: @escaping @Sendable () async -> Void) async {
        await Task { await body() }.value
    }
}
