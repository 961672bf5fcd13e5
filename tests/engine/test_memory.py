"""The limit of memory: one way to move it, refusals that fit themselves, searches known to be too long."""

from __future__ import annotations

import re

import numpy as np
import pytest

import etiograph
from etiograph.engine import maximum
from etiograph.engine.memory import DEFAULT_LIMIT, allowed, amount
from etiograph.errors import InvalidFinding, TooLarge
from etiograph.network.network import Network


def grid(side: int) -> Network:
    """A lattice in which each variable has its neighbours above and to the left as parents."""
    states = {f"{i},{j}": ("a", "b", "c") for i in range(side) for j in range(side)}
    parents = {
        f"{i},{j}": tuple(f"{a},{b}" for a, b in ((i - 1, j), (i, j - 1)) if a >= 0 and b >= 0)
        for i in range(side)
        for j in range(side)
    }
    rng = np.random.default_rng(1)
    tables = {
        name: rng.dirichlet(np.ones(3), size=(3,) * len(parents[name])).tolist() for name in states
    }
    return Network.from_tables(states, parents, tables)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("8GiB", 8 * 2**30), ("500 MB", 500_000_000), ("1.5 gib", 3 * 2**29), (2**21, 2**21)],
)
def test_amounts_of_memory(text, wanted):
    assert amount(text) == wanted


@pytest.mark.parametrize("text", ["", "much", "-1GiB", "8 GiBs", "nan", True, 0, "1 kB", None])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(InvalidFinding, match="like 8GiB"):
        amount(text)


def test_the_limit_holds_within_the_block_and_no_longer():
    case = grid(8).case()
    assert allowed() == DEFAULT_LIMIT
    with etiograph.memory_limit("1 MiB"):
        assert allowed() == 2**20
        with pytest.raises(TooLarge, match=r"the limit is 1 MiB") as refused:
            case.posterior()
        with etiograph.memory_limit("1 GiB"):
            p = case.posterior()
    assert allowed() == DEFAULT_LIMIT
    assert sum(p["7,7"].values()) == pytest.approx(1.0)
    # Entries, bytes an entry, and bytes in all say the same.
    entries, each, size, unit = re.search(
        r"about ([\d.,e+]+) table entries of (?:at least )?(\w+) bytes? each, ([\d.]+) (.iB)",
        str(refused.value),
    ).groups()
    told = float(size) * {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}[unit]
    wanted = float(entries.replace(",", "")) * (1 if each == "one" else int(each))
    assert told == pytest.approx(wanted, rel=0.06)
    assert refused.value.bytes == pytest.approx(told, rel=0.01)


def test_a_search_that_cannot_end_is_refused_before_it_begins(monkeypatch):
    """It needs a sweep for each of 25 x 3 states; here two sweeps are as much as may be worked."""
    case = grid(5).case()
    best = case.most_probable()[0]
    monkeypatch.setattr(maximum, "MAX_WORK", 20_000)
    with pytest.raises(TooLarge, match="need at least 75 sweeps, of at most") as refused:
        case.most_probable()
    assert refused.value.entries > 0
    assert "most_probable(variables=[...])" in str(refused.value)
    with etiograph.memory_limit("100 GiB"):  # as many times the work
        assert case.most_probable()[0] == best
