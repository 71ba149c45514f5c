import Testing

@testable import Telemetry

/// What the encodings mean is judged by OpenTelemetry's own messages, in the acceptance tests.
@Suite("What is sent to a collector")
struct EncodingTests {
    @Test("numbers of Protocol Buffers")
    func numbers() {
        var writer = ProtobufWriter()
        writer.varint(1, 300)
        writer.varint(2, 0)
        writer.always(3, -1)
        writer.fixed32(4, 0x101)
        writer.fixed64(5, 1)
        writer.text(6, "")
        writer.text(7, "é")
        #expect(
            writer.bytes == [0x08, 0xAC, 0x02, 0x18] + [UInt8](repeating: 0xFF, count: 9) + [0x01]
                + [0x25, 1, 1, 0, 0, 0x29, 1, 0, 0, 0, 0, 0, 0, 0, 0x3A, 2, 0xC3, 0xA9])
    }

    @Test("what a collector rejected is read from its answer")
    func rejected() {
        let json = TraceEncoding(form: .json, resource: [], millrace: "0")
        #expect(json.refused(in: Array("{}".utf8)) == nil)
        #expect(json.refused(in: Array(#"{"partialSuccess":{}}"#.utf8)) == nil)
        let refused = json.refused(
            in: Array(#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}"#.utf8))
        #expect(refused?.count == 3 && refused?.words == "no")
        let protobuf = TraceEncoding(form: .protobuf, resource: [], millrace: "0")
        #expect(protobuf.refused(in: []) == nil)
        #expect(protobuf.refused(in: [0x0A, 0x00]) == nil)
        let part = protobuf.refused(in: [0x0A, 0x06, 0x08, 0x03, 0x12, 0x02, 0x6E, 0x6F])
        #expect(part?.count == 3 && part?.words == "no")
    }

    @Test("an answer that is none is no reason to fall", arguments: 0..<300)
    func nonsense(seed: Int) {
        var generator = SeededGenerator(UInt64(seed))
        let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        for form in [TraceEncoding.Form.json, .protobuf] {
            _ = TraceEncoding(form: form, resource: [], millrace: "0").refused(in: bytes)
            _ = TraceEncoding(form: form, resource: [], millrace: "0").refused(in: [0x0A, UInt8(bytes.count)] + bytes)
        }
    }
}
