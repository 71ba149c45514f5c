import Foundation
import TestThreads
import Testing

/// Steps of the kind `run`, with a real Python.
@Suite("Program steps", .ownThreads, .enabled(if: Checkout.hasJudges))
struct ProgramStepTests {
    /// A project with a dataset `raw` of the numbers below `rows` and their texts, and `out` made from it by `steps.py`.
    private func project(
        _ python: String, _ more: String = "", rows: Int = 10, function: String = "f", after: String = ""
    ) throws -> Sandbox {
        let sandbox = try Sandbox(
            datasets: """
                numbers:
                  ingest: { files: in.csv, types: { i: BIGINT } }
                raw: { sql: "SELECT i, 'row ' || i AS text FROM numbers ORDER BY i" }
                out:
                  run: { python: steps.py:\(function), inputs: [raw]\(more.isEmpty ? "" : ", " + more) }
                \(after)
                """,
            [
                "in.csv": "i\n" + (0..<rows).map { "\($0)\n" }.joined(),
                "steps.py": "import os, sys, time\nimport pyarrow as pa\nimport pyarrow.compute as pc\n\n" + python,
            ])
        sandbox.environment["MILLRACE_PYTHON"] = Checkout.python
        return sandbox
    }

    private static let pass = "def f(batch):\n    return batch\n"

    // MARK: What works

