"""Why: what speaks for and against one possible cause, and the numbers behind it; a page, and in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import etiograph as eg
from etiograph import Network
from etiograph.decision.speaking import cases, said_of
from etiograph.query.links import stand_ins

from . import answers, behind, charts, current, first, graph, grounds, labels, late, state, texts
from .cases import Pairs
from .markup import md

OPEN = "why-open"  # in the session: the row whose why is open on Explore


def candidates(network: Network, findings: Pairs) -> list[labels.Row]:
    """Whatever can be explained, in the order of Explore: causes, entered ones that may have acted among
    them; then the body states and conditions that are no causes of the outcome themselves."""
    rows = behind.first(network, findings, labels.cause_rows(network))
    by_presence = st.session_state.get("view-chosen") and st.session_state["view"] == "present"
    assumed = behind.with_outcome(network, findings)
    if behind.asked(network) and assumed is not None and not by_presence:
        acts, seen = answers.behind(network, assumed).causes, dict(findings)
        without_name = stand_ins(network)
        known = [
            labels.Row(name, seen[name], behind.label(network, what, findings))
            for name, what in behind.events(network).items()
            if name in seen and acts.get(name, 0.0) > 0.0 and name not in without_name
        ]

        def acted(row: labels.Row) -> float:
            return -1.0 if row.name in without_name else acts.get(row.name, 0.0)

        rows = sorted([*rows, *known], key=lambda row: -acted(row))  # ties stay: by presence
    return rows + behind.first(network, findings, labels.state_rows(network))


def chosen(network: Network, findings: Pairs) -> labels.Row | None:
    """What to explain: the first cause of Explore, at every step, until the reader picks another."""
    session = st.session_state
    by_key = {row.key: row for row in candidates(network, findings)}
    if not by_key:
        return None
    if session.get("why-cause") not in by_key or not session.get("why-picked"):
        session["why-cause"] = next(iter(by_key))
        session["why-picked"] = False
    key = st.selectbox(
        texts.WHY_PICK,
        list(by_key),
        key="why-cause",
        format_func=lambda k: by_key[k].label,
        persist_state="session",
        on_change=_picked,
    )
    return by_key.get(key) if key else None


def _picked(key: labels.Key | None = None) -> None:
    """The reader has chosen what to explain."""
    state.stay()
    session = st.session_state
    session["why-picked"] = True
    if key is not None:
        session["why-cause"] = key
        if session.get(OPEN):
            session[OPEN] = row_key(key)


def row_key(key: labels.Key) -> str:
    """A row of the ranking as the page hands it on."""
    return "|".join(key)


def open_row(key: str) -> None:
    """Ask why of a row of the ranking, in place."""
    state.stay()
    st.session_state[OPEN] = key


def _close() -> None:
    state.stay()
    st.session_state[OPEN] = ""


def _to_page(key: labels.Key) -> None:
    _close()
    _picked(key)
    st.session_state["turn-to"] = "why"


def in_place(network: Network) -> None:
    """The why of the row that was chosen, over the page it was chosen on."""
    if st.session_state.get(OPEN):
        st.dialog(texts.WHY_IN_PLACE, width="large", on_dismiss=_close)(_box)(network)


def _box(network: Network) -> None:
    """Of the numbers the bars show: where they are about people with the outcome, it is assumed here, too."""
    asked, seen = st.session_state.get(OPEN) or "", current.seen()
    findings = behind.with_outcome(network, seen) if _by_part(network) else seen
    if not answers.posterior(network, findings or seen).ok:
        return
    findings = findings or seen
    rows = candidates(network, findings)
    row = next((r for r in rows if row_key(r.key) == asked), None)
    row = row or next((r for r in rows if r.name == asked.partition("|")[0]), None)
    if row is None:
        st.html(charts.note(texts.WHY_KNOWN))
        return
    if row.name in dict(findings):
        entered(network, row, findings)
    elif findings:
        explain(network, row, findings)
    else:
        common = answers.posterior(network, ()).p[row.name][row.state]
        st.html(charts.headline(said_of(cases(network), texts.why_common(row.label, common))))
        grounds.show(network, row, findings)
    if st.button(texts.WHY_PAGE, key="why-page", icon=":material/arrow_forward:"):
        _to_page(row.key)
        st.rerun()  # all of it, not the box alone


def _by_part(network: Network) -> bool:
    """Whether the bars say how often each cause had a part in the outcome."""
    session = st.session_state
    return behind.asked(network) and (
        not session.get("view-chosen") or session.get("view") != "present"
    )


def entered(network: Network, row: labels.Row, findings: Pairs) -> None:
    """A cause that is entered: nothing argues about it, but it may be the one behind the outcome."""
    from etiograph.decision.words import turn_words

    _head(network, findings, texts.why_entered(row.label))
    st.markdown(md(_behind(network, row, findings, texts.why_behind_entered)))
    grounds.show(network, row, findings)
    further = next((r for r in candidates(network, findings) if r.name not in dict(findings)), None)
    if further is None:
        return
    try:
        found, _ = answers.why(network, findings, further.name, further.state)
    except eg.EtiographError:
        return
    turn = next((turn for turn in found.reversals if turn.finding == row.name), None)
    if turn is not None:
        st.markdown(md(turn_words(network, turn)))
    st.button(
        md(texts.why_next(further.label)),
        key="why-next",
        icon=":material/arrow_forward:",
        on_click=_picked,
        args=(further.key,),
    )


def _head(network: Network, findings: Pairs, sentence: str) -> None:
    """The sentence above all, after a pressing warning, and whether the case is a rare one."""
    st.html(first.act(network) + charts.headline(said_of(cases(network), sentence)))
    with late.turn():
        rare = late.rarity(network, findings)
    if rare:
        st.html(charts.caveat(rare))


def explain(network: Network, row: labels.Row, findings: Pairs) -> None:
    """Sentences and bars of weight, most important finding first."""
    try:
        with st.spinner(texts.WORKING):
            found, sentences = answers.why(network, findings, row.name, row.state)
    except eg.EtiographError as error:
        st.error(md(str(error)), title=texts.UNANSWERED_TITLE)
        return
    _head(network, findings, sentences[0])
    words = _behind(network, row, findings, texts.why_behind)
    if words:
        st.html(charts.note(words))
    grounds.show(network, row, findings)
    st.subheader(texts.WHY_WEIGHTS, anchor=False)
    st.html(charts.weights([_weight(network, w) for w in found.weights]))
    further = [line for line in sentences[1:] if not line.startswith(texts.WHY_SAID)]
    if further:
        st.subheader(texts.WHY_SENTENCES, anchor=False)
        st.markdown("\n".join(f"- {md(line)}" for line in further))


def _behind(network: Network, row: labels.Row, findings: Pairs, say: Callable[..., str]) -> str:
    """That a cause is there does not say that it is behind the outcome; empty where nothing is known."""
    outcome = labels.target(network)
    if outcome is None or not behind.found(network, findings):
        return ""
    with late.turn():
        ranges = late.ranges(network, findings, behind=True).behind
    p = answers.behind(network, findings).causes.get(row.name)
    if p is None:
        return ""
    low, high = ranges.get(row.name, (None, None))
    return said_of(cases(network), say(labels.title(network.variables[outcome]), p, low, high))


def _weight(network: Network, weight: Any) -> charts.Weight:
    from etiograph.decision.words import SMALL, odds_words

    words = odds_words(weight.share)
    steps = [
        texts.lower_first(labels.describe(network, s.variable, s.state))
        for s in weight.through
        if s.after > s.before and abs(weight.share) >= SMALL
    ]
    return charts.Weight(
        label=labels.show(network, weight.finding, str(weight.value)),
        decibans=weight.share,
        words=words,
        through=", ".join(steps),
    )


def ask_next(network: Network) -> None:
    """The questions and tests that would tell most for their cost."""
    st.subheader(texts.ASK_NEXT, anchor=False)
    try:
        first.explained(network)
    except eg.EtiographError as error:
        st.html(charts.note(str(error)))


def telling(network: Network, row: labels.Row, findings: Pairs) -> Pairs:
    """The findings that make a difference to a cause; all if none does. Of one entered: the outcome."""
    from etiograph.decision.words import SMALL

    if row.name in dict(findings):
        return tuple(pair for pair in findings if pair[0] == labels.target(network))
    try:
        found, _ = answers.why(network, findings, row.name, row.state)
    except eg.EtiographError:
        return findings
    heavy = {w.finding for w in found.weights if abs(w.share) >= SMALL}
    return tuple(pair for pair in findings if pair[0] in heavy) or findings


def path(network: Network, row: labels.Row, findings: Pairs, known: Pairs) -> set[str]:
    """The cause, some findings, and the shortest open ways between, given all that is known."""
    now = answers.posterior(network, known)
    settled = frozenset(n for n, p in now.p.items() if max(p.values()) >= graph.SETTLED)
    lit = {row.name}
    for name, _ in findings:
        lit |= {name} | shortest(network, name, row.name, settled)
    return lit


def shortest(network: Network, start: str, goal: str, known: frozenset[str]) -> set[str]:
    """Nodes of all shortest ways along which one variable tells of another; empty if there is none.

    A way goes through a known node only where two arrows meet in it, and through a meeting of arrows
    only where it, or something after it, is known (d-separation, Pearl 1988).
    """
    from etiograph.decision.diagram import ancestors

    open_meetings = known.union(*(ancestors(network, name) for name in known))
    # A place is a node and whether the way came to it along an arrow (down) or against one (up).
    reached: dict[tuple[str, bool], set[tuple[str, bool]]] = {(start, False): set()}
    front = set(reached)
    while front and not any(node == goal for node, _ in front):
        found: dict[tuple[str, bool], set[tuple[str, bool]]] = {}
        for node, down in front:
            passes = node not in known or node == start
            further = [(child, True) for child in network.children(node) if passes]
            if node in open_meetings if down else passes:
                further += [(parent, False) for parent in network.parents(node)]
            for place in further:
                if place not in reached:
                    found.setdefault(place, set()).add((node, down))
        reached |= found
        front = set(found)
    back = {place for place in front if place[0] == goal}
    lit: set[str] = set()
    while back:
        lit |= {node for node, _ in back}
        back = set().union(*(reached[place] for place in back))
    return lit


def diagram(network: Network, row: labels.Row, findings: Pairs, now: answers.Answer) -> None:
    """The diagram with the path lit."""
    st.subheader(texts.WHY_PATH, anchor=False)
    st.html(charts.note(texts.WHY_PATH_NOTE))
    graph.show(
        network,
        now,
        answers.posterior(network, ()),
        lit=sorted(path(network, row, telling(network, row, findings), findings)),
        key="diagram-why",
        fixed=True,
    )
