"""Whatever stands on the command line or in a file: exit code 0 or 2, never a traceback."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import etiograph
from etiograph.commands.cli import app
from etiograph.formats import write

FILES = {
    "empty.toml": b"",
    "empty.bif": b"",
    "zeros.toml": bytes(200),
    "binary.bif": bytes(range(256)),
    "latin.toml": 'name = "caf\xe9"'.encode("latin-1"),
    "half.toml": b'[network]\nname = "half"\n[variables.a',
    "wrong.toml": b"variables = 3\n",
    "list.toml": b"variables = [1, 2]\nnetwork = []\n",
    "half.bif": b"network x { }\nvariable a { type discrete [ 2 ] { y, n",
    "other.xdsl": b"<smile><nodes></nodes></smile>",
    "other.json": b'{"a": 1}',
    "no_suffix": b"hello",
    "cells.csv": b"smoking,typo\nyes,no\n",
    "ragged.csv": b"smoking,asia\nyes\nno,no,no\n",
    "cells.parquet": b"PAR1 but not really",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    write(etiograph.load("asia"), folder / "asia.bif")
    return folder


def run(*words: object) -> int:
    """It answers, or says in a few words why it does not."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise AssertionError(f"{words}: {done.exception!r}") from done.exception
    assert done.exit_code in (0, 2), (words, done.output)
    assert "Traceback" not in done.output, words
    if done.exit_code == 2:
        assert 0 < len(done.stderr.strip()) < 3000, words
    return done.exit_code


@pytest.mark.parametrize("command", ["ask", "check", "convert", "project", "report"])
@pytest.mark.parametrize("name", [*FILES, "missing.toml", ".", "", "asia\n", "typo"])
def test_a_file(command, name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    second = ("out.bif",) if command == "convert" else ("asia.bif",) if command == "project" else ()
    run(command, name, *second)
    if command == "project":
        run(command, "asia", name)


@pytest.mark.parametrize(
    "text",
    [
        "variables = 3",
        "about = 1",
        "compare = []",
        "[variables]\nsmoke = 1",
        "[variables.smoke]\nparents = 3",
        "[variables.smoke]\nstates = 3",
        "[variables.smoke]\nstates = {yes = 1}",
        "[variables.smoke]\nkind = [1]",
        "[variables.smoke]\nacts = {asia = 1}",
        "[variables.smoke]\nleak = [[]]",
    ],
)
def test_a_skeleton_of_other_kinds(text, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(text)
    assert run("project", "asia", path) == 2


@pytest.mark.parametrize("suffix", [".toml", ".json", ".bif", ".xmlbif", ".xdsl", ".net", ".dne"])
def test_a_half_written_file(suffix, folder):
    whole, half = folder / f"whole{suffix}", folder / f"half_written{suffix}"
    write(etiograph.load("asia"), whole)
    text = whole.read_bytes()
    half.write_bytes(text[: len(text) // 3])
    run("convert", whole, folder / "again.uai")
    run("convert", half, folder / "again.uai")
