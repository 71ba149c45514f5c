"""The process that calls a step's function: `python -m millrace.worker FILE FUNCTION`.

Requests come on descriptor 3, answers go to descriptor 4: a byte for the kind, eight for the length, the content. `B` is
a batch, `A` its answer (both Arrow IPC streams; nothing for an answer without columns), `R` says that the function is
ready, `E` what went wrong, as JSON. What the function prints goes to standard error, whoever prints it.
"""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import os
import struct
import sys
import traceback
from types import ModuleType
from typing import Any

REQUESTS, ANSWERS = 3, 4


def _load(path: str, package_root: str) -> ModuleType:
    """The user's file as a module. Files beside it, and below the project's folder, can be imported."""
    sys.path[:0] = [folder for folder in (os.path.dirname(path), package_root) if folder not in sys.path]
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"'{path}' is no Python file")
    module = importlib.util.module_from_spec(spec)
    # So that what the function pickles for processes of its own can be found there.
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


def _first_line(function: Any, path: str) -> int | None:
    code = getattr(function, "__code__", None)
    return code.co_firstlineno if code is not None and os.path.abspath(code.co_filename) == path else None


class _Fault:
    """An exception, as JSON: the frames of this package are left out."""

    def __init__(self, stage: str, error: BaseException, path: str, function: Any = None) -> None:
        own = os.path.dirname(os.path.abspath(__file__))
        trace = traceback.TracebackException.from_exception(error)
        kept = [
            frame for frame in trace.stack
            if not os.path.abspath(frame.filename).startswith(own) and not frame.filename.startswith("<frozen")
        ]
        trace.stack = traceback.StackSummary.from_list(kept)
        line = next((frame.lineno for frame in reversed(kept) if os.path.abspath(frame.filename) == path), None)
        if line is None and isinstance(error, SyntaxError) and error.filename == path:
            line = error.lineno
        if stage == "schema":
            line = _first_line(function, path)
        text = str(error) if not isinstance(error, SyntaxError) else error.msg
        self.content = json.dumps({
            "stage": stage, "type": type(error).__name__, "message": text[:4000], "line": line,
            "traceback": "".join(trace.format()).strip()[-16000:],
        }).encode()


def _read(count: int) -> bytearray | None:
    """So many bytes; None when nobody will ask any more."""
    room = bytearray(count)
    view = memoryview(room)
    while view:
        got = os.readv(REQUESTS, [view])
        if got == 0:
            return None
        view = view[got:]
    return room


def _write(kind: bytes, content: Any) -> None:
    for part in (kind + struct.pack("<Q", len(content)), content):
        view = memoryview(part).cast("B") if len(part) else memoryview(b"")
        while view:
            view = view[os.write(ANSWERS, view[: 1 << 30]):]


def main() -> None:
    for descriptor in (REQUESTS, ANSWERS):
        os.set_inheritable(descriptor, False)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    faulthandler.enable()
    owner = os.getpid()
    path, function, root = os.path.abspath(sys.argv[1]), sys.argv[2], os.getcwd()

    import pyarrow as pa

    from ._calls import Callee, SchemaMismatch

    try:
        module = _load(path, root)
        found: Any = module
        for part in function.split("."):
            found = getattr(found, part)
        if not callable(found):
            raise TypeError(f"'{function}' is no function")
    except BaseException as error:
        return _write(b"E", _Fault("import", error, path).content)
    try:
        callee = Callee(found)
    except BaseException as error:
        return _write(b"E", _Fault("setup", error, path).content)
    if os.getpid() != owner:
        os._exit(0)
    _write(b"R", json.dumps({"declared": callee.schema is not None}).encode())
    while True:
        head = _read(9)
        if head is None:
            return
        content = _read(struct.unpack("<Q", head[1:])[0])
        if content is None:
            return
        kind, answer = b"A", None
        try:
            with pa.ipc.open_stream(pa.py_buffer(content)) as stream:
                table = stream.read_all()
            batches = callee(table)
            if batches is None:
                answer = b""
            else:
                sink = pa.BufferOutputStream()
                with pa.ipc.new_stream(sink, batches[0].schema) as writer:
                    for batch in batches:
                        writer.write_batch(batch)
                answer = sink.getvalue()
        except BaseException as error:
            stage = "schema" if isinstance(error, SchemaMismatch) else "call"
            kind, answer = b"E", _Fault(stage, error, path, callee.function).content
        # Where the function forked and its child came back from it as well, only one may answer.
        if os.getpid() != owner:
            os._exit(0)
        _write(kind, answer)
        sys.stdout.flush()
        del content, answer


if __name__ == "__main__":
    main()
