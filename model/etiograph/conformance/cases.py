"""The right-answer cases of :mod:`etiograph.conformance.check_engine`.

Every network is small enough to be worked on paper; the truth comes from writing out all worlds, or
all settings of the noise (:mod:`etiograph.engine.enumerate`), never from the engine under test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from etiograph.engine import enumerate as brute
from etiograph.network.finding import likelihood
from etiograph.network.likelihoods import encode
from etiograph.network.mechanism import Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyLink, NoisyOr, Rate
from etiograph.network.variable import Variable

State = str
Soft = Mapping[str, float]
Finding = State | Sequence[Soft]
"""A state, or soft findings (a weight for every state each), which multiply."""
Findings = Mapping[str, Finding]
Changes = Mapping[str, State | Soft]
"""A state, or a distribution that replaces the mechanism."""

ABSENT_PRESENT = ("absent", "present")
WEAK = {200: 0.99, 2000: 0.999}
"""Number of weak findings, and the ratio of P(finding | no cause) to P(finding | cause)."""


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """One question with a known answer.

    Attributes
    ----------
    name : str
        What it is about, for the score card.
    kind : {"see", "do", "had"}
        The method of the engine it is put to.
    network, findings, changes, target
        The arguments of that method.
    truth : tuple of float or None
        Probability of every state of the target; None: the findings are impossible.
    """

    name: str
    kind: Literal["see", "do", "had"]
    network: Network
    target: str
    truth: tuple[float, ...] | None
    findings: Findings = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)


def plain(findings: Findings) -> dict[str, Any]:
    """The findings as this package writes them."""
    return {
        name: found if isinstance(found, str) else [likelihood(soft) for soft in found]
        for name, found in findings.items()
    }


def questions() -> Iterator[KnownQuestion]:
    """All questions, in the order of the score card."""
    yield from _see()
    yield from _do()
    yield from _had()


# -- networks -------------------------------------------------------------------------------------


def binary(tables: Mapping[str, tuple[Sequence[str], Any]]) -> Network:
    """Absent or present; name to (parents, P(present) with the parents as axes)."""
    present = {name: np.asarray(p, dtype=float) for name, (_, p) in tables.items()}
    return Network.from_tables(
        dict.fromkeys(tables, ABSENT_PRESENT),
        {name: parents for name, (parents, _) in tables.items()},
        {name: np.stack([1 - p, p], axis=-1) for name, p in present.items()},
    )


def backdoor() -> Network:
    """Age confounds drug and recovery; a history that only recovery has; a sign of recovery."""
    return binary(
        {
            "age": ((), 0.4),
            "history": ((), 0.3),
            "drug": (("age",), [0.2, 0.8]),
            "recovery": (("age", "drug", "history"), [[[0.6, 0.9], [0.8, 0.95]], [[0.2, 0.5], [0.4, 0.7]]]),
            "sign": (("recovery",), [0.05, 0.9]),
        }
    )  # fmt: skip


def chain() -> Network:
    """One thing leads to the next, and to the outcome directly."""
    return binary(
        {
            "first": ((), 0.3),
            "second": (("first",), [0.1, 0.7]),
            "outcome": (("first", "second"), [[0.05, 0.6], [0.3, 0.9]]),
        }
    )


def _contradiction() -> Network:
    """Two copies of ``source``; ``apart`` meets them only in the unseen ``common``."""
    return binary(
        {
            "source": ((), 0.3),
            "copy": (("source",), [0.0, 1.0]),
            "second_copy": (("source",), [0.0, 1.0]),
            "effect": (("source",), [0.2, 0.6]),
            "apart": ((), 0.2),
            "common": (("source", "apart"), [[0.1, 0.4], [0.5, 0.8]]),
        }
    )


def _weak(n: int) -> Network:
    tables: dict[str, tuple[Sequence[str], Any]] = {"cause": ((), 0.3)}
    for i in range(n):
        tables[f"sign_{i}"] = (("cause",), [0.01 * WEAK[n], 0.01])
    return binary(tables)


def _soft() -> Network:
    return binary({"cause": ((), 0.2), "sign": (("cause",), [0.1, 0.7])})


def firing_squad() -> Network:
    """Pearl's firing squad: B shoots on the order, A also from nerves (2009, section 7.1.2)."""
    either = [[0.0, 1.0], [1.0, 1.0]]
    return binary(
        {
            "order": ((), 0.7),
            "nerves": ((), 0.2),
            "a_shoots": (("order", "nerves"), either),
            "b_shoots": (("order",), [0.0, 1.0]),
            "death": (("a_shoots", "b_shoots"), either),
        }
    )


def noisy_or() -> Network:
    """Two causes of one effect; its noise is that of the leak and of each link."""
    table = [np.asarray([1 - p, p]) for p in (0.3, 0.4)]
    links = tuple(
        NoisyLink((cause,), (Rate({cause: ("present",)}, p),))
        for cause, p in (("one", 0.6), ("two", 0.5))
    )
    return Network(
        {name: Variable(name, ABSENT_PRESENT) for name in ("one", "two", "effect")},
        {
            "one": Table((), array=table[0]),
            "two": Table((), array=table[1]),
            "effect": NoisyOr(leak=0.1, links=links),
        },
    )


