"""The teaching networks say what their sources say."""

from __future__ import annotations

import pytest

import etiograph as eg

NAMES = ["asia", "front_door", "m_bias", "monty_hall", "simpson", "sprinkler"]


@pytest.mark.parametrize("name", NAMES)
def test_loads_by_name_and_is_sourced(name):
    net = eg.load(name)
    assert net.about["name"] == name
    assert net.about["purpose"]
    assert net.about["title"]
    assert net.about["target"] in net.variables
    assert {v.group for v in net.variables.values()} <= set(net.about["groups"])


def test_sprinkler_explaining_away():
    # Worked by hand: P(wet) = 0.6471; P(sprinkler, wet) = 0.2781; P(rain, wet) = 0.4581.
    net = eg.load("sprinkler")
    wet = net.case(wet_grass="yes").posterior()
    assert wet["sprinkler"]["on"] == pytest.approx(0.2781 / 0.6471, abs=1e-12)
    assert wet["rain"]["yes"] == pytest.approx(0.4581 / 0.6471, abs=1e-12)
    both = net.case(wet_grass="yes", rain="yes").posterior()
    assert both["sprinkler"]["on"] == pytest.approx(0.0891 / 0.4581, abs=1e-12)
    assert both["sprinkler"]["on"] < wet["sprinkler"]["on"]


def test_asia_marginals_of_lauritzen_and_spiegelhalter():
    net = eg.load("asia")
    post = net.case().posterior()
    assert post["tuberculosis"]["present"] == pytest.approx(0.0104, abs=1e-12)
    assert post["lung_cancer"]["present"] == pytest.approx(0.055, abs=1e-12)
    assert post["bronchitis"]["present"] == pytest.approx(0.45, abs=1e-12)
    assert post["tuberculosis_or_cancer"]["present"] == pytest.approx(0.064828, abs=1e-12)
    assert post["x_ray"]["abnormal"] == pytest.approx(0.11029004, abs=1e-12)
    assert post["dyspnoea"]["present"] == pytest.approx(0.4359706, abs=1e-12)


def test_monty_hall_switching_doubles_the_chance():
    net = eg.load("monty_hall")
    post = net.case(first_choice="one", opened_door="three").posterior()
    assert post["prize"]["one"] == pytest.approx(1 / 3, abs=1e-12)
    assert post["prize"]["two"] == pytest.approx(2 / 3, abs=1e-12)
    with pytest.raises(eg.ImpossibleFindings):
        net.case(first_choice="one", opened_door="one").posterior()


def test_front_door_gives_the_table_and_the_effect_of_pearl():
    net = eg.load("front_door")
    # Causality, table 3.1: cancer among smokers with and without tar, and non-smokers.
    table = {("yes", "present"): 0.85, ("yes", "absent"): 0.90,
             ("no", "present"): 0.05, ("no", "absent"): 0.10}  # fmt: skip
    for (smoking, tar), expected in table.items():
        post = net.case(smoking=smoking, tar=tar).posterior()
        assert post["cancer"]["present"] == pytest.approx(expected, abs=1e-12)
    done = {s: net.case().do(smoking=s).posterior()["cancer"]["present"] for s in ("yes", "no")}
    assert done["yes"] == pytest.approx(0.4525, abs=1e-12)
    assert done["no"] == pytest.approx(0.4975, abs=1e-12)
    seen = net.case(smoking="yes").posterior()["cancer"]["present"]
    assert seen == pytest.approx(0.95 * 0.85 + 0.05 * 0.90, abs=1e-12)


def test_simpson_the_better_treatment_looks_worse():
    net = eg.load("simpson")
    seen = {t: net.case(treatment=t).posterior()["success"]["yes"]
            for t in ("open_surgery", "puncture")}  # fmt: skip
    done = {t: net.case().do(treatment=t).posterior()["success"]["yes"]
            for t in ("open_surgery", "puncture")}  # fmt: skip
    assert seen["open_surgery"] == pytest.approx(273 / 350, abs=1e-12)
    assert seen["puncture"] == pytest.approx(289 / 350, abs=1e-12)
    open_done = 0.51 * 81 / 87 + 0.49 * 192 / 263
    assert done["open_surgery"] == pytest.approx(open_done, abs=1e-12)
    assert done["puncture"] == pytest.approx(0.51 * 234 / 270 + 0.49 * 55 / 80, abs=1e-12)
    assert seen["open_surgery"] < seen["puncture"]
    assert done["open_surgery"] > done["puncture"]


def test_m_bias_adjusting_makes_an_association():
    net = eg.load("m_bias")

    def diabetes(**findings):
        return net.case(findings).posterior()["diabetes"]["present"]

    assert diabetes(low_education="yes") == pytest.approx(diabetes(low_education="no"), abs=1e-12)
    with_mother = diabetes(low_education="yes", mother_had_diabetes="yes")
    assert with_mother < diabetes(low_education="no", mother_had_diabetes="yes") - 0.01
    assert net.d_separated("family_income", "family_genetic_risk")
    assert not net.d_separated("family_income", "family_genetic_risk", ["mother_had_diabetes"])
