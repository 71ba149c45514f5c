"""DuckDB's names of types, as Arrow's types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Union

import pyarrow as pa

SchemaLike = Union[pa.Schema, Mapping[str, Union[str, pa.DataType]]]

_NAMED: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(), "BOOL": pa.bool_(),
    "TINYINT": pa.int8(), "SMALLINT": pa.int16(), "INTEGER": pa.int32(), "INT": pa.int32(), "BIGINT": pa.int64(),
    "UTINYINT": pa.uint8(), "USMALLINT": pa.uint16(), "UINTEGER": pa.uint32(), "UBIGINT": pa.uint64(),
    "FLOAT": pa.float32(), "REAL": pa.float32(), "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(), "TEXT": pa.string(), "STRING": pa.string(), "BLOB": pa.binary(),
    "DATE": pa.date32(), "TIME": pa.time64("us"), "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"), "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
}


def arrow_type(name: str) -> pa.DataType:
    """The Arrow type of a type as DuckDB names it, such as `BIGINT`, `DECIMAL(12,2)` or `VARCHAR[]`."""
    text = " ".join(name.split()).upper()
    if text.endswith("[]"):
        return pa.list_(arrow_type(text[:-2]))
    if text in _NAMED:
        return _NAMED[text]
    decimal = re.fullmatch(r"(?:DECIMAL|NUMERIC) ?\( ?(\d+) ?(?:, ?(\d+) ?)?\)", text)
    if decimal:
        return pa.decimal128(int(decimal[1]), int(decimal[2] or 0))
    raise ValueError(f"unknown type '{name}': write BIGINT, DOUBLE, VARCHAR, TIMESTAMP, …, or a pyarrow.DataType")


def arrow_schema(schema: SchemaLike) -> pa.Schema:
    if isinstance(schema, pa.Schema):
        return schema
    return pa.schema(
        [(name, arrow_type(kind) if isinstance(kind, str) else kind) for name, kind in schema.items()])
