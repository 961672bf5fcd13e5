"""had and after on whole networks: readings, draws, what is worked out when, mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import ImpossibleFindings, InvalidChange, UnknownName
from etiograph.network.finding import likelihood, likelihood_row, not_
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable
from etiograph.query.change import do
from etiograph.query.imagine import had
from etiograph.query.posterior import posterior
from etiograph.query.worlds import world


def binary(name: str, **options) -> Variable:
    return Variable(name, ("absent", "present"), **options)


def test_a_measured_value_keeps_its_deviation_when_the_level_moves():
    net = Network(
        [binary("depletion"), Variable("serum", ("low", "normal", "high"))],
        {
            "depletion": Table((), array=[0.7, 0.3]),
            "serum": Reading(
                unit="mmol/L",
                mean=0.85,
                sd=0.05,
                shifts=(LevelShift("depletion", {"present": -0.15}),),
                plausible=(0.1, 3.0),
                cutpoints=(0.75, 1.0),
            ),
        },
    )
    found = {"serum": "0.72 mmol/L", "depletion": "present"}
    cured = had(net, found, {"depletion": "absent"})
    assert cured.actual["serum"]["low"] == 1.0
    # 0.72 + 0.15 = 0.87: normal, with certainty.
    assert cured["serum"] == pytest.approx({"low": 0, "normal": 1, "high": 0})
    unsure = had(net, {"serum": "0.72 mmol/L"}, {"depletion": "absent"})
    p = posterior(net, {"serum": "0.72 mmol/L"})["depletion"]["present"]
    assert unsure["serum"]["normal"] == pytest.approx(p)
    same = had(net, {"serum": "0.72 mmol/L"}, {})
    assert same["serum"]["low"] == 1.0


# -- mistakes ---------------------------------------------------------------------------------------


def test_mistaken_changes_are_named(remedy):
    with pytest.raises(UnknownName, match="did you mean 'diuretic'"):
        had(remedy, {}, {"diuretc": "absent"})
    with pytest.raises(UnknownName):
        had(remedy, {}, {"diuretic": "absnt"})
    with pytest.raises(InvalidChange, match="sum to"):
        do(remedy, {}, {"diuretic": {"absent": 0.5, "present": 0.2}})
    with pytest.raises(InvalidChange, match="not in 0 to 1"):
        do(remedy, {}, {"diuretic": {"absent": 1.5, "present": -0.5}})
    with pytest.raises(InvalidChange, match="must be set to one of its states"):
        do(remedy, {}, {"diuretic": 1})
    with pytest.raises(InvalidChange, match="had"):
        do(remedy, {"diuretic": not_("absent")}, {"diuretic": "absent"})


def test_impossible_findings_are_named(firing_squad):
    with pytest.raises(ImpossibleFindings) as refused:
        had(firing_squad, {"u": "yes", "c": "no", "d": "no"}, {"a": "yes"})
    assert set(refused.value.conflict) == {"u", "c"}
    # Possible as things are, impossible once A is made to shoot.
    with pytest.raises(ImpossibleFindings) as refused:
        do(firing_squad, {"u": "no", "d": "no"}, {"a": "yes"})
    assert refused.value.conflict == ("d",)


def test_a_soft_finding_on_the_changed_variable_is_read_in_the_changed_world(remedy):
    soft = {"diuretic": likelihood(absent=1, present=3)}
    got = do(remedy, soft, {"diuretic": "present"})
    assert np.exp(got.log_evidence) == pytest.approx(3)


def test_draws_of_the_parameters_flow_through_every_kind(remedy):
    rows = np.repeat(remedy.model.tables[None], 5, axis=0)
    row = likelihood_row(remedy, {"cramps": "present"})
    for kind in ("see", "do", "had", "after"):
        asked = world(remedy, kind, {} if kind == "see" else {"diuretic": "absent"})
        one, many = asked.solve(row), asked.solve(row, rows)
        assert many.marginals.shape == (5, remedy.model.n_states)
        np.testing.assert_allclose(many.marginals, np.repeat(one.marginals, 5, axis=0), atol=1e-14)
        np.testing.assert_allclose(many.log_evidence, one.log_evidence[0], atol=1e-14)
