"""Notebooks run cell by cell in this process: a kernel of their own would only cost time."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"


def cells(name: str) -> list[dict[str, Any]]:
    """The cells of a notebook."""
    found: list[dict[str, Any]] = json.loads(
        (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    )["cells"]
    return found


def run(name: str) -> tuple[dict[str, Any], list[object]]:
    """What a notebook leaves behind, and the value that each code cell ends with."""
    scope: dict[str, Any] = {}
    ends: list[object] = []
    code = [c for c in cells(name) if c["cell_type"] == "code"]
    for n, cell in enumerate(code):
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{name}[{n}]", "exec"), scope)
        if last is not None:
            ends.append(eval(compile(ast.Expression(last.value), f"{name}[{n}]", "eval"), scope))
        else:
            ends.append(None)
    return scope, ends


@pytest.fixture(autouse=True)
def _renderer_as_it_was() -> Any:
    """A notebook chooses how its pictures are shown; nobody else is to notice."""
    import altair

    before = altair.renderers.active
    yield
    altair.renderers.enable(before)
