"""What to do next, in three lists: rule out now, ask, test; by expected harm avoided and information.

The model file states, for conditions that harm if missed, the harm of missing them and of acting
needlessly (`next_steps.harms`), and tests that are done together at one price (`next_steps.panels`).

With p = P(condition), missed harm m and needless harm n the better of acting and waiting loses
min(p m, (1 - p) n) (Raiffa and Schlaifer 1961; Pauker and Kassirer 1980: one acts from n / (m + n) on).
The harm a step avoids is what that loses now, less its mean over the results of the step. To it comes
information, for what no single result decides: m times the expected square of the change of p. Both are
summed over the conditions and divided by what the step costs. A panel counts, for each condition, the
reading that tells most about it: never more than the panel tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.decision.next_test import askable
from etiograph.decision.outcomes import outcome
from etiograph.decision.question import Doubt, at_levels
from etiograph.decision.red_flags import danger_signs, fires
from etiograph.errors import refuse_unknown
from etiograph.network.answer import Result
from etiograph.network.rules import Rule
from etiograph.network.value import value_type
from etiograph.uncertainty.rows import (
    FloatArray,
    IntArray,
    finding_row,
    require_possible,
    seen_through,
    solve,
)

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network

SETTLED = 0.97
"""From here on a condition is treated, no longer looked for."""
TELLS = 1e-6
"""Value below which a step tells nothing."""


@value_type
@dataclass(frozen=True, slots=True)
class NextStep:
    """One question, test or panel.

    Attributes
    ----------
    name : str
        Of the variable, flag or panel.
    label : str
        In words.
    names : tuple of str
        The variables it would make known; () for what the network has no variable for.
    is_test : bool
        A test or panel, not a question.
    harm_avoided, information : float
        Expected, in the unit of harm (see the module); 0 for what is asked because a rule says so.
    cost : float
        Money, burden and time, in one currency.
    why : str
        In plain words.
    of : str
        The condition it is mostly about; "" if none.
    """

    name: str
    label: str
    names: tuple[str, ...]
    is_test: bool
    harm_avoided: float
    information: float
    cost: float
    why: str
    of: str = ""

    @property
    def per_cost(self) -> float:
        """What it is ranked by."""
        return (self.harm_avoided + self.information) / self.cost


@value_type
@dataclass(frozen=True, slots=True)
class Harm:
    """A condition that harms if missed, as it stands in one case.

    Attributes
    ----------
    id, label : str
    p : float
        Of the condition; for one that the network does not know, as stated where it is suspected.
    missed, needless : float
        Harm of missing it, and of acting for nothing.
    named : bool
        It has to be ruled out: likely enough to act on, or suspected by what was found.
    present : bool
        It is there as good as surely: no test is needed for it, but its danger signs are asked.
    """

    id: str
    label: str
    p: float
    missed: float
    needless: float
    named: bool
    present: bool = False


@value_type
@dataclass(frozen=True, slots=True)
class NextSteps(Result):
    """Three lists, each best first, and what stands behind them.

    Attributes
    ----------
    rule_out, ask, test : tuple of NextStep
        What would settle a condition that has to be ruled out now; other questions; other tests.
    danger_signs : tuple of str
        Signs not yet known that would set off a pressing rule, the first to ask first.
    harms : tuple of Harm
        The table of harms with what is expected in this case, the greatest expected harm first.
    note : str
        Why there is nothing, where the network states no harms.
    foremost : tuple of str
        Those danger signs that would be an emergency, or are dangerous because of what is known.
    """

    rule_out: tuple[NextStep, ...]
    ask: tuple[NextStep, ...]
    test: tuple[NextStep, ...]
    danger_signs: tuple[str, ...]
    harms: tuple[Harm, ...]
    note: str = ""
    foremost: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row a step, list by list, best first."""
        import pandas as pd

        names = ("label", "harm_avoided", "information", "cost", "of", "why")
        rows = [
            (kind, *(getattr(step, name) for name in names))
            for kind, steps in (("rule out", self.rule_out), ("ask", self.ask), ("test", self.test))
            for step in steps
        ]
        return pd.DataFrame(rows, columns=["list", *names])


NO_HARMS = "the network does not state what harms if missed: next_tests() ranks what to ask or test"
"""Why there are no next steps."""


