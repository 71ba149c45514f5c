"""Tests of the package: `python -m unittest discover -s python/tests`."""

import json
import os
import struct
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import millrace
from millrace._calls import Callee, SchemaMismatch
from millrace._schemas import arrow_type
from millrace.inspect_step import look

TABLE = pa.table({"id": [1, 2, 3], "text": ["a", "b", None]})


def rows(batches):
    return pa.Table.from_batches(batches).to_pylist()


class Schemas(unittest.TestCase):
    def test_names_of_types(self):
        self.assertEqual(arrow_type("bigint"), pa.int64())
        self.assertEqual(arrow_type("DECIMAL(12, 2)[]"), pa.list_(pa.decimal128(12, 2)))
        self.assertEqual(arrow_type("timestamp with  time zone"), pa.timestamp("us", "UTC"))
        with self.assertRaisesRegex(ValueError, "unknown type 'LONG'"):
            arrow_type("LONG")


class Calls(unittest.TestCase):
    def test_what_a_function_takes_is_told_by_its_annotation(self):
        def batch(rows): return {"kind": [type(rows).__name__]}
        def table(rows: pa.Table): return {"kind": [type(rows).__name__]}
        def columns(rows: "dict[str, pa.Array]"): return {"kind": [type(rows).__name__]}
        for function, kind in [(batch, "RecordBatch"), (table, "Table"), (columns, "dict")]:
            self.assertEqual(rows(Callee(function)(TABLE)), [{"kind": kind}])

    def test_a_batch_comes_whole(self):
        seen = []
        Callee(lambda batch: seen.append(batch.num_rows))(pa.concat_tables([TABLE, TABLE]))
        self.assertEqual(seen, [6])

    def test_what_a_function_may_return(self):
        def generator(batch):
            yield {"id": [1]}
            yield pa.table({"id": [2]})
        for answer in [TABLE, TABLE.to_batches()[0], TABLE.to_pydict(), [TABLE.slice(0, 1), TABLE.slice(1)]]:
            self.assertEqual(rows(Callee(lambda _: answer)(TABLE)), TABLE.to_pylist())
        self.assertEqual(rows(Callee(generator)(TABLE)), [{"id": 1}, {"id": 2}])
        self.assertIsNone(Callee(lambda _: None)(TABLE))
        with self.assertRaisesRegex(SchemaMismatch, "returned int"):
            Callee(lambda _: 7)(TABLE)

    def test_parts_with_other_columns(self):
        with self.assertRaisesRegex(SchemaMismatch, "'b' is string instead of int64"):
            Callee(lambda _: [{"b": [1]}, {"b": ["x"]}])(TABLE)

    def test_a_declared_schema(self):
        @millrace.step(schema={"id": "BIGINT", "score": pa.float32()})
        def score(batch):
            return {"score": [0.5], "id": [7]}
        answer = Callee(score)(TABLE)
        self.assertEqual(answer[0].schema, pa.schema([("id", pa.int64()), ("score", pa.float32())]))
        with self.assertRaisesRegex(SchemaMismatch, "'score' is missing, 'points' is new"):
            Callee(millrace.Step(lambda _: {"id": [1], "points": [1]}, score.schema))(TABLE)
        with self.assertRaisesRegex(SchemaMismatch, "'score' is string instead of float"):
            Callee(millrace.Step(lambda _: {"id": [1], "score": ["x"]}, score.schema))(TABLE)
        empty = Callee(millrace.Step(lambda _: None, score.schema))(TABLE)
        self.assertEqual((empty[0].num_rows, empty[0].schema), (0, score.schema))

    def test_setup_is_called_once(self):
        calls = []
        def load():
            calls.append(1)
            return 10
        @millrace.step(setup=load)
        def add(batch, model):
            return {"sum": [value.as_py() + model for value in batch["id"]]}
        callee = Callee(add)
        self.assertEqual(rows(callee(TABLE)) + rows(callee(TABLE)), [{"sum": 11}, {"sum": 12}, {"sum": 13}] * 2)
        self.assertEqual(calls, [1])
        self.assertEqual(add(TABLE.to_batches()[0], 0), {"sum": [1, 2, 3]})


