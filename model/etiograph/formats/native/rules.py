"""Checks of the rules of a model file that the network itself does not make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etiograph.formats.native.places import Data, Places
from etiograph.formats.native.toml_text import Path
from etiograph.network.network import Network
from etiograph.network.reading import Reading
from etiograph.network.rules import LEVELS, WORDS, Alternative, Band, Rule, conditions, cycle, ways
from etiograph.network.variable import Variable


class RuleChecker:
    """Refuses rules on unknown names, rules that can never fire, and silence that makes no sense."""

    def __init__(self, network: Network, places: Places) -> None:
        self.network = network
        self.places = places
        self.variables = {**network.variables, **network.flags}

    def check(self, rules: Sequence[Rule]) -> None:
        """Check all rules of a file."""
        seen: dict[str, Rule] = {}
        for i, rule in enumerate(rules):
            where: Path = ("rules", i)
            if rule["id"] in seen:
                message = f"two rules are called '{rule['id']}'"
                raise self.places.invalid((*where, "id"), message)
            seen[rule["id"]] = rule
            if rule["level"] not in LEVELS:
                path = (*where, "level")
                raise self.places.unknown(path, rule["level"], "level of a rule", LEVELS)
            if not rule.keys() & {"when", "any", "change"}:
                message = f"rule '{rule['id']}' has no 'when', 'any' or 'change'"
                raise self.places.invalid(where, message)
            self.check_condition(rule.get("when", {}), (*where, "when"))
            for j, each in enumerate(rule.get("any", ())):
                self.check_condition(each, (*where, "any", j))
            check_states(rule.get("change", {}), (*where, "change"), self.variables, self.places)
            self.check_fires(rule, where)
        for i, rule in enumerate(rules):
            self.check_silences(rule, ("rules", i), seen)
        if circle := cycle(rules):
            at = next(i for i, rule in enumerate(rules) if rule["id"] == circle[0])
            message = f"rules silence one another in a circle: {' -> '.join(circle)}"
            raise self.places.invalid(("rules", at, "silences"), message)

    def check_condition(self, condition: Data, path: Path) -> None:
        """Refuse unknown variables or states, limits on what is no reading, and conditions out of place."""
        for name, wanted in condition.items():
            if name in WORDS:
                self.check_nested(name, wanted, (*path, name))
            elif isinstance(wanted, Mapping):
                if name not in self.variables:
                    raise self.places.unknown((*path, name), name, "variable", self.variables)
                if not isinstance(self.network.mechanisms.get(name), Reading):
                    message = f"'{name}' is no reading: it is not below or above a number"
                    raise self.places.invalid((*path, name), message)
            else:
                check_states({name: wanted}, path, self.variables, self.places)

    def check_nested(self, word: str, wanted: Any, path: Path) -> None:
        """Check the conditions under 'all', 'any' or 'not'."""
        if word in self.variables:
            message = f"'{word}' is a variable here: a rule cannot tell it from the word '{word}'"
            raise self.places.invalid(path, message)
        one = word == "not"
        fits = isinstance(wanted, Mapping) if one else isinstance(wanted, list) and bool(wanted)
        if not fits or (not one and not all(isinstance(each, Mapping) for each in wanted)):
            expected = "one condition" if one else "a list of conditions"
            raise self.places.unreadable(path, f"'{word}' holds {expected}")
        for i, each in enumerate((wanted,) if one else wanted):
            self.check_condition(each, path if one else (*path, i))

    def check_fires(self, rule: Rule, where: Path) -> None:
        """Refuse a rule that no case can set off, and one that nothing found or changed sets off."""
        either = conditions(rule) if rule.get("any", True) else ()
        if "change" in rule and not rule.keys() & {"when", "any"}:
            either = ({},)
        possible = [way for each in either for way in ways(each) if self.possible(way, rule)]
        if not possible:
            raise self.places.invalid(where, f"nothing can set off rule '{rule['id']}'")
        if "change" not in rule and not all(way.found for way in possible):
            message = (
                f"rule '{rule['id']}' is set off by nothing found: 'not' alone is no condition"
            )
            raise self.places.invalid(where, message)

    def possible(self, way: Alternative, rule: Rule) -> bool:
        """Whether some findings meet all parts of a way, in the state before the change of the rule."""
        bands: dict[str, Band] = {}
        states: dict[str, set[str]] = {}
        for name, wanted in way.found:
            if isinstance(wanted, Mapping):
                bands[name] = bands.get(name, Band()).meets(Band.of(wanted))
            else:
                states.setdefault(name, set(self.variables[name].states)).intersection_update(
                    {wanted} if isinstance(wanted, str) else wanted
                )
        for condition in way.absent:
            # Only a condition on one variable excludes its states; of several, one may fail.
            if len(condition) == 1:
                ((name, wanted),) = condition.items()
                if name in states and not isinstance(wanted, Mapping):
                    states[name] -= {wanted} if isinstance(wanted, str) else set(wanted)
        for name, wanted in rule.get("change", {}).items():
            to = {wanted} if isinstance(wanted, str) else set(wanted)
            if name in states and len(to) == 1:
                states[name] -= to
        return all(states.values()) and not any(self.outside(n, b) for n, b in bands.items())

    def outside(self, name: str, band: Band) -> bool:
        """Whether no plausible value of a reading lies in a band."""
        reading = self.network.mechanisms[name]
        assert isinstance(reading, Reading)
        low, high = reading.plausible
        return band.meets(Band(low, high, low_included=True, high_included=True)).empty

    def check_silences(self, rule: Rule, where: Path, known: Mapping[str, Rule]) -> None:
        """Refuse silence of rules that do not exist, or that are more pressing."""
        for j, name in enumerate(rule.get("silences", ())):
            path: Path = (*where, "silences", j)
            if name not in known:
                raise self.places.unknown(path, name, "rule", known)
            if LEVELS.index(known[name]["level"]) < LEVELS.index(rule["level"]):
                message = f"rule '{rule['id']}' cannot silence '{name}', which is more pressing"
                raise self.places.invalid(path, message)


def check_states(when: Data, path: Path, variables: Mapping[str, Variable], places: Places) -> None:
    """Refuse a condition on unknown variables or states."""
    for name, wanted in when.items():
        if name not in variables:
            raise places.unknown((*path, name), name, "variable", variables)
        for state in [wanted] if isinstance(wanted, str) else wanted:
            if state not in variables[name].states:
                kind = f"state of {name!r}"
                raise places.unknown((*path, name), state, kind, variables[name].states)
