"""Random networks with uncertain numbers and with names that are hard to carry, and cases of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import count
from typing import Any

import numpy as np

from etiograph.engine.sample import sample_states
from etiograph.network.finding import likelihood, measured, not_
from etiograph.network.logit import LevelOdds, OddsRatios
from etiograph.network.mechanism import Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import NoisyMax, Rate
from etiograph.network.parameter import Parameter
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable

NAMES = (
    "two words", "a=b", "x|y", "p < 0.05 > q", 'the "quoted" one', "it's", "café", "cafe\u0301 2",
    "咳嗽", "3rd_visit", "None", "if", "a, b", "semi;colon", "a=b|c", "~hidden", "100 %", "-1",
    "[brackets]", "back\\slash", "ÄÖß", "& so on", "{curly}", "# hash", "self", "target", "state",
    "mapping", "given", "changes", "findings", "draws",
)  # fmt: skip
WORDS = (
    "true", "None", "1", "0", "no=yes", "a|b", "≥ 3, < 5", "oui é", "ou\u0300", "有", "-", "n/a",
    "False", "+", "'", '"', "<b>", "very high", "null", "x;y", "2", "%s", "{}", "absent or not",
)  # fmt: skip
"""Names of variables and of states. The names of Python's arguments are among them, too."""


def renamed(rng: np.random.Generator, network: Network) -> Network:
    """The network with other names of all variables and states; some states keep theirs."""
    given = dict(zip(network.variables, rng.permutation(NAMES).tolist(), strict=False))
    states = {s for v in network.variables.values() for s in v.states}
    words = dict(zip(sorted(states), rng.permutation(WORDS).tolist(), strict=False))
    words = {s: w for s, w in words.items() if rng.random() < 0.7}
    taken = set(words.values()) & (states - set(words))
    words = {s: w for s, w in words.items() if w not in taken}

    def told(obj: Any) -> Any:
        if isinstance(obj, str):
            return given.get(obj, words.get(obj, obj))
        if isinstance(obj, Mapping):
            return {told(k): told(v) for k, v in obj.items()}
        if isinstance(obj, tuple):
            return tuple(told(x) for x in obj)
        if is_dataclass(obj) and not isinstance(obj, type | Parameter):
            skipped = ("distribution", "unit", "units", "kind", "role")
            changed = {
                f.name: told(getattr(obj, f.name))
                for f in fields(obj)
                if f.init and f.name not in skipped
            }
            return replace(obj, **changed)
        return obj

    about = {**told(dict(network.about)), "name": "odd"}
    return Network(
        [told(v) for v in network.variables.values()], told(dict(network.mechanisms)), about=about
    )


