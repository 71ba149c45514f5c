"""Judges translated SQL by running it: DuckDB's answer on DuckDB against the translation's on Spark.

    parity.py --translator PROGRAM [--tpch EXTENSION] [--thorough] [--only WORD] [CASES...]

PROGRAM reads the columns of the tables on its first line and then one tree of `json_serialize_sql` a line, and answers
one line each: `OK<TAB>columns<TAB>sql`, or `FAULT<TAB>position: message`.

A line of a file of cases is an expression over the table `edge`, or a query if it starts with SELECT, WITH, FROM,
VALUES, PIVOT or UNPIVOT. `!` in front: it must be refused. `~` in front: floats may differ by a part of 4e-15, with `~~` of 1e-9. `#` is a
comment. What DuckDB fails on, Spark must fail on as well.
"""

import argparse
import datetime
import decimal
import json
import math
import os
import re
import subprocess
import sys
import tempfile

os.environ["TZ"] = "UTC"
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

import duckdb  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
QUERIES = ("SELECT", "WITH", "FROM", "VALUES", "PIVOT", "UNPIVOT")


def engine(tpch):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    with open(os.path.join(HERE, "edge.sql"), encoding="utf-8") as file:
        connection.execute(file.read())
    if tpch:
        connection.execute(f"LOAD '{tpch}'")
        connection.execute("CALL dbgen(sf = 0.01)")
    return connection


def tables(connection):
    names = [row[0] for row in connection.execute("SHOW TABLES").fetchall()]
    return {name: connection.execute(f'DESCRIBE "{name}"').fetchall() for name in names}


def translate(program, connection, queries):
    known = tables(connection)
    lines = ["\x01".join("\t".join([name] + [part for row in rows for part in row[:2]]) for name, rows in known.items())]
    for query in queries:
        lines.append(connection.execute("SELECT json_serialize_sql(?)", [query]).fetchone()[0])
    answer = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return [line.split("\t") for line in answer.stdout.splitlines()]


def spark_session(connection, folder, quick):
    from pyspark.sql import SparkSession

    settings = {
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        "spark.sql.cteRecursionLevelLimit": "100000",
        "spark.sql.cteRecursionRowLimit": "-1",
        "spark.sql.legacy.timeParserPolicy": "CORRECTED",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "1g",
        "spark.driver.bindAddress": "127.0.0.1",
        **({"spark.sql.codegen.wholeStage": "false", "spark.sql.adaptive.enabled": "false"} if quick else {}),
        "spark.sql.warehouse.dir": os.path.join(folder, "warehouse"),
    }
    builder = SparkSession.builder.master("local[2]").appName("parity")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    for name in tables(connection):
        path = os.path.join(folder, name + ".parquet")
        connection.execute(f"COPY \"{name}\" TO '{path}' (FORMAT parquet)")
        session.read.parquet(path).createOrReplaceTempView(name)
    return session


def plain(value):
    """A value as both engines' drivers can give it."""
    from pyspark.sql import Row

    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, decimal.Decimal)):
        return decimal.Decimal(value)
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, Row):
        return {key: plain(item) for key, item in value.asDict().items()}
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if type(value).__name__ == "UUID":
        return str(value)
    return value


def same(one, other, loose):
    if isinstance(one, float) and isinstance(other, float):
        if one == other:
            return math.copysign(1, one) == math.copysign(1, other) or loose > 0
        return loose > 0 and math.isclose(one, other, rel_tol=loose)
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(same(a, b, loose) for a, b in zip(one, other))
    if isinstance(one, dict):
        return set(one) == set(other) and all(same(one[key], other[key], loose) for key in one)
    return one == other


def order(row):
    return repr([(item is None, str(item)) for item in row])


def run_duckdb(connection, query):
    try:
        return [plain(list(row)) for row in connection.execute(query).fetchall()], None
    except Exception as error:
        return None, str(error).splitlines()[0]


def run_spark(session, query):
    try:
        return [plain(list(row)) for row in session.sql(query).collect()], None
    except Exception as error:
        text = str(error)
        return None, " ".join(text.splitlines()[:2])[:300]


class Case:
    def __init__(self, line):
        self.refused = line.startswith("!")
        self.loose = {"~~": 1e-9, "~": 4e-15}.get(line[: len(line) - len(line.lstrip("~"))], 0)
        self.text = line.lstrip("!~").strip()
        self.is_query = self.text.upper().startswith(QUERIES)
        self.query = self.text if self.is_query else f"SELECT id, {self.text} AS v FROM edge ORDER BY id"


