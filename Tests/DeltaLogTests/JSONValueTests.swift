import Testing

@testable import DeltaLog

@Suite("JSON")
struct JSONValueTests {
    @Test(
        "what is read is written again as it was",
        arguments: [
            #"{"a":[1,-2.50,1e+20,true,false,null],"b":{"c":"x\"y\\z"}}"#, "[]", "{}", #""""#,
            "12345678901234567890.120",
            #""ü€😀""#,
        ])
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text).serialized == text)
    }

    @Test("escapes are decoded, and control characters escaped")
    func escapes() throws {
        #expect(try JSONValue(parsing: #""\u00fc\ud83d\ude00\n\/\u0001""#) == .string("ü😀\n/\u{1}"))
        #expect(try JSONValue(parsing: #""\ud83dx""#) == .string("\u{FFFD}x"))
        #expect(JSONValue.string("\u{1}\t\"").serialized == #""\u0001\t\"""#)
    }

    @Test(
        "a text that is no JSON is refused with its place",
        arguments: [
            ("", 0), ("{\"a\":1", 6), ("[1,]", 3), ("{\"a\" 1}", 5), ("tru", 0), ("01x", 2), ("\"a", 2), ("1 2", 2),
            ("\"\u{1}\"", 1), ("-", 1), ("1.", 2), ("{\"a\":1,}", 7), ("\"\\x\"", 2),
        ])
    func refused(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.offset == offset)
    }

    @Test("nesting has a limit instead of a crash")
    func depth() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: String(repeating: "[", count: 100_000)) }
    }
}