    @Test("a function gets batches of the input and its answers are published")
    func plain() throws {
        let sandbox = try project(
            """
            def f(batch):
                assert isinstance(batch, pa.RecordBatch)
                return {"i": pc.add(batch["i"], 1), "n": pa.array([batch.num_rows] * batch.num_rows)}
            """, "batch_rows: 4")
        try sandbox.run()
        #expect(
            try sandbox.rows("FROM out ORDER BY i")
                == ["1,4", "2,4", "3,4", "4,4", "5,4", "6,4", "7,4", "8,4", "9,2", "10,2"])
        #expect(try sandbox.run().text.contains("up to date"))
        try Judge.compareTables(of: sandbox)
    }

    @Test("several workers, in order and in any order, lose and double nothing", arguments: [true, false])
    func workers(ordered: Bool) throws {
        let sandbox = try project(Self.pass, "workers: 3, batch_rows: 100, ordered: \(ordered)", rows: 10_000)
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*), count(DISTINCT i), sum(i) FROM out") == ["10000,10000,49995000"])
    }

    @Test("generators, several batches, none, fewer and more rows")
    func generators() throws {
        let sandbox = try project(
            """
            def f(batch):
                for row in batch.to_pylist():
                    if row["i"] % 2:
                        yield {"i": [row["i"]] * row["i"]}
            """, "batch_rows: 3")
        try sandbox.run()
        #expect(
            try sandbox.rows("SELECT i, count(*) FROM out GROUP BY i ORDER BY i") == [
                "1,1", "3,3", "5,5", "7,7", "9,9",
            ])
    }

    @Test("setup is called once in each worker, further inputs come whole, modules beside it can be imported")
    func setup() throws {
        let sandbox = try project(
            """
            import millrace
            from words import WORD

            def load():
                print("loading")
                return len(millrace.input("numbers"))

            @millrace.step(schema={"i": "INTEGER", "t": "VARCHAR"}, setup=load)
            def f(batch, count):
                return {"t": [WORD] * batch.num_rows, "i": [count] * batch.num_rows}
            """)
        try sandbox.replace("inputs: [raw]", with: "inputs: [raw, numbers], batch_rows: 2", in: "millrace.yaml")
        try sandbox.write("WORD = 'one'\n", to: "words.py")
        let run = try sandbox.run()
        #expect(run.text.components(separatedBy: "| loading").count == 2, "\(run.text)")
        #expect(try sandbox.rows("SELECT DISTINCT i, typeof(i), t FROM out") == ["10,INTEGER,one"])
        // A module that it imports is part of what it is.
        try sandbox.write("WORD = 'two'\n", to: "words.py")
        #expect(try sandbox.plan().keys.sorted() == ["out"])
        try sandbox.run()
        #expect(try sandbox.rows("SELECT DISTINCT t FROM out") == ["two"])
    }

    @Test("checks, quarantine and splits go with it, and steps after it read it")
    func checks() throws {
        let sandbox = try project(
            Self.pass, after: "after: { sql: \"SELECT sum(i)::BIGINT AS s FROM out WHERE split IS NOT NULL\" }")
        try sandbox.replace(
            "  out:\n",
            with: """
                  out:
                    checks: [{ sql: "SELECT 1 FROM out WHERE false" }]
                    columns: { i: { type: BIGINT, checks: [{ range: { max: 7 }, on_fail: quarantine }] } }
                    splits: { by: i, a: 50, b: 50 }

                """, in: "millrace.yaml")
        try sandbox.run()
        #expect(try sandbox.rows("FROM after") == ["28"])
        #expect(try sandbox.rows("SELECT i FROM out__quarantine ORDER BY i") == ["8", "9"])
    }

    @Test("an input without rows, and one whose rows all go")
    func empty() throws {
        let sandbox = try project(Self.pass, rows: 0)
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM out") == ["0"])
        let none = try project(
            "def f(batch):\n    return batch.slice(0, 0)\n", after: "after: { sql: SELECT count(i) AS n FROM out }")
        try none.run()
        #expect(try none.rows("FROM after") == ["0"])
    }

    @Test("only what is new is read with 'incremental'")
    func incremental() throws {
        let sandbox = try Sandbox(
            datasets: """
                raw: { mode: append, ingest: { files: "in/*.csv" } }
                out:
                  mode: append
                  incremental: raw
                  run: { python: steps.py:f, inputs: [raw] }
                """,
            ["in/1.csv": "i\n1\n2\n", "steps.py": "def f(batch):\n    print('rows', len(batch))\n    return batch\n"])
        sandbox.environment["MILLRACE_PYTHON"] = Checkout.python
        try sandbox.run()
        try sandbox.write("i\n3\n", to: "in/2.csv")
        #expect(try sandbox.run().text.contains("| rows 1"))
        #expect(try sandbox.rows("FROM out ORDER BY i") == ["1", "2", "3"])
    }

    @Test("a command reads an Arrow stream and writes one")
    func command() throws {
        let sandbox = try project(Self.pass)
        try sandbox.write(
            """
            #!\(Checkout.python)
            import sys
            import pyarrow as pa
            with pa.ipc.open_stream(sys.stdin.buffer) as source:
                table = source.read_all()
            print("said", sys.argv[1], file=sys.stderr)
            with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as sink:
                sink.write_table(table)
            """, to: "tool")
        try sandbox.shell("chmod +x tool")
        try sandbox.replace(
            "python: steps.py:f, inputs: [raw]",
            with: "command: [./tool, --x], inputs: [raw], batch_rows: 4, workers: 2",
            in: "millrace.yaml")
        #expect(try sandbox.run().text.contains("| said --x"))
        #expect(try sandbox.rows("SELECT count(*), sum(i) FROM out") == ["10,45"])
        try sandbox.replace("print(\"said\"", with: "sys.exit('no') or print(\"said\"", in: "tool")
        let failed = try sandbox.millrace("run")
        #expect(failed.status == 1)
        #expect(failed.text.contains("it ended with exit status 1") && failed.text.contains("no"), "\(failed.text)")
    }

    @Test("many types come and go unchanged")
    func types() throws {
        let sandbox = try project(Self.pass)
        try sandbox.replace(
            "SELECT i, 'row ' || i AS text FROM numbers ORDER BY i",
            with: """
                SELECT i, i::UTINYINT AS u, i / 3 AS d, (i * 1.25)::DECIMAL(12, 2) AS dec, i % 2 = 0 AS b, \
                DATE '2024-02-28' + i::INTEGER AS day, TIMESTAMP '2024-01-01' + to_hours(i) AS ts, \
                TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_hours(i) AS tz, [i, NULL] AS l, {'a': i, 'b': 'x'} AS s, \
                nullif('é' || i, 'é3') AS t, 'ab'::BLOB AS bl FROM numbers
                """, in: "millrace.yaml")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM (FROM out EXCEPT FROM raw)") == ["0"])
        #expect(
            try sandbox.rows("SELECT string_agg(column_type ORDER BY column_name) FROM (DESCRIBE out)")
                == sandbox.rows("SELECT string_agg(column_type ORDER BY column_name) FROM (DESCRIBE raw)"))
    }

    @Test("what it says is in the run's events, never in the data")
    func said() throws {
        let sandbox = try project(
            """
            def f(batch):
                print("out", batch.num_rows)
                print("err", file=sys.stderr)
                os.system("echo from a child")
                os.write(1, b"raw\\n")
                return batch
            """)
        let lines = try sandbox.events().filter { $0["event"].text == "step_said" }.flatMap {
            $0["lines"].array.map(\.text)
        }
        #expect(Set(lines).isSuperset(of: ["out 10", "err", "from a child", "raw"]), "\(lines)")
        #expect(try sandbox.rows("SELECT count(*) FROM out") == ["10"])
    }

    @Test("forks do not disturb it")
    func forks() throws {
        let sandbox = try project(
            """
            def f(batch):
                if os.fork() == 0 and batch["i"][0].as_py() % 4 == 0:
                    os._exit(3)
                return batch
            """, "batch_rows: 2, workers: 2")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*), sum(i) FROM out") == ["10,45"])
    }

    // MARK: Rows to blame

    @Test(
        "rows at which it fails are found, and quarantined with the reason",
        arguments: [
            ("raise ValueError('odd one')", "ValueError: odd one"),
            ("os._exit(7)", "it ended with exit status 7"),
            ("os.kill(os.getpid(), 11)", "segmentation fault"),
            ("time.sleep(60)", "it took longer than 3s"),
        ])
    func guilty(what: String, reason: String) throws {
        let sandbox = try project(
            """
            def f(batch):
                if 6 in batch["i"].to_pylist():
                    \(what)
                return batch
            """, what.contains("sleep") ? "timeout: 3s, batch_rows: 1" : "workers: 2, batch_rows: 4")
        let run = try sandbox.run()
        #expect(run.text.contains("1 quarantined"), "\(run.text)")
        #expect(try sandbox.rows("SELECT count(*), sum(i) FROM out") == ["9,39"])
        let row = try sandbox.json("query", "FROM out__quarantine").array[0]
        #expect(row["_reasons"].array[0].text.contains(reason), "\(row)")
        #expect(row["_input"].text == #"{"i":6,"text":"row 6"}"#)
        if what.hasPrefix("raise") { #expect(row["_reasons"].array[0].text.contains("steps.py\", line 7")) }
        let account = try sandbox.json("history", "out").array[0]["account"]
        #expect(
            account["read"].int == 10 && account["published"].int == 9 && account["quarantined"].int == 1, "\(account)")
        try Judge.compareTables(of: sandbox)
    }

    @Test("a batch is tried again before rows are blamed")
    func retries() throws {
        let sandbox = try project(
            """
            def f(batch):
                if not os.path.exists("tried"):
                    open("tried", "w").close()
                    raise OSError("not now")
                return batch
            """, "retries: 1")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM out") == ["10"])
    }

    @Test("a worker that takes too much memory is ended")
    func memory() throws {
        let sandbox = try project(
            """
            def f(batch):
                if 6 in batch["i"].to_pylist():
                    hoard = bytearray(700 << 20)
                    for place in range(0, len(hoard), 4096):
                        hoard[place] = 1
                    time.sleep(60)
                return batch
            """, "memory: 500MB, batch_rows: 2, max_failing: 2")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM out") == ["9"])
        #expect(try sandbox.rows("SELECT _reasons[1] FROM out__quarantine")[0].contains("more than its 476 MiB"))
    }

    // MARK: What cannot be done

    /// What a run that fails says; nothing may be published.
    private func failure(_ sandbox: Sandbox, status: Int32 = 1) throws -> String {
        let run = try sandbox.millrace("run")
        #expect(run.status == status, "\(run.text)")
        #expect(try sandbox.versions()["out"] == nil)
        return run.text
    }

    @Test(
        "what is wrong with the function is told with its line, and nothing is published",
        arguments: [
            ("import nowhere\ndef f(batch):\n    return batch\n", "", "steps.py:5:1", "No module named 'nowhere'"),
            (
                "def f(batch):\n    return batch.nothing\n", "max_failing: 3", "steps.py:6:5",
                "fails at more than 3 rows"
            ),
            (
                "def f(batch):\n    return 1 / 0\n", "on_fail: fail", "steps.py:6:5",
                "ZeroDivisionError: division by zero"
            ),
            ("def f(batch):\n    return 7\n", "", "steps.py:5:1", "the function returned int"),
            (
                "def f(batch):\n    return {'i': [1 if batch['i'][0].as_py() < 4 else 'x']}\n", "batch_rows: 2",
                "millrace.yaml", "it returned other columns than for an earlier batch: 'i' is utf8 instead of int64"
            ),
            (
                "import millrace\n@millrace.step(schema={'i': 'DATE'})\ndef f(batch):\n    return batch\n", "",
                "steps.py:6:1", "'text' is new"
            ),
            (
                "def f(batch):\n    time.sleep(60)\n", "timeout: 300ms, max_failing: 0", "steps.py:6:5",
                "it took longer than 300ms"
            ),
            ("def f(batch):\n    os._exit(4)\n", "on_fail: fail", "millrace.yaml", "it ended with exit status 4"),
            (
                "time.sleep(60)\ndef f(batch):\n    pass\n", "setup_timeout: 900ms", "steps.py:5:1",
                "it took longer than 900ms while it was made ready"
            ),
            (
                "os._exit(0)\ndef f(batch):\n    pass\n", "", "millrace.yaml",
                "it ended with exit status 0 while it was made ready"
            ),
            (
                "import millrace\ndef s():\n    raise OSError('no model')\n@millrace.step(setup=s)\ndef f(batch, m):\n    return batch\n",
                "", "steps.py:7:5", "cannot be made ready: OSError: no model"
            ),
            (
                "def f(batch):\n    return None\n", "", "millrace.yaml",
                "nothing came from which the columns could be told"
            ),
        ])
    func failures(python: String, more: String, place: String, message: String) throws {
        let text = try failure(project(python, more))
        #expect(text.contains(place) && text.contains(message), "\(text)")
        #expect(!text.contains("please report it"), "\(text)")
    }

    @Test("after a failure the last version stays live, and the mended step runs")
    func stays() throws {
        let sandbox = try project(Self.pass)
        try sandbox.run()
        try sandbox.replace("return batch", with: "raise KeyError('x')", in: "steps.py")
        #expect(try sandbox.millrace("run").status == 1 || sandbox.versions()["out"] == 0)
        try sandbox.replace("raise KeyError('x')", with: "return batch.slice(1)", in: "steps.py")
        try sandbox.run()
        #expect(try sandbox.rows("SELECT count(*) FROM out") == ["9"])
    }

    @Test("a run that is stopped ends its workers")
    func stopped() throws {
        let sandbox = try project(
            """
            def f(batch):
                open("pid", "w").write(str(os.getpid()))
                os.rename("pid", "started")
                time.sleep(600)
            """)
        let program = try sandbox.start("run")
        for _ in 0..<3000 where !sandbox.exists("started") { usleep(20_000) }
        program.signal(SIGINT)
        let result = program.wait()
        #expect(result.status != 0)
        let pid = try sandbox.read("started")
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
        #expect(try sandbox.versions()["out"] == nil)
    }

    // MARK: What `check` finds

    @Test(
        "check finds what is not there, without running anything",
        arguments: [
            ("python: steps.py:f", "python: other.py:f", "there is no file 'other.py'"),
            ("python: steps.py:f", "python: steps.py:g", "the file has no function 'g'"),
            ("python: steps.py:f", "python: steps.py", "'python' takes a file and a function"),
            ("python: steps.py:f", "command: [no-such-program]", "there is no program 'no-such-program'"),
            ("python: steps.py:f", "command: [./none]", "there is no file 'none'"),
            ("inputs: [raw]", "inputs: [raw, nothing]", "there is no dataset 'nothing'"),
            ("inputs: [raw]", "inputs: [out]", "'out' reads itself"),
            ("inputs: [raw]", "inputs: [raw], files: [none.txt]", "there is no file 'none.txt'"),
            ("inputs: [raw]", "inputs: [raw], workers: 0", "'workers'"),
            ("python: steps.py:f", "python: steps.py:f, command: [x]", "not both"),
        ])
    func checking(old: String, new: String, message: String) throws {
        let sandbox = try project("open('ran', 'w')\ndef f(batch):\n    return batch\n")
        try sandbox.replace(old, with: new, in: "millrace.yaml")
        let check = try sandbox.millrace("check")
        #expect(check.status == 2 && check.text.contains(message), "\(check.text)")
        #expect(!sandbox.exists("ran"))
    }

    @Test("check reads declared columns, and binds what follows with them")
    func declared() throws {
        let sandbox = try project(
            "import millrace\n@millrace.step(schema={'i': 'BIGINT', 'score': 'DOUBLE'})\ndef f(batch):\n    return batch\n",
            after: "after: { sql: SELECT scoer FROM out }")
        let check = try sandbox.millrace("check")
        #expect(check.status == 2 && check.text.contains("score"), "\(check.text)")
        try sandbox.replace("scoer", with: "score", in: "millrace.yaml")
        #expect(try sandbox.millrace("check").status == 0)
        try sandbox.replace("  out:\n", with: "  out:\n    columns: { score: VARCHAR }\n", in: "millrace.yaml")
        let promised = try sandbox.millrace("check")
        #expect(promised.status == 2 && promised.text.contains("promised as VARCHAR"), "\(promised.text)")
    }

    @Test("a Python that cannot be used is named, with what mends it")
    func python() throws {
        let sandbox = try project(Self.pass)
        sandbox.environment["MILLRACE_PYTHON"] = "/nowhere/python"
        #expect(try sandbox.millrace("check").text.contains("MILLRACE_PYTHON names '/nowhere/python'"))
        // One without packages.
        try sandbox.write("#!/bin/sh\nexec \(Checkout.python) -S -E \"$@\"\n", to: ".venv/bin/python")
        try sandbox.shell("chmod +x .venv/bin/python")
        sandbox.environment["MILLRACE_PYTHON"] = ""
        let check = try sandbox.millrace("check")
        #expect(check.status == 2 && check.text.contains(".venv/bin/python -m pip install pyarrow"), "\(check.text)")
        try sandbox.write("def f(batch:\n", to: "steps.py")
        sandbox.environment["MILLRACE_PYTHON"] = Checkout.python
        let syntax = try sandbox.millrace("check")
        #expect(
            syntax.status == 2 && syntax.text.contains("steps.py:1:1") && syntax.text.contains("no Python"),
            "\(syntax.text)")
    }

    // MARK: The package

    @Test("the package's own tests pass")
    func package() throws {
        let result = try Program(
            Checkout.python, ["-m", "unittest", "discover", "-s", Checkout.root + "/python/tests"],
            in: NSTemporaryDirectory(), environment: ProcessInfo.processInfo.environment
        ).wait()
        #expect(result.status == 0, "\(result.text)")
    }

    @Test("Python reads datasets and writes files that are ingested")
    func reading() throws {
        let sandbox = try project(Self.pass)
        try sandbox.run()
        try sandbox.write(
            """
            import millrace, pyarrow as pa
            assert millrace.read("out@0").column("i").to_pylist() == list(range(10))
            assert sum(b.num_rows for b in millrace.read_batches("raw")) == 10
            assert millrace.read(sql="SELECT sum(i)::BIGINT AS s FROM out").to_pylist() == [{"s": 45}]
            for name, kind in [("nothing", millrace.MillraceError), ("a b", ValueError)]:
                try:
                    millrace.read(name)
                except kind:
                    continue
                raise SystemExit(name)
            millrace.write(pa.table({"i": [100]}), "landing/new.parquet")
            """, to: "use.py")
        sandbox.environment["PYTHONPATH"] = Checkout.root + "/python"
        sandbox.environment["MILLRACE"] = Checkout.millrace
        let result = try sandbox.shell("\(Checkout.python) use.py")
        #expect(result.status == 0, "\(result.text)")
        #expect(sandbox.files(in: "landing") == ["new.parquet"])
    }
}
