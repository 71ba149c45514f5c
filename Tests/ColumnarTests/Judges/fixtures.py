"""Streams and files that pyarrow makes by itself, each with its values.

fixtures.py FOLDER: for each NAME.arrow or NAME.arrows there is NAME.txt. In "types" each column is named by its type.
"""

import pathlib
import sys
from decimal import Decimal

import canonical
import pyarrow as pa
import pyarrow.ipc as ipc


def types() -> pa.RecordBatch:
    """Three rows of each type, the second null."""
    whole = [1, None, 3]
    texts = ["a", None, "a text that is longer than twelve bytes, with ä and 😀"]
    columns = {"null": pa.nulls(3), "bool": pa.array([True, None, False])}
    for name in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
        columns[name] = pa.array(whole, pa.type_for_alias(name))
    for name, kind in [("float16", pa.float16()), ("float32", pa.float32()), ("float64", pa.float64())]:
        columns[name] = pa.array([1.5, None, float("nan")], pa.float32()).cast(kind)
    for bits, digits in [(32, 9), (64, 18), (128, 38), (256, 76)]:
        kind = getattr(pa, f"decimal{bits}")(digits, 2)
        columns[f"decimal{bits}({digits}, 2)"] = pa.array([Decimal("1.5"), None, Decimal("-3")], kind)
    for name, kind in [("utf8", pa.string()), ("large_utf8", pa.large_string()), ("utf8_view", pa.string_view())]:
        columns[name] = pa.array(texts, kind)
    for name, kind in [("binary", pa.binary()), ("large_binary", pa.large_binary()), ("binary_view", pa.binary_view())]:
        columns[name] = pa.array([b"", None, b"\x00\xff" * 20], kind)
    columns["fixed_size_binary(4)"] = pa.array([b"abcd", None, b"\xff\x00\x01\x02"], pa.binary(4))
    columns["date32"] = pa.array(whole, pa.date32())
    columns["date64"] = pa.array([86_400_000, None, -86_400_000], pa.date64())
    units = {"s": "second", "ms": "millisecond", "us": "microsecond", "ns": "nanosecond"}
    for short, unit in units.items():
        time = f"time32({unit})" if short in ("s", "ms") else f"time64({unit})"
        columns[time] = pa.array(whole, pa.time32(short) if short in ("s", "ms") else pa.time64(short))
        columns[f"timestamp({unit})"] = pa.array(whole, pa.timestamp(short))
        columns[f"timestamp({unit}, Europe/Berlin)"] = pa.array(whole, pa.timestamp(short, "Europe/Berlin"))
        columns[f"duration({unit})"] = pa.array(whole, pa.duration(short))
    columns["interval(months, days, nanoseconds)"] = pa.array([(1, 2, 3), None, (-1, 5, 2**40)], pa.month_day_nano_interval())
    lists = [[1, None], None, []]
    for name, kind in [
        ("list<item: int32>", pa.list_(pa.int32())), ("large_list<item: int32>", pa.large_list(pa.int32())),
        ("list_view<item: int32>", pa.list_view(pa.int32())),
        ("large_list_view<item: int32>", pa.large_list_view(pa.int32())),
    ]:
        columns[name] = pa.array(lists, kind)
    columns["fixed_size_list<item: int32>(2)"] = pa.array([[1, 2], None, [None, 4]], pa.list_(pa.int32(), 2))
    columns["struct<a: int32, b: utf8 not null>"] = pa.array(
        [{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}], pa.struct([("a", pa.int32()), pa.field("b", pa.string(), False)]))
    columns["map<key: utf8 not null, value: int32>"] = pa.array(
        [[("k", 1), ("l", None)], None, []], pa.map_(pa.string(), pa.int32()))
    columns["map<key: utf8 not null, value: int32, sorted>"] = pa.array(
        [[("k", 1), ("l", None)], None, []], pa.map_(pa.string(), pa.int32(), keys_sorted=True))
    columns["dictionary<int8, utf8>"] = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.int8()), ["a", "b"])
    columns["dictionary<uint16, int64, ordered>"] = pa.DictionaryArray.from_arrays(
        pa.array([1, None, 0], pa.uint16()), pa.array([7, 8], pa.int64()), ordered=True)
    columns["run_end_encoded<int16, values: utf8>"] = pa.RunEndEncodedArray.from_arrays(
        pa.array([2, 3], pa.int16()), pa.array(["r", None]))
    kinds = pa.array([0, 1, 0], pa.int8())
    columns["sparse_union<0=0: int32, 1=1: utf8>"] = pa.UnionArray.from_sparse(
        kinds, [pa.array([1, 2, None], pa.int32()), pa.array(["a", None, "c"])])
    columns["dense_union<5=x: int32, 9=y: utf8>"] = pa.UnionArray.from_dense(
        pa.array([5, 9, 5], pa.int8()), pa.array([0, 0, 1], pa.int32()),
        [pa.array([1, None], pa.int32()), pa.array(["a"])], ["x", "y"], [5, 9])
    return pa.record_batch(list(columns.values()), names=list(columns))


