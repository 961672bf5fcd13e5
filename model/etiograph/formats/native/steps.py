"""Checks of what a model file states about the next steps: harms and panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etiograph.formats.native.places import Data, Places
from etiograph.formats.native.rules import RuleChecker, check_states
from etiograph.formats.native.toml_text import Path
from etiograph.network.network import Network

COSTS = ("money", "burden", "time")


class StepsChecker:
    """Refuses harms and panels on unknown names, and prices and harms that make no sense."""

    def __init__(self, network: Network, places: Places) -> None:
        self.network = network
        self.places = places
        self.rules = RuleChecker(network, places)

    def check(self, stated: Data) -> None:
        """Check `next_steps` of a file."""
        start: Path = ("next_steps",)
        if stated.get("question", 1.0) <= 0.0 or stated.get("information", 0.0) < 0.0:
            raise self.places.invalid(
                start, "a question costs more than 0, information weighs 0 or more"
            )
        panels, harms = stated.get("panels", ()), stated.get("harms", ())
        self.check_ids(panels, (*start, "panels"), self.network.variables)
        self.check_ids(harms, (*start, "harms"), {})
        for i, panel in enumerate(panels):
            self.check_panel(panel, (*start, "panels", i))
        known = {panel["id"] for panel in panels}
        for i, harm in enumerate(harms):
            self.check_harm(harm, (*start, "harms", i), known)

    def check_ids(self, items: Sequence[Data], path: Path, taken: Mapping[str, Any]) -> None:
        """Refuse two of one name, and a panel that is called like a variable."""
        seen: set[str] = set()
        for i, item in enumerate(items):
            if item["id"] in seen or item["id"] in taken:
                raise self.places.invalid((*path, i, "id"), f"the name '{item['id']}' is taken")
            seen.add(item["id"])

    def check_panel(self, panel: Data, path: Path) -> None:
        """A panel has readings, or a time at which it is wanted and what it is worth then."""
        if not sum(panel.get(key, 0.0) for key in COSTS) > 0.0:
            message = f"panel '{panel['id']}' has no cost above 0 ({', '.join(COSTS)})"
            raise self.places.invalid(path, message)
        for j, name in enumerate(panel.get("readings", ())):
            if name not in self.network.variables:
                where = (*path, "readings", j)
                raise self.places.unknown(where, name, "variable", self.network.variables)
        if not panel.get("readings") and not panel.keys() >= {"when", "worth"}:
            message = f"panel '{panel['id']}' needs readings, or 'when' and 'worth'"
            raise self.places.invalid(path, message)
        self.rules.check_condition(panel.get("when", {}), (*path, "when"))

    def check_harm(self, harm: Data, path: Path, panels: set[str]) -> None:
        """A harm is of one variable, or suspected at a stated probability where something is found."""
        of = harm.get("of")
        if (of is None) == ("p" not in harm) or (of is None and "when" not in harm):
            message = f"harm '{harm['id']}' needs 'of' one variable, or 'when' and 'p'"
            raise self.places.invalid(path, message)
        if of is not None:
            if len(of) != 1:
                message = f"harm '{harm['id']}' is of one variable"
                raise self.places.invalid((*path, "of"), message)
            check_states(of, (*path, "of"), self.network.variables, self.places)
        if harm["missed"] <= 0.0 or harm["needless"] <= 0.0 or not 0.0 <= harm.get("p", 0.0) <= 1.0:
            message = f"harm '{harm['id']}': harms are above 0 and a probability is in 0 to 1"
            raise self.places.invalid(path, message)
        self.rules.check_condition(harm.get("when", {}), (*path, "when"))
        variables = {**self.network.variables, **self.network.flags}
        for key, known in (("ask", variables), ("test", {**variables, **dict.fromkeys(panels)})):
            for j, name in enumerate(harm.get(key, ())):
                if name not in known:
                    kind = "variable" if key == "ask" else "test or panel"
                    raise self.places.unknown((*path, key, j), name, kind, known)
