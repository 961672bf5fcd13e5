"""Networks held against the same cases: log scores by hand, the true one first, errors that are paired."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import etiograph as eg

SMALL = Path(__file__).parent / "small.toml"


def chain(arrow: bool) -> eg.Network:
    """Two signs of one cause; without ``arrow`` the second is taken to come about by itself."""
    tables = {"a": [0.6, 0.4], "b": [[0.8, 0.2], [0.3, 0.7]]}
    parents = {"b": ["a"]}
    if arrow:
        tables["c"], parents["c"] = [[0.9, 0.1], [0.4, 0.6]], ["a"]
    else:
        tables["c"] = [0.7, 0.3]
    return eg.Network.from_tables(dict.fromkeys("abc", ("no", "yes")), parents, tables)


def test_log_scores_are_those_of_the_tables_and_densities() -> None:
    net = eg.load(SMALL)
    table = pd.DataFrame({"cause": ["yes", "no"] * 5, "level": [4.2, 5.1] * 5})
    other = net.with_parameters({"cause": 0.2})
    told = eg.compare({"a": net, "b": other}, table, folds=None)
    mean = 5.0 + np.where(table["cause"] == "yes", -1.0, 0.0)
    density = norm(mean, 0.8).logpdf(table["level"])
    at = [e.name for e in told.entries]
    for name, p in (("a", 0.3), ("b", 0.2)):
        exact = np.log(np.where(table["cause"] == "yes", p, 1 - p)) + density
        assert told.scores[:, at.index(name)] == pytest.approx(exact, rel=1e-12)
    apart = told.scores[:, 1] - told.scores[:, 0]
    second = told.entries[1]
    assert second.difference == pytest.approx(apart.mean(), rel=1e-12)
    assert second.error == pytest.approx(apart.std(ddof=1) / np.sqrt(10), rel=1e-12)
    assert (second.parameters, np.isnan(second.bic)) == (0, True)
    assert eg.compare({"a": net, "b": other}, table, folds=0) == told
    told = eg.compare({"a": net, "b": other}, table, folds=None, leave_out=["cause"])
    cause = eg.compare({"a": net, "b": other}, table[["level"]], folds=None)
    assert (told.scores == cause.scores).all()


def test_what_is_given_of_all_cases_is_known_and_not_scored() -> None:
    net = eg.load(SMALL)
    table = pd.DataFrame({"sign": ["present", "absent"] * 6, "level": [4.2, 5.1, 4.9] * 4})
    asked = {"a": net, "b": net.with_parameters({"cause": 0.2})}
    told = eg.compare(asked, table, folds=None, given={"cause": "yes"})
    leak = net.parameters["sign.leak"].value
    p = 1 - (1 - leak) * (1 - net.parameters["sign.cause"].value)
    exact = np.log(np.where(table["sign"] == "present", p, 1 - p))
    exact += norm(4.0, 0.8).logpdf(table["level"])
    assert told.scores == pytest.approx(np.stack([exact, exact], axis=1), rel=1e-12)
    selected = {"sign": "present"}
    own = table[["level"]].assign(sign="present")
    told = eg.compare(asked, own, folds=None, given=selected)
    plain = eg.compare(asked, own, folds=None)
    for i, entry in enumerate(told.entries):
        chance = asked[entry.name].case().posterior()["sign"]["present"]
        column = plain.scores[:, [e.name for e in plain.entries].index(entry.name)]
        assert told.scores[:, i] == pytest.approx(column - np.log(chance), rel=1e-12)
    with pytest.raises(eg.InvalidFinding, match="a fit counts cases as they came"):
        eg.compare([chain(True), chain(False)], chain(True).sample(40, 1), given={"a": "yes"})
    with pytest.raises(eg.UnknownName, match="did you mean 'cause'"):
        eg.compare(asked, table, folds=None, given={"cuase": "yes"})
    with pytest.raises(eg.InvalidFinding, match="must be states, not measured values"):
        eg.compare(asked, table, folds=None, given={"level": "low"})


def test_rows_that_one_network_cannot_read_are_scored_by_none() -> None:
    net = chain(True)
    wide = eg.Network.from_tables(
        {"a": ("no", "yes", "perhaps"), "b": ("no", "yes"), "c": ("no", "yes")}, {},
        {"a": [0.5, 0.4, 0.1], "b": [0.5, 0.5], "c": [0.5, 0.5]},
    )  # fmt: skip
    table = net.sample(60, 3).astype(object)
    table.loc[2, "a"] = "perhaps"
    table.loc[5, "b"] = "typo"
    told = eg.compare({"net": net, "wide": wide}, table, on_error="skip", folds=2)
    assert [(f.row, f.column) for f in told.faults] == [(3, "a"), (6, "b")]
    assert (told.passed_over, told.cases, len(told.scores)) == (2, 58, 58)
    alike = eg.compare({"net": net, "wide": wide}, table.drop(index=[2, 5]), folds=2)
    assert told.scores == pytest.approx(alike.scores, rel=1e-12)
    with pytest.raises(eg.InvalidFinding, match="too few cases: 0") as error:
        eg.compare([net, wide], table.assign(a="typo"), on_error="skip")
    assert error.value.__notes__[0].startswith("60 rows could not be read; the first, row 1")


def test_the_true_arrows_win_and_needless_ones_do_not() -> None:
    true, less = chain(True), chain(False)
    table = true.sample(400, 1)
    told = eg.compare({"less": less, "true": true}, table, folds=4)
    assert told.best.name == "true"
    worse = told.entries[1]
    assert worse.z < -3
    assert worse.parameters == told.best.parameters - 1
    # In tables that were counted the likelihood and its penalty are worked out by hand.
    fitted = true.fit(table)
    cells = -2 * fitted.log_likelihood + 5 * np.log(400)
    assert told.best.bic == pytest.approx(cells, rel=1e-10)
    assert worse.bic > told.best.bic
    frame = told.to_frame()
    assert list(frame["network"]) == ["true", "less"]
    assert frame.loc[1, "high"] < 0


def test_cases_that_cannot_be_lose() -> None:
    sure = eg.Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes")},
        {"b": ["a"]},
        {"a": [0.5, 0.5], "b": [[1.0, 0.0], [0.0, 1.0]]},
    )
    open_ = sure.fit({"a": ["no"], "b": ["no"]}, zeros="learn", prior=1.0).network
    table = pd.DataFrame({"a": ["no", "yes"] * 6, "b": ["no", "yes"] * 5 + ["yes", "no"]})
    told = eg.compare({"sure": sure, "open": open_}, table, folds=None)
    assert told.best.name == "open"
    assert told.entries[1].impossible == 2
    assert told.entries[1].difference == -np.inf


def test_tables_that_say_nothing_or_cannot_be_are_refused() -> None:
    sure = eg.Network.from_tables(
        {"a": ("no", "yes"), "b": ("no", "yes")}, {"b": ("a",)},
        {"a": [0.5, 0.5], "b": [[1.0, 0.0], [0.5, 0.5]]},
    )  # fmt: skip
    never = {"a": ["no"] * 20, "b": ["yes"] * 20}
    for folds in (None, 2):
        with pytest.raises(eg.InvalidFinding, match="says nothing about any variable"):
            eg.compare({"x": sure, "y": sure}, {"a": [None] * 20}, folds=folds)
    with pytest.raises(eg.ImpossibleFindings, match="none of the 20 cases can be by any"):
        eg.compare({"x": sure, "y": sure}, never, folds=None)
    wrong = {"a": ["no"] * 19 + ["typo"]}
    with pytest.raises(
        eg.UnknownName
    ) as told:  # the row as it is in the table, not in a part of it
        eg.compare({"x": sure, "y": sure}, wrong, folds=2)
    assert told.value.__notes__ == ["in row 20 of the table, column 'a'"]


def test_what_cannot_be_compared_says_why() -> None:
    net = chain(True)
    table = net.sample(40, 1)
    with pytest.raises(eg.InvalidFinding, match="at least two different networks"):
        eg.compare([net], table)
    with pytest.raises(eg.InvalidFinding, match="too few cases: 4"):
        eg.compare([net, chain(False)], table.head(4))
    with pytest.raises(TypeError, match="list of networks"):
        eg.compare(net, table)
    with pytest.raises(TypeError, match="not a Network but str"):
        eg.compare([net, "asia"], table)
    with pytest.raises(eg.UnknownName, match="variable"):
        eg.compare([net, chain(False)], table.rename(columns={"a": "aa"}))


def test_books_of_the_networks_are_read_before_scores_are_believed() -> None:
    net = eg.load("sprinkler")
    people = net.sample(60, 1)
    fitted = net.fit(people, cohort="ward 7").network
    found = eg.compare({"old": net, "new": fitted}, people, folds=None)
    (note,) = found.notes
    assert str(note).startswith(
        "new has learned from ward 7 (n = 60). If these cases are among them"
    )
    assert eg.validate(fitted, people, "rain", boot=0).notes
    assert eg.validate(net, people, "rain", boot=0).notes == ()
