"""Looks at a step's file without running it: `python -m millrace.inspect_step FILE FUNCTION` answers with JSON."""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from typing import Any


def _schema(function: ast.AST) -> list[list[str]] | None:
    """The columns that the decorator names as a dict of texts; None when it names none, or not so."""
    for decorator in getattr(function, "decorator_list", []):
        if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func).rsplit(".", 1)[-1] != "step":
            continue
        for word in decorator.keywords:
            if word.arg != "schema":
                continue
            try:
                value = ast.literal_eval(word.value)
            except ValueError:
                return None
            if isinstance(value, dict) and all(isinstance(text, str) for pair in value.items() for text in pair):
                return [list(pair) for pair in value.items()]
    return None


def look(path: str, function: str) -> dict[str, Any]:
    with open(path, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source, path)
    except SyntaxError as error:
        return {"fault": "syntax", "message": error.msg, "line": error.lineno}
    except ValueError as error:
        return {"fault": "syntax", "message": str(error), "line": 1}
    names: dict[str, ast.AST | None] = {}
    is_open = False
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            is_open = True
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = node
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update({(alias.asname or alias.name).split(".")[0]: None for alias in node.names})
        else:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    names[inner.id] = None
                elif isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    names[inner.name] = inner
    first = function.split(".")[0]
    if first not in names and not is_open:
        functions = [name for name, node in names.items() if isinstance(node, ast.FunctionDef)]
        return {"fault": "missing", "functions": functions}
    node = names.get(first)
    if isinstance(node, ast.AsyncFunctionDef):
        return {"fault": "async", "line": node.lineno}
    if isinstance(node, ast.FunctionDef) and not (node.args.posonlyargs or node.args.args or node.args.vararg):
        return {"fault": "arguments", "line": node.lineno}
    return {"schema": _schema(node) if node is not None else None}


def main() -> None:
    answer = look(sys.argv[1], sys.argv[2])
    answer["pyarrow"] = importlib.util.find_spec("pyarrow") is not None
    answer["python"] = sys.executable
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
