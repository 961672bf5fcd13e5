"""Attribution by examples; against counting worlds in test_n8_attribution."""

from __future__ import annotations

import numpy as np
import pytest

from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable
from etiograph.query.attribution import attribution


def binary(name: str, **options) -> Variable:
    return Variable(name, ("absent", "present"), **options)


def random_case(rng):
    """Causes a, b (b may follow from a), an effect y with a leak and maybe a preventer, a sign s."""
    p_a, leak_b, a_to_b = rng.random(3)
    leak, to_a, to_b, stop, sign0, sign1 = rng.random(6)
    chained = rng.random() < 0.5
    prevented = rng.random() < 0.4
    b_links = (NoisyLink.of("a", {"present": a_to_b}),) if chained else ()
    preventers = (NoisyLink.of("r", {"present": stop}),) if prevented else ()
    network = Network(
        [binary("a"), binary("b"), binary("r"), binary("y"), binary("s")],
        {
            "a": Table((), array=[1 - p_a, p_a]),
            "b": NoisyOr(leak=leak_b, links=b_links),
            "r": Table((), array=[0.5, 0.5]),
            "y": NoisyOr(
                leak=leak,
                links=(
                    NoisyLink.of("a", {"present": to_a}),
                    NoisyLink.of("b", {"present": to_b}),
                ),
                preventers=preventers,
            ),
            "s": Table(("y",), array=[[1 - sign0, sign0], [1 - sign1, sign1]]),
        },
    )
    return network


def test_an_effect_that_is_not_found_is_attributed_too(remedy):
    """On paper: the drug's own link is tossed in half of all people."""
    got = attribution(remedy, {}, "cramps")
    assert got["diuretic"].fired == pytest.approx(0.5 * 0.2, abs=1e-15)
    assert got.none_fired == pytest.approx(1 - got.p_event, abs=1e-15)
    by_hand = 0.5 * 0.2 * 0.5 + 0.5 * (1 - 0.8 * 0.5) * 0.5
    assert got["depletion"].fired == pytest.approx(by_hand, abs=1e-15)


def test_the_idiopathic_share_is_the_leak_and_what_stands_for_it():
    """Worked on paper: three independent coins 0.2 (leak), 0.5 * 0.4 (tendency), 0.3 (drug)."""
    network = Network(
        [
            binary("tendency", role="background", observable=False),
            binary("drug"),
            binary("cramps"),
        ],
        {
            "tendency": Table((), array=[0.5, 0.5]),
            "drug": Table((), array=[0.0, 1.0]),
            "cramps": NoisyOr(
                leak=0.2,
                links=(
                    NoisyLink.of("tendency", {"present": 0.4}),
                    NoisyLink.of("drug", {"present": 0.3}),
                ),
            ),
        },
    )
    p = 1 - 0.8 * 0.8 * 0.7
    got = attribution(network, {"cramps": "present"}, "cramps")
    assert got["idiopathic"].fired == pytest.approx((1 - 0.8 * 0.8) / p)
    assert got["idiopathic"].only == pytest.approx((1 - 0.8 * 0.8) * 0.7 / p)
    assert got["drug"].fired == pytest.approx(0.3 / p)
    assert got["drug"].needed == pytest.approx(0.3 * 0.64 / p)
    assert got.none_fired == pytest.approx(0, abs=1e-15)
    assert "drug is present in about 100" in got.sentence
    frame = got.to_frame()
    assert list(frame["cause"]) == ["drug", "leak", "tendency", "idiopathic"]


def test_an_effect_that_is_no_noisy_or_has_needed_causes_only():
    network = Network.from_tables(
        {"x": ("no", "yes"), "y": ("no", "yes")},
        {"y": ("x",)},
        {"x": [0.5, 0.5], "y": [[0.8, 0.2], [0.3, 0.7]]},
    )
    got = attribution(network, {"x": "yes", "y": "yes"}, "y")
    assert np.isnan(got["x"].fired)
    # Quantile coupling: 0.5 of the 0.7 would not have been.
    assert got["x"].needed == pytest.approx(0.5 / 0.7)
    assert "without it" in got.sentence
