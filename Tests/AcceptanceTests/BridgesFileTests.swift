import Foundation
import TestThreads
import Testing

/// `export-dag` and its file, without any orchestrator.
@Suite("Exporting a DAG", .ownThreads)
struct BridgesFileTests {
    private func project() throws -> Sandbox {
        try Sandbox(
            datasets: """
                a: { sql: "SELECT 1 AS x" }
                class: { sql: "SELECT x FROM a", description: "The \\"class\\" of ${env:SECRET_WORD}." }
                """)
    }

    @Test("lines outside of the marks survive, what is up to date stays untouched", arguments: Bridge.allCases)
    func regenerated(_ bridge: Bridge) throws {
        let sandbox = try project()
        sandbox.environment["SECRET_WORD"] = "s3cr3t-word"
        let first = try sandbox.millrace("export-dag", bridge.rawValue, "--output", "dag.py")
        #expect(first.status == 0, "\(first.text)")
        let text = try sandbox.read("dag.py")
        #expect(!text.contains("s3cr3t-word"))
        #expect(!text.contains(sandbox.path))
        #expect(text.contains("${env:SECRET_WORD}"))
        #expect(try sandbox.millrace("export-dag", bridge.rawValue).output == text)

        let mine = "# mine, above\n" + text + "\n# mine, below\n"
        try sandbox.write(mine, to: "dag.py")
        let stamp = try sandbox.shell("stat -c '%Y %Z %i' dag.py").output
        #expect(try sandbox.millrace("export-dag", bridge.rawValue, "--output", "dag.py", "--check").status == 0)
        #expect(try sandbox.millrace("export-dag", bridge.rawValue, "--output", "dag.py").status == 0)
        #expect(try sandbox.shell("stat -c '%Y %Z %i' dag.py").output == stamp)

        try sandbox.replace("SELECT x FROM a", with: "SELECT 2 AS x", in: "millrace.yaml")
        let check = try sandbox.millrace("export-dag", bridge.rawValue, "--output", "dag.py", "--check")
        #expect(check.status == 1)
        #expect(check.errors.contains("'dag.py' is out of date"))
        #expect(try sandbox.read("dag.py") == mine)
        #expect(try sandbox.millrace("export-dag", bridge.rawValue, "--output", "dag.py").status == 0)
        let new = try sandbox.read("dag.py")
        #expect(new.hasPrefix("# mine, above\n") && new.hasSuffix("\n# mine, below\n") && new != mine)
    }

    @Test("a file that is not ours, or whose marks are damaged, is left alone")
    func foreign() throws {
        let sandbox = try project()
        sandbox.environment["SECRET_WORD"] = "s3cr3t-word"
        for (text, message) in [
            ("import mine\n", "has no marks"),
            ("\n# >>> millrace generated, do not edit between these marks\n", "dag.py:2"),
        ] {
            try sandbox.write(text, to: "dag.py")
            let result = try sandbox.millrace("export-dag", "luigi", "--output", "dag.py")
            #expect(result.status == 2)
            #expect(result.errors.contains(message), "\(result.text)")
            #expect(try sandbox.read("dag.py") == text)
        }
        try sandbox.shell("mkdir folder.py; : > empty.py")
        for (file, message) in [("folder.py", "'folder.py' is no file"), (".", "'.' is no file")] {
            #expect(try sandbox.millrace("export-dag", "luigi", "--output", file).errors.contains(message))
        }
        #expect(try sandbox.millrace("export-dag", "luigi", "--output", "empty.py").output.contains("empty.py is new"))
        #expect(try sandbox.millrace("export-dag", "luigi", "--output", "not/there/dag.py").status == 2)
        #expect(try sandbox.millrace("export-dag", "dagster").status == 2)
        #expect(try sandbox.millrace("export-dag", "luigi", "--check").status == 2)
        #expect(try sandbox.millrace("export-dag", "luigi", "nothing").status == 2)
    }

    @Test("a file keeps its mode, and one that is read-only stays as it is")
    func modes() throws {
        let sandbox = try project()
        sandbox.environment["SECRET_WORD"] = "s3cr3t-word"
        #expect(try sandbox.millrace("export-dag", "luigi", "--output", "dag.py").status == 0)
        let text = try sandbox.read("dag.py")
        try sandbox.shell("chmod 444 dag.py")
        try sandbox.replace("SELECT x FROM a", with: "SELECT 2 AS x", in: "millrace.yaml")
        let refused = try sandbox.millrace("export-dag", "luigi", "--output", "dag.py")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("'dag.py' is read-only") && refused.errors.contains("chmod u+w dag.py"))
        #expect(try sandbox.read("dag.py") == text)
        try sandbox.shell("chmod 750 dag.py")
        #expect(try sandbox.millrace("export-dag", "luigi", "--output", "dag.py").status == 0)
        #expect(try sandbox.shell("stat -c %a dag.py").output == "750\n")
        #expect(try sandbox.read("dag.py") != text)
    }

    @Test("a selection is exported as it is, and links to the file stay links")
    func selection() throws {
        let sandbox = try project()
        sandbox.environment["SECRET_WORD"] = "s3cr3t-word"
        try sandbox.shell(
            "mkdir elsewhere && touch elsewhere/real.py && ln -s elsewhere/real.py dag.py && rm elsewhere/real.py")
        try sandbox.shell("printf '# >>> millrace generated\\n# <<< millrace generated\\n' > elsewhere/real.py")
        #expect(try sandbox.millrace("export-dag", "luigi", "--output", "dag.py", "class").status == 0)
        #expect(try sandbox.shell("test -L dag.py").status == 0)
        let text = try sandbox.read("elsewhere/real.py")
        #expect(text.contains("class Class(Dataset):") && !text.contains("class A(Dataset):"))
        #expect(text.contains("parents[1]"))
    }
}
