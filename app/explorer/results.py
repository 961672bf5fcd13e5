"""The answer beside the findings: warning signs, headline, ranked possible causes, what to ask next."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from etiograph import Network
from etiograph.query.links import stand_ins

from . import (
    answers,
    behind,
    charts,
    first,
    frame,
    inputs,
    labels,
    late,
    order,
    sources,
    state,
    texts,
)
from .markup import md

SHOWN = 10  # possible causes shown before a reader asks for all


def warnings(network: Network) -> None:
    """Warning signs: above any probability, whatever the probabilities say."""
    fired = answers.flags(network, state.case().findings)
    with st.container():  # there without a sign, too, so that nothing below is taken for it
        if fired:
            st.html(charts.flags(fired, sources.addresses(fired)))


def entered(network: Network) -> None:
    """What is known, on a page that does not ask for it."""
    shown = [labels.show(network, name, value) for name, value in state.case().findings]
    st.subheader(texts.KNOWN, anchor=False)
    if shown:
        st.markdown("\n".join(f"- {md(text)}" for text in shown))
    else:
        st.html(charts.note(texts.NOTHING_ELSEWHERE))


class Answer:
    """The present case answered, in two passes: numbers at once, how sure they are when it is known.

    Between the passes other parts of the page are drawn, so that nothing waits for the ranges.
    """

    def __init__(self, network: Network) -> None:
        """Draw everything but the ranges. Fixed places: nothing pushes a stale copy of what is below."""
        self.network = network
        self.now = answers.posterior(network, state.seen())
        self.base = answers.posterior(network, ())
        self.ranged = network.has_ranges
        above, choice, self.place = st.container(), st.container(), st.empty()
        below = st.container()
        with above:
            self._above()
        self.view = "present"
        self.everything = True
        self.rare = ""
        if not self.base.ok:
            return
        if self.now.ok and self.acting:
            with choice:
                self.view = _view()
        if self.view == "needed":
            _needed(network, self.place)
            return
        count = len(self._bars(None))
        self.everything = count <= SHOWN + 1 or below.toggle(
            texts.all_causes(count), key="all-causes", persist_state="session"
        )
        self._draw(None)

    @property
    def acting(self) -> bool:
        """Whether one can ask which causes took part in the outcome: it may be there."""
        known = behind.with_outcome(self.network, state.seen())
        return behind.asked(self.network) and known is not None

    def finish(self) -> None:
        """Add how sure the numbers are."""
        if self.view == "needed" or not (self.now.ok and self.ranged):
            return
        self.rare = late.rarity(self.network, state.seen())
        known = behind.with_outcome(self.network, state.seen())
        if self.view == "behind" and known is not None:
            self._draw(late.ranges(self.network, known, behind=True))
        else:
            self._draw(late.ranges(self.network, state.seen()))

    def _above(self) -> None:
        if self.now.conflict:
            impossible(self.network, self.now.conflict)
        elif self.now.problem:
            st.error(md(self.now.problem), title=texts.UNANSWERED_TITLE)
        if state.case():
            inputs.chips(self.network)
        else:
            frame.example_buttons(self.network)

    def _draw(self, found: late.Uncertain | None) -> None:
        bars = self._bars(found)
        ok = self.now.ok
        top = max(bars, key=lambda bar: -1.0 if bar.p is None else bar.p, default=None)
        cases = labels.cases(self.network)
        sentence = _headline(self.network, top, self.view)
        sentence = texts.of_cases(sentence, cases)
        parts = [first.act(self.network), charts.headline(sentence)] if ok else []
        if ok and state.case().findings:
            fired = answers.flags(self.network, state.case().findings)
            parts.append(charts.dock(sentence, fired[0] if fired else None))
        parts.append(charts.note(self._how_sure(found) if ok else texts.IMPOSSIBLE_BARS))
        parts += [charts.caveat(self.rare)] if self.rare else []
        rows = bars if self.everything else bars[:SHOWN]
        none = self._none(found, wait=ok and self.ranged and found is None)
        words, several = {}, texts.SEVERAL_CASES if cases else texts.SEVERAL
        if self.view == "behind":
            outcome = labels.title(self.network.variables[labels.target(self.network) or ""])
            words = {
                "base": texts.base_behind(outcome),
                "first": texts.COLUMN_BEHIND,
                "second": texts.COLUMN_PRESENT,
            }
            several = texts.behind_note(outcome)
        ranged = ok and self.ranged
        parts.append(charts.ranking([*rows, *none], texts.CAUSES, ranges=ranged, **words))
        if ok:
            parts.append(charts.note(f"{several} {texts.NOT_SEEN if self.ranged else ''}"))
        self.place.html("".join(parts))  # one element: old and new are never on the screen together

    def _how_sure(self, found: late.Uncertain | None) -> str:
        if not self.ranged:
            return texts.RANGES_NONE
        if found is None:
            return texts.RANGES_COMING
        return texts.how_sure(found.verdict, found.draws) if found.verdict else texts.RANGES_FAILED

    def _bars(self, found: late.Uncertain | None) -> list[charts.Bar]:
        """A bar for each possible cause; by baseline without an answer. Rows keep their places."""
        if self.view == "behind":
            earlier = state.previous()
            before = labels.in_order(self.network, earlier.findings) if earlier else None
            ranges = found.behind if found else {}
            bars = behind.bars(self.network, state.seen(), before, ranges)
        else:
            bars = self._present(found)
        by = {key: (bar.base or 0.0) if bar.p is None else bar.p for key, bar in bars.items()}
        shown = order.steady(st.session_state["order"], by)
        st.session_state["order"] = shown
        exact = state.researcher()
        return charts.in_order([replace(bars[key], exact=exact) for key in shown])

    def _present(self, found: late.Uncertain | None) -> dict[str, charts.Bar]:
        """A bar for each possible cause still open."""
        network, now, base = self.network, self.now, self.base
        earlier = state.previous()
        before = (
            answers.posterior(network, labels.in_order(network, earlier.findings))
            if earlier
            else now
        )
        nothing = (None, None)
        bars = {}
        for row in labels.cause_rows(network):
            if state.case().value(row.name) is not None:
                continue
            low, high = found.ranges.get((row.name, row.state), nothing) if found else nothing
            bars[f"{row.name}={row.state}"] = charts.Bar(
                label=row.label,
                p=now.p[row.name][row.state] if now.ok else None,
                base=base.p[row.name][row.state],
                before=before.p[row.name][row.state] if before.ok else None,
                low=low,
                high=high,
                help=row.help,
            )
        return bars

    def _none(self, found: late.Uncertain | None, *, wait: bool) -> list[charts.Bar]:
        """The row for what no named cause explains, always the last; its number may come later."""
        network = self.network
        outcome = labels.target(network) if self.acting else None
        label = labels.title(network.variables[outcome]) if outcome else None
        base = answers.none_of(network, ())
        now = answers.none_of(network, state.seen()) if self.now.ok and not wait else None
        there = not behind.asked(network) or self.acting
        if base is None or not there or (self.now.ok and not wait and now is None):
            return []
        low, high = (found.alone if found else None) or (None, None)
        under = texts.none_under(label)
        if labels.cases(network):
            under = texts.NONE_UNDER_CASES
        bar = charts.Bar(
            texts.none_label(label), now, base, low=low, high=high, under=under, last=True
        )
        return [bar]


def _view() -> str:
    """Behind it, present, or needed: which question the bars answer; the first unless a reader chooses."""
    session = st.session_state
    if not session.get("view-chosen"):
        session["view"] = "behind"
    chosen = st.segmented_control(
        texts.VIEW,
        list(texts.VIEWS),
        key="view",
        required=True,
        format_func=texts.VIEWS.__getitem__,
        label_visibility="collapsed",
        persist_state="session",
        on_change=_chose,
    )
    return chosen or "present"


def _chose() -> None:
    st.session_state["view-chosen"] = True


def _headline(network: Network, first: charts.Bar | None, view: str) -> str:
    outcome = ""
    if view == "behind":
        outcome = labels.title(network.variables[labels.target(network) or ""])
    if not state.case().findings or first is None or first.p is None:
        return texts.start_head(outcome)
    if outcome:
        return texts.behind_headline(
            first.label, outcome, first.p, first.low, first.high, first.width
        )
    return texts.headline(first.label, first.p, first.low, first.high, first.width)


def _needed(network: Network, place: st.delta_generator.DeltaGenerator) -> None:
    """Bars of causes without which there would be no outcome."""
    outcome = labels.target(network)
    if outcome is None:
        return
    event = labels.notable(network.variables[outcome])[0]
    with st.spinner(texts.WORKING):
        shares = answers.shares(network, state.seen(), outcome, event, needed=True)
    named = behind.events(network)
    rows, last = [], []
    for share in shares:
        if share.needed != share.needed:
            continue  # NaN: not asked of this mechanism
        if share.cause not in named:
            last.append(charts.Bar(texts.IDIOPATHIC, share.needed, last=True))
        elif share.cause not in stand_ins(network):
            what = behind.label(network, named[share.cause], state.seen())
            rows.append(charts.Bar(what, share.needed))
    rows.sort(key=lambda bar: -(bar.p or 0.0))
    sentence = charts.headline(texts.needed_sentence(labels.title(network.variables[outcome])))
    table = charts.ranking([*rows[:SHOWN], *last], texts.VIEWS["needed"])
    place.html(sentence + table + charts.note(texts.NEEDED_NO_RANGES))


def impossible(network: Network, conflict: tuple[str, ...]) -> None:
    """Name the smallest set of findings that contradict each other, with a way out."""
    case = state.case()
    with st.container(key="impossible", border=True):
        st.warning(texts.IMPOSSIBLE_TEXT, title=texts.IMPOSSIBLE_TITLE)
        with st.container(horizontal=True, gap="small"):
            for name in conflict:
                st.button(
                    md(labels.show(network, name, case.value(name) or "")),
                    key=f"conflict.{name}",
                    icon=":material/close:",
                    icon_position="right",
                    help=texts.TAKE_BACK,
                    on_click=state.commit_finding,
                    args=(name, None),
                )
