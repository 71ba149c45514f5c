"""Millrace's store against deltalake: opening logs, merging, putting small files together, looking a row up.

Run by `run.py` with the peers' Python: PROGRAM REPEAT SIZE PART…; prints the figures as JSON."""

import json
import os
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
import tables
from measure import Measurement, measure, middle
from projects import ROOT, WORK

PYTHON = WORK / "venv" / "bin" / "python"
SCRIPT = ROOT / "benchmarks" / "peers" / "delta_script.py"
TITLE = "deltalake"


class StoreBench:
    def __init__(self, millrace: str, repeat: int, size: str) -> None:
        self.program = millrace
        # A program of the tests that says how long opening takes inside the process; there when the tests were built.
        self.inside = pathlib.Path(millrace).parent / "StoreWorkload"
        self.repeat = repeat
        self.size = tables.SIZES[size]

    def run(self, parts: list[str]) -> dict:
        return {part: getattr(self, part)() for part in parts}

    # --- The two sides ----------------------------------------------------------------------------------------------

    def millrace(self, project: pathlib.Path, *words: str) -> Measurement:
        run = measure([self.program, words[0], "--project", str(project), *words[1:]])
        if run.failure:
            sys.exit(f"bench: millrace {' '.join(words)} failed\n{run.errors[-2000:]}")
        return run

    def deltalake(self, *words: str) -> tuple[Measurement, dict]:
        run = measure([str(PYTHON), "-W", "ignore", str(SCRIPT), *words])
        if run.failure:
            sys.exit(f"bench: deltalake {' '.join(words)} failed\n{run.errors[-2000:]}")
        return run, json.loads(run.output.strip().splitlines()[-1])

    def say(self, what: str, turn: int, own: Measurement, peer: Measurement) -> None:
        print(
            f"{what} {turn + 1}/{self.repeat}: {own.wall:.2f} s, {own.memory / 2**20:,.0f} MiB; "
            f"{TITLE} {peer.wall:.2f} s, {peer.memory / 2**20:,.0f} MiB", file=sys.stderr, flush=True)

    # --- Opening a log ----------------------------------------------------------------------------------------------

    def opening(self) -> dict:
        size = self.size
        logs = {
            f"{size.commits:,} commits, {size.files:,} live files, checkpoints as deltalake writes them":
                tables.long_log_with_checkpoints(size),
            f"{size.commits:,} commits, {size.files:,} live files, no checkpoint": tables.long_log(size),
            f"{size.many:,} live files, a checkpoint": tables.many_files(size),
        }
        answer = {}
        for title, project in logs.items():
            table = project / "store" / "events"
            for file in (table / "_delta_log").iterdir():
                file.read_bytes()
            own, peer, own_inside, peer_inside = [], [], [], []
            for turn in range(self.repeat):
                own.append(self.millrace(project, "show", "events"))
                run, found = self.deltalake("open", str(table))
                peer.append(run)
                peer_inside.append(found["seconds"])
                if self.inside.exists():
                    inside = measure([str(self.inside), "open", str(project / "store"), "events"])
                    if inside.failure:
                        sys.exit(f"bench: StoreWorkload open failed\n{inside.errors[-2000:]}")
                    opened = json.loads(inside.output)
                    own_inside.append(opened["seconds"])
                    if opened["files"] != found["files"]:
                        sys.exit(f"bench: {title}: {opened['files']} files, {TITLE} says {found['files']}")
                self.say(f"opening {title}", turn, own[-1], peer[-1])
            answer[title] = {
                "files": found["files"], **pair(own, peer),
                "millrace_inside": sorted(own_inside)[len(own_inside) // 2] if own_inside else None,
                "peer_inside": sorted(peer_inside)[len(peer_inside) // 2],
            }
        return answer

    # --- Merging ----------------------------------------------------------------------------------------------------

    def merging(self) -> dict:
        made = tables.merge_target(self.size)
        answer = {}
        for kind, words in [("spread", "keys from every file"), ("recent", "keys from the newest tenth")]:
            project = WORK / "output" / "merge"
            own, peer, same = [], [], True
            for turn in range(self.repeat):
                fresh(project, made, kind)
                # The rows to be merged are a dataset of their own, ready before the time is taken.
                self.millrace(project, "run", "changes")
                own.append(self.millrace(project, "run", "orders"))
                _, ours = self.deltalake("digest", str(project / "store" / "orders"))
                fresh(project, made, kind)
                source = str(made / kind / "changes.parquet")
                run, _ = self.deltalake("merge", str(project / "store" / "orders"), source)
                peer.append(run)
                _, theirs = self.deltalake("digest", str(project / "store" / "orders"))
                same = same and ours["digest"] == theirs["digest"]
                self.say(f"merging, {words}", turn, own[-1], peer[-1])
            shutil.rmtree(project)
            answer[f"{self.size.rows // 100:,} rows into {self.size.rows:,}, {words}"] = {**pair(own, peer), "same": same}
        return answer

    # --- Putting small files together -------------------------------------------------------------------------------

    def optimizing(self) -> dict:
        made = tables.small_files(self.size)
        project = WORK / "output" / "optimize"
        table = project / "store" / "events"
        own, peer, same = [], [], True
        for turn in range(self.repeat):
            fresh(project, made)
            own.append(self.millrace(project, "optimize", "events"))
            _, ours = self.deltalake("digest", str(table))
            fresh(project, made)
            run, _ = self.deltalake("optimize", str(table))
            peer.append(run)
            _, theirs = self.deltalake("digest", str(table))
            same = same and ours["digest"] == theirs["digest"]
            self.say("optimizing", turn, own[-1], peer[-1])
        shutil.rmtree(project)
        return {
            f"{self.size.small:,} files of 100 rows": {
                **pair(own, peer), "same": same, "files": ours["files"], "peer_files": theirs["files"]}}

    # --- Looking a row up -------------------------------------------------------------------------------------------

    def lookups(self) -> dict:
        project = tables.lookup(self.size)
        table = project / "store" / "events"
        key = self.size.lookup * 10_000 * 2 // 3
        sql = f"SELECT * FROM delta_scan('{table}') WHERE id = {key}"
        own, peer = [], []
        for turn in range(self.repeat):
            untouched(table)
            own.append(self.millrace(project, "query", sql, "--format", "csv"))
            own_files = touched(table)
            rows = len(own[-1].output.strip().splitlines()) - 1
            untouched(table)
            run, found = self.deltalake("lookup", str(table), str(key))
            peer.append(run)
            peer_files = touched(table)
            self.say("looking a row up", turn, own[-1], peer[-1])
        return {
            f"one row of {self.size.lookup:,} files by its id": {
                **pair(own, peer), "same": rows == found["rows"] == 1, "files": own_files, "peer_files": peer_files}}


def pair(own: list[Measurement], peer: list[Measurement]) -> dict:
    return {"millrace": figures(own), "peer": figures(peer)}


def figures(runs: list[Measurement]) -> dict:
    found = middle(runs)
    return {"wall": found.wall, "cpu": found.cpu, "memory": found.memory, "failure": found.failure}


def fresh(project: pathlib.Path, made: pathlib.Path, kind: str | None = None) -> None:
    """The project as it was made, with its table."""
    shutil.rmtree(project, ignore_errors=True)
    tables.copied(made / "store", project / "store")
    shutil.copy(made / "millrace.yaml", project)
    if kind:
        shutil.copy(made / kind / "changes.parquet", project)


def untouched(table: pathlib.Path) -> None:
    """Says that no data file was ever read."""
    for file in table.glob("*.parquet"):
        os.utime(file, ns=(0, file.stat().st_mtime_ns))


def touched(table: pathlib.Path) -> int | None:
    """The number of data files that have been read since; none where the file system does not tell."""
    count = sum(file.stat().st_atime_ns > 0 for file in table.glob("*.parquet"))
    return count or None


if __name__ == "__main__":
    program, repeat, size, *parts = sys.argv[1:]
    print(json.dumps(StoreBench(program, int(repeat), size).run(parts)))
