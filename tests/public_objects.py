"""One of every object that the public methods hand out, collected by calling all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

import etiograph
from etiograph.case import Case
from etiograph.network.network import Network

FOUND: dict[str, object] = {
    "leg_cramps": "present",
    "night_waking": "present",
    "serum_magnesium": "0.62 mmol/L",
}
TARGET = "magnesium_depletion"
RECORD = [{"resourceType": "Patient", "gender": "female"}, {"resourceType": "Claim"}]
RANGES = Path(__file__).parent / "learning" / "small.toml"

NETWORK: dict[str, Callable[[Network], object]] = {
    "variable": lambda n: n.variable(TARGET),
    "parents": lambda n: n.parents(TARGET),
    "children": lambda n: n.children(TARGET),
    "order": lambda n: n.order,
    "horizon": lambda n: n.horizon,
    "graph": lambda n: n.graph(),
    "parameters": lambda n: n.parameters,
    "priors": lambda n: n.priors,
    "spread": lambda n: etiograph.load("leg_cramps").spread,
    "parameter_values": lambda n: n.parameter_values(),
    "with_parameters": lambda n: n.with_parameters({}),
    "table": lambda n: n.table(TARGET),
    "has_ranges": lambda n: n.has_ranges,
    "digest": lambda n: n.digest(),
    "plot": lambda n: n.plot(),
    "save": lambda n: n.save(Path(mkdtemp()) / "kept.toml"),
    "case": lambda n: n.case(FOUND),
    "posteriors": lambda n: n.posteriors({"leg_cramps": ["present", None]}),
    "sample": lambda n: n.sample(3, 0),
    "update": lambda n: etiograph.load(RANGES).update({"cause": ["yes", "no"]}, draws=50),
    "fit": lambda n: etiograph.load("sprinkler").fit(
        {"rain": ["yes", "no", None]}, variables=["rain"]
    ),
    "criticise": lambda n: etiograph.load("sprinkler").criticise(
        etiograph.load("sprinkler").sample(100, 1), draws=3
    ),
    "with_table_parameters": lambda n: etiograph.load("asia").with_table_parameters(
        50, variables=["smoking"]
    ),
    "d_separated": lambda n: n.d_separated("age", "diabetes"),
    "adjustment_sets": lambda n: n.adjustment_sets("diuretic", "leg_cramps"),
    "effect": lambda n: n.effect("calcium_supplement", "leg_cramps", draws=8),
    "paths": lambda n: n.paths("age", "diabetes", longest=3),
    "markov_blanket": lambda n: n.markov_blanket("diuretic"),
    "is_adjustment_set": lambda n: n.is_adjustment_set("diuretic", "leg_cramps", ["age"]),
    "front_door_sets": lambda n: etiograph.load("front_door").front_door_sets("smoking", "cancer"),
    "identify": lambda n: n.identify("diuretic", "leg_cramps"),
    "do": lambda n: n.do(diuretic="none"),
    "numbers": lambda n: n.numbers(),
    "tune": lambda n: etiograph.load(RANGES).tune([]),
    "from_tables": lambda n: Network.from_tables({"a": ("x", "y")}, {}, {"a": [0.5, 0.5]}),
    "variables": lambda n: dict(list(n.variables.items())[:3]),
    "mechanisms": lambda n: n.mechanisms,
    "flags": lambda n: n.flags,
    "rules": lambda n: n.rules,
    "about": lambda n: n.about,
    # What the engine sees, and what it needs to read findings quickly.
    "expansion": lambda n: None,
    "model": lambda n: None,
    "known_states": lambda n: None,
    "blank_row": lambda n: None,
}
"""Every public name of Network, and how it is asked."""

CASE: dict[str, Callable[[Case], object]] = {
    "flags": lambda c: c.flags,
    "evidence": lambda c: c.evidence,
    "with_findings": lambda c: c.with_findings(age="under_50"),
    "without": lambda c: c.without("leg_cramps"),
    "from_fhir": lambda c: Case.from_fhir(c.network, RECORD, at="2026-11-01"),
    "record": lambda c: Case.from_fhir(c.network, RECORD, at="2026-11-01").record,
    "origins": lambda c: Case.from_fhir(c.network, RECORD, at="2026-11-01").origins,
    "do": lambda c: c.do(diuretic="thiazide"),
    "had": lambda c: c.had(diuretic="thiazide"),
    "after": lambda c: c.after(diuretic="thiazide"),
    "posterior": lambda c: (
        c.posterior(),
        c.do(diuretic="thiazide").posterior(),
        c.had(diuretic="thiazide").posterior(),
        c.after(diuretic="thiazide").posterior(),
    ),
    "joint": lambda c: c.joint(TARGET, "diuretic"),
    "most_probable": lambda c: c.most_probable(2, ["diuretic", TARGET]),
    "conflict": lambda c: c.conflict(),
    "attribution": lambda c: c.attribution("leg_cramps"),
    "effect": lambda c: c.without(*FOUND).effect("calcium_supplement", "leg_cramps"),
    "causation": lambda c: c.without(*FOUND).causation(
        "calcium_supplement", "leg_cramps", bounds=False
    ),
    "intervals": lambda c: c.intervals(draws=8),
    "expected": lambda c: c.expected("serum_potassium", draws=8),
    "contrast": lambda c: c.after(diuretic="none").contrast("leg_cramps", draws=8),
    "next_steps": lambda c: etiograph.load("leg_cramps").case(leg_cramps="present").next_steps(),
    "tornado": lambda c: c.tornado(TARGET),
    "sensitivity": lambda c: c.sensitivity(TARGET, of="age.50_to_64"),
    "sensitivities": lambda c: c.sensitivities(TARGET, points=3)[:2],
    "two_way": lambda c: c.two_way(TARGET, of=("age.50_to_64", "age.65_and_over"), points=3),
    "turning_points": lambda c: c.turning_points(TARGET, threshold=0.5),
    "explain": lambda c: c.explain(TARGET),
    "next_tests": lambda c: c.next_tests(TARGET),
    "what_helps": lambda c: c.what_helps(draws=8),
    "decide": lambda c: c.decide(
        TARGET, {"give": {"present": 1.0, "absent": 0.4}, "wait": {"present": 0.0, "absent": 1.0}}
    ),
    "surprise": lambda c: c.surprise(cases=20),
    "plot": lambda c: c.plot(),
    "red_flags": lambda c: etiograph.load("leg_cramps").case(tetany="present").red_flags(),
    "report": lambda c: c.report(draws=20),
    "network": lambda c: c.network,
    "findings": lambda c: c.findings,
    "changes": lambda c: c.changes,
    "kind": lambda c: c.kind,
}
"""Every public name of Case, and how it is asked."""


def public_names(cls: type) -> set[str]:
    """The names of a class that do not begin with an underscore."""
    return {name for name in dir(cls) if not name.startswith("_")} | {
        name for name in inspect.get_annotations(cls) if not name.startswith("_")
    }


def inside(value: object, seen: set[int] | None = None) -> Iterator[object]:
    """A value and all that can be reached from it through public names of the package's values."""
    seen = set() if seen is None else seen
    if id(value) in seen or isinstance(value, str | bytes | int | float | bool | None):
        return
    seen.add(id(value))
    if type(value).__module__.startswith("etiograph.") and not isinstance(value, BaseException):
        yield value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if not field.name.startswith("_"):
                yield from inside(getattr(value, field.name), seen)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from inside(each, seen)
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from inside(each, seen)