def judge(case, translation, connection, session):
    if translation[0] != "OK":
        reason = translation[-1].replace("\x01", " | ")
        return ("refused" if case.refused else "unexpectedly refused"), reason
    if case.refused:
        return "not refused", translation[-1]
    sql = translation[-1]
    mine, fault = run_duckdb(connection, case.query)
    theirs, other = run_spark(session, sql)
    if fault or other:
        if fault and other:
            return one_by_one(case, sql, connection, session) if not case.is_query else ("both fail", f"{fault} / {other}")
        return "only one fails", f"DuckDB: {fault} / Spark: {other}\n      {sql}"
    is_sorted = re.search(r"ORDER BY [^()]*$", case.query, re.IGNORECASE)
    if not is_sorted:
        mine, theirs = sorted(mine, key=order), sorted(theirs, key=order)
    if len(mine) != len(theirs):
        return "differs", f"{len(mine)} and {len(theirs)} rows\n      {sql}"
    wrong = [(a, b) for a, b in zip(mine, theirs) if not same(a, b, case.loose)]
    if wrong:
        return "differs", f"{len(wrong)} rows, first {wrong[0]}\n      {sql}"
    columns = [pair.split("\x02") for pair in translation[1].split("\x01")]
    types = [str(row[1]) for row in connection.execute("DESCRIBE " + case.query).fetchall()]
    told = [pair[1] for pair in columns]
    if [t.replace('"', "") for t in types] != [t.replace('"', "") for t in told]:
        return "other types", f"{types} and {told}"
    return "equal", ""


def one_by_one(case, sql, connection, session):
    """Where some row fails, each row for itself: those that fail must be the same, and the others equal."""
    kinds = set()
    for (row,) in connection.execute("SELECT id FROM edge ORDER BY id").fetchall():
        mine, fault = run_duckdb(connection, case.query.replace(" FROM edge", f" FROM edge WHERE id = {row}"))
        marked = sql.replace("FROM `edge` AS `edge`", f"FROM `edge` AS `edge` WHERE `edge`.`id` = {row}")
        theirs, other = run_spark(session, marked)
        if bool(fault) != bool(other):
            return "only one fails", f"row {row}: DuckDB: {fault} {mine} / Spark: {other} {theirs}\n      {sql}"
        if not fault and not same(mine, theirs, case.loose):
            return "differs", f"row {row}: {mine} and {theirs}\n      {sql}"
        kinds.add(bool(fault))
        if fault and not any(word in other for word in ("SQLSTATE: 2", "USER_RAISED", "INVALID", "OVERFLOW")):
            return "fails otherwise", f"row {row}: {fault} / {other}\n      {sql}"
    return "equal", ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--translator", required=True)
    parser.add_argument("--tpch")
    parser.add_argument("--only")
    parser.add_argument("--sql", action="store_true", help="print the translations and run nothing")
    parser.add_argument("--thorough", action="store_true", help="with Spark's compiled code, which takes longer")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_args()
    connection = engine(options.tpch)
    cases = []
    for path in options.cases:
        with open(path, encoding="utf-8") as file:
            cases += [Case(line.strip()) for line in file if line.strip() and not line.startswith("#")]
    if options.tpch:
        for number, query in connection.execute("SELECT query_nr, query FROM tpch_queries()").fetchall():
            case = Case("~" + query.strip().rstrip(";").replace("\n", " "))
            case.text = f"TPC-H {number}"
            cases.append(case)
    if options.only:
        cases = [case for case in cases if options.only in case.text]
    translations = translate(options.translator, connection, [case.query for case in cases])
    assert len(translations) == len(cases)
    if options.sql:
        for case, translation in zip(cases, translations):
            print(case.text, "=>", *translation)
        return 0
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        session = spark_session(connection, folder, not options.thorough)
        for case, translation in zip(cases, translations):
            verdict, detail = judge(case, translation, connection, session)
            counts[verdict] = counts.get(verdict, 0) + 1
            if verdict not in ("equal", "refused") or options.only:
                print(f"{verdict}: {case.text}\n      {detail}", flush=True)
        session.stop()
    print(json.dumps(counts))
    return 0 if set(counts) <= {"equal", "refused", "both fail"} else 1


if __name__ == "__main__":
    sys.exit(main())
