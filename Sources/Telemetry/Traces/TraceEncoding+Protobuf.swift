/// The numbers of fields are those of OpenTelemetry's messages: `ExportTraceServiceRequest`, `ResourceSpans`,
/// `ScopeSpans`, `Span`, `KeyValue`, `AnyValue`, `Status`.
extension TraceEncoding {
    func protobufRequest(_ spans: [[UInt8]]) -> [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resourceSpans in
            resourceSpans.message(1) { resource in
                for attribute in self.resource { resource.message(1) { Span.write(attribute, to: &$0) } }
            }
            resourceSpans.message(2) { scopeSpans in
                scopeSpans.message(1) { scope in
                    scope.text(1, Self.scope)
                    scope.text(2, millrace)
                }
                for span in spans { scopeSpans.block(2, span) }
            }
        }
        return request.bytes
    }

    static func refusedProtobuf(_ answer: [UInt8]) -> (count: Int, words: String)? {
        var reader = ProtobufReader(answer)
        while let (field, value) = reader.next() {
            guard field == 1, case .block(let bytes) = value else { continue }
            var part = ProtobufReader(bytes)
            var result = (count: 0, words: "")
            while let (field, value) = part.next() {
                switch (field, value) {
                case (1, .varint(let count)): result.count = Int(clamping: count)
                case (2, .block(let bytes)): result.words = String(decoding: bytes, as: UTF8.self)
                default: break
                }
            }
            return result
        }
        return nil
    }
}

extension Span {
    var protobuf: [UInt8] {
        var span = ProtobufWriter()
        span.block(1, trace)
        span.block(2, id)
        span.text(3, state)
        if let parent { span.block(4, parent) }
        span.text(5, name)
        span.varint(6, Self.kind)
        span.fixed64(7, start * 1_000_000)
        span.fixed64(8, end * 1_000_000)
        for attribute in attributes { span.message(9) { Self.write(attribute, to: &$0) } }
        for event in events {
            span.message(11) { message in
                message.fixed64(1, event.at * 1_000_000)
                message.text(2, event.name)
                for attribute in event.attributes { message.message(3) { Self.write(attribute, to: &$0) } }
            }
        }
        switch status {
        case .unset: break
        case .ok: span.message(15) { $0.varint(3, 1) }
        case .error(let words):
            span.message(15) { status in
                status.text(2, words)
                status.varint(3, 2)
            }
        }
        span.fixed32(16, flags)
        return span.bytes
    }

    static func write(_ attribute: Attribute, to message: inout ProtobufWriter) {
        message.text(1, attribute.key)
        message.message(2) { write(attribute.value, to: &$0) }
    }

    private static func write(_ value: Value, to message: inout ProtobufWriter) {
        switch value {
        case .text(let text): message.block(1, Array(text.utf8))
        case .bool(let value): message.always(2, value ? 1 : 0)
        case .int(let number): message.always(3, number)
        case .texts(let texts):
            message.message(5) { list in
                for text in texts { list.message(1) { write(.text(text), to: &$0) } }
            }
        }
    }
}
