"""A small network computed from a full one: the arrows are drawn by hand, the numbers follow.

The skeleton names variables of the full network, their arrows and, where wanted, states taken
together. Each family of the small network is then the one of its kind that is nearest, in
Kullback-Leibler divergence, to the full network's P(child | parents) as *seen*, everything else summed
out: a table is exactly that distribution, a noisy-OR the weighted maximum-likelihood fit to it, a
reading has its means and pooled variance. Of all networks with these arrows and tables it is the one
nearest to the full network (Koller and Friedman 2009, theorem 8.7 and section 8.5.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from etiograph.curation.skeleton import Kept, Skeleton
from etiograph.network.model import FloatArray
from etiograph.network.parameter import value_of
from etiograph.network.reading import Reading
from etiograph.network.rules import WORDS, names

if TYPE_CHECKING:
    from etiograph.network.network import Network

DIGITS = 13
"""Significant digits of a computed number."""
HEAD = "# Computed by `etiograph project` from a full network and a skeleton: change those, not this file.\n"

Document = dict[str, Any]


# -- the full network, summed over everything else -------------------------------------------------


@dataclass(frozen=True)
class Projection:
    """A full network and a skeleton, and what follows from both."""

    full: Network
    skeleton: Skeleton

    def indicator(self, name: str, states: Sequence[str]) -> FloatArray:
        """Row of findings (S,): the variable is in one of these states of the small network."""
        model = self.full.model
        row = np.ones(model.n_states)
        begin = model.offsets[model.index[name]]
        members = [m for state in states for m in self.skeleton.kept[name].groups[state]]
        for i, state in enumerate(self.full.variables[name].states):
            row[begin + i] = state in members
        return row

    def grouped(self, marginals: FloatArray, name: str) -> FloatArray:
        """Marginals (B, S) of the full network to (B, states in the small one)."""
        model, variable = self.full.model, self.full.variables[name]
        begin = model.offsets[model.index[name]]
        columns = [
            sum(marginals[:, begin + variable.index(m)] for m in members)
            for members in self.skeleton.kept[name].groups.values()
        ]
        return np.stack(columns, axis=1)

    @cached_property
    def prior(self) -> FloatArray:
        """All marginals of the full network with nothing known, (1, S)."""
        from etiograph.engine.propagate import propagate

        return propagate(self.full.model, np.ones((1, self.full.model.n_states))).marginals

    def configurations(self, parents: Sequence[str]) -> list[tuple[str, ...]]:
        """The states of the parents in the small network, the last one running fastest."""
        return list(product(*(self.skeleton.kept[p].states for p in parents)))

    def given_parents(self, child: Kept) -> tuple[FloatArray, FloatArray]:
        """P(parents), (n,), and marginals of the full network given them, (n, S): the child's at least."""
        from etiograph.engine.propagate import propagate

        parents = child.parents
        cells = {
            (p, s): self.indicator(p, (s,)) for p in parents for s in self.skeleton.kept[p].states
        }
        made = [
            np.prod([cells[pair] for pair in zip(parents, states, strict=True)], axis=0)
            for states in self.configurations(parents)
        ]
        rows = np.stack(made) if parents else np.ones((1, self.full.model.n_states))
        model = self.full.model
        found = propagate(model, rows, wanted=[model.index[child.name]])
        weights = np.exp(found.log_evidence)
        # What never occurs has no distribution of its own: it gets that of everyone.
        return weights, np.where(weights[:, None] > 0.0, found.marginals, self.prior)

    def family(self, child: Kept) -> tuple[FloatArray, FloatArray]:
        """P(parents), (n,), and P(child | parents), (n, states of the child)."""
        weights, marginals = self.given_parents(child)
        return weights, self.grouped(marginals, child.name)

    # -- mechanisms, as a model file states them ---------------------------------------------------

    @cached_property
    def origin(self) -> str:
        """The note that every computed number carries."""
        about = self.full.about
        named = f"{about.get('name', 'a network')} {about.get('version', '')}".strip()
        return f"computed from {named}, digest {self.full.digest()[:12]}"

    def number(self, value: float) -> Any:
        """A number with its origin; 0 and 1 are structure."""
        rounded = float(f"{value:.{DIGITS}g}")
        return rounded if rounded in (0.0, 1.0) else {"value": rounded, "note": self.origin}

    def mechanism(self, child: Kept) -> Document:
        """The mechanism of a variable of the small network."""
        if isinstance(self.full.mechanisms[child.name], Reading):
            return self.reading(child)
        return self.noisy_or(child) if child.kind == "noisy_or" else self.table(child)

    def table(self, child: Kept) -> Document:
        """P(child | parents), a row for each state of the parents."""
        _, p = self.family(child)
        rows = []
        for states, row in zip(self.configurations(child.parents), p, strict=True):
            when = dict(zip(child.parents, states, strict=True))
            stated = {s: self.number(x) for s, x in zip(child.states[1:], row[1:], strict=True)}
            rows.append({**({"when": when} if when else {}), "p": stated})
        parents = {"parents": list(child.parents)} if child.parents else {}
        return {"kind": "table", **parents, "rows": rows}

    def noisy_or(self, child: Kept) -> Document:
        """The noisy-OR nearest to P(child | parents)."""
        weights, p = self.family(child)
        causes = [q for q in child.parents if q not in child.leak]
        leaks = self.configurations(child.leak)
        acting = {q: child.acts.get(q, self.skeleton.kept[q].states[1:]) for q in causes}
        links = [(q, s) for q in causes for s in acting[q]]
        design = np.zeros((len(weights), len(leaks) + len(links)))
        for i, states in enumerate(self.configurations(child.parents)):
            at = dict(zip(child.parents, states, strict=True))
            design[i, leaks.index(tuple(at[q] for q in child.leak))] = 1.0
            for j, (q, s) in enumerate(links, len(leaks)):
                design[i, j] = at[q] == s
        strengths = -np.expm1(-fit_noisy_or(design, weights, p[:, 1]))
        # What the fit leaves of a cause without any effect.
        numbers = [self.number(float(s) if s > 1e-12 else 0.0) for s in strengths]
        result: Document = {"kind": "noisy_or", "parents": list(child.parents)}
        if child.leak:
            rows = [
                {"when": dict(zip(child.leak, states, strict=True)), "p": x}
                for states, x in zip(leaks, numbers, strict=False)
            ]
            result["leak"] = {"parents": list(child.leak), "rows": rows}
        else:
            result["leak"] = numbers[0]
        by_link = dict(zip(links, numbers[len(leaks) :], strict=True))
        result["links"] = [
            {"parent": q, "strength": {s: by_link[q, s] for s in acting[q]}} for q in causes
        ]
        return result

    def reading(self, child: Kept) -> Document:
        """A reading with the full one's means given its parents, and its variance within."""
        from etiograph.formats.native.write import document

        mechanism = self.full.mechanisms[child.name]
        assert isinstance(mechanism, Reading)
        model = self.full.model
        weights, marginals = self.given_parents(child)
        begin = model.offsets[model.index[f"{child.name}~level"]]
        levels = marginals[:, begin : begin + mechanism.n_levels]
        values = np.array([value_of(n) for n in mechanism.inputs])
        location, sd = mechanism.location(values[:, None])
        mean = levels @ location[:, 0]
        spread = np.maximum(levels @ location[:, 0] ** 2 - mean**2, 0.0)
        columns, design = self.shifted(child, mechanism)
        root = np.sqrt(weights)
        steps, *_ = np.linalg.lstsq(design * root[:, None], mean * root, rcond=None)
        left = spread + (mean - design @ steps) ** 2
        within = sd[0] ** 2 + float(weights @ left / weights.sum())
        lognormal = mechanism.lognormal
        shown = np.exp(steps) if lognormal else steps
        shifts = []
        for parent in child.parents:
            own = {s: self.number(float(shown[i])) for i, (p, s) in columns.items() if p == parent}
            # A state that shifts nothing needs no number.
            by = {s: x for s, x in own.items() if x != (1.0 if lognormal else 0.0)} or own
            where = self.where_shifted(child, mechanism, parent)
            when = {"when": {p: list(states) for p, states in where.items()}} if where else {}
            shifts.append({"parent": parent, **when, "shift": by})
        kept = document(self.full)["variables"][child.name]["mechanism"]
        error = {} if mechanism.error is None else {"error": self.number(value_of(mechanism.error))}
        return {
            **{key: value for key, value in kept.items() if key not in ("shifts", "parents")},
            "parents": list(child.parents),
            "mean": self.number(float(shown[0])),
            "sd": self.number(float(np.sqrt(within))),
            **error,
            "shifts": shifts,
        }

    def where_shifted(
        self, child: Kept, mechanism: Reading, parent: str
    ) -> dict[str, tuple[str, ...]]:
        """States of other parents in which one shifts a reading: where it does in the full network.

        One that shifts it only through what is summed out does so always, or in the reference state that
        the level defines: the limits of the others tell where those lie.
        """
        kept, defined = self.skeleton.kept, mechanism.defines
        own = next((shift for shift in mechanism.shifts if shift.parent == parent), None)
        if own is None:
            return {defined: kept[defined].states[:1]} if defined in child.parents else {}
        return {
            p: tuple(s for s, members in kept[p].groups.items() if set(members) & set(states))
            for p, states in own.when.items()
            if p in child.parents
        }

    def shifted(
        self, child: Kept, mechanism: Reading
    ) -> tuple[dict[int, tuple[str, str]], FloatArray]:
        """The shifts of a reading by column from 1, and where each holds, (n, 1 + shifts); 0 is the mean."""
        pairs = [(p, s) for p in child.parents for s in self.skeleton.kept[p].states[1:]]
        columns = dict(enumerate(pairs, 1))
        where = {p: self.where_shifted(child, mechanism, p) for p in child.parents}
        made = self.configurations(child.parents)
        design = np.ones((len(made), 1 + len(columns)))
        for row, states in zip(design, made, strict=True):
            at = dict(zip(child.parents, states, strict=True))
            for i, (parent, state) in columns.items():
                holds = all(at[p] in among for p, among in where[parent].items())
                row[i] = holds and at[parent] == state
        return columns, design

    # -- the small network -------------------------------------------------------------------------

    @cached_property
    def text(self) -> str:
        """The model file of the small network."""
        from etiograph.formats.native.toml_write import document_text

        return HEAD + document_text(self.document())

    @cached_property
    def small(self) -> Network:
        """The small network."""
        from etiograph.formats.native import loads_native

        return loads_native(self.text, "the small network")

    def document(self) -> Document:
        """The small network as the plain values of its model file."""
        from etiograph.formats.native.write import document, variable_fields

        kept = self.skeleton.kept
        variables = {}
        for name, child in kept.items():
            fields = variable_fields(self.full.variables[name], {"role": "variable"})
            if child.states != self.full.variables[name].states:
                fields["states"] = list(child.states)
                for key in ("order", "state_labels", "codes", "lasting"):
                    fields.pop(key, None)
            share = self.full.variables[name].persistence
            if share is not None:
                fields["persistence"] = self.number(value_of(share))
            fields.update(child.text)
            variables[name] = {**fields, "mechanism": self.mechanism(child)}
        whole = document(self.full)
        rules = list(self.rules(whole.get("rules", ())))
        named = {name for rule in rules for name in _names(rule)}
        flags = {n: f for n, f in whole.get("flags", {}).items() if n in named}
        about = {**self.skeleton.about, "source": f"{self.origin} ({self.full.digest()})"}
        if "horizon" in self.full.about:
            about["horizon"] = self.full.about["horizon"]
        result: Document = {"format": whole["format"], "about": about, "variables": variables}
        return result | ({"flags": flags} if flags else {}) | ({"rules": rules} if rules else {})

    def rules(self, rules: Sequence[Document]) -> list[Document]:
        """The rules that can still be said, in the states of the small network."""
        result = []
        for rule in rules:
            said = dict(rule)
            for key in ("when", "change"):
                if key in rule:
                    said[key] = self.condition(rule[key])
            if "any" in rule:
                said["any"] = [c for each in rule["any"] if (c := self.condition(each))]
            if all(said[key] for key in ("when", "change", "any") if key in said):
                result.append(said)
        left = {rule["id"] for rule in result}
        for rule in result:
            silences = [name for name in rule.pop("silences", ()) if name in left]
            if silences:
                rule["silences"] = silences
        return result

    def condition(self, given: Document, *, whole: bool = False) -> Document:
        """A condition in the states of the small network; empty if it cannot be said.

        An alternative that cannot be said is left out, unless the ``whole`` is wanted: under ``not``
        leaving it out would let a rule fire more often.
        """
        said: Document = {}
        for name, wanted in given.items():
            if name in WORDS:
                inside = [wanted] if name == "not" else wanted
                inner = [self.condition(c, whole=whole or name == "not") for c in inside]
                if name == "any" and not whole:
                    inner = [each for each in inner if each]
                if not inner or not all(inner):
                    return {}
                said[name] = inner[0] if name == "not" else inner
                continue
            if name in self.full.flags or (name in self.skeleton.kept and isinstance(wanted, dict)):
                said[name] = wanted
                continue
            listed = [wanted] if isinstance(wanted, str) else list(wanted)
            groups = self.skeleton.kept[name].groups if name in self.skeleton.kept else {}
            states = [state for state, members in groups.items() if set(members) <= set(listed)]
            if sorted(m for s in states for m in groups[s]) != sorted(listed):
                return {}
            said[name] = states[0] if isinstance(wanted, str) or len(states) == 1 else states
        return said


