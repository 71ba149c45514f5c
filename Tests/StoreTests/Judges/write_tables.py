"""Makes tables with deltalake, one for each way that it has of writing, and Parquet files with their rows as pyarrow reads
them. Takes the folder of a store and one for the Parquet files; prints a JSON list of objects with `table` (its name),
`version`, `expected` and `description`."""

import datetime
import decimal
import json
import math
import os
import pathlib
import random
import sys

import pyarrow as pa
import pyarrow.parquet
from deltalake import CommitProperties, DeltaTable, QueryBuilder, TableFeatures, Transaction, write_deltalake

UTC = datetime.timezone.utc
ODD = ["a b", "100 %", "a/b", "k=v", "it's", 'say "hi"', "😀", "ü", "two\nlines", "tab\t", "x:y*z", "[x]{y}", "back\\slash", "%20",
       "#hash?", "__HIVE", " lead", "trail ", "NULL", "null", "+", "<&>", "^`|~", "", None]


class Maker:
    def __init__(self, store, expected):
        self.store, self.expected = pathlib.Path(store), pathlib.Path(expected)
        self.cases = []
        self.random = random.Random(7)

    def path(self, name):
        return str(self.store / name)

    def rows(self, start, count, **more):
        """Rows with an id and a few columns of other types."""
        ids = list(range(start, start + count))
        columns = {
            "id": pa.array(ids, pa.int64()),
            "text": pa.array([None if i % 7 == 0 else f"ü {i}" for i in ids]),
            "value": pa.array([math.nan if i % 11 == 0 else i / 3 for i in ids]),
            "flag": pa.array([i % 3 == 0 for i in ids]),
        }
        columns.update(more)
        return pa.table(columns)

    def expect(self, name, description, versions=None):
        """Records the rows of the versions, by default of all that can still be read."""
        newest = DeltaTable(self.path(name)).version()
        for version in range(newest + 1) if versions is None else versions:
            table = DeltaTable(self.path(name), version=version)
            if table.protocol().reader_features:
                # Its way through pyarrow refuses tables with such features; its engine reads them.
                found = pa.table(QueryBuilder().register("found", table).execute("SELECT * FROM found").read_all())
            else:
                found = table.to_pyarrow_table()
            # Columns of no type, which hold nothing, are read as texts.
            for index, field in enumerate(found.schema):
                if pa.types.is_null(field.type):
                    found = found.set_column(index, field.name, found.column(index).cast(pa.string()))
            file = self.expected / f"{name}-{version}.parquet"
            pa.parquet.write_table(found, file)
            self.cases.append({
                "table": name, "version": version, "expected": str(file), "partitionBy": [],
                "description": f"{name}: {description}"})


def appended(m, name):
    """Appends, some of no rows."""
    for start in range(0, 50, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="append")
    write_deltalake(m.path(name), m.rows(0, 0), mode="append")
    return "appends, one of no rows"


def overwritten(m, name):
    write_deltalake(m.path(name), m.rows(0, 10))
    write_deltalake(m.path(name), m.rows(5, 20), mode="overwrite")
    write_deltalake(m.path(name), pa.table({"other": ["x"], "id": [1.5]}), mode="overwrite", schema_mode="overwrite")
    return "overwritten, the last time with other columns"


def replaced_where(m, name):
    write_deltalake(m.path(name), m.rows(0, 30), partition_by=["flag"])
    write_deltalake(
        m.path(name), m.rows(100, 9).filter(pa.compute.field("flag")), mode="overwrite", predicate="flag = true")
    return "a partition overwritten by a predicate"


