"""The flights project in dbt-duckdb: models kept as Parquet, dbt's own tests where it has them (folder dbt/)."""

import os
import pathlib
import shutil

import duckdb
from dbt.cli.main import dbtRunner

from common import Script, project_sql


def count(script: Script, name: str) -> int:
    return duckdb.sql(f"SELECT count(*) FROM '{script.output}/{name}.parquet'").fetchone()[0]


def main() -> None:
    script = Script()
    folder = script.output / "project"
    shutil.copytree(pathlib.Path(__file__).parent / "dbt", folder, dirs_exist_ok=True)
    # The models that are the example project's own SQL; dbt learns what they read from a comment.
    for model, source, inputs in [
        ("flights_all", "flights", ["flights_raw", "weather_raw", "planes_raw"]),
        ("carrier_delays", "carrier_delays", ["flights", "airlines_raw"]),
        ("weather_delays", "weather_delays", ["flights"]),
    ]:
        depends = "".join(f"-- depends_on: {{{{ ref('{name}') }}}}\n" for name in inputs)
        (folder / "models" / f"{model}.sql").write_text(depends + project_sql(source))

    os.environ["LANDING"] = str(script.landing.resolve())
    os.environ["OUTPUT"] = str(script.output.resolve())
    with script.step("dbt build"):
        flags = ["--project-dir", str(folder), "--profiles-dir", str(folder), "--threads", str(os.cpu_count() or 1)]
        result = dbtRunner().invoke(["--quiet", "--no-use-colors", "build", *flags])
    if result.exception:
        raise result.exception
    for node in result.result:
        status = str(node.status)
        script.verdict(node.node.name, status in ["success", "pass", "warn"])
        script.verdict(node.node.name, status != "warn", warns=True)
    splits = duckdb.sql(f"SELECT split, count(*) FROM '{script.output}/flights.parquet' GROUP BY 1 ORDER BY 1").fetchall()
    script.finish(published=count(script, "flights"), quarantined=count(script, "flights_quarantine"), splits=dict(splits))


# dbt starts processes of its own, which read this file again.
if __name__ == "__main__":
    main()
