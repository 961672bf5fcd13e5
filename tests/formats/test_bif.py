from __future__ import annotations

import gzip
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork, TooLarge, UnknownName, UnreadableFile
from etiograph.formats.bif import dumps_bif, load_bif, loads_bif, save_bif
from etiograph.formats.names import escape, identifier, unescape
from etiograph.formats.tables import RowsNormalised
from etiograph.formats.text import Tolerated
from etiograph.network.network import Network

RAIN = """\
network rain {
  property author "nobody; } {" ;
}
variable rain {
  type discrete [ 2 ] { no, yes };
  property position = (1, 2) ;
}
variable sprinkler { type discrete [ 2 ] { off, on }; }
// a comment; } with anything
variable grass { type discrete [ 3 ] { dry, damp, wet }; }
probability ( rain ) {
  table 0.8, 0.2;
}
probability ( sprinkler | rain ) {
  (no) 0.6, 0.4;
  (yes) 0.99, 0.01;
}
probability ( grass | sprinkler, rain ) { /* rows in any
  order */
  (on, yes) 0.0, 0.01, 0.99;
  (off, no) 1.0, 0, 0;
  (on, no) .1, 1e-1, 8.0e-01;
  (off, yes) 0.1, 0.1, 0.8;
}
"""


def bnlearn_files() -> list[Path]:
    found = importlib.util.find_spec("pgmpy")
    if found is None or found.origin is None:
        return []
    return sorted((Path(found.origin).parent / "utils" / "example_models").glob("*.bif.gz"))


def test_rows_are_placed_by_their_labels() -> None:
    network = loads_bif(RAIN)
    assert list(network.variables) == ["rain", "sprinkler", "grass"]
    assert network.variables["grass"].states == ("dry", "damp", "wet")
    assert network.parents("grass") == ("sprinkler", "rain")
    expected = [[[1, 0, 0], [0.1, 0.1, 0.8]], [[0.1, 0.1, 0.8], [0, 0.01, 0.99]]]
    np.testing.assert_array_equal(network.table("grass"), expected)


def test_whole_table_has_the_child_slowest() -> None:
    # The dog problem of Cozman's format description: P(out | bowel, family).
    text = """network dog {}
variable family { type discrete [ 2 ] { true, false }; }
variable bowel { type discrete [ 2 ] { true, false }; }
variable out { type discrete [ 2 ] { true, false }; }
probability ( family ) { table 0.15, 0.85; }
probability ( bowel ) { table 0.01 0.99; }
probability ( out | bowel, family ) { table 0.99 0.97 0.9 0.3 0.01 0.03 0.1 0.7; }
"""
    expected = [[[0.99, 0.01], [0.97, 0.03]], [[0.9, 0.1], [0.3, 0.7]]]
    np.testing.assert_array_equal(loads_bif(text).table("out"), expected)


def test_whole_table_that_reads_two_ways_is_refused() -> None:
    text = RAIN.replace("(no) 0.6, 0.4;\n  (yes) 0.99, 0.01;", "table 0.5, 0.4, 0.5, 0.6;")
    assert loads_bif(text).table("sprinkler")[0, 0] == 0.5
    text = RAIN.replace("(no) 0.6, 0.4;\n  (yes) 0.99, 0.01;", "table 0.3, 0.7, 0.7, 0.3;")
    assert loads_bif(text).table("sprinkler")[0, 0] == 0.3
    text = (
        "variable a { type discrete [ 3 ] { x, y, z }; }\nprobability ( a ) { table .2, .3, .5; }\n"
        "variable b { type discrete [ 3 ] { x, y, z }; }\n"
        "probability ( b | a ) { table .2, .3, .5, .5, .2, .3, .3, .5, .2; }\n"
    )
    with pytest.raises(InvalidNetwork, match=r":4: .*slowest or fastest"):
        loads_bif(text)


def test_default_fills_the_rows_not_listed() -> None:
    text = RAIN.replace("  (no) 0.6, 0.4;\n", "  default 0.25, 0.75;\n")
    np.testing.assert_array_equal(loads_bif(text).table("sprinkler"), [[0.25, 0.75], [0.99, 0.01]])


def test_quoted_names() -> None:
    text = RAIN.replace("rain", '"heavy rain; (a) }, b"').replace("(no)", '("no")')
    text = text.replace("dry", '"d(r);y}"')
    network = loads_bif(text)
    assert network.parents("grass") == ("sprinkler", "heavy rain; (a) }, b")
    assert network.variables["grass"].states[0] == "d(r);y}"
    chained = text + (
        'variable mud { type discrete [ 2 ] { "0", "1" }; }\n'
        'probability ( mud | grass ) { ("d(r);y}") 1, 0; (damp) 0.5, 0.5; ( wet ) 0, 1; }\n'
    )
    np.testing.assert_array_equal(loads_bif(chained).table("mud"), [[1, 0], [0.5, 0.5], [0, 1]])