def every_type(m, name):
    numbers = list(range(-3, 3))
    moment = datetime.datetime(2024, 2, 29, 12, 34, 56, 789012)
    table = pa.table({
        "i8": pa.array([-128, 127, 0, None, 1, 2], pa.int8()), "i16": pa.array([-32768, 32767, 0, None, 1, 2], pa.int16()),
        "i32": pa.array([-2**31, 2**31 - 1, 0, None, 1, 2], pa.int32()),
        "i64": pa.array([-2**63, 2**63 - 1, 0, None, 1, 2], pa.int64()),
        "f": pa.array([math.nan, math.inf, -math.inf, None, -0.0, 1e-45], pa.float32()),
        "d": pa.array([math.nan, math.inf, -math.inf, None, -0.0, 5e-324], pa.float64()),
        "b": pa.array([True, False, None, True, False, None]),
        "s": pa.array(["", " ", "😀" * 40, None, "two\nlines", "\x7f"]),
        "bin": pa.array([b"", b"\x00\xff", None, b"x" * 50, b"a", b"b"], pa.binary()),
        "day": pa.array([datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None, *[datetime.date(1969, 12, 31)] * 3]),
        "instant": pa.array([moment.replace(tzinfo=UTC), datetime.datetime(1, 1, 1, tzinfo=UTC), None, *[datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)] * 3], pa.timestamp("us", "UTC")),
        "local": pa.array([moment, datetime.datetime(1883, 11, 18), None, *[moment] * 3], pa.timestamp("us")),
        "dec4": pa.array([decimal.Decimal(n) / 10 for n in numbers], pa.decimal128(4, 1)),
        "dec9": pa.array([decimal.Decimal(n) / 1000 for n in numbers], pa.decimal128(9, 3)),
        "dec18": pa.array([decimal.Decimal(n) / 10 for n in numbers], pa.decimal128(18, 6)),
        "dec38": pa.array([decimal.Decimal(n) * 10**20 for n in numbers], pa.decimal128(38, 10)),
        "list": pa.array([[1, None], [], None, [3], [4], [5]], pa.list_(pa.int32())),
        "struct": pa.array([{"a": n, "b c": {"d": [str(n)]}} for n in numbers], pa.struct([("a", pa.int64()), ("b c", pa.struct([("d", pa.list_(pa.string()))]))])),
        "map": pa.array([[("k", 1)], [], None, [("x", None), ("y", 2)], [("z", 3)], [("w", 4)]], pa.map_(pa.string(), pa.int64())),
        "nothing": pa.array([None] * 6, pa.string()),
    })
    write_deltalake(m.path(name), table)
    write_deltalake(m.path(name), table, mode="append")
    return "every type"


def odd_names(m, name):
    names = ["a b", "ünï", "😀", "per%cent", "sl/ash", "eq=ual", "quo'te", 'dou"ble', "dot.ted", "UPPER", "back`tick", "select", "semi;colon"]
    table = pa.table({column: list(range(index, index + 5)) for index, column in enumerate(names)})
    write_deltalake(m.path(name), table)
    write_deltalake(m.path(name), table, mode="append")
    return "odd column names"


def partitioned(values, kind):
    def make(m, name):
        table = pa.table({"id": list(range(len(values))), "p": pa.array(values, kind)})
        write_deltalake(m.path(name), table, partition_by=["p"])
        write_deltalake(m.path(name), table, mode="append")
        return f"partitioned by {kind}"
    return make


def partitioned_twice(m, name):
    table = pa.table({"id": list(range(24)), "odd = %": [ODD[i % 8] for i in range(24)], "day": pa.array([datetime.date(2024, 1, 1 + i % 3) for i in range(24)])})
    write_deltalake(m.path(name), table, partition_by=["odd = %", "day"])
    return "partitioned by two columns, one with an odd name"


def merged(m, name):
    write_deltalake(m.path(name), m.rows(0, 50))
    write_deltalake(m.path(name), m.rows(50, 50), mode="append")
    for start in (40, 90):
        source = m.rows(start, 20, value=pa.array([float(-i) for i in range(20)]))
        (DeltaTable(m.path(name)).merge(source, "t.id = s.id", source_alias="s", target_alias="t")
            .when_matched_delete("s.id % 5 = 0").when_matched_update_all().when_not_matched_insert_all().execute())
    (DeltaTable(m.path(name)).merge(m.rows(0, 10), "t.id = s.id", source_alias="s", target_alias="t")
        .when_not_matched_by_source_delete("t.id > 80").execute())
    return "merges that insert, update and delete"


