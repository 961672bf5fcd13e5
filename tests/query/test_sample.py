"""People drawn: as the network says, after findings, under a change, with measured values and holes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import etiograph as eg
from etiograph.query import sample as drawing

CLINIC = Path(__file__).parents[1] / "learning" / "clinic.toml"
N = 4000


@pytest.fixture(scope="module")
def clinic() -> eg.Network:
    return eg.load(CLINIC)


def shares(frame: pd.DataFrame, name: str, states: tuple[str, ...]) -> np.ndarray:
    return frame[name].value_counts(normalize=True).reindex(states, fill_value=0.0).to_numpy()


def agree(frame: pd.DataFrame, net: eg.Network, answers: eg.Case) -> None:
    """Every share within four standard errors of the exact posterior."""
    post = answers.posterior()
    for name, v in net.variables.items():
        exact = np.array([post[name][s] for s in v.states])
        error = np.sqrt(exact * (1 - exact) / len(frame)) + 1e-9
        assert (np.abs(shares(frame, name, v.states) - exact) < 4 * error).all(), name


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"cramps": "present"},
        {"cramps": "present", "hormone": "90 pg/mL", "age": eg.not_("young")},
        {"nerve": eg.likelihood(absent=0.2, present=1.0), "swelling": "one"},
    ],
    ids=["nothing", "a state", "a value", "a likelihood"],
)
@pytest.mark.parametrize("most", [400_000, 0], ids=["by rejection", "one by one"])
def test_people_are_those_of_the_posterior(clinic, given, most, monkeypatch) -> None:
    monkeypatch.setattr(drawing, "MOST_DRAWN", most)
    frame = clinic.sample(N, 1, given=given)
    agree(frame, clinic, clinic.case(given))
    pairs = clinic.case(given).joint("magnesium", "nerve")
    both = ((frame["magnesium"] == "low") & (frame["nerve"] == "present")).mean()
    assert both == pytest.approx(pairs["low", "present"], abs=4 * np.sqrt(0.25 / N))


def test_a_change_comes_first(clinic) -> None:
    given = {"cramps": "present"}
    frame = clinic.sample(N, 2, do={"tablet": "yes"}, given=given)
    assert (frame["tablet"] == "yes").all()
    agree(frame, clinic, clinic.case(given).do(tablet="yes"))


def test_measured_values_are_those_of_the_reading(clinic) -> None:
    frame = clinic.sample(N, 3, measured=True)
    numbers = {k: p.value for k, p in clinic.parameters.items()}
    low = frame["magnesium"] == "low"
    for own, mean in ((~low, 0.85), (low, 0.70)):
        values = frame.loc[own, "serum_magnesium"]
        error = 0.07 / np.sqrt(len(values))
        assert values.mean() == pytest.approx(mean, abs=4 * error)
        assert values.std() == pytest.approx(0.07, rel=4 / np.sqrt(2 * len(values)))
    normal = np.log(frame.loc[frame["calcium"] == "normal", "hormone"])
    assert normal.mean() == pytest.approx(np.log(40), abs=4 * 0.4 / np.sqrt(len(normal)))
    assert numbers
    # Those with a value below the cut-point are as many as the network has in that state.
    agree(
        frame.assign(
            serum_magnesium=np.where(frame["serum_magnesium"] < 0.7, "low", "normal"),
            hormone=np.where(frame["hormone"] < 65.0, "normal", "high"),
        ),
        clinic,
        clinic.case(),
    )


def test_a_value_falls_in_the_state_that_is_given(clinic) -> None:
    frame = clinic.sample(500, 4, measured=True, given={"serum_magnesium": "low"})
    assert frame["serum_magnesium"].max() < 0.7
    known = clinic.sample(20, 4, measured=True, given={"serum_magnesium": "0.66 mmol/L"})
    assert set(known["serum_magnesium"]) == {0.66}
    states = clinic.sample(20, 4, given={"serum_magnesium": "0.66 mmol/L"})
    assert set(states["serum_magnesium"]) == {"low"}


def test_every_reading_of_the_flagship_is_plausible_and_read_again() -> None:
    net = eg.load("leg_cramps")
    frame = net.sample(300, 5, measured=True, missing=0.3)
    read = net.posteriors(frame, of=["age"], leave_out=["age"])
    assert np.isfinite(read.log_evidence).all()


def test_holes_come_by_share_by_column_and_by_rule(clinic) -> None:
    frame = clinic.sample(N, 6, measured=True, missing=0.3)
    for name in frame:
        assert frame[name].isna().mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / N))
    whole = clinic.sample(N, 6, measured=True)
    held = frame["age"].notna()
    assert (frame.loc[held, "age"] == whole.loc[held, "age"]).all()
    some = clinic.sample(
        N,
        7,
        missing={"nerve": 0.1, "hormone": lambda t: np.where(t["age"] == "old", 0.1, 0.9)},
    )
    assert some["age"].notna().all()
    by_age = some["hormone"].isna().groupby(some["age"], observed=True).mean()
    assert by_age["old"] == pytest.approx(0.1, abs=0.03)
    assert by_age["young"] == pytest.approx(0.9, abs=0.03)


def test_what_cannot_be_drawn_says_why(clinic) -> None:
    with pytest.raises(eg.UnknownName, match="did you mean 'nerve'"):
        clinic.sample(5, 1, missing={"nerves": 0.1})
    with pytest.raises(eg.InvalidFinding, match="shares from 0 to 1"):
        clinic.sample(5, 1, missing=1.5)
    with pytest.raises(eg.UnknownName, match="state"):
        clinic.sample(5, 1, given={"nerve": "perhaps"})
    net = eg.load("monty_hall")
    names = list(net.variables)
    with pytest.raises(eg.ImpossibleFindings, match="nobody is as given"):
        net.sample(5, 1, given=dict.fromkeys(names, next(iter(net.variables[names[0]].states))))
