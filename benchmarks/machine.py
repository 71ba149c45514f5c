"""What the figures were measured on, and with."""

import os
import pathlib
import re
import subprocess

PACKAGES = ["duckdb", "polars", "pandas", "dbt-core", "dbt-duckdb", "pyspark", "pyarrow", "deltalake"]


def description() -> str:
    memory = re.search(r"MemTotal:\s+(\d+) kB", pathlib.Path("/proc/meminfo").read_text())
    model = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    system = re.search(r'PRETTY_NAME="(.+)"', pathlib.Path("/etc/os-release").read_text())
    parts = [
        model.group(1).strip() if model else os.uname().machine,
        f"{os.cpu_count()} cores",
        f"{int(memory.group(1)) / 2**20:.0f} GiB of memory" if memory else "",
        system.group(1) if system else os.uname().sysname,
    ]
    return ", ".join(part for part in parts if part)


def versions(millrace: str, python: pathlib.Path) -> str:
    own = subprocess.run([millrace, "--version"], capture_output=True, text=True).stdout.strip()
    # `millrace 0.1.0`, or the number alone.
    words = [own if own.startswith("millrace") else f"millrace {own}"]
    if python.exists():
        listed = subprocess.run([python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True).stdout
        found = dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)
        words += [f"{name} {found[name]}" for name in PACKAGES if name in found]
    return ", ".join(words)
