"""RESULTS.md from the figures."""

import statistics

from projects import SIZES

MIB = 2**20


def render(results: dict) -> str:
    parts = [
        "# Results\n\nMade by `make bench` (`benchmarks/run.py`); medians of runs that take turns with one another.\n",
        f"Machine: {results['machine']}.  \nVersions: {results['versions']}.\n",
    ]
    for size, words in SIZES.items():
        if section := results.get(f"pipeline-{size}"):
            parts.append(pipeline(section, words, has_bars=size == "large"))
    steps = {size: results[f"step-{size}"] for size in SIZES if f"step-{size}" in results}
    if steps:
        parts.append(lone_step(steps))
    for size in SIZES:
        if section := results.get(f"store-{size}"):
            parts.append(store(section, has_bars=size == "large"))
    others = [
        ("idle", idle), ("many", many), ("steps", idle_steps), ("server", server), ("columnar", columnar), ("programs", programs),
        ("version", version),
    ]
    for name, part in others:
        if section := results.get(name):
            parts.append(part(section))
    return "\n".join(parts)


def merged(old: str, new: str, has_peers: bool) -> str:
    """The new report, with those sections of the old one that were not measured here. Without the peers of most of them
    the old words about versions stay, too."""
    old_head, *old_sections = old.split("\n## ")
    new_head, *new_sections = new.split("\n## ")
    found = {section.splitlines()[0]: section.rstrip() for section in new_sections}
    parts = [found.pop(section.splitlines()[0], section.rstrip()) for section in old_sections]
    head = new_head if has_peers or not old_sections else old_head
    return "\n\n## ".join([head.rstrip(), *parts, *found.values()]) + "\n"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] + ["--:"] * (len(header) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def ratio(value: float, other: float) -> str:
    return f"{value / other:.2f}" if other else "–"


def verdict(value: float, bar: float, unit: str = "") -> str:
    """A figure beside its bar."""
    return f"≤ {bar:g}{unit} {'held' if value <= bar else 'MISSED'}"


def pipeline(section: dict, words: str, has_bars: bool) -> str:
    """Peers' figures as multiples of Millrace's; Millrace's own as a share of the peer's, where there is a bar."""
    own = next(tool for tool in section["tools"] if tool["name"] == "millrace")
    rows = []
    for tool in section["tools"]:
        if tool["failure"]:
            rows.append([tool["title"], *["–"] * 6, tool["failure"], ""])
            continue
        share = own["wall"] / tool["wall"]
        bar = {"duckdb": verdict(share, 0.75), "polars": f"< 1 {'held' if share < 1 else 'MISSED'}"}.get(tool["name"], "")
        if not has_bars:
            bar = ""
        elif bar:
            bar = f"Millrace ÷ it: {share:.2f}, {bar}"
        rows.append([
            tool["title"], f"{tool['wall']:.1f} s", ratio(tool["wall"], own["wall"]), f"{tool['cpu']:.1f} s",
            ratio(tool["cpu"], own["cpu"]), f"{tool['memory'] / MIB:,.0f} MiB", ratio(tool["memory"], own["memory"]),
            "yes" if tool["same"] else "NO", bar,
        ])
    counts = section["rows"]
    splits = ", ".join(f"{name} {count:,}" for name, count in sorted(counts["splits"].items()))
    return (
        f"## The flights project, {words}\n\n"
        "Ingest, transform (44 columns), 39 checks, quarantine, splits and two tables made from it. "
        f"Millrace published {counts['published']:,} rows ({splits}) and quarantined {counts['quarantined']:,}. "
        f"Median of {section['repeat']}, {section['date']}.\n\n"
        + table(
            ["tool", "wall", "× Millrace", "CPU", "× Millrace", "peak memory", "× Millrace", "same rows", "bar (wall)"],
            rows)
    )


def lone_step(sections: dict) -> str:
    rows = []
    for size, section in sections.items():
        own, hand = section["millrace"], section["hand"]
        share = own["wall"] / hand["wall"]
        rows.append([
            SIZES[size], f"{own['wall']:.2f} s", f"{hand['wall']:.2f} s", f"{share:.2f}", verdict(share, 1.1),
            ratio(own["cpu"], hand["cpu"]), f"{own['memory'] / MIB:,.0f} MiB", f"{hand['memory'] / MIB:,.0f} MiB",
        ])
    section = next(iter(sections.values()))
    return (
        "## One SQL step alone\n\n"
        "`millrace run flights --full-refresh` without checks and splits, against one `COPY (SELECT …)` by hand in "
        f"DuckDB over the same files. Median of {section['repeat']}, {section['date']}.\n\n"
        + table(
            ["input", "Millrace", "by hand", "wall ratio", "bar", "CPU ratio", "Millrace's memory", "by hand"], rows)
    )


def store(section: dict, has_bars: bool) -> str:
    """Millrace's figures as shares of deltalake's."""
    rows = []
    for part, title in [("opening", "open"), ("merging", "merge"), ("optimizing", "optimize"), ("lookups", "look up")]:
        for words, found in section.get(part, {}).items():
            own, peer = found["millrace"], found["peer"]
            inside = ""
            if found.get("peer_inside") is not None:
                own_inside = found["millrace_inside"]
                inside = (f"{own_inside:.2f} s, " if own_inside is not None else "–, ") + f"{found['peer_inside']:.2f} s"
            notes = [
                f"files {found['files']:,} and {found['peer_files']:,}" if found.get("peer_files") else "",
                "" if found.get("same", True) else "NOT THE SAME ROWS",
            ]
            share, memory = own["wall"] / peer["wall"], own["memory"] / peer["memory"]
            bars = {"opening": (1, 1), "merging": (1, 1), "optimizing": (1, None)}.get(part, (None, None))
            rows.append([
                f"{title}: {words}", f"{own['wall']:.2f} s", f"{peer['wall']:.2f} s",
                f"{share:.2f}" + (f", {verdict(share, bars[0])}" if has_bars and bars[0] else ""), inside,
                f"{own['memory'] / MIB:,.0f} MiB", f"{peer['memory'] / MIB:,.0f} MiB",
                f"{memory:.2f}" + (f", {verdict(memory, bars[1])}" if has_bars and bars[1] else ""),
                "; ".join(note for note in notes if note),
            ])
    return (
        f"## The store against deltalake{'' if has_bars else ', small'}\n\n"
        "Whole programs, from start to end, over the same tables; `inside` is opening alone, without starting the "
        f"process. Median of {section['repeat']}, {section['date']}.\n\n"
        + table(
            ["work", "Millrace", "deltalake", "wall ratio", "inside", "memory", "deltalake's", "memory ratio", ""], rows)
    )


def idle(section: dict) -> str:
    rows = [
        [title, f"{found['wall'] * 1000:.0f} ms", verdict(found["wall"], 0.2, " s"), f"{found['memory'] / MIB:.0f} MiB"]
        for title, found in section["projects"].items()
    ]
    return f"## Nothing to do: a second `run`\n\nMedian of {section['repeat']}, {section['date']}.\n\n" + table(
        ["project", "wall", "bar", "memory"], rows)


def many(section: dict) -> str:
    rows = []
    for title, found in section["commands"].items():
        bar = 2 if "from nothing" in title else 0.5
        rows.append([
            title, f"{found['wall']:.2f} s", verdict(found["wall"], bar, " s"), f"{found['cpu']:.2f} s",
            f"{found['memory'] / MIB:.0f} MiB"])
    run = section["run"]
    rows.append([
        "run: all of them made once", f"{run['wall']:.1f} s", "", f"{run['cpu']:.1f} s", f"{run['memory'] / MIB:.0f} MiB"])
    return (
        "## A project of 2,000 generated datasets, three checks each\n\n"
        f"From nothing: without `.millrace/`. Median of {section['repeat']}, {section['date']}.\n\n"
        + table(["command", "wall", "bar", "CPU", "memory"], rows)
    )


def idle_steps(section: dict) -> str:
    from steps import BARS, PEERS, SHAPES

    titles = {"chain": "100 in a chain", "fan": "1 → 1,000 → 1", "grid": "a grid of 10 × 10, ten times"}
    own = [
        [titles[shape], f"{found['rate']:,.0f}", f"≥ 1,000 {'held' if found['rate'] >= 1000 else 'MISSED'}",
         f"{found['median_ms']:.3f} ms", f"{found['p99_ms']:.2f} ms", verdict(found["p99_ms"], 5, " ms")]
        for shape, found in section["millrace"].items()
    ]
    rows = []
    for peer, found in sorted(section["peers"].items(), key=lambda item: list(PEERS).index(item[0])):
        cells, ratios, memory = [], [], 0
        for shape in SHAPES:
            figures = found["shapes"].get(shape)
            if figures is None:
                cells.append("–")
            elif figures["failure"]:
                cells.append(figures["failure"])
            else:
                share = figures["millrace"] / figures["rate"]
                ratios.append(share)
                memory = max(memory, figures["memory"])
                cells.append(f"{figures['rate']:,.1f} ({share:,.0f} ×)")
        bar = f"≥ {BARS[peer]} × {'held' if ratios and min(ratios) >= BARS[peer] else 'MISSED'}"
        rows.append([f"{PEERS[peer]['title']}, {found['version']}", *cells, f"{memory / MIB:,.0f} MiB", bar])
    return (
        "## Steps that do nothing, against other orchestrators\n\n"
        "Millrace's runner, schedule and history in their own process, until every step is on the disk; from the moment "
        "when a step could start (what it needs is done, a slot is free) to its start. Median of 5, "
        f"{section['date']}.\n\n"
        + table(["graph", "steps/s", "bar", "to the start, median", "p99", "bar"], own)
        + "\nSteps a second inside each tool, its start not counted; in brackets how many times as many Millrace did just "
        "before and after, the slowest of them. Airflow's and Dagster's fan has 100 in its middle, and each does the "
        "grid once.\n\n"
        + table(["tool", "chain", "fan", "grid", "memory", "bar"], rows)
    )


def server(section: dict) -> str:
    rows = [
        [f"`{page}`", f"{found['median'] * 1000:.1f} ms", f"{found['worst'] * 1000:.1f} ms",
         verdict(found["worst"] * 1000, 100, " ms")]
        for page, found in section["pages"].items()
    ]
    return (
        "## `millrace serve` with 500 datasets and 100,000 recorded runs\n\n"
        f"From the start of the process to the whole first page {section['first']:.2f} s ({verdict(section['first'], 1, ' s')}); "
        f"memory when idle {section['idle'] / MIB:,.0f} MiB ({verdict(section['idle'] / MIB, 64, ' MiB')}), after the "
        f"pages {section['after'] / MIB:,.0f} MiB. Each page twenty times, {section['date']}.\n\n"
        + table(["page", "median", "worst", "bar"], rows)
    )


def programs(section: dict) -> str:
    rows = []
    titles = {"narrow": "10 million narrow rows, computed by pyarrow", "heavy": "500,000 rows, computed in Python"}
    for name, found in section["steps"].items():
        alone, one, two = (statistics.median(found[way]) for way in ["alone", "1", "2"])
        rows.append([
            titles[name], f"{alone:.2f} s", f"{one:.2f} s", f"{one / alone:.2f}, {verdict(one / alone, 1.3)}",
            f"{two:.2f} s", f"{two / one:.2f}"])
    return (
        "## Python steps against the same function alone\n\n"
        "The whole program, its start included: `millrace run`, and a Python process that reads the same Parquet files with "
        "pyarrow, calls the same function with batches of 65,536 rows and writes one Parquet file. Median of "
        f"{section['repeat']}, {section['date']}.\n\n"
        + table(["step", "alone", "1 worker", "ratio", "2 workers", "2 ÷ 1"], rows)
    )


def columnar(section: dict) -> str:
    """Millrace's times as shares of pyarrow's."""
    rows = []
    for name, found in section["streams"].items():
        own, peer = found["millrace"], found["pyarrow"]
        size = found["bytes"] / 1e6
        cells = [name, f"{size:,.0f} MB"]
        for way in ["descriptor", "encoding"]:
            share = own[way] / peer[way]
            cells += [
                f"{own[way] * 1000:.1f} ms", f"{peer[way] * 1000:.1f} ms",
                f"{share:.2f}, {verdict(share, 1)}" if way == "descriptor" else f"{share:.2f}"]
        cells += [f"{own['memory'] * 1000:.2f} ms", f"{peer['memory'] * 1000:.2f} ms", f"{peer['checked'] * 1000:.2f} ms"]
        rows.append(cells)
    return (
        "## Arrow streams against pyarrow\n\n"
        "Two million rows in batches of 65,536, read from a file and written to one, and read in place from memory. "
        "Millrace checks every offset, index and run end while it reads; pyarrow checks nothing unless it is asked to "
        "(`validate(full=True)`, which looks at texts as well), so in memory it only reads the metadata. Shortest times of "
        f"{section['repeat']} turns, {section['date']}.\n\n"
        + table(
            ["stream", "size", "read", "pyarrow", "ratio", "write", "pyarrow", "ratio", "in memory", "pyarrow", "pyarrow, checked"],
            rows)
    )


def version(section: dict) -> str:
    return f"## `millrace --version`\n\n{section['wall'] * 1000:.1f} ms ({verdict(section['wall'] * 1000, 20, ' ms')}).\n"
