"""``etiograph diff``: what it prints, where it writes, how it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands.test_cli import SPRINKLER, call

from etiograph import formats

OTHER = SPRINKLER.replace("yes = 0.2 }", "yes = 0.5 }")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "one.toml", tmp_path / "two.toml"
    for path, text in zip(paths, (SPRINKLER, OTHER), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_equal_different_and_unreadable(two, tmp_path):
    one, other = two
    same = call("diff", one, one)
    assert same.exit_code == 0
    assert "They are equal" in same.stdout
    differ = call("diff", one, other)
    assert differ.exit_code == 1
    assert "Chance of rain: 0.2 -> 0.5" in differ.stdout
    # P(wet) = 0.8 * 0.36 + 0.16 = 0.448; then 0.5 * 0.36 + 0.4 = 0.58
    assert "wet grass: 45 % -> 58 %" in differ.stdout
    for words in ((one, tmp_path / "no.toml"), ("no_such_network", one)):
        refused = call("diff", *words)
        assert refused.exit_code == 2
        assert refused.stdout == ""


def test_cases_of_a_file(two, tmp_path):
    cases = tmp_path / "cases.toml"
    cases.write_text('[[cases]]\nid = "w"\nfindings = {wet_grass = "present"}\n', encoding="utf-8")
    told = call("diff", *two, "--cases", cases)
    assert "rain: 36 % -> 69 %" in told.stdout  # 0.16 / 0.448; 0.4 / 0.58
    silent = call("diff", *two, "--no-cases")
    assert silent.exit_code == 1
    assert "cases" not in silent.stdout


@pytest.mark.parametrize("suffix", [".html", ".json", ".txt"])
def test_it_is_written_to_a_file(two, tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    done = call("diff", *two, "-o", path)
    assert done.exit_code == 1
    assert done.stdout == f"wrote {path}\n"
    assert "rain" in path.read_text(encoding="utf-8")


def test_it_is_printed_as_json_or_a_page(two):
    data = json.loads(call("diff", *two, "--json").stdout)
    assert [n["name"] for n in data["numbers"]] == ["rain"]
    assert call("diff", *two, "--html").stdout.startswith("<!doctype html>")


@pytest.mark.parametrize("suffix", [".bif", ".xmlbif", ".net", ".xdsl", ".dne", ".uai", ".json"])
def test_any_format_beside_any_other(two, tmp_path, suffix):
    path = tmp_path / f"same{suffix}"
    formats.write(formats.read(two[0]), path)
    assert call("diff", two[0], path).exit_code == 0
    assert call("diff", path, two[1]).exit_code == 1


def test_words_that_exclude_one_another(two, tmp_path):
    for words in (("--json", "--html"), ("--no-cases", "--cases", two[0]), ("-o", "x.pdf")):
        assert call("diff", *two, *words).exit_code == 2
