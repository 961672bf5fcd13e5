"""The command line: what it prints, what it refuses, how it leaves."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import etiograph as eg
from etiograph.commands import cli, explore
from etiograph.decision import words
from etiograph.engine import warm

SPRINKLER = """
format = 1

[about]
name = "garden"
title = "Wet grass"
version = "1.0.0"
target = "wet_grass"
causes = ["rain", "sprinkler"]

[variables.rain]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.rows = [{ p = { yes = 0.2 } }]

[variables.sprinkler]
states = ["no", "yes"]
mechanism.kind = "table"
mechanism.parents = ["rain"]
mechanism.rows = [
    { when = { rain = "no" }, p = { yes = 0.4 } },
    { when = { rain = "yes" }, p = { yes = 0.0 } },
]

[variables.wet_grass]
states = ["absent", "present"]
mechanism.kind = "table"
mechanism.parents = ["rain", "sprinkler"]
mechanism.rows = [
    { when = { rain = "no", sprinkler = "no" }, p = { present = 0.0 } },
    { when = { rain = "no", sprinkler = "yes" }, p = { present = 0.9 } },
    { when = { rain = "yes" }, p = { present = 0.8 } },
]

[flags.flood]
label = "Flood"

[[rules]]
id = "r1"
level = "urgent"
when = { flood = "present" }
message = "Leave the garden."
source = "expert"
"""
# P(wet) = 0.8 * 0.4 * 0.9 + 0.2 * 0.8 = 0.448; P(rain | wet) = 0.16 / 0.448
P_RAIN_IF_WET = 0.16 / 0.448


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    path = tmp_path / "garden.toml"
    path.write_text(SPRINKLER, encoding="utf-8")
    return path


def call(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def table_rows(text: str) -> dict[str, list[str]]:
    """The lines of the printed table by their first words."""
    rows = (re.split(r"\s{2,}", line.strip()) for line in text.splitlines())
    return {row[0]: row[1:] for row in rows if len(row) > 1}


def test_ask_ranks_causes_with_baseline(garden: Path) -> None:
    done = call("ask", garden, "wet_grass=present")
    assert done.exit_code == 0, done.output
    rows = table_rows(done.output)
    assert rows["rain"] == ["36 %", "20 %"]
    assert rows["sprinkler"] == ["64 %", "32 %"]
    assert done.output.index("sprinkler") < done.output.index("rain")
    assert "Not a medical device" in done.output


def test_ask_carries_version_digest_and_findings(garden: Path) -> None:
    text = call("ask", garden, "wet_grass=present").output
    assert "garden 1.0.0" in text
    assert eg.load(garden).digest()[:12] in text
    assert f"etiograph {eg.__version__}" in text
    assert "Known: wet_grass = present" in text


def test_ask_a_line_as_it_is_said(garden: Path) -> None:
    done = call("ask", garden, "--line", "wet grass, hello 12", "--json")
    assert done.exit_code == 0, done.output
    assert "not entered: hello 12 (not understood)" in done.output
    assert '"wet_grass": "present"' in done.output


def test_red_flag_comes_first(garden: Path) -> None:
    text = call("ask", garden, "flood=present").output
    assert "URGENT: Leave the garden." in text
    assert text.index("URGENT") < text.index("Possible causes")


def test_ask_json_is_exact(garden: Path) -> None:
    answer = json.loads(call("ask", garden, "wet_grass=present", "--json").output)
    p = {row["cause"]: row["p"] for row in answer["rows"]}
    assert p["rain"] == pytest.approx(P_RAIN_IF_WET, abs=1e-12)
    assert answer["findings"] == {"wet_grass": "present"}


def test_ask_do_cuts_the_arrow(garden: Path) -> None:
    seen = json.loads(call("ask", garden, "sprinkler=yes", "--json").output)
    done = json.loads(call("ask", garden, "--do", "sprinkler=yes", "--json").output)
    assert {row["cause"]: row["p"] for row in seen["rows"]}["rain"] == 0.0
    p_done = {row["cause"]: row["p"] for row in done["rows"]}
    assert p_done["rain"] == pytest.approx(0.2, abs=1e-12)


def test_ask_says_more_when_asked(garden: Path) -> None:
    text = garden.read_text(encoding="utf-8")
    ranged = 'yes = { value = 0.4, low = 0.2, high = 0.6, grade = "C", evidence = ["E1"] }'
    garden.write_text(text.replace("yes = 0.4", ranged), encoding="utf-8")
    words = ["--intervals", "--why", "--next", "--tornado"]
    done = call("ask", garden, "wet_grass=present", *words)
    assert done.exit_code == 0, done.output
    assert "90 % interval" in done.output
    # odds 0.64 / 0.36 over 0.32 / 0.68
    rows = table_rows(done.output)
    p = 0.8 * 0.4 * 0.9 / 0.448
    factor = (p / (1 - p)) / (0.32 / 0.68)
    assert float(rows["Wet grass: present"][0]) == pytest.approx(factor, rel=0.02)
    assert rows["all together"][0] == rows["Wet grass: present"][0]
    assert rows["sprinkler.no"][:2] == ["0.2", "0.6"]
    assert rows["sprinkler.no"][-1] == "C: E1"
    # To know the rain is to know the sprinkler: all the doubt there is, in bits.
    assert "Ask or test next about which causes are there" in done.output


def test_ask_of_one_who_is_known_through_and_through(garden: Path) -> None:
    done = call("ask", garden, "rain=no", "sprinkler=yes", "--why", "--next")
    assert done.exit_code == 0, done.output


def test_ask_had(garden: Path) -> None:
    done = call("ask", garden, "wet_grass=present", "--had", "sprinkler=no", "--json")
    answer = json.loads(done.output)
    assert answer["kind"] == "had"
    assert answer["changes"] == {"sprinkler": "no"}
    assert {row["cause"]: row["p"] for row in answer["rows"]} == {
        "rain": pytest.approx(P_RAIN_IF_WET, abs=1e-12)
    }


def test_report_in_three_forms(garden: Path, tmp_path: Path) -> None:
    printed = call("report", garden, "wet_grass=present")
    assert printed.exit_code == 0, printed.output
    assert eg.load(garden).digest() in printed.output
    for name in ("r.html", "r.json", "r.txt"):
        done = call("report", garden, "wet_grass=present", "-o", tmp_path / name)
        assert done.exit_code == 0, done.output
        assert "Wet grass" in (tmp_path / name).read_text(encoding="utf-8")
    assert call("report", garden, "-o", tmp_path / "r.xyz").exit_code == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rian=yes"], "did you mean 'rain'"),
        (["rain=yess"], "did you mean 'yes'"),
        (["rain"], "name=state"),
        (["rain=yes", "sprinkler=yes"], "rain"),
        (["rain=3 mmol/L"], "rain"),
    ],
)
def test_refusals_are_short_and_leave_with_2(garden: Path, words: list[str], message: str) -> None:
    done = call("ask", garden, *words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert done.stderr.startswith("etiograph: ")
    assert done.stdout == ""
    assert "Traceback" not in done.output


def test_misspelt_network() -> None:
    done = call("ask", "leg_cramp")
    assert done.exit_code == 2
    assert "did you mean 'leg_cramps'" in done.stderr


def test_check_says_what_is_in_a_file(garden: Path) -> None:
    done = call("check", garden)
    assert done.exit_code == 0, done.output
    assert "3 variables, 3 arrows" in done.output
    assert done.output.rstrip().endswith("ok")


def test_check_says_where_a_file_is_wrong(garden: Path) -> None:
    garden.write_text(SPRINKLER.replace("yes = 0.4", "yes = 1.4"), encoding="utf-8")
    done = call("check", garden)
    assert done.exit_code == 2
    assert "garden.toml" in done.stderr
    assert "1.4" in done.stderr


def test_convert_to_bif_and_back(garden: Path, tmp_path: Path) -> None:
    bif, back = tmp_path / "g.bif", tmp_path / "back.toml"
    assert call("convert", garden, bif).exit_code == 0
    assert call("convert", bif, back).exit_code == 0
    network = eg.load(back)
    assert network.case(wet_grass="present").posterior()["rain"]["yes"] == pytest.approx(
        P_RAIN_IF_WET, abs=1e-12
    )


def test_ask_says_which_numbers_move_what_is_behind_the_outcome() -> None:
    known = {"leg_cramps": "present", "diuretic": "thiazide"}
    said = call("ask", "leg_cramps", *(f"{n}={v}" for n, v in known.items()), "--tornado").output
    case = eg.load("leg_cramps").case(known)
    first = "prolonged_sitting_or_standing"  # of what is not known
    tornado = case.tornado(first, acted=True)
    there = case.tornado(first)
    assert tornado.answer < there.answer  # it may be there and have no part in it
    about = "how often long sitting or standing is behind leg cramps"
    assert f"{about} ({words.percent(tornado.answer)})" in " ".join(said.split())
    assert tornado.bars[0].name[:20] in said


def test_numbers_without_ranges_have_no_intervals() -> None:
    done = call("ask", "asia", "x_ray=abnormal", "--intervals", "--tornado")
    assert done.exit_code == 0
    assert "state no ranges" in done.stdout
    assert "90 %" not in done.stdout


def test_convert_takes_a_bundled_network_by_name(tmp_path: Path) -> None:
    assert call("convert", "asia", tmp_path / "asia.bif").exit_code == 0
    assert eg.load(tmp_path / "asia.bif").variables.keys() == eg.load("asia").variables.keys()


@pytest.mark.parametrize("extension", ["json", "xmlbif", "xdsl", "net", "dne", "uai", "bif.gz"])
def test_convert_says_what_is_kept_and_check_reads_it(
    extension: str, garden: Path, tmp_path: Path
) -> None:
    target = tmp_path / f"g.{extension}"
    done = call("convert", garden, target)
    assert done.exit_code == 0
    assert "other programs read: " in done.output
    told = "nothing is left out" if extension == "json" else "nothing is lost for etiograph"
    assert told in done.output
    checked = call("check", target)
    assert checked.exit_code == 0
    assert checked.output == call("check", garden).output


def test_convert_counts_what_others_do_not_find(garden: Path, tmp_path: Path) -> None:
    garden.write_text(SPRINKLER.replace('"yes"', '"yes, much"').replace("yes =", "'yes, much' ="))
    said = call("convert", garden, tmp_path / "g.bif").stdout
    assert "1 name in a spelling of letters, digits and underscores" in said
    assert "1 flag, 1 rule, 4 statements about the network" in said


PGMX = """<ProbModelXML><ProbNet type="BayesianNetwork"><Variables>
<Variable name="a" type="finiteStates"><States><State name="no"/><State name="yes"/></States></Variable>
</Variables><Potentials><Potential type="Table"><Variables><Variable name="a"/></Variables>
<Values>0.8 0.2</Values><UncertainValues><Value distribution="Beta">8 2</Value>
<Value distribution="Beta">2 8</Value></UncertainValues></Potential></Potentials></ProbNet></ProbModelXML>
"""


def test_check_and_convert_of_pgmx(tmp_path: Path) -> None:
    path = tmp_path / "n.pgmx"
    path.write_text(PGMX, encoding="utf-8")
    checked = call("check", path)
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.splitlines()[0] == "n.pgmx"
    assert "1 variable, 0 arrows, 1 number with a name" in checked.stdout
    assert "1 range, 1 name of numbers" in call("convert", path, tmp_path / "n.net").stdout
    assert eg.load(tmp_path / "n.net") == eg.load(path)
    refused = call("convert", tmp_path / "n.net", tmp_path / "m.pgmx")
    assert refused.exit_code == 2
    assert "PGMX (.pgmx) is read and not written" in refused.stderr


@pytest.mark.parametrize("extension", ["bif", "json", "xdsl"])
def test_check_of_a_file_that_left_its_evidence_behind(extension: str, tmp_path: Path) -> None:
    path = tmp_path / f"n.{extension}"
    assert call("convert", "leg_cramps", path).exit_code == 0
    checked = call("check", path)
    assert checked.exit_code == 0, checked.output
    assert "evidence.csv is not beside the file" in checked.stderr


def test_a_warning_is_one_line_without_code(garden: Path, tmp_path: Path) -> None:
    path = tmp_path / "n.uai"
    path.write_text("BAYES\n1\n2\n1\n1 0\n2\n0.5 0.5\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "etiograph.commands.cli", "check", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines() == [
        f"warning: {path}: the format has no names; variables and states are called by number"
    ]


def test_convert_refuses_an_unknown_form(garden: Path, tmp_path: Path) -> None:
    done = call("convert", garden, tmp_path / "g.xyz")
    assert done.exit_code == 2
    assert ".xyz" in done.stderr


def test_score_writes_a_row_a_case(garden: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "cases.csv", tmp_path / "scored.csv"
    table.write_text("id,wet_grass,sprinkler\n=1+1,present,\nb,,yes\n", encoding="utf-8")
    done = call("score", garden, table, "-o", out, "--keep", "id")
    assert done.exit_code == 0, done.output
    assert "2 rows" in done.stdout
    scored = pd.read_csv(out)
    assert list(scored["id"]) == ["'=1+1", "b"]
    assert scored["rain=yes"].tolist() == pytest.approx([P_RAIN_IF_WET, 0.0], abs=1e-12)


def test_score_misspelt_column(garden: Path, tmp_path: Path) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("wet_gras\npresent\n", encoding="utf-8")
    done = call("score", garden, table, "-o", tmp_path / "out.csv")
    assert done.exit_code == 2
    assert "did you mean 'wet_grass'" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_explorer_stays_on_this_machine() -> None:
    command = explore.explorer_command(8600, browser=False)
    assert command[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert "--server.address=127.0.0.1" in command
    assert "--browser.gatherUsageStats=false" in command
    assert "--server.headless=true" in command


@pytest.mark.parametrize("there", [True, False])
def test_the_very_first_start_compiles_before_it_serves_and_says_so(monkeypatch, there) -> None:
    done: list[str] = []
    monkeypatch.setattr(warm, "is_warm", lambda: there)
    monkeypatch.setattr(warm, "warm_up", lambda: done.append("compiled"))
    monkeypatch.setattr(explore, "become", lambda command, environment: done.append("served"))
    said = call("explore", "sprinkler")
    assert done == (["served"] if there else ["compiled", "served"])
    assert ("first time only" in said.stderr) is not there


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.skipif(sys.platform == "win32", reason="a process can't be replaced there")
def test_nothing_is_served_after_the_command_was_ended(signal_, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "etiograph.commands.cli",
        "explore",
        "leg_cramps",
        f"--port={port}",
    ]
    with (tmp_path / "log.txt").open("w") as log:
        served = subprocess.Popen([*command, "--no-browser"], stdout=log, stderr=log, cwd=tmp_path)
    try:
        until_served(served, port, tmp_path / "log.txt")
        served.send_signal(signal_)
        served.wait(timeout=120)
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            pass
    finally:
        served.kill()
        served.wait()


def until_served(served: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until the explorer answers on a port; fail if the process has stopped."""
    while served.poll() is None:
        try:
            health = f"http://127.0.0.1:{port}/_stcore/health"
            with urllib.request.urlopen(health, timeout=1) as answer:
                if answer.read() == b"ok":  # a port that listens need not heed a signal yet
                    return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)  # polling a starting process, not waiting out a race
    raise RuntimeError(log.read_text())


