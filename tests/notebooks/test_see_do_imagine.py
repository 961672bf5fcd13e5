"""The lesson on see, do and imagine runs, and its own checks hold."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "see_do_imagine.ipynb"


def test_the_lesson_runs_and_its_answers_differ(capsys):
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    scope: dict[str, object] = {}
    for n, source in enumerate(code):
        exec(compile(source, f"{NOTEBOOK.name}[{n}]", "exec"), scope)
    answers, thiazide = scope["answers"], scope["thiazide"]
    assert isinstance(answers, dict)
    assert isinstance(thiazide, dict)
    # A reader sees the difference without looking at the third digit.
    worlds = [answers[kind] for kind in ("see", "do", "had", "after")]
    assert min(abs(a - b) for a, b in combinations(worlds, 2)) > 0.02
    assert len({round(p, 3) for p in answers.values()}) == 5
    assert len({round(p, 2) for p in thiazide.values()}) == 4
    assert "had" in str(scope["refusal"])
    assert "next three months" in capsys.readouterr().out


def test_the_lesson_carries_no_stored_output():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") for cell in cells)
