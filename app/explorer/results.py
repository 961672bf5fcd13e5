"""The answer beside the findings: warning signs, headline, ranked possible causes, what to ask next."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from etiograph import Network

from . import answers, charts, frame, inputs, labels, late, order, state, texts
from .cases import Pairs, ordered
from .markup import md

SHOWN = 10  # possible causes shown before a reader asks for all
ASKED = 3


def findings(network: Network, pairs: Pairs) -> Pairs:
    """What the engine sees of some findings, in network order."""
    return ordered(dict(pairs), network.variables)


def warnings(network: Network) -> None:
    """Warning signs: above any probability, whatever the probabilities say."""
    fired = answers.flags(network, state.case().findings)
    with st.container():  # there without a sign, too, so that nothing below is taken for it
        if fired:
            st.html(charts.flags(fired))


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
        if not self.base.ok:
            return
        if self.now.ok and self.acting:
            with choice:
                self.view = _view()
        if self.view != "present":
            _shares(network, self.place, self.view)
            return
        count = len(self._bars(None))
        self.everything = count <= SHOWN + 1 or below.toggle(
            texts.all_causes(count), key="all-causes", persist_state="session"
        )
        self._draw(None)

    @property
    def acting(self) -> bool:
        """Whether one can ask which causes took part in the outcome."""
        outcome = labels.target(self.network)
        return outcome is not None and self.network.mechanisms[outcome].kind in answers.FIRING

    def finish(self) -> None:
        """Add how sure the numbers are."""
        if self.view == "present" and self.now.ok and self.ranged:
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
        first = max(bars, key=lambda bar: -1.0 if bar.p is None else bar.p, default=None)
        sentence = _headline(first)
        parts = [charts.headline(sentence)] if ok else []
        if ok and state.case().findings:
            fired = answers.flags(self.network, state.case().findings)
            parts.append(charts.dock(sentence, fired[0] if fired else None))
        parts.append(charts.note(self._how_sure(found) if ok else texts.IMPOSSIBLE_BARS))
        rows = bars if self.everything else bars[:SHOWN]
        none = self._none()
        parts.append(charts.ranking([*rows, *none], texts.CAUSES, ranges=ok and self.ranged))
        if ok:
            parts.append(charts.note(f"{texts.SEVERAL} {texts.NOT_SEEN if self.ranged else ''}"))
        self.place.html("".join(parts))  # one element: old and new are never on the screen together

    def _how_sure(self, found: late.Uncertain | None) -> str:
        if not self.ranged:
            return texts.RANGES_NONE
        if found is None:
            return texts.RANGES_COMING
        return texts.how_sure(found.verdict, found.draws) if found.verdict else texts.RANGES_FAILED

    def _bars(self, found: late.Uncertain | None) -> list[charts.Bar]:
        """A bar for each possible cause still open; by baseline without an answer."""
        network, now, base = self.network, self.now, self.base
        earlier = state.previous()
        before = answers.posterior(network, findings(network, earlier.findings)) if earlier else now
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
        by = {key: (bar.base or 0.0) if bar.p is None else bar.p for key, bar in bars.items()}
        shown = order.steady(st.session_state["order"], by)
        st.session_state["order"] = shown
        return [bars[key] for key in shown]

    def _none(self) -> list[charts.Bar]:
        """The row for what no named cause explains, always the last."""
        network = self.network
        outcome = labels.target(network) if self.acting else None
        label = labels.title(network.variables[outcome]) if outcome else None
        base = answers.none_of(network, ())
        now = answers.none_of(network, state.seen()) if self.now.ok else None
        if base is None or (self.now.ok and now is None):
            return []
        return [
            charts.Bar(texts.none_label(label), now, base, under=texts.none_under(label), last=True)
        ]


def _view() -> str:
    """Present, at work, or needed: which question the bars answer."""
    chosen = st.segmented_control(
        texts.VIEW,
        list(texts.VIEWS),
        key="view",
        default="present",
        required=True,
        format_func=texts.VIEWS.__getitem__,
        label_visibility="collapsed",
        help=None,
        persist_state="session",
    )
    return chosen or "present"


def _headline(first: charts.Bar | None) -> str:
    if not state.case().findings or first is None or first.p is None:
        return texts.START_HEAD
    return texts.headline(first.label, first.p, first.low, first.high)


def _shares(network: Network, place: st.delta_generator.DeltaGenerator, view: str) -> None:
    """Bars of causes at work, or needed, for the outcome of the network."""
    outcome = labels.target(network)
    if outcome is None:
        return
    field = "fired" if view == "responsible" else "needed"
    event = labels.notable(network.variables[outcome])[0]
    with st.spinner(texts.WORKING):
        shares = answers.shares(network, state.seen(), outcome, event, needed=view == "needed")
    rows = [
        charts.Bar(label=_cause_label(network, share.cause), p=getattr(share, field))
        for share in shares
        if getattr(share, field) == getattr(share, field)  # NaN: not asked of this mechanism
    ]
    last = [replace(bar, last=True) for bar in rows if bar.label == texts.IDIOPATHIC]
    rows = sorted((b for b in rows if b.label != texts.IDIOPATHIC), key=lambda bar: -(bar.p or 0.0))
    sentence = charts.headline(texts.view_sentence(view, labels.title(network.variables[outcome])))
    place.html(sentence + charts.ranking([*rows[:SHOWN], *last], texts.VIEWS[view]))


def _cause_label(network: Network, name: str) -> str:
    return labels.title(network.variables[name]) if name in network.variables else texts.IDIOPATHIC


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


def ask_next(network: Network) -> None:
    """The questions that would tell most, each opening its row among the findings."""
    found = late.next_tests(network, state.seen())
    useful = [t for t in found.tests if t.gain >= 0.001][:ASKED]
    if not useful or not found.entropy:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="ask-next"):
        st.html(charts.note(f"{texts.ASK_NEXT}:"), width="content")
        for test in useful:
            label = labels.title(network.variables[test.names[0]])
            cost = texts.cost(test.cost, test.burden, test.turnaround)
            st.button(
                md(label),
                key=f"ask.{test.names[0]}",
                help=md(texts.ask_help(test.gain / found.entropy, cost)),
                on_click=_ask,
                args=(label,),
            )


def _ask(label: str) -> None:
    st.session_state["search"] = label