def test_version() -> None:
    done = call("--version")
    assert done.exit_code == 0
    assert done.output.strip() == f"etiograph {eg.__version__}"


def test_the_installed_command_answers_and_stays_light(tmp_path: Path) -> None:
    """The example of the README, from a cold process, importing none of the slow libraries."""
    code = (
        "import sys; from etiograph.commands.cli import main\n"
        "try: main()\n"
        "finally: print('MODULES', *sys.modules)"
    )
    words = ["ask", "leg_cramps", "diuretic=thiazide", "leg_cramps=present"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "serum_magnesium=0.62 mmol/L"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    text, _, modules = done.stdout.partition("MODULES")
    assert "agnesium" in text
    heavy = {"pgmpy", "pandas", "streamlit", "pyarrow"}
    assert not {name.partition(".")[0] for name in modules.split()} & heavy


def test_no_traceback_from_a_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "etiograph.commands.cli", "ask", "leg_cramps", "diuretc=thiazide"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert (
        done.stderr.strip()
        == "etiograph: no variable is called 'diuretc'; did you mean 'diuretic'?"
    )
    assert done.stdout == ""


def test_report_of_a_changed_world(garden: Path) -> None:
    done = call("report", garden, "wet_grass=present", "--had", "sprinkler=no")
    assert done.exit_code == 0, done.output
    assert "had this been otherwise" in done.output


def test_ask_ranks_what_acted_where_the_outcome_is_found() -> None:
    """A known cause stays in the list, and is not the one that is explained."""
    from etiograph.query.attribution import attribution

    found = ["diuretic=thiazide", "leg_cramps=present"]
    done = call("ask", "leg_cramps", *found, "--top", 30, "--why", "--next")
    assert done.exit_code == 0, done.output
    rows = table_rows(done.output)
    whole = attribution(
        eg.load("leg_cramps"), {"diuretic": "thiazide", "leg_cramps": "present"}, "leg_cramps",
        needed=False,
    )  # fmt: skip
    assert rows["diuretic: thiazide"][:2] == [f"{100 * whole['diuretic'].fired:.0f} %", "100 %"]
    assert "had a part" in done.output
    named = {"leak", "diuretic", "cramp_tendency"}
    first = next(share.cause for share in whole.causes if share.cause not in named)
    assert f"Why {eg.load('leg_cramps').variables[first].label}" in done.output
    answer = json.loads(call("ask", "leg_cramps", *found, "--json").output)
    acted = [row["behind"] for row in answer["rows"]]
    assert acted == sorted(acted, reverse=True)
    assert answer["alone"] == pytest.approx(whole.idiopathic.only)
    assert rows["no known cause (idiopathic)"] == [f"{100 * whole.idiopathic.only:.0f} %"]
    assert not any(row["cause"].startswith("cramp_tendency") for row in answer["rows"])
    before = json.loads(call("ask", "leg_cramps", "diuretic=thiazide", "--json").output)
    assert before["assumed"]  # of people who have the outcome: else nothing has to be explained
    assert before["alone"] is not None
    assert all(row["behind"] is not None for row in before["rows"] if row["variable"] == "statin")


CODED = """sprinkler;wet_grass;rain;id
1;present;yes;a
2;;no;-1.5
9;present;NA;NA
"""


def test_score_options(garden: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "cases.csv", tmp_path / "scored.csv"
    table.write_text(CODED, encoding="utf-8")
    done = call(
        "score", garden, table, "-o", out, "--of", "rain", "--keep", "id", "--leave-out", "rain",
        "--code", "sprinkler:1=yes", "--code", "sprinkler:2=no", "--missing", "9", "--sep", ";",
        "--encoding", "utf-8",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.stderr.strip() == ""
    scored = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert scored["id"].tolist() == ["a", "-1.5", "NA"]
    network = eg.load(garden)
    for p, findings in zip(
        scored["rain=yes"],
        [
            {"sprinkler": "yes", "wet_grass": "present"},
            {"sprinkler": "no"},
            {"wet_grass": "present"},
        ],
        strict=True,
    ):
        want = network.case(findings).posterior()["rain"]["yes"]
        assert float(p) == pytest.approx(want, abs=1e-12)


def test_score_says_when_the_target_answers_itself(garden: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "cases.csv", tmp_path / "scored.csv"
    table.write_text("rain,wet_grass\nyes,present\n", encoding="utf-8")
    done = call("score", garden, table, "-o", out, "--of", "rain")
    assert done.exit_code == 0
    assert "--leave-out rain" in done.stderr
    blind = call("score", garden, table, "-o", out, "--of", "rain", "--leave-out", "rain")
    assert blind.stderr.strip() == ""


def test_score_passes_over_what_it_is_told_to(garden: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "cases.csv", tmp_path / "scored.csv"
    table.write_text("wet_grass\npresent\nsoaking\n", encoding="utf-8")
    refused = call("score", garden, table, "-o", out)
    assert refused.exit_code == 2
    assert "in row 2 of cases.csv (line 3), column 'wet_grass'" in refused.stderr
    done = call("score", garden, table, "-o", out, "--on-error", "skip")
    assert done.exit_code == 0
    assert "1 row could not be read" in done.stderr
    assert "row 2 of cases.csv (line 3),wet_grass,soaking" in (
        tmp_path / "scored.errors.csv"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--on-error", "ignore"), "on_error"),
        (("--unit", "wet_grass"), "COLUMN=UNIT"),
        (("--unit", "wet_grass=mmol/L"), "not a reading"),
        (("--code", "wet_grass=1"), "COLUMN:CELL=STATE"),
        (("--sep", "::"), "one character"),
        (("--encoding", "klingon"), "klingon"),
        (("--leave-out", "wet_gras"), "did you mean 'wet_grass'"),
        (("--do", "rain=maybe"), "maybe"),
        (("--do", "rain=yes", "--after", "rain=no"), "both"),
    ],
)
def test_score_options_that_are_refused(
    garden: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    table = tmp_path / "cases.csv"
    table.write_text("wet_grass\npresent\n", encoding="utf-8")
    done = call("score", garden, table, "-o", tmp_path / "out.csv", *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("signal_", "resume"),
    [
        (signal.SIGTERM, False),
        pytest.param(signal.SIGINT, False, marks=pytest.mark.long),
        (signal.SIGKILL, True),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="other signals there")
def test_score_that_was_ended(signal_, resume: bool, tmp_path: Path) -> None:
    """Nothing half written is left; a run that is to be resumed goes on from what was done."""
    table, out, want = (tmp_path / name for name in ("cases.csv", "out.csv", "want.csv"))
    eg.load("sprinkler").sample(200_000, 0)[["rain", "wet_grass"]].to_csv(table, index=False)
    command = [sys.executable, "-m", "etiograph.commands.cli", "score", "sprinkler", str(table)]
    flags = ["--resume"] if resume else []
    partial = tmp_path / ".out.csv.partial"
    with subprocess.Popen([*command, "-o", str(out), *flags], stderr=subprocess.DEVNULL) as scoring:
        while scoring.poll() is None and not (partial.exists() and partial.stat().st_size > 100):
            time.sleep(0.001)  # polling a process, not waiting out a race
        scoring.send_signal(signal_)
        assert scoring.wait(timeout=300) != 0
    left = {path.name for path in tmp_path.iterdir()} - {"cases.csv"}
    killed = {".out.csv.partial"} if signal_ == signal.SIGKILL else set()
    assert left - killed == ({".out.csv.parts"} if resume else set())
    subprocess.run([*command, "-o", str(out), *flags], check=True, capture_output=True)
    assert call("score", "sprinkler", table, "-o", want).exit_code == 0
    # Equal but for rounding: the same rows may be answered by another program the second time.
    pd.testing.assert_frame_equal(pd.read_csv(out), pd.read_csv(want), rtol=0, atol=1e-12)
    assert {path.name for path in tmp_path.iterdir()} == {"cases.csv", "out.csv", "want.csv"}


def test_any_variable_is_asked_for() -> None:
    asia = eg.load("asia")
    done = call("ask", "asia", "dyspnoea=present", "--of", "smoking", "--json")
    asked = json.loads(done.output)["asked"]
    seen, base = asia.case(dyspnoea="present").posterior(), asia.case().posterior()
    assert [(a["state"], a["p"], a["p_baseline"], a["interval"]) for a in asked] == [
        (s, pytest.approx(seen["smoking"][s]), pytest.approx(base["smoking"][s]), None)
        for s in asia.variables["smoking"].states
    ]
    assert "Asked for" in call("ask", "asia", "dyspnoea=present", "--of", "smoking").output
    assert "did you mean 'smoking'" in call("ask", "asia", "--of", "smokin").output
    # A test is told with what it is expected to read, unless its value is known.
    asked = ("ask", "leg_cramps", "--of", "serum_potassium")
    assert "Expected of serum potassium" in call(*asked).output
    known = call(*asked, "--do", "serum_potassium=low")
    assert known.exit_code == 0
    assert "Expected of" not in known.output
