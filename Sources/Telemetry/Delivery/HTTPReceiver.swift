import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver that is told by POST. It connects when there is something to tell.
final class HTTPReceiver: LetterTransport {
    struct Address: Sendable, Equatable {
        var url: String
        /// With names in lower case.
        var headers: [String: String] = [:]
        var contentType: String

        /// The URL without what may be secret in it: a name with a password, a query.
        var shown: String {
            guard let scheme = url.firstRange(of: "://") else { return "a URL" }
            let rest = url[scheme.upperBound...]
            let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
            let host = rest[..<end].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            let path = rest[end...].prefix { $0 != "?" && $0 != "#" }
            return "\(url[..<scheme.upperBound])\(host)\(path)"
        }
    }

    private let address: Address
    /// Answers with which the same request is worth another try.
    private let passing: Set<UInt>
    private let understand: @Sendable ([UInt8]) -> (count: Int, words: String)?
    private let client = Mutex<HTTPClient?>(nil)

    private static let longestAnswer = 64 << 10

    /// - Parameter understand: reads from the answer how much was refused of what was taken.
    init(
        _ address: Address, passing: Set<UInt>,
        understand: @escaping @Sendable ([UInt8]) -> (count: Int, words: String)? = { _ in nil }
    ) {
        self.address = address
        self.passing = passing
        self.understand = understand
    }

    func send(_ body: [UInt8], within time: Duration) async -> DeliveryOutcome {
        var request = HTTPClientRequest(url: address.url)
        request.method = .POST
        request.headers = HTTPHeaders(
            [("content-type", address.contentType), ("user-agent", "millrace")]
                + address.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await open().execute(request, timeout: TimeAmount(time))
            var answer: [UInt8] = []
            for try await part in response.body where answer.count < Self.longestAnswer {
                answer += part.readableBytesView
            }
            return outcome(response.status.code, response.headers, answer)
        } catch {
            return Self.outcome(of: error)
        }
    }

    /// Closes its connections.
    func close() async {
        let client = client.withLock { client in
            defer { client = nil }
            return client
        }
        try? await client?.shutdown()
    }

    private func open() -> HTTPClient {
        client.withLock { client in
            if let client { return client }
            var configuration = HTTPClient.Configuration(
                // Keys that are in the headers are for nobody else.
                redirectConfiguration: .disallow, timeout: .init(connect: .seconds(3)))
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.httpVersion = .http1Only
            let made = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            client = made
            return made
        }
    }

    private func outcome(_ status: UInt, _ headers: HTTPHeaders, _ answer: [UInt8]) -> DeliveryOutcome {
        let reason = "it answered with status \(status)"
        switch status {
        case 200..<300:
            guard let refused = understand(answer) else { return .delivered }
            let words = refused.words.prefix(200)
            return .refused(refused.count, reason: words.isEmpty ? "it refused them" : "it said: \(words)")
        case _ where passing.contains(status):
            let seconds = headers.first(name: "retry-after").flatMap { Int($0) }
            return .postponed(reason: reason, after: seconds.map { .seconds(min(max(0, $0), 3600)) })
        default: return .failed(reason: reason)
        }
    }

    private static func outcome(of error: any Error) -> DeliveryOutcome {
        switch error {
        case let error as NIOConnectionError: return .unreachable(reason: reason(error))
        case let error as IOError:
            return nobodyThere.contains(error.errnoCode)
                ? .unreachable(reason: words(error)) : .postponed(reason: words(error), after: nil)
        case let error as HTTPClientError:
            switch error {
            case .connectTimeout, .tlsHandshakeTimeout: return .unreachable(reason: "no connection in time")
            case .readTimeout, .writeTimeout, .deadlineExceeded, .cancelled, .getConnectionFromPoolTimeout:
                return .postponed(reason: "no answer in time", after: nil)
            case .invalidURL, .emptyHost, .emptyScheme:
                return .failed(reason: "this is no URL that can be asked")
            case .remoteConnectionClosed:
                return .postponed(reason: "it closed the connection without an answer", after: nil)
            default: return .postponed(reason: error.shortDescription, after: nil)
            }
        case is CancellationError: return .postponed(reason: "no answer in time", after: nil)
        default:
            // A certificate that is not trusted, or what else TLS finds wrong.
            let type = String(reflecting: Swift.type(of: error))
            return type.hasPrefix("NIOSSL.")
                ? .unreachable(reason: "no secure connection: \(error)") : .postponed(reason: "\(error)", after: nil)
        }
    }

    private static let nobodyThere = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, EADDRNOTAVAIL, ETIMEDOUT]

    private static func reason(_ error: NIOConnectionError) -> String {
        for failure in error.connectionErrors {
            if let error = failure.error as? IOError { return words(error) }
            return "\(failure.error)"
        }
        return error.dnsAError != nil || error.dnsAAAAError != nil
            ? "the host \"\(error.host)\" is not known" : "no connection"
    }

    private static func words(_ error: IOError) -> String {
        let text = String(cString: strerror(error.errnoCode))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
