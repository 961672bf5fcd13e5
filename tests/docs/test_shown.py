"""What README and site show is run as it stands: every command, every block of Python.

Files that a reader would have are made first. The small edition stands in for ``leg_cramps``, whose names it
has, so that this costs seconds; examples with their answers (``>>>``) are run by ``test_site``.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import etiograph as eg
from etiograph import formats, resources
from etiograph.commands import cli

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").rglob("*.md"))))
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.S | re.M)
RUN_ELSEWHERE = ("make ", "etiograph explore", "etiograph lesson check all")
"""By .ci/run, tests/browser and tests/teaching; what goes to a cluster, by tests/learning."""


MADE_BEFORE = {
    "ours.toml": ["convert", "theirs.xdsl", "ours.toml"],
    "migraine.toml": ["new", "migraine"],
}
"""What a command reads that one above it on the page has written."""


def blocks(language: str) -> list[tuple[str, str]]:
    found = [
        (page, text)
        for page in PAGES
        for kind, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
        if kind == language and ">>>" not in text
    ]
    assert found
    return found


def commands() -> list[tuple[str, str]]:
    lines = [(page, line) for page, text in blocks("sh") for line in text.splitlines() if line]
    return [
        (page, line)
        for page, line in lines
        if not line.startswith(RUN_ELSEWHERE) and "--on dask" not in line
    ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Path:
    """A folder with the files that the pages speak of."""
    folder = tmp_path_factory.mktemp("desk")
    small, asia = eg.load("leg_cramps_small"), eg.load("asia")
    names = ["leg_cramps", "magnesium_depletion", "age", "sex", "diuretic"]
    people = small.sample(60, 1, given={"leg_cramps": "present"})
    people[[n for n in names if n in people]].to_csv(folder / "clinic.csv", index=False)
    small.sample(40, 2)[["diuretic", "leg_cramps"]].to_parquet(folder / "cohort.parquet")
    asia.sample(600, 3, missing=0.1).to_csv(folder / "cases.csv", index=False)
    formats.write(asia, folder / "asia.bif")
    formats.write(asia, folder / "mine.bif")
    formats.write(asia, folder / "theirs.xdsl")
    (folder / "mine.toml").write_bytes((ROOT / "data/lessons/base_rates.toml").read_bytes())
    record = {"resourceType": "Patient", "gender": "female", "birthDate": "1950-01-01"}
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.fixture
def at_the_desk(desk, monkeypatch) -> Path:
    monkeypatch.chdir(desk)
    return desk


@pytest.mark.parametrize(("page", "line"), commands())
def test_a_command_that_is_shown(page, line, at_the_desk):
    words = shlex.split(line, comments=True)
    assert words.pop(0) == "etiograph"
    made = MADE_BEFORE.get(words[1], ())
    if words[0] != "new" and made and not Path(words[1]).exists():  # by a test of another process
        CliRunner().invoke(cli.app, made)
    if words[0] == "new":
        Path(f"{words[1]}.toml").unlink(missing_ok=True)
    done = CliRunner().invoke(
        cli.app, ["leg_cramps_small" if w == "leg_cramps" else w for w in words]
    )
    assert done.exit_code == 0, (page, done.output)
    if "-o" in words:
        assert Path(words[words.index("-o") + 1]).stat().st_size > 0


def programs() -> list[object]:
    """Blocks of Python; those that learn take minutes."""
    return [
        pytest.param(*block, marks=[pytest.mark.long] if "clinic.csv" in block[1] else [])
        for block in blocks("python")
    ]


@pytest.mark.parametrize(("page", "code"), programs())
def test_python_that_is_shown(page, code, at_the_desk, monkeypatch):
    load = resources.load
    stands_in = (
        {} if "clinic.csv" in code else {"leg_cramps": "leg_cramps_small"}
    )  # it has no ranges
    monkeypatch.setattr(eg, "load", lambda name: load(stands_in.get(name, name)))
    scope = {"eg": eg, "net": eg.load("leg_cramps"), "other": eg.load("leg_cramps_small")}
    if "learn_structure" in code:
        pytest.importorskip("pyagrum")
    if "model" in code:
        pytest.importorskip("pgmpy")
        from benchmarks.networks import folder

        from etiograph.formats.pgmpy import to_pgmpy

        scope["model"] = to_pgmpy(load(folder() / "asia.bif.gz"))
    exec(compile(code, page, "exec"), scope)
