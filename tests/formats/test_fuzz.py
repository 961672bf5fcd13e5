"""F3: whatever is read, a reader answers with a network or an error that says where."""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etiograph.errors import EtiographError
from etiograph.formats import reads
from etiograph.formats.bif import dumps_bif, loads_bif
from etiograph.formats.dne import dumps_dne, loads_dne
from etiograph.formats.json_file import dumps_json, loads_json
from etiograph.formats.native import dumps_native, loads_native
from etiograph.formats.net import dumps_net, loads_net
from etiograph.formats.pgmx import loads_pgmx
from etiograph.formats.text import decode
from etiograph.formats.uai import dumps_uai, loads_uai
from etiograph.formats.xdsl import dumps_xdsl, loads_xdsl
from etiograph.formats.xmlbif import dumps_xmlbif, loads_xmlbif
from etiograph.network.network import Network

SIZE = int(
    os.environ.get("ETIOGRAPH_FUZZ", "1000000" if os.environ.get("ETIOGRAPH_LONG") else "5000")
)
SEED = int(os.environ.get("ETIOGRAPH_SEED", "20260"))

WORDS = {
    "bif": [
        *("network", "variable", "probability", "type", "discrete", "table", "default", "property"),
        *("{", "}", "(", ")", "[", "]", "|", ",", ";", '"', "//", "/*", "*/", "\n", " ", "a", "b", "2"),
        *("0.5", "1", "-1", "nan", "1e400", "99999999999", "\x00", "é", "_x20_", "_xFFFFFF_"),
    ],
    "native": [
        *("format = 1\n", "[variables.a]\n", "[[variables.a.mechanism.rows]]\n", "states = ", "=", ".", "a"),
        *('["no", "yes"]', "mechanism", "kind", '"table"', '"noisy_or"', "parents", "rows", "links", "p"),
        *("{", "}", "[", "]", ",", '"', "'", '"""', "#", "\n", " ", "0.5", "1", "-1", "nan", "inf", "1e400"),
        *("true", "[about]\n", "[[rules]]\n", "[flags.x]\n", "\x00", "é", "1979-05-27", "when", "leak"),
    ],
    "net": [
        *("net", "node", "potential", "class", "states", "label", "data", "=", "{", "}", "(", ")", "|", ";"),
        *('"', "%", "\n", " ", "a", "b", "d", '"no"', '"yes"', "0.5", "1", "-1", "nan", "1e400", "model_nodes"),
        *("etiograph_names_escaped", "_x20_", "_xFFFFFF_", "\x00", "é", "discrete", "continuous", "\\"),
    ],
    "dne": [
        *("bnet", "node", "kind", "NATURE", "states", "numstates", "levels", "parents", "probs", "functable"),
        *("=", "{", "}", "(", ")", ",", ";", '"', "//", "/*", "*/", "\n", " ", "a", "b", "no", "yes", "0.5"),
        *("1", "-1", "nan", "1e400", "equation", "999999999", "\x00", "é", "#0"),
    ],
    "uai": [
        *("BAYES", "MARKOV", " ", "\n", "0", "1", "2", "3", "0.5", "1.0", "-1", "nan", "1e400"),
        *("999999999999", "#", "a", "\x00", "é", "0.1 0.9", "2 2", "1 0", "2 0 1"),
    ],
    "xmlbif": [
        *("<BIF>", "</BIF>", "<NETWORK>", "</NETWORK>", "<VARIABLE>", "</VARIABLE>", "<NAME>", "</NAME>"),
        *("<OUTCOME>", "</OUTCOME>", "<DEFINITION>", "</DEFINITION>", "<FOR>", "</FOR>", "<GIVEN>", "</GIVEN>"),
        *("<TABLE>", "</TABLE>", "a", "b", "no", "yes", "0.5 ", "1 ", "-1 ", "nan ", "1e400 ", "<!--", "-->"),
        *("<!DOCTYPE BIF [", "<!ENTITY a 'b'>", "]>", "&a;", "&lt;", "<![CDATA[", "]]>", "é", "\x00", "\n"),
    ],
    "xdsl": [
        *("<smile>", "</smile>", "<nodes>", "</nodes>", "<cpt id='a'>", "</cpt>", "<state id='no'/>", "a ", "b "),
        *("<noisymax id='b'>", "</noisymax>", "<parents>", "</parents>", "<probabilities>", "</probabilities>"),
        *("<strengths>", "</strengths>", "<parameters>", "</parameters>", "0.5 ", "1 ", "-1 ", "nan ", "0 "),
        *("<deterministic id='d'>", "</deterministic>", "<resultingstates>", "</resultingstates>", "&#0;", "\x00"),
    ],
    "pgmx": [
        *("<ProbModelXML>", "</ProbModelXML>", "<ProbNet type='BayesianNetwork'>", "</ProbNet>", "<Variables>"),
        *("</Variables>", "<Variable name='a' type='finiteStates'>", "<Variable name='a'/>", "</Variable>"),
        *("<States>", "</States>", "<State name='no'/>", "<State name='yes'/>", "<Potentials>", "</Potentials>"),
        *("<Potential type='Table'>", "<Potential type='ICIModel'>", "</Potential>", "<Values>", "</Values>"),
        *("<Subpotentials>", "</Subpotentials>", "<Model>", "</Model>", "OrMax", "0.5 ", "1 ", "-1 ", "nan "),
        *("<UncertainValues>", "</UncertainValues>", "<Value/>", "<Value distribution='Beta'>2 3</Value>"),
    ],
    "json": [
        *("{", "}", "[", "]", ":", ",", '"', '"format"', "1", "0.5", "-1", "NaN", "Infinity", "1e999", "true"),
        *('"variables"', '"a"', '"states"', '"no"', '"yes"', '"mechanism"', '"kind"', '"table"', '"rows"'),
        *('"p"', '"when"', "null", "\n", " ", "\\u0000", "\\ud800", "é", "\x00"),
    ],
}  # fmt: skip

