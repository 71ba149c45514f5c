import Project
import Recording
import Testing

@testable import Serving

@Suite("Pieces of pages and requests")
struct PieceTests {
    @Test("what is put into a page is escaped, pieces of pages are not")
    func escaping() {
        let evil = "<img src=x onerror='alert(\"1\")'>&\u{0}\u{8}"
        let inner: HTML = "<b>\(evil)</b>"
        let outer: HTML = "<p title=\"\(evil)\">\(inner)\(3)</p>"
        let safe = "&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;&amp;\u{FFFD}\u{FFFD}"
        #expect(outer.text == "<p title=\"\(safe)\"><b>\(safe)</b>3</p>")
        let link: HTML = "<a href=\"/x/\(url: "a/../b?c&d\"é")\">"
        #expect(link.text == "<a href=\"/x/a%2F..%2Fb%3Fc%26d%22%C3%A9\">")
    }

    @Test("forms and queries are decoded, and what is wrongly encoded is refused")
    func decoding() {
        let fields = FormFields("a=1+2&b=%C3%A9&a=3&c&=x")
        #expect(fields?["a"] == "1 2")
        #expect(fields?["b"] == "é")
        #expect(fields?["c"] == "")
        #expect(fields?.text("c") == nil)
        for text in ["a=%", "a=%4", "a=%zz", "a=%ff"] { #expect(FormFields(text) == nil, "\(text)") }
    }

    @Test(
        "host names are read as browsers write them",
        arguments: [
            ("localhost", "localhost", nil), ("LocalHost:80", "localhost", "80"), ("[::1]:8", "::1", "8"),
            ("a.b-c_d", "a.b-c_d", nil),
        ] as [(String, String, String?)])
    func hostNames(_ text: String, _ name: String, _ port: String?) {
        let host = HostName(text)
        #expect(host?.name == name)
        #expect(host?.port == port)
    }

    @Test(
        "what is no host name is none",
        arguments: ["", ":80", "a:", "a:b", "a:123456", "[x]", "[::1", "a b", "a/b", "ü"])
    func noHostNames(_ text: String) { #expect(HostName(text) == nil) }

    @Test("a rate limit lets so many through at once, and then as time passes")
    func rates() {
        let limit = RateLimit(perSecond: 2, atOnce: 3)
        #expect((0..<3).allSatisfy { _ in limit.take("a", at: 0) == nil })
        #expect(limit.take("a", at: 0) == 1)
        #expect(limit.take("b", at: 0) == nil)
        #expect(limit.take("a", at: 500) == nil)
        #expect(limit.take("a", at: 500) != nil)
        for number in 0..<10_000 { _ = limit.take("address \(number)", at: 600) }
    }

    @Test("sessions end after a pause and after a week")
    func sessions() {
        let sessions = Sessions()
        let id = sessions.start("ann", .operator, at: 0)
        #expect(sessions.visitor(id, at: 11 * 3_600_000)?.role == .operator)
        #expect(sessions.visitor(id, at: 24 * 3_600_000) == nil)
        let busy = sessions.start("ann", .viewer, at: 0)
        for hour in stride(from: 0, to: 7 * 24, by: 8) { #expect(sessions.visitor(busy, at: hour * 3_600_000) != nil) }
        #expect(sessions.visitor(busy, at: 7 * 86_400_000) == nil)
    }

    @Test("a graph is laid out so that every dataset stands right of what it is made from")
    func layout() throws {
        func name(_ text: String) throws -> DatasetName { try #require(DatasetName(text)) }
        let graph = try [
            ("d", ["b", "c"]), ("a", []), ("b", ["a"]), ("c", ["a", "b"]), ("lone", []), ("x", ["x", "missing"]),
        ].map { (name: try name($0.0), inputs: try $0.1.map(name)) }
        let layout = GraphLayout(graph)
        let layer = Dictionary(uniqueKeysWithValues: layout.nodes.map { ($0.name.text, $0.layer) })
        #expect(layer == ["a": 0, "b": 1, "c": 2, "d": 3, "lone": 0, "x": 0])
        #expect(layout.edges.count == 5)
        let places = layout.nodes.map { "\($0.layer) \($0.row)" }
        #expect(Set(places).count == places.count)
        #expect(GraphLayout([]).layers == 0)
    }

    @Test("JSON is read as it was written")
    func json() {
        let text = #"{"b":[1,-2.5,true,null,"a\"\\\né🐟"],"a":{}}"#
        #expect(JSON(reading: text)?.text == text)
        #expect(JSON(reading: #""\ud83d\udc1f\u00e9""#)?.asString == "🐟é")
        #expect(JSON(reading: "99999999999999999999")?.asDouble == 1e20)
        for bad in [
            "", "{", "[1,]", "01", "1.", "+1", "\"\u{1}\"", "\"\\ud83d\"", "nul", "{\"a\":1,}", "[1] 2", "\"\\x\"",
        ] {
            #expect(JSON(reading: bad) == nil, "\(bad)")
        }
        #expect(JSON(reading: String(repeating: "[", count: 100_000)) == nil)
    }

    @Test("the events of a run become words")
    func words() {
        func lines(_ text: String) -> [String] { JSON(reading: text).map(RunWords.lines)?.map(\.text) ?? [] }
        #expect(lines(#"{"event":"step_progressed","dataset":"a","fraction":0.5}"#).isEmpty)
        #expect(
            lines(#"{"event":"step_started","dataset":"a","kind":"sql","reasons":["new"]}"#) == ["sql started: new"])
        #expect(
            lines(#"{"event":"step_failed","cause":"check","diagnostics":[{"message":"m","notes":["n"],"hint":"h"}]}"#)
                == ["failed (check)", "m", "n", "hint: h"])
        #expect(lines(#"{"diagnostics":[{"severity":"error","message":"no project"}]}"#) == ["no project"])
    }
}