@pytest.mark.parametrize(
    ("old", "new", "error", "line", "match"),
    [
        ("table 0.8, 0.2;", "table 0.8, -0.2;", InvalidNetwork, 12, "-0.2 is no probability"),
        ("table 0.8, 0.2;", "table 0.8, nan;", InvalidNetwork, 12, "nan is no probability"),
        ("table 0.8, 0.2;", "table 0.8, inf;", InvalidNetwork, 12, "inf is no probability"),
        ("table 0.8, 0.2;", "table 0.8, 1e400;", InvalidNetwork, 12, "1e400 is no probability"),
        ("(yes) 0.99, 0.01;", "(yes) 1.5, 0.0;", InvalidNetwork, 16, r"row \(yes\): 1.5 is no"),
        ("table 0.8, 0.2;", "table 0.8, 0.2_0;", InvalidNetwork, 12, "no probability"),
        ("table 0.8, 0.2;", "table 0.8, x;", UnreadableFile, 12, "'x' is no number"),
        ("table 0.8, 0.2;", "table 0.8, ;", UnreadableFile, 12, "'' is no number"),
        ("table 0.8, 0.2;", "table 0.8;", InvalidNetwork, 12, r"expected 2 number.*found 1"),
        ("table 0.8, 0.2;", "table 0,8, 0,2;", InvalidNetwork, 12, "found 4; a decimal comma"),
        ("(yes) 0.99, 0.01;", "(yes) 0.99, 0.03;", InvalidNetwork, 16, "sum to 1.02, not 1"),
        ("(yes) 0.99, 0.01;", "", InvalidNetwork, 14, r"1 of 2 row.*\(yes\)"),
        ("(yes) 0.99, 0.01;", "(no) 0.9, 0.1;", InvalidNetwork, 16, "stands twice"),
        ("(yes) 0.99, 0.01;", "(ye) 0.9, 0.1;", UnknownName, 16, "did you mean 'yes'"),
        ("(yes) 0.99, 0.01;", "(1) 0.9, 0.1;", UnknownName, 16, "state of 'rain' is called '1'"),
        ("(yes) 0.99, 0.01;", "(yes, no) 1, 0;", InvalidNetwork, 16, r"2 state\(s\); expected 1"),
        ("(yes) 0.99, 0.01;", "yes 0.9, 0.1;", UnreadableFile, 16, "found 'yes 0.9"),
        ("( sprinkler | rain )", "( sprinkler | ran )", UnknownName, 14, "did you mean 'rain'"),
        ("( sprinkler | rain )", "( sprinkle | rain )", UnknownName, 14, "mean 'sprinkler'"),
        ("( sprinkler | rain )", "( sprinkler ; rain )", UnreadableFile, 14, "found ';"),
        ("( sprinkler | rain )", "( sprinkler, grass | rain )", InvalidNetwork, 14, "one variable"),
        ("( sprinkler | rain )", "( sprinkler rain", UnreadableFile, 14, "found '{"),
        ("dry, damp", "dry damp;", UnreadableFile, 10, "found ';"),
        ("damp, wet", "damp,, wet", UnreadableFile, 10, "found ','"),
        ("damp, wet", "damp, wet,", UnreadableFile, 10, "expected a state"),
        ("( sprinkler | rain )", "( sprinkler | rain, rain )", InvalidNetwork, 14, "twice"),
        ("( sprinkler | rain )", "( sprinkler | sprinkler )", InvalidNetwork, 14, "own parent"),
        ("( rain )", "( grass )", InvalidNetwork, 18, "'grass' has two tables"),
        ("[ 3 ] { dry", "[ 4 ] { dry", InvalidNetwork, 10, "declares 4 states and lists 3"),
        ("[ 3 ] { dry", "[ 999999999 ] { dry", InvalidNetwork, 10, "999,999,999 states"),
        ("[ 3 ] { dry", "[ many ] { dry", UnreadableFile, 10, "'many' is no number"),
        ("dry, damp", "dry, dry", InvalidNetwork, 10, "'dry' twice"),
        ("discrete [ 3 ]", "continuous [ 3 ]", UnreadableFile, 10, "only 'discrete'"),
        ("variable sprinkler", "variable rain", InvalidNetwork, 8, "declared twice \\(line 4\\)"),
        ("variable sprinkler", "variabel sprinkler", UnreadableFile, 8, "found 'variabel'"),
        ("variable sprinkler", "variable spr\x07inkler", UnreadableFile, 8, "control"),
        ("variable sprinkler {", "variable sprinkler", UnreadableFile, 8, "expected '{'"),
        ("probability ( rain ) {\n  table 0.8, 0.2;\n}", "", InvalidNetwork, 4, "has no table"),
        ("/* rows", "/* rows /*", None, 0, ""),
        ("order */", "order", UnreadableFile, 18, "never closed"),
    ],
)
def test_mistakes_are_refused_at_their_line(
    old: str, new: str, error: type[Exception] | None, line: int, match: str
) -> None:
    assert RAIN.count(old) == 1
    text = RAIN.replace(old, new)
    if error is None:
        loads_bif(text, "rain.bif")
        return
    with pytest.raises(error, match=match) as caught:
        loads_bif(text, "rain.bif")
    assert caught.value.line == line  # type: ignore[attr-defined]
    assert str(caught.value).startswith(f"rain.bif:{line}: ")


