"""From a network to the plain document of its model file, defaults left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from etiograph.errors import InvalidNetwork
from etiograph.formats.native.schema import FORMAT
from etiograph.network.logit import CumulativeLogit, Logit
from etiograph.network.mechanism import Deterministic, Mechanism, Row, Table
from etiograph.network.network import Network
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.parameter import Number, Parameter
from etiograph.network.parameter_names import dotted, link_labels, row_labels, state_label
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

Document = dict[str, Any]

_UNBOUNDED = (-float("inf"), float("inf"))


def document(network: Network) -> Document:
    """What the model file of the network says, as plain values."""
    about = dict(network.about)
    calibration, steps = about.pop("calibration", None), about.pop("next_steps", None)
    spread = about.pop("between_sources", None)
    result: Document = {"format": FORMAT}
    if about:
        result["about"] = _plain(about)
    result["variables"] = {
        name: {
            **variable_fields(variable, {"role": "variable"}),
            "mechanism": _MechanismWriter(variable, network).written(network.mechanisms[name]),
        }
        for name, variable in network.variables.items()
    }
    if network.flags:
        defaults = {"role": "flag", "states": ("absent", "present")}
        result["flags"] = {
            name: variable_fields(flag, defaults) for name, flag in network.flags.items()
        }
    if network.rules:
        result["rules"] = [_plain(rule) for rule in network.rules]
    if calibration is not None:
        result["calibration"] = [_plain(item) for item in calibration]
    if steps is not None:
        result["next_steps"] = _plain(steps)
    if spread is not None:
        result["between_sources"] = _plain(spread)
    return result


def variable_fields(variable: Variable, defaults: Mapping[str, Any]) -> Document:
    """The fields of a variable that say something."""
    result: Document = {}
    for field in fields(Variable):
        value = getattr(variable, field.name)
        default = defaults.get(field.name, field.default)
        if field.name == "label":
            default = variable.name.replace("_", " ")
        if field.name == "name" or value == default:
            continue
        if field.name == "persistence":
            writer = _MechanismWriter(variable, None)
            result[field.name] = writer.number(value, "persistence", "probability")
            continue
        if field.name == "lasting" and not any(time for _, time in value):
            value = [state for state, _ in value]
        elif field.name in ("state_labels", "lasting") or (
            field.name == "codes" and _unique(value)
        ):
            value = dict(value)
        result[field.name] = _plain(value)
    return result


def _unique(pairs: tuple[tuple[str, str], ...]) -> bool:
    return len({key for key, _ in pairs}) == len(pairs)


def _plain(value: Any) -> Any:
    """Frozen values as dicts and lists."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _when(when: Mapping[str, tuple[str, ...]]) -> Document:
    plain = {p: states[0] if len(states) == 1 else list(states) for p, states in when.items()}
    return {"when": plain} if plain else {}


