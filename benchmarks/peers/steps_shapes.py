"""The graphs of steps that do nothing: for each step the numbers of those that it needs."""

import sys


def inputs(shape: str, width: int = 1000) -> list[list[int]]:
    if shape == "chain":
        return [[step - 1] if step else [] for step in range(100)]
    if shape == "fan":
        return [[], *([0] for _ in range(width)), list(range(1, width + 1))]
    if shape == "grid":
        return [[step - 10] * (step >= 10) + [step - 1] * (step % 10 > 0) for step in range(100)]
    sys.exit(f"unknown shape: {shape}")
