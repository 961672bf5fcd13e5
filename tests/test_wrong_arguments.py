"""Plain mistakes in arguments: one error of the package, or a TypeError; nothing of another library."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import numpy as np
import pytest
from tests.public_objects import CASE, NETWORK

import etiograph as eg
from etiograph.case import Case
from etiograph.errors import EtiographError, InvalidChange, InvalidFinding, UnknownName
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyOr

JUNK = [
    None, 0, -1, 1.5, float("nan"), True, "typo", "", b"x", object(), [], ["typo"], [1], {},
    {"typo": 1}, {"typo": "x"}, {1: 2}, (), ("a", "b", "c"), np.zeros(3), np.array("a"), set(), len,
]  # fmt: skip


def methods() -> dict[str, tuple[type, str]]:
    """All public methods that take arguments."""
    found = {}
    for cls, asked in ((Network, NETWORK), (Case, CASE)):
        for name in asked:
            method = getattr(cls, name, None)
            if inspect.isfunction(method) and len(inspect.signature(method).parameters) > 1:
                found[f"{cls.__name__}.{name}"] = (cls, name)
    return found


@pytest.fixture(scope="module")
def network() -> Network:
    return eg.load("sprinkler")


def accepted(ask: Callable[[], object]) -> None:
    """It answers, or refuses in a way that is ours."""
    try:
        ask()
    except (EtiographError, TypeError):
        return


@pytest.mark.parametrize("named", methods())
def test_a_method(network, named):
    cls, name = methods()[named]
    method = getattr(network if cls is Network else network.case(), name)
    good = next(iter(network.variables))
    told = inspect.signature(method).parameters.values()
    plain = [p for p in told if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = [good for p in plain if p.default is p.empty]
    for junk in JUNK:
        for i in range(len(plain)):
            arguments = [*[good] * i, junk]
            arguments += needed[len(arguments) :]
            accepted(lambda arguments=arguments: method(*arguments))
        for p in told:
            if p.kind is p.KEYWORD_ONLY:
                accepted(lambda p=p, junk=junk: method(*needed, **{p.name: junk}))


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: type(junk).__name__)
def test_a_value(network, junk, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    good, case = next(iter(network.variables)), network.case()
    for ask in (
        lambda: eg.load(junk),
        lambda: network.case({good: eg.not_(junk)}).posterior(),
        lambda: network.case({good: eg.likelihood({"yes": junk})}).posterior(),
        lambda: network.case({good: eg.measured(junk)}).posterior(),
        lambda: network.case({good: junk}).posterior(),
        lambda: case.do({good: junk}),
        lambda: case.do({good: {"yes": junk}}),
        lambda: NoisyOr(links=junk),
        lambda: case.posterior()[junk],
        lambda: case.posterior()[good][junk],
        lambda: case.joint(good)[junk],
        lambda: network.posteriors(junk),
        lambda: eg.Variable("x", junk),
        lambda: eg.Variable(junk, ("a", "b")),
        lambda: Network.from_tables({"a": ("x", "y")}, {}, {"a": junk}),
        lambda: Network.from_tables({"a": junk}, {}, {"a": [0.5, 0.5]}),
        lambda: Network.from_tables({"a": ("x", "y")}, {"a": junk}, {"a": [0.5, 0.5]}),
        lambda: eg.Parameter("x", "probability", junk),
        lambda: eg.Parameter("x", "probability", 0.5, junk, junk),
        lambda: Network(junk, junk),
    ):
        accepted(ask)


@pytest.mark.parametrize("kind", ["do", "had", "after"])
def test_a_wrong_change_is_refused_at_once(network, kind):
    change, good = getattr(network.case(), kind), next(iter(network.variables))
    with pytest.raises(UnknownName):
        change({good: "often"})
    with pytest.raises(UnknownName):
        change({"typo": "yes"})
    state = network.variables[good].states[0]
    with pytest.raises(InvalidChange, match="a number from 0 to 1"):
        change({good: {state: "often"}})


def test_numbers_that_are_too_small_are_said(network):
    for ask in (
        lambda: network.case().intervals(draws=0),
        lambda: network.case().report(draws=-1),
        lambda: network.case().surprise(cases=0),
        lambda: network.sample(-1),
    ):
        with pytest.raises(InvalidFinding, match="must be at least"):
            ask()


def test_a_state_that_is_not_there_is_named(network):
    post, good = network.case().posterior(), next(iter(network.variables))
    with pytest.raises(UnknownName, match=f"no state of '{good}'"):
        post[good]["typo"]
    with pytest.raises(UnknownName, match="state of"):
        network.case().joint(good)["typo"]


def test_a_folder_is_no_network(tmp_path):
    with pytest.raises(EtiographError):
        eg.load(str(tmp_path))
