import Testing

@testable import Bridges

@Suite("Python texts")
struct PythonTests {
    @Test(
        "strings are literals that mean the same",
        arguments: [
            ("plain", #""plain""#), ("it's", #""it's""#), (#"say "x""#, #"'say "x"'"#),
            (#"it's "x""#, #"'it\'s "x"'"#), (#"a\b"#, #""a\\b""#), ("a\nb\tc\u{0}", #""a\nb\tc\x00""#),
            ("größe 🚂", "\"größe 🚂\""), ("\u{202E}rtl", #""\u202ertl""#), ("{x}", #""{x}""#),
        ])
    func literals(_ text: String, _ literal: String) {
        #expect(PythonText.literal(text) == literal)
    }

    @Test(
        "no description ends its docstring early",
        arguments: [
            ("Plain.", #"    """Plain.""""#), (#"Ends "so""#, #"    """Ends "so" """"#),
            (#""Starts" so"#, #"    """ "Starts" so""""#), (#"a """ b"#, #"    """a ""\" b""""#),
            (#"ends with \"#, #"    """ends with \\""""#), ("two\nlines", #"    """two lines""""#),
            ("a\u{0}\u{7}b", #"    """a b""""#),
        ])
    func docstrings(_ text: String, _ docstring: String) {
        #expect(PythonText.docstring(text, indent: 4).joined(separator: "\n") == docstring)
    }

    @Test("an empty description is none", arguments: ["", " \n ", "\u{0}"])
    func empty(_ text: String) {
        #expect(PythonText.docstring(text, indent: 4).isEmpty)
    }

    @Test("long descriptions are wrapped, paragraphs stay apart")
    func wrapped() {
        let lines = PythonText.docstring(
            String(repeating: "word ", count: 40) + "\n\n" + String(repeating: "more ", count: 3), indent: 4)
        #expect(lines.allSatisfy { $0.count <= 88 && !$0.hasSuffix(" ") })
        #expect(lines.suffix(3) == ["", "    more more more", "    \"\"\""])
    }

    @Test("names are identifiers, no keywords, and none is given twice")
    func names() {
        var names = PythonNames(taken: ["os"])
        let given = ["flights", "flights", "class", "os", "my-trigger", "1st", "größe", "flights_"].map {
            names.claim($0)
        }
        #expect(given == ["flights", "flights_", "class_", "os_", "my_trigger", "_1st", "gr__e", "flights__"])
    }

    @Test(
        "classes are named in the case of classes",
        arguments: [
            ("flights_raw", "FlightsRaw"), ("a", "A"), ("_x", "X"), ("__", "Dataset"), ("_1", "Dataset1"),
            ("by-hand", "ByHand"), ("dataURL", "DataURL"),
        ])
    func classes(_ name: String, _ className: String) {
        #expect(PythonNames.className(name) == className)
    }

    @Test("what does not fit on a line is laid out one part a line")
    func layout() {
        let short = PythonExpression.call("f", [.raw(nil, "1"), .string("b", "x")])
        #expect(short.lines(before: "x = ", indent: 4) == ["    x = f(1, b=\"x\")"])
        let long = PythonExpression.call(
            "f",
            [.init("items", .list((0..<3).map { .string(String(repeating: "x", count: 30 + $0)) })), .raw("n", "1")])
        #expect(
            long.lines(before: "@").map { $0.prefix(10) }
                == [
                    "@f(", "    items=[", "        \"x", "        \"x", "        \"x", "    ],", "    n=1,", ")",
                ].map { $0.prefix(10) })
    }

    @Test(
        "durations are told in their largest whole unit",
        arguments: [
            (1000, "timedelta(seconds=1)"), (90_000, "timedelta(seconds=90)"), (1_800_000, "timedelta(minutes=30)"),
            (86_400_000, "timedelta(days=1)"), (1500, "timedelta(milliseconds=1500)"), (0, "timedelta(milliseconds=0)"),
        ])
    func durations(_ milliseconds: Int, _ text: String) {
        #expect(Duration(milliseconds: milliseconds).python.text == text)
    }
}
