"""``etiograph new`` and ``etiograph schema``: a network of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands.test_cli import call

import etiograph as eg
from etiograph.curation.reference import page
from etiograph.formats.native.reference import json_schema


def test_a_new_network_loads_checks_answers_and_differs_from_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("new", "my_net")
    assert done.exit_code == 0
    text = Path("my_net.toml").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 30
    assert text.count("#") >= 5
    for line in done.stdout.splitlines()[1:]:  # the commands it names are run as they are printed
        said = call(*line.split()[1:])
        assert said.exit_code == 0, said.output
    # 1 - 0.95 (1 - 0.3 * 0.3) (1 - 0.1 * 0.4)
    p = eg.load("my_net.toml").case().posterior()["headache"]["present"]
    assert p == pytest.approx(1 - 0.95 * 0.91 * 0.96, abs=1e-15)
    assert eg.load("my_net.toml").has_ranges


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("mine", encoding="utf-8")
    for name in (path, tmp_path / "mine"):
        refused = call("new", name)
        assert refused.exit_code == 2
        assert "is there already" in refused.stderr
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["", "a b", '"', "-x", "a{b}", "no_such_folder/a", ".toml"])
def test_what_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("new", "--", name).exit_code == 2
    assert not list(tmp_path.iterdir())


def test_schema_and_page(tmp_path: Path) -> None:
    assert json.loads(call("schema").stdout) == json_schema()
    assert call("schema", "--page").stdout == page()
    path = tmp_path / "s.json"
    assert call("schema", "-o", path).stdout == f"wrote {path}\n"
    assert json.loads(path.read_text(encoding="utf-8")) == json_schema()
