"""Steps of a Millrace project written in Python, and its datasets as Arrow tables."""

from __future__ import annotations

from ._datasets import MillraceError, read, read_batches, write
from ._steps import Step, input, step

__all__ = ["MillraceError", "Step", "input", "read", "read_batches", "step", "write"]
