"""Dagster in one process, with an instance that records runs in SQLite: `steps_dagster.py SHAPE WIDTH`."""

import json
import os
import sys
import tempfile
import time

from steps_shapes import inputs

home = tempfile.mkdtemp(prefix="dagster-")
os.environ.update(DAGSTER_HOME=home, DAGSTER_DISABLE_TELEMETRY="1")

from dagster import AssetsDefinition, DagsterInstance, asset, materialize  # noqa: E402

INPUTS = inputs(sys.argv[1], int(sys.argv[2]))


def step(number: int) -> AssetsDefinition:
    @asset(name=f"step_{number}", deps=[f"step_{needed}" for needed in INPUTS[number]])
    def nothing() -> None:
        pass

    return nothing


assets = [step(number) for number in range(len(INPUTS))]
with DagsterInstance.get() as instance:
    start = time.perf_counter()
    result = materialize(assets, instance=instance)
    seconds = time.perf_counter() - start
if not result.success:
    sys.exit("dagster failed")
print(json.dumps({"steps": len(INPUTS), "seconds": seconds}))
