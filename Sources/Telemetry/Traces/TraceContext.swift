/// The caller's place in a trace, as `TRACEPARENT` and `TRACESTATE` tell it (W3C Trace Context).
struct TraceContext: Sendable {
    var trace: [UInt8]
    var span: [UInt8]
    var isSampled: Bool
    var state: String

    init?(_ environment: [String: String]) {
        let parts = (environment["TRACEPARENT"] ?? "").split(separator: "-", omittingEmptySubsequences: false)
        // Later versions may have more parts.
        guard parts.count == 4 || parts.count > 4 && parts[0] != "00", let version = Self.bytes(parts[0], count: 1),
            version != [0xFF], let trace = Self.bytes(parts[1], count: 16), let span = Self.bytes(parts[2], count: 8),
            let flags = Self.bytes(parts[3], count: 1), trace.contains(where: { $0 != 0 }),
            span.contains(where: { $0 != 0 })
        else { return nil }
        self.trace = trace
        self.span = span
        isSampled = flags[0] & 1 == 1
        state = environment["TRACESTATE"] ?? ""
    }

    /// Digits of lower case only, as the specification has it.
    private static func bytes(_ text: Substring, count: Int) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == 2 * count else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