def states_harms(network: Network) -> bool:
    """Whether the model file states what harms if missed: else there are only `next_tests`."""
    return bool(_stated(network).get("harms"))


def conditions(network: Network) -> frozenset[str]:
    """The variables that hold what harms if missed; each is a row of the engine."""
    stated = _stated(network).get("harms", ())
    return frozenset(name for each in stated for name in each.get("of", ()))


def next_steps(
    network: Network, findings: Mapping[str, object], candidates: Collection[str] | None = None
) -> NextSteps:
    """Rule out now, ask, test.

    Parameters
    ----------
    network : Network
    findings : mapping of str to finding
    candidates : collection of str, optional
        The questions and tests that are weighed; default all that can be asked. What is asked because
        a rule says so is asked in any case.

    Raises
    ------
    UnknownName, InvalidFinding, ImpossibleFindings
    """
    weighing = _Weighing(network, findings, candidates)
    harms = sorted(weighing.harms, key=lambda harm: -harm.p * harm.missed)
    steps = weighing.steps()
    first = tuple(_ruling_out(weighing, harms, steps))
    taken = {step.name for step in first}
    rest = sorted((s for s in steps if s.name not in taken), key=lambda s: (-s.per_cost, s.name))
    useful = [s for s in rest if s.harm_avoided + s.information > TELLS]
    signs = {n: own for n, own in danger_signs(network, findings).items() if n not in taken}
    return NextSteps(
        first,
        tuple(s for s in useful if not s.is_test),
        tuple(s for s in useful if s.is_test),
        tuple(signs),
        tuple(harms),
        "" if weighing.stated else NO_HARMS,
        tuple(name for name, own in signs.items() if own),
    )


def _stated(network: Network) -> Mapping[str, Any]:
    stated: Mapping[str, Any] = network.about.get("next_steps", {})
    return stated


def _ruling_out(
    weighing: _Weighing, harms: Sequence[Harm], steps: Sequence[NextStep]
) -> Iterator[NextStep]:
    """For each condition to rule out the next question and the next test about it."""
    by_name = {step.name: step for step in steps}
    taken: set[str] = set()
    for harm in harms:
        if not (harm.named or harm.present):
            continue
        stated = weighing.stated[harm.id]
        for key in ("ask", "test") if harm.named else ("ask",):
            listed = [name for name in stated.get(key, ()) if not weighing.settled(name, harm)]
            step = next((weighing.asked(name, by_name, harm) for name in listed), None)
            if step is not None and step.name not in taken:
                taken.add(step.name)
                yield step