def graded() -> Network:
    """A table of three states; its noise is one number, low states first."""
    return Network.from_tables(
        {"cause": ABSENT_PRESENT, "pain": ("none", "mild", "severe")},
        {"pain": ("cause",)},
        {"cause": np.asarray([0.6, 0.4]), "pain": np.asarray([[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]])},
    )


# -- truth ----------------------------------------------------------------------------------------


def _of(network: Network, marginals: Any, target: str) -> tuple[float, ...]:
    i = network.model.index[target]
    start = network.model.offsets[i]
    return tuple(marginals[start : start + network.model.cards[i]].tolist())


def seen(network: Network, findings: Findings, target: str) -> tuple[float, ...]:
    """P(target | findings), a sum over all worlds."""
    row, _, _ = encode(network, plain(findings))
    return _of(network, brute.posterior(network.model, row).marginals[0], target)


def done(network: Network, findings: Findings, changes: Changes, target: str) -> tuple[float, ...]:
    """P(target | do(changes), findings): the changed variables lose their parents."""
    mechanisms = dict(network.mechanisms)
    for name, change in changes.items():
        states = network.variables[name].states
        given = {change: 1.0} if isinstance(change, str) else change
        mechanisms[name] = Table((), array=np.asarray([given.get(s, 0.0) for s in states]))
    return seen(Network(network.variables, mechanisms), findings, target)


def imagined(
    network: Network, findings: Findings, changes: Mapping[str, str], target: str
) -> tuple[float, ...]:
    """P(target had the change been made | findings), a sum over all settings of the noise."""
    row, _, _ = encode(network, plain(findings))
    model = network.model
    set_to = {model.index[v]: network.variables[v].index(s) for v, s in changes.items()}
    return _of(network, brute.counterfactual(model, row, set_to).marginals(), target)


# -- questions ------------------------------------------------------------------------------------


def _see() -> Iterator[KnownQuestion]:
    found: Findings = {"drug": "present", "sign": "present"}
    ordinary = backdoor()
    yield KnownQuestion(
        "ordinary findings", "see", ordinary, "age", seen(ordinary, found, "age"), found
    )
    clash = _contradiction()
    impossible: Findings = {"copy": "absent", "second_copy": "present"}
    yield KnownQuestion("impossible findings", "see", clash, "source", None, impossible)
    yield KnownQuestion(
        "impossible findings, d-separated from the query", "see", clash, "apart", None, impossible
    )
    cut: Findings = {"source": "absent", "copy": "present"}
    yield KnownQuestion(
        "impossible findings, query cut off by a finding", "see", clash, "effect", None, cut
    )
    for n, ratio in WEAK.items():
        odds = 0.7 / 0.3 * ratio**n  # closed form: each finding multiplies the odds
        truth = (odds / (1 + odds), 1 / (1 + odds))
        signs = {f"sign_{i}": "present" for i in range(n)}
        yield KnownQuestion(
            f"{n:,} weak findings (underflow)", "see", _weak(n), "cause", truth, signs
        )
    soft = _soft()
    two: Findings = {"sign": [{"absent": 0.2, "present": 0.8}, {"absent": 0.9, "present": 0.6}]}
    above: Findings = {"sign": [{"absent": 1.0, "present": 4.0}]}
    for name, findings in (
        ("several soft findings on one variable", two),
        ("likelihood ratio above 1", above),
    ):
        yield KnownQuestion(name, "see", soft, "cause", seen(soft, findings, "cause"), findings)


def _do() -> Iterator[KnownQuestion]:
    asked: tuple[tuple[str, Network, str, Findings, Changes], ...] = (
        ("do", backdoor(), "recovery", {}, {"drug": "present"}),
        ("do, finding on another cause", backdoor(), "recovery", {"history": "present"}, {"drug": "present"}),
        ("do, finding downstream", backdoor(), "recovery", {"sign": "present"}, {"drug": "present"}),
        ("two related do-targets", chain(), "outcome", {}, {"first": "present", "second": "absent"}),
        ("ancestor under do", backdoor(), "age", {}, {"drug": "present"}),
        ("ancestor under do, finding downstream", backdoor(), "age", {"sign": "present"}, {"drug": "present"}),
        ("soft change", backdoor(), "recovery", {}, {"drug": {"absent": 0.5, "present": 0.5}}),
    )  # fmt: skip
    for name, network, target, findings, changes in asked:
        truth = done(network, findings, changes, target)
        yield KnownQuestion(name, "do", network, target, truth, findings, changes)


def _had() -> Iterator[KnownQuestion]:
    squad = firing_squad()
    asked: tuple[tuple[str, Network, str, Findings, Mapping[str, str]], ...] = (
        ("counterfactual, noise written as roots", squad, "death", {"death": "present"}, {"a_shoots": "absent"}),
        ("counterfactual, noise dependent after the findings", squad, "death", {"death": "present"}, {"b_shoots": "absent"}),
        ("counterfactual on a noisy-OR", noisy_or(), "effect", {"one": "present", "effect": "present"}, {"one": "absent"}),
        ("counterfactual on a table (monotone coupling)", graded(), "pain", {"cause": "present", "pain": "severe"}, {"cause": "absent"}),
    )  # fmt: skip
    for name, network, target, findings, changes in asked:
        truth = imagined(network, findings, changes, target)
        yield KnownQuestion(name, "had", network, target, truth, findings, changes)
