"""Model: one variable of the network with its numbers and arrows, and what a change of it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.decision.speaking import cases, said_of
from etiograph.resources import model_path

from . import (
    answers,
    behind,
    charts,
    current,
    graph,
    labels,
    late,
    model_edits,
    model_fields,
    results,
    state,
    texts,
)
from .markup import md
from .place import Place

PICTURED = 40  # variables at most of a network that is drawn beside its numbers
SHOWN = 12  # lines of a list before the rest is folded away


def picked(network: Network) -> str:
    """The variable a reader looks at; at first what the network is about."""
    names = list(network.variables)
    if st.session_state.get(model_edits.PICKED) not in names:
        st.session_state[model_edits.PICKED] = labels.target(network) or names[0]
    name: str = st.selectbox(
        texts.MODEL_PICK,
        names,
        key=model_edits.PICKED,
        format_func=lambda n: md(labels.title(network.variables[n])),
        persist_state="session",
        on_change=state.stay,
    )
    return name


def variable(network: Network, name: str) -> None:
    """What a variable is, its numbers and its arrows."""
    shown = network.variables[name]
    if shown.definition:
        st.html(charts.note(texts.sentence(shown.definition)))
    states = ", ".join(labels.state_title(shown, s) for s in shown.states)
    st.html(
        charts.facts(
            [
                (texts.MODEL_STATES, states),
                (texts.MODEL_ROLE, texts.model_role(shown.role, shown.group)),
            ]
        )
    )
    model_edits.arrows(network, name)
    model_edits.add_arrow(network, name)
    model_fields.form(network, name)
    model_edits.remove(name)


def picture(network: Network, name: str) -> None:
    """A network that can be read at a glance as a diagram; a large one has it on Explore."""
    if len(network.variables) > PICTURED:
        return
    st.subheader(texts.MODEL_PICTURE, anchor=False)
    st.html(charts.note(texts.MODEL_PICTURE_NOTE, small=True))
    now, base = answers.posterior(network, current.seen()), answers.posterior(network, ())
    graph.show(network, now, base, lit=(name,), key="diagram-model", fixed=True)


def problem() -> None:
    """Why the last change could not be made; the network is as it was."""
    said = st.session_state.pop("model-problem", None)
    if said:
        st.error(md(said))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What differs from the file and what that means, drawn at once and judged further when there is time."""

    network: Network
    original: Network
    place: Place

    def finish(self) -> None:
        """Ask the example patients and the published statistics beside the file again."""
        from etiograph.curation.revision_report import summary

        source = st.session_state["source"]
        with late.turn():
            found = late.judged(self.network, source)
        self.place.html(charts.judged(summary(found), _consequences(found)))


def _consequences(found: Any) -> list[tuple[str, tuple[str, ...]]]:
    """The lines about cases and published statistics, under their headings."""
    from etiograph.curation.revision_report import CASES, STATISTICS, sections

    headings = {CASES: texts.MODEL_JUDGED_MORE, STATISTICS: texts.MODEL_STATISTICS}
    return [
        (headings[heading], tuple(lines))
        for heading, lines in sections(found)
        if heading in headings
    ]


def follows(network: Network, original: Network) -> Judgement | None:
    """What follows for the present case, what differs from the file, and the file to take away."""
    st.subheader(texts.MODEL_FOLLOWS, anchor=False)
    if not current.is_corrected():
        st.html(charts.note(texts.MODEL_FOLLOWS_NONE))
        _ranking(network, None)
        _files(network)
        return None
    _ranking(network, None if current.is_begun() else original)
    st.subheader(texts.MODEL_SINCE if current.is_begun() else texts.MODEL_DIFFERENT, anchor=False)
    st.html(charts.bullets(differences(network, original)))
    _files(network)
    if not _measured():
        return None
    st.subheader(texts.MODEL_JUDGED, anchor=False)
    place = Place(st.container(key="model-judged"))
    place.html(charts.note(texts.MODEL_JUDGING))
    return Judgement(network, original, place)


def _measured() -> bool:
    """Whether example patients or published statistics stand beside the file of the network."""
    from etiograph.curation.published import CHECKS_FILE
    from etiograph.curation.vignettes import CASES_FILE

    if current.uploaded() is not None:
        return False
    folder = model_path(st.session_state["source"]).parent
    return any((folder / name).is_file() for name in (CASES_FILE, CHECKS_FILE))


def differences(network: Network, original: Network) -> tuple[str, ...]:
    """What differs from the file, a line each."""
    from etiograph.curation.revision import diff
    from etiograph.curation.revision_report import sections

    found = diff(original, network, ())
    return tuple(line for _, lines in sections(found) for line in lines)


def _ranking(network: Network, original: Network | None) -> None:
    """The possible causes of the present case, before the change and after it, on one scale."""
    ways = [network] if original is None else [original, network]
    sides = [_side(way) for way in ways]
    if not sides[-1]:
        now = answers.posterior(network, current.seen())
        if now.conflict:
            results.impossible(network, now.conflict)
        return
    if not all(key in sides[0] for key in sides[-1]):
        st.html(charts.note(texts.MODEL_ONLY_NEW, small=True))
        sides = sides[-1:]  # causes that the file does not have: nothing to hold them against
    rows = [
        charts.Compared(bar.label, tuple(side[key].p or 0.0 for side in sides))
        for key, bar in sides[-1].items()
    ]
    rows.sort(key=lambda row: -row.values[-1])
    what = said_of(cases(network), texts.COLUMN_WHAT)
    outcome = labels.target(network)
    if outcome is not None and behind.found(network, current.seen()):
        title = labels.title(network.variables[outcome])
        what = said_of(cases(network), texts.compared_behind(title))
    heads = texts.MODEL_HEADS[-len(sides) :]
    st.html(charts.comparison(rows[: results.SHOWN], heads, "had", what))


def _side(network: Network) -> dict[labels.Key, charts.Bar]:
    """A bar for each possible cause of the present case, as far as a network knows its findings."""
    findings = tuple((n, v) for n, v in current.seen() if n in network.variables)
    now = answers.posterior(network, findings)
    if not now.ok:
        return {}
    if behind.found(network, findings):
        return behind.bars(network, findings, None, {})
    known = dict(findings)
    return {
        row.key: charts.Bar(row.label, now.p[row.name][row.state], None, None, None, None)
        for row in labels.cause_rows(network)
        if row.name not in known
    }


def _files(network: Network) -> None:
    """The network as a file, and the way back."""
    from etiograph.formats.native import edited

    text, changed = current.source_text(), current.is_corrected()
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            texts.MODEL_DOWNLOAD,
            lambda: edited(text(), network),
            file_name=current.model_file(),
            mime="application/toml",
            key="model-download",
            icon=":material/download:",
            help=texts.MODEL_DOWNLOAD_HELP,
            on_click="ignore",
        )
        st.button(texts.MODEL_BACK, key="model-back", disabled=not changed, on_click=state.publish)