def merged_partitions(m, name):
    write_deltalake(m.path(name), m.rows(0, 40), partition_by=["flag"])
    (DeltaTable(m.path(name)).merge(m.rows(30, 20), "t.id = s.id", source_alias="s", target_alias="t")
        .when_matched_update_all().when_not_matched_insert_all().execute())
    return "a merge into partitions"


def deleted(m, name):
    write_deltalake(m.path(name), m.rows(0, 40), partition_by=["flag"])
    DeltaTable(m.path(name)).delete("id % 4 = 1")
    DeltaTable(m.path(name)).delete("flag = true")
    DeltaTable(m.path(name)).delete()
    write_deltalake(m.path(name), m.rows(0, 3), mode="append")
    return "deletes of rows, of a partition, of all"


def updated(m, name):
    write_deltalake(m.path(name), m.rows(0, 40))
    DeltaTable(m.path(name)).update(updates={"text": "'it''s'"}, predicate="id < 10")
    DeltaTable(m.path(name)).update(updates={"value": "value + 1"})
    return "updates"


def compacted(m, name):
    for start in range(0, 200, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="append")
    DeltaTable(m.path(name)).optimize.compact()
    write_deltalake(m.path(name), m.rows(500, 10), mode="append")
    return "compaction"


def z_ordered(m, name):
    for start in range(0, 60, 20):
        write_deltalake(m.path(name), m.rows(start, 20), mode="append", partition_by=["flag"])
    DeltaTable(m.path(name)).optimize.z_order(["id", "value"])
    return "z-order"


def checkpointed(m, name):
    for start in range(0, 120, 5):
        write_deltalake(m.path(name), m.rows(start, 5), mode="append", configuration={"delta.checkpointInterval": "7"} if not start else None)
    table = DeltaTable(m.path(name))
    table.delete("id = 3")
    table.create_checkpoint()
    write_deltalake(m.path(name), m.rows(900, 5), mode="append")
    return "checkpoints"


def cleaned(m, name):
    for start in range(0, 60, 5):
        write_deltalake(
            m.path(name), m.rows(start, 5), mode="append",
            configuration={"delta.logRetentionDuration": "interval 0 days"} if not start else None)
    DeltaTable(m.path(name)).create_checkpoint()
    DeltaTable(m.path(name)).cleanup_metadata()
    write_deltalake(m.path(name), m.rows(900, 5), mode="append")
    log = pathlib.Path(m.path(name)) / "_delta_log"
    if (log / f"{0:020}.json").exists():
        # The clean-up keeps today's files; without them the checkpoint alone has the table.
        last = max(int(file.name[:20]) for file in log.glob("*.checkpoint.parquet"))
        for file in log.glob("*.json"):
            if file.name[:20].isdigit() and int(file.name[:20]) < last:
                file.unlink()
    m.expect(name, "a log whose older commits are gone", [DeltaTable(m.path(name)).version()])


def restored(m, name):
    for start in range(0, 40, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="append")
    DeltaTable(m.path(name)).delete("id > 5")
    DeltaTable(m.path(name)).restore(2)
    write_deltalake(m.path(name), m.rows(100, 10), mode="append")
    DeltaTable(m.path(name)).restore(0)
    return "restores"


def vacuumed(m, name):
    for start in range(0, 30, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="overwrite")
    DeltaTable(m.path(name)).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    m.expect(name, "vacuum", [2, DeltaTable(m.path(name)).version()])


def constrained(m, name):
    write_deltalake(m.path(name), m.rows(1, 10))
    DeltaTable(m.path(name)).alter.add_constraint({"positive": "id > 0"})
    write_deltalake(m.path(name), m.rows(11, 10), mode="append")
    DeltaTable(m.path(name)).alter.drop_constraint("positive")
    write_deltalake(m.path(name), m.rows(-5, 4), mode="append")
    return "constraints"


