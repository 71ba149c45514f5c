"""What the hand-written peers share: the command line, the clock, and the words of their answer."""

import contextlib
import json
import pathlib
import sys
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2] / "examples" / "flights"


class Script:
    """One run of a peer: `peer.py LANDING OUTPUT`; its last line of output is what it published, as JSON."""

    def __init__(self) -> None:
        self.landing = pathlib.Path(sys.argv[1])
        self.output = pathlib.Path(sys.argv[2])
        self.output.mkdir(parents=True, exist_ok=True)
        self.failed: list[str] = []
        self.warned: list[str] = []

    @contextlib.contextmanager
    def step(self, name: str):
        start = time.perf_counter()
        yield
        print(f"{time.perf_counter() - start:8.2f} s  {name}", file=sys.stderr, flush=True)

    def verdict(self, name: str, holds: bool, warns: bool = False) -> None:
        if not holds:
            (self.warned if warns else self.failed).append(name)

    def finish(self, published: int, quarantined: int, splits: dict[str, int]) -> None:
        if self.failed:
            sys.exit(f"failed: {', '.join(self.failed)}")
        answer = {"published": published, "quarantined": quarantined, "splits": splits, "warned": self.warned}
        print(json.dumps(answer))


def project_sql(name: str) -> str:
    """A SQL step of the example project: the peers run the same text where they can."""
    return (PROJECT / "datasets" / f"{name}.sql").read_text()
