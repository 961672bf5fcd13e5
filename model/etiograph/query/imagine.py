"""had and after: the same person, changed.

``had`` is the counterfactual: what is found is found, then one thing is set otherwise, all noise
kept (abduction, action, prediction; Pearl 2009, theorem 7.1.7). ``after`` is the forward question: what lasts
keeps its noise, what recurs draws it afresh or keeps a share of it. Both are one pass over a twin network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.errors import UnknownName
from etiograph.network.answer import Result
from etiograph.network.event import Asked, Event
from etiograph.network.frozen import same_name
from etiograph.network.likelihoods import encode
from etiograph.network.model import FloatArray
from etiograph.network.value import brief, value_type
from etiograph.query.posterior import Posterior, posterior
from etiograph.query.reread import moved_values, read_again
from etiograph.query.unordered import bounds_of, said_unordered, unordered
from etiograph.query.worlds import Kind, World, world

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.query.bounds import CausationBounds


@value_type
@dataclass(frozen=True, slots=True)
class Counterfactual(Result):
    """One event in the actual and in the changed world.

    Attributes
    ----------
    variable, states : str, tuple of str
        The event: the variable is in one of the states.
    actual : float
        P(event | findings) as things are.
    changed : float
        P(event | findings) in the changed world.
    prevented : float
        P(event as things are, no event in the changed world | findings).
    caused : float
        P(no event as things are, event in the changed world | findings).
    unchanged : float or None
        For ``after``: P(event | findings) from now on with nothing changed, the baseline that
        natural improvement sets. None for ``had``.
    bounds : CausationBounds or None
        Where asked for: how far the answer could move under other couplings of the noise.
    between : (float, float) or None
        Where the answer hangs on an order of states that the network does not state: least and
        largest value of ``changed`` over all couplings.
    warning : str
        That it does, in words.
    """

    variable: str
    states: tuple[str, ...]
    actual: float
    changed: float
    prevented: float
    caused: float
    unchanged: float | None = None
    bounds: CausationBounds | None = None
    between: tuple[float, float] | None = None
    warning: str = ""

    @property
    def baseline(self) -> float:
        """What the changed world is compared with: unchanged from now on, or the actual world."""
        return self.actual if self.unchanged is None else self.unchanged

    @property
    def difference(self) -> float:
        """Changed minus baseline."""
        return self.changed - self.baseline

    @property
    def ratio(self) -> float:
        """Changed over baseline; NaN when the baseline is 0."""
        return self.changed / self.baseline if self.baseline > 0 else float("nan")

    @property
    def needed(self) -> float:
        """P(no event in the changed world | event as things are, findings); NaN if impossible.

        For ``had`` with the cause removed this is the probability of necessity (Pearl 1999).
        """
        return self.prevented / self.actual if self.actual > 0 else float("nan")


class Imagined(Posterior):
    """The answer to ``had`` or ``after``: the posterior of the changed world.

    ``imagined["leg_cramps"]["present"]`` is the probability in the changed world;
    ``imagined.actual`` is the posterior of the world as it is. What the change reaches is worked
    out when it is asked for: one variable alone where one is asked, everything at the second.

    Attributes
    ----------
    actual : Posterior
        Every variable as things are.
    kind : {"had", "after"}
        Which question.
    changes : mapping
        What was set.
    horizon : Duration or None
        For ``after``: how far ahead that is, where the network says it.

    Raises
    ------
    TooLarge
        When a variable is asked whose exact answer needs too much memory.
    """

    __slots__ = (
        *("_all", "_asked", "_findings", "_measured", "_one", "_row"),
        *("actual", "changes", "horizon", "kind"),
    )

    def __init__(
        self,
        network: Network,
        asked: World,
        changes: Mapping[str, Any],
        findings: Mapping[str, Any],
        actual: Posterior,
    ) -> None:
        self.network = network
        self.log_evidence = actual.log_evidence
        self.actual = actual
        self.kind = asked.kind
        self.changes = dict(changes)
        self.horizon = network.horizon if asked.kind == "after" else None
        self._asked = asked
        self._findings = dict(findings)
        self._row = encode(network, findings)[0]
        self._measured = moved_values(network, findings, asked)
        self._one: FloatArray | None = None
        self._all: FloatArray | None = None

    @property
    def marginals(self) -> FloatArray:  # type: ignore[override]
        """All probabilities in the changed world, (S,), in network order."""
        if self._all is None:
            model = self.network.model
            found = self._asked.changed(self._row, self.actual.marginals[None])[0]
            for name, value in self._measured.items():
                i = model.index[name]
                own = model.slots_of(i)
                found[own] = self._read_again(name, value)
            self._all = found
        return self._all

    def array(self, name: str) -> FloatArray:
        """Probabilities of one variable's states in the changed world, ``(states,)``."""
        name = same_name(name, self.network.variables)
        if name not in self.network.variables:
            raise UnknownName(name, "variable", tuple(self.network.variables))
        model = self.network.model
        i = model.index[name]
        own = model.slots_of(i)
        if i not in self._asked.reached:
            return self.actual.array(name)
        if self._all is None and name in self._measured:
            return self._read_again(name, self._measured[name])
        if self._all is None and self._one is None:
            self._one = self._asked.solve(self._row, targets=[i]).marginals[0]
        if self._one is not None and not np.isnan(self._one[own]).any():
            return self._one[own]
        return self.marginals[own]

    def _read_again(self, name: str, value: float) -> FloatArray:
        found = read_again(self.network, self._asked, self._row[None], name, value)
        return np.asarray(found[0])

    def __reduce__(self) -> tuple[Any, ...]:
        # The two worlds are made again where they are needed.
        return (_again, (self.network, self.kind, self._findings, self.changes, self.actual))

    def _said(self) -> tuple[object, ...]:
        return (self.network, self.kind, self.changes, self._row.tolist())

    def __repr__(self) -> str:
        # Without numbers: a text must not start work that takes seconds, nor be another one afterwards.
        begin = f"Imagined: {self.kind}({brief(self.changes)})"
        return f"{begin}, {len(self)} variables, each worked out when it is asked for"

    def effect(
        self,
        target: Asked,
        state: str | Sequence[str] | None = None,
        *,
        bounds: bool = False,
    ) -> Counterfactual:
        """The target in the actual world beside the target in the changed world.

        Parameters
        ----------
        target : str or (str, state)
            The event asked; without a state every state but the reference one.
        state : str or sequence of str, optional
            State or states that make the event.
        bounds : bool
            Add the bounds of necessity and sufficiency over all couplings (one hard change only).
        """
        event = Event.parse(self.network, target, state)
        p, stays, comes = self._of_event(event)
        unchanged = None
        if self.kind == "after":
            baseline = world(self.network, "after")
            unchanged = float(baseline.p(self._row, event)[0])
        found = None
        if bounds:
            from etiograph.query.bounds import bounds_of_change

            found = bounds_of_change(self.network, self._row, self.changes, event)
        return Counterfactual(
            variable=event.variable,
            states=event.states,
            actual=p,
            changed=p * stays + (1.0 - p) * comes,
            prevented=p * (1.0 - stays),
            caused=(1.0 - p) * comes,
            unchanged=unchanged,
            bounds=found,
            between=self.bounds(event) if (warning := self.warning(event)) else None,
            warning=warning,
        )

    def unordered(self) -> tuple[str, ...]:
        """The variables that hang on an order of their states which the network does not state."""
        return unordered(self.network, self._asked)

    def warning(self, target: Asked | None = None, state: str | Sequence[str] | None = None) -> str:
        """That the answer hangs on an order of states which the network does not state; or nothing."""
        event = None if target is None else Event.parse(self.network, target, state)
        return said_unordered(self.network, unordered(self.network, self._asked, event))

    def bounds(
        self, target: Asked, state: str | Sequence[str] | None = None
    ) -> tuple[float, float]:
        """Least and largest probability of the target in the changed world, by the tables alone.

        Where it hangs on no order of states that is not stated, both are its probability.
        """
        event = Event.parse(self.network, target, state)
        if not unordered(self.network, self._asked, event):
            p = float(self.array(event.variable)[list(event.indices)].sum())
            return p, p
        return bounds_of(self.network, self._findings, self._asked, event)

    def _of_event(self, event: Event) -> tuple[float, float, float]:
        """P(event), and P(event in the changed world) where it holds and where it does not."""
        model, y = self.network.model, event.variable
        i = model.index[y]
        now = self.actual.array(y)
        p = float(now[list(event.indices)].sum())
        if i not in self._asked.reached:
            return p, 1.0, 0.0
        if np.count_nonzero(now) == 1 and (self._row[model.offsets[i] :][: len(now)] == 1.0).all():
            # A measured value is known without being a finding of the state.
            then = float(self.array(y)[list(event.indices)].sum())
            return p, then, then
        rows = np.stack([event.added(model, self._row, holds) for holds in (True, False)])
        stays, comes = np.nan_to_num(self._asked.p(rows, event)).tolist()
        return p, stays, comes

    def joint(self, variable: str) -> FloatArray:
        """P(state as things are, state in the changed world | findings), shape (k, k).

        One row for each state of the variable, added to the findings.
        """
        now, then = self.actual.array(variable), self.array(variable)
        if np.count_nonzero(now) == 1:
            # Known as things are; a measured value is known without being a finding of the state.
            return np.outer(now, then)
        return np.asarray(self._asked.pair(self._row, self.network.model.index[variable])[0])