def widened_schema(m, name):
    write_deltalake(m.path(name), m.rows(0, 10))
    write_deltalake(
        m.path(name), m.rows(10, 10, extra=pa.array([{"x": i} for i in range(10)])), mode="append", schema_mode="merge")
    write_deltalake(m.path(name), m.rows(20, 10).select(["id"]), mode="append", schema_mode="merge")
    from deltalake import Field, Schema
    from deltalake.schema import PrimitiveType
    DeltaTable(m.path(name)).alter.add_columns([Field("late", PrimitiveType("string"))])
    return "columns added by appends and by hand"


def required(m, name):
    schema = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("s", pa.struct([pa.field("x", pa.int32(), nullable=False)]))])
    write_deltalake(m.path(name), pa.table({"id": [1, 2], "s": [{"x": 1}, None]}, schema=schema))
    return "columns that may not be NULL"


def change_feed(m, name):
    write_deltalake(m.path(name), m.rows(0, 30), configuration={"delta.enableChangeDataFeed": "true"})
    DeltaTable(m.path(name)).update(updates={"text": "'x'"}, predicate="id < 5")
    DeltaTable(m.path(name)).delete("id = 7")
    return "a change data feed"


def append_only(m, name):
    for start in (0, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="append", configuration={"delta.appendOnly": "true"})
    return "append only"


def transactions(m, name):
    for version in range(3):
        write_deltalake(
            m.path(name), m.rows(version * 10, 10), mode="append",
            commit_properties=CommitProperties(custom_metadata={"who": "me"}, app_transactions=[Transaction("app", version)]))
    return "application transactions"


def statistics_settings(m, name):
    write_deltalake(m.path(name), m.rows(0, 10), configuration={"delta.dataSkippingNumIndexedCols": "1"})
    write_deltalake(m.path(name), m.rows(10, 10), mode="append")
    DeltaTable(m.path(name)).alter.set_table_properties({"delta.dataSkippingStatsColumns": "value"})
    write_deltalake(m.path(name), m.rows(20, 10), mode="append")
    return "statistics of few columns"


def features(m, name):
    write_deltalake(m.path(name), m.rows(0, 10))
    table = DeltaTable(m.path(name))
    table.alter.add_feature(
        [TableFeatures.AppendOnly, TableFeatures.ChangeDataFeed, TableFeatures.CheckConstraints],
        allow_protocol_versions_increase=True)
    write_deltalake(m.path(name), m.rows(10, 10), mode="append")
    return "named writer features"


def reader_features(m, name):
    write_deltalake(m.path(name), m.rows(0, 10))
    DeltaTable(m.path(name)).alter.add_feature(
        [TableFeatures.DeletionVectors, TableFeatures.TimestampWithoutTimezone], allow_protocol_versions_increase=True)
    write_deltalake(m.path(name), m.rows(10, 10), mode="append")
    DeltaTable(m.path(name)).delete("id = 4")
    return "reader features"


def v2_checkpoints(m, name):
    write_deltalake(m.path(name), m.rows(0, 10))
    DeltaTable(m.path(name)).alter.add_feature([TableFeatures.V2Checkpoint], allow_protocol_versions_increase=True)
    DeltaTable(m.path(name)).alter.set_table_properties({"delta.checkpointPolicy": "v2"})
    for start in range(10, 50, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="append")
    DeltaTable(m.path(name)).create_checkpoint()
    write_deltalake(m.path(name), m.rows(100, 10), mode="append")
    return "the feature v2Checkpoint"


def compacted_log(m, name):
    for start in range(0, 80, 10):
        write_deltalake(m.path(name), m.rows(start, 10), mode="append")
    DeltaTable(m.path(name)).delete("id = 15")
    DeltaTable(m.path(name)).compact_logs(2, 6)
    return "compacted log files"


def created_empty(m, name):
    DeltaTable.create(m.path(name), m.rows(0, 0).schema, description="empty", name="n", partition_by=["flag"])
    return "made without rows"