def _names(rule: Document) -> set[str]:
    return {*names(rule), *rule.get("change", {})}


def fit_noisy_or(design: FloatArray, weights: FloatArray, p: FloatArray) -> FloatArray:
    """The noisy-OR that is nearest to given probabilities, in Kullback-Leibler divergence.

    With ``s = design @ theta`` and ``q = 1 - exp(-s)``, ``theta >= 0``, it maximises
    ``sum_i w_i (p_i log q_i - (1 - p_i) s_i)``, which is concave: projected Newton steps
    (Bertsekas 1982) lead to its one maximum.

    Parameters
    ----------
    design : ndarray (n, m)
        1 where a cause is at work.
    weights : ndarray (n,)
        How often each combination of causes occurs.
    p : ndarray (n,)
        Probability of the effect.

    Returns
    -------
    ndarray (m,)
        ``-log(1 - strength)`` of each cause; 0 for causes that never occur.
    """
    occurs = weights > 0.0
    design, w, p = design[occurs], weights[occurs] / weights.sum(), p[occurs]
    theta = np.full(design.shape[1], 0.1)
    theta[design.sum(axis=0) == 0.0] = 0.0

    def loss(t: FloatArray) -> float:
        s = design @ t
        with np.errstate(divide="ignore"):
            gained = np.where(p > 0.0, p * np.log(-np.expm1(-s)), 0.0)
        return float(w @ ((1.0 - p) * s - gained))

    for _ in range(200):
        s = np.maximum(design @ theta, 1e-300)
        odds = p * np.exp(-s) / -np.expm1(-s)
        gradient = design.T @ (w * (1.0 - p - odds))
        free = (theta > 0.0) | (gradient < 0.0)
        curved = (design[:, free].T * (w * odds / -np.expm1(-s))) @ design[:, free]
        step = np.zeros_like(theta)
        step[free] = np.linalg.lstsq(curved, gradient[free], rcond=1e-14)[0]
        size, before = 1.0, loss(theta)
        while loss(np.maximum(theta - size * step, 0.0)) > before and size > 1e-12:
            size /= 2.0
        moved = np.maximum(theta - size * step, 0.0)
        done = bool(np.abs(moved - theta).max(initial=0.0) < 1e-15)
        theta = moved
        if done:
            break
    return theta
