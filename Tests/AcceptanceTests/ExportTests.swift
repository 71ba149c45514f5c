import Foundation
import TestThreads
import Testing

@Suite("Exports of feeds and datasets", .ownThreads)
struct ExportTests {
    private let sandbox: Sandbox

    init() throws {
        let rows = (0..<200).map { "\($0),u\($0 % 40),\(Double($0) / 8),\($0 % 3 == 0)\n" }.joined()
        sandbox = try Sandbox([
            "landing/in.csv": "id,user,score,label\n" + rows,
            "millrace.yaml": """
            project: p
            datasets:
              raw: { ingest: { files: landing/in.csv } }
              t:
                sql: SELECT * FROM raw
                splits: { by: user, seed: 3, train: 70, test: 30 }
            feeds:
              training: { dataset: t, columns: [score, id], label: label, split: train, shuffle: { seed: 7 } }
              other: { dataset: t, columns: [score, id], label: label, split: train, shuffle: { seed: 8 } }
              plain: { dataset: t, columns: [id] }
              pinned: { dataset: t@0, columns: [id] }
            """,
        ])
        try sandbox.run()
    }

    private func ids(_ feed: String, _ file: String) throws -> [Int] {
        let result = try sandbox.millrace("export", feed, "--output", file, "--force")
        #expect(result.status == 0, "\(result.text)")
        return try sandbox.read(file).split(separator: "\n").map { try JSON(String($0))["id"].int ?? -1 }
    }

    @Test("a feed has its columns and its label, its split's rows, and an order that the seed decides")
    func feed() throws {
        let train = try sandbox.rows("SELECT id FROM t WHERE split = 'train' ORDER BY id").compactMap { Int($0) }
        let shuffled = try ids("training", "training.jsonl")
        #expect(shuffled.sorted() == train)
        #expect(shuffled != train)
        #expect(try ids("training", "again.jsonl") == shuffled)
        #expect(try ids("other", "other.jsonl") != shuffled)
        let first = try #require(try sandbox.read("training.jsonl").split(separator: "\n").first)
        #expect(first.hasPrefix("{\"score\":"))
        #expect(first.contains(",\"label\":"))
        #expect(!first.contains("user"))
    }

    @Test("the order does not depend on the number of threads")
    func threads() throws {
        let two = try ids("training", "two.jsonl")
        try sandbox.replace(
            "project: p", with: "project: p\nengines: { local: { type: duckdb, threads: 1 } }", in: "millrace.yaml")
        #expect(try ids("training", "one.jsonl") == two)
    }

    @Test(
        "Parquet is what pyarrow reads",
        .enabled(if: Checkout.hasJudges, "scripts/bootstrap --test installs the judges"))
    func parquet() throws {
        let result = try sandbox.millrace("export", "training", "--format", "parquet", "--output", "out.parquet")
        #expect(result.status == 0, "\(result.text)")
        let table = try Judge.ask("parquet", sandbox.path + "/out.parquet")
        #expect(table["columns"].array.map(\.text) == ["score", "id", "label"])
        #expect(try table["values"].array.map { $0["id"].int } == ids("training", "out.jsonl").map(Optional.some))
    }

    @Test("a folder gets a file for each split")
    func folder() throws {
        let result = try sandbox.millrace("export", "t", "--output", "all/", "--format", "jsonl")
        #expect(result.status == 0, "\(result.text)")
        #expect(sandbox.files(in: "all") == ["t-test.jsonl", "t-train.jsonl"])
        let rows = try sandbox.files(in: "all").map { try sandbox.read("all/" + $0).split(separator: "\n").count }
        #expect(rows.reduce(0, +) == 200)
    }

    @Test("what is there is not overwritten unless told to")
    func refuses() throws {
        try sandbox.write("precious", to: "out.jsonl")
        let result = try sandbox.millrace("export", "plain", "--output", "out.jsonl")
        #expect(result.status == 2)
        #expect(result.errors.contains("out.jsonl' is there already"))
        #expect(result.errors.contains("--force"))
        #expect(try sandbox.read("out.jsonl") == "precious")
        #expect(try ids("plain", "out.jsonl").count == 200)
    }

    @Test("a pinned version, and a dataset's older version")
    func versions() throws {
        try sandbox.write("id,user,score,label\n1,u1,0.5,true\n", to: "landing/in.csv")
        try sandbox.run()
        #expect(try ids("plain", "plain.jsonl") == [1])
        #expect(try ids("pinned", "pinned.jsonl").count == 200)
        #expect(try ids("t@0", "old.jsonl").count == 200)
        let missing = try sandbox.millrace("export", "t@9", "--output", "none.jsonl")
        #expect(missing.status == 2)
        #expect(missing.errors.contains("no version 9"))
        #expect(!sandbox.exists("none.jsonl"))
    }

    @Test("an export that fails leaves nothing")
    func failing() throws {
        let result = try sandbox.shell("ulimit -f 1; exec '\(Checkout.millrace)' export t --output big.jsonl")
        #expect(result.status != 0)
        #expect(!sandbox.exists("big.jsonl"))
        #expect(sandbox.files(ending: ".jsonl").isEmpty)
    }

    @Test("an empty dataset is exported as an empty file")
    func empty() throws {
        try sandbox.write("id,user,score,label\n", to: "landing/in.csv")
        try sandbox.replace("    splits: { by: user, seed: 3, train: 70, test: 30 }\n", with: "", in: "millrace.yaml")
        try sandbox.write("project: p\ndatasets:\n  raw: { ingest: { files: landing/in.csv } }\n", to: "millrace.yaml")
        try sandbox.run()
        #expect(try ids("raw", "empty.jsonl").isEmpty)
        #expect(sandbox.exists("empty.jsonl"))
    }
}
