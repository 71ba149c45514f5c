import Recording

/// OTLP/JSON: identities in hexadecimal digits, numbers of 64 bits as text, enumerations as numbers.
extension TraceEncoding {
    func jsonRequest(_ spans: [[UInt8]]) -> [UInt8] {
        let attributes = JSON.array(resource.map(Span.json)).text
        let scope = JSON.object([("name", .string(Self.scope)), ("version", .string(millrace))]).text
        var bytes = Array(
            #"{"resourceSpans":[{"resource":{"attributes":\#(attributes)},"scopeSpans":[{"scope":\#(scope),"spans":["#
                .utf8)
        for (place, span) in spans.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += span
        }
        return bytes + "]}]}]}".utf8
    }

    static func refusedJSON(_ answer: [UInt8]) -> (count: Int, words: String)? {
        guard let part = JSON(reading: answer)?["partialSuccess"], let count = part["rejectedSpans"] else { return nil }
        return (count.asInt ?? count.asString.flatMap { Int($0) } ?? 0, part["errorMessage"]?.asString ?? "")
    }
}

extension Span {
    var json: JSON {
        var fields: [(String, JSON)] = [
            ("traceId", .string(Identities.hex(trace))), ("spanId", .string(Identities.hex(id))),
        ]
        if !state.isEmpty { fields.append(("traceState", .string(state))) }
        if let parent { fields.append(("parentSpanId", .string(Identities.hex(parent)))) }
        fields += [
            ("flags", .int(flags)), ("name", .string(name)), ("kind", .int(Self.kind)),
            ("startTimeUnixNano", Self.nanoseconds(start)), ("endTimeUnixNano", Self.nanoseconds(end)),
            ("attributes", .array(attributes.map(Self.json))),
            (
                "events",
                .array(
                    events.map { event in
                        .object([
                            ("timeUnixNano", Self.nanoseconds(event.at)), ("name", .string(event.name)),
                            ("attributes", .array(event.attributes.map(Self.json))),
                        ])
                    })
            ),
        ]
        switch status {
        case .unset: break
        case .ok: fields.append(("status", .object([("code", .int(1))])))
        case .error(let message):
            fields.append(("status", .object([("message", .string(message)), ("code", .int(2))])))
        }
        return .object(fields)
    }

    static func json(_ attribute: Attribute) -> JSON {
        .object([("key", .string(attribute.key)), ("value", json(attribute.value))])
    }

    private static func json(_ value: Value) -> JSON {
        switch value {
        case .text(let text): .object([("stringValue", .string(text))])
        case .int(let number): .object([("intValue", .string("\(number)"))])
        case .bool(let value): .object([("boolValue", .bool(value))])
        case .texts(let texts):
            .object([("arrayValue", .object([("values", .array(texts.map { json(.text($0)) }))]))])
        }
    }

    private static func nanoseconds(_ milliseconds: Int) -> JSON { .string("\(milliseconds * 1_000_000)") }
}
