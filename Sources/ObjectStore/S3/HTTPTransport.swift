import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Requests over HTTP. One client, with its connections, serves the whole process.
///
/// A client that is let go has to be shut down first; one that a program keeps until it ends need not be.
struct HTTPTransport: S3Transport {
    /// In milliseconds.
    struct Patience {
        /// How long it may take until there is a connection.
        var connecting = 10_000
        /// How long the service may be silent.
        var answering = 60_000
    }

    static let shared = HTTPTransport()

    private let client: HTTPClient

    init(_ patience: Patience = Patience()) {
        var configuration = HTTPClient.Configuration(
            // A redirected request has to be signed again.
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .milliseconds(Int64(patience.connecting)), read: .milliseconds(Int64(patience.answering)),
                write: .milliseconds(Int64(patience.answering))),
            // Less than the services' own, because a request on a connection that is just being closed has to be repeated.
            connectionPool: .init(idleTimeout: .seconds(4), concurrentHTTP1ConnectionsPerHostSoftLimit: 32))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutDown() async throws { try await client.shutdown().get() }

    func send(_ request: S3Request) async throws(S3TransportFailure) -> S3Response {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        switch request.body {
        case .none: break
        case .bytes(let bytes): outgoing.body = .bytes(ByteBuffer(bytes: bytes))
        case .file(let path, let range):
            outgoing.body = .stream(FileChunks(path: path, range: range), length: .known(Int64(range.count)))
        }
        do {
            let answer = try await client.execute(outgoing, deadline: .distantFuture)
            var headers: [String: String] = [:]
            for header in answer.headers { headers[header.name.lowercased()] = header.value }
            let expected = request.method == .head ? nil : headers["content-length"].flatMap { Int($0) }
            var body: [UInt8] = []
            // What a server says is not believed to the point of filling the memory.
            body.reserveCapacity(min(expected ?? 0, 64 << 20))
            for try await buffer in answer.body { body.append(contentsOf: buffer.readableBytesView) }
            if let expected, expected != body.count {
                throw S3TransportFailure(
                    kind: .broken, reason: "the answer ended after \(body.count) of \(expected) bytes")
            }
            return S3Response(status: Int(answer.status.code), headers: headers, body: body)
        } catch {
            throw S3TransportFailure(error)
        }
    }
}

/// A part of a file as a stream of buffers.
private struct FileChunks: AsyncSequence, Sendable {
    let path: String
    let range: FileRange

    func makeAsyncIterator() -> Iterator { Iterator(path: path, range: range) }

    struct Iterator: AsyncIteratorProtocol {
        private let path: String
        private var range: FileRange
        private var file: FileReader?

        init(path: String, range: FileRange) {
            self.path = path
            self.range = range
        }

        mutating func next() async throws -> ByteBuffer? {
            if range.count == 0 { return nil }
            let file = try file ?? FileReader(path)
            self.file = file
            let bytes = try file.read(at: range.offset, atMost: Swift.min(range.count, FileReader.chunk))
            range.offset += bytes.count
            range.count -= bytes.count
            return ByteBuffer(bytes: bytes)
        }
    }
}

extension S3TransportFailure {
    fileprivate init(_ error: any Error) {
        switch error {
        case let failure as S3TransportFailure: self = failure
        case let error as ObjectStoreError: self.init(kind: .unreadable, reason: error.description)
        case is CancellationError: self.init(kind: .cancelled, reason: "cancelled")
        case let error as NIOConnectionError: self.init(kind: .unreachable, reason: Self.reason(error))
        case let error as IOError: self.init(error)
        case let error as HTTPClientError: self.init(error)
        default:
            // A certificate that is not trusted, or what else TLS finds wrong, is found before a request is sent.
            let type = String(reflecting: Swift.type(of: error))
            self.init(kind: type.hasPrefix("NIOSSL.") ? .unreachable : .broken, reason: "\(error)")
        }
    }

    private init(_ error: HTTPClientError) {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            self.init(kind: .unreachable, reason: "no connection in time")
        case .invalidURL, .emptyHost, .emptyScheme: self.init(kind: .unreachable, reason: error.shortDescription)
        case .readTimeout, .writeTimeout, .deadlineExceeded: self.init(kind: .timedOut, reason: "no answer in time")
        case .cancelled: self.init(kind: .cancelled, reason: "cancelled")
        case .remoteConnectionClosed: self.init(kind: .broken, reason: "the connection was closed")
        default: self.init(kind: .broken, reason: error.shortDescription)
        }
    }

    private init(_ error: IOError) {
        self.init(
            kind: connectionErrors.contains(error.errnoCode) ? .unreachable : .broken,
            reason: systemReason(error.errnoCode))
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        for failure in error.connectionErrors {
            if let error = failure.error as? IOError { return systemReason(error.errnoCode) }
            return "\(failure.error)"
        }
        return error.dnsAError != nil || error.dnsAAAAError != nil
            ? "the host \"\(error.host)\" is not known" : "no connection to \(error.host)"
    }
}
