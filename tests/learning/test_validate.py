"""G10: scores against scikit-learn, a decision curve by hand, and validations of whole tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import etiograph as eg
from etiograph.learning import scores as s
from etiograph.learning.validation import judged
from etiograph.network.event import Event

SMALL = Path(__file__).parent / "small.toml"
CLINIC = Path(__file__).parent / "clinic.toml"


def drawn(n: int, seed: int, ties: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and probabilities that are somewhat off."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1.2, 3.0, n)
    if ties:
        p = np.round(p, 2).clip(0.01, 0.99)
    return (rng.random(n) < p**1.3).astype(float), p


def one(name: str, y: np.ndarray, p: np.ndarray, w: np.ndarray | None = None) -> float:
    weights = np.ones((1, len(y))) if w is None else w[None]
    return float(s.scores(y, p, weights)[0, s.NAMES.index(name)])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_scikit_learn(seed, weighted) -> None:
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    y, p = drawn(300, seed)
    w = np.random.default_rng(seed).integers(0, 4, 300).astype(float) if weighted else None
    bar = {"rel": 1e-10, "abs": 1e-12}
    assert one("brier", y, p, w) == pytest.approx(brier_score_loss(y, p, sample_weight=w), **bar)
    assert one("log_score", y, p, w) == pytest.approx(-log_loss(y, p, sample_weight=w), **bar)
    assert one("auc", y, p, w) == pytest.approx(roc_auc_score(y, p, sample_weight=w), **bar)
    best = IsotonicRegression().fit(p, y, sample_weight=w).predict(p)
    refined = brier_score_loss(y, best, sample_weight=w)
    brier, unsure = one("brier", y, p, w), one("uncertainty", y, p, w)
    assert one("miscalibration", y, p, w) == pytest.approx(brier - refined, **bar)
    assert one("discrimination", y, p, w) == pytest.approx(unsure - refined, **bar)
    total = one("miscalibration", y, p, w) - one("discrimination", y, p, w) + unsure
    assert brier == pytest.approx(total, abs=1e-14)
    assert one("brier_skill", y, p, w) == pytest.approx(1 - brier / unsure, **bar)
    x = s.logit(p)[:, None]
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=1000).fit(x, y, sample_weight=w)
    assert one("slope", y, p, w) == pytest.approx(model.coef_[0, 0], rel=1e-5)


def test_calibration_intercept_and_slope_solve_their_equations() -> None:
    """At the maximum of a logistic regression the residuals are orthogonal to what it uses."""
    y, p = drawn(400, 1)
    x = s.logit(p)
    a = one("intercept", y, p)
    assert (y - 1 / (1 + np.exp(-(a + x)))).sum() == pytest.approx(0, abs=1e-9)
    from scipy.optimize import brentq

    b = one("slope", y, p)

    def residual(free: float) -> float:
        return float((y - 1 / (1 + np.exp(-(free + b * x)))).sum())

    free = brentq(residual, -10, 10, xtol=1e-14)
    assert ((y - 1 / (1 + np.exp(-(free + b * x)))) * x).sum() == pytest.approx(0, abs=1e-7)


def test_the_roc_curve_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import auc, roc_curve

    y, p = drawn(200, 3)
    thresholds, false, true = s.roc(y, p)
    x, up, at = roc_curve(y, p, drop_intermediate=False)
    assert thresholds == pytest.approx(at[1:], abs=1e-15)
    assert false == pytest.approx(x[1:], abs=1e-14)
    assert true == pytest.approx(up[1:], abs=1e-14)
    assert auc(np.r_[0, false], np.r_[0, true]) == pytest.approx(one("auc", y, p), abs=1e-12)


def test_the_calibration_curve_is_that_of_scikit_learn() -> None:
    from sklearn.calibration import calibration_curve

    y, p = drawn(500, 2, ties=False)
    event = Event("x", ("yes",), (1,))
    told = judged(
        event, y, p, np.arange(500), {}, 0, 0, left_out=(), unknown=0, impossible=0,
        folds=0,
    )  # fmt: skip
    observed, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert told.calibration["observed"] == pytest.approx(observed, abs=1e-12)
    assert told.calibration["p"] == pytest.approx(mean, abs=1e-12)
    from scipy.stats import binomtest

    for n, share, low, high in zip(
        *(told.calibration[c] for c in ("cases", "observed", "low", "high")), strict=True
    ):
        exact = binomtest(round(n * share), int(n)).proportion_ci(0.95, "wilson")
        assert (low, high) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_cases_alike_are_ties_whatever_their_roundings() -> None:
    p = np.array([0.1, 0.3, 0.3 * (1 + 4e-16), 0.3 * (1 - 4e-16), 0.9, 0.0, 0.0])
    alike = s.without_roundings(p)
    np.testing.assert_array_equal(alike, [0.1, alike[1], alike[1], alike[1], 0.9, 0.0, 0.0])
    y = np.array([0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    # Pairs: 2 x 5; won: 5 by 0.9, 3 by 0.3 and two ties by half.
    assert s.auc(y, alike, np.ones((1, 7)))[0] == 9 / 10
    # At a threshold of what a case has, it is acted upon.
    below = np.nextafter(0.3, 0.0)
    acted = s.net_benefit(np.array([1.0]), np.array([below]), np.ones((1, 1)), np.array([0.3]))
    assert acted[0, 0] == 1.0


def test_a_decision_curve_by_hand() -> None:
    """Ten cases; at 25 % one acts on six of them, of whom three have it."""
    p = np.array([0.9, 0.8, 0.6, 0.5, 0.3, 0.25, 0.2, 0.1, 0.05, 0.01])
    y = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0.0])
    got = s.net_benefit(y, p, np.ones((1, 10)), np.array([0.1, 0.25, 0.5, 0.95]))[0]
    # At 10 %: 8 acted on, 4 true, 4 false: 4/10 - 4/10 / 9. At 50 %: 4, 3 true, 1 false.
    assert got == pytest.approx([0.4 - 0.4 / 9, 0.3 - 0.3 / 3, 0.3 - 0.1, 0.0], abs=1e-15)


def test_outcomes_that_are_separated_have_no_slope() -> None:
    y, p = np.array([0.0] * 10 + [1.0] * 10), np.linspace(0.05, 0.95, 20)
    assert one("auc", y, p) == 1.0
    assert np.isnan(one("slope", y, p))
    assert one("discrimination", y, p) == pytest.approx(0.25)


def people(net: eg.Network, n: int, seed: int, holes: float = 0.2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = net.sample(n, rng).astype(object)
    for name in frame:
        frame.loc[rng.random(n) < holes, name] = None
    return frame


def test_a_network_is_calibrated_on_its_own_people() -> None:
    net = eg.load(CLINIC)
    table = people(net, 1500, 1).assign(site=["north", "south", "south"] * 500)
    told = eg.validate(net, table, "cramps", by=["age", "site"], boot=200)
    known = table["cramps"].notna()
    assert told.cases == known.sum()
    assert told.unknown == (~known).sum()
    assert told.events == (table["cramps"] == "present").sum()
    # The probabilities are those the network gives without the target.
    post = net.posteriors(table, of=["cramps"], leave_out=["cramps"], keep=["site"])["cramps"]
    assert told.p == pytest.approx(post[told.rows, 1], abs=1e-15)
    for name, truth in (("slope", 1.0), ("intercept", 0.0)):
        assert told[name].low <= truth <= told[name].high
    assert 0.5 < told["auc"].low < told["auc"].value < told["auc"].high < 1.0
    assert set(told.groups) == {"age=young", "age=old", "site=north", "site=south"}
    sizes = table[known].groupby("site").size()
    assert told.groups["site=north"].cases == sizes["north"]
    frame = told.to_frame()
    assert list(frame["group"].unique()) == ["all", *told.groups]
    assert (frame["low"].dropna() <= frame["high"].dropna()).all()
    assert len(told.decision) == 99
    assert told.decision["none"].max() == 0.0
    assert told.left_out == ("cramps",)


def test_leaving_out_is_heeded() -> None:
    net = eg.load(CLINIC)
    table = people(net, 300, 2, holes=0.0).drop(columns=["serum_magnesium", "hormone"])
    told = eg.validate(net, table, ("magnesium", "low"), leave_out=["cramps"], boot=0)
    post = net.posteriors(table, of=["magnesium"], leave_out=["magnesium", "cramps"])["magnesium"]
    assert told.p == pytest.approx(post[told.rows, 1], abs=1e-15)
    assert np.isnan(told["auc"].low)
    assert told.left_out == ("cramps", "magnesium")


def test_out_of_fold_each_case_is_told_by_others() -> None:
    """A fit that has seen the cases looks better than it is; out of fold it does not."""
    rng = np.random.default_rng(0)
    names = [f"x{i}" for i in range(7)]
    net = eg.Network.from_tables(
        {**dict.fromkeys(names, ("no", "yes")), "y": ("no", "yes")},
        {"y": names},
        {**{n: [0.5, 0.5] for n in names}, "y": np.full((2,) * 7 + (2,), 0.5)},
    )
    table = pd.DataFrame({n: rng.choice(["no", "yes"], 300) for n in [*names, "y"]})
    seen = eg.validate(net.fit(table, prior=0.1).network, table, "y", boot=0)
    unseen = eg.validate(net, table, "y", folds=5, boot=0, options={"prior": 0.1})
    assert seen["auc"].value > 0.75
    assert abs(unseen["auc"].value - 0.5) < 0.1
    assert unseen.folds == 5
    assert unseen.cases == 300
    again = eg.validate(net, table, "y", folds=5, boot=0, options={"prior": 0.1})
    assert again == unseen


def test_a_network_with_ranges_is_updated_out_of_fold() -> None:
    net = eg.load(SMALL)
    off = net.with_parameters({"sign.leak": 0.18, "cause": 0.45})
    table = people(off, 400, 3, holes=0.1).drop(columns=["level"])
    plain = eg.validate(net, table, "sign", boot=50)
    moved = eg.validate(net, table, "sign", folds=2, boot=50)
    assert abs(moved["intercept"].value) < abs(plain["intercept"].value)
    assert moved["log_score"].value > plain["log_score"].value


def test_what_is_given_of_all_cases_is_known_of_each() -> None:
    net = eg.load(SMALL)
    table = people(net, 200, 4, holes=0.2).drop(columns=["sign"])
    came = {"sign": "present"}
    plain = eg.validate(net, table.assign(sign="present"), "cause", boot=0)
    for own in (table, table.assign(sign=["present", None] * 100)):
        told = eg.validate(net, own, "cause", given=came, boot=0)
        assert told.p == pytest.approx(plain.p, abs=1e-15)
    options = {"draws": 100, "parameters": ["cause"]}
    table = table.head(60)
    told = eg.validate(net, table, "cause", given=came, folds=2, boot=0, options=options)
    spoken = eg.validate(
        net, table.assign(sign="present"), "cause", folds=2, boot=0,
        options={**options, "given": came},
    )  # fmt: skip
    assert np.abs(told.p - plain.p[told.rows]).max() > 1e-3
    assert told.p == pytest.approx(spoken.p, abs=1e-12)
    with pytest.raises(eg.InvalidFinding, match="given of all cases"):
        eg.validate(net, table, "cause", given={"cause": "yes"})
    with pytest.raises(TypeError, match="given must be a mapping"):
        eg.validate(net, table, "cause", given=["sign"])


def test_a_measured_target_counts_by_its_state() -> None:
    net = eg.load(SMALL)
    table = pd.DataFrame({"cause": ["yes", "no"] * 15, "level": [3.0, 5.5, 4.5] * 10})
    told = eg.validate(net, table, "level=low", boot=0)
    assert told.events == 10


def test_a_column_is_known_by_its_name_however_its_unit_is_stated() -> None:
    net = eg.load(SMALL)
    table = people(net, 60, 4, holes=0.0)
    bare = eg.validate(net, table, "level", boot=0)
    heading = "level[mmol/L]"
    stated = table.rename(columns={"level": heading})
    told = eg.validate(net, stated, "level", boot=0)
    assert (told.p == bare.p).all()
    assert (told.y == bare.y).all()
    # What is left out is left out of what is learned from, too.
    out = {"boot": 0, "folds": 2, "leave_out": ["level"], "options": {"may_differ": ["cause"]}}
    assert (
        eg.validate(net, stated, "sign", **out).p == eg.validate(net, table, "sign", **out).p
    ).all()


def test_what_cannot_be_validated_says_why() -> None:
    net = eg.load(SMALL)
    table = people(net, 60, 4, holes=0.0).drop(columns=["level"])
    with pytest.raises(eg.InvalidFinding, match="no column 'level'"):
        eg.validate(net, table, "level")
    with pytest.raises(eg.InvalidFinding, match="too few cases: sign=present is known"):
        eg.validate(net, table.head(5), "sign")
    with pytest.raises(eg.InvalidFinding, match="in all 60 cases sign=present is not so"):
        eg.validate(net, table.assign(sign="absent"), "sign")
    with pytest.raises(eg.UnknownName, match="did you mean 'sign'"):
        eg.validate(net, table, "signs")
    with pytest.raises(eg.UnknownName, match="column of the table"):
        eg.validate(net, table, "sign", by="ward")
    with pytest.raises(eg.UnknownName, match="did you mean 'cause'"):
        eg.validate(net, table.rename(columns={"cause": "causes"}), "sign")
    with pytest.raises(eg.InvalidFinding, match="folds must be at least 2"):
        eg.validate(net, table, "sign", folds=1)
    with pytest.raises(eg.InvalidFinding, match="cannot be divided into 100 parts"):
        eg.validate(net, table, "sign", folds=100)
    with pytest.raises(eg.UnknownName, match="way to learn"):
        eg.validate(net, table, "sign", folds=2, learn="magic")


def test_rows_that_cannot_be_read_or_be_are_told() -> None:
    net = eg.Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes"), "c": ("no", "yes")},
        {"b": ("a",), "c": ("a",)},
        {"a": [0.5, 0.5], "b": [[1.0, 0.0], [0.2, 0.8]], "c": [[0.9, 0.1], [0.3, 0.7]]},
    )
    table = people(net, 50, 5, holes=0.0)
    table.loc[3, ["a", "b"]] = ["no", "yes"]
    table.loc[7, "a"] = "perhaps"
    with pytest.raises(eg.UnknownName, match="perhaps"):
        eg.validate(net, table, "c")
    told = eg.validate(net, table, "c", on_error="skip", boot=0)
    assert (told.impossible, told.passed_over, told.unknown, told.cases) == (1, 1, 0, 48)
    learned = eg.validate(net, table.drop(index=3), "c", on_error="skip", boot=0, folds=2)
    assert (learned.impossible, learned.passed_over, learned.unknown, learned.cases) == (
        0,
        1,
        0,
        48,
    )
    with pytest.raises(eg.ImpossibleFindings, match="none of the 50 cases"):
        eg.validate(net, table.assign(a="no", b="yes"), "c")
