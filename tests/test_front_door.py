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


def test_a_text_tells_the_answer(asia):
    case = asia.case(dyspnoea="present")
    bronchitis = case.posterior()["bronchitis"]["present"]
    assert f"bronchitis {bronchitis:.3g}" in repr(case.posterior())
    effect = asia.effect("smoking", "dyspnoea")
    assert f"risk difference {effect.risk_difference:+.3g}" in repr(effect)
    ranged = eg.load("sprinkler").with_table_parameters(50)
    effect = ranged.effect("rain", "wet_grass", draws=20)
    cell = effect.intervals["risk_difference"]
    assert f"({cell.low:+.3g} to {cell.high:+.3g})" in repr(effect)
    contrast = ranged.case().do(rain="no").contrast("wet_grass", against={"rain": "yes"}, draws=20)
    assert f"with rain=yes {contrast.unchanged.point:.3g}" in repr(contrast)
    assert f"difference {contrast.difference.point:+.3g}" in repr(contrast)


def test_an_effect_that_no_path_carries_says_so(asia):
    assert asia.effect("smoking", "dyspnoea").note == ""
    against = asia.effect("dyspnoea", "smoking")
    assert "no directed path leads from dyspnoea to smoking" in repr(against)


def test_all_measures_of_an_effect_are_in_its_table(asia):
    effect = asia.effect("smoking", "dyspnoea")
    told = effect.to_frame().set_index("measure")["value"]
    for name in ("number_needed", "attributable_fraction", "e_value", "natural_direct"):
        assert told[name] == effect.to_dict()[name] == getattr(effect, name)
    assert effect.natural_direct == 0.0  # all of it goes through what lies between


def test_several_answers_are_one_table(asia):
    case = asia.case(dyspnoea="present")
    best = case.most_probable(k=2)
    assert best.to_frame()["number"].unique().tolist() == [1, 2]
    assert len(best.to_dict()["answers"]) == 2
    paths = asia.paths("smoking", "dyspnoea")
    assert len(paths.to_frame()) == len(paths)
    sets = eg.load("simpson").adjustment_sets("treatment", "success")
    assert sets.to_frame()["variables"].tolist() == ["stone_size"]
    assert len(repr(case.sensitivities("bronchitis"))) < 400
    assert case.red_flags().to_frame().empty


def test_numbers_and_their_sources_are_read_from_python():
    numbers = eg.load("leg_cramps").numbers().set_index("parameter")
    ids = numbers.loc["leg_cramps.magnesium_depletion", "evidence"].split(", ")
    rows = eg.evidence("leg_cramps")
    assert any(each in rows for each in ids)
    assert eg.evidence("sprinkler") == {}


def test_messages_show_the_way():
    states = {"rain": ("no", "yes"), "wet": ("no", "yes")}
    wet = [[0.5, 0.5], [0.1, 0.9]]
    with pytest.raises(eg.InvalidNetwork, match=r"write \('rain',\)"):
        Network.from_tables(states, {"wet": "rain"}, {"rain": [0.5, 0.5], "wet": wet})
    with pytest.raises(eg.InvalidNetwork, match="entry for state 'no' is 80, not a probability"):
        Network.from_tables({"rain": ("no", "yes")}, {}, {"rain": [80, 20]})


def test_what_is_written_nowhere_is_told_with_what_is(asia, tmp_path):
    from etiograph import formats

    with pytest.raises(UnknownName, match=r"PGMX \(\.pgmx\) is read and not written; written are"):
        formats.write(asia, tmp_path / "a.pgmx")
    with pytest.raises(UnknownName, match=r"extension '\.foo'; written are") as said:
        formats.write(asia, tmp_path / "a.foo")
    assert "did you mean" not in str(said.value)
    with pytest.raises(TypeError, match="the network comes first"):
        formats.write("a.toml", asia)
    with pytest.raises(TypeError, match="the network comes first"):
        eg.validate({"dyspnoea": ["present"]}, asia, "bronchitis")
    (tmp_path / "t.py").write_text("import this\n")
    with pytest.raises(eg.UnreadableFile, match="no network file"):
        eg.load(tmp_path / "t.py")


def test_missing_columns_are_not_called_too_few_cases(asia):
    table = {"dyspnoea": ["present", "absent"] * 50, "x_ray": ["normal", "abnormal"] * 50}
    with pytest.raises(
        InvalidFinding, match=r"columns are missing: .* no case knows visit_to_asia"
    ):
        asia.criticise(table, draws=5)


def test_nothing_to_compare_is_said():
    told = " ".join(eg.diff("asia", "sprinkler").to_text().split())
    assert "share no variable" in told
    assert "same answers" not in told


def test_a_belief_out_of_reach_is_told():
    net = eg.load("sprinkler").with_table_parameters(50)
    tuned = net.tune([eg.Belief("rain", 0.98, 0.99)])
    assert "out of reach" in tuned.note
    assert tuned.to_frame()["met"].tolist()[0] is False
    assert net.tune([eg.Belief("rain", 0.4, 0.6)]).note == ""


def test_no_next_steps_without_harms_says_why(asia):
    assert "next_tests()" in asia.case().next_steps().note


def test_the_command_line_lists_networks_and_shows_the_form():
    from typer.testing import CliRunner

    from etiograph.commands.cli import app

    listed = CliRunner().invoke(app, ["networks"]).output
    assert all(name in listed for name in eg.networks())
    said = CliRunner().invoke(app, ["ask", "asia", "--do", "smoking"])
    assert "write it as name=state; 'smoking' has the states no, yes" in said.output