READERS: dict[str, tuple[Callable[[str, str], Network], Callable[[Network], str] | None]] = {
    "bif": (loads_bif, dumps_bif),
    "native": (loads_native, dumps_native),
    "net": (loads_net, dumps_net),
    "dne": (loads_dne, dumps_dne),
    "uai": (loads_uai, dumps_uai),
    "xmlbif": (loads_xmlbif, dumps_xmlbif),
    "xdsl": (loads_xdsl, dumps_xdsl),
    "pgmx": (loads_pgmx, None),
    "json": (loads_json, dumps_json),
}

GOOD_PGMX = """<?xml version="1.0" encoding="UTF-8"?>
<ProbModelXML formatVersion="0.2.0"><ProbNet type="BayesianNetwork"><Variables>
<Variable name="d" type="finiteStates" role="chance"><States><State name="no"/><State name="yes"/></States></Variable>
<Variable name="t" type="finiteStates" role="chance"><States><State name="neg"/><State name="pos"/></States></Variable>
<Variable name="u" type="finiteStates" role="chance"><States><State name="no"/><State name="yes"/></States></Variable>
</Variables><Links/><Potentials>
<Potential type="Table" role="conditionalProbability"><Variables><Variable name="d"/></Variables>
<Values>0.8 0.2</Values><UncertainValues><Value distribution="Complement">1.0</Value>
<Value distribution="Beta">2.0 8.0</Value></UncertainValues></Potential>
<Potential type="Table"><Variables><Variable name="t"/><Variable name="d"/></Variables>
<Values>0.95 0.05 0.2 0.8</Values></Potential>
<Potential type="ICIModel"><Model>OrMax</Model><Variables><Variable name="u"/><Variable name="d"/>
<Variable name="t"/></Variables><Subpotentials>
<Potential type="Table"><Variables><Variable name="u"/><Variable name="d"/></Variables><Values>1 0 0.3 0.7</Values></Potential>
<Potential type="Table"><Variables><Variable name="u"/><Variable name="t"/></Variables><Values>1 0 0.6 0.4</Values></Potential>
<Potential type="Table"><Variables><Variable name="u"/></Variables><Values>0.9 0.1</Values></Potential>
</Subpotentials></Potential></Potentials></ProbNet></ProbModelXML>
"""


