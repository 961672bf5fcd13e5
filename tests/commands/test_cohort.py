"""``etiograph fit``, ``validate``, ``criticise``, ``compare``: what is printed, written and refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.commands.test_cli import call

import etiograph as eg

SMALL = Path(__file__).parents[1] / "learning" / "small.toml"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cohort") / "clinic.csv"
    people = eg.load("sprinkler").sample(200, 1, missing=0.1)
    people.assign(ward=["a", "b"] * 100).to_csv(path, index=False)
    return path


def test_fit_writes_a_network_with_ranges(table: Path, tmp_path: Path) -> None:
    out, numbers = tmp_path / "fitted.toml", tmp_path / "numbers.csv"
    done = call("fit", "sprinkler", table, "-o", out, "--cohort", "ward 7", "--keep", "ward",
                "--numbers", numbers)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert list(pd.read_csv(numbers)) == ["name", "low", "value", "high", "cases"]
    assert "200 cases (EM" in done.output
    net = eg.load(out)
    assert net.has_ranges
    assert net.parameters["cloudy"].evidence == ("ward 7",)


def test_validate_prints_scores_and_writes_them(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.csv"
    words = ("validate", "sprinkler", table, "--target", "wet_grass", "--by", "ward")
    done = call(*words, "-o", out, "--boot", "20")
    assert done.exit_code == 0, done.output
    assert "wet_grass=yes" in done.output
    assert "ward=a" in done.output
    frame = pd.read_csv(out)
    assert set(frame["group"]) == {"all", "ward=a", "ward=b"}
    again = eg.validate(eg.load("sprinkler"), table, "wet_grass", by="ward", boot=20)
    assert frame["value"].to_numpy() == pytest.approx(again.to_frame()["value"].to_numpy())


def test_criticise_names_the_arrow(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "pairs.csv"
    done = call("criticise", "sprinkler", table, "--keep", "ward", "--draws", "9", "-o", out)
    assert done.exit_code == 0, done.output
    assert "sprinkler -> rain" in done.output
    assert len(pd.read_csv(out)) == 2


def test_compare_ranks_networks(table: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    from etiograph.formats import write

    write(eg.load("sprinkler").with_parameters({"rain.yes": 0.3}), other)
    done = call("compare", "sprinkler", other, table, "--keep", "ward", "--folds", "0")
    assert done.exit_code == 0, done.output
    lines = [line for line in done.output.splitlines() if ".toml" in line or "sprinkler" in line]
    assert lines[0].startswith("sprinkler")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fit", "sprinkler", "TABLE"), "no variable is called 'ward'"),
        (("fit", SMALL, "TABLE", "--keep", "ward"), "is no plain table"),
        (("fit", "sprinkler", "nothing.csv"), "no such file"),
        (("validate", "sprinkler", "TABLE", "--target", "rian"), "did you mean 'rain'"),
        (("validate", "sprinkler", "TABLE", "--target", "rain", "--by", "wards"), "wards"),
        (("validate", "sprinkler", "TABLE", "--target", "rain", "--keep", "ward", "--folds", "1"),
         "folds must be at least 2, or 0"),
        (("compare", "sprinkler", "asia", "TABLE", "--folds", "-1"), "folds must be at least 2, or 0"),
        (("criticise", "sprinkler", "TABLE", "--code", "rain"), "write it as"),
        (("compare", "sprinkler", "TABLE"), "at least two networks"),
    ],
)  # fmt: skip
def test_what_is_refused_is_one_line(words, said, table: Path) -> None:
    done = call(*(table if word == "TABLE" else word for word in words))
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_table_of_another_encoding_is_read_by_every_command(tmp_path: Path) -> None:
    people = eg.load("sprinkler").sample(60, 1).assign(café="é")
    file = tmp_path / "old.csv"
    people.to_csv(file, sep="|", index=False, encoding="latin-1")
    said = ("--sep", "|", "--encoding", "latin-1", "--keep", "café")
    for words in (
        ("fit", "sprinkler", file),
        ("validate", "sprinkler", file, "--target", "rain", "--boot", "0"),
        ("criticise", "sprinkler", file, "--draws", "1"),
        ("compare", "sprinkler", "asia", file, "--folds", "0"),
    ):
        done = call(*words, *said)
        assert "not utf-8" not in done.output
        if words[0] != "compare":  # asia does not know these columns
            assert done.exit_code == 0, done.output
    clinic = tmp_path / "clinic.csv"
    eg.load(SMALL).sample(60, 1)[["cause"]].to_csv(clinic, sep="|", encoding="utf-16")
    done = call("update", SMALL, clinic, "--sep", "|", "--encoding", "utf-16", "--keep", "",
                "--parameter", "cause", "--draws", "100")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "name its encoding" in call("fit", "sprinkler", file).output


def test_fit_names_the_tables_that_no_case_speaks_of(tmp_path: Path) -> None:
    file = tmp_path / "few.csv"
    eg.load("asia").sample(50, 1)[["smoking", "bronchitis"]].to_csv(file, index=False)
    done = call("fit", "asia", file)
    assert done.exit_code == 0, done.output
    assert "tables are as they were" in done.output
    assert "visit_to_asia" in done.output


def test_what_a_format_keeps_of_ranges_is_said(table: Path, tmp_path: Path) -> None:
    done = call("fit", "sprinkler", table, "--keep", "ward", "-o", tmp_path / "fitted.bif")
    assert done.exit_code == 0, done.output
    assert "other programs read:" in done.output
    assert "nothing is lost for etiograph" in done.output or "nothing is left out" in done.output


def test_warnings_of_a_table_are_printed(tmp_path: Path) -> None:
    clinic = tmp_path / "clinic.csv"
    pd.DataFrame({"cause": ["yes", "no"] * 20, "sign": "present"}).to_csv(clinic, index=False)
    words = ("update", SMALL, clinic, "--draws", "100")
    done = call(*words)
    assert done.exit_code == 0, done.output
    assert "warning: all rows that say it have sign = present" in done.output
    assert "warning" not in call(*words, "--given", "sign=present").output


def test_a_line_of_progress_has_a_bar_where_its_end_is_known(monkeypatch) -> None:
    from io import StringIO

    import rich.console

    from etiograph.commands.table_options import status_line
    from etiograph.progress import Begun

    screen = StringIO()
    terminal = rich.console.Console(file=screen, force_terminal=True, width=80)
    monkeypatch.setattr(rich.console, "Console", lambda **_: terminal)
    with status_line() as progress:
        progress(Begun("check: draw", 2, 2))
        progress(Begun("maximum: step", 3))
    assert "check: draw 2 of 2" in screen.getvalue()
    monkeypatch.undo()
    assert "step" not in call("update", SMALL, "nothing.csv").output


@pytest.mark.parametrize("width", [40, 200])
def test_no_name_and_no_number_is_cut_short(width: int, monkeypatch) -> None:
    from io import StringIO

    from rich.console import Console

    from etiograph.commands import printing

    screen = StringIO()
    terminal = Console(file=screen, force_terminal=True, width=width, highlight=False, markup=False)
    monkeypatch.setattr(printing, "console", lambda: terminal)
    cells = ("serum_magnesium.magnesium_depletion", "-0.0993 (-0.15 to -0.04)", "a_b, [c], x y")
    printing.show_rows("number", "published", "given", rows=[cells], words=True)
    lines = screen.getvalue().splitlines()
    assert len(lines) == (6 if width < 60 else 2)
    for cell in cells:
        assert any(cell in line for line in lines)


def test_names_are_whole_where_there_is_no_terminal(tmp_path: Path) -> None:
    """They were cut to the 80 columns of a file that has none."""
    net = eg.load(SMALL)
    number = net.parameters["cause"]
    clinic = tmp_path / "clinic.csv"
    pd.DataFrame({"cause": ["yes", "no"] * 60}).to_csv(clinic, index=False)
    done = call("update", SMALL, clinic, "--draws", "100")
    (line,) = (each for each in done.output.splitlines() if each.startswith("cause"))
    assert f"{number.value:.3g} ({number.low:.3g} to {number.high:.3g})" in line


@pytest.mark.parametrize("words", [
    ("update", SMALL, "CLINIC", "--draws", "100", "-o", "out.toml"),
    ("fit", "sprinkler", "TABLE", "--keep", "ward", "-o", "out.bif"),
    ("validate", "sprinkler", "TABLE", "--keep", "ward", "--target", "rain", "--boot", "0", "-o", "out.csv"),
    ("criticise", "sprinkler", "TABLE", "--keep", "ward", "--draws", "1", "-o", "out.csv"),
    ("compare", "sprinkler", "SAME", "TABLE", "--keep", "ward", "--folds", "0", "-o", "out.csv"),
])  # fmt: skip
def test_what_was_found_is_written_before_it_is_printed(
    words, table: Path, tmp_path: Path, monkeypatch
) -> None:
    """A reader that ends early, such as ``head``, took the file away with the rest of the lines."""

    def ended(*arguments: object, **options: object) -> None:
        raise BrokenPipeError

    for module in ("cohort", "learn"):
        monkeypatch.setattr(f"etiograph.commands.{module}.show_rows", ended)
    clinic, same = tmp_path / "clinic.csv", tmp_path / "same.toml"
    pd.DataFrame({"cause": ["yes", "no"] * 60}).to_csv(clinic, index=False)
    eg.load("sprinkler").with_parameters({"rain.yes": 0.3}).save(same)
    named = {"TABLE": table, "CLINIC": clinic, "SAME": same}
    out = tmp_path / words[-1]
    assert call(*(named.get(word, word) for word in words[:-1]), out).exit_code != 0
    assert out.is_file()


def test_how_much_numbers_may_differ_is_said(tmp_path: Path) -> None:
    clinic = tmp_path / "clinic.csv"
    pd.DataFrame({"cause": ["yes", "no"] * 20}).to_csv(clinic, index=False)
    words = ("update", SMALL, clinic, "--draws", "100", "--parameter", "cause", "--may-differ")
    twice, also, thrice = (call(*words, said).output for said in ("cause", "cause=2", "cause=3"))
    assert twice == also != thrice
    for said, why in (
        ("cause=x", "write it as"),
        ("cause=0", "above 0"),
        ("cuase=2", "did you mean 'cause'"),
    ):
        assert why in call(*words, said).output