def without_type(m, name):
    DeltaTable.create(m.path(name), pa.schema([("id", pa.int64()), ("nothing", pa.null())]))
    write_deltalake(m.path(name), pa.table({"id": [1, 2]}), mode="append", schema_mode="merge")
    return "a column of no type"


def many_columns(m, name):
    write_deltalake(m.path(name), pa.table({f"c{i:02}": [i, None] for i in range(60)}))
    return "more columns than statistics are kept of"


def random_story(number):
    def make(m, name):
        choose, path, start, partition = m.random, m.path(name), 0, m.random.choice([None, ["flag"], ["text"]])
        write_deltalake(path, m.rows(0, 20), partition_by=partition)
        steps = []
        for _ in range(12):
            start += 15
            step = choose.choice(["append", "append", "delete", "update", "merge", "compact", "checkpoint", "restore", "overwrite"])
            table = DeltaTable(path)
            steps.append(step)
            if step == "append":
                write_deltalake(path, m.rows(start, 15), mode="append")
            elif step == "overwrite":
                write_deltalake(path, m.rows(start, 15), mode="overwrite")
            elif step == "delete":
                table.delete(f"id % {choose.randint(3, 9)} = 0")
            elif step == "update":
                table.update(updates={"value": "id * 2"}, predicate=f"id % {choose.randint(3, 9)} = 1")
            elif step == "merge":
                (table.merge(m.rows(start - 10, 20), "t.id = s.id", source_alias="s", target_alias="t")
                    .when_matched_update_all().when_not_matched_insert_all().execute())
            elif step == "compact":
                table.optimize.compact()
            elif step == "checkpoint":
                table.create_checkpoint()
            elif table.version() > 0:
                table.restore(choose.randint(0, table.version() - 1))
        return f"story {number}: {', '.join(steps)}"
    return make


WAYS = {
    "appended": appended, "overwritten": overwritten, "replaced_where": replaced_where, "every_type": every_type,
    "odd_names": odd_names,
    "by_text": partitioned(ODD, pa.string()),
    "by_long": partitioned([-2**63, 2**63 - 1, 0, None], pa.int64()),
    "by_boolean": partitioned([True, False, None], pa.bool_()),
    "by_date": partitioned([datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None], pa.date32()),
    "by_instant": partitioned(
        [datetime.datetime(2024, 2, 29, 12, 34, 56, 789012, UTC), datetime.datetime(1970, 1, 1, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
    "by_local": partitioned([datetime.datetime(2024, 2, 29, 12, 34, 56, 789012), datetime.datetime(1883, 11, 18), None], pa.timestamp("us")),
    "by_decimal": partitioned([decimal.Decimal("0.50"), decimal.Decimal("123.45"), None], pa.decimal128(10, 2)),
    "by_double": partitioned([0.1, 1e22, -2.5, None], pa.float64()),
    "by_byte": partitioned([-128, 127, None], pa.int8()),
    "partitioned_twice": partitioned_twice,
    "merged": merged, "merged_partitions": merged_partitions, "deleted": deleted, "updated": updated, "compacted": compacted,
    "z_ordered": z_ordered, "checkpointed": checkpointed, "cleaned": cleaned, "restored": restored, "vacuumed": vacuumed,
    "constrained": constrained, "widened_schema": widened_schema, "required": required, "change_feed": change_feed,
    "append_only": append_only, "transactions": transactions, "statistics_settings": statistics_settings,
    "features": features, "reader_features": reader_features, "v2_checkpoints": v2_checkpoints,
    "compacted_log": compacted_log, "created_empty": created_empty, "without_type": without_type, "many_columns": many_columns,
    **{f"story_{number}": random_story(number) for number in range(12)},
}


def main():
    maker = Maker(*sys.argv[1:])
    wanted = os.environ.get("MILLRACE_TABLE")
    for name, make in WAYS.items():
        if wanted and name != wanted:
            continue
        if description := make(maker, name):
            maker.expect(name, description)
    print(json.dumps(maker.cases), flush=True)
    # The library's own threads sometimes abort the interpreter while it is taken down.
    os._exit(0)


if __name__ == "__main__":
    main()
