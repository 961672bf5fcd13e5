from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName, UnreadableFile
from etiograph.formats.native import dumps_native, edited, load_native, loads_native, save_native
from etiograph.network.network import Network

MODEL = """\
# A small clinic.
format = 1

[about]
name = "clinic"
target = "cramps"
causes = ["low_salt"]
groups = ["Background", "Body"]

[variables.age]
states = ["young", "middle", "old"]
group = "Background"
[variables.age.mechanism]
kind = "table"
rows = [{p = {middle = 0.3, old = {value = 0.2, low = 0.1, high = 0.3, grade = "D"}}}]

[variables.drug]
states = ["none", "water_pill"]  # the old name
mechanism.kind = "table"
mechanism.parents = ["age"]
[[variables.drug.mechanism.rows]]
when = {age = ["young", "middle"]}
p.water_pill = 0.05
[[variables.drug.mechanism.rows]]
when = {age = "old"}
p.water_pill = 0.4

[variables.low_salt]
states = ["absent", "present"]
mechanism.kind = "noisy_or"
mechanism.leak = 0.01
[[variables.low_salt.mechanism.links]]
parent = "drug"
strength = {water_pill = {value = 3.0, kind = "odds_ratio", baseline = 0.1, evidence = ["E1"]}}

[variables.cramps]
states = ["absent", "present"]
recurring = true
mechanism.kind = "logit"
mechanism.baseline = {present = 0.3}
[[variables.cramps.mechanism.effects]]
parent = "low_salt"
odds_ratio = {present = 2.5}

[variables.sodium]
states = ["normal", "low"]
[variables.sodium.mechanism]
kind = "reading"
unit = "mmol/L"
mean = 140
sd = 3.0
plausible = [90.0, 200.0]
bins = ["low", "normal"]
cutpoints = [135.0]
[[variables.sodium.mechanism.shifts]]
parent = "low_salt"
shift = {present = -8.0}

[flags.fever]
label = "fever"

[[rules]]
id = "faint"
level = "urgent"
when = {sodium = {below = 120}, fever = "present"}
message = "Go."

[[calibration]]
solve = "cramps.baseline"
of = {cramps = "present"}
given = {age = "old"}
value = 0.5
"""


def test_what_is_read() -> None:
    net = loads_native(MODEL)
    assert list(net.parameters) == [
        "age.middle",
        "age.old",
        "drug.young|middle",
        "drug.old",
        "low_salt.leak",
        "low_salt.drug",
        "cramps.baseline",
        "cramps.low_salt",
        "sodium.mean",
        "sodium.sd",
        "sodium.low_salt",
    ]
    np.testing.assert_allclose(net.table("age"), [0.5, 0.3, 0.2], rtol=1e-15)
    np.testing.assert_allclose(net.table("drug")[:, 1], [0.05, 0.05, 0.4], rtol=1e-15)
    # Odds 1/9 times 3 are a third, P = 1/4; (1/4 - 0.1) / 0.9 = 1/6; with the leak 1 - 0.99 * 5/6.
    np.testing.assert_allclose(net.table("low_salt")[:, 1], [0.01, 0.175], rtol=1e-14)
    assert net.parameters["low_salt.drug"].evidence == ("E1",)
    assert net.variables["cramps"].recurring
    assert net.rules[0]["when"]["sodium"]["below"] == 120
    assert net.about["calibration"][0]["solve"] == "cramps.baseline"
    assert net.flags["fever"].states == ("absent", "present")
    assert net.flags["fever"].role == "flag"


def test_zero_and_one_are_structure() -> None:
    net = loads_native(MODEL.replace("p.water_pill = 0.05", "p.none = 1.0"))
    assert "drug.young|middle.none" not in net.parameters
    assert net.table("drug")[0, 1] == 0.0


def test_rows_of_one_label_name_their_parents() -> None:
    text = MODEL.replace(
        'mechanism.leak = 0.01\n[[variables.low_salt.mechanism.links]]\nparent = "drug"\n'
        'strength = {water_pill = {value = 3.0, kind = "odds_ratio", baseline = 0.1, evidence = ["E1"]}}\n',
        'mechanism.parents = ["fast", "walk"]\nmechanism.rows = [\n'
        '{when={fast="yes"}, p={present=0.5}}, {when={walk="yes"}, p={present=0.4}}, {p={present=0.1}}]\n'
        '[variables.fast]\nstates=["no", "yes"]\nmechanism.kind="table"\nmechanism.array=[0.5, 0.5]\n'
        '[variables.walk]\nstates=["no", "yes"]\nmechanism.kind="table"\nmechanism.array=[0.5, 0.5]\n',
    ).replace('kind = "noisy_or"', 'kind = "table"')
    names = [name for name in loads_native(text).parameters if name.startswith("low_salt")]
    assert names == ["low_salt.fast=yes", "low_salt.walk=yes", "low_salt"]


