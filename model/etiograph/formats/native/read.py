"""From the checked data of a model file to a network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from etiograph.errors import EtiographError, UnknownName
from etiograph.formats.native.mechanisms import MechanismReader
from etiograph.formats.native.places import At, Data, Places, find, relocated
from etiograph.formats.native.rules import RuleChecker, check_states
from etiograph.formats.native.steps import StepsChecker
from etiograph.formats.native.toml_text import Path
from etiograph.network.cohort import SECTIONS
from etiograph.network.mechanism import Mechanism
from etiograph.network.network import Network
from etiograph.network.parameter import Number
from etiograph.network.spread import Spread
from etiograph.network.variable import Variable

_ROW = re.compile(r"\brow (\d+)\b")
_QUOTED = re.compile(r"'([^']*)'")


class NetworkReader:
    """Builds the network of one file; whatever is refused is refused at its line."""

    def __init__(self, data: Data, places: Places) -> None:
        self.data = data
        self.places = places
        self.variables: dict[str, Variable] = {}
        self.parameter_paths: dict[str, Path] = {}

    def read(self) -> Network:
        """The network."""
        for name, given in self.data["variables"].items():
            self.variables[name] = self.variable(name, given, ("variables", name), {})
        flags = {
            name: self.variable(name, given, ("flags", name), {"role": "flag"})
            for name, given in self.data.get("flags", {}).items()
        }
        mechanisms = {
            name: MechanismReader(name, self.variables, self.places, self.parameter_paths).read(
                given["mechanism"]
            )
            for name, given in self.data["variables"].items()
        }
        about = dict(self.data.get("about", {}))
        about |= {key: self.data[key] for key in SECTIONS if key in self.data}
        with At(self.places, ("between_sources",), self.data.get("between_sources", {})):
            Spread.of(about)
        rules = tuple(self.data.get("rules", ()))
        try:
            network = Network(self.variables, mechanisms, flags, rules, about)
        except (EtiographError, RecursionError) as error:
            raise self.placed(error, mechanisms) from error
        RuleChecker(network, self.places).check(self.data.get("rules", ()))
        self.check_about(network)
        StepsChecker(network, self.places).check(self.data.get("next_steps", {}))
        return network

    def variable(self, name: str, given: Data, path: Path, defaults: Data) -> Variable:
        """A variable or flag, its keys named as the fields of `Variable`."""
        fields = {key: value for key, value in given.items() if key != "mechanism"}
        if "states" not in fields:
            fields["states"] = ("absent", "present")
        if isinstance(fields.get("codes"), list):
            for i, pair in enumerate(fields["codes"]):
                if len(pair) != 2:
                    where = (*path, "codes", i)
                    raise self.places.invalid(where, "a code is a pair: [system, code]")
        if isinstance(fields.get("lasting"), str):
            fields["lasting"] = (fields["lasting"],)
        if "persistence" in fields:
            fields["persistence"] = self.persistence(name, fields["persistence"], path)
        with At(self.places, path, fields):
            return Variable(name=name, **{**defaults, **fields})

    def persistence(self, name: str, given: Any, path: Path) -> Number:
        """The share of a variable's noise that lasts: a number like those of its mechanism."""
        reader = MechanismReader(
            name, {name: Variable(name, ("any",))}, self.places, self.parameter_paths
        )
        return reader.number(given, "persistence", "probability", (*path, "persistence"))

    # errors of the network as a whole

    def placed(
        self, error: EtiographError | RecursionError, mechanisms: Mapping[str, Mechanism]
    ) -> EtiographError:
        """An error of the whole network at the line that causes it."""
        for name, mechanism in mechanisms.items():
            try:
                mechanism.settled(self.variables[name], self.variables)
            except EtiographError as found:
                path: Path = ("variables", name, "mechanism")
                given = self.data["variables"][name]["mechanism"]
                return relocated(found, self.places, self.nearer(found, path, given))
        names = _QUOTED.findall(str(error)) or str(error).rpartition(": ")[2].split(" -> ")
        for name in reversed(names):
            if name in self.parameter_paths:
                return relocated(error, self.places, self.parameter_paths[name])
        for name in names:
            if name in self.data.get("flags", {}):
                return relocated(error, self.places, ("flags", name))
            if name in mechanisms:
                return relocated(error, self.places, ("variables", name, "mechanism"))
        return relocated(error, self.places, ("variables",))

    def nearer(self, error: EtiographError, path: Path, given: Data) -> Path:
        """The path inside a mechanism that an error speaks of, as near as can be told."""
        if isinstance(error, UnknownName):
            return (*path, *find(given, str(error.name)))
        for name in _QUOTED.findall(str(error)):
            if name in self.parameter_paths:
                return self.parameter_paths[name]
        if match := _ROW.search(str(error)):
            return (*path, "rows", int(match[1]) - 1)
        return path

    # what the network does not check itself

    def check_forbidden(self, network: Network, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Refuse rows of a table, said never to be met, that it does not have."""
        path: Path = ("about", "forbidden", name)
        if name not in network.variables:
            raise self.places.unknown(path, name, "variable", network.variables)
        parents = network.parents(name)
        for row in rows:
            if len(row) != len(parents):
                message = f"a row of {name!r} names a state of each of {', '.join(parents)}"
                raise self.places.invalid(path, message)
            given = dict(zip(parents, row, strict=True))
            check_states(given, path, network.variables, self.places)

    def check_about(self, network: Network) -> None:
        """Refuse names in `about` and `calibration` that the network does not have."""
        about = self.data.get("about", {})
        path: Path
        if "target" in about and about["target"] not in network.variables:
            path = ("about", "target")
            raise self.places.unknown(path, about["target"], "variable", network.variables)
        for i, name in enumerate(about.get("causes", ())):
            if name not in network.variables:
                path = ("about", "causes", i)
                raise self.places.unknown(path, name, "variable", network.variables)
        for i, name in enumerate(about.get("baseline", ())):
            if name not in network.variables:
                path = ("about", "baseline", i)
                raise self.places.unknown(path, name, "variable", network.variables)
        for name in about.get("blamed", {}):
            if name not in network.variables:
                path = ("about", "blamed", name)
                raise self.places.unknown(path, name, "variable", network.variables)
        for name, rows in about.get("forbidden", {}).items():
            self.check_forbidden(network, name, rows)
        if groups := about.get("groups"):
            for kind in ("variables", "flags"):
                for name, given in self.data.get(kind, {}).items():
                    if given.get("group", groups[0]) not in groups:
                        path = (kind, name, "group")
                        raise self.places.unknown(path, given["group"], "group", groups)
        for i, item in enumerate(self.data.get("calibration", ())):
            where: Path = ("calibration", i)
            if item["solve"] not in network.parameters:
                path = (*where, "solve")
                raise self.places.unknown(path, item["solve"], "parameter", network.parameters)
            for key in ("of", "given", "do"):
                check_states(item.get(key, {}), (*where, key), network.variables, self.places)