ORIGINAL = """\
// the dialect in which the format was published: commas and bars may be left out
network "Garden" { //3 variables and 3 probability distributions
\tproperty "made by hand" ;
}
variable  "rain" { //2 values
\ttype discrete[2] {  "true"  "false" };
\tproperty "position = (10, 20)" ;
}
variable  "tap" { //2 values
\ttype discrete[2] {  "true"  "false" };
}
variable  "wet" { //2 values
\ttype discrete[2] {  "true"  "false" };
}
probability (  "wet"  "rain"  "tap" ) { //3 variable(s) and 8 values
\ttable 0.95 0.9 0.8 0.1 0.05 0.1 0.2 0.9 ;
}
probability (  "rain" ) { //1 variable(s) and 2 values
\ttable 0.2 0.8 ;
}
probability (  "tap" ) { //1 variable(s) and 2 values
\ttable 0.4 0.6 ;
}
"""


def test_commas_and_bars_left_out() -> None:
    network = loads_bif(ORIGINAL)
    assert network.about["name"] == "Garden"
    assert network.parents("wet") == ("rain", "tap")
    p = np.einsum("r,t,rtw->w", *(network.table(v) for v in ("rain", "tap", "wet")))
    assert p[0] == pytest.approx(0.488, abs=1e-15)
    rows = ORIGINAL.replace(
        "table 0.95 0.9 0.8 0.1 0.05 0.1 0.2 0.9 ;",
        '("true" "true") 0.95 0.05; (false  true) 0.8 0.2; (true, "false") 0.9 0.1;\n'
        "default 0.1 0.9;",
    )
    np.testing.assert_array_equal(loads_bif(rows).table("wet"), network.table("wet"))
    barred = ORIGINAL.replace('"wet"  "rain"  "tap"', '"wet" | "rain"  "tap"')
    assert loads_bif(barred) == network


def test_a_list_that_reads_two_ways_is_told_by_the_others() -> None:
    cyclic = ".2, .3, .5, .5, .2, .3, .3, .5, .2"
    text = (
        "variable a { type discrete [ 3 ] { x, y, z }; }\nprobability ( a ) { table .2, .3, .5; }\n"
        "variable b { type discrete [ 3 ] { x, y, z }; }\n"
        f"probability ( b | a ) {{ table {cyclic}; }}\n"
        "variable c { type discrete [ 2 ] { x, y }; }\nprobability ( c | a ) { table TABLE; }\n"
    )
    slowest = loads_bif(text.replace("TABLE", ".1, .2, .3, .9, .8, .7")).table("b")
    fastest = loads_bif(text.replace("TABLE", ".1, .9, .2, .8, .3, .7")).table("b")
    np.testing.assert_array_equal(fastest, [[0.2, 0.3, 0.5], [0.5, 0.2, 0.3], [0.3, 0.5, 0.2]])
    np.testing.assert_array_equal(slowest, fastest.T)


@pytest.mark.parametrize("count", [3, 6])
def test_thirds_in_two_decimals(count: int) -> None:
    p = {3: 0.33, 6: 0.165}[count]
    text = (
        f"network n {{}}\nvariable v {{ type discrete [ {count} ] "
        f"{{ {', '.join('abcdef'[:count])} }}; }}\n"
        f"probability ( v ) {{ table {', '.join([repr(p)] * count)}; }}\n"
    )
    with pytest.warns(RowsNormalised, match="line 3 'v' sums to 0.99"):
        network = loads_bif(text)
    np.testing.assert_allclose(network.table("v"), [1 / count] * count, rtol=1e-15)