# F2: old text, new text, error, line, and a part of the message.
MISTAKES = [
    ("format = 1", "format = 2", UnreadableFile, 2, "format 2 is not known"),
    ("format = 1\n", "", UnreadableFile, None, "'format = 1' is missing"),
    (
        'name = "clinic"',
        "name = 3",
        UnreadableFile,
        5,
        "in about.name: expected a valid string, found 3",
    ),
    ('name = "clinic"', 'nmae = "x"', UnknownName, 5, "did you mean 'name'"),
    ('target = "cramps"', 'target = "cramp"', UnknownName, 6, "did you mean 'cramps'"),
    ('causes = ["low_salt"]', 'causes = [\n"low_slat"]', UnknownName, 8, "did you mean 'low_salt'"),
    ('group = "Background"', 'group = "Backround"', UnknownName, 12, "did you mean 'Background'"),
    ('group = "Background"', 'grup = "Background"', UnknownName, 12, "did you mean 'group'"),
    ('"middle", "old"]', '"middle", "old", "old"]', InvalidNetwork, 11, "'old' is listed twice"),
    ("middle = 0.3", "midle = 0.3", UnknownName, 15, "did you mean 'middle'"),
    ("middle = 0.3", "middle = -0.3", InvalidNetwork, 15, "is not a probability"),
    ("middle = 0.3", "middle = 1.3", InvalidNetwork, 15, "is not a probability"),
    ("middle = 0.3", "middle = nan", InvalidNetwork, 15, "not a finite number"),
    ("middle = 0.3", "middle = 1e400", InvalidNetwork, 15, "not a finite number"),
    ("middle = 0.3", "middle = 0,3", UnreadableFile, 15, "no TOML"),
    ("middle = 0.3", 'middle = "0.3"', UnreadableFile, 15, "expected a valid number, found '0.3'"),
    ("middle = 0.3", "middle = true", UnreadableFile, 15, "expected a valid number, found True"),
    ("middle = 0.3", "middle = 0.9", InvalidNetwork, 15, "sum to 1.1"),
    ("low = 0.1", "low = 0.25", InvalidNetwork, 15, "not between low"),
    ("low = 0.1, ", "", InvalidNetwork, 15, "needs both low and high"),
    ('grade = "D"', 'grade = "E"', UnknownName, 15, "no grade of parameter"),
    ('grade = "D"', 'garde = "D"', UnknownName, 15, "did you mean 'grade'"),
    ("value = 0.2, ", "", UnreadableFile, 15, "'value' is missing"),
    ('mechanism.parents = ["age"]', 'mechanism.parents = ["aeg"]', UnknownName, 20, "mean 'age'"),
    ('mechanism.parents = ["age"]', 'mechanism.parents = "age"', UnreadableFile, 20, "valid list"),
    ('when = {age = "old"}', 'when = {age = "od"}', UnknownName, 25, "did you mean 'old'"),
    ('when = {age = "old"}', 'when = {agge = "old"}', UnknownName, 25, "did you mean 'age'"),
    ('when = {age = "old"}', 'when = {age = "young"}', InvalidNetwork, 24, "never be reached"),
    ("p.water_pill = 0.4", "p.water_pil = 0.4", UnknownName, 26, "did you mean 'water_pill'"),
    ('mechanism.kind = "noisy_or"', 'mechanism.kind = "noisy_ro"', UnknownName, 30, "'noisy_or'"),
    ('mechanism.kind = "noisy_or"\n', "", UnreadableFile, 30, "'kind' is missing"),
    ("mechanism.leak = 0.01", "mechanism.lek = 0.01", UnknownName, 31, "did you mean 'leak'"),
    ('parent = "drug"', 'parent = "drugs"', UnknownName, 33, "did you mean 'drug'"),
    ("strength = {water_pill", "strength = {waterpill", UnknownName, 34, "'water_pill'"),
    (", baseline = 0.1", "", InvalidNetwork, 34, "needs a baseline"),
    ('kind = "odds_ratio"', 'kind = "odd_ratio"', UnknownName, 34, "did you mean 'odds_ratio'"),
    (
        "odds_ratio = {present = 2.5}",
        "odds_ratio = {present = -2.5}",
        InvalidNetwork,
        43,
        "above 0",
    ),
    ("sd = 3.0", "sd = -3.0", InvalidNetwork, 51, "must be above 0"),
    ("sd = 3.0\n", "", UnreadableFile, 47, "'sd' is missing"),
    (
        "cutpoints = [135.0]",
        "cutpoints = [135.0, 140.0]",
        InvalidNetwork,
        47,
        "1 cut-points, found 2",
    ),
    ('level = "urgent"', 'level = "urgnt"', UnknownName, 64, "did you mean 'urgent'"),
    ('fever = "present"', 'feber = "present"', UnknownName, 65, "did you mean 'fever'"),
    ('fever = "present"', 'fever = "high"', UnknownName, 65, "state of 'fever'"),
    ("sodium = {below", "cramps = {below", InvalidNetwork, 65, "is no reading"),
    ('message = "Go."\n', "", UnreadableFile, 62, "'message' is missing"),
    ('solve = "cramps.baseline"', 'solve = "cramps.base"', UnknownName, 69, "'cramps.baseline'"),
    ('given = {age = "old"}', 'given = {age = "odl"}', UnknownName, 71, "did you mean 'old'"),
    ("[flags.fever]", "[flags.age]", InvalidNetwork, 59, "both a variable and a flag"),
    ("[variables.drug]", "[variables.age]", UnreadableFile, 17, "no TOML"),
    (
        '["none", "water_pill"]',
        '["no\\u0007ne", "water_pill"]',
        InvalidNetwork,
        18,
        "control characters",
    ),
    ("value = 0.5\n", 'value = 0.5\nx = "', UnreadableFile, 73, "no TOML"),
    ('kind = "table"\nrows', 'kind = "table"\nmechanism = 1\nrows', UnknownName, 15, "key"),
]


