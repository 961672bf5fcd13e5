"""F1: what is written reads back equal to the bit, whatever the names."""

from __future__ import annotations

import os
import warnings
from typing import Any
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from etiograph.formats.bif import dumps_bif, loads_bif
from etiograph.formats.native import dumps_native, edited, loads_native
from etiograph.formats.registry import FORMATS, Format
from etiograph.formats.text import Tolerated
from etiograph.network.logit import CumulativeLogit, LevelOdds, Logit, OddsRatios
from etiograph.network.mechanism import Deterministic, Mechanism, Row, Rule, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.parameter import Number, Parameter
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.rules import WORDS
from etiograph.network.variable import Variable

EXAMPLES = 1_000
OTHERS = EXAMPLES if os.environ.get("ETIOGRAPH_LONG") else 300
INTERCHANGED = 1_000 if os.environ.get("ETIOGRAPH_LONG") else 50
"""Networks written and read in each format of interchange."""
WRITTEN = [form for form in FORMATS if form.writer and form.name != "model file (TOML)"]

ODD = (
    "age <5",
    "a, b",
    'say "no"',
    "it's",
    "été",
    "日本",
    "a.b",
    "_x20_",
    "x_x5F_",
    "{x}",
    "[y]",
    "(z;)",
    "#",
    "//",
    "/* */",
    "a|b",
    "=",
    "true",
    "1",
    "0",
    "1e5",
    "inf",
    "value",
    "when",
    "parent",
    "rows",
    "any",
    "constant",
    "table",
    "default",
    "property",
    "probability",
    " lead",
    "trail ",
    "back\\slash",
    "\u00a0",
    "😀",
    "mechanism",
    "links",
    "~",
    "a~b",
    "none",
    "absent",
    "present",
    "-",
    "'''",
    '"""',
)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=8)
names = st.one_of(st.sampled_from(ODD), texts.map(lambda s: normalize("NFC", s))).filter(str.strip)
free_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@st.composite
def skeletons(draw: Any) -> tuple[list[Variable], dict[str, list[str]]]:
    """Variables with odd names and states, and the parents of each among those before it."""
    count = draw(st.integers(1, 5))
    chosen = draw(st.lists(names, min_size=count, max_size=count, unique=True))
    variables: list[Variable] = []
    parents: dict[str, list[str]] = {}
    for name in chosen:
        states = draw(st.lists(names, min_size=2, max_size=4, unique=True))
        parents[name] = draw(
            st.lists(st.sampled_from([v.name for v in variables]), max_size=3, unique=True)
            if variables
            else st.just([])
        )
        extras = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "label": free_text,
                    "definition": free_text,
                    "role": st.sampled_from(["condition", "test", "outcome"]),
                    "order": st.permutations(states).map(tuple),
                    "recurring": st.booleans(),
                    "observable": st.booleans(),
                    "synonyms": st.lists(free_text, max_size=2).map(tuple),
                    "codes": st.lists(st.tuples(names, free_text), max_size=3).map(tuple),
                    "state_labels": st.just(((states[0], "first"),)),
                    "cost": st.floats(0, 1e300),
                    "burden": free_text,
                },
            )
        )
        variables.append(Variable(name, tuple(states), **extras))
    return variables, parents


def distribution(draw: Any, k: int) -> list[float]:
    weights = draw(st.lists(st.integers(0, 1000), min_size=k, max_size=k))
    total = sum(weights)
    return [w / total for w in weights] if total else [1.0] + [0.0] * (k - 1)


@st.composite
def plain_networks(draw: Any) -> Network:
    variables, parents = draw(skeletons())
    by_name = {v.name: v for v in variables}
    tables = {}
    for v in variables:
        shape = tuple(by_name[p].card for p in parents[v.name])
        rows = [distribution(draw, v.card) for _ in range(int(np.prod(shape)))]
        tables[v.name] = np.array(rows).reshape(*shape, v.card)
    return Network.from_tables({v.name: v.states for v in variables}, parents, tables)