def answers() -> dict[str, object]:
    """The answer of every public method, by the method's name; and what the package itself offers."""
    network = etiograph.load("leg_cramps_small")
    case = network.case(FOUND)
    found = {f"Network.{name}": ask(network) for name, ask in NETWORK.items()}
    found |= {f"Case.{name}": ask(case) for name, ask in CASE.items()}
    found["not_"] = etiograph.not_("present")
    found["likelihood"] = etiograph.likelihood(present=2.0, absent=1.0)
    found["measured"] = etiograph.measured(0.62, "mmol/L")
    found["unknown"] = etiograph.unknown
    small = etiograph.load(RANGES)
    found["Fault"] = small.posteriors({"sign": ["present", "typo"]}, on_error="skip")
    found["Contrast"] = (
        small.case(sign="present").had(cause="yes").posterior().effect("sign", bounds=True)
    )
    found["validate"] = etiograph.validate(
        etiograph.load("sprinkler"),
        {"wet_grass": ["yes", "no"] * 10, "rain": ["yes"] * 20},
        "wet_grass",
        boot=3,
    )
    twin = etiograph.load("sprinkler").with_parameters({"rain.yes": 0.7})
    found["compare"] = etiograph.compare(
        [etiograph.load("sprinkler"), twin], {"rain": ["yes", "no"] * 10}, folds=None
    )
    found["diff"] = etiograph.diff(etiograph.load("sprinkler"), twin)
    found["array"] = np.zeros(2)
    return found


def one_of_each() -> dict[str, object]:
    """One object of every type of the package that the answers hold."""
    found: dict[str, object] = {}
    for answer in answers().values():
        for value in inside(answer):
            found.setdefault(f"{type(value).__module__}.{type(value).__qualname__}", value)
    return found
