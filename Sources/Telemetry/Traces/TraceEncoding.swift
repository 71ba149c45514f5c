import Recording

/// How spans are written for a collector (OpenTelemetry Protocol 1.x over HTTP).
struct TraceEncoding: Sendable {
    enum Form: String, Sendable {
        case protobuf = "http/protobuf"
        case json = "http/json"

        var contentType: String { self == .json ? "application/json" : "application/x-protobuf" }
    }

    let form: Form
    /// What all spans have in common: the service, this program.
    let resource: [Span.Attribute]
    /// The version of Millrace.
    let millrace: String

    static let scope = "millrace"

    func bytes(of span: Span) -> [UInt8] {
        switch form {
        case .json: Array(span.json.text.utf8)
        case .protobuf: span.protobuf
        }
    }

    /// A request for spans that were written.
    func request(_ spans: [[UInt8]]) -> [UInt8] {
        switch form {
        case .json: jsonRequest(spans)
        case .protobuf: protobufRequest(spans)
        }
    }

    /// How many spans of a request that was accepted the collector refused all the same, and what it says of it.
    func refused(in answer: [UInt8]) -> (count: Int, words: String)? {
        let refused = form == .json ? Self.refusedJSON(answer) : Self.refusedProtobuf(answer)
        return refused.flatMap { $0.count > 0 ? $0 : nil }
    }
}
