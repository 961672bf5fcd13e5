"""What one cell says: nothing, a state, a measured value; the same for a case and for a table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

import etiograph as eg
from etiograph.findings.cell import finding_of, says_nothing, state_named
from etiograph.network.variable import Variable

NOTHING = (None, eg.unknown, "", float("nan"), np.nan, np.float32("nan"), pd.NA, pd.NaT,
           np.datetime64("NaT", "s"), Decimal("NaN"))  # fmt: skip
SOMETHING = ("None", "NA", "null", "n/a", "nan", " ", "unknown", 0, 0.0, False, np.array([]))


@pytest.mark.parametrize("cell", NOTHING)
def test_empty_cells_say_nothing(cell: Any) -> None:
    assert says_nothing(cell)


@pytest.mark.parametrize("cell", SOMETHING, ids=repr)
def test_only_the_empty_cell_says_nothing(cell: Any) -> None:
    assert not says_nothing(cell)


@pytest.mark.parametrize(
    ("cell", "marks"), [("NA", {"NA"}), (-9, {"-9"}), (-9.0, {"-9"}), ("-9.0", {"-9"})]
)
def test_marks_of_the_caller_say_nothing(cell: Any, marks: set[str]) -> None:
    assert says_nothing(cell, marks)
    assert not says_nothing(cell, {"99"})


@pytest.mark.parametrize(
    ("states", "cell", "named"),
    [
        (("0", "1"), 1, "1"),
        (("0", "1"), 1.0, "1"),
        (("0", "1"), np.float32(1), "1"),
        (("0", "1"), np.int8(0), "0"),
        (("0", "1"), "1.0", "1"),
        (("0", "1"), "1", "1"),
        (("0", "1"), "01", None),
        (("0", "1"), 0.5, None),
        (("0", "1"), True, "1"),
        (("0", "1"), np.bool_(False), "0"),
        (("0", "1"), "true", "1"),
        (("0", "1"), Decimal("1"), "1"),
        (("-1", "0.5"), -1.0, "-1"),
        (("-1", "0.5"), 0.5, "0.5"),
        (("1.0", "2.0"), 1, None),
        (("1.0", "2.0"), 1.0, "1.0"),
        (("True", "False"), True, "True"),
        (("true", "false"), True, "true"),
        (("true", "false"), "TRUE", "true"),
        (("FALSE", "TRUE"), False, "FALSE"),
        (("true", "True"), "True", "True"),
        (("no", "yes"), True, None),
        (("no", "yes"), 1, None),
        (("no", "yes"), "Yes", None),
        (("no", "yes"), float("inf"), None),
        (("no", "yes"), 10**400, None),
        (("caf\u00e9", "tea"), "cafe\u0301", "caf\u00e9"),
        (("None", "NA"), "NA", "NA"),
    ],
)
def test_states_by_how_they_are_written(states: Any, cell: Any, named: str | None) -> None:
    assert state_named(Variable("v", states), cell) == named


@pytest.mark.parametrize(
    ("states", "cell"), [(("1", "1.0"), 1.0), (("true", "TRUE"), True), (("true", "True"), "TRUE")]
)
def test_either_of_two_states_is_refused(states: Any, cell: Any) -> None:
    with pytest.raises(eg.InvalidFinding, match="either"):
        state_named(Variable("v", states), cell)


@pytest.fixture(scope="module")
def coded() -> eg.Network:
    states = {"s": ["0", "1"], "t": ["True", "False"], "u": ["None", "some"]}
    tables = {
        "s": np.array([0.7, 0.3]),
        "t": np.array([[0.1, 0.9], [0.6, 0.4]]),
        "u": np.array([[0.2, 0.8], [0.5, 0.5]]),
    }
    return eg.Network.from_tables(states, {"s": [], "t": ["s"], "u": ["s"]}, tables)


def test_a_case_takes_what_a_row_of_a_table_holds(coded: eg.Network) -> None:
    frame = pd.DataFrame({"s": [1, 0], "t": [True, False], "u": ["None", None]})
    want = coded.posteriors(frame, of=[])
    for i in range(2):
        case = coded.case(frame.iloc[i])
        assert case.posterior().log_evidence == pytest.approx(want.log_evidence[i], abs=1e-12)
    assert coded.case(frame.iloc[0]) == coded.case(s="1", t="True", u="None")


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
def test_what_says_nothing_in_a_case_is_unknown(coded: eg.Network, nothing: Any) -> None:
    case = coded.case({"s": nothing, "t": "True"})
    assert case.findings["s"] is eg.unknown
    want = coded.case(t="True").posterior()["s"]
    assert case.posterior()["s"] == pytest.approx(want, abs=1e-12)
    assert case == coded.case(s=eg.unknown, t="True")
    assert case.with_findings(s=nothing) == case


def test_a_row_with_two_cells_of_one_name_is_refused(coded: eg.Network) -> None:
    frame = pd.DataFrame([["0", "1"]], columns=["s", "s"])
    with pytest.raises(eg.InvalidFinding, match="'s' is given twice"):
        coded.case(frame.iloc[0])
    with pytest.raises(eg.InvalidFinding, match="not list"):
        coded.case(["0"])  # type: ignore[arg-type]


def test_names_of_a_case_are_in_one_form_of_unicode() -> None:
    network = eg.Network.from_tables(
        {"caf\u00e9": ["no", "yes"]}, {"caf\u00e9": []}, {"caf\u00e9": np.array([0.5, 0.5])}
    )
    assert dict(network.case({"cafe\u0301": "yes"}).findings) == {"caf\u00e9": "yes"}


def test_lists_are_read_cell_by_cell(coded: eg.Network) -> None:
    assert finding_of(coded, "s", [1, None, float("nan")]) == ["1", eg.unknown, eg.unknown]


def test_a_bare_number_is_in_the_canonical_unit_only_in_a_table() -> None:
    network = eg.load("leg_cramps")
    row = pd.Series({"serum_magnesium": 0.62})
    assert network.case(row).findings["serum_magnesium"] == eg.measured(0.62)
    with pytest.raises(eg.InvalidFinding, match="no unit"):
        network.case(serum_magnesium=0.62).posterior()


class Odd:
    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    "cell",
    [
        b"yes", Odd(), 1j, pd.Period("2020"), pd.Timestamp(0), np.zeros((2, 2)), {"no": "often"},
        Decimal("1e999999"), 10**400, "x" * 200_000, [["yes"]], pd.DataFrame({"a": [1]}), {1, 2},
        float("inf"), object, lambda: None,
    ],
    ids=lambda cell: type(cell).__name__,
)  # fmt: skip
@pytest.mark.parametrize("name", ["age", "serum_magnesium"])
def test_what_is_no_finding_is_refused_in_our_words(name: str, cell: Any) -> None:
    network = eg.load("leg_cramps")
    with pytest.raises((eg.InvalidFinding, eg.UnknownName)) as refused:
        network.posteriors({name: [None, cell]})
    assert refused.value.__notes__ == [f"in row 2 of the table, column {name!r}"]
    assert len(str(refused.value)) < 1000
    with pytest.raises((eg.InvalidFinding, eg.UnknownName)):
        network.case({name: cell}).posterior()


@pytest.mark.parametrize("cell", [np.array("1"), np.array(["1"]), np.array([1.0])])
def test_arrays_are_lists_of_cells(coded: eg.Network, cell: Any) -> None:
    assert finding_of(coded, "s", cell) in ("1", ["1"])


def test_a_signalling_nan_says_nothing(coded: eg.Network) -> None:
    assert says_nothing(Decimal("sNaN"))
    assert coded.case(s=Decimal("sNaN")).findings["s"] is eg.unknown
