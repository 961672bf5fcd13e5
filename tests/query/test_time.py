"""after: a share of the noise that lasts, and states that do not heal, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from etiograph.errors import InvalidNetwork
from etiograph.formats.native import dumps_native, loads_native
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.parameter import Parameter
from etiograph.network.variable import Variable
from etiograph.query.imagine import after, had
from etiograph.query.worlds import lasting
from etiograph.uncertainty.contrast import contrast

FILE = """
format = 1
[about]
name = "t"
target = "cramps"
{horizon}
[variables.smoking]
states = ["no", "yes"]
mechanism = {{kind = "table", rows = [{{p.yes = 0.5}}]}}
[variables.artery]
states = ["absent", "present"]
lasting = {lasting}
[variables.artery.mechanism]
kind = "noisy_or"
leak = 0.1
links = [{{parent = "smoking", strength.yes = 0.4}}]
[variables.cramps]
states = ["absent", "present"]
recurring = true
persistence = {persistence}
[variables.cramps.mechanism]
kind = "noisy_or"
leak = 0.2
links = [{{parent = "artery", strength.present = 0.5}}]
"""


def network(
    persistence: str = "{value = 0.6, low = 0.4, high = 0.8}",
    lasting: str = '["present"]',
    horizon: str = 'horizon = "3 months"',
) -> Network:
    return loads_native(FILE.format(persistence=persistence, lasting=lasting, horizon=horizon))


def test_a_share_of_the_noise_lasts() -> None:
    # She cramps, her arteries are sound: the noise of before with 0.6, else the leak of 0.2 again.
    found = after(network(), {"cramps": "present", "artery": "absent"})
    assert found["cramps"]["present"] == pytest.approx(0.6 + 0.4 * 0.2, abs=1e-12)
    free = after(network(), {"cramps": "absent", "artery": "absent"})
    assert free["cramps"]["present"] == pytest.approx(0.4 * 0.2, abs=1e-12)
    assert str(found.horizon) == "3 months"
    assert had(network(), {"cramps": "present"}, {"artery": "absent"}).horizon is None


@pytest.mark.parametrize(("share", "want"), [("0", 0.2), ("1", 1.0)])
def test_none_and_all_of_the_noise(share: str, want: float) -> None:
    found = after(network(share), {"cramps": "present", "artery": "absent"})
    assert found["cramps"]["present"] == pytest.approx(want, abs=1e-12)


def test_what_lasts_does_not_heal_and_can_be_undone_by_had() -> None:
    known = {"smoking": "yes", "artery": "present"}
    net = network()
    assert after(net, known, {"smoking": "no"})["artery"]["present"] == 1.0
    # P(leak | leak or smoking acted) = 0.1 / 0.46.
    assert had(net, known, {"smoking": "no"})["artery"]["present"] == pytest.approx(0.1 / 0.46)
    heals = network(lasting='{present = "2 weeks"}')
    assert after(heals, known, {"smoking": "no"})["artery"]["present"] == pytest.approx(0.1 / 0.46)
    stays = network(lasting='{present = "2 years"}')
    assert after(stays, known, {"smoking": "no"})["artery"]["present"] == 1.0
    # Nothing known of the artery: what smoking has done stays done.
    unknown = after(net, {"smoking": "yes"}, {"smoking": "no"})
    assert unknown["artery"]["present"] == pytest.approx(0.46, abs=1e-12)
    worse = after(net, {"smoking": "no", "artery": "absent"}, {"smoking": "yes"})
    assert worse["artery"]["present"] == pytest.approx(0.4, abs=1e-12)


def test_a_state_that_lasts_gives_way_to_a_worse_one_of_its_side_only() -> None:
    table = [[0.6, 0.1, 0.1, 0.1, 0.1]]
    level = Variable(
        "level",
        ("normal", "low", "very_low", "high", "very_high"),
        order=("very_low", "low", "normal", "high", "very_high"),
        lasting=(("low", ""), ("very_high", "")),
    )
    net = Network.from_tables({"level": level.states}, {}, {"level": table})
    net = Network({"level": level}, net.mechanisms)
    (settled,) = lasting(net).values()
    assert settled == (
        (0, 1, 2, 3, 4),
        (1, 1, 2, 1, 1),
        (0, 1, 2, 3, 4),
        (0, 1, 2, 3, 4),
        (4, 4, 4, 4, 4),
    )


def test_the_share_is_a_number_like_any_other() -> None:
    net = network()
    assert net.parameters["cramps.persistence"].kind == "probability"
    known = {"cramps": "present", "artery": "absent"}
    other = after(net.with_parameters({"cramps.persistence": 0.5}), known)
    assert other["cramps"]["present"] == pytest.approx(0.6, abs=1e-12)
    # The only uncertain number: 0.2 + 0.8 s, drawn from its own distribution.
    found = contrast(net, known, "cramps", changes={"smoking": "no"}, kind="after", draws=4000)
    s = net.parameters["cramps.persistence"].distribution
    assert found.changed.low == pytest.approx(0.2 + 0.8 * s.ppf(0.05), abs=0.01)
    assert found.changed.high == pytest.approx(0.2 + 0.8 * s.ppf(0.95), abs=0.01)


@pytest.mark.parametrize(
    ("lasting", "persistence"),
    [('["present"]', "0.5"), ('{present = "2 years"}', "{value = 0.5, low = 0.1, high = 0.7}")],
)
def test_the_model_file_keeps_it(lasting: str, persistence: str) -> None:
    net = network(persistence, lasting)
    again = loads_native(dumps_native(net))
    assert again == net
    assert again.variables["artery"].lasting == net.variables["artery"].lasting


def test_time_without_a_horizon_and_readings_that_persist_are_refused() -> None:
    with pytest.raises(InvalidNetwork, match="lasts 2 years, but the network states no horizon"):
        network(lasting='{present = "2 years"}', horizon="")
    with pytest.raises(InvalidNetwork, match="horizon: 'long'"):
        network(horizon='horizon = "long"')
    with pytest.raises(InvalidNetwork, match=r"not a probability|not within"):
        network("2")


def test_both_worlds_of_a_noisy_or_whose_causes_move() -> None:
    """Two causes, one taken away; by hand over the coin."""
    share = Parameter("y.persistence", "probability", 0.7, 0.5, 0.9)
    x, y = Variable("x", ("no", "yes")), Variable("y", ("no", "yes"), recurring=True)
    y = replace(y, persistence=share)
    net = Network.from_tables(
        {"x": x.states, "y": y.states}, {"y": ("x",)}, {"x": [0.5, 0.5], "y": np.full((2, 2), 0.5)}
    )
    chance = NoisyOr(leak=0.1, links=(NoisyLink.of("x", {"yes": 0.5}),))
    net = Network((x, y), {"x": net.mechanisms["x"], "y": chance})
    found = after(net, {"x": "yes", "y": "yes"}, {"x": "no"})
    same = 0.1 / 0.55  # the leak acted, given that something did
    assert found["y"]["yes"] == pytest.approx(0.7 * same + 0.3 * 0.1, abs=1e-12)
