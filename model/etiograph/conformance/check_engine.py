"""A conformance suite for engines: questions with known answers, and a score card.

Give :func:`check_engine` anything with the three methods of :class:`Engine`, or the command
``etiograph check-engine`` its name. An engine that does not offer a kind of question raises
``NotImplementedError``; that is counted apart from a wrong answer, and so is an answer that is right
but for single precision.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from math import isnan
from typing import Literal, Protocol

from etiograph.conformance.cases import Changes, Findings, KnownQuestion, plain, questions
from etiograph.conformance.elsewhere import MODULES, Elsewhere
from etiograph.errors import ImpossibleFindings, NotInstalled, UnknownName
from etiograph.network.network import Network

BEGIN, END = "<!-- conformance: begin -->", "<!-- conformance: end -->"
"""Marks in the README between which the cards stand."""

METHODS = ("name", "posterior", "do", "had")
"""What an adaptor has."""
Outcome = Literal["right", "rounded", "wrong", "undefined", "refused", "not offered"]
OUTCOMES: tuple[Outcome, ...] = (
    "right", "rounded", "wrong", "undefined", "refused", "not offered",
)  # fmt: skip
SINGLE = 1e-6
"""Largest difference from the truth that single precision explains."""


class Engine(Protocol):
    """An adaptor: puts a question to an engine in the way its documentation recommends.

    Each method returns the probability of every state of ``target``, in the order of the states. It
    raises :class:`~etiograph.errors.ImpossibleFindings` where the engine says that the findings have
    probability 0, ``NotImplementedError`` where the engine does not offer the question, and lets any
    other error of the engine pass.
    """

    @property
    def name(self) -> str:
        """Name and version, for the score card."""
        ...

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """P(target | findings)."""
        ...

    def do(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """P(target | do(changes), findings); the findings are seen in the changed world."""
        ...

    def had(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """P(target, had the changes been made | findings seen in the actual world)."""
        ...


class Etiograph:
    """The adaptor of this package."""

    @property
    def name(self) -> str:
        """Name and version."""
        from etiograph import __version__

        return f"etiograph {__version__}"

    def posterior(self, network: Network, findings: Findings, target: str) -> Sequence[float]:
        """P(target | findings)."""
        return tuple(network.case(plain(findings)).posterior()[target].values())

    def do(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """P(target | do(changes), findings)."""
        return tuple(network.case(plain(findings)).do(changes).posterior()[target].values())

    def had(
        self, network: Network, findings: Findings, changes: Changes, target: str
    ) -> Sequence[float]:
        """P(target, had the changes been made | findings)."""
        return tuple(network.case(plain(findings)).had(changes).posterior()[target].values())


OURS, PGMPY = "ours", "pgmpy"


def adaptor(name: str) -> Engine:
    """The adaptor of a known engine, or ``module:name`` of somebody's own.

    Parameters
    ----------
    name : str
        ``ours``, ``pgmpy``, one of :data:`~etiograph.conformance.elsewhere.MODULES`, or one of these with
        the Python that has it, ``nbn@/path/to/python``.

    Raises
    ------
    NotInstalled
        The library, or the module, is not there.
    UnknownName
    """
    if name == OURS:
        return Etiograph()
    bare, _, python = name.partition("@")
    if bare in MODULES or name == PGMPY:
        if not python and find_spec(MODULES.get(bare, bare)) is None:
            raise NotInstalled(f"{name} is not installed here, so it cannot be asked")
        if name == PGMPY:
            from etiograph.conformance.pgmpy_adaptor import Pgmpy

            return Pgmpy()
        return Elsewhere(bare, python or sys.executable)
    module, colon, attribute = name.partition(":")
    if not (colon and module and attribute):
        raise UnknownName(name, "engine", (OURS, PGMPY, *MODULES, "MODULE:ADAPTOR"))
    try:
        found = import_module(module)
    except ModuleNotFoundError as missing:
        raise NotInstalled(f"{name}: there is no module {missing.name!r}") from None
    except TypeError:  # a relative name
        raise NotInstalled(f"{name}: there is no module {module!r}") from None
    if not hasattr(found, attribute):
        raise UnknownName(
            attribute, f"adaptor in {module}", (n for n in vars(found) if n[0] != "_")
        )
    made = getattr(found, attribute)
    try:
        engine: Engine = made() if isinstance(made, type) else made
        fits = all(hasattr(engine, each) for each in METHODS)
    except TypeError:  # it takes arguments
        fits = False
    if not fits:
        raise UnknownName(name, f"adaptor with {', '.join(METHODS)}")
    return engine


@dataclass(frozen=True, slots=True)
class EngineScore:
    """How one question was answered.

    Attributes
    ----------
    question : KnownQuestion
        What was asked.
    outcome : {"right", "rounded", "wrong", "undefined", "refused", "not offered"}
        ``rounded``: right as far as single precision goes. ``wrong``: a normal-looking answer that is not the truth, or one to impossible findings.
        ``undefined``: NaN, or 0 for every state. ``refused``: an error where there is an answer.
    detail : str
        What came instead of the truth.
    """

    question: KnownQuestion
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """Every question and how one engine answered it.

    Attributes
    ----------
    engine : str
        Name and version.
    scores : tuple of EngineScore
        In the order asked.
    """

    engine: str
    scores: tuple[EngineScore, ...]

    def count(self, outcome: Outcome) -> int:
        """Number of questions with this outcome."""
        return sum(score.outcome == outcome for score in self.scores)

    @property
    def passed(self) -> bool:
        """Whether every question was answered rightly."""
        return all(score.outcome == "right" for score in self.scores)

    @property
    def faults(self) -> int:
        """Number of questions answered otherwise than rightly, those not offered left out."""
        return sum(self.count(o) for o in ("wrong", "undefined", "refused"))

    def __str__(self) -> str:
        counts = ", ".join(f"{self.count(o)} {o}" for o in OUTCOMES)
        lines = [f"{self.engine}: {counts}"]
        for score in self.scores:
            detail = f"  ({score.detail})" if score.detail else ""
            lines.append(f"  {score.outcome:<11}  {score.question.name}{detail}")
        return "\n".join(lines)


def check_engine(
    engine: Engine, tolerance: float = 1e-9, asked: Iterable[KnownQuestion] | None = None
) -> ScoreCard:
    """Run an engine through the right-answer questions.

    Parameters
    ----------
    engine : Engine
        The adaptor.
    tolerance : float
        Largest absolute difference from the truth, for any state, that is still right.
    asked : iterable of KnownQuestion, optional
        By default :func:`etiograph.conformance.cases.questions`.

    Returns
    -------
    ScoreCard
        Print it, or read its ``scores``.
    """
    chosen = questions() if asked is None else asked
    return ScoreCard(engine.name, tuple(_score(engine, q, tolerance) for q in chosen))


def side_by_side(cards: Sequence[ScoreCard]) -> str:
    """Several cards of the same questions as one Markdown table."""
    lines = [
        "| question | " + " | ".join(card.engine for card in cards) + " |",
        "| --- |" + " --- |" * len(cards),
    ]
    for scores in zip(*(card.scores for card in cards), strict=True):
        lines.append(
            f"| {scores[0].question.name} | " + " | ".join(s.outcome for s in scores) + " |"
        )
    lines.append(
        "| **right** | "
        + " | ".join(f"**{card.count('right')} of {len(card.scores)}**" for card in cards)
        + " |"
    )
    return "\n".join(lines)


def _score(engine: Engine, q: KnownQuestion, tolerance: float) -> EngineScore:
    try:
        if q.kind == "see":
            answer = engine.posterior(q.network, q.findings, q.target)
        elif q.kind == "do":
            answer = engine.do(q.network, q.findings, q.changes, q.target)
        else:
            answer = engine.had(q.network, q.findings, q.changes, q.target)
    except ImpossibleFindings:
        return (
            EngineScore(q, "right")
            if q.truth is None
            else EngineScore(q, "refused", "called impossible")
        )
    except NotImplementedError as missing:
        return EngineScore(q, "not offered", str(missing))
    except Exception as error:  # whatever an engine raises is its answer
        return EngineScore(q, "refused", f"{type(error).__name__}: {error}"[:120])
    values = [float(p) for p in answer]
    said = ", ".join(f"{p:.4g}" for p in values)
    if any(isnan(p) for p in values) or sum(values) == 0:
        return EngineScore(q, "undefined", f"answered {said}")
    if q.truth is None:
        return EngineScore(q, "wrong", f"answered {said}; the findings are impossible")
    furthest = (
        max(abs(p - t) for p, t in zip(values, q.truth, strict=True))
        if len(values) == len(q.truth)
        else float("inf")
    )
    if furthest <= tolerance:
        return EngineScore(q, "right")
    if furthest <= SINGLE:
        return EngineScore(q, "rounded", f"off by {furthest:.0e}")
    return EngineScore(
        q, "wrong", f"answered {said}; truth {', '.join(f'{t:.4g}' for t in q.truth)}"
    )
