/// A request as it goes over the wire: signed and complete.
struct S3Request: Sendable {
    var method: Method
    /// Scheme, host, encoded path and query.
    var url: String
    var headers: [(name: String, value: String)]
    var body: S3Body

    enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }
}

/// What a request carries. It can be sent again.
enum S3Body: Sendable {
    case none
    case bytes([UInt8])
    /// A part of a local file.
    case file(String, FileRange)

    var count: Int {
        switch self {
        case .none: 0
        case .bytes(let bytes): bytes.count
        case .file(_, let range): range.count
        }
    }
}

/// Bytes of a file, from an offset.
struct FileRange: Hashable, Sendable {
    var offset: Int
    var count: Int
}

struct S3Response: Sendable {
    var status: Int
    /// With names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why there is no whole answer.
struct S3TransportFailure: Error {
    enum Kind {
        /// Nothing was sent.
        case unreachable
        /// The connection broke after something was sent.
        case broken
        /// The service was silent for too long after something was sent.
        case timedOut
        /// A local file could not be read.
        case unreadable
        case cancelled
    }

    var kind: Kind
    var reason: String
}

/// What carries requests to a service: HTTP, or a test.
protocol S3Transport: Sendable {
    func send(_ request: S3Request) async throws(S3TransportFailure) -> S3Response
}