class _Weighing:
    """The conditions of one case, and what each question or test would tell of them."""

    def __init__(
        self,
        network: Network,
        findings: Mapping[str, object],
        candidates: Collection[str] | None = None,
    ) -> None:
        self.network = network
        self.findings = findings
        self.through = seen_through(network, findings, "see", None)
        self.known = {
            *(n for n, v in findings.items() if v is not None),
        }
        stated = _stated(network)
        self.stated: dict[str, Rule] = {each["id"]: each for each in stated.get("harms", ())}
        self.question_cost = float(stated.get("question", 1.0))
        self.information = float(stated.get("information", 1.0))
        self.of = {
            key: self._slots(each["of"]) for key, each in self.stated.items() if "of" in each
        }
        self.asked_of = askable(network)
        self.wanted: set[str] | None = None
        if candidates is not None:
            refuse_unknown(candidates, "variable", (*network.variables, *network.flags))
            self.asked_of = tuple(name for name in self.asked_of if name in set(candidates))
            self.wanted = {*self.asked_of, *(name for name, _ in self.of.values())}
        self.row = finding_row(network, findings)
        self.base = solve(network, self.row, None, self.through, self.wanted)
        require_possible(network, self.base.log_evidence, findings)
        self.harms = [self._harm(each) for each in self.stated.values()]

    def _slots(self, of: Mapping[str, Any]) -> tuple[str, IntArray]:
        ((name, wanted),) = of.items()
        variable = self.network.variables[name]
        start = self.network.model.offsets[self.network.model.index[name]]
        listed = [wanted] if isinstance(wanted, str) else list(wanted)
        return name, np.array([start + variable.index(state) for state in listed])

    def _harm(self, stated: Rule) -> Harm:
        key = stated["id"]
        if key in self.of:
            p = float(self.base.marginals[0, self.of[key][1]].sum())
        else:
            p = float(stated["p"])
        missed, needless = float(stated["missed"]), float(stated["needless"])
        suspected = "when" in stated and fires(
            self.network, ({"id": key, "level": "see", "when": stated["when"]},), self.findings
        )
        likely = key in self.of and p >= needless / (missed + needless)
        settled = key in self.of and (p >= SETTLED or self.of[key][0] in self.known)
        label = str(stated.get("label") or key.replace("_", " "))
        named = (suspected or likely) and not settled
        return Harm(key, label, p, missed, needless, named, key in self.of and p >= SETTLED)

    def steps(self) -> list[NextStep]:
        """Every question, test and panel that is not done yet, with its value."""
        network, panels = self.network, _stated(self.network).get("panels", ())
        inside = {name for panel in panels for name in panel.get("readings", ())}
        open_ = [n for n in self.asked_of if n not in self.known]
        of = {name for name, _ in self.of.values()}
        about = [h for h in self.harms if h.id in self.of and self.of[h.id][0] not in self.known]
        values = self._values(open_, about)

        def heard(name: str) -> FloatArray:
            """What it tells: nothing of the condition itself; of what is given for one condition alone
            (metformin for diabetes) only what that, which can be asked, does not tell."""
            given = network.variables[name].role in ("medicine", "remedy")
            for_ = network.parents(name) if given else ()
            own = np.array([self.of[harm.id][0] in (name, *for_) for harm in about], dtype=bool)
            said = [each for each in for_ if self._said(each)]
            told = values[said[0]] if len(said) == 1 and said[0] in values else 0.0
            return np.where(own[:, None], 0.0, np.maximum(values[name] - told, 0.0))

        found = [
            self._step(name, network.variables[name].label, (name,), [heard(name)], about)
            for name in open_
            if (name not in inside or network.variables[name].role != "test")
            and not (name in of and network.variables[name].role == "condition")
        ]
        for panel in panels:
            if step := self._panel(panel, values, about):
                found.append(step)
        return found

    def _said(self, name: str) -> bool:
        """Whether it is something that a medicine is given for, and not how old somebody is."""
        shared = self.network.about.get("baseline", ())
        return name not in shared and self.network.variables[name].role in (
            "condition",
            "background",
        )

    def _panel(
        self, panel: Rule, values: Mapping[str, FloatArray], about: Sequence[Harm]
    ) -> NextStep | None:
        cost = float(sum(panel.get(key, 0.0) for key in ("money", "burden", "time")))
        readings = tuple(n for n in panel.get("readings", ()) if n in values)
        if panel["id"] in self.known or (panel.get("readings") and not readings):
            return None
        wanted = "worth" in panel and fires(
            self.network,
            ({"id": panel["id"], "level": "see", "when": panel["when"]},),
            self.findings,
        )
        if wanted:
            worth, why = float(panel["worth"]), str(panel.get("why", ""))
            label = self._panel_label(panel)
            return NextStep(panel["id"], label, readings, True, worth, 0.0, cost, why)
        if not readings:
            return None
        label = self._panel_label(panel)
        return self._step(panel["id"], label, readings, [values[n] for n in readings], about, cost)

    def _panel_label(self, panel: Rule) -> str:
        """What a panel is called, and which of its readings were measured already."""
        variables = self.network.variables
        known = [n for n in panel.get("readings", ()) if n in self.known and n in variables]
        if not known:
            return str(panel["label"])
        return f"{panel['label']} (known: {', '.join(variables[n].label for n in known)})"

    def _step(
        self,
        name: str,
        label: str,
        parts: tuple[str, ...],
        values: Sequence[FloatArray],
        about: Sequence[Harm],
        cost: float | None = None,
    ) -> NextStep:
        variable = self.network.variables.get(name)
        is_test = variable is None or variable.role == "test"
        if cost is None:
            assert variable is not None
            stated = variable.cost
            cost = float(stated if stated is not None else self.question_cost)
            cost = cost if is_test else max(cost, self.question_cost)
        if not about:
            return NextStep(name, label, parts, is_test, 0.0, 0.0, cost, "")
        best = np.stack(values)  # (readings, conditions, harm avoided and information)
        chosen = best[best.sum(axis=2).argmax(axis=0), np.arange(len(about))]
        why, of = _why(chosen.sum(axis=1), about)
        return NextStep(
            name, label, parts, is_test, float(chosen[:, 0].sum()), float(chosen[:, 1].sum()),
            cost, why, of,
        )  # fmt: skip

    def _values(self, open_: Sequence[str], about: Sequence[Harm]) -> dict[str, FloatArray]:
        """Harm avoided and information of each, by condition: name to (conditions, 2)."""
        if not about or not open_:
            return {name: np.zeros((len(about), 2)) for name in open_}
        model = self.network.model
        events = []
        for harm in about:
            name, slots = self.of[harm.id]
            start = model.offsets[model.index[name]]
            every = np.arange(start, start + model.cards[model.index[name]])
            events.append((slots, np.setdiff1d(every, slots)))
        asked = Doubt(tuple(events), (), frozenset(self.of[h.id][0] for h in about))
        ways = [outcome(self.network, name) for name in open_]
        read = at_levels(self.network, self.row, self.base, self.through, asked, ways, self.wanted)[
            :, ::2
        ]
        p0 = np.array([harm.p for harm in about])
        missed = np.array([harm.missed for harm in about])
        needless = np.array([harm.needless for harm in about])
        found, at = {}, 0
        for name, way in zip(open_, ways, strict=True):
            p = self.base.marginals[0, way.slots]
            p_node, mix = way.nodes(p)
            node = mix @ read[at : at + len(p)]
            at += len(p)
            after = p_node @ np.minimum(node * missed, (1.0 - node) * needless)
            # Against the mean over the nodes, as in `Question.weigh`: quadrature cannot make it negative.
            mean = p_node @ node
            avoided = np.maximum(np.minimum(mean * missed, (1.0 - mean) * needless) - after, 0.0)
            square = p_node @ (node - mean) ** 2
            found[name] = np.stack([avoided, self.information * missed * square], axis=1)
            found[name][(p0 <= 0.0) | (p0 >= 1.0)] = 0.0
        return found

    def settled(self, name: str, harm: Harm) -> bool:
        """Whether a question or test is done, or the panel's reading of what it is about is known."""
        if name in self.known:
            return True
        panel = next((p for p in _stated(self.network).get("panels", ()) if p["id"] == name), None)
        if panel is None or harm.id not in self.of:
            return False
        about, variables = self.of[harm.id][0], self.network.variables
        return any(
            reading in self.known and about in self.network.parents(reading)
            for reading in panel.get("readings", ())
            if reading in variables
        )

    def asked(self, name: str, by_name: Mapping[str, NextStep], harm: Harm) -> NextStep:
        """The step that is stated for a condition, with the reason that it is asked for that."""
        stated = self.stated[harm.id]
        to_rule_out = f"danger signs of {harm.label}"
        tested = name not in stated.get("ask", ())
        why = str(stated.get("why") or f"to rule out {harm.label}") if tested else to_rule_out
        if step := by_name.get(name):
            return NextStep(
                step.name, step.label, step.names, step.is_test, step.harm_avoided,
                step.information, step.cost, why, harm.id,
            )  # fmt: skip
        panel = next((p for p in _stated(self.network).get("panels", ()) if p["id"] == name), None)
        if panel is not None:
            cost = float(sum(panel.get(key, 0.0) for key in ("money", "burden", "time")))
            parts = tuple(panel.get("readings", ()))
            label = self._panel_label(panel)
            return NextStep(name, label, parts, True, 0.0, 0.0, cost, why, harm.id)
        variable = self.network.variable(name)
        is_test = variable.role == "test"
        return NextStep(
            name, variable.label, (name,), is_test, 0.0, 0.0, self.question_cost, why, harm.id
        )


def _why(shares: FloatArray, about: Sequence[Harm]) -> tuple[str, str]:
    """What a step would decide, from how much of its value each condition has."""
    order = np.argsort(-shares)
    first = about[int(order[0])]
    if shares[order[0]] <= 0.0:
        return "", ""
    if len(order) > 1 and shares[order[1]] > 0.5 * shares[order[0]]:
        return f"would decide between {first.label} and {about[int(order[1])].label}", first.id
    return f"would tell most about {first.label}", first.id
