import Project
import Testing

@Suite("SQL files")
struct FrontMatterTests {
    @Test("a file without an entry is a dataset")
    func bare() throws {
        let project = try project(["millrace.yaml": "project: p\n", "datasets/a.sql": "SELECT 1 AS x\n"])
        let dataset = try #require(project.dataset(named: "a"))
        #expect(dataset.span.file.path == "datasets/a.sql")
        #expect(dataset.step.sql?.text == "SELECT 1 AS x\n")
    }

    @Test(
        "a leading comment may hold the properties",
        arguments: [
            "/*\ntags: [t]\nkey: [x]\n*/\nSELECT 1 AS x\n", "-- first\n/* tags: t\n   key: x */ SELECT 1 AS x\n",
        ])
    func properties(text: String) throws {
        let project = try project(["millrace.yaml": "project: p\n", "datasets/a.sql": text])
        let dataset = try #require(project.dataset(named: "a"))
        #expect(dataset.tags == ["t"])
        #expect(dataset.key.map(\.value) == ["x"])
        #expect(dataset.key.first?.span.line == 3)
        #expect(dataset.key.first.map { Array(text.utf8)[$0.span.offset] } == UInt8(ascii: "x"))
    }

    @Test(
        "prose stays a comment",
        arguments: [
            "/* All flights that took place. */\nSELECT 1\n",
            "/* Note: a remark\n   of two lines: really */\nSELECT 1\n",
            "/**/ SELECT 1\n", "SELECT 1 /* key: [x] */\n", "/* tables: this and that, see\n  the manual */ SELECT 1\n",
        ])
    func prose(text: String) throws {
        let project = try project(["millrace.yaml": "project: p\n", "datasets/a.sql": text])
        #expect(project.dataset(named: "a")?.key.isEmpty == true)
    }

    @Test("an entry without a step uses the file of its name")
    func entry() throws {
        let project = try project([
            "millrace.yaml": "project: p\ndatasets:\n  a: { key: [x] }\n  b:\n",
            "datasets/a.sql": "SELECT 1 AS x\n", "datasets/b.sql": "/* key: y */ SELECT 1 AS y\n",
        ])
        #expect(project.dataset(named: "a")?.key.map(\.value) == ["x"])
        #expect(project.dataset(named: "b")?.key.map(\.value) == ["y"])
        #expect(project.dataset(named: "b")?.span.file.path == "millrace.yaml")
    }

    @Test("a file that an entry names is no dataset of its own name")
    func named() throws {
        let project = try project([
            "millrace.yaml": "project: p\ndatasets:\n  a: { sql: datasets/b.sql }\n",
            "datasets/b.sql": "SELECT 1 AS x\n",
        ])
        #expect(project.datasets.map(\.name.text) == ["a"])
    }

    @Test("many files are read like few")
    func many() throws {
        var files = ["millrace.yaml": "project: p\n"]
        for number in 0..<200 {
            files["datasets/t\(number).sql"] = "/* key: k\(number) */\nSELECT \(number) AS x\n"
        }
        let project = try project(files)
        #expect(project.datasets.count == 200)
        for dataset in project.datasets {
            #expect(dataset.key.map(\.value) == ["k" + dataset.name.text.dropFirst()])
        }
        files["datasets/t7.sql"] = "/*\nkye: x\nkey: y\n*/ SELECT 1\n"
        #expect(read(files).1.map(\.message) == ["unknown field 'kye'"])
    }
}
