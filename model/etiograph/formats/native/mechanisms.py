"""From the mechanisms of a model file to those of a network, each number under its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from etiograph.errors import InvalidNetwork
from etiograph.formats.native.places import At, Data, Places
from etiograph.formats.native.schema import is_one_number
from etiograph.formats.native.toml_text import Path
from etiograph.network.logit import CumulativeLogit, LevelOdds, Logit, OddsRatios
from etiograph.network.mechanism import Deterministic, Mechanism, Row, Rule, Table
from etiograph.network.noisy import MaxLink, NoisyLink, NoisyMax, NoisyOr, Opposing, Rate
from etiograph.network.parameter import Number, Parameter
from etiograph.network.parameter_names import dotted, link_labels, row_labels, state_label
from etiograph.network.reading import LevelShift, Reading
from etiograph.network.variable import Variable


class MechanismReader:
    """Builds the mechanism of one variable."""

    def __init__(
        self,
        child: str,
        variables: Mapping[str, Variable],
        places: Places,
        paths: dict[str, Path],
    ) -> None:
        self.places = places
        self.variables = variables
        self.paths = paths
        self.child = variables[child]
        self.prefix = self.child.name
        self.path: Path = ("variables", child, "mechanism")

    def read(self, given: Data) -> Mechanism:
        """The mechanism of a kind the schema knows."""
        with At(self.places, self.path, given):
            return _KINDS[given["kind"]](self, given)

    # numbers

    def number(self, given: Any, label: str, kind: str, path: Path) -> Number:
        """A parameter; a bare probability of 0 or 1 is part of the structure, not a parameter."""
        if isinstance(given, float):
            if kind == "probability" and given in (0.0, 1.0):
                return given
            given = {"value": given}
        elif "constant" in given:
            constant: float = given["constant"]
            return constant
        fields = {"name": dotted(self.prefix, label), "kind": kind, **given}
        with At(self.places, path, given):
            parameter = Parameter(**fields)
        first = self.paths.setdefault(parameter.name, path)
        if first != path and "name" not in given:
            line = self.places.line(first)
            message = f"parameter '{parameter.name}' is stated twice (first: line {line})"
            raise self.places.invalid(path, message)
        return parameter

    def numbers(
        self, given: Data, label: str, path: Path, kind: str = "probability", of: str = ""
    ) -> dict[str, Number]:
        """Numbers by state; the states are those of ``of``, by default of the child."""
        variable = self.variables.get(of) if of else self.child
        return {
            state: self.number(p, dotted(label, state_label(variable, state)), kind, (*path, state))
            for state, p in given.items()
        }

    def when(self, given: Data) -> dict[str, tuple[str, ...]]:
        """A condition: parent to its states; "any" is no condition."""
        result: dict[str, tuple[str, ...]] = {}
        for parent, states in given.items():
            listed = (states,) if isinstance(states, str) else tuple(states)
            known = self.variables.get(parent)
            if listed != ("any",) or (known is not None and "any" in known.states):
                result[parent] = listed
        return result

    # kinds

    def table(self, given: Data) -> Table:
        """Rows, or an array."""
        parents = tuple(given.get("parents", ()))
        if "array" in given:
            if "rows" in given:
                raise InvalidNetwork("a table has either rows or an array")
            return Table(parents, array=self.array(given["array"]))  # type: ignore[arg-type]
        rows = self.rows(given.get("rows", ()), parents, "", self.path)
        return Table(parents, rows)

    def array(self, given: list[Any]) -> list[Any]:
        """Nested lists of numbers, refused before numpy could take text for numbers."""
        level: list[Any] = [given]
        for _ in range(33):
            if not any(isinstance(each, list) for each in level):
                break
            level = [
                item for each in level for item in (each if isinstance(each, list) else [each])
            ]
        for item in level:
            if isinstance(item, bool) or not isinstance(item, int | float):
                path = (*self.path, "array")
                raise self.places.unreadable(path, f"array: expected numbers, found {item!r}")
        return given

    def rows(self, given: Any, parents: tuple[str, ...], label: str, path: Path) -> tuple[Row, ...]:
        """Rows that give a distribution over the child's states."""
        whens = [self.when(row.get("when", {})) for row in given]
        labels = row_labels(whens, parents)
        return tuple(
            Row(when, self.numbers(row["p"], dotted(label, each), (*path, "rows", i, "p")))
            for i, (row, when, each) in enumerate(zip(given, whens, labels, strict=True))
        )

    def noisy_or(self, given: Data, path: Path | None = None) -> NoisyOr:
        """Leak, links and preventers."""
        path = path or self.path
        leak: Number | NoisyLink = 0.0
        if "leak" in given:
            stated = given["leak"]
            at = (*path, "leak")
            if isinstance(stated, dict) and "rows" in stated:
                parents = tuple(stated["parents"])
                whens = [self.when(row.get("when", {})) for row in stated["rows"]]
                labels = [dotted("leak", each) for each in row_labels(whens, parents)]
                leak = NoisyLink(parents, self.rates(stated["rows"], whens, labels, at))
            else:
                leak = self.number(stated, "leak", "probability", at)
        links = [self.link(x, (*path, "links", i)) for i, x in enumerate(given.get("links", ()))]
        preventers = [
            self.link(x, (*path, "preventers", i))
            for i, x in enumerate(given.get("preventers", ()))
        ]
        return NoisyOr(tuple(given.get("parents", ())), leak, tuple(links), tuple(preventers))

    def rates(
        self, given: Any, whens: list[dict[str, tuple[str, ...]]], labels: list[str], path: Path
    ) -> tuple[Rate, ...]:
        """Rows of a link or leak."""
        return tuple(
            Rate(when, self.number(row["p"], label, "probability", (*path, "rows", i, "p")))
            for i, (row, when, label) in enumerate(zip(given, whens, labels, strict=True))
        )

    def link(self, given: Data, path: Path) -> NoisyLink:
        """One cause with a strength for each of its states, or several with rows."""
        if "parent" in given:
            parents: tuple[str, ...] = (given["parent"],)
            strength = self.numbers(
                given["strength"], parents[0], (*path, "strength"), of=parents[0]
            )
            rates = tuple(Rate({parents[0]: (state,)}, p) for state, p in strength.items())
        else:
            parents = tuple(given["parents"])
            whens = [self.when(row.get("when", {})) for row in given["rows"]]
            labels = link_labels(whens, parents, self.variables)
            rates = self.rates(given["rows"], whens, labels, path)
        less_with = {
            modifier: self.numbers(
                shares,
                dotted(*parents, "less_with", modifier),
                (*path, "less_with", modifier),
                of=modifier,
            )
            for modifier, shares in given.get("less_with", {}).items()
        }
        return NoisyLink(parents, rates, less_with)

    def noisy_max(self, given: Data) -> NoisyMax:
        """Leak and links that each give a distribution over the child's states."""
        stated = given.get("leak", {})
        at = (*self.path, "leak")
        leak: MaxLink | dict[str, Number]
        if isinstance(stated.get("rows"), list):
            parents = tuple(stated["parents"])
            leak = MaxLink(parents, self.rows(stated["rows"], parents, "leak", at))
        else:
            leak = self.numbers(stated, "leak", at)
        links = [
            self.max_link(x, (*self.path, "links", i)) for i, x in enumerate(given.get("links", ()))
        ]
        return NoisyMax(tuple(given.get("parents", ())), leak, tuple(links))

    def max_link(self, given: Data, path: Path) -> MaxLink:
        """One cause of a noisy-MAX."""
        if "parent" not in given:
            parents = tuple(given["parents"])
            whens = [self.when(row.get("when", {})) for row in given["rows"]]
            labels = link_labels(whens, parents, self.variables)
            return MaxLink(
                parents,
                tuple(
                    Row(when, self.numbers(row["p"], label, (*path, "rows", i, "p")))
                    for i, (row, when, label) in enumerate(
                        zip(given["rows"], whens, labels, strict=True)
                    )
                ),
            )
        parent = given["parent"]
        known = self.variables.get(parent)
        return MaxLink.of(
            parent,
            {
                state: self.numbers(
                    p, dotted(parent, state_label(known, state)), (*path, "strength", state)
                )
                for state, p in given["strength"].items()
            },
        )

    def opposing(self, given: Data) -> Opposing:
        """Two noisy-ORs."""
        sides = {}
        for side in ("lowering", "raising"):
            self.prefix = dotted(self.child.name, side)
            sides[side] = self.noisy_or(given[side], (*self.path, side))
        ends = {key: given[key] for key in ("low", "high") if key in given}
        parents = tuple(given.get("parents", ()))
        return Opposing(sides["lowering"], sides["raising"], parents=parents, **ends)

    def logit(self, given: Data) -> Logit:
        """Baseline probabilities and odds ratios."""
        baseline = self.numbers(given["baseline"], "baseline", (*self.path, "baseline"))
        effects = []
        for i, effect in enumerate(given.get("effects", ())):
            parent, path = effect["parent"], (*self.path, "effects", i, "odds_ratio")
            ratios: dict[str, Any] = {}
            for state, ratio in effect["odds_ratio"].items():
                label = dotted(parent, state_label(self.variables.get(parent), state))
                if is_one_number(ratio):
                    ratios[state] = self.number(ratio, label, "odds_ratio", (*path, state))
                else:
                    ratios[state] = self.numbers(ratio, label, (*path, state), "odds_ratio")
            effects.append(OddsRatios(parent, ratios))
        return Logit(tuple(given.get("parents", ())), baseline, tuple(effects))

    def cumulative_logit(self, given: Data) -> CumulativeLogit:
        """Baseline probabilities and shifts along the variable's order."""
        baseline = self.numbers(given["baseline"], "baseline", (*self.path, "baseline"))
        shifts = []
        for i, effect in enumerate(given.get("effects", ())):
            parent, path = effect["parent"], (*self.path, "effects", i)
            lower, higher = (
                self.numbers(effect.get(side, {}), parent, (*path, side), "odds_ratio", of=parent)
                for side in ("lower", "higher")
            )
            shifts.append(LevelOdds(parent, lower, higher))
        return CumulativeLogit(tuple(given.get("parents", ())), baseline, tuple(shifts))

    def deterministic(self, given: Data) -> Deterministic:
        """Rules from the parents' states to the child's."""
        rules = [
            Rule(self.when(row.get("when", {})), row["state"]) for row in given.get("rows", ())
        ]
        parents = tuple(given.get("parents", ()))
        return Deterministic(parents, tuple(rules), given.get("default", ""))

    def reading(self, given: Data) -> Reading:
        """A numeric test."""
        lognormal = given.get("distribution") == "lognormal"
        shifts = []
        for i, shift in enumerate(given.get("shifts", ())):
            parent, path = shift["parent"], (*self.path, "shifts", i, "shift")
            kind = "ratio" if lognormal else "difference"
            by = self.numbers(shift["shift"], parent, path, kind, of=parent)
            shifts.append(LevelShift(parent, by, self.when(shift.get("when", {}))))
        plain = {
            key: given[key]
            for key in (
                "unit",
                "distribution",
                "plausible",
                "units",
                "offsets",
                "cutpoints",
                "bins",
            )
            if key in given
        }
        defines = given.get("defines", {})
        if "error" in given:
            plain["error"] = self.number(given["error"], "error", "sd", (*self.path, "error"))
        return Reading(
            parents=tuple(given.get("parents", ())),
            defines=defines.get("parent", ""),
            limits=tuple(defines.get("limits", ())),
            mean=self.number(given["mean"], "mean", "mean", (*self.path, "mean")),
            sd=self.number(given["sd"], "sd", "sd", (*self.path, "sd")),
            shifts=tuple(shifts),
            **plain,
        )


_KINDS: dict[str, Callable[[MechanismReader, Data], Mechanism]] = {
    "table": MechanismReader.table,
    "noisy_or": MechanismReader.noisy_or,
    "noisy_max": MechanismReader.noisy_max,
    "opposing": MechanismReader.opposing,
    "logit": MechanismReader.logit,
    "cumulative_logit": MechanismReader.cumulative_logit,
    "deterministic": MechanismReader.deterministic,
    "reading": MechanismReader.reading,
}
