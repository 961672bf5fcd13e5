"""Attribution against counting worlds: every setting of every link's coin."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from etiograph.errors import ImpossibleFindings
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr
from etiograph.network.variable import Variable
from etiograph.query.attribution import attribution, unnamed

KEYS = ("present", "fired", "only", "needed")


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
    coins = {
        "a": p_a, "b~leak": leak_b, "a>b": a_to_b if chained else 0.0, "r": 0.5,
        "leak": leak, "a>y": to_a, "b>y": to_b, "r>y": stop if prevented else 0.0,
        "s0": sign0, "s1": sign1,
    }  # fmt: skip
    return network, coins


def counted(coins, found):
    """Every setting of every coin, written out."""
    names = list(coins)
    total, sums = 0.0, {}
    none = several = 0.0

    def y_if(c, a, b, without=()):
        fired = {
            "leak": c["leak"], "a": c["a>y"] and a, "b": c["b>y"] and b,
        }  # fmt: skip
        fired = {k: bool(v) and k not in without for k, v in fired.items()}
        return fired, any(fired.values()) and not (c["r>y"] and c["r"])

    for setting in product((0, 1), repeat=len(names)):
        c = dict(zip(names, setting, strict=True))
        weight = np.prod([coins[n] if c[n] else 1 - coins[n] for n in names])
        if weight == 0:
            continue
        b = c["b~leak"] or (c["a>b"] and c["a"])
        fired, y = y_if(c, c["a"], b)
        world = {"a": c["a"], "b": b, "r": c["r"], "y": y, "s": c["s1"] if y else c["s0"]}
        if any(bool(world[n]) != (state == "present") for n, state in found.items()):
            continue
        total += weight
        none += weight * (not any(fired.values()))
        several += weight * (sum(fired.values()) > 1)
        without = {
            "a": y_if(c, 0, c["b~leak"])[1],
            "b": y_if(c, c["a"], 0)[1],
            "leak": y_if(c, c["a"], b, ("leak",))[1],
        }
        present = {"a": c["a"], "b": b, "leak": 1}
        for cause in ("a", "b", "leak"):
            only = fired[cause] and sum(fired.values()) == 1
            values = (present[cause], fired[cause], only, y and not without[cause])
            sums[cause] = sums.get(cause, np.zeros(4)) + weight * np.array(values, dtype=float)
    return {k: v / total for k, v in sums.items()}, none / total, several / total


def test_n8_attribution_against_counting_worlds():
    rng = np.random.default_rng(21)
    for n in range(60):
        network, coins = random_case(rng)
        found = {"y": "present"} if n % 2 else {"s": "present"}
        if rng.random() < 0.4:
            found["a"] = str(rng.choice(["absent", "present"]))
        want, none, several = counted(coins, found)
        got = attribution(network, found, "y")
        assert got.none_fired == pytest.approx(none, abs=1e-12)
        assert got.several_fired == pytest.approx(several, abs=1e-12)
        for cause, values in want.items():
            share = got[cause]
            np.testing.assert_allclose([getattr(share, k) for k in KEYS], values, atol=1e-12)
        assert got.none_fired + got.several_fired + sum(
            share.only for share in got.causes
        ) == pytest.approx(1, abs=1e-12)


def test_what_has_no_name_by_one_sweep_is_the_share_of_the_attribution():
    rng = np.random.default_rng(22)
    for _ in range(40):
        network, _ = random_case(rng)
        found = {"s": str(rng.choice(["absent", "present"]))}
        for event in ("present", ("present", "absent")):
            whole = attribution(network, found, "y", event, needed=False)
            if event == "present":
                whole = attribution(network, found | {"y": event}, "y", needed=False)
            assert unnamed(network, found, "y", event) == pytest.approx(
                whole["idiopathic"].only, abs=1e-12
            )
    table = Network.from_tables(
        {"x": ("no", "yes"), "y": ("no", "yes")},
        {"y": ("x",)},
        {"x": [0.5, 0.5], "y": [[0.8, 0.2], [0.3, 0.7]]},
    )
    assert unnamed(table, {}, "y") is None
    with pytest.raises(ImpossibleFindings):
        unnamed(network, {"y": "absent"}, "y", "present")


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