@pytest.mark.parametrize("head", ["network {", 'network "" {', "network of the rain {", ""])
def test_a_network_block_without_a_plain_name(head: str) -> None:
    opening = RAIN[: RAIN.index("variable")]
    text = RAIN.replace(opening, f"{head}\n}}\n" if head else "")
    name = {"network of the rain {": "of the rain"}.get(head)
    assert loads_bif(text).about.get("name") == name
    assert loads_bif(text).table("grass").shape == (2, 2, 3)


@pytest.mark.parametrize("end", ["}\n", ""])
def test_a_network_block_left_open(end: str) -> None:
    text = RAIN.replace(' {" ;\n}', ' {" ;', 1) + end
    with pytest.warns(Tolerated, match=r"rain\.bif:3: the network block is still open"):
        network = loads_bif(text, "rain.bif")
    assert network == loads_bif(RAIN)
    with pytest.raises(UnreadableFile, match="found '}'"):
        loads_bif(RAIN + "}")


def test_free_text_between_the_blocks() -> None:
    text = "Made by hand, for a lesson on the network\n\n" + RAIN.replace(
        "variable grass", 'on the grass;\nsee (a), "b"\nvariable grass'
    )
    with pytest.warns(Tolerated, match=r":1: text between the blocks was skipped: 'Made by hand"):
        assert loads_bif(text + "the end") == loads_bif(RAIN)


def test_comments_wherever_white_space_may_stand() -> None:
    text = RAIN.replace("{ dry, damp, wet }", "{ /* a */ dry, // b\n damp /* c */, wet // d\n }")
    text = text.replace("( sprinkler | rain )", "/* } */ ( // (\n sprinkler /* | */ | rain ) //\n")
    text = text.replace("(no) 0.6, 0.4;", "( /* x */ no) 0.6, /* 0.3, */ 0.4 // ;\n ; // more;")
    assert loads_bif(text) == loads_bif(RAIN)


def test_cycle_is_printed() -> None:
    text = RAIN.replace("( rain ) {\n  table 0.8, 0.2;", "( rain | grass ) { default 0.8, 0.2;")
    with pytest.raises(InvalidNetwork, match=r"cycle: (\w+) -> .* -> \1$"):
        loads_bif(text)


def test_rows_nearly_one() -> None:
    silent = loads_bif(RAIN.replace("0.6, 0.4", "0.6, 0.4000005")).table("sprinkler")
    np.testing.assert_allclose(silent[0].sum(), 1, rtol=0, atol=1e-15)
    exact = loads_bif(RAIN.replace("0.6, 0.4", "0.6, 0.3999999999")).table("sprinkler")
    assert exact[0, 1] == 0.3999999999
    with pytest.warns(RowsNormalised, match=r"line 15 'sprinkler', row \(no\) sums to 1\.001") as w:
        warned = loads_bif(RAIN.replace("0.6, 0.4", "0.6, 0.401")).table("sprinkler")
    np.testing.assert_allclose(warned[0], [0.6 / 1.001, 0.401 / 1.001], rtol=1e-15)
    assert len(w[0].message.rows) == 1  # type: ignore[union-attr]


def test_a_table_too_large_is_refused_before_it_is_made() -> None:
    names = [f"v{i}" for i in range(41)]
    text = "".join(f"variable {v} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for v in names)
    text += "".join(f"probability ( {v} ) {{ table 0.5, 0.5; }}\n" for v in names[1:])
    text += f"probability ( v0 | {', '.join(names[1:])} ) {{ default 0.5, 0.5; }}\n"
    with pytest.raises(TooLarge, match=r"line 82.*2,199,023,255,552 entries") as caught:
        loads_bif(text)
    assert caught.value.entries == 2**41


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "<0.70",
        'say "no", (or yes); {x}|[y]',
        "_x20_",
        "a_x5F_x20_",
        "été",
        "2",
        "//",
        "😀",
        "'",
        "Table",
        "2a",
    ],
)
def test_escape_is_reversible_and_plain(name: str) -> None:
    assert unescape(escape(name)) == name
    assert escape(name).replace("_", "").isalnum()
    assert escape(name).isascii()


def test_another_programs_names_are_not_decoded() -> None:
    text = RAIN.replace("damp", "a_x20_b")
    assert "a_x20_b" in loads_bif(text).variables["grass"].states


def test_file_round_trip(tmp_path: Path) -> None:
    network = loads_bif(RAIN)
    save_bif(network, tmp_path / "rain.bif")
    again = load_bif(tmp_path / "rain.bif")
    assert list(again.variables) == list(network.variables)
    for name in network.variables:
        np.testing.assert_array_equal(again.table(name), network.table(name))
    (tmp_path / "rain.bif.gz").write_bytes(gzip.compress(dumps_bif(network).encode()))
    assert load_bif(tmp_path / "rain.bif.gz").digest() == again.digest()


