"""What a newcomer writes by mistake, or reads first: said by name, in words, at the caller's own line."""

from __future__ import annotations

import warnings

import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding, UnknownName
from etiograph.network.network import Network
from etiograph.query.table import AnswersItself


@pytest.fixture(scope="module")
def asia() -> Network:
    return eg.load("asia")


MISSPELT = {
    "costs": lambda case: case.next_tests("lung_cancer", costs={"xray": 30}),
    "candidates": lambda case: case.next_steps(["xray"]),
    "without": lambda case: case.without("xray"),
    "context": lambda case: case.explain("bronchitis", context=["xray"]),
    "also": lambda case: case.intervals(draws=5, causes_only=True, also=["xray"]),
    "holding": lambda case: case.effect("smoking", "dyspnoea", holding={"xray": "normal"}),
    "mediators": lambda case: case.effect("smoking", "dyspnoea", mediators=["xray"]),
    "against": lambda case: case.do(smoking="no").contrast("dyspnoea", against={"xray": "normal"}),
    "parameters": lambda case: case.network.variables["xray"],
}


@pytest.mark.parametrize("argument", MISSPELT)
def test_a_misspelt_name_is_said_with_the_nearest(asia, argument):
    with pytest.raises(UnknownName, match="'xray'; did you mean 'x_ray'"):
        MISSPELT[argument](asia.case(dyspnoea="present"))


def test_what_is_not_found_may_be_left_out_again(asia):
    case = asia.case(dyspnoea="present")
    assert case.without("smoking") == case


def test_the_form_is_shown(asia):
    case = asia.case()
    with pytest.raises(TypeError, match=r"write case\(smoking='yes'\)"):
        asia.case("smoking", "yes")
    with pytest.raises(TypeError, match=r"write do\(smoking='yes'\)"):
        case.do("smoking", "yes")
    with pytest.raises(TypeError, match=r"posterior\(\)\['bronchitis'\]"):
        case.posterior("bronchitis")
    with pytest.raises(TypeError, match=r"joint\('a', 'b'\)"):
        case.joint(["smoking", "bronchitis"])
    with pytest.raises(InvalidFinding, match=r"etiograph\.unknown"):
        asia.case(smoking="unknown")


def test_one_variable_of_a_posterior_is_a_table(asia):
    frame = asia.case(dyspnoea="present").posterior()["bronchitis"].to_frame()
    assert list(frame.columns) == ["state", "probability"]
    assert frame["probability"].sum() == pytest.approx(1)


def test_a_unit_is_never_guessed_by_its_spelling():
    """mg/L is not mg/dL: ten times off."""
    with pytest.raises(
        UnknownName, match=r"'mg/l' is|called 'mg/l'; there are: mmol/L, mg/dL"
    ) as said:
        eg.load("leg_cramps").case(serum_magnesium="18 mg/l")
    assert "did you mean" not in str(said.value)


def test_a_root_has_nothing_to_attribute_it_to(asia):
    with pytest.raises(InvalidFinding, match="'smoking' has no causes"):
        asia.case().attribution("smoking")
    with pytest.raises(InvalidFinding, match="'dyspnoea' has no causes"):
        asia.case().do(dyspnoea="present").attribution("dyspnoea")


def test_a_warning_points_at_the_line_that_asked(asia):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        asia.posteriors({"dyspnoea": ["present"]}, of=["dyspnoea"])
    assert [(w.category, w.filename) for w in said] == [(AnswersItself, __file__)]


def test_a_most_probable_state_says_how_probable(asia):
    best = asia.case(dyspnoea="present").most_probable()[0]
    assert set(best.to_frame()["probability"]) == {best.probability}


def test_report_and_command_line_ask_about_the_same(asia):
    """Of the same case the same question, and both say what the doubt is about."""
    from typer.testing import CliRunner

    from etiograph.commands.cli import app

    printed = CliRunner().invoke(app, ["ask", "asia", "dyspnoea=present", "--next"]).output
    (line,) = [line for line in printed.splitlines() if line.startswith("Ask or test next about ")]
    about = line.removeprefix("Ask or test next about ").strip()
    told = asia.case(dyspnoea="present").report(draws=10).next
    asked = [each for each in told if " of the doubt " in each]
    assert asked
    assert all(f"of the doubt about {about}" in each for each in asked)