def of_words(*words: str, values: list[str]) -> pa.RecordBatch:
    places = pa.array([values.index(word) for word in words], pa.int32())
    return pa.record_batch([pa.DictionaryArray.from_arrays(places, pa.array(values))], names=["word"])


def nested(letters: list[str], places: list[list[int]]) -> pa.RecordBatch:
    """A dictionary of lists, whose elements are in a dictionary."""
    inner = pa.DictionaryArray.from_arrays(pa.array([place for row in places for place in row], pa.int8()), letters)
    offsets = [0]
    for row in places:
        offsets.append(offsets[-1] + len(row))
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), inner)
    outer = pa.DictionaryArray.from_arrays(pa.array(range(len(places)), pa.int16()), lists)
    return pa.record_batch([outer], names=["outer"])


def main(folder: pathlib.Path) -> None:
    def save(name: str, batches: list[pa.RecordBatch], is_file: bool = False, **options) -> None:
        new, ending = (ipc.new_file, "arrow") if is_file else (ipc.new_stream, "arrows")
        with new(str(folder / f"{name}.{ending}"), batches[0].schema, options=ipc.IpcWriteOptions(**options)) as writer:
            for batch in batches:
                writer.write_batch(batch)
        (folder / f"{name}.txt").write_text(canonical.text(batches))

    save("types", [types()])
    save("types-file", [types(), types()], is_file=True)
    save("types-sliced", [types().slice(1, 2), types().slice(0, 1)])
    plain = types().select([name for name in types().schema.names if "union" not in name])
    save("types-lz4", [plain], compression="lz4")
    save("types-zstd", [plain], compression="zstd")
    save("types-zstd-file", [plain, plain], is_file=True, compression=pa.Codec("zstd", 19))
    growing = [
        of_words("a", "b", values=["a", "b"]), of_words("c", "a", values=["a", "b", "c"]),
        of_words("c", "d", "a", values=["a", "b", "c", "d"]),
    ]
    save("deltas", growing, emit_dictionary_deltas=True)
    save("deltas-file", growing, is_file=True, emit_dictionary_deltas=True)
    save("deltas-lz4", growing, emit_dictionary_deltas=True, compression="lz4")
    save("replaced", [*growing, of_words("x", "y", values=["y", "x"])])
    save("nested", [nested(["p", "q"], [[0, 1], [1]]), nested(["r", "p", "q"], [[2, 1], [0]])])
    save("nested-deltas", [nested(["p", "q"], [[0], [1]]), nested(["p", "q", "r"], [[0], [1], [2]])],
         emit_dictionary_deltas=True)
    legacy = ipc.MetadataVersion.V4
    save("legacy", [plain, plain], metadata_version=legacy, use_legacy_format=True)
    save("legacy-file", [plain, plain], is_file=True, metadata_version=legacy, use_legacy_format=True)
    wide = pa.record_batch([pa.array([index]) for index in range(5000)], names=[f"column {index}" for index in range(5000)])
    save("wide", [wide.replace_schema_metadata({"large": "x" * 1_000_000})])


main(pathlib.Path(sys.argv[1]))
