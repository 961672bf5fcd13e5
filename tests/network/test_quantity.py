"""Measured values as laboratories print them, by every way in."""

from __future__ import annotations

import json
from math import log

import pytest
from scipy.stats import norm

import etiograph as eg
from etiograph.errors import Implausible, InvalidFinding, UnknownUnit
from etiograph.network.finding import understood
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.quantity import figures, plain_unit, read_quantity


@pytest.fixture(scope="module")
def net():
    return eg.load("leg_cramps")


def read(net, name, text) -> tuple[list[float], list[tuple[float, str]]]:
    parsed = understood(net, name, text)
    return parsed.values, parsed.limits


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("serum_magnesium", "0.62 mmol/L", 0.62),
        ("serum_magnesium", "0.62 mmol/l", 0.62),
        ("serum_magnesium", "0.62mmol/L", 0.62),
        ("serum_magnesium", "0,62 MMOL/L", 0.62),
        ("serum_magnesium", "0.62\u00a0mmol / L", 0.62),
        ("serum_magnesium", "1.5 mg/dl", 1.5 * 0.4114),
        ("serum_magnesium", "1,5mg/dL", 1.5 * 0.4114),
        ("serum_potassium", "3,000 mmol/L", 3.0),  # a decimal comma: 3000 is never guessed at
        ("vitamin_d_25oh", "12 ug/L", 12.0),
        ("vitamin_d_25oh", "12 \u00b5g/l", 12.0),
        ("vitamin_d_25oh", "12 \u03bcg/L", 12.0),
        ("vitamin_d_25oh", "12 mcg/L", 12.0),
        ("vitamin_d_25oh", "12 UG/L", 12.0),
        ("tsh", "0,01 mIU/L", 0.01),
        ("tsh", ".5 uIU/mL", 0.5),
        ("tsh", "4.2 \u00b5IU/mL", 4.2),
        ("tsh", "4,2 \u03bcIU/ml", 4.2),
        ("tsh", "4.2e0 UIU/ML", 4.2),
    ],
)
def test_a_value_as_printed(net, name, text, value) -> None:
    (number,), limits = read(net, name, text)
    assert number == pytest.approx(value, rel=1e-12)
    assert not limits


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,234 mmol/L", "may mean 1.234 or 1234; 1.234 is outside"),
        ("0.6\u00b2 mmol/L", "no unit of"),  # a footnote's mark, or an exponent: not 0.62
        ("1\u00bd mmol/L", "no unit of"),
        ("\u2460 mmol/L", "neither one of"),
        ("1,234,567 mmol/L", "thousands are not parted"),
        ("1.234,5 mmol/L", "thousands are not parted"),
        ("1,234.5 mmol/L", "thousands are not parted"),
        ("140 furlongs", "furlongs"),
        ("140", "has no unit"),
        ("nan mmol/L", "nor a number"),
        ("<", "nor a number"),
        ("140, mmol/L", "nor a number"),
    ],
)
def test_what_is_never_guessed_at_is_refused(net, text, words) -> None:
    with pytest.raises(InvalidFinding, match=words):
        understood(net, "serum_sodium", text)
    assert plain_unit("U/L") == "U/L"  # enzyme units are no micro-anything
    assert plain_unit("uU/mL") == "\u03bcU/mL"
    assert read_quantity("12,5") == read_quantity("12.5")


def test_a_comma_that_leaves_two_possible_numbers_is_not_guessed_at(net) -> None:
    """A creatine kinase of 12,000 is a muscle that dissolves; of 12, nothing."""
    with pytest.raises(InvalidFinding, match="12 or 12000; both are possible"):
        understood(net, "creatine_kinase", "12,000 U/L")
    assert read(net, "creatine_kinase", "12000 U/L")[0] == [12000.0]
    assert read(net, "creatine_kinase", "12,5 U/L")[0] == [12.5]


def test_implausible_and_unknown_units_are_told_apart(net) -> None:
    with pytest.raises(Implausible) as refused:
        understood(net, "serum_sodium", "<5 mmol/L")
    assert refused.value.limits[0] > 5
    with pytest.raises(UnknownUnit):
        understood(net, "serum_sodium", "<130 mg/L")


@pytest.mark.parametrize(("text", "side"), [("<0.01 mIU/L", "<"), ("\u2265 8,5 mIU/l", ">")])
def test_beyond_detection_is_the_mass_on_that_side(net, text, side) -> None:
    """P(level | below x) is proportional to P(level) Phi((log x - log median of the level) / sd)."""
    reading, model = net.mechanisms["tsh"], net.model
    (level,) = model.parents(model.index["tsh"])
    own = slice(model.offsets[level], model.offsets[level] + model.cards[level])
    from etiograph.engine.propagate import propagate

    before = propagate(model, likelihood_row(net, {})[None]).marginals[0]
    found = propagate(model, likelihood_row(net, {"tsh": text})[None])
    values, ((limit, told),) = read(net, "tsh", text)
    assert (values, told) == ([], side)
    import numpy as np

    stated = np.array([p if isinstance(p, float) else p.value for p in reading.inputs])[:, None]
    mean, sd = reading.location(stated)
    z = (log(limit) - mean[:, 0]) / sd[0]
    mass = norm.cdf(z) if side == "<" else norm.sf(z)
    want = before[own] * mass
    assert found.log_evidence[0] == pytest.approx(log(want.sum()), abs=1e-12)
    assert found.marginals[0, own] == pytest.approx(want / want.sum(), abs=1e-12)
    at_draws = net.case(tsh=text).intervals(20, causes_only=True)
    assert 0 < at_draws.ess <= 20


