"""Networks in the PGMX format of OpenMarkov: the first variable of a potential varies fastest.

Canonical gates (ICI models of the OR and MAX family) stay gates, and where the numbers of a table carry an
uncertainty, a beta distribution or a range, they become parameters with a range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etiograph.formats.carried import with_model
from etiograph.formats.draft import Draft
from etiograph.formats.tables import Sums, numbers_in
from etiograph.formats.text import Source, Tolerated
from etiograph.formats.xml import Element, parsed
from etiograph.network.calling import warn
from etiograph.network.mechanism import Mechanism, Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr
from etiograph.network.parameter import Number, Parameter

FloatArray = NDArray[np.float64]


def loads_pgmx(text: str, name: str = "<text>") -> Network:
    """Read PGMX text.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName, TooLarge
        With the file and the line; influence diagrams, numeric variables and potentials of other kinds
        are refused.

    Warns
    -----
    Tolerated
        An uncertainty of a kind that has no place in a network.
    """
    return with_model(_read(text, name), text, name)


def _read(text: str, name: str) -> Network:
    root, source = parsed(text, name)
    net = root.first("ProbNet")
    if root.tag != "ProbModelXML" or net is None:
        raise source.unreadable(root.line, "expected <ProbModelXML> with a <ProbNet> inside")
    kind = net.attributes.get("type", "")
    if kind != "BayesianNetwork":
        raise source.unreadable(
            net.line, f"a network of type '{kind}'; only BayesianNetwork is read"
        )
    draft = Draft(source, "first fastest")
    for listed in net.all("Variables"):
        for variable in listed.all("Variable"):
            _variable(draft, variable)
    reader = _Potentials(draft)
    for listed in net.all("Potentials"):
        for potential in listed.all("Potential"):
            reader.potential(potential)
    network = draft.network()
    if reader.ignored:
        warn(Tolerated(f"{name}: uncertainty left out: {'; '.join(sorted(reader.ignored))}"))
    return network


def _variable(draft: Draft, variable: Element) -> None:
    given = variable.attributes
    if given.get("role", "chance") != "chance" or given.get("type") not in (
        "finiteStates",
        "discretized",
    ):
        what = f"role '{given.get('role', '')}' and type '{given.get('type', '')}'"
        message = f"variable '{given.get('name', '')}' has {what}; only chance with states is read"
        raise draft.source.unreadable(variable.line, message)
    states = variable.first("States")
    names = [s.attributes.get("name", "") for s in states.all("State")] if states else []
    draft.variable(given.get("name", ""), names, variable.line)


def _scope(source: Source, potential: Element) -> list[str]:
    listed = potential.first("Variables")
    names = [v.attributes.get("name", "") for v in listed.all("Variable")] if listed else []
    if not names:
        raise source.invalid(potential.line, "a potential of no variable")
    return names


class _Potentials:
    """Reads the potentials into a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.source = draft.source
        self.ignored: set[str] = set()

    def potential(self, given: Element) -> None:
        kind = given.attributes.get("type", "")
        child, *parents = _scope(self.source, given)
        if kind == "Table":
            self.table(given, child, parents)
        elif kind == "Uniform":
            self.draft.gate(child, parents, given.line, lambda: self.uniform(child, parents))
        elif kind == "ICIModel":
            self.draft.gate(child, parents, given.line, lambda: self.gate(given, child, parents))
        else:
            message = f"'{child}': a potential of type '{kind[:40]}' is not read"
            raise self.source.unreadable(given.line, message)

    def uniform(self, child: str, parents: Sequence[str]) -> Mechanism:
        states = self.draft.variables[child].states
        return Table(tuple(parents), (Row({}, dict.fromkeys(states[:-1], 1 / len(states))),))

    def table(self, given: Element, child: str, parents: list[str]) -> None:
        uncertain = given.first("UncertainValues")
        if uncertain is None or not any(v.attributes for v in uncertain.children):
            self.draft.table(child, parents, given.text_of("Values"), given.line)
            return
        self.draft.gate(
            child, parents, given.line, lambda: self.rows(given, uncertain, child, parents)
        )

    def columns(self, given: Element, scope: Sequence[str]) -> FloatArray:
        """The numbers of a potential, (parents..., child), judged."""
        cards = [len(self.draft.variables[v].states) for v in scope]
        text = given.text_of("Values")
        values = numbers_in(self.source, given.line, text, math.prod(cards), f"'{scope[0]}'")
        table = values.reshape(*reversed(cards[1:]), cards[0])
        axes = (*reversed(range(len(cards) - 1)), len(cards) - 1)
        rows = np.ascontiguousarray(table.transpose(axes)).reshape(-1, cards[0])
        sums = Sums(self.source)
        judged = sums.judged(scope[0], rows, lambda row: (given.line, str(row + 1)))
        sums.warn()
        return judged.reshape(*cards[1:], cards[0])

    def rows(self, given: Element, uncertain: Element, child: str, parents: list[str]) -> Mechanism:
        """A table with a parameter for each number whose uncertainty is stated."""
        table = self.columns(given, (child, *parents))
        stated = list(uncertain.all("Value"))
        if len(stated) != table.size:
            message = f"'{child}': {table.size} uncertainties expected, found {len(stated)}"
            raise self.source.invalid(uncertain.line, message)
        cards = [len(self.draft.variables[v].states) for v in (child, *parents)]
        grid = np.arange(table.size).reshape(*reversed(cards[1:]), cards[0])
        states = self.draft.variables[child].states
        rows: list[Row] = []
        for index in np.ndindex(table.shape[:-1]):
            at = grid[tuple(reversed(index))]
            when = {
                p: (self.draft.variables[p].states[i],) for p, i in zip(parents, index, strict=True)
            }
            label = ".".join((child, *(each[0] for each in when.values())))
            p: dict[str, Number] = {}
            for state, value, place in zip(states, table[index], at, strict=True):
                p[state] = self.number(stated[place], float(value), f"{label}.{state}")
            ranged = [s for s, n in p.items() if isinstance(n, Parameter)]
            if ranged:  # one state has the rest, by choice one of which nothing is stated
                bare = [s for s in states if s not in ranged]
                del p[(bare or ranged)[-1]]
            rows.append(Row(when, p))
        return Table(tuple(parents), tuple(rows))

    def number(self, stated: Element, value: float, name: str) -> Number:
        """A number with the range its uncertainty implies."""
        kind = stated.attributes.get("distribution", "")
        if not kind or kind in ("Exact", "Complement"):
            return value
        try:
            arguments = [float(w) for w in stated.text.replace(",", " ").split()]
        except ValueError:
            arguments = []
        low = high = math.nan
        if kind == "Beta" and len(arguments) == 2 and min(arguments) > 0:
            from scipy.stats import beta

            low, high = np.asarray(beta.ppf([0.025, 0.975], *arguments)).tolist()
        elif kind in ("Range", "Uniform") and len(arguments) == 2:
            low, high = arguments
        if not 0 <= low <= value <= high <= 1:
            self.ignored.add(f"{kind[:20]} in line {stated.line}")
            return value
        return Parameter(name, "probability", value, float(low), float(high))

    def gate(self, given: Element, child: str, parents: list[str]) -> Mechanism:
        """A noisy-OR or noisy-MAX: one sub-potential a parent, and the leak."""
        model = given.text_of("Model")
        if model.lower().replace(" ", "") not in _MAXIMA:
            message = f"'{child}': the canonical model '{model[:40]}' is not read; only {_NAMES}"
            raise self.source.unreadable(given.line, message)
        states = self.draft.variables[child].states
        tables: dict[tuple[str, ...], FloatArray] = {}
        for listed in given.all("Subpotentials"):
            for each in listed.all("Potential"):
                first, *rest = _scope(self.source, each)
                if first != child or len(rest) > 1 or tuple(rest) in tables:
                    message = f"'{child}': a sub-potential must be of it and one parent, each once"
                    raise self.source.invalid(each.line, message)
                for parent in rest:
                    self.draft.states(parent, each.line)
                tables[tuple(rest)] = self.columns(each, (child, *rest))
        leak = tables.pop((), None)
        if sorted(tables) != sorted((p,) for p in parents):
            message = f"'{child}': its sub-potentials are not one for each parent"
            raise self.source.invalid(given.line, message)
        known = self.draft.variables
        if len(states) == 2:
            links = tuple(
                NoisyLink.of(p, {s: float(t[i, 1]) for i, s in enumerate(known[p].states)})
                for (p,), t in tables.items()
            )
            return NoisyOr(tuple(parents), float(leak[1]) if leak is not None else 0.0, links)
        graded = tuple(
            MaxLink.of(p, {s: _upper(states, t[i]) for i, s in enumerate(known[p].states)})
            for (p,), t in tables.items()
        )
        return NoisyMax(tuple(parents), _upper(states, leak) if leak is not None else {}, graded)


_NAMES = "OrMax"
_MAXIMA = ("or", "max", "ormax", "or/max", "noisyor", "noisymax", "causalmax", "generalizedmax")


def _upper(states: tuple[str, ...], p: FloatArray) -> dict[str, float]:
    return {s: float(each) for s, each in zip(states[1:], p[1:], strict=True)}
