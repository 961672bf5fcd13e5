"""Pictures of every kind of answer: they hold its numbers, and can be saved."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import etiograph as eg
from etiograph.errors import InvalidFinding, UnreadableFile
from etiograph.figures.draw import PICTURES
from etiograph.network.answer import Result
from etiograph.network.network import Network
from etiograph.network.parameter import Parameter


@pytest.fixture(scope="module")
def network() -> Network:
    """Two causes of one outcome and a test, numbers with ranges, names that mean something in HTML."""
    from tests.conftest import cramp_network

    return cramp_network()


@pytest.fixture(scope="module")
def answers(network) -> dict[str, Result]:
    names = list(network.variables)
    target, finding = names[0], names[-1]
    case = network.case({finding: network.variables[finding].states[-1]})
    number = [p for p in network.parameters.values() if p.low is not None][:2]
    asia = eg.load("asia")
    ill = asia.case(dyspnoea="present")
    judged = eg.validate(asia, asia.sample(60, 1), "dyspnoea", boot=20)
    changed = case.do({target: network.variables[target].states[0]})
    return {
        "Posterior": ill.posterior(),
        "Imagined": ill.had(smoking="no").posterior(),
        "Joint": ill.joint("bronchitis", "lung_cancer"),
        "Attribution": ill.attribution("dyspnoea"),
        "Explanation": ill.with_findings(x_ray="abnormal").explain("bronchitis"),
        "NextTests": ill.next_tests("lung_cancer"),
        "Interventions": ill.what_helps(),
        "Effect": network.effect(
            target, (finding, network.variables[finding].states[-1]), draws=50
        ),
        "Intervals": case.intervals(draws=50),
        "Contrast": changed.contrast(finding, draws=50),
        "Tornado": case.tornado(target),
        "SensitivityFunction": case.sensitivity(target, of=number[0].name),
        "Grid": case.two_way(target, of=(number[0].name, number[1].name), points=4),
        "Update": network.update({finding: [network.variables[finding].states[-1]] * 9}, draws=50),
        "Validation": judged,
        "Curve": judged.roc,
    }


def drawn(picture) -> list[dict]:
    """The rows of all tables a chart holds."""
    spec = picture.to_dict()
    layers = spec.get("layer", [spec])
    tables = [layer.get("data", spec.get("data")) for layer in layers]
    named = spec.get("datasets", {})
    return [row for t in tables for row in (named[t["name"]] if "name" in t else t["values"])]


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_a_picture(answers, kind):
    answer = answers[kind]
    assert type(answer).__name__ == kind
    picture = answer.plot(most=5, title="How <b>it</b> is")
    rows = drawn(picture)
    assert rows
    numbers = [v for row in rows for v in row.values() if isinstance(v, float)]
    assert numbers
    assert np.isfinite(numbers).all()
    assert json.dumps(picture.to_dict(), allow_nan=False)
    assert "How <b>it</b> is" in picture.to_json()


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_plain_data_and_a_table(answers, kind):
    answer = answers[kind]
    assert json.dumps(answer.to_dict())
    frame = answer.to_frame()
    assert len(frame) > 0
    assert "<table" in answer._repr_html_()


def test_the_bars_are_the_numbers(answers):
    found = answers["Posterior"]
    shown = {row["name"]: row["p"] for row in drawn(found.plot(most=50))}
    assert shown["bronchitis"] == pytest.approx(found["bronchitis"]["present"], abs=1e-15)
    assert "dyspnoea" not in shown  # known
    most = found.plot(most=2)
    assert len({row["name"] for row in drawn(most)}) == 2
    swings = answers["Tornado"]
    bars = [row for row in drawn(swings.plot(most=1)) if "low" in row]
    best = swings.bars[0]
    assert (bars[0]["low"], bars[0]["high"]) == tuple(sorted((best.at_low, best.at_high)))


@pytest.mark.parametrize("kind", ["calibration", "recalibration", "roc", "decision"])
def test_each_curve_draws_its_points(answers, kind):
    curve = getattr(answers["Validation"], kind)
    assert curve.kind == kind
    shown = drawn(curve.plot())
    for name in ("observed", "true_positive"):
        for value in curve.columns.get(name, ()):
            assert any(row.get(name) == value for row in shown)
    if kind == "decision":
        by_model = [row["benefit"] for row in shown if row.get("way") == "by the network"]
        assert by_model == curve["model"].tolist()


def test_every_picture_can_be_saved(answers, tmp_path):
    for kind, answer in answers.items():
        file = tmp_path / f"{kind}.svg"
        answer.plot().save(file)
        assert ET.fromstring(file.read_text(encoding="utf-8")).tag.endswith("svg")
    answers["Tornado"].plot().save(tmp_path / "t.png")
    assert (tmp_path / "t.png").read_bytes()[:4] == b"\x89PNG"


def test_a_diagram(tmp_path):
    net = eg.load("sprinkler")
    picture = net.case(wet_grass="yes").do(sprinkler="off").plot(title="<i>wet</i>")
    root = ET.fromstring(picture.svg)
    said = " ".join(root.itertext())
    p = net.case(wet_grass="yes").do(sprinkler="off").posterior()["rain"]["yes"]
    assert f"{p:.0%}" in said
    assert "<i>wet</i>" in said  # as text, not as markup
    assert picture._repr_svg_() == picture.svg
    picture.save(tmp_path / "a.svg")
    picture.save(tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert "2 variables" in net.plot(names=["rain", "cloudy"]).svg
    picture.save(tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes()[:4] == b"%PDF"
    with pytest.raises(InvalidFinding, match=r"\.svg, \.png or \.pdf, not as \.gif"):
        picture.save(tmp_path / "a.gif")
    with pytest.raises(UnreadableFile, match="cannot be written"):
        picture.save(tmp_path / "missing" / "a.svg")
    assert "rain" in net.plot(names=["rain", "cloudy"]).svg.lower()
    assert "sprinkler" not in net.plot(names=["rain", "cloudy"]).svg.lower()


def test_a_picture_of_nothing_is_refused(answers):
    with pytest.raises(InvalidFinding, match="at least one row"):
        answers["Posterior"].plot(most=0)


def test_a_network_without_ranges_still_has_its_picture():
    net = Network.from_tables({"a": ("no", "yes")}, {}, {"a": [0.5, 0.5]})
    assert drawn(net.case().posterior().plot())
    assert Parameter("x", "probability", 0.5).low is None
    assert drawn(net.case().intervals(draws=5).plot())


def test_a_diagram_says_states_as_the_network_does():
    net = eg.load("leg_cramps_small")
    case = net.case(age="65_and_over", serum_magnesium="0.62 mmol/L").do(diuretic="thiazide")
    root = ET.fromstring(case.plot(names=["age", "serum_magnesium", "diuretic"]).svg)
    said = " ".join(root.itertext())
    assert "65 and over" in said
    assert "65_and_over" not in said
    assert "0.62" in said
