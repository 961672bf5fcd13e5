from __future__ import annotations

import numpy as np
import pytest

from etiograph.errors import InvalidChange
from etiograph.network.event import Event
from etiograph.query.change import do
from etiograph.query.imagine import after, had
from etiograph.uncertainty.contrast import contrast, contrasts

FOUND = {"diuretic": "thiazide", "cramps": "present"}
CHANGE = {"diuretic": "none"}


def test_by_hand() -> None:
    """P(cramps) 0.7 with and 0.2 without: no numbers in doubt, so every interval is a point."""
    from etiograph.network.network import Network

    net = Network.from_tables(
        {"drug": ("no", "yes"), "cramps": ("absent", "present")},
        {"cramps": ("drug",)},
        {"drug": [0.5, 0.5], "cramps": [[0.8, 0.2], [0.3, 0.7]]},
    )
    found = contrast(net, {}, "cramps", changes={"drug": "no"}, kind="do", draws=20)
    assert found.changed.point == pytest.approx(0.2)
    assert found.unchanged.point == pytest.approx(0.45)
    assert found.difference.low == found.difference.high == pytest.approx(-0.25)


def test_points_are_the_exact_answers(small) -> None:
    imagined = contrast(small, FOUND, "cramps", changes=CHANGE, kind="had", draws=50)
    assert imagined.changed.point == pytest.approx(had(small, FOUND, CHANGE)["cramps"]["present"])
    assert imagined.unchanged.point == 1.0
    later = contrast(small, FOUND, "cramps", changes=CHANGE, kind="after", draws=50)
    assert later.changed.point == pytest.approx(after(small, FOUND, CHANGE)["cramps"]["present"])
    assert later.unchanged.point == pytest.approx(after(small, FOUND, {})["cramps"]["present"])
    seen = {"twitching": "present"}
    done = contrast(small, seen, "cramps", changes=CHANGE, kind="do", draws=50)
    assert done.changed.point == pytest.approx(do(small, seen, CHANGE)["cramps"]["present"])


def test_draws_are_answers_of_whole_networks(small) -> None:
    """Brute force: every draw as a network of its own, asked twice."""
    from etiograph.network.expand import with_values
    from etiograph.network.parameter import parameter_draws

    found = contrast(small, FOUND, "cramps", changes=CHANGE, kind="had", draws=15, seed=4)
    rows = parameter_draws(tuple(small.parameters.values()), 15, 4)
    differences, weights = [], []
    for row in rows:
        net = with_values(small, row)
        differences.append(had(net, FOUND, CHANGE)["cramps"]["present"] - 1.0)
        weights.append(np.exp(net.case(FOUND).posterior().log_evidence))
    w = np.array(weights) / sum(weights)
    assert found.difference.mean == pytest.approx(w @ differences, abs=1e-12)


def test_the_difference_is_surer_than_its_sides(small) -> None:
    found = contrast(small, {}, "cramps", changes=CHANGE, kind="do", draws=400)
    assert found.difference.width < found.changed.width
    assert found.difference.high <= 1e-12  # without the diuretic, never more cramps


def test_a_contradiction_is_refused(small) -> None:
    with pytest.raises(InvalidChange):
        contrast(small, FOUND, "cramps", changes=CHANGE, kind="do", draws=10)


@pytest.mark.parametrize("kind", ["do", "had", "after", "see"])
def test_many_answers_at_once_are_the_answers_one_by_one(small, kind) -> None:
    found = FOUND if kind in ("had", "after") else {"cramps": "present"}
    events = [Event.parse(small, name) for name in ("cramps", "depletion", "twitching")]
    together = contrasts(small, found, events, changes=CHANGE, kind=kind, draws=30, seed=2)
    for what, cell in zip(events, together, strict=True):
        alone = contrast(
            small, found, what.variable, what.states, changes=CHANGE, kind=kind, draws=30, seed=2
        )
        for side in ("unchanged", "changed", "difference"):
            got, want = getattr(cell, side), getattr(alone, side)
            assert (got.point, got.low, got.high) == pytest.approx(
                (want.point, want.low, want.high), abs=1e-12
            )


def test_what_is_observed_besides_is_seen_in_every_draw(small) -> None:
    from etiograph.network.expand import with_values
    from etiograph.network.parameter import parameter_draws

    events = [Event.parse(small, "depletion")]
    (found,) = contrasts(small, {"cramps": "present"}, events, changes=CHANGE, kind="see", draws=15)
    rows = parameter_draws(tuple(small.parameters.values()), 15, 0)
    cases = [
        with_values(small, row).case({"cramps": "present"} | CHANGE).posterior() for row in rows
    ]
    weights = np.exp([case.log_evidence for case in cases])
    mean = weights @ [case["depletion"]["present"] for case in cases] / weights.sum()
    assert found.changed.mean == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize("kind", ["do", "had", "after"])
def test_against_another_change_is_the_difference_of_two_posteriors(small, kind) -> None:
    found = {"twitching": "present"} if kind == "do" else FOUND
    ask = {"do": do, "had": had, "after": after}[kind]
    other = {"diuretic": "thiazide"}
    p = [ask(small, found, changes)["cramps"]["present"] for changes in (CHANGE, other)]
    got = contrast(small, found, "cramps", changes=CHANGE, against=other, kind=kind, draws=20)
    assert got.changed.point == pytest.approx(p[0], abs=1e-12)
    assert got.unchanged.point == pytest.approx(p[1], abs=1e-12)
    assert got.difference.point == pytest.approx(p[0] - p[1], abs=1e-12)
    assert got.against == other


def test_against_the_same_change_there_is_no_difference_in_any_draw(small) -> None:
    got = contrast(small, FOUND, "cramps", changes=CHANGE, against=CHANGE, kind="after", draws=20)
    assert got.difference.low == got.difference.high == 0.0
