"""The decorator for functions that are steps."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

import pyarrow as pa
import pyarrow.parquet

from ._schemas import SchemaLike, arrow_schema

Function = TypeVar("Function", bound=Callable[..., Any])


class Step(Generic[Function]):
    """A function with what Millrace should know about it. It is called like the function itself."""

    def __init__(
        self, function: Function, schema: SchemaLike | None = None, setup: Callable[[], Any] | None = None
    ) -> None:
        self.function = function
        self.schema = None if schema is None else arrow_schema(schema)
        self.setup = setup
        functools.update_wrapper(self, function)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)


@overload
def step(function: Function, /) -> Step[Function]: ...


@overload
def step(
    *, schema: SchemaLike | None = None, setup: Callable[[], Any] | None = None
) -> Callable[[Function], Step[Function]]: ...


def step(
    function: Function | None = None, /, *, schema: SchemaLike | None = None,
    setup: Callable[[], Any] | None = None,
) -> Any:
    """Marks a function as a step.

    Args:
        schema: The columns of what it returns, by their types: DuckDB's names, pyarrow's types, or a
            `pyarrow.Schema`. What it returns is cast to them. Written as a dict of texts in place, `millrace check`
            can read it without running anything.
        setup: Is called once in each worker before the first batch; what it returns, a model for example, is the
            function's second argument.
    """
    if function is not None:
        return Step(function)
    return lambda inner: Step(inner, schema, setup)


@functools.lru_cache(maxsize=None)
def input(name: str) -> pa.Table:
    """The whole of an input of the step that is not the first: the first one comes batch by batch."""
    inputs: dict[str, str] = json.loads(os.environ.get("MILLRACE_INPUTS", "{}"))
    if name not in inputs:
        known = ", ".join(sorted(inputs)) or "it has none beside the first"
        raise KeyError(f"'{name}' is no further input of this step ({known})")
    return pyarrow.parquet.read_table(inputs[name])