def test_one_reader_for_every_way_in(net, tmp_path) -> None:
    from typer.testing import CliRunner

    from etiograph.commands import cli

    want = net.case(serum_magnesium="0.62 mmol/L").posterior()["magnesium_depletion"]["present"]
    ways = ("0,62 mmol/l", "0.62mmol/L", "0.62 MMOL/L")
    for text in ways:
        got = net.case(serum_magnesium=text).posterior()["magnesium_depletion"]["present"]
        assert got == want
        done = CliRunner().invoke(
            cli.app, ["ask", "leg_cramps", f"serum_magnesium={text}", "--json"]
        )
        rows = {row["variable"]: row for row in json.loads(done.output)["rows"]}
        assert rows["magnesium_depletion"]["p"] == pytest.approx(want, abs=1e-12)
    many = net.posteriors({"serum_magnesium": [*ways, "<0,62 mmol/l", "0,62"]})
    p = many["magnesium_depletion"][:, 1]
    assert p[:3] == pytest.approx([want] * 3, abs=1e-12)
    below = net.case(serum_magnesium=eg.measured(0.62, "mmol/L", side="<")).posterior()
    assert p[3] == pytest.approx(below["magnesium_depletion"]["present"], abs=1e-12)
    assert p[4] == pytest.approx(want, abs=1e-12)  # a bare number of a column is in the own unit
    assert below["magnesium_depletion"]["present"] > want


def test_a_limit_and_a_state_speak_of_one_value(net) -> None:
    """P(level | state and beyond) by the masses of the pieces between cut-points and limit."""
    import numpy as np

    from etiograph.engine.propagate import propagate

    reading, model = net.mechanisms["tsh"], net.model
    variable = net.variables["tsh"]
    (level,) = model.parents(model.index["tsh"])
    own = slice(model.offsets[level], model.offsets[level] + model.cards[level])
    middle = reading.bins_of(variable)[1]
    low, high = reading.cutpoints[:2]
    limit = (low + high) / 2
    before = propagate(model, likelihood_row(net, {})[None]).marginals[0]
    row = likelihood_row(net, {"tsh": [middle, eg.measured(limit, side="<")]})
    found = propagate(model, row[None])
    stated = np.array([p if isinstance(p, float) else p.value for p in reading.inputs])[:, None]
    mean, sd = reading.location(stated)
    cdf = [norm.cdf((log(x) - mean[:, 0]) / sd[0]) for x in (low, limit)]
    want = before[own] * (cdf[1] - cdf[0])
    assert found.log_evidence[0] == pytest.approx(log(want.sum()), abs=1e-10)
    assert found.marginals[0, own] == pytest.approx(want / want.sum(), abs=1e-10)


def test_the_bins_a_limit_leaves_share_what_the_levels_leave_of_them(net) -> None:
    """P(bin | below x) = sum over levels of P(level | below x) P(bin, below x | level) / P(below x | level)."""
    import numpy as np

    from etiograph.engine.propagate import propagate

    reading, model, variable = net.mechanisms["tsh"], net.model, net.variables["tsh"]
    (level,) = model.parents(model.index["tsh"])
    own = slice(model.offsets[level], model.offsets[level] + model.cards[level])
    low, high = reading.cutpoints[:2]
    limit = (low + high) / 2
    before = propagate(model, likelihood_row(net, {})[None]).marginals[0, own]
    stated = np.array([p if isinstance(p, float) else p.value for p in reading.inputs])[:, None]
    mean, sd = reading.location(stated)
    first, below = (norm.cdf((log(x) - mean[:, 0]) / sd[0]) for x in (low, limit))
    p_low = (before * first).sum() / (before * below).sum()
    finding = eg.measured(limit, side="<")
    for case in (net.case(tsh=finding), net.case(tsh=finding).do(statin="yes")):
        post = case.posterior()["tsh"]
        bins = reading.bins_of(variable)
        assert post[bins[0]] == pytest.approx(p_low, abs=1e-12)
        assert post[bins[1]] == pytest.approx(1 - p_low, abs=1e-12)


def test_a_warning_fires_on_what_is_surely_beyond_its_limit() -> None:
    net = eg.load("leg_cramps")

    def fired(text: str) -> list[str]:
        flags = net.case(serum_potassium=text).red_flags()
        return [each for flag in flags for each in flag.because]

    assert any("<2.4 mmol/L" in said for said in fired("<2.4 mmol/l"))
    assert fired("2,4 mmol/L")
    assert fired(">7 mmol/L")
    assert not fired("<5 mmol/L")  # it may be quite normal


def test_limits_are_printed_without_an_exponent(net) -> None:
    shown = [figures(x) for x in (1e6, 249.612, 5.5, 0.001, 90.0, -12.0, 0.0)]
    assert shown == ["1000000", "249.6", "5.5", "0.001", "90", "-12", "0"]
    with pytest.raises(Implausible, match="plausible range 3 to 1000000 U/L"):
        understood(net, "creatine_kinase", "2 U/L")