def small_network() -> Network:
    text = (
        'format = 1\n[variables.a]\nstates = ["no", "yes"]\nmechanism = {kind = "table", '
        'rows = [{p = {yes = 0.3}}]}\n[variables."b c"]\nstates = ["x", "y", "z"]\n'
        'mechanism = {kind = "table", parents = ["a"], rows = [{when = {a = "no"}, p = {y = 0.5, z = '
        "{value = 0.2, low = 0.1, high = 0.3}}}, {p = {y = 0.1, z = 0.1}}]}\n[variables.d]\n"
        'states = ["no", "yes"]\nmechanism.kind = "noisy_or"\nmechanism.leak = 0.1\n'
        'mechanism.links = [{parent = "a", strength = {yes = 0.5}}]\n'
        '[[rules]]\nid = "r"\nlevel = "see"\nmessage = "m"\nwhen = {a = "yes"}\n'
    )
    return loads_native(text)


def mutations(text: str, words: list[str], rng: random.Random) -> Iterator[str]:
    """Texts a few cuts, doublings, swaps and words away from a good one."""
    while True:
        result = text
        for _ in range(rng.randint(1, 4)):
            i, j = sorted(rng.randrange(len(result) + 1) for _ in range(2))
            j = min(j, i + rng.choice((1, 5, 40)))
            piece = rng.choice(("", rng.choice(words), result[i:j] * 2, result[j : j + 9]))
            result = result[:i] + piece + result[j:]
        yield result


def sentences(words: list[str], rng: random.Random) -> Iterator[str]:
    """Words of the format in any order."""
    while True:
        yield "".join(rng.choices(words, k=rng.randint(1, 60)))


def _uncarried(text: str) -> str:
    """The text without what it carries for us: a mutation there would always be the same one."""
    return "".join(line for line in text.splitlines(True) if "etiograph model file:" not in line)


def check(read: Callable[[str], Network], text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network = read(text)
    except EtiographError as error:
        assert str(error)  # noqa: PT017 - the error is the answer
    else:
        assert network.variables


@pytest.mark.parametrize("kind", list(READERS))
@pytest.mark.parametrize("source", ["mutation", "grammar"])
def test_typed_errors_only(kind: str, source: str) -> None:
    rng = random.Random(SEED)
    loads, dumps = READERS[kind]

    def read(text: str) -> Network:
        return loads(text, "<text>")

    if source == "mutation":
        good = dumps(small_network()) if dumps is not None else GOOD_PGMX
        read(good) if kind != "uai" else None
        texts = mutations(_uncarried(good), WORDS[kind], rng)
    else:
        texts = sentences(WORDS[kind], rng)
    for i in range(SIZE):
        text = next(texts)
        try:
            check(read, text)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, text {i}: {error!r} for {text!r}") from error


def test_any_bytes() -> None:
    rng = random.Random(SEED)
    for _ in range(SIZE):
        data = rng.randbytes(rng.randint(0, 60))
        prefix = rng.choice(
            (b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\xef\xbb\xbf")
        )
        check(lambda text: reads(text, "x"), "") if not data else None
        try:
            text = decode(prefix + data, "x")
        except EtiographError:
            continue
        check(reads, text)


def test_five_megabytes_of_garbage(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    for words in WORDS.values():
        unit = "".join(rng.choices([w for w in words if w != "\x00"], k=2000))
        text = unit * (5_000_000 // len(unit))
        with pytest.raises(EtiographError):
            reads(text)