HARD = Network.from_tables(
    {
        "été (a) ≥ 30": ("no", "<0.70"),
        "network": ("discrete", "table", "1e5", "-3"),
        "2a": ("12", "007"),
        "7": ("x", "_x20_"),
        "one": ("only",),
        "two": ("a b", "c|d"),
    },
    {"network": ("été (a) ≥ 30",), "one": ("7",), "two": ("one", "2a")},
    {
        "été (a) ≥ 30": [0.25, 0.75],
        "network": [[0.1, 0.2, 0.3, 0.4], [0.5, 0.125, 0.25, 0.125]],
        "2a": [0.5, 0.5],
        "7": [0.75, 0.25],
        "one": [[1.0], [1.0]],
        "two": [[[0.1, 0.9], [0.3, 0.7]]],
    },
)


def test_hard_names_travel() -> None:
    text = dumps_bif(HARD)
    assert "\n  property etiograph_names_escaped = yes ;\n" in text
    assert text.isascii()
    assert loads_bif(text) == HARD


def test_hard_names_are_read_by_pgmpy(tmp_path: Path) -> None:
    readwrite = pytest.importorskip("pgmpy.readwrite")
    save_bif(HARD, tmp_path / "hard.bif")
    model = readwrite.BIFReader(str(tmp_path / "hard.bif")).get_model()
    assert len(model.nodes()) == 6
    values = model.get_cpds(identifier("two")).get_values()
    np.testing.assert_allclose(values[:, :2], [[0.1, 0.3], [0.9, 0.7]])


def test_hard_names_are_read_by_pyagrum(tmp_path: Path) -> None:
    pytest.importorskip("pyagrum")
    save_bif(HARD, tmp_path / "hard.bif")
    script = (
        "import sys, pyagrum as gum; bn = gum.loadBN(sys.argv[1]); "
        "ie = gum.LazyPropagation(bn); ie.makeInference(); "
        f"print(bn.size(), *ie.posterior({identifier('two')!r}).tolist())"
    )
    run = [sys.executable, "-c", script, str(tmp_path / "hard.bif")]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    size, *p = map(float, done.stdout.split()[-3:])
    assert size == 6
    np.testing.assert_allclose(p, [0.2, 0.8], atol=1e-6)


@pytest.mark.skipif(not bnlearn_files(), reason="the networks come with pgmpy")
@pytest.mark.parametrize("path", bnlearn_files(), ids=lambda path: path.name.split(".")[0])
def test_bnlearn_networks_read(path: Path) -> None:
    network = load_bif(path)
    text = gzip.decompress(path.read_bytes()).decode()
    assert len(network.variables) == text.count("\nvariable ")
    heads = [part[: part.index("{")] for part in text.split("\nprobability ")[1:]]
    arrows = sum(1 + head.count(",") for head in heads if "|" in head)
    assert sum(len(network.parents(v)) for v in network.variables) == arrows


@pytest.mark.skipif(not bnlearn_files(), reason="the networks come with pgmpy")
@pytest.mark.parametrize("name", ["alarm", "hailfinder", "sachs", "win95pts"])
def test_bnlearn_networks_round_trip(name: str) -> None:
    path = next(path for path in bnlearn_files() if path.name.startswith(f"{name}."))
    network = load_bif(path)
    again = loads_bif(dumps_bif(network))
    assert {v: x.states for v, x in again.variables.items()} == {
        v: x.states for v, x in network.variables.items()
    }
    for v in network.variables:
        assert again.parents(v) == network.parents(v)
        assert again.table(v).tobytes() == network.table(v).tobytes()


@pytest.mark.filterwarnings("ignore::etiograph.formats.text.Tolerated")
@pytest.mark.parametrize(
    "unit",
    [
        "(",
        "{",
        "variable a {",
        'property "',
        '"',
        "/*",
        "// ",
        "\n",
        " ",
        "a",
        "probability (a) { (",
        'variable a { property "" ; } ',
        'probability ( a ) { ("',
    ],
)
def test_garbage_takes_linear_time(unit: str) -> None:
    def seconds(n: int) -> float:
        text = "network x { " * ("property" in unit) + unit * (n // len(unit))
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            with pytest.raises((UnreadableFile, InvalidNetwork)):
                loads_bif(text)
            best = min(best, time.process_time() - start)
        return best

    # Quadratic time would make the second 64 times the first.
    assert seconds(800_000) <= 24 * seconds(100_000) + 0.25
