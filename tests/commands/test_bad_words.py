"""Whatever words stand on the command line: exit code 0 or 2 and a few words, never a traceback."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

import etiograph as eg
from etiograph.commands.cli import app
from etiograph.errors import UnreadableFile

WORDS = (
    "", " ", "=", "==", "!=", "=yes", "smoking", "smoking=", "smoking==yes", "smoking!=yes",
    "smoking!=", "smoking=!yes", "smoking=yes,no", "smoking=yes|no", "smoking=YES", " smoking = yes",
    "smoking=\0", "smoking=\ud800", "smoking=" + "y" * 50_000, "x" * 50_000 + "=yes", "smoking=None",
    "smoking=nan", "smoking=1", "smoking=unknown", "smoking={'yes':1}", "smoking=[]", "smoking=yes=no",
    "smoking:yes", "smoking=yes\nx_ray=normal", "smo\u0308king=yes", "smoking=1e999",
    "smoking=0.62 mmol/L", "\u202esmoking=yes", "smoking=<b>", "smoking='yes'", "%s=%s", "{}={}",
    "[bold]=x", "smoking=[/]", "smoking:1=yes", "smoking:=yes", ":1=yes", "smoking:1=typo", "a=b=c",
    "smoking=mg/dL", "smoking=yes",
)  # fmt: skip
FEW = (
    "", "=", "smoking", "smoking=", "smoking=yes", "=yes", "smoking:1=yes", "smoking:=yes", ":1=yes",
    "smoking:1=typo", "a=b=c", "smoking=mg/dL", "typo=mg/dL", "smoking=\0", "\ud800", "x" * 50_000, "[/]",
)  # fmt: skip
"""For options that are read alike."""
READINGS = (
    "0.62 mmol/L", "0,62", "0.62", "<0.01", "<0.01 mmol/L", ">= 5 mmol/L", "<", "0.62 furlong", "mmol/L",
    "-1 mmol/L", "1e999 mmol/L", "nan mmol/L", "-inf mmol/L", "0.6.2", "0,6,2 mmol/L", "1e-400 mmol/L",
    "1_000 mmol/L", "\u0660\u066b\u0666 mmol/L", "\uff10.62 mmol/L", "0.6\u00b2 mmol/L", "\u00bd mmol/L",
    "0x10 mmol/L", "1e308 mmol/L", ">1e9 mmol/L", "<<1 mmol/L", "0.6-0.7 mmol/L", "0.62\u00b10.1 mmol/L",
    "low", "LOW", "1" * 5000, "1" + "0" * 400 + " mmol/L", "[[]]",
)  # fmt: skip
ODD_PATHS = ("", ".", "no/x", "a" * 5000, "x\0", "folder", "full")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    small = Path(__file__).parents[1] / "learning" / "small.toml"
    (folder / "small.toml").write_text(small.read_text())
    (folder / "cohort.csv").write_text("cause,sign\nyes,present\nno,absent\n,\n")
    (folder / "cases.csv").write_text("smoking,x_ray\nyes,normal\nno,abnormal\n,\n")
    for suffix in ("toml", "bif", "csv", "html", "json", "md"):
        (folder / f"folder.{suffix}").mkdir()
    return folder


@pytest.fixture(autouse=True)
def _inside(folder, monkeypatch):
    monkeypatch.chdir(folder)


def run(*words: object) -> str:
    """It answers, or says in a few words why it does not; what it said on stderr."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise AssertionError(f"{words!r:.300}: {done.exception!r}") from done.exception
    assert done.exit_code in (0, 2), (words, done.output)
    assert "Traceback" not in done.output, words
    if done.exit_code == 2:
        assert 0 < len(done.stderr.strip()) < 3000, words
    return done.stderr if done.exit_code == 2 else ""


@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_findings_and_changes(word):
    run("ask", "asia", "--", word)
    run("report", "asia", "--", word)
    for kind in ("--do", "--had", "--after"):
        run("ask", "asia", "smoking=yes", kind, word)
    run("ask", "asia", "--do", "smoking=yes", "--do", word)


@pytest.mark.parametrize("word", READINGS, ids=range(len(READINGS)))
def test_measured_values(word):
    for name in ("level", "level!"):
        run("ask", "small.toml", f"{name}={word}", "--json")
    run("ask", "small.toml", "--do", f"level={word}", "--json")


@pytest.mark.parametrize(
    "option",
    [
        *("--unit", "--do", "--after", "--code", "--of", "--keep", "--leave-out", "--missing"),
        *("--on-error", "--sep", "--encoding"),
    ],
)
def test_options_of_score(option):
    encodings = ("rot13", "base64", "undefined", "utf-7", "idna", "punycode", "utf-16", "latin-1")
    for word in encodings if option == "--encoding" else FEW:
        run("score", "asia", "cases.csv", "-o", "out.csv", option, word)


@pytest.mark.parametrize(
    "option",
    [
        "--given",
        "--may-differ",
        "--parameter",
        "--cohort",
        "--date",
        "--unit",
        "--keep",
        "--missing",
    ],
)
def test_options_of_update(option):
    taken_as_it_is = option in ("--cohort", "--date")
    for word in FEW[-3:] if taken_as_it_is else FEW:
        word = word.replace("smoking", "cause")
        run("update", "small.toml", "cohort.csv", "--draws", "100", option, word)


def test_amounts_of_memory():
    for word in ("0", "-1", "nan", "inf", "1XiB", "GiB", "9" * 400, "1e9", "\uff11GiB", "1.5 GiB"):
        run("--limit", word, "ask", "asia")
    with pytest.raises(eg.InvalidFinding, match="amount of memory"), eg.memory_limit("9" * 400):
        pass


@pytest.mark.parametrize("path", ODD_PATHS, ids=range(len(ODD_PATHS)))
def test_where_things_are_read_from_and_written_to(path):
    def place(suffix: str) -> str:
        return "/dev/full" if path == "full" else path + suffix

    for suffix in ("", ".toml", ".bif"):
        run("ask", place(suffix))
    run("score", "asia", place(".csv"), "-o", "out.csv")
    run("score", "asia", "cases.csv", "-o", place(".csv"))
    run("report", "asia", "-o", place(".html"))
    run("convert", "asia", place(".bif"))
    run("check", "asia", "--against", place(".toml"))
    run("project", "asia", place(".toml"))
    run("check-engine", place(""))


def test_a_folder_is_called_one(folder):
    for ask in (
        lambda: eg.load(folder),
        lambda: eg.load("asia").posteriors(folder / "folder.csv"),
    ):
        with pytest.raises(UnreadableFile, match="this is a folder"):
            ask()
    for words in (
        ("ask", folder),
        ("score", "asia", "folder.csv", "-o", "out.csv"),
        ("check", "asia", "--against", "folder.toml"),
        ("update", "small.toml", "folder.csv"),
    ):
        assert "this is a folder" in run(*words)
    assert "cannot be written" in run("report", "asia", "-o", "no/x.html")
    assert "cannot be written" in run("convert", "asia", "folder.bif")
    assert "cannot be written" in run("update", "small.toml", "cohort.csv", "-o", "folder.toml")


@pytest.mark.parametrize("name", ["os:path", "json:loads", "..:x", "fractions:Fraction", "os:typo"])
def test_what_is_no_adaptor_of_an_engine(name):
    assert run("check-engine", name)