class Mechanisms:
    """Draws a mechanism of some kind for a variable; every number may be a constant or a parameter."""

    def __init__(self, draw: Any, child: Variable, given: list[Variable]) -> None:
        self.draw, self.child, self.given = draw, child, given
        self.count = 0

    def pick(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def number(self, kind: str, low: float, high: float) -> Number:
        value = self.draw(st.floats(low, high, allow_subnormal=False))
        if self.pick("constant", "parameter") == "constant":
            return value
        self.count += 1
        fields = self.draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "grade": st.sampled_from("ABCD"),
                    "note": free_text,
                    "unit": free_text,
                    "evidence": st.lists(free_text, max_size=2).map(tuple),
                    "coverage": st.sampled_from([0.5, 0.9]),
                },
            )
        )
        if self.pick(False, True):
            fields |= {"low": max(low, value - 0.01), "high": min(high, value + 0.01)}
        return Parameter(f"{self.child.name}.{self.count}", kind, value, **fields)

    def p(self, most: float = 1.0) -> Number:
        return self.number("probability", 0.0, most)

    def row(self) -> dict[str, Number]:
        """A distribution with the last state left out."""
        states = self.child.states[:-1]
        return {s: self.p(1.0 / len(states)) for s in states}

    def whens(self, parents: list[Variable]) -> list[dict[str, tuple[str, ...]]]:
        """Conditions of which none hides another, the last always true."""
        if not parents:
            return [{}]
        first = parents[0]
        cut = self.draw(st.integers(1, first.card - 1))
        when: dict[str, tuple[str, ...]] = {first.name: first.states[:cut]}
        if len(parents) > 1:
            when[parents[1].name] = (parents[1].states[-1],)
        return [when, {}]

    def table(self) -> Mechanism:
        rows = [Row(when, self.row()) for when in self.whens(self.given)]
        return Table(tuple(v.name for v in self.given), tuple(rows))

    def link(self, parents: list[Variable], others: list[Variable]) -> NoisyLink:
        rates = [Rate(when, self.p()) for when in self.whens(parents)]
        less_with = {v.name: {v.states[-1]: self.p()} for v in others}
        return NoisyLink(tuple(v.name for v in parents), tuple(rates), less_with)

    def noisy_or(self) -> NoisyOr:
        leak: Any = self.pick(0.0, self.p(), self.link(self.given[:1], []))
        links = [NoisyLink.of(v.name, {s: self.p() for s in v.states[1:]}) for v in self.given]
        if len(self.given) > 1:
            links.append(self.link(self.given[:2], self.given[2:]))
            links.append(self.link(self.given[:1], self.given[1:]))
        preventers = [NoisyLink.of(v.name, {v.states[0]: self.p()}) for v in self.given[:1]]
        parents = self.pick((), tuple(v.name for v in reversed(self.given)))
        return NoisyOr(parents, leak, tuple(links), tuple(self.pick([], preventers)))

    def opposing(self) -> Mechanism:
        low, high = self.draw(st.permutations(self.child.states))[:2]
        return Opposing(self.noisy_or(), self.noisy_or(), low, high)

    def upper(self) -> dict[str, Number]:
        return {s: self.p(1.0 / self.child.card) for s in self.child.states[1:]}

    def noisy_max(self) -> Mechanism:
        leak: Any = self.pick(
            {},
            self.upper(),
            MaxLink(tuple(v.name for v in self.given[:1]), (Row({}, self.upper()),)),
        )
        links = [MaxLink.of(v.name, {v.states[-1]: self.upper()}) for v in self.given]
        if len(self.given) > 1:
            pair = tuple(v.name for v in self.given[:2])
            rows = tuple(Row(when, self.upper()) for when in self.whens(self.given[:2]))
            links.append(MaxLink(pair, rows))
        return NoisyMax((), leak, tuple(links))

    def ratio(self) -> Number:
        return self.number("odds_ratio", 0.01, 100.0)

    def logit(self) -> Mechanism:
        effects = []
        for v in self.given:
            by_child = {v.states[-1]: {s: self.ratio() for s in self.child.states[1:]}}
            simple = {v.states[-1]: self.ratio()}
            effects.append(OddsRatios(v.name, simple if self.child.card == 2 else by_child))  # type: ignore[arg-type]
        return Logit((), self.row(), tuple(effects))

    def cumulative_logit(self) -> Mechanism:
        shifts = [
            LevelOdds(
                v.name, {v.states[-1]: self.ratio()}, self.pick({}, {v.states[0]: self.ratio()})
            )
            for v in self.given
        ]
        return CumulativeLogit((), self.row(), tuple(shifts))

    def deterministic(self) -> Mechanism:
        rules = [Rule(when, self.pick(*self.child.states)) for when in self.whens(self.given)[:-1]]
        parents = tuple(v.name for v in self.given)
        return Deterministic(parents, tuple(rules), self.pick(*self.child.states))

    def reading(self) -> Mechanism:
        lognormal = self.pick(False, True)
        kind = "ratio" if lognormal else "difference"
        shifts = [
            LevelShift(v.name, {s: self.number(kind, 0.5, 3.0) for s in v.states[1:]})
            for v in self.given
        ]
        return Reading(
            parents=tuple(v.name for v in self.given),
            unit=self.pick("", "mmol/L"),
            distribution="lognormal" if lognormal else "normal",
            mean=self.number("mean", 1.0, 9.0),
            sd=self.number("sd", 0.1, 2.0),
            shifts=tuple(shifts),
            plausible=self.pick((0.0, 1e3), (0.0, float("inf"))),
            units=self.pick({}, {'µg/"dL"': 0.1}),
            cutpoints=tuple(float(i + 1) for i in range(self.child.card - 1)),
            bins=self.pick((), self.child.ordered),
        )

    def any(self) -> Mechanism:
        kinds = [self.table, self.logit, self.cumulative_logit, self.deterministic, self.reading]
        if self.child.card == 2:
            kinds.append(self.noisy_or)
        if self.child.card == 3:
            kinds.append(self.opposing)
        if self.child.ordered == self.child.states:
            kinds.append(self.noisy_max)
        mechanism: Mechanism = self.pick(*kinds)()
        return mechanism