def ranged(rng: np.random.Generator, network: Network) -> Network:
    """The network with a range for most of its numbers; some numbers enter several tables."""
    number = count()
    shared = Parameter("shared", "probability", 0.3, 0.1, 0.6, grade="B", evidence=("E1",))

    def uncertain(kind: str, value: float, top: float = 1.0) -> Parameter | float:
        if rng.random() < 0.15:
            return value
        if kind == "probability" and rng.random() < 0.15 and shared.high <= top:
            return shared
        low, high = value - 0.4 * abs(value), value + 0.4 * abs(value)
        if kind == "probability":
            if not 0.0 < value < 1.0:
                return value
            high = min(high, value + 0.4 * (top - value))
        if low == high:
            return value
        return Parameter(
            f"p{next(number)}", kind, value, low, high,
            grade=str(rng.choice(["A", "C", "D"])), evidence=(f"E{rng.integers(4)}",),
        )  # fmt: skip

    def told(obj: Any) -> Any:
        if isinstance(obj, Rate) and isinstance(obj.p, float):
            return replace(obj, p=uncertain("probability", obj.p))
        if isinstance(obj, Row):
            values = {s: getattr(p, "value", p) for s, p in obj.p.items()}
            if sum(values.values()) > 1.0 - 1e-9:
                return replace(obj, p=values)  # every state is stated: none can move alone
            last = list(values)[-1]
            rest = 1.0 - sum(p for s, p in values.items() if s != last)
            return replace(obj, p=values | {last: uncertain("probability", values[last], rest)})
        if isinstance(obj, LevelOdds):
            return replace(obj, lower={s: uncertain("odds_ratio", x) for s, x in obj.lower.items()})
        if isinstance(obj, OddsRatios):
            return OddsRatios(
                obj.parent,
                {
                    s: {c: uncertain("odds_ratio", x) for c, x in r.items()}
                    for s, r in obj.odds_ratio.items()
                },
            )
        if isinstance(obj, LevelShift):
            return replace(obj, shift={s: uncertain("difference", x) for s, x in obj.shift.items()})
        if isinstance(obj, Reading):
            both = {"mean": uncertain("mean", obj.mean), "sd": uncertain("sd", obj.sd)}
            return replace(obj, shifts=told(obj.shifts), **both)
        if isinstance(obj, NoisyMax):
            return obj  # every state of a contribution is stated: none can move alone
        if isinstance(obj, Table) and obj.array is not None:
            return obj
        if isinstance(obj, tuple):
            return tuple(told(x) for x in obj)
        if is_dataclass(obj) and not isinstance(obj, type | Parameter):
            changed = {f.name: told(getattr(obj, f.name)) for f in fields(obj) if f.init}
            return replace(obj, **changed)
        return obj

    mechanisms = {name: told(m) for name, m in network.mechanisms.items()}
    return Network(list(network.variables.values()), mechanisms, about=network.about)


def described(rng: np.random.Generator, network: Network) -> Network:
    """The network with a role for some variables, a target and causes in some."""
    roles = ("condition", "finding", "outcome", "habit", "variable")
    variables: list[Variable] = [
        replace(v, role=str(rng.choice(roles)), recurring=bool(rng.random() < 0.3))
        if rng.random() < 0.8
        else v
        for v in network.variables.values()
    ]
    about: dict[str, Any] = {"name": "odd"}
    many = [v.name for v in variables if v.card > 1]
    if many and rng.random() < 0.5:
        about["target"] = many[-1]
        if many[:-1] and rng.random() < 0.5:
            about["causes"] = many[:-1]
    return Network(variables, dict(network.mechanisms), about=about)


def drawn_findings(
    rng: np.random.Generator, network: Network, p_finding: float = 0.4
) -> dict[str, Any]:
    """Findings that are possible together: of somebody drawn from the network."""
    states = sample_states(network.model, 1, rng)[0]
    found: dict[str, Any] = {}
    for i, (name, variable) in enumerate(network.variables.items()):
        if rng.random() > p_finding:
            continue
        here, draw = variable.states[states[i]], rng.random()
        if isinstance(network.mechanisms[name], Reading) and draw < 0.6:
            found[name] = measured(float(rng.normal(0.0, 1.5)))
        elif draw < 0.6:
            found[name] = here
        elif draw < 0.8:
            found[name] = likelihood({s: float(rng.random() + 0.05) for s in variable.states})
        elif variable.card > 2:
            other = [s for s in variable.states if s != here]
            found[name] = not_(str(rng.choice(other)))
    return found


def measured_network() -> Network:
    """A disease, and a test whose mean and spread are uncertain."""
    reading = Reading(
        ("d",), "mmol/L", "normal", Parameter("x.mean", "mean", 0.0, -0.5, 0.5),
        Parameter("x.sd", "sd", 1.0, 0.5, 2.0),
        (LevelShift("d", {"present": Parameter("x.d", "difference", 1.0, 0.2, 2.0)}),), (-50, 50),
        cutpoints=(0.5,), bins=("low", "high"),
    )  # fmt: skip
    prior = Parameter("d", "probability", 0.3, 0.1, 0.5)
    return Network(
        [Variable("d", ("absent", "present")), Variable("x", ("low", "high"))],
        {"d": Table(rows=(Row({}, {"present": prior}),)), "x": reading},
    )
