import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
    private let scratch: Scratch
    private let millrace: Program

    init() throws {
        scratch = try Scratch()
        millrace = Program(folder: scratch.path)
    }

    @Test("the version is told")
    func version() throws {
        let result = try millrace("--version")
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("millrace 0."))
    }

    @Test("a misspelt command names the nearest one and exits 2")
    func misspeltCommand() throws {
        let result = try millrace("lst")
        #expect(result.status == 2)
        #expect(result.errors == "error: there is no command 'lst'\n  hint: did you mean 'millrace list'?\n")
        #expect(result.output.isEmpty)
    }

    @Test("a misspelt option names the nearest one and exits 2")
    func misspeltOption() throws {
        let result = try millrace("run", "--jbs", "3")
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: Unknown option '--jbs'. Did you mean '--jobs'?\n"))
    }

    @Test("with --json also diagnostics are JSON, on standard output")
    func diagnosticsAsJSON() throws {
        try scratch.write("project: p\ndatsets: {}\n", to: "millrace.yaml")
        let result = try millrace("list", "--json")
        #expect(result.status == 2)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: [[String: Any]]])
        let first = try #require(report["diagnostics"]?.first)
        #expect(first["file"] as? String == "millrace.yaml")
        #expect(first["line"] as? Int == 2)
        #expect(result.errors.isEmpty)
    }

    @Test("outside a project a command says how to make one")
    func noProject() throws {
        let result = try millrace("list")
        #expect(result.status == 2)
        #expect(result.errors.contains("'millrace init' makes a project here"))
    }

    @Test("init writes nothing over a project that is there")
    func initRefuses() throws {
        try scratch.write("project: mine\n", to: "millrace.yaml")
        let result = try millrace("init")
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: there is a project in this folder already\n"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/README.md"))
    }

    @Test("a full disk under standard output is an error, not a crash")
    func fullOutput() throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [
            "-c", "\"$0\" --help > /dev/full 2>&1; \"$0\" completions bash >&-", try #require(Program.path),
        ]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationReason == .exit)
        #expect(shell.terminationStatus == 0)
    }

    @Test(
        "every template is a project that runs, and whose quarantine catches rows",
        arguments: [("csv", "deliveries", 2), ("jsonl", "messages", 2), ("minimal", "readings", 1)])
    func templates(template: String, dataset: String, refused: Int) throws {
        let made = try millrace("init", "--template", template)
        #expect(made.status == 0, "\(made.errors)")
        let checked = try millrace("check")
        #expect(checked.status == 0, "\(checked.errors)")
        let run = try millrace("run")
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("\n  quarantine  \(dataset)  \(refused) of "))
        let again = try millrace("run")
        #expect(again.output.hasPrefix("nothing to do: "))
        #expect(again.status == 0)
        let count = try millrace("query", "SELECT count(*) AS n FROM \(dataset)__quarantine", "--format", "csv")
        #expect(count.output == "n\n\(refused)\n", "\(count.errors)")
        let shown = try millrace("show", dataset, "--json")
        let description = try #require(
            try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        #expect((description["quarantine"] as? [String: Any])?["rows"] as? Int == refused)
    }

    @Test("run --json writes one event a line and ends with the summary")
    func runAsJSON() throws {
        _ = try millrace("init", "--template", "minimal")
        let result = try millrace("run", "--json")
        let events = try result.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(events.first?["event"] as? String == "run_started")
        #expect(events.last?["event"] as? String == "run_finished")
        #expect(events.last?["outcome"] as? String == "done")
    }

    @Test("a refused version exits 1, names the check, the count, the share and examples, and keeps the last one")
    func refused() throws {
        try scratch.write("a,b\n1,x\n2,y\n", to: "in.csv")
        try scratch.write(
            """
            project: p
            store: store
            datasets:
              t:
                ingest: { files: in.csv, format: csv }
                checks: [ { range: { column: a, max: 9 } } ]
            """, to: "millrace.yaml")
        #expect(try millrace("run").status == 0)
        try scratch.write("a,b\n1,x\n20,y\n3,z\n", to: "in.csv")
        let result = try millrace("run")
        #expect(result.status == 1)
        #expect(result.output.contains("✗ t  refused by 1 check, version 0 stays live"))
        #expect(result.errors.contains("✗ range(a)  failed: 1 of 3 rows (33.33 %)"))
        #expect(result.errors.contains("20"))
        #expect(try millrace("query", "SELECT count(*) AS n FROM t", "--format", "csv").output == "n\n2\n")
        #expect(try millrace("list", "result:failed", "--names").output == "t\n")
    }

    @Test(
        "what contradicts itself, or says too little, is refused before the project is opened",
        arguments: [
            (["optimize", "--sort", "a", "--z-order", "b"], "--sort and --z-order are two orders; choose one"),
            (["optimize", "--all-tables", "--sort", "a"], "an order is by a dataset's columns"),
            (["optimize", "--target-size", "0"], "The value '0' is invalid for '--target-size <size>'"),
            (["optimize", "--target-size", "1XB"], "The value '1XB' is invalid for '--target-size <size>'"),
            (["optimize", "--sort", "a,,b"], "The value 'a,,b' is invalid for '--sort <columns>'"),
            (["vacuum", "--older-than", "7"], "The value '7' is invalid for '--older-than <time>'"),
            (["vacuum", "--older-than", "-1d"], "--older-than"),
            (["restore", "flights"], "'flights' does not say which version"),
            (["restore", "flights@a b"], "'a b' in 'flights@a b' is neither a version nor a tag"),
            (["tag", "released"], "write millrace tag NAME DATASET@VERSION"),
            (["tag", "--delete", "released"], "write millrace tag --delete NAME DATASET"),
            (["tag", "--list", "--delete", "a", "b"], "--list and --delete contradict each other"),
            (["diff", "flights"], "'flights' is the live version, and so is what it would be compared with"),
            (["diff", "flights@1", "--examples", "-1"], "--examples"),
            (["delete", "flights"], "Missing expected argument '--where <condition>'"),
            (["delete", "flights@3", "--where", "true"], "rows can be deleted from the live version only"),
            (["history", "flights", "--limit", "0"], "--limit takes a number from 1 to 1,000,000"),
            (["show", "flights@"], "'' in 'flights@' is neither a version nor a tag"),
        ])
    func mistakes(arguments: [String], words: String) throws {
        let result = try millrace(arguments)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: "), "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    @Test("sizes and times are taken as people write them")
    func amounts() throws {
        // What is right gets as far as looking for the project.
        for size in ["256MB", "1GiB", "500kb", "1.5 GB", "1000000"] {
            #expect(try millrace("optimize", "--target-size", size).errors.contains("no millrace.yaml"), "\(size)")
        }
        for time in ["7d", "36h", "90min", "0s", "1.5d", "2w"] {
            #expect(try millrace("vacuum", "--older-than", time).errors.contains("no millrace.yaml"), "\(time)")
        }
    }

    @Test("a name with a comma in it stands in quotes among columns")
    func columnLists() throws {
        try scratch.write("project: p\ndatasets:\n  t: { sql: 'SELECT 1 AS \"a,b\", 2 AS c' }\n", to: "millrace.yaml")
        #expect(try millrace("run").status == 0)
        #expect(try millrace("optimize", "--sort", "c, \"a,b\"").status == 0)
        let wrong = try millrace("optimize", "--sort", "a,b")
        #expect(wrong.errors.contains("'t' has no column 'a'"))
        #expect(wrong.errors.contains("'t' has no column 'b'"))
    }

    @Test("the commands that look after the store say when there is nothing to look after")
    func nothingYet() throws {
        _ = try millrace("init", "--template", "minimal")
        #expect(try millrace("optimize").output == "nothing to do: no dataset selected has a version yet\n")
        #expect(try millrace("vacuum").output == "nothing to do: no dataset selected has a version yet\n")
        #expect(try millrace("tag", "--list").output == "no version is tagged\n")
        #expect(try millrace("history", "readings").output == "no version yet\n")
        #expect(try millrace("optimize", "--json").output == "[]\n")
        for command in [["restore", "readings@0"], ["diff", "readings@0", "--key", "a"], ["show", "readings@0"]] {
            let result = try millrace(command)
            #expect(result.status == 2)
            #expect(result.errors.contains("no version yet"), "\(result.errors)")
        }
    }
}