class _MechanismWriter:
    """The mechanism of one variable; the mirror image of `mechanisms`."""

    def __init__(self, child: Variable, network: Network | None) -> None:
        self.child = child
        self.variables: Mapping[str, Variable] = {} if network is None else network.variables
        self.prefix = child.name

    def written(self, mechanism: Mechanism) -> Document:
        """Kind, parents where they do not follow from the rest, and the rest."""
        if type(mechanism) not in _KINDS:
            raise InvalidNetwork(f"a model file cannot hold a mechanism of type {type(mechanism)}")
        result: Document = {"kind": mechanism.kind}
        if mechanism.parents and self.states_parents(mechanism):
            result["parents"] = list(mechanism.parents)
        return result | _KINDS[type(mechanism)](self, mechanism)

    def states_parents(self, mechanism: Any) -> bool:
        """Whether the parents must be written."""
        if isinstance(mechanism, Table | Deterministic | Reading):
            return True
        return bool(replace(mechanism, parents=()).parents != mechanism.parents)

    # numbers

    def number(self, value: Number, label: str, kind: str) -> Any:
        """A bare number where that says it all."""
        structural = kind == "probability" and value in (0.0, 1.0)
        if not isinstance(value, Parameter):
            return value if structural else {"constant": value}
        result: Document = {"value": value.value}
        expected = {"name": dotted(self.prefix, label), "kind": kind}
        for field in fields(Parameter):
            stated = getattr(value, field.name)
            if field.name != "value" and stated != expected.get(field.name, field.default):
                result[field.name] = _plain(stated)
        if len(result) == 1 and not (kind == "probability" and value.value in (0.0, 1.0)):
            return value.value
        return result

    def numbers(
        self, given: Mapping[str, Number], label: str, kind: str = "probability", of: str = ""
    ) -> Document:
        """Numbers by state."""
        variable = self.variables.get(of) if of else self.child
        return {
            state: self.number(p, dotted(label, state_label(variable, state)), kind)
            for state, p in given.items()
        }

    # kinds

    def table(self, mechanism: Table) -> Document:
        """Rows, or an array with one line a row."""
        if mechanism.array is not None:
            array = mechanism.array
            flat = array if array.ndim == 1 else array.reshape(-1, array.shape[-1])
            return {"array": flat.tolist()}
        return {"rows": self.rows(mechanism.rows, mechanism.parents, "")}

    def rows(self, rows: tuple[Row, ...], parents: tuple[str, ...], label: str) -> list[Document]:
        """Rows that give a distribution over the child's states."""
        labels = row_labels([row.when for row in rows], parents)
        return [
            {**_when(row.when), "p": self.numbers(row.p, dotted(label, each))}
            for row, each in zip(rows, labels, strict=True)
        ]

    def noisy_or(self, mechanism: NoisyOr) -> Document:
        """Leak, links and preventers."""
        result: Document = {}
        if isinstance(mechanism.leak, NoisyLink):
            leak = mechanism.leak
            labels = row_labels([row.when for row in leak.rows], leak.parents)
            rates = self.rates(leak.rows, [dotted("leak", each) for each in labels])
            result["leak"] = {"parents": list(leak.parents), "rows": rates}
        else:
            result["leak"] = self.number(mechanism.leak, "leak", "probability")
        for key, links in (("links", mechanism.links), ("preventers", mechanism.preventers)):
            if links:
                result[key] = [self.link(link) for link in links]
        return result

    def rates(self, rows: tuple[Rate, ...], labels: list[str]) -> list[Document]:
        """Rows of a link or leak."""
        return [
            {**_when(row.when), "p": self.number(row.p, label, "probability")}
            for row, label in zip(rows, labels, strict=True)
        ]

    def link(self, link: NoisyLink) -> Document:
        """A strength for each state where there is one parent, else rows."""
        whens = [row.when for row in link.rows]
        labels = link_labels(whens, link.parents, self.variables)
        if states := _states_of_one(link.parents, whens):
            strength = {
                state: self.number(row.p, label, "probability")
                for state, row, label in zip(states, link.rows, labels, strict=True)
            }
            result: Document = {"parent": link.parents[0], "strength": strength}
        else:
            result = {"parents": list(link.parents), "rows": self.rates(link.rows, labels)}
        if link.less_with:
            result["less_with"] = {
                modifier: self.numbers(
                    shares, dotted(*link.parents, "less_with", modifier), of=modifier
                )
                for modifier, shares in link.less_with.items()
            }
        return result

    def noisy_max(self, mechanism: NoisyMax) -> Document:
        """Leak and links that each give a distribution over the child's states."""
        result: Document = {}
        if isinstance(mechanism.leak, MaxLink):
            leak = mechanism.leak
            rows = self.rows(leak.rows, leak.parents, "leak")
            result["leak"] = {"parents": list(leak.parents), "rows": rows}
        elif mechanism.leak:
            result["leak"] = self.numbers(mechanism.leak, "leak")
        if mechanism.links:
            result["links"] = [self.max_link(link) for link in mechanism.links]
        return result

    def max_link(self, link: MaxLink) -> Document:
        """One cause of a noisy-MAX."""
        whens = [row.when for row in link.rows]
        labels = link_labels(whens, link.parents, self.variables)
        rows = [self.numbers(row.p, label) for row, label in zip(link.rows, labels, strict=True)]
        if states := _states_of_one(link.parents, whens):
            strength = dict(zip(states, rows, strict=True))
            return {"parent": link.parents[0], "strength": strength}
        listed = [{**_when(when), "p": p} for when, p in zip(whens, rows, strict=True)]
        return {"parents": list(link.parents), "rows": listed}

    def opposing(self, mechanism: Opposing) -> Document:
        """Two noisy-ORs."""
        result: Document = {"low": mechanism.low, "high": mechanism.high}
        for side in ("lowering", "raising"):
            half: NoisyOr = getattr(mechanism, side)
            self.prefix = dotted(self.child.name, side)
            stated = {"parents": list(half.parents)} if self.states_parents(half) else {}
            result[side] = stated | self.noisy_or(half)
        return result

    def logit(self, mechanism: Logit) -> Document:
        """Baseline probabilities and odds ratios."""
        effects = []
        for effect in mechanism.effects:
            ratios: Document = {}
            for state, ratio in effect.odds_ratio.items():
                label = dotted(effect.parent, state_label(self.variables.get(effect.parent), state))
                if isinstance(ratio, Mapping):
                    by_state = self.numbers(ratio, label, "odds_ratio")
                    # A state called "value" must not look like the key of one number.
                    for key in by_state.keys() & {"value", "constant"}:
                        if isinstance(by_state[key], float):
                            by_state[key] = {"value": by_state[key]}
                    ratios[state] = by_state
                else:
                    ratios[state] = self.number(ratio, label, "odds_ratio")
            effects.append({"parent": effect.parent, "odds_ratio": ratios})
        baseline = self.numbers(mechanism.baseline, "baseline")
        return {"baseline": baseline} | ({"effects": effects} if effects else {})

    def cumulative_logit(self, mechanism: CumulativeLogit) -> Document:
        """Baseline probabilities and shifts along the variable's order."""
        effects = []
        for shift in mechanism.effects:
            written: Document = {"parent": shift.parent}
            for side in ("lower", "higher"):
                if ratios := getattr(shift, side):
                    written[side] = self.numbers(ratios, shift.parent, "odds_ratio", shift.parent)
            effects.append(written)
        baseline = self.numbers(mechanism.baseline, "baseline")
        return {"baseline": baseline} | ({"effects": effects} if effects else {})

    def deterministic(self, mechanism: Deterministic) -> Document:
        """Rules from the parents' states to the child's."""
        rows = [{**_when(rule.when), "state": rule.state} for rule in mechanism.rows]
        result: Document = {"rows": rows} if rows else {}
        return result | ({"default": mechanism.default} if mechanism.default else {})

    def reading(self, mechanism: Reading) -> Document:
        """A numeric test."""
        lognormal = mechanism.lognormal
        result: Document = {"unit": mechanism.unit} if mechanism.unit else {}
        result["distribution"] = mechanism.distribution
        result["mean"] = self.number(mechanism.mean, "mean", "mean")
        result["sd"] = self.number(mechanism.sd, "sd", "sd")
        if mechanism.error is not None:
            result["error"] = self.number(mechanism.error, "error", "sd")
            result["defines"] = {"parent": mechanism.defines, "limits": list(mechanism.limits)}
        if mechanism.plausible != _UNBOUNDED:
            result["plausible"] = list(mechanism.plausible)
        if mechanism.units:
            result["units"] = dict(mechanism.units)
        if mechanism.offsets:
            result["offsets"] = dict(mechanism.offsets)
        if mechanism.bins:
            result["bins"] = list(mechanism.bins)
        result["cutpoints"] = list(mechanism.cutpoints)
        if mechanism.shifts:
            kind = "ratio" if lognormal else "difference"
            result["shifts"] = [
                {
                    "parent": shift.parent,
                    **_when(shift.when),
                    "shift": self.numbers(shift.shift, shift.parent, kind, shift.parent),
                }
                for shift in mechanism.shifts
            ]
        return result


def _states_of_one(
    parents: tuple[str, ...], whens: list[Mapping[str, tuple[str, ...]]]
) -> list[str]:
    """The states of the only parent, one a row and each once; empty if the rows say more."""
    if len(parents) != 1 or not all(list(when) == list(parents) for when in whens):
        return []
    states = [when[parents[0]] for when in whens]
    single = [s[0] for s in states if len(s) == 1]
    return single if len(single) == len(states) == len(set(single)) else []


_KINDS: dict[type, Callable[[_MechanismWriter, Any], Document]] = {
    Table: _MechanismWriter.table,
    NoisyOr: _MechanismWriter.noisy_or,
    NoisyMax: _MechanismWriter.noisy_max,
    Opposing: _MechanismWriter.opposing,
    Logit: _MechanismWriter.logit,
    CumulativeLogit: _MechanismWriter.cumulative_logit,
    Deterministic: _MechanismWriter.deterministic,
    Reading: _MechanismWriter.reading,
}
