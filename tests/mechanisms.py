"""Random networks of every kind of mechanism, and random rows of every kind of finding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etiograph.network.finding import measured
from etiograph.network.likelihoods import likelihood_row
from etiograph.network.logit import CumulativeLogit, LevelOdds, Logit, OddsRatios
from etiograph.network.mechanism import Deterministic, Mechanism, Row, Rule, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing
from etiograph.network.parameter import Parameter
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable

KINDS = (
    "table", "rows", "noisy_or", "prevented", "noisy_max", "opposing", "logit", "cumulative_logit",
    "reading", "deterministic",
)  # fmt: skip
STATES = ("a", "b", "c", "d")
BINARY = ("absent", "present")
LEVELS = ("low", "normal", "high")


def random_network(
    rng: np.random.Generator, n_min: int = 2, n_max: int = 6, parents: int = 3
) -> Network:
    """A network of up to ``n_max`` variables; one of ten has a single state, numbers are 0 or tiny."""
    variables: list[Variable] = []
    mechanisms: dict[str, Mechanism] = {}
    for i in range(int(rng.integers(n_min, n_max + 1))):
        count = int(rng.integers(0, min(i, parents) + 1))
        chosen = (
            [variables[j] for j in sorted(rng.choice(i, count, replace=False))] if count else []
        )
        kind = str(rng.choice(KINDS)) if chosen else str(rng.choice(["table", "rows", "noisy_or"]))
        variable, mechanisms[f"v{i}"] = _one(rng, f"v{i}", kind, chosen)
        variables.append(variable)
    return Network(variables, mechanisms)


def _p(rng: np.random.Generator) -> float:
    """A probability: mostly ordinary, now and then 0, 1 or very small."""
    return float(rng.choice([rng.random(), 0.0, 1.0, 1e-9], p=[0.8, 0.08, 0.04, 0.08]))


def _rows(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    p = rng.dirichlet(np.ones(shape[-1]), size=shape[:-1]) * (rng.random(shape) > 0.15)
    p[..., 0] += p.sum(axis=-1) == 0
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def _links(rng: np.random.Generator, chosen: Sequence[Variable]) -> list[NoisyLink]:
    links = [NoisyLink.of(v.name, {s: _p(rng) for s in v.states[1:]}) for v in chosen]
    if len(chosen) > 1 and rng.random() < 0.4:
        weaker = {chosen[1].name: {chosen[1].states[-1]: _p(rng)}}
        links[0] = NoisyLink.of(chosen[0].name, {chosen[0].states[-1]: _p(rng)}, weaker)
    return links


def _one(
    rng: np.random.Generator, name: str, kind: str, chosen: Sequence[Variable]
) -> tuple[Variable, Mechanism]:
    """A variable and how it follows from the chosen parents."""
    parents = tuple(v.name for v in chosen)
    if kind in ("noisy_or", "prevented"):
        links = _links(rng, chosen)
        cut = max(1, len(links) - 1) if kind == "prevented" else len(links)
        leak = 0.0 if rng.random() < 0.3 and links else 0.3 * _p(rng)
        return Variable(name, BINARY), NoisyOr(
            leak=leak, links=tuple(links[:cut]), preventers=tuple(links[cut:])
        )
    if kind == "noisy_max":
        states = STATES[: int(rng.integers(2, 5))]
        size = (len(states),)
        return Variable(name, states), NoisyMax(
            leak=dict(zip(states, _rows(rng, size).tolist(), strict=True)),
            links=tuple(
                MaxLink.of(
                    v.name,
                    {
                        s: dict(zip(states, _rows(rng, size).tolist(), strict=True))
                        for s in v.states
                    },
                )
                for v in chosen
            ),
        )
    if kind == "opposing":
        both = [NoisyOr(leak=0.3 * _p(rng), links=tuple(_links(rng, chosen[n:]))) for n in (0, -1)]
        return Variable(name, ("normal", "low", "high"), order=LEVELS), Opposing(*both)
    if kind in ("logit", "cumulative_logit"):
        states = STATES[: int(rng.integers(2, 4))]
        baseline = dict(zip(states, _rows(rng, (len(states),)).tolist(), strict=True))
        ratios = {v.name: {v.states[-1]: float(np.exp(rng.normal()))} for v in chosen}
        if kind == "cumulative_logit":
            shifts = tuple(LevelOdds(v, lower=r) for v, r in ratios.items())
            return Variable(name, states), CumulativeLogit(baseline=baseline, effects=shifts)
        effects = tuple(
            OddsRatios(v, {s: {states[-1]: x} for s, x in r.items()}) for v, r in ratios.items()
        )
        return Variable(name, states), Logit(baseline=baseline, effects=effects)
    if kind == "reading":
        shifts = tuple(LevelShift(v.name, {v.states[-1]: float(rng.normal(0, 2))}) for v in chosen)
        return Variable(name, ("normal", "low", "high"), order=LEVELS), Reading(
            unit="u", mean=float(rng.normal()), sd=1.0, shifts=shifts, cutpoints=(-1.0, 1.0)
        )
    states = STATES[: int(rng.integers(2, 4)) if rng.random() > 0.1 else 1]
    if kind == "deterministic":
        when = {chosen[0].name: (chosen[0].states[-1],)}
        return Variable(name, states), Deterministic(parents, (Rule(when, states[-1]),), states[0])
    if kind == "rows" and len(states) > 1:
        rows = [({}, _p(rng))]
        if chosen and chosen[0].card > 1:
            rows.insert(0, ({chosen[0].name: (chosen[0].states[-1],)}, _p(rng)))
        stated = tuple(
            Row(
                when,
                {states[0]: 0.0} | ({states[1]: 0.0} if len(states) > 2 else {})
                | {states[-1]: Parameter(f"{name}.{n}", "probability", p)},
            )
            if p == 1.0
            else Row(
                when,
                {states[-1]: Parameter(f"{name}.{n}", "probability", p)}
                | ({states[1]: (1.0 - p) / 3} if len(states) > 2 else {}),
            )
            for n, (when, p) in enumerate(rows)
        )  # fmt: skip
        return Variable(name, states), Table(parents, stated)
    shape = (*(v.card for v in chosen), len(states))
    return Variable(name, states), Table(parents, array=_rows(rng, shape))


def random_rows(
    rng: np.random.Generator, network: Network, count: int, p_finding: float = 0.45
) -> np.ndarray:
    """Rows (count, S): states, states ruled out, weights of any size, measured values, and holes."""
    model = network.model
    rows = np.ones((count, model.n_states))
    for row in rows:
        for name, variable in network.variables.items():
            if rng.random() > p_finding:
                continue
            i = model.index[name]
            own = slice(model.offsets[i], model.offsets[i] + variable.card)
            draw = rng.random()
            if draw < 0.5:
                row[own] = np.eye(variable.card)[rng.integers(variable.card)]
            elif draw < 0.7:
                row[own] = 1.0 - np.eye(variable.card)[rng.integers(variable.card)]
            elif isinstance(network.mechanisms[name], Reading) and draw < 0.9:
                row *= likelihood_row(network, {name: measured(float(rng.normal(0, 2)))})
            else:
                row[own] = rng.random(variable.card) * 10.0 ** rng.integers(-3, 4)
    return rows