@st.composite
def rich_networks(draw: Any) -> Network:
    variables, parents = draw(skeletons())
    by_name = {v.name: v for v in variables}
    mechanisms = {
        v.name: Mechanisms(draw, v, [by_name[p] for p in parents[v.name]]).any() for v in variables
    }
    about = draw(
        st.fixed_dictionaries(
            {}, optional={"title": free_text, "weaknesses": st.lists(free_text, max_size=2)}
        )
    )
    last = variables[-1]
    rule = {"id": "r", "level": "see", "message": "m", "when": {last.name: last.states[0]}}
    # What joins conditions names no variable in a rule, and is refused as one.
    rules = () if last.name in WORDS else draw(st.sampled_from([(), (rule,)]))
    flags = [] if "a flag" in by_name else [Variable("a flag", ("absent", "present"), role="flag")]
    return Network(variables, mechanisms, flags, rules, about)


@settings(max_examples=EXAMPLES)
@given(rich_networks())
def test_model_file_round_trip(network: Network) -> None:
    text = dumps_native(network)
    again = loads_native(text)
    assert again.digest() == network.digest()
    assert tuple(again.parameters) == tuple(network.parameters)
    assert again.model.tables.tobytes() == network.model.tables.tobytes()
    assert dumps_native(again) == text


@settings(max_examples=OTHERS)
@given(plain_networks())
def test_bif_round_trip(network: Network) -> None:
    again = loads_bif(dumps_bif(network))
    assert again.about.get("name") == (network.about.get("name") or None)
    assert list(again.variables) == list(network.variables)
    for name, variable in network.variables.items():
        assert again.variables[name].states == variable.states
        assert again.parents(name) == network.parents(name)
        assert again.table(name).tobytes() == network.table(name).tobytes()


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.name)
@settings(max_examples=INTERCHANGED, deadline=None)
@given(network=st.one_of(plain_networks(), rich_networks()))
def test_every_format_gives_back_what_it_was_given(form: Format, network: Network) -> None:
    text = form.write(network)
    again = form.read(text, "<text>")
    assert again.digest() == network.digest()
    assert form.write(again) == text


@pytest.mark.parametrize("form", WRITTEN, ids=lambda form: form.name)
@settings(max_examples=INTERCHANGED // 2, deadline=None)
@given(network=rich_networks())
def test_without_what_is_carried_the_tables_are_the_same(form: Format, network: Network) -> None:
    text = "".join(
        line for line in form.write(network).splitlines(True) if "etiograph model file:" not in line
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Tolerated)
        again = form.read(text, "<text>")
    if form.name == "UAI":
        return  # no names to compare by
    for name, variable in network.variables.items():
        if set(again.parents(name)) != set(network.parents(name)):
            continue  # a hidden variable stands between
        axes = [again.parents(name).index(p) for p in network.parents(name)]
        states = again.variables[name].states
        assert sorted(states) == sorted(variable.states)
        table = np.transpose(again.table(name), (*axes, len(axes)))
        for axis, each in enumerate((*network.parents(name), name)):
            order = [again.variables[each].states.index(s) for s in network.variables[each].states]
            table = table.take(order, axis)
        np.testing.assert_allclose(table, network.table(name), rtol=0, atol=1e-12)


@settings(max_examples=OTHERS // 5)
@given(rich_networks(), rich_networks())
def test_any_network_can_be_saved_over_any_other(old: Network, new: Network) -> None:
    text = edited(dumps_native(old), new)
    assert loads_native(text) == new


@settings(max_examples=OTHERS // 3)
@given(rich_networks(), st.data())
def test_an_edit_keeps_the_comments(network: Network, data: Any) -> None:
    lines = dumps_native(network).split("\n")
    source = "\n".join(
        f"{line}  # line {i}" if line.endswith("]") and line.startswith("[") else line
        for i, line in enumerate(lines)
    )
    comments = [line for line in source.split("\n") if "  # line " in line]
    inside = [p for p in network.parameters.values() if p.low is not None and p.low < p.high]  # type: ignore[operator]
    if not inside:
        return
    p = data.draw(st.sampled_from(inside))
    try:
        changed = network.with_parameters({p.name: p.high})
    except Exception:
        return  # a row may no longer sum to 1
    text = edited(source, changed)
    assert loads_native(text) == changed
    kept = text.split("\n")
    assert all(comment in kept for comment in comments)
