"""A table of cases: every input form, missing cells, readings, impossible rows; samples (N9)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import chisquare

import etiograph as eg


@pytest.fixture(scope="module")
def asia():
    return eg.load("asia")


@pytest.fixture(scope="module")
def drawn(asia):
    frame = asia.sample(200, np.random.default_rng(0)).astype(object)
    holes = np.random.default_rng(1).random(frame.shape) < 0.5
    return frame.mask(holes, None)


def test_a_table_equals_its_cases_one_by_one(asia, drawn):
    result = asia.posteriors(drawn)
    assert result.possible.all()
    for i, row in enumerate(drawn.to_dict("records")):
        known = {k: v for k, v in row.items() if isinstance(v, str)}
        post = asia.case(known).posterior()
        assert result.log_evidence[i] == pytest.approx(post.log_evidence, abs=1e-12)
        for name in asia.variables:
            assert np.allclose(result[name][i], post.array(name), atol=1e-12)


def test_every_form_of_table_gives_the_same(asia, drawn):
    want = asia.posteriors(drawn).marginals
    columns = {n: [None if pd.isna(x) else x for x in drawn[n]] for n in drawn}
    for form in (
        columns,
        drawn.astype("category"),
        drawn.fillna(""),
        pa.table({n: pa.array(c, pa.string()) for n, c in columns.items()}),
    ):
        assert np.array_equal(asia.posteriors(form).marginals, want)


def test_cells_may_be_any_finding(asia):
    name, variable = next(iter(asia.variables.items()))
    weights = eg.likelihood(dict.fromkeys(variable.states, 1.0) | {variable.states[0]: 3.0})
    result = asia.posteriors({name: [weights, None, variable.states[0], eg.unknown]})
    assert np.allclose(result[name][0], asia.case({name: weights}).posterior().array(name))
    assert np.array_equal(result[name][1], result[name][3])


def test_impossible_rows_are_marked_and_the_others_answered(asia):
    # One variable is a logical "or" of its two parents: its table has a zero in every row.
    either = next(
        n for n in asia.variables if len(asia.parents(n)) == 2 and (asia.table(n) == 0).any()
    )
    states = asia.variables[either].states
    parents = {p: asia.variables[p].states[0] for p in asia.parents(either)}
    impossible = int(np.flatnonzero(asia.table(either)[0, 0] == 0)[0])
    frame = pd.DataFrame(
        [{**parents, either: states[impossible]}, {**parents, either: states[1 - impossible]}]
    )
    result = asia.posteriors(frame)
    assert result.possible.tolist() == [False, True]
    assert result.log_evidence[0] == -np.inf
    assert np.isnan(result[either][0]).all()
    assert np.isfinite(result.to_frame().iloc[1].to_numpy(dtype=float)).all()


def test_mistakes_name_the_nearest(asia):
    name = next(iter(asia.variables))
    with pytest.raises(eg.UnknownName, match=name):
        asia.posteriors({name[:-1]: ["x"]})
    with pytest.raises(eg.UnknownName):
        asia.posteriors({name: ["no such state"]})
    with pytest.raises(eg.InvalidFinding):
        asia.posteriors({name: ["a"], list(asia.variables)[1]: ["a", "b"]})


def test_empty_tables(asia):
    assert len(asia.posteriors({}).log_evidence) == 0
    assert len(asia.posteriors(pd.DataFrame(index=range(3))).log_evidence) == 3


def test_samples_follow_the_marginals(asia):
    """N9: fixed alpha of 1e-6 over all variables, one seed, no retries."""
    n = 20_000
    frame = asia.sample(n, np.random.default_rng(11))
    post = asia.case().posterior()
    for name, variable in asia.variables.items():
        p = post.array(name)
        counts = frame[name].value_counts().reindex(variable.states).to_numpy()
        assert not counts[p == 0].any()
        kept = p > 0
        if kept.sum() > 1:
            test = chisquare(counts[kept], p[kept] / p[kept].sum() * n)
            assert test.pvalue > 1e-6 / len(asia.variables)
