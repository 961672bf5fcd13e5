"""What could help: every change by its effect on the outcome, each with its range and its cautions."""

from __future__ import annotations

from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.decision.intervention_words import change_words
from etiograph.decision.interventions import outcome_of, outcomes, states_changes
from etiograph.decision.rounding import of_counts
from etiograph.decision.speaking import cases, said_of
from etiograph.errors import EtiographError

from . import answers, charts, current, first, labels, late, sources, state, texts
from .cases import Pairs
from .place import Place

SHOWN = 6  # changes that help, before a reader asks for all
WORSE = 3  # changes that make it worse


class Helps:
    """The section on the page: closed, it costs nothing; open, the numbers first and their ranges later."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.place: Place | None = None
        self.outcome: str | None = None
        with st.expander(
            texts.HELPS_TITLE, icon=":material/healing:", key="helps", on_change=state.stay
        ) as box:
            if box.open:
                self._inside()

    def _inside(self) -> None:
        if first.emergency(self.network):
            st.html(charts.note(texts.WARNING_FIRST))
            return
        if not states_changes(self.network):  # a change of anything at all would help nobody
            st.html(charts.note(texts.HELPS_UNSTATED))
            return
        self.outcome = self._asked()
        if self.outcome is None:
            st.html(charts.note(texts.HELPS_NOTHING))
            return
        self.place, self.below = Place(st.container()), st.container()
        self.place.html(charts.note(f"{texts.HELPS_WORKING} ..."))

    def _asked(self) -> str | None:
        """The outcome: that of the network, else one that the reader picks."""
        network = self.network
        if (target := labels.target(network)) is not None:
            return target
        try:
            likely = outcome_of(network, dict(current.seen())).variable
        except EtiographError:
            return None
        names = list(outcomes(network))
        if st.session_state.get("helps-outcome") not in names:
            state.view("helps-outcome", likely)
        return st.selectbox(
            texts.HELPS_OUTCOME,
            names,
            key="helps-outcome",
            format_func=lambda name: labels.title(network.variables[name]),
            persist_state="session",
            on_change=state.stay,
        )

    def finish(self) -> None:
        """Work the changes out, and then how sure they are, a change at a time."""
        if self.place is None or self.outcome is None:
            return
        network, known = self.network, current.seen()
        with late.turn():
            found = late.what_helps(network, known, self.outcome)
        if isinstance(found, str):
            self.place.html(charts.caveat(found))
            return
        helping = found.helping()
        with self.below:
            everything = len(helping) <= SHOWN + 1 or st.toggle(
                texts.helps_all(len(helping)), key="helps-all", on_change=state.stay
            )
        shown = helping if everything else helping[:SHOWN]
        worse = found.harming()[:WORSE]
        ranges: dict[tuple[str, str], tuple[float, float]] = {}
        self._draw(found, shown, worse, ranges)
        event: Any = ((found.event.variable, found.event.states),)
        for each in (*shown, *worse) if network.has_ranges else ():
            change: Pairs = ((each.variable, each.state),)
            with late.turn():  # a change at a time: others take their turns between
                sides = late.contrasts(network, known, change, "after", event)
            for sure in sides:
                ranges[each.variable, each.state] = (sure.difference.low, sure.difference.high)
            self._draw(found, shown, worse, ranges)

    def _draw(self, found: Any, shown: Any, worse: Any, ranges: Any) -> None:
        network, kind = self.network, cases(self.network)
        assert self.place is not None
        horizon = "" if network.horizon is None else str(network.horizon)
        outcome = texts.lower_first(found.event.label(network))
        parts = [charts.headline(said_of(kind, texts.helps_head(outcome, found.p, horizon)))]
        if shown or worse:
            rows = [
                [self._row(each, ranges.get((each.variable, each.state))) for each in listed]
                for listed in (shown, worse)
            ]
            fired = [flag for listed in rows for each in listed for flag in each.cautions]
            links = sources.addresses(fired)
            parts.append(charts.changes(*rows, links, ranges=network.has_ranges))
        if not shown:
            parts.insert(1, charts.note(texts.HELPS_NONE))
        rest = len(found.changes) - len(found.helping()) - len(found.harming())
        said = [texts.helps_rest(rest)] if rest and (shown or worse) else []
        said += [texts.helps_refused(len(found.refused))] if found.refused else []
        said.append(said_of(kind, texts.HELPS_NOTE))
        if network.has_ranges and len(ranges) < len(shown) + len(worse):
            said.insert(0, texts.HELPS_COMING)
        parts.append(charts.note(" ".join(said), small=True))
        self.place.html("".join(parts))

    def _row(self, each: Any, ends: tuple[float, float] | None) -> charts.Change:
        flags = tuple(answers.as_flag(flag) for flag in each.cautions)
        shown = of_counts(each.p - each.difference, each.p) or each.difference
        return charts.Change(change_words(self.network, each), shown, ends, flags)
