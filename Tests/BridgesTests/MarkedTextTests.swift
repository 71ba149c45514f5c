import Project
import Testing

@testable import Bridges

@Suite("The part between the marks")
struct MarkedTextTests {
    private let file = DagFile(generated: "import new\n", ending: "\nmain()\n", warnings: [])

    private func replaced(_ text: String) throws -> String {
        try MarkedText.replace(in: SourceFile(path: "dag.py", text: text), with: file)
    }

    @Test("a new file has the marks, and below them what belongs to the user")
    func new() {
        #expect(
            MarkedText.new(file) == """
                # >>> millrace generated, do not edit between these marks
                import new
                # <<< millrace generated

                main()

                """)
    }

    @Test("lines outside of the marks stay, whatever they are")
    func outside() throws {
        let before = "#!/usr/bin/env python3\nimport mine  \n\tx = 'ü'\n"
        let after = "\n\nmine.more()\n# no newline at the end"
        let old = before + "\(MarkedText.begin)\nimport old\nold()\n\(MarkedText.end)" + after
        #expect(try replaced(old) == before + "\(MarkedText.begin)\nimport new\n\(MarkedText.end)" + after)
    }

    @Test("what is up to date comes back byte for byte")
    func unchanged() throws {
        let text = MarkedText.new(file)
        #expect(try replaced(text) == text)
        let windows = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        #expect(Array(try replaced(windows).utf8) == Array(windows.utf8))
    }

    @Test("the marks are found behind a byte order mark")
    func byteOrderMark() throws {
        let text = "\u{FEFF}" + MarkedText.new(file)
        #expect(Array(try replaced(text.replacing("import new", with: "import old")).utf8) == Array(text.utf8))
    }

    @Test("a file for another orchestrator is not overwritten")
    func other() throws {
        let luigi = Sample.small.file(for: .luigi)
        let source = SourceFile(path: "dag.py", text: MarkedText.new(luigi))
        #expect(try MarkedText.replace(in: source, with: luigi) == source.text)
        let error = try #require(throws: Diagnostic.self) {
            try MarkedText.replace(in: source, with: Sample.small.file(for: .airflow))
        }
        #expect(error.message == "'dag.py' is a file for Luigi, so it is not overwritten with one for Airflow")
    }

    @Test("marks at the very end of a file count")
    func atTheEnd() throws {
        #expect(
            try replaced("\(MarkedText.begin)\n\(MarkedText.end)")
                == "\(MarkedText.begin)\nimport new\n\(MarkedText.end)")
    }

    @Test("a file without marks is somebody else's", arguments: ["", "import mine\n", "# millrace generated\n"])
    func foreign(_ text: String) throws {
        let error = try #require(throws: Diagnostic.self) { try replaced(text) }
        #expect(error.message == "'dag.py' has no marks of 'millrace export-dag', so it is not overwritten")
    }

    @Test(
        "damaged and doubled marks are told with their line",
        arguments: [
            ("a\n\(MarkedText.begin)\nb\n", 2, "a beginning without an end"),
            ("a\nb\n\(MarkedText.end)\n", 3, "an end without a beginning"),
            (
                "\(MarkedText.begin)\n\(MarkedText.begin)\n\(MarkedText.end)\n", 2,
                "a second beginning of the generated part"
            ),
            ("\(MarkedText.begin)\n\(MarkedText.end)\n\n\(MarkedText.end)\n", 4, "a second end of the generated part"),
            ("\(MarkedText.end)\n\(MarkedText.begin)\n", 1, "the end stands before the beginning"),
        ])
    func damaged(_ text: String, _ line: Int, _ message: String) throws {
        let error = try #require(throws: Diagnostic.self) { try replaced(text) }
        #expect(error.message == message)
        #expect(error.span?.line == line)
    }
}
