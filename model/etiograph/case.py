"""A case: what is known of one person, and what is changed. The front door to every question.

A case holds no answers and no engine. Each method passes network, findings and changes to the layer
that answers, so that layer functions never need a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from etiograph.errors import InvalidChange, UnknownName
from etiograph.findings.cell import findings_of
from etiograph.network.arguments import checked
from etiograph.network.frozen import FrozenMap

if TYPE_CHECKING:
    from etiograph.decision.conflict import Conflict
    from etiograph.decision.explain import Explanation
    from etiograph.decision.next_steps import NextSteps
    from etiograph.decision.next_test import NextTests
    from etiograph.decision.question import Targets
    from etiograph.decision.red_flags import Flag
    from etiograph.decision.surprise import Surprise
    from etiograph.decision.utility import Decision
    from etiograph.network.event import Asked
    from etiograph.network.network import Network
    from etiograph.query.attribution import Attribution
    from etiograph.query.causation import Causation
    from etiograph.query.change import Effect
    from etiograph.query.imagine import Imagined
    from etiograph.query.posterior import Explained, Joint, Posterior
    from etiograph.report.value import Report
    from etiograph.uncertainty.curves import Grid, SensitivityFunction
    from etiograph.uncertainty.flip import Turns
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.sensitivity import Tornado

Kind = Literal["see", "do", "had", "after"]
States = str | Sequence[str] | None
NOTHING: Mapping[str, Any] = FrozenMap()


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one person, seen through one network.

    Attributes
    ----------
    network : Network
        The network asked.
    findings : mapping of str to finding
        As given: a state, ``"0.62 mmol/L"``, ``unknown``, ``not_(...)``, ``likelihood(...)``,
        ``measured(...)``, or a list of these, which multiply. Red-flag-only findings too.
    changes : mapping of str to state
        What is set from outside; empty for a case that is only seen.
    kind : {"see", "do", "had", "after"}
        What the changes mean: findings seen in the changed world (``do``), findings seen before an
        imagined change (``had``), the same person from now on (``after``).
    """

    network: Network
    findings: Mapping[str, Any] = NOTHING
    changes: Mapping[str, Any] = NOTHING
    kind: Kind = "see"

    def __post_init__(self) -> None:
        network = self.network
        # Read and copied, unless that was done: thousands of cases are made a second.
        if type(self.findings) is not FrozenMap:
            read = findings_of(network, self.findings)
            object.__setattr__(self, "findings", FrozenMap(read))
        for name in self.findings.keys() - network.variables.keys():
            if name not in network.flags:
                raise UnknownName(name, "variable", (*network.variables, *network.flags))
        if type(self.changes) is not FrozenMap:
            from etiograph.query.stated_changes import checked_changes

            changes = checked_changes(network, self.changes)
            object.__setattr__(self, "changes", FrozenMap(changes))

    @property
    def flags(self) -> dict[str, Any]:
        """The red-flag-only findings: rules read them, no probability does."""
        return {k: v for k, v in self.findings.items() if k in self.network.flags}

    @property
    def evidence(self) -> Mapping[str, Any]:
        """The findings the engine sees."""
        if not self.network.flags:
            return self.findings
        return {k: v for k, v in self.findings.items() if k not in self.network.flags}

    @checked
    def with_findings(self, findings: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """The case with these findings added, each replacing what stood under its name."""
        together = {**self.findings, **(findings or {}), **more}
        return Case(self.network, together, self.changes, self.kind)

    def without(self, *names: str) -> Case:
        """The case without these findings."""
        kept = {k: v for k, v in self.findings.items() if k not in names}
        return Case(self.network, kept, self.changes, self.kind)

    def _changed(self, kind: Kind, changes: Mapping[str, Any]) -> Case:
        if self.kind not in ("see", kind):
            raise InvalidChange(
                f"'{kind}' cannot be put on top of '{self.kind}': start from the case"
            )
        return Case(self.network, self.findings, {**self.changes, **changes}, kind)

    @checked
    def do(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """The changed world, with the findings observed in it (Pearl 2009, section 3.2)."""
        return self._changed("do", {**(changes or {}), **more})

    @checked
    def had(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """What would have been: findings seen in the actual world, then the change."""
        return self._changed("had", {**(changes or {}), **more})

    @checked
    def after(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """The same person from now on; without changes, the baseline to compare with."""
        return self._changed("after", {**(changes or {}), **more})

    # -- answers: each one import and one call ----------------------------------------------------

    def posterior(self) -> Posterior | Imagined:
        """Every variable's exact probabilities, in the world that the changes describe."""
        if self.kind == "see":
            from etiograph.query.posterior import posterior

            return posterior(self.network, self.evidence)
        if self.kind == "do":
            from etiograph.query.change import do

            return do(self.network, self.evidence, self.changes)
        from etiograph.query import imagine

        answer = imagine.had if self.kind == "had" else imagine.after
        return answer(self.network, self.evidence, self.changes)

    def joint(self, *names: str) -> Joint:
        """Joint distribution of a few variables; axes in the order of the names."""
        from etiograph.query.posterior import joint

        return joint(self._world, self.evidence, *names)

    @checked
    def most_probable(
        self, k: int = 1, variables: Sequence[str] | None = None
    ) -> tuple[Explained, ...]:
        """The k most probable joint states, of everything unknown or of the variables named."""
        from etiograph.query.posterior import most_probable

        return most_probable(self._world, self.evidence, k, variables)

    def conflict(self) -> Conflict:
        """How badly the findings fit together, which of them carry it, what would explain it."""
        from etiograph.decision.conflict import conflict

        return conflict(self._world, self.evidence)

    @checked
    def attribution(self, outcome: Asked, state: States = None, **options: Any) -> Attribution:
        """Per cause of an outcome: present, fired, needed."""
        from etiograph.query.attribution import attribution

        return attribution(self._world, self.evidence, outcome, state, **options)

    @checked
    def effect(
        self,
        cause: str,
        outcome: Asked,
        from_: str | None = None,
        to: str | None = None,
        **options: Any,
    ) -> Effect:
        """What changing a cause does to an outcome, on average, among people like this one.

        What is found of the cause and of the outcome is what is asked about, and is left out.
        """
        from etiograph.query.change import effect

        given = self._beside(cause, outcome)
        network = self._seen("effect")
        return effect(network, cause, outcome, from_, to, given=given, **options)

    @checked
    def causation(
        self,
        cause: str,
        outcome: Asked,
        exposed: str | None = None,
        unexposed: str | None = None,
        *,
        bounds: bool = True,
    ) -> Causation:
        """Probability that a cause was needed, that it suffices, and both; with their bounds.

        Among people like this one: what is found of the cause says which state is asked about by
        default, and what is found of the outcome is part of the question.
        """
        from etiograph.query.causation import causation

        given, network = self._beside(cause, outcome), self._seen("causation")
        found = self.findings.get(cause)
        if exposed is None and isinstance(found, str):
            usual = unexposed or network.variables[cause].usual
            exposed = found if found != usual else None
        return causation(network, cause, outcome, exposed, unexposed, given=given, bounds=bounds)

    def _beside(self, cause: str, outcome: Asked) -> dict[str, Any]:
        """The findings on everything else than a cause and its outcome."""
        from etiograph.network.event import Event

        asked = (cause, Event.parse(self.network, outcome).variable)
        return {name: value for name, value in self.evidence.items() if name not in asked}

    @checked
    def intervals(self, draws: int = 2000, seed: int = 0, **options: Any) -> Intervals:
        """Credible interval of every posterior, and how firm the ranking of the causes is."""
        from etiograph.uncertainty.intervals import intervals

        asked = {"changes": self.changes, "kind": self.kind, **options}
        return intervals(self.network, self.evidence, draws, seed, **asked)

    @checked
    def tornado(self, target: Asked, state: States = None, **options: Any) -> Tornado:
        """Which published number matters most for one answer."""
        from etiograph.uncertainty.sensitivity import tornado

        asked = {"changes": self.changes, "kind": self.kind, **options}
        return tornado(self.network, self.evidence, target, state, **asked)

    @checked
    def sensitivity(
        self, target: Asked, state: States = None, *, of: str, points: int = 33
    ) -> SensitivityFunction:
        """One answer as a function of one number: a parameter, or ``"a=yes | b=no"`` of a table."""
        from etiograph.uncertainty.curves import sensitivity_function

        return sensitivity_function(self._world, self.evidence, target, state, of, points)

    @checked
    def sensitivities(
        self, target: Asked, state: States = None, *, points: int = 33
    ) -> tuple[SensitivityFunction, ...]:
        """One answer as a function of every table entry, those that matter most first."""
        from etiograph.uncertainty.curves import entry_functions

        return entry_functions(self._world, self.evidence, target, state, points)

    @checked
    def two_way(
        self, target: Asked, state: States = None, *, of: tuple[str, str], points: int = 15
    ) -> Grid:
        """One answer over the ranges of two numbers."""
        from etiograph.uncertainty.curves import two_way

        return two_way(self._world, self.evidence, target, state, *of, points)

    @checked
    def turning_points(
        self, target: Asked | None = None, state: States = None, threshold: float | None = None
    ) -> Turns:
        """How far published numbers would have to move before the answer turns."""
        from etiograph.uncertainty.flip import turning_points

        return turning_points(self._world, self.evidence, target, state, threshold)

    @checked
    def explain(self, target: Asked, state: States = None, **options: Any) -> Explanation:
        """The ledger of findings for and against one answer."""
        from etiograph.decision.explain import explain

        asked = {"changes": self.changes, "kind": self.kind, **options}
        return explain(self.network, self.evidence, target, state, **asked)

    @checked
    def next_tests(self, target: Targets | None = None, **options: Any) -> NextTests:
        """What to ask or test next, by expected information per cost, best first."""
        from etiograph.decision.next_test import next_tests

        asked = {"changes": self.changes, "kind": self.kind, **options}
        return next_tests(self.network, self.evidence, target, **asked)

    @checked
    def next_steps(self) -> NextSteps:
        """What to do next in three lists, rule out now, ask, test: by harm avoided and information.

        For a network that states what harms if missed; of a changed world under ``do``.
        """
        from etiograph.decision.next_steps import next_steps

        return next_steps(self._world, self.findings)

    @checked
    def decide(
        self,
        target: str,
        utilities: Mapping[str, Mapping[str, float]],
        tests: Mapping[str, float] | Sequence[str] = (),
    ) -> Decision:
        """The action with the largest expected utility, and what a test would be worth."""
        from etiograph.decision.utility import decide

        return decide(self._world, self.evidence, target, utilities, tests)

    @checked
    def surprise(self, cases: int = 1000, seed: int = 0) -> Surprise:
        """Whether the findings lie outside what the model expects, against simulated cases."""
        from etiograph.decision.surprise import surprise

        return surprise(self._world, self.evidence, cases, seed)

    def red_flags(self) -> tuple[Flag, ...]:
        """The rules that the findings and changes set off; they come before any probability."""
        from etiograph.decision.red_flags import red_flags

        return red_flags(self.network, self.findings, self.changes)

    @checked
    def report(
        self,
        *,
        draws: int = 1000,
        seed: int = 0,
        original: Network | None = None,
        evidence: Mapping[str, Mapping[str, str]] | None = None,
        detail: bool = False,
        scenarios: Sequence[Mapping[str, str]] = (),
    ) -> Report:
        """Everything worth saying of the case: as text, HTML or JSON.

        With ``original``, the network as published, it says which numbers are changed. With the rows of
        an ``evidence`` table sources are listed with author, year and address; ``detail`` adds what
        researchers ask for. ``scenarios`` are changes to compare, each from now on.
        """
        from etiograph.report.report import report

        return report(
            self.network, self.findings, self.changes, self.kind,
            draws=draws, seed=seed, original=original, evidence=evidence, detail=detail,
            scenarios=scenarios,
        )  # fmt: skip

    @property
    def _world(self) -> Network:
        """The network in which the findings are read: after surgery, for a case of ``do``.

        Raises
        ------
        InvalidChange
            For ``had`` and ``after``, which no single network describes.
        """
        if self.kind in ("had", "after"):
            raise InvalidChange(
                f"this question is not answered under '{self.kind}', which speaks of two worlds: ask "
                "it of the case as it is seen, or under 'do'"
            )
        return _operated(self) if self.kind == "do" else self.network

    def _seen(self, question: str) -> Network:
        if self.kind != "see":
            raise InvalidChange(
                f"{question} is not answered under '{self.kind}': ask it of the case before the change"
            )
        return self.network


def _operated(case: Case) -> Network:
    """The network of a ``do`` case: changed variables have no parents and their set distribution."""
    import numpy as np

    from etiograph.network.mechanism import Table
    from etiograph.network.network import Network
    from etiograph.query.stated_changes import distributions, parse_changes, refuse_contradictions

    network = case.network
    refuse_contradictions(network, case.evidence, case.changes)
    parsed = parse_changes(network, case.changes)
    roots = {
        network.model.names[i]: Table((), array=np.asarray(p))
        for i, p in distributions(network.model, parsed).items()
    }
    mechanisms = {**network.mechanisms, **roots}
    return Network(network.variables, mechanisms, network.flags, network.rules, network.about)
