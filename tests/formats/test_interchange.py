"""The traps of each format of other programs, and what every reader refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tracemalloc
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import etiograph as eg
from etiograph import formats
from etiograph.errors import (
    EtiographError,
    InvalidNetwork,
    TooLarge,
    UnknownName,
    UnreadableFile,
)
from etiograph.formats.carried import with_model
from etiograph.formats.plain import MAX_PLAIN, Plain
from etiograph.formats.registry import FORMATS
from etiograph.formats.tables import RowsNormalised
from etiograph.formats.text import Tolerated
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable
from etiograph.resources import networks

EXTENSIONS = ("bif", "xmlbif", "xdsl", "net", "dne", "uai", "json")

XMLBIF = """<?xml version="1.0"?>
<BIF VERSION="0.3"><NETWORK><NAME>two</NAME>
<VARIABLE TYPE="nature"><NAME>d</NAME><OUTCOME>no</OUTCOME><OUTCOME>yes</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>t</NAME><OUTCOME>neg</OUTCOME><OUTCOME>pos</OUTCOME></VARIABLE>
<DEFINITION><FOR>d</FOR><TABLE>0.9 0.1</TABLE></DEFINITION>
<DEFINITION><FOR>t</FOR><GIVEN>d</GIVEN><TABLE>NUMBERS</TABLE></DEFINITION>
</NETWORK></BIF>
"""
DTD = """<!DOCTYPE BIF [
  <!ELEMENT BIF ( NETWORK )*>
  <!ATTLIST BIF VERSION CDATA #REQUIRED>
  <!ELEMENT PROPERTY (#PCDATA)> <!-- as published -->
]>
"""
XDSL = """<?xml version="1.0" encoding="UTF-8"?>
<smile version="1.0" id="two"><nodes>
<cpt id="d"><state id="no"/><state id="yes"/><probabilities>0.9 0.1</probabilities></cpt>
<deterministic id="e"><state id="a"/><state id="b"/><parents>d</parents><resultingstates>b a</resultingstates></deterministic>
<noisymax id="y"><state id="bad"/><state id="mild"/><state id="absent"/><parents>d e</parents>
<strengths>1 0 0 1</strengths>
<parameters>0.5 0.2 0.3 0 0 1 0.1 0.4 0.5 0 0 1 0.05 0.15 0.8</parameters></noisymax>
<cpt id="z"><state id="u"/><state id="v"/><parents>y</parents><probabilities>0.1 0.9 0.4 0.6 0.7 0.3</probabilities></cpt>
</nodes>
<extensions><genie version="1.0" app="GeNIe" name="two"><node id="d"><name>A disease</name><position>10 10 60 40</position></node></genie></extensions></smile>
"""
NET = """% made by hand
net
{
  node_size = (50 50);
}
node d
{
  label = "A disease; \\"d\\" {";
  position = (10 20);
  states = ("no" "yes");
}
discrete node t { states = ("neg" "mid" "pos"); HR_State = "x"; }
node e { states = (0 1); }
potential (d) { data = ( 0.9 0.1 ); }
potential (e | d) { data = ((0.5 0.5)(0.25 0.75)); experience = (1 1); }
potential (t | d e) { data = (((0.7 0.2 0.1)  % d=no e=0
   (0.6 0.2 0.2)) ((0.1 0.2 0.7) (0.3 0.3 0.4))); }
"""


def tables(network: Network) -> dict[str, list[object]]:
    return {name: network.table(name).tolist() for name in network.variables}


# -- XMLBIF


@pytest.mark.parametrize("numbers", ["0.95 0.05 0.2 0.8", "0.95 0.2 <!-- pos: --> 0.05 0.8"])
def test_xmlbif_the_sums_tell_the_order(numbers: str) -> None:
    network = formats.reads(XMLBIF.replace("NUMBERS", numbers))
    assert tables(network) == {"d": [0.9, 0.1], "t": [[0.95, 0.05], [0.2, 0.8]]}
    assert network.about["name"] == "two"


def test_xmlbif_both_orders_fit() -> None:
    even = XMLBIF.replace("NUMBERS", "0.3 0.7 0.7 0.3")
    assert tables(formats.reads(even))["t"] == [[0.3, 0.7], [0.7, 0.3]]
    third = XMLBIF.replace("pos</OUTCOME>", "pos</OUTCOME><OUTCOME>mid</OUTCOME>")
    third = third.replace("yes</OUTCOME>", "yes</OUTCOME><OUTCOME>maybe</OUTCOME>")
    third = third.replace("0.9 0.1", "0.9 0.1 0").replace("NUMBERS", ".2 .3 .5 .5 .2 .3 .3 .5 .2")
    with pytest.raises(InvalidNetwork, match=r"<text>:6: 't'.*slowest or fastest"):
        formats.reads(third)
    told = third.replace("<NAME>two</NAME>", "<PROPERTY>software aGrUM</PROPERTY>")
    assert tables(formats.reads(told))["t"][1] == [0.5, 0.2, 0.3]


def test_xmlbif_document_types() -> None:
    good = XMLBIF.replace("NUMBERS", "0.95 0.05 0.2 0.8")
    published = good.replace("<BIF VER", DTD + "<BIF VER")
    assert formats.reads(published) == formats.reads(good)
    with pytest.raises(InvalidNetwork, match=r"^x:11: 't': 2 is no probability"):
        formats.reads(published.replace("0.95", "2"), "x")


BOMB = '<!DOCTYPE BIF [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n'


@pytest.mark.parametrize(
    "doctype",
    [
        BOMB,
        '<!DOCTYPE BIF SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE BIF [<!ELEMENT BIF ANY><!ENTITY % p SYSTEM "x">%p;]>',
        "<!DOCTYPE BIF>",
        '<!-- <x> --><!doctype BIF [<!ENTITY x "y">]>',
    ],
)
@pytest.mark.parametrize("text", [XMLBIF, XDSL, "<ProbModelXML><ProbNet/></ProbModelXML>"])
def test_xml_attacks_are_refused_before_parsing(doctype: str, text: str) -> None:
    start = max(text.find(root) for root in ("<BIF", "<smile", "<ProbModelXML"))
    with pytest.raises(UnreadableFile, match=r"x:\d+: an XML document type or entity"):
        formats.reads(text[:start] + doctype + text[start:], "x")


def test_xml_nested_deep() -> None:
    with pytest.raises(UnreadableFile, match="nested deeper than 32"):
        formats.reads("<smile>" + "<a>" * 100_000)
    with pytest.raises(UnreadableFile, match="x:2: no XML: mismatched tag"):
        formats.reads("<smile><nodes>\n</smile>", "x")


# -- XDSL


def test_xdsl_gates_labels_and_deterministic_nodes() -> None:
    network = formats.reads(XDSL)
    assert network.variables["d"].label == "A disease"
    assert tables(network)["e"] == [[0.0, 1.0], [1.0, 0.0]]
    # The strongest state stands first in the file; here the one without effect is first.
    assert network.variables["y"].states == ("absent", "mild", "bad")
    assert isinstance(network.mechanisms["y"], NoisyMax)
    assert network.parents("y") == ("d", "e")
    # Worked out by hand: P(y <= s) is the product of the contributions' (and the leak's).
    upto = {"leak": [0.8, 0.95], "d": [0.3, 0.5], "e": [0.5, 0.9]}
    both = np.prod([upto["leak"], upto["d"], upto["e"]], axis=0)
    np.testing.assert_allclose(network.table("y")[1, 0], [both[0], both[1] - both[0], 1 - both[1]])
    np.testing.assert_allclose(network.table("y")[0, 1], [0.8, 0.15, 0.05])
    # The table of its child follows the states to their places.
    assert tables(network)["z"] == [[0.7, 0.3], [0.4, 0.6], [0.1, 0.9]]
    again = formats.reads(next(f for f in FORMATS if f.name == "GeNIe XDSL").write(network))
    assert again == network


def test_xdsl_noisy_or_both_ways() -> None:
    states = dict.fromkeys("abcy", ("no", "yes"))
    root = Table((), array=np.array([0.25, 0.75]))
    links = (
        NoisyLink.of("a", {"yes": 0.5}),
        NoisyLink.of("b", {"no": 0.125}),
        NoisyLink(("a", "c"), (({"a": ("yes",), "c": ("yes",)}, 0.25),)),
    )
    network = Network(
        {v: Variable(v, s) for v, s in states.items()},
        {**dict.fromkeys("abc", root), "y": NoisyOr((), 0.0625, links)},
    )
    text = next(f for f in FORMATS if f.name == "GeNIe XDSL").write(network)
    bare = "".join(x for x in text.splitlines(True) if "etiograph model file" not in x)
    assert '<noisymax id="y">' in bare
    assert "<strengths>1 0 0 1" in bare
    again = formats.reads(bare)
    assert isinstance(again.mechanisms["y"], NoisyOr)
    assert set(again.parents("y")) == {"a", "b", "c"}
    order = [again.parents("y").index(p) for p in network.parents("y")]
    np.testing.assert_array_equal(again.table("y").transpose(*order, 3), network.table("y"))
    assert formats.reads(text) == network


@pytest.mark.parametrize(
    ("old", "new", "error", "match"),
    [
        ("<strengths>1 0 0 1", "<strengths>1 1 0 1", InvalidNetwork, "each state of each parent"),
        ("<strengths>1 0 0 1", "<strengths>1 0 0 1 2", InvalidNetwork, "too many"),
        ("0.3 0 0 1", "0.3 0 0.5 0.5", InvalidNetwork, "weakest state 'no' of 'd' has an effect"),
        ("0.05 0.15 0.8<", "0.05 0.15<", InvalidNetwork, "expected 15 number"),
        ("0.05 0.15 0.8<", "0.05 0.15 0.9<", InvalidNetwork, "sum to 1.1"),
        ("<parents>y<", "<parents>x<", UnknownName, "no variable is called 'x'"),
        (">b a<", ">b c<", UnknownName, "no state of 'e' is called 'c'"),
        ('<cpt id="d">', '<decision id="d">', UnreadableFile, "no XML: mismatched"),
        ("</nodes>", "</nodes><dynamic/>", UnreadableFile, "dynamic network"),
    ],
)
def test_xdsl_refusals(old: str, new: str, error: type[Exception], match: str) -> None:
    assert XDSL.count(old) == 1
    with pytest.raises(error, match=rf"x:\d+: .*{match}"):
        formats.reads(XDSL.replace(old, new), "x")


# -- Hugin NET and Netica DNE


def test_net_order_labels_and_comments() -> None:
    network = formats.reads(NET)
    assert network.variables["d"].label == 'A disease; "d" {'
    assert network.variables["e"].states == ("0", "1")
    assert network.parents("t") == ("d", "e")
    assert tables(network)["t"] == [
        [[0.7, 0.2, 0.1], [0.6, 0.2, 0.2]],
        [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]],
    ]
    classed = NET.replace("net\n{\n  node_size = (50 50);\n}", "class two {") + "}"
    assert formats.reads(classed) == Network(
        network.variables, network.mechanisms, about={"name": "two"}
    )


@pytest.mark.parametrize(
    ("old", "new", "error", "match"),
    [
        ("data = ( 0.9 0.1 )", "model_nodes = ()", UnreadableFile, "'d' are given only as"),
        ("potential (d)", "potential (d t)", UnreadableFile, "one child"),
        ("(t | d e)", "(t | d f)", UnknownName, "called 'f'"),
        ("discrete node", "continuous node", UnreadableFile, "'continuous' is not read"),
        ("(0.1 0.2 0.7)", "(0.1 0.2 0.7", UnreadableFile, "brackets of 't' do not match"),
        ("(0.1 0.2 0.7)", "(0.1 0.2)", InvalidNetwork, "expected 12 number.*found 11"),
        ("0.5 0.5", "0.5 0.7", InvalidNetwork, r"'e', row \(no\): .*sum to 1.2"),
        ("node e {", "node d {", InvalidNetwork, r"'d' is declared twice \(line 6\)"),
        ("(0 1);", "(0 1)", UnreadableFile, "ends in no ';'"),
        ('("no" "yes");', '("no" "yes);', UnreadableFile, "quote|ends in"),
    ],
)
def test_net_refusals(old: str, new: str, error: type[Exception], match: str) -> None:
    assert NET.count(old) == 1
    with pytest.raises(error, match=rf"x:\d+: .*(?:{match})"):
        formats.reads(NET.replace(old, new), "x")


def test_dne_numbers_of_states_levels_and_functions() -> None:
    text = """// ~->[DNET-1]->~
bnet two {
whenchanged = 1; /* { */
node d { kind = NATURE; discrete = TRUE; numstates = 2; parents = (); probs = (0.9, 0.1); };
node t { kind = NATURE; discrete = FALSE; levels = (0, 0.5, 10); title = "a test"; parents = (d);
  probs = ((0.95, 0.05), // 0
    (0.2, 0.8)); visual V { center = (1, 2); }; };
node f { discrete = TRUE; states = (lo, hi); parents = (d); functable = (hi, #0); };
};
"""
    network = formats.reads(text)
    assert network.variables["d"].states == ("0", "1")
    assert network.variables["t"].states == ("0 to 0.5", "0.5 to 10")
    assert network.variables["t"].label == "a test"
    assert tables(network)["t"] == [[0.95, 0.05], [0.2, 0.8]]
    assert tables(network)["f"] == [[0.0, 1.0], [1.0, 0.0]]
    equation = text.replace("functable = (hi, #0)", 'equation = "f(d) = d"')
    with pytest.raises(UnreadableFile, match=r"x:8: .*'f' are given by an equation only"):
        formats.reads(equation, "x")
    with pytest.raises(UnreadableFile, match="'d' is a UTILITY"):
        formats.reads(text.replace("node d { kind = NATURE", "node d { kind = UTILITY"))


# -- UAI


UAI = "BAYES\n2\n2 3\n2\n1 0\n2 0 1\n\n2\n 0.9 0.1\n\n6\n .5 .25 .25\n .2 .3 .5\n"


def test_uai_the_child_is_last_and_names_are_numbers() -> None:
    with pytest.warns(Tolerated, match="called by number"):
        network = formats.reads(UAI)
    assert tables(network) == {"0": [0.9, 0.1], "1": [[0.5, 0.25, 0.25], [0.2, 0.3, 0.5]]}
    assert network.parents("1") == ("0",)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("BAYES", "MARKOV", "x:1: 'MARKOV': a Markov network states no"),
        ("\n2\n2 3", "\n999999999\n2 3", "x:2: the number of variables: 999,999,999 where"),
        ("2 3", "2 999999999", "x:3: the states of variable 1: 999,999,999"),
        ("2 0 1", "2 0 7", "x:6: a variable of table 1: 7"),
        ("2 0 1", "2 1 0", "'0' has two tables"),
        ("\n6\n", "\n5\n", "x:11: table 1: 5 numbers are declared, its scope has 6"),
        (".5 .25", ".5 .x", r"x:12: table 1: '\.x' is no number"),
        (".3 .5", ".3", "the file ends before the end of table 1"),
        (".3 .5", ".3 .5 1", "x:13: the file goes on"),
        (".3 .5", ".3 .6", r"sum to 1\.1"),
    ],
)
def test_uai_refusals(old: str, new: str, match: str) -> None:
    with pytest.raises(EtiographError, match=match):
        formats.reads(UAI.replace(old, new, 1), "x")


def test_files_of_agrum_have_the_first_parent_fastest() -> None:
    numbers = "0.1 0.9 0.2 0.8 0.11 0.89 0.21 0.79 0.12 0.88 0.22 0.78"
    expected = [[0.1, 0.11, 0.12], [0.2, 0.21, 0.22]]
    uai = "BAYES\n3\n2 3 2\n3\n1 0   # a\n1 1   # b\n3 0 1 2   # c\n\n2\n.3 .7\n3\n.2 .3 .5\n12\n"
    with pytest.warns(Tolerated, match="no names"):
        theirs = formats.reads(uai + numbers)
    np.testing.assert_array_equal(theirs.table("2")[..., 0], expected)
    with pytest.warns(Tolerated, match="no names"):
        other = formats.reads(re.sub("   # .", "", uai) + numbers)
    np.testing.assert_array_equal(other.table("2")[..., 0], [[0.1, 0.2, 0.11], [0.21, 0.12, 0.22]])
    xdsl = (
        '<smile version="1.0" id="n"><nodes><cpt id="a"><state id="0"/><state id="1"/><probabilities>'
        '.3 .7</probabilities></cpt><cpt id="b"><state id="0"/><state id="1"/><state id="2"/>'
        '<probabilities>.2 .3 .5</probabilities></cpt><cpt id="c"><state id="0"/><state id="1"/>'
        f"<parents>a b</parents><probabilities>{numbers}</probabilities></cpt></nodes><extensions>"
        '<genie version="1.0" app="aGrUM 3.3.1" name="n"/></extensions></smile>'
    )
    np.testing.assert_array_equal(formats.reads(xdsl).table("c")[..., 0], expected)
    genie = formats.reads(xdsl.replace("aGrUM", "GeNIe"))
    np.testing.assert_array_equal(genie.table("c")[..., 0], other.table("2")[..., 0])


# -- PGMX


def pgmx(potentials: str) -> Network:
    states = "".join(
        f'<Variable name="{v}" type="finiteStates" role="chance"><States>'
        + "".join(f'<State name="{s}"/>' for s in names.split())
        + "</States></Variable>"
        for v, names in (("a", "no yes"), ("b", "x y z"), ("y", "absent present"))
    )
    return formats.reads(
        '<?xml version="1.0" encoding="UTF-8"?>\n<ProbModelXML formatVersion="0.2.0">'
        f'<ProbNet type="BayesianNetwork"><Variables>{states}</Variables><Links/>'
        f"<Potentials>{potentials}</Potentials></ProbNet></ProbModelXML>"
    )


def potential(scope: str, values: str, more: str = "") -> str:
    names = "".join(f'<Variable name="{v}"/>' for v in scope.split())
    return (
        f'<Potential type="Table"><Variables>{names}</Variables><Values>{values}</Values>{more}'
        "</Potential>"
    )


ROOTS = potential("a", "0.8 0.2") + potential("b", "0.2 0.3 0.5")


def test_pgmx_the_first_variable_varies_fastest() -> None:
    network = pgmx(ROOTS + potential("y a b", "1 0 .9 .1 .8 .2 .7 .3 .6 .4 .5 .5"))
    expected = [[[1, 0], [0.8, 0.2], [0.6, 0.4]], [[0.9, 0.1], [0.7, 0.3], [0.5, 0.5]]]
    assert network.parents("y") == ("a", "b")
    np.testing.assert_array_equal(network.table("y"), expected)


def test_pgmx_canonical_gates() -> None:
    scope = "".join(f'<Variable name="{v}"/>' for v in "yab")
    inside = (
        potential("y a", "1 0 .3 .7")
        + potential("y b", "1 0 .5 .5 .2 .8")
        + potential("y", ".9 .1")
    )
    gate = (
        f'<Potential type="ICIModel"><Model>OrMax</Model><Variables>{scope}</Variables>'
        f"<Subpotentials>{inside}</Subpotentials></Potential>"
    )
    network = pgmx(ROOTS + gate)
    assert isinstance(network.mechanisms["y"], NoisyOr)
    np.testing.assert_allclose(network.table("y")[1, 2, 0], 0.9 * 0.3 * 0.2, rtol=1e-15)
    with pytest.raises(UnreadableFile, match="canonical model 'AndMin' is not read"):
        pgmx(ROOTS + gate.replace("OrMax", "AndMin"))


def test_pgmx_uncertain_numbers_become_parameters_with_a_range() -> None:
    uncertain = (
        '<UncertainValues><Value distribution="Complement">1.0</Value><Value distribution="Beta">2 8</Value>'
        '<Value distribution="Range">0.3 0.6</Value><Value distribution="Complement">1</Value></UncertainValues>'
    )
    network = pgmx(ROOTS + potential("y a", "0.8 0.2 0.5 0.5", uncertain))
    present, absent = network.parameters["y.no.present"], network.parameters["y.yes.absent"]
    assert (absent.value, absent.low, absent.high) == (0.5, 0.3, 0.6)
    assert present.value == 0.2
    # 95 % of Beta(2, 8), Johnson, Kotz & Balakrishnan 1995, by the regularised incomplete beta function.
    assert present.low == pytest.approx(0.02814, abs=5e-6)
    assert present.high == pytest.approx(0.48250, abs=5e-6)
    np.testing.assert_array_equal(network.table("y"), [[0.8, 0.2], [0.5, 0.5]])


# -- JSON


def test_json_is_the_model_file(tmp_path: Path) -> None:
    network = eg.load("leg_cramps")
    formats.write(network, tmp_path / "n.json.gz")
    assert formats.read(tmp_path / "n.json.gz") == network


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('{"format": 1, "variables": {"a": NaN}}', "x: no JSON: NaN is no number"),
        ('{"format": 1, "variables": {"a": -Infinity}}', "no JSON: -Infinity is no number"),
        ('{"format": 1,\n "format": 1}', "x: no JSON: the key 'format' stands twice"),
        ('{"a":' + "[" * 33 + "]" * 33 + "}", "x:1: .*nested deeper than 32"),
        ('{"a":' + "[" * 200_000, "nested deeper than 32"),
        ('{"format": 1,\n', "x:[12]: no JSON: Expecting"),
        ('{"format": 1, "a": ' + "9" * 5000 + "}", "no JSON"),
        ('{"nodes": [1], "cpds": {}}', "a kind that is not known .with 'nodes', 'cpds'"),
        ('{"format": 1,\n"variables": {"a": {"states": 7}}}', "x:2: .*states"),
    ],
)
def test_json_attacks_are_refused(text: str, match: str) -> None:
    with pytest.raises(EtiographError, match=match):
        formats.reads(text, "x")


# -- all


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("name", sorted(networks()))
def test_bundled_networks_come_back(extension: str, name: str, tmp_path: Path) -> None:
    network = eg.load(name)
    formats.write(network, tmp_path / f"n.{extension}")
    assert formats.read(tmp_path / f"n.{extension}") == network


@pytest.mark.parametrize("extension", ["bif", "net", "xdsl", "xmlbif", "dne"])
def test_leg_cramps_without_what_is_carried_answers_the_same(
    extension: str, tmp_path: Path
) -> None:
    network = eg.load("leg_cramps")
    formats.write(network, tmp_path / f"n.{extension}")
    text = (tmp_path / f"n.{extension}").read_text(encoding="utf-8")
    bare = "".join(x for x in text.splitlines(True) if "etiograph model file:" not in x)
    assert len(bare) < len(text)
    again = formats.reads(bare)
    assert sum(isinstance(m, NoisyOr) for m in again.mechanisms.values()) > 5
    findings = {"diuretic": "thiazide", "leg_cramps": "present"}
    for given in ({}, findings):
        mine, theirs = network.case(given).posterior(), again.case(given).posterior()
        for variable in network.variables:
            for state, p in mine[variable].items():
                assert theirs[variable][state] == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("extension", ["bif", "net"])
def test_leg_cramps_is_read_by_pyagrum(extension: str, tmp_path: Path) -> None:
    pytest.importorskip("pyagrum")
    network = eg.load("leg_cramps")
    path = tmp_path / f"n.{extension}"
    formats.write(network, path)
    # One variable at a time, of a woman under 50: all at once it takes gigabytes.
    ids = Plain.of(network).ids
    who = {"age": "under_50", "sex": "female"}
    known = {ids[name]: network.variables[name].index(state) for name, state in who.items()}
    script = (
        "import sys, json, pyagrum as gum\n"
        "bn, known, found = gum.loadBN(sys.argv[1]), json.loads(sys.argv[2]), {}\n"
        "for name in map(str, bn.names()):\n"
        "    ie = gum.LazyPropagation(bn); ie.setEvidence(known); ie.addTarget(name)\n"
        "    ie.makeInference(); found[name] = ie.posterior(name).tolist()\n"
        "print(json.dumps(found))"
    )
    run = [sys.executable, "-W", "ignore", "-c", script, str(path), json.dumps(known)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout.strip().splitlines()[-1])
    mine = network.case(who).posterior()
    for name in network.variables:
        # Its readers keep single precision.
        np.testing.assert_allclose(theirs[ids[name]], list(mine[name].values()), atol=2e-6)


def test_a_change_by_another_program_is_read_and_said(tmp_path: Path) -> None:
    network = Network(
        {"a": Variable("a", ("no", "yes"), label="A disease", role="condition")},
        {"a": Table((), array=np.array([0.25, 0.75]))},
    )
    for extension in EXTENSIONS[:-1]:
        path = tmp_path / f"n.{extension}"
        formats.write(network, path)
        text = path.read_text(encoding="utf-8")
        assert "etiograph model file:" in text
        changed = text.replace("0.25", "0.5").replace("0.75", "0.5")
        with pytest.warns(Tolerated, match="was changed after it was written|no names"):
            again = formats.reads(changed, path.name)
        assert next(iter(tables(again).values())) == [0.5, 0.5]


def test_large_gates_are_chains_and_small_ones_tables() -> None:
    names = [f"x{i}" for i in range(12)]
    root = Table((), array=np.array([0.25, 0.75]))
    links = tuple(NoisyLink.of(v, {"yes": 0.25}) for v in names)
    graded = tuple(MaxLink.of(v, {"yes": {"2": 0.25, "3": 0.5}}) for v in names)
    network = Network(
        [Variable(v, ("no", "yes")) for v in (*names, "y", "small")]  # type: ignore[arg-type]
        + [Variable("g", ("1", "2", "3"))],
        {
            **dict.fromkeys(names, root),
            "y": NoisyOr((), 0.125, links),
            "small": NoisyOr((), 0.125, links[:3]),
            "g": NoisyMax((), {"3": 0.125}, graded),
        },
    )
    plain = Plain.of(network)
    assert len(plain.helpers) == 12 + 12
    assert all(plain.table(name).size <= MAX_PLAIN for name in plain.names)
    form = next(f for f in FORMATS if f.name == "Hugin NET")
    again = form.read(form.write(network), "x")
    assert again == network


@pytest.mark.parametrize(
    "text",
    [
        "BAYES\n1\n999999999\n1\n1 0\n999999999\n" + "0 " * 10,
        "bnet x { node d { numstates = 9999; probs = (1); }; };",
        'network x {}\nvariable a { type discrete [ 9999 ] { "a" }; }',
        "net { } "
        + "".join(f"node v{i} {{ states = (a b); }} " for i in range(60))
        + f"potential (v0 | {' '.join(f'v{i}' for i in range(1, 60))}) {{ data = (1); }}",
        XDSL.replace("<parents>d e<", f"<parents>{' '.join(['d', 'e'] * 3000)}<"),
    ],
)
def test_what_is_declared_takes_no_memory(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(EtiographError):
            formats.reads(text)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000 + 200 * len(text)
    finally:
        tracemalloc.stop()


def wide(parents: int, children: int, mechanism: str) -> str:
    """A model file in which some variables have many parents."""
    lines = ["format = 1"]
    for name in [f"p{i}" for i in range(parents)]:
        lines += [f"[variables.{name}]", 'states = ["a", "b"]']
        lines += ['mechanism = {kind = "table", rows = [{p = {b = 0.5}}]}']
    listed = ", ".join(f'"p{i}"' for i in range(parents))
    every = ", ".join(f'p{i} = "b"' for i in range(parents))
    for k in range(children):
        lines += [f"[variables.c{k}]", 'states = ["a", "b"]']
        lines += [mechanism.replace("PARENTS", f"[{listed}]").replace("EVERY", f"{{{every}}}")]
    return "\n".join(lines)


def bif_of_defaults(parents: int, children: int) -> str:
    """BIF in which many large tables are one default row each."""
    lines = ["network x {}"]
    for name in [f"p{i}" for i in range(parents)] + [f"c{k}" for k in range(children)]:
        lines.append(f"variable {name} {{ type discrete [ 2 ] {{ a, b }}; }}")
    lines += [f"probability ( p{i} ) {{ table 0.5, 0.5; }}" for i in range(parents)]
    listed = ", ".join(f"p{i}" for i in range(parents))
    lines += [f"probability ( c{k} | {listed} ) {{ default 0.5, 0.5; }}" for k in range(children)]
    return "\n".join(lines)


GROWING = {
    "rows": wide(
        23, 3, 'mechanism = {kind = "table", parents = PARENTS, rows = [{p = {b = 0.5}}]}'
    ),
    "a rule": wide(23, 3, 'mechanism = {kind = "deterministic", parents = PARENTS, default = "a"}'),
    "a link": wide(
        24, 3, 'mechanism = {kind = "noisy_or", links = [{parents = PARENTS, rows = [{p = 0.3}]}]}'
    ),
    "a link that names all": wide(
        24,
        3,
        'mechanism = {kind = "noisy_or", links = [{parents = PARENTS, rows = [{when = EVERY, p = 0.3}]}]}',
    ),
    "defaults": bif_of_defaults(18, 9),
}


@pytest.mark.parametrize("name", GROWING)
def test_a_small_file_takes_little_memory_read_or_refused(name: str) -> None:
    text = GROWING[name]
    tracemalloc.start()
    try:
        with suppress(TooLarge):
            formats.reads(text)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000 + 500 * len(text)
    finally:
        tracemalloc.stop()


def test_sums_are_judged_by_one_rule_in_every_format() -> None:
    texts = [
        XMLBIF.replace("NUMBERS", "0.955 0.05 0.2 0.8"),
        XDSL.replace("0.9 0.1<", "0.905 0.1<"),
        NET.replace("( 0.9 0.1 )", "( 0.905 0.1 )"),
    ]
    for text in texts:
        with pytest.warns(RowsNormalised, match=r"sums to 1\.005"):
            formats.reads(text)
        with pytest.raises(InvalidNetwork, match=r"sum to 1\.0[23]"):
            formats.reads(re.sub(r"0\.9[05]5", lambda m: repr(float(m[0]) + 0.02), text, count=1))


def test_a_parameter_with_a_range_comes_back() -> None:
    root = NoisyOr((), Parameter("a.leak", "probability", 0.25, 0.1, 0.5, grade="B"))
    network = Network({"a": Variable("a", ("no", "yes"))}, {"a": root})
    for form in FORMATS:
        if form.writer:
            assert form.read(form.write(network), "x") == network


def test_garbage_in_what_is_carried_is_left_out() -> None:
    network = Network.from_tables({"a": ("x", "y")}, {}, {"a": [0.5, 0.5]})
    for garbage in ("AAAA", "=", "YWJj"):
        with pytest.warns(Tolerated):
            assert with_model(network, f"// etiograph model file: {garbage}\n", "x") is network