def had(network: Network, findings: Mapping[str, Any], changes: Mapping[str, Any]) -> Imagined:
    """What would have been, had this been otherwise.

    Parameters
    ----------
    network : Network
        What is asked.
    findings : mapping of str to finding
        Seen in the actual world.
    changes : mapping of str to state or {state: probability}
        What is set otherwise, all noise kept.

    Raises
    ------
    ImpossibleFindings, InvalidChange, UnknownName, TooLarge

    Notes
    -----
    Noisy-OR and noisy-MAX share the draw of every link, deterministic tables have no noise, other
    tables are coupled by quantiles along the declared order of their states. How much hangs on
    that last choice: ``effect(target, bounds=True)``.
    """
    return _imagined(network, "had", findings, changes)


def after(
    network: Network, findings: Mapping[str, Any], changes: Mapping[str, Any] | None = None
) -> Imagined:
    """The same person from now on, with this changed; with no change, the baseline.

    Findings were seen before the change. Variables marked ``recurring`` draw their noise afresh -
    all but the share called ``persistence`` -, everything else keeps it. States marked ``lasting``
    may worsen and do not heal. How far ahead this looks is the network's ``horizon``.

    Raises
    ------
    ImpossibleFindings, InvalidChange, UnknownName, TooLarge
    """
    return _imagined(network, "after", findings, changes or {})


def _again(
    network: Network,
    kind: Kind,
    findings: Mapping[str, Any],
    changes: Mapping[str, Any],
    actual: Posterior,
) -> Imagined:
    """An answer that was pickled or copied."""
    return Imagined(network, world(network, kind, changes), changes, findings, actual)


def _imagined(
    network: Network, kind: Kind, findings: Mapping[str, Any], changes: Mapping[str, Any]
) -> Imagined:
    asked = world(network, kind, changes)
    actual = posterior(network, findings)
    return Imagined(network, asked, changes, findings, actual)
