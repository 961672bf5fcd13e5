"""The answer beside the findings: warning signs, headline, ranked possible causes, what to ask next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.decision.behind import asks_part
from etiograph.decision.speaking import cases, said_of
from etiograph.query.links import stand_ins

from . import (
    answers,
    behind,
    charts,
    current,
    first,
    frame,
    labels,
    late,
    order,
    sources,
    state,
    texts,
    why,
)
from .cases import CaseValue
from .markup import md
from .place import Place

SHOWN = 10  # possible causes shown before a reader asks for all
CLOSE = 3  # causes that compete for the first place, named one by one up to here


def warnings(network: Network) -> None:
    """Warning signs: above any probability, whatever the probabilities say."""
    fired = answers.flags(network, current.case().findings)
    with st.container():  # there without a sign, too, so that nothing below is taken for it
        if fired:
            st.html(charts.flags(fired, sources.addresses(fired)))


def entered(network: Network) -> None:
    """What is known, on a page that does not ask for it."""
    shown = [labels.show(network, name, value) for name, value in current.case().findings]
    st.subheader(texts.KNOWN, anchor=False)
    if shown:
        st.markdown("\n".join(f"- {md(text)}" for text in shown))
    else:
        there = bool(frame.examples(network))
        st.html(charts.note(texts.nothing_elsewhere(there)))


class Answer:
    """The present case answered, in two passes: numbers at once, how sure they are when it is known.

    Between the passes other parts of the page are drawn, so that nothing waits for the ranges.
    """

    def __init__(self, network: Network) -> None:
        """Draw everything but the ranges. Fixed places: nothing pushes a stale copy of what is below."""
        self.network = network
        self.now = answers.posterior(network, current.seen())
        self.base = answers.posterior(network, labels.baseline(network, current.seen()))
        self.ranged = network.has_ranges
        above, choice, self.place = st.container(), st.container(), Place(st.container())
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
                self.view = _view(network)
        elif self.now.ok and behind.asked(network):  # the question keeps its place
            with choice:
                _one_view(network)
        if self.view == "needed":
            _needed(network, self.place)
            return
        bars = self._bars(None)
        self.everything = len(bars) <= SHOWN + 1 or below.toggle(
            texts.all_causes(len(bars)), key="all-causes", persist_state="session"
        )
        self._draw(None, bars)

    @property
    def acting(self) -> bool:
        """Whether one can ask which causes took part in the outcome: it may be there."""
        return asks_part(self.network, dict(current.seen()))

    def finish(self) -> None:
        """Add how sure the numbers are."""
        if self.view == "needed" or not (self.now.ok and self.ranged):
            return
        known = behind.with_outcome(self.network, current.seen())
        if self.view == "behind" and known is not None:
            found = late.ranges(self.network, known, behind=True)
        else:
            found = late.ranges(self.network, current.seen())
        bars = self._bars(found)
        self._draw(found, bars)
        self.rare = late.rarity(self.network, current.seen())
        if self.rare:
            self._draw(found, bars)

    def _above(self) -> None:
        if self.now.conflict:
            impossible(self.network, self.now.conflict)
        elif self.now.problem:
            st.error(md(self.now.problem), title=texts.UNANSWERED_TITLE)

    def _draw(self, found: late.Uncertain | None, bars: dict[labels.Key, charts.Bar]) -> None:
        network, ok = self.network, self.now.ok
        kind = cases(network)
        close = found.rivals if found else ()
        sentence = said_of(kind, _headline(network, bars, self.view, close))
        said = [first.act(network), charts.headline(sentence)] if ok else []
        said.append(charts.note(self._how_sure(found) if ok else texts.IMPOSSIBLE_BARS))
        said += [charts.caveat(self.rare)] if self.rare else []
        parts = [charts.said(said), _dock(network, sentence if ok else texts.IMPOSSIBLE_BARS)]
        rows = list(bars.values()) if self.everything else list(bars.values())[:SHOWN]
        none = self._none(found, wait=ok and self.ranged and found is None)
        shared = labels.titles(network, labels.baseline(network, current.seen()))
        words = {"base": texts.base(shared)}
        notes = [texts.SEVERAL_CASES if kind else texts.SEVERAL]
        if self.view == "behind":
            words = {
                "base": said_of(kind, texts.base(shared, _outcome(network))),
                "first": texts.COLUMN_BEHIND,
                "second": texts.COLUMN_PRESENT,
            }
            notes = [texts.behind_note(_outcome(network))]
        elif self.acting:  # that row is about people with the outcome, the others are about all
            notes += [texts.none_line(_outcome(network), n.p) for n in none if n.p is not None]
            none = []
        ranged = ok and self.ranged
        notes += [texts.NOT_SEEN] if self.ranged else []
        table = charts.ranking(
            [*rows, *none],
            texts.CAUSES,
            ranges=ranged,
            steps=True,
            top=_top(self.view, rows),
            **words,
        )
        parts.append(table)
        if ok:
            parts.append(charts.note(said_of(kind, " ".join(notes))))
        if ok and (found is not None or not self.ranged):  # after the numbers: it takes draws
            parts += [
                charts.note(said_of(kind, line)) for line in answers.beside(network, current.seen())
            ]
        self.place.html("".join(parts))  # one element: old and new are never on the screen together

    def _how_sure(self, found: late.Uncertain | None) -> str:
        if not self.ranged:
            return texts.RANGES_NONE
        if found is None:
            return texts.RANGES_COMING
        if not found.verdict:
            return texts.RANGES_FAILED
        return texts.how_sure(found.verdict, found.draws if current.researcher() else 0)

    def _bars(self, found: late.Uncertain | None) -> dict[labels.Key, charts.Bar]:
        """A bar for each possible cause; by baseline without an answer. Rows keep their places."""
        earlier = current.previous() if current.case() else None  # an empty case has no last step
        if self.view == "behind":
            before = labels.in_order(self.network, earlier.findings) if earlier else None
            ranges = found.behind if found else {}
            bars = behind.bars(self.network, current.seen(), before, ranges)
        else:
            bars = self._present(found, earlier)
        by = {key: (bar.base or 0.0) if bar.p is None else bar.p for key, bar in bars.items()}
        shown = order.steady(st.session_state["order"], by)
        st.session_state["order"] = shown
        exact, blank = current.researcher(), {} if self.now.ok else {"base": None}
        names = {key: why.row_key(key) if self.now.ok else "" for key in shown}
        return {key: replace(bars[key], exact=exact, key=names[key], **blank) for key in shown}

    def _present(
        self, found: late.Uncertain | None, earlier: CaseValue | None
    ) -> dict[labels.Key, charts.Bar]:
        """A bar for each possible cause still open."""
        network, now, base = self.network, self.now, self.base
        before = (
            answers.posterior(network, labels.in_order(network, earlier.findings))
            if earlier
            else now
        )
        nothing = (None, None)
        bars = {}
        for row in labels.cause_rows(network):
            if current.case().value(row.name) is not None:
                continue
            low, high = found.ranges.get((row.name, row.state), nothing) if found else nothing
            bars[row.key] = charts.Bar(
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
        base = answers.none_of(network, labels.baseline(network, current.seen()))
        now = answers.none_of(network, current.seen()) if self.now.ok and not wait else None
        there = not behind.asked(network) or self.acting
        if base is None or not there or (self.now.ok and not wait and now is None):
            return []
        low, high = (found.alone if found else None) or (None, None)
        under = texts.none_under(label)
        if cases(network):
            under = texts.NONE_UNDER_CASES
        bar = charts.Bar(
            texts.none_label(label), now, base, low=low, high=high, under=under, last=True
        )
        return [bar]


def _top(view: str, bars: Sequence[charts.Bar]) -> float:
    """The axis of a question. It grows with its bars and goes back with a new case only, so that a bar
    that grew is longer than before."""
    kept = st.session_state["axes"] if current.case() else {}
    top = charts.scale(bars, kept.get(view, 0.0))
    st.session_state["axes"] = kept | {view: top}
    return top


def _dock(network: Network, sentence: str) -> str:
    """The bar at the lower edge of a narrow screen: the answer, or how to come to one."""
    entered = current.case().findings
    fired = answers.flags(network, entered) if entered else []
    return charts.dock(sentence if entered else texts.DOCK_START, fired)


def _view(network: Network) -> str:
    """Had a part, present, or needed: which question the bars answer; the first unless a reader chooses."""
    session = st.session_state
    if not session.get("view-chosen"):
        session["view"] = "behind"
    with _views():
        st.html(charts.note(texts.VIEW_SHORT), width="content")
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
        view = chosen or "present"
        note = texts.view_note(view, _outcome(network))
        assumed = view == "behind" and not behind.found(network, current.seen())
        if assumed and current.case().findings:
            note = said_of(cases(network), texts.assumes(_outcome(network)))
        st.html(charts.note(note, small=True), width="content")
        if assumed:
            _enter_outcome(network)
    return view


def _one_view(network: Network) -> None:
    """The same row where there is nothing to choose, part by part: nothing moves when the choice goes."""
    with _views():
        st.html(charts.note(texts.VIEW_SHORT), width="content")
        st.segmented_control(
            texts.VIEW,
            ["present"],
            default="present",
            key="view-alone",
            format_func=texts.VIEWS.__getitem__,
            label_visibility="collapsed",
            disabled=True,
        )
        note = texts.view_note("present", _outcome(network))
        st.html(charts.note(note, small=True), width="content")


def _views() -> Any:
    """The row above the bars."""
    return st.container(horizontal=True, gap="small", vertical_alignment="center", key="views")


def _chose() -> None:
    state.stay()
    st.session_state["view-chosen"] = True


def _outcome(network: Network) -> str:
    """Label of the outcome of a network that has one."""
    return labels.title(network.variables[labels.target(network) or ""])


def _enter_outcome(network: Network) -> None:
    """The bars are about people with the outcome, which is not entered; one click enters it."""
    name = labels.target(network) or ""
    st.button(
        md(texts.enter(_outcome(network))),
        key="enter-outcome",
        on_click=state.commit_finding,
        args=(name, labels.notable(network.variables[name])[0]),
    )


def _headline(
    network: Network, bars: Mapping[labels.Key, charts.Bar], view: str, close: tuple[str, ...]
) -> str:
    """The one sentence above the bars; `close` are the causes of which one comes first, if known."""
    outcome = _outcome(network) if view == "behind" else ""
    leading = max(bars, key=lambda key: bars[key].p or 0.0, default=None)
    if not current.case().findings or leading is None or bars[leading].p is None:
        return texts.start_head(outcome)
    if view == "present" and labels.target(network) in dict(current.seen()):
        known = behind.with_outcome(network, current.seen())
        if known is None:
            return texts.nothing_to_explain(_outcome(network))
    if len(close) > 1:
        # One bar a cause, its highest; two are named where two or three compete, else the first.
        keys = sorted(bars, key=lambda key: -(bars[key].p or 0.0))
        best = {key[0]: bars[key] for key in reversed(keys)}
        named = [best[n] for n in close if n in best] if len(close) <= CLOSE else [bars[leading]]
        named.sort(key=lambda bar: -(bar.p or 0.0))
        shown = [(bar.label, bar.p or 0.0, bar.low, bar.high) for bar in named]
        if shown:
            return (
                texts.close_behind_headline(outcome, shown)
                if outcome
                else texts.close_headline(shown)
            )
    bar = bars[leading]
    assert bar.p is not None
    if outcome:
        return texts.behind_headline(bar.label, outcome, bar.p, bar.low, bar.high)
    takes = network.variables[leading[0]].role == "medicine"
    return texts.headline(bar.label, bar.p, bar.low, bar.high, takes)


def _needed(network: Network, place: Place) -> None:
    """Bars of causes without which there would be no outcome."""
    outcome = labels.target(network)
    if outcome is None:
        return
    event = labels.notable(network.variables[outcome])[0]
    with st.spinner(texts.WORKING):
        shares = answers.shares(network, current.seen(), outcome, event, needed=True)
    named = behind.events(network)
    rows, last = {}, []
    for share in shares:
        if share.needed != share.needed:
            continue  # NaN: not asked of this mechanism
        if share.cause not in named:
            last.append(charts.Bar(texts.IDIOPATHIC, share.needed, last=True))
        elif share.cause not in stand_ins(network):
            what = behind.label(network, named[share.cause], current.seen())
            rows[share.cause] = charts.Bar(what, share.needed)
    shown = sorted(rows, key=lambda name: -(rows[name].p or 0.0))[:SHOWN]
    sentence = said_of(
        cases(network), texts.needed_sentence(labels.title(network.variables[outcome]))
    )
    bars = [rows[name] for name in shown]
    table = charts.ranking([*bars, *last], texts.VIEWS["needed"], top=_top("needed", bars))
    why = texts.chain(*(rows[name].label for name in behind.chain(network, shown)))
    above = charts.said([first.act(network), charts.headline(sentence)])
    notes = charts.note(f"{why} {texts.NEEDED_NO_RANGES}")
    place.html(above + _dock(network, texts.DOCK_NEEDED) + table + notes)


def impossible(network: Network, conflict: tuple[str, ...]) -> None:
    """Name the smallest set of findings that contradict each other, with a way out."""
    case = current.case()
    with st.container(key="impossible", border=True):
        st.warning(texts.IMPOSSIBLE_TEXT, title=texts.IMPOSSIBLE_TITLE)
        with st.container(horizontal=True, gap="small"):
            for name in conflict:
                st.button(
                    md(labels.show(network, name, case.value(name) or "")),
                    key=f"conflict.{name}",
                    icon=":material/close:",
                    icon_position="right",
                    on_click=state.commit_finding,
                    args=(name, None),
                )
