"""What `millrace serve` costs with 500 datasets and 100,000 recorded runs: its start, its memory, its pages."""

import pathlib
import re
import sqlite3
import statistics
import subprocess
import time
import urllib.request

import projects

DATASETS, RUNS = 500, 100_000
PAGES = [
    "/", "/datasets/step_0300", "/datasets/step_0300/versions", "/datasets/step_0300/checks",
    "/datasets/step_0300/lineage", "/runs", "/runs/RUN", "/triggers", "/backfills", "/search?q=step_03",
    "/api/v1/datasets", "/api/v1/runs",
]


def project(millrace: str) -> pathlib.Path:
    """Generated datasets, made once, and a history of runs of three steps each."""
    made = projects.many(DATASETS, "five-hundred")
    text = (made / "millrace.yaml").read_text()
    (made / "millrace.yaml").write_text(
        text + 'triggers:\n  nightly: { cron: "0 2 * * *", timezone: Europe/Berlin }\n'
        "runs: { keep: { age: 3650d, count: 200000 } }\n")
    subprocess.run([millrace, "run", "--project", str(made), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    state = sqlite3.connect(made / ".millrace" / "state.sqlite")
    begin = int(time.time() * 1000) - RUNS * 60_000
    with state:
        state.executemany(
            "INSERT INTO runs (id, project, started_ms, finished_ms, outcome, done, failed, process) "
            "VALUES (?, 'five-hundred', ?, ?, ?, 3, 0, 1)",
            ((name(begin, n), begin + n * 60_000, begin + n * 60_000 + 900, "failed" if n % 50 == 0 else "done")
             for n in range(RUNS)))
        state.executemany(
            "INSERT INTO steps (run, dataset, kind, started_ms, finished_ms, result, version, seconds) "
            "VALUES (?, ?, 'sql', ?, ?, 'done', ?, 0.3)",
            ((name(begin, n), f"step_{(n * 3 + k) % 490:04}", begin + n * 60_000 + k * 300,
              begin + n * 60_000 + k * 300 + 280, n // 160) for n in range(RUNS) for k in range(3)))
    state.close()
    return made


def name(begin: int, number: int) -> str:
    time_of = time.gmtime((begin + number * 60_000) / 1000)
    return time.strftime("%Y%m%dT%H%M%S", time_of) + f"-{number:06x}"


def run(millrace: str, say) -> dict:
    made = project(millrace)
    start = time.perf_counter()
    server = subprocess.Popen(
        [millrace, "serve", "--project", str(made), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)
    try:
        address = None
        for line in server.stdout:
            if found := re.search(r"pages at (http://\S+)", line):
                address = found.group(1)
                break
        get(address + "/")
        first = time.perf_counter() - start
        # What it does at its start is over, and nobody asks for anything.
        time.sleep(20)
        idle = resident(server.pid)
        state = sqlite3.connect(made / ".millrace" / "state.sqlite")
        run_name = state.execute("SELECT id FROM runs ORDER BY started_ms LIMIT 1 OFFSET 50000").fetchone()[0]
        state.close()
        pages = {}
        for page in PAGES:
            times = []
            for _ in range(20):
                begin = time.perf_counter()
                get(address + page.replace("RUN", run_name))
                times.append(time.perf_counter() - begin)
            pages[page] = {"median": statistics.median(times), "worst": max(times)}
            say(f"server {page}: {pages[page]['median'] * 1000:.1f} ms, at worst {pages[page]['worst'] * 1000:.1f} ms")
        after = resident(server.pid)
    finally:
        server.terminate()
        server.wait()
    say(f"server: first page {first:.2f} s, idle {idle / 2**20:.0f} MiB, after the pages {after / 2**20:.0f} MiB")
    return {"first": first, "idle": idle, "after": after, "pages": pages}


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read()


def resident(pid: int) -> int:
    """Bytes."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0
