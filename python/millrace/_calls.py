"""How a step's function is found, called, and what it may return."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from ._steps import Step


class SchemaMismatch(Exception):
    """What the function returned does not have the columns that it should have."""


def first_kind(function: Callable[..., Any]) -> str:
    """What a function takes, by the annotation of its first parameter: batch, table, dict or pandas."""
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        raise TypeError("the function takes no argument: the first one is the batch")
    annotation: Any = parameters[0].annotation
    if isinstance(annotation, str):
        try:
            annotation = typing.get_type_hints(function).get(parameters[0].name, annotation)
        except Exception:  # a name that exists for type checkers only
            pass
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    origin = typing.get_origin(annotation)
    if origin in (dict, Mapping) or text.split("[")[0].rsplit(".", 1)[-1] in ("dict", "Dict", "Mapping"):
        return "dict"
    if text.rsplit(".", 1)[-1] == "DataFrame":
        return "pandas"
    return "table" if text.rsplit(".", 1)[-1] == "Table" else "batch"


class Callee:
    """A step's function, made ready for batches."""

    def __init__(self, found: Any) -> None:
        step = found if isinstance(found, Step) else Step(found)
        self.function = step.function
        self.schema = step.schema
        self.kind = first_kind(self.function)
        # Called once in each worker; what it makes stays here.
        self.extra = () if step.setup is None else (step.setup(),)

    def __call__(self, table: pa.Table) -> list[pa.RecordBatch] | None:
        """The answer to one batch: batches of one schema; nothing when there are neither rows nor columns."""
        batch = _one_batch(table)
        argument: Any = batch
        if self.kind == "table":
            argument = pa.Table.from_batches([batch])
        elif self.kind == "dict":
            argument = dict(zip(batch.schema.names, batch.columns))
        elif self.kind == "pandas":
            argument = batch.to_pandas()
        answers: list[pa.RecordBatch] = []
        for table in _tables(self.function(argument, *self.extra)):
            if self.schema is not None:
                table = _fit(table, self.schema)
            elif answers and table.schema.remove_metadata() != answers[0].schema:
                raise SchemaMismatch(difference(answers[0].schema, table.schema))
            table = table.replace_schema_metadata(None)
            answers += table.to_batches() or [_one_batch(table)]
        if not answers and self.schema is not None:
            answers = [_one_batch(self.schema.empty_table())]
        return answers or None


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in table.schema], schema=table.schema)
    return pa.concat_batches(batches)


def _tables(answer: Any) -> Iterator[pa.Table]:
    if answer is None:
        return
    if isinstance(answer, pa.Table):
        yield answer
    elif isinstance(answer, pa.RecordBatch):
        yield pa.Table.from_batches([answer])
    elif isinstance(answer, Mapping):
        yield pa.table(dict(answer))
    elif type(answer).__name__ == "DataFrame" and hasattr(answer, "columns"):
        yield pa.Table.from_pandas(answer, preserve_index=False)
    elif isinstance(answer, Iterable) and not isinstance(answer, (str, bytes)):
        for part in answer:
            yield from _tables(part)
    else:
        raise SchemaMismatch(
            f"the function returned {type(answer).__name__}: it returns a pyarrow.RecordBatch, a pyarrow.Table, "
            "a dict of arrays, a pandas.DataFrame, or several of them one after the other")


def _fit(table: pa.Table, schema: pa.Schema) -> pa.Table:
    missing = [name for name in schema.names if name not in table.schema.names]
    further = [name for name in table.schema.names if name not in schema.names]
    if missing or further or len(table.schema.names) != len(schema.names):
        raise SchemaMismatch(difference(schema, table.schema))
    table = table.select(schema.names)
    if table.schema.remove_metadata() == schema.remove_metadata():
        return table
    try:
        return table.cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SchemaMismatch(f"{difference(schema, table.schema)} ({error})") from None


def difference(expected: pa.Schema, found: pa.Schema) -> str:
    """In words, what is other about columns."""
    parts = []
    for name in expected.names:
        if name not in found.names:
            parts.append(f"'{name}' is missing")
        elif found.names.count(name) == 1 and expected.field(name).type != found.field(name).type:
            parts.append(f"'{name}' is {found.field(name).type} instead of {expected.field(name).type}")
    parts += [f"'{name}' is new" for name in found.names if name not in expected.names]
    return "the function returned other columns: " + (", ".join(parts) or "in another order")
