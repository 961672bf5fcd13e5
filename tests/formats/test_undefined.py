"""Rows that a file leaves undefined (NaN): refused, uniform, or shown never to be met."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from typer.testing import CliRunner

import etiograph as eg
from etiograph import formats
from etiograph.commands.cli import app
from etiograph.errors import ImpossibleFindings, InvalidChange, InvalidNetwork, UnknownName
from etiograph.formats.undefined import UndefinedRows

# a = yes makes b = yes: (yes, no) never occurs, P(c = yes) = .4 x .2 + .6 x (.3 x .7 + .7 x .9).
NEVER = eg.Network.from_tables(
    dict.fromkeys("abc", ("yes", "no")),
    {"a": (), "b": ("a",), "c": ("a", "b")},
    {
        "a": [0.4, 0.6],
        "b": [[1.0, 0.0], [0.3, 0.7]],
        "c": [[[0.2, 0.8], [0.015625, 0.984375]], [[0.7, 0.3], [0.9, 0.1]]],
    },
)
P_C = 0.4 * 0.2 + 0.6 * (0.3 * 0.7 + 0.7 * 0.9)
SUFFIXES = (".bif", ".xmlbif", ".net", ".xdsl", ".uai", ".dne")


def written(tmp_path, suffix, network=NEVER):
    """The network in a format, the row of two odd numbers undefined, without the model carried along."""
    path = tmp_path / f"x{suffix}"
    formats.write(network, path)
    text = path.read_text(encoding="utf-8")
    assert "0.015625" in text
    text = text.replace("0.015625", "nan").replace("0.984375", "NaN")
    path.write_text(text, encoding="utf-8")
    return path


def read(path, rule):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        network = eg.load(path, undefined=rule)
    return network, [w.message for w in said if isinstance(w.message, UndefinedRows)]


def first_state(network, name):
    return network.variable(name).states[0]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_refused_by_default_with_the_row_and_the_option(tmp_path, suffix):
    path = written(tmp_path, suffix)
    with pytest.raises(InvalidNetwork) as refused:
        read(path, None)
    text = str(refused.value)
    row = "(0, 1)" if suffix == ".uai" else "(yes, no)"
    child = "'2'" if suffix == ".uai" else "'c'"
    assert str(path) in text
    assert row in text
    assert child in text
    assert "undefined='uniform'" in text


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("rule", ["uniform", "forbid"])
def test_a_row_never_met_changes_no_answer(tmp_path, suffix, rule):
    network, said = read(written(tmp_path, suffix), rule)
    a, b, c = network.variables
    assert network.table(c)[0, 1].tolist() == [0.5, 0.5]
    assert [w.rows[0].partition(" '")[2] for w in said] == (
        [f"{c}', row ({first_state(network, a)}, {network.variable(b).states[1]})"]
        if rule == "uniform"
        else []
    )
    p = network.case().posterior()[c][first_state(network, c)]
    assert p == pytest.approx(P_C, abs=1e-12)
    with pytest.raises(ImpossibleFindings):
        network.case({a: first_state(network, a), b: network.variable(b).states[1]}).posterior()


def test_a_row_that_can_be_met_is_not_forbidden(tmp_path):
    tables = {v: NEVER.table(v) for v in "abc"}
    tables["b"] = [[0.75, 0.25], [0.3, 0.7]]
    network = eg.Network.from_tables(
        dict.fromkeys("abc", ("yes", "no")), {"a": (), "b": ("a",), "c": ("a", "b")}, tables
    )
    path = written(tmp_path, ".bif", network)
    with pytest.raises(InvalidNetwork, match=r"'c', row \(yes, no\).*cannot be forbidden"):
        read(path, "forbid")
    met, _ = read(path, "uniform")
    # .4 x (.75 x .2 + .25 x .5) + .6 x (.3 x .7 + .7 x .9)
    p = met.case().posterior()["c"]["yes"]
    assert p == pytest.approx(0.4 * (0.75 * 0.2 + 0.25 * 0.5) + 0.504, abs=1e-12)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_change_that_leads_to_a_forbidden_row_is_refused(tmp_path, suffix):
    network, _ = read(written(tmp_path, suffix), "forbid")
    a, b, c = network.variables
    yes, no = first_state(network, a), network.variable(b).states[1]
    refused = {"match": "leads to what the file leaves undefined"}
    for kind in ("do", "had", "after"):
        # b = no would meet a = yes, of which nothing is known
        changed = getattr(network.case(), kind)({b: no})
        for ask in (changed.posterior, lambda case=changed: case.explain(c)):
            with pytest.raises(InvalidChange, **refused):
                ask()
    with pytest.raises(InvalidChange, **refused):
        network.case().do({b: {first_state(network, b): 0.5, no: 0.5}}).posterior()
    with pytest.raises(InvalidChange, **refused):
        network.case().do({b: no}).most_probable()
    with pytest.raises(InvalidChange, **refused):
        network.effect(b, c)
    with pytest.raises(InvalidChange, **refused):
        network.posteriors({a: [yes]}, do={b: no})
    # Together with a = no it leads elsewhere: P(c = first | a = no, b = no) = .9
    a_no = network.variable(a).states[1]
    p = network.case().do({a: a_no, b: no}).posterior()[c][first_state(network, c)]
    assert p == pytest.approx(0.9, abs=1e-12)
    p = network.case().do({a: yes}).posterior()[c][first_state(network, c)]
    assert p == pytest.approx(0.2, abs=1e-12)
    # Who changes the child itself needs no row of it.
    both = network.case().do({b: no, c: first_state(network, c)})
    assert both.posterior()[c][first_state(network, c)] == 1.0
    assert len(both.most_probable()) == 1
    # Written and read again, the rows are still known.
    for again in (".toml", ".json", ".bif"):
        formats.write(network, tmp_path / f"again{again}")
        same = eg.load(tmp_path / f"again{again}")
        assert same == network
        with pytest.raises(InvalidChange, **refused):
            same.case().do({b: no}).posterior()


def test_forbidden_rows_of_a_model_file_are_checked(tmp_path):
    network, _ = read(written(tmp_path, ".bif"), "forbid")
    formats.write(network, tmp_path / "x.json")
    data = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert data["about"]["forbidden"] == {"c": [["yes", "no"]]}
    for wrong, error in (
        ({"c": [["yes"]]}, InvalidNetwork),
        ({"c": [["yes", "maybe"]]}, UnknownName),
        ({"d": [["yes", "no"]]}, UnknownName),
    ):
        data["about"]["forbidden"] = wrong
        with pytest.raises(error):
            formats.reads(json.dumps(data), "x.json")


def test_what_would_be_without_a_cause_is_unknown_where_its_row_is(tmp_path):
    network, _ = read(written(tmp_path, ".bif"), "forbid")
    needed = {s.cause: s.needed for s in network.case(c="yes").attribution("c", "yes").causes}
    assert network.variables["b"].usual == "no"
    assert np.isnan(needed["b"])
    assert np.isfinite(needed["a"])


BIF = """network x {{ }}
variable a {{ type discrete [ 2 ] {{ y, n }}; }}
variable b {{ type discrete [ 2 ] {{ y, n }}; }}
probability ( a ) {{ table {a}; }}
probability ( b | a ) {{ {b} }}
"""


@pytest.mark.parametrize("rule", [None, "uniform", "forbid"])
def test_a_row_undefined_in_part_is_refused(rule):
    text = BIF.format(a="1.0, 0.0", b="(y) 0.5, 0.5; (n) 0.4, nan;")
    with pytest.raises(InvalidNetwork, match=r"<text>:5: 'b', row \(n\): nan is no probability"):
        formats.reads(text, undefined=rule)


def test_an_undefined_default_and_an_undefined_root():
    text = BIF.format(a="1.0, 0.0", b="(y) 0.2, 0.8; default nan, nan;")
    assert formats.reads(text, undefined="forbid").case().posterior()["b"]["y"] == pytest.approx(
        0.2, abs=1e-12
    )
    root = BIF.format(a="nan, nan", b="(y) 0.2, 0.8; (n) 0.4, 0.6;")
    with pytest.raises(InvalidNetwork, match="'a' is undefined"):
        formats.reads(root, undefined="forbid")
    with pytest.warns(UndefinedRows, match="line 4 'a'"):
        assert formats.reads(root, undefined="uniform").table("a").tolist() == [0.5, 0.5]


def test_another_rule_is_unknown():
    with pytest.raises(UnknownName, match="uniform"):
        formats.reads(BIF, undefined="zero")


def test_the_option_of_the_command_line(tmp_path):
    path, target = written(tmp_path, ".bif"), tmp_path / "y.bif"
    done = CliRunner().invoke(app, ["convert", str(path), str(target)])
    assert done.exit_code == 2
    assert "row (yes, no)" in done.output
    for words in (["convert", str(path), str(target)], ["check", str(path)]):
        assert CliRunner().invoke(app, [*words, "--undefined", "forbid"]).exit_code == 0
    assert eg.load(target).table("c")[0, 1].tolist() == [0.5, 0.5]