@pytest.mark.parametrize(("old", "new", "error", "line", "match"), MISTAKES)
def test_mistakes_are_refused_at_their_line(
    old: str, new: str, error: type[Exception], line: int | None, match: str
) -> None:
    text = MODEL.replace(old, new, 1)
    assert text != MODEL
    with pytest.raises(error) as caught:
        loads_native(text, "clinic.toml")
    assert match in str(caught.value)
    assert caught.value.line == line  # type: ignore[attr-defined]
    assert str(caught.value).startswith(f"clinic.toml:{line}: " if line else "clinic.toml: ")


def test_a_cycle_is_printed_at_its_line() -> None:
    text = MODEL.replace(
        'kind = "table"\nrows = [{p', 'kind = "table"\nparents = ["cramps"]\nrows = [{p', 1
    )
    with pytest.raises(InvalidNetwork, match=r"cycle: .*cramps -> age") as caught:
        loads_native(text)
    assert caught.value.line is not None  # type: ignore[attr-defined]


def test_a_table_of_forty_parents_is_too_large() -> None:
    roots = "".join(
        f'[variables.v{i}]\nstates=["a","b"]\nmechanism={{kind="table",array=[0.5,0.5]}}\n'
        for i in range(40)
    )
    parents = ", ".join(f'"v{i}"' for i in range(40))
    head = f'format=1\n{roots}[variables.y]\nstates=["a","b"]\nmechanism.parents=[{parents}]\n'
    with pytest.raises(TooLarge, match=r":12\d: "):
        loads_native(head + 'mechanism.kind="table"\nmechanism.rows=[{p={b=0.5}}]\n')


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a" + ".a" * 200_000 + " = 1",
        "a = " + "9" * 10_000,
        "a = {b = " * 50_000,
    ],
)
def test_deep_and_long_values_are_refused(text: str) -> None:
    with pytest.raises(UnreadableFile):
        loads_native(text)


def test_an_edit_changes_one_line(tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text(MODEL, encoding="utf-8")
    net = load_native(path)
    changed = net.with_parameters({"age.old": 0.25, "cramps.low_salt": 4.0})
    save_native(changed, path)
    assert load_native(path) == changed
    before, after = MODEL.split("\n"), path.read_text(encoding="utf-8").split("\n")
    assert len(before) == len(after)
    differing = [i for i, (a, b) in enumerate(zip(before, after, strict=True), 1) if a != b]
    assert differing == [15, 43]
    save_native(net, tmp_path / "new.toml", source_text=MODEL)
    assert (tmp_path / "new.toml").read_text(encoding="utf-8") == MODEL


def test_a_new_variable_goes_to_the_end() -> None:
    net = loads_native(MODEL)
    from etiograph.network.mechanism import Table
    from etiograph.network.variable import Variable

    more = Network(
        {**net.variables, "new": Variable("new", ("a", "b"))},
        {**net.mechanisms, "new": Table(array=np.array([0.1, 0.9]))},
        net.flags,
        net.rules,
        net.about,
    )
    text = edited(MODEL, more)
    assert text.startswith(MODEL)
    assert loads_native(text) == more


def test_saving_over_what_is_no_model_file(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\x00\x01")
    net = loads_native(MODEL)
    save_native(net, path)
    assert path.read_text(encoding="utf-8") == dumps_native(net)


def test_about_holds_only_what_a_file_can() -> None:
    net = loads_native(MODEL)
    other = Network(net.variables, net.mechanisms, net.flags, net.rules, {"colour": "blue"})
    with pytest.raises(UnknownName, match="colour"):
        save_native(other, os.devnull + ".toml")


def test_reading_a_model_file_imports_no_pydantic_models_tomlkit_pandas_or_scipy() -> None:
    code = (
        "import sys; from etiograph.formats.native import loads_native; loads_native(sys.stdin.read());"
        "print([m for m in ('pydantic','tomlkit','pandas','scipy','numba','pgmpy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=MODEL, text=True, capture_output=True, check=True
    )
    assert done.stdout == "[]\n"
