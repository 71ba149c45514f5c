/// A stretch of a run's time, as OpenTelemetry tells it.
struct Span: Sendable {
    enum Value: Sendable {
        case text(String)
        case texts([String])
        case int(Int)
        case bool(Bool)
    }

    /// A name with a value. In the order in which they are told.
    typealias Attribute = (key: String, value: Value)

    enum Status: Sendable {
        case unset, ok
        /// What went wrong, in a sentence.
        case error(String)
    }

    struct Event: Sendable {
        var name: String
        /// Milliseconds since 1970, as all times here.
        var at: Int
        var attributes: [Attribute] = []
    }

    var trace: [UInt8]
    var id: [UInt8]
    var parent: [UInt8]?
    /// What the caller's tracing system says of the trace besides.
    var state = ""
    /// Whether the parent is a span of another program.
    var hasRemoteParent = false
    var name: String
    var start: Int
    var end: Int
    var attributes: [Attribute] = []
    var events: [Event] = []
    var status = Status.unset

    /// Sampled, as every span that is sent; and that it is known where the parent is.
    var flags: Int { 0x101 | (hasRemoteParent ? 0x200 : 0) }

    /// A span of something inside of the program.
    static let kind = 1
}
