"""Plain tables as counts of cases, moved by a cohort: closed forms, the book, planted conflicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, betabinom

import etiograph as eg
from etiograph.formats import write
from etiograph.learning.table_update import update_tables


@pytest.fixture(scope="module")
def sprinkler() -> eg.Network:
    return eg.load("sprinkler")


def test_complete_cases_are_counted(sprinkler) -> None:
    table = sprinkler.sample(200, 3)
    up = update_tables(sprinkler, table, 50, draws=4000)
    assert up.prior == sprinkler.with_table_parameters(50)
    moved = {m.name: m for m in up.numbers}
    assert set(moved) == set(up.prior.parameters)
    yes = int((table["cloudy"] == "yes").sum())
    p = sprinkler.table("cloudy")[1]
    a, b = 50 * p + yes, 50 * (1 - p) + 200 - yes
    cloudy = moved["cloudy"]
    assert cloudy.value == pytest.approx(a / (a + b), abs=1e-12)
    assert cloudy.low == pytest.approx(beta(a, b).ppf(0.025), abs=1e-9)
    assert cloudy.high == pytest.approx(beta(a, b).ppf(0.975), abs=1e-9)
    assert cloudy.learned == pytest.approx(200 / 250, abs=1e-12)
    counted = betabinom(200, 50 * p, 50 * (1 - p))
    p_low, p_high = counted.cdf(yes), counted.sf(yes - 1)
    assert cloudy.p == pytest.approx(min(1.0, 2 * min(p_low, p_high)), abs=1e-12)
    assert (cloudy.z > 0) == (p_high < p_low) or cloudy.z == 0
    where = list(up.prior.parameters).index("cloudy")
    assert up.draws[:, where].mean() == pytest.approx(a / (a + b), abs=0.005)


def test_rows_of_several_states_add_up_and_keep_the_names_of_before(tmp_path) -> None:
    """The state that is left the rest of a row is that of before, even if another is now the likeliest."""
    states = {"colour": ["red", "green", "blue"], "dot": ["no", "yes"]}
    net = eg.Network.from_tables(
        states,
        {"colour": [], "dot": ["colour"]},
        {
            "colour": np.array([0.5, 0.3, 0.2]),
            "dot": np.array([[0.9, 0.1], [1.0, 0.0], [0.4, 0.6]]),
        },
    )
    table = pd.DataFrame(
        {"colour": ["blue"] * 60 + ["green"] * 20, "dot": ["yes"] * 60 + [None] * 20}
    )
    up = update_tables(net, table, 20, cohort="ward 7", date="2026-05", draws=300)
    assert list(up.network.parameters) == list(up.prior.parameters)
    found = up.network.table("colour")
    assert found == pytest.approx(np.array([10, 26, 64]) / 100, abs=1e-6)
    assert up.network.table("dot")[1].tolist() == [1.0, 0.0]  # a zero is part of the structure
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    number = up.network.parameters["colour.blue"]
    assert number.evidence == ("ward 7",)
    assert number.note.startswith("Updated by ward 7 (n = 80, 2026-05); before: 0.2 (")
    still = up.network.parameters["dot.red"]
    assert still == up.prior.parameters["dot.red"]  # nobody was red
    path = tmp_path / "new.toml"
    write(up.network, path)
    assert eg.load(path) == up.network
    assert (up.draws[:, :2].sum(axis=1) < 1.0).all()


def test_a_planted_conflict_is_named_with_holes(sprinkler) -> None:
    rng = np.random.default_rng(5)
    odd = sprinkler.with_table_parameters().with_parameters({"rain.yes": 0.35})
    table = odd.sample(600, rng).astype(object)
    for name in table:
        table.loc[rng.random(len(table)) < 0.2, name] = None
    conflicts = update_tables(sprinkler, table, draws=10).conflicts()
    assert conflicts[0].name == "rain.yes"
    assert conflicts[0].z < -3
    quiet = sprinkler.sample(600, rng)
    assert not update_tables(sprinkler, quiet, draws=10).conflicts()


def test_what_is_no_plain_network_or_no_number_of_cases_is_refused(sprinkler) -> None:
    with pytest.raises(eg.InvalidNetwork, match="no plain table"):
        update_tables(eg.load("leg_cramps_small"), {"leg_cramps": ["present"]})
    with pytest.raises(eg.InvalidFinding, match="at least 1"):
        update_tables(sprinkler, {"rain": ["yes"]}, 0)


def test_rows_that_cannot_be_read_are_passed_over_and_counted() -> None:
    """By a fit and by an update; without a word they end everything."""
    net = eg.load("sprinkler")
    good = net.sample(80, 4, missing=0.1).astype(object)
    bad = pd.concat([good, good[:3].assign(rain=["maybe", "soon", "no"])], ignore_index=True)
    weights = np.ones(83)
    weights[82] = 0.0
    with pytest.raises(eg.UnknownName, match="maybe"):
        net.fit(bad)
    fit = net.fit(bad, on_error="skip", weights=weights)
    assert fit.passed_over == 2
    assert fit.cases == 80
    alone = net.fit(good)
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, rel=1e-12)
    ranged = net.with_table_parameters(50)
    up = ranged.update(bad[:82], on_error="skip", draws=100, parameters=["cloudy"])
    assert (up.passed_over, up.cases) == (2, 80)
    assert up.numbers == ranged.update(good, draws=100, parameters=["cloudy"]).numbers
    with pytest.raises(eg.InvalidNetwork, match=r"these cases are those of cohort \(n = 80\)"):
        alone.network.update(bad[:82], on_error="skip", draws=100, cohort="again")