class Looking(unittest.TestCase):
    def look(self, source, function="f"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "step.py"
            path.write_text(textwrap.dedent(source))
            return look(str(path), function)

    def test_nothing_is_run(self):
        self.assertEqual(self.look("raise SystemExit\ndef f(batch): pass"), {"schema": None})

    def test_what_is_wrong(self):
        self.assertEqual(self.look("def g(b): pass"), {"fault": "missing", "functions": ["g"]})
        self.assertEqual(self.look("def f(: pass")["fault"], "syntax")
        self.assertEqual(self.look("async def f(b): pass")["fault"], "async")
        self.assertEqual(self.look("def f(): pass")["fault"], "arguments")

    def test_a_schema_that_stands_there(self):
        source = """
            import millrace
            @millrace.step(schema={"id": "BIGINT"})
            def f(batch): pass
            """
        self.assertEqual(self.look(source), {"schema": [["id", "BIGINT"]]})
        self.assertEqual(self.look("from m import f"), {"schema": None})


class Worker(unittest.TestCase):
    """The worker as Millrace starts it."""

    def start(self, source):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "step.py"
        path.write_text(textwrap.dedent(source))
        worker = subprocess.Popen(
            ["sh", "-c", 'exec 3<&0 4>&1 </dev/null 1>&2; exec "$@"', "sh", sys.executable, "-m", "millrace.worker",
             str(path), "f"], cwd=folder.name, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, worker)
        return worker

    @staticmethod
    def end(worker):
        worker.kill()
        worker.wait()
        for stream in [worker.stdin, worker.stdout, worker.stderr]:
            stream.close()

    def answer(self, worker):
        head = worker.stdout.read(9)
        return head[:1], worker.stdout.read(struct.unpack("<Q", head[1:])[0]) if head else b""

    def ask(self, worker, table=TABLE):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        content = sink.getvalue().to_pybytes()
        worker.stdin.write(b"B" + struct.pack("<Q", len(content)) + content)
        worker.stdin.flush()
        return self.answer(worker)

    def test_prints_and_forks_are_no_data(self):
        worker = self.start("""
            import os, subprocess
            print("at import")
            def f(batch):
                print("hello")
                subprocess.run(["echo", "from a child"])
                os.fork()
                return batch
            """)
        self.assertEqual(self.answer(worker), (b"R", b'{"declared": false}'))
        for _ in range(2):
            kind, content = self.ask(worker)
            self.assertEqual(kind, b"A")
            self.assertEqual(pa.ipc.open_stream(content).read_all(), TABLE)
        worker.stdin.close()
        self.assertEqual(worker.wait(), 0)
        said = worker.stderr.read().decode()
        for line in ["at import", "hello", "from a child"]:
            self.assertIn(line, said)

    def test_an_exception_has_its_line(self):
        worker = self.start("""
            def f(batch):
                return 1 / 0
            """)
        self.answer(worker)
        kind, content = self.ask(worker)
        fault = json.loads(content)
        self.assertEqual((kind, fault["stage"], fault["type"], fault["line"]), (b"E", "call", "ZeroDivisionError", 3))
        self.assertIn("return 1 / 0", fault["traceback"])
        self.assertNotIn("_calls.py", fault["traceback"])

    def test_what_cannot_be_imported(self):
        for source, stage, line in [("import nowhere", "import", 1), ("f = 1", "import", None), ("def f(:", "import", 1)]:
            kind, content = self.answer(self.start(source))
            fault = json.loads(content)
            self.assertEqual((kind, fault["stage"], fault["line"]), (b"E", stage, line), fault)


if __name__ == "__main__":
    unittest.main()
