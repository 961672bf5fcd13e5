"""Findings as widgets. Each widget is a view of the case: nothing chosen means unknown."""

from __future__ import annotations

import zlib
from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.findings.line import Line, NotRead

from . import charts, current, entry, first, frame, labels, parts, state, texts
from .markup import md

TELLING = 10  # findings shown before all others
MAX_SEGMENTS = 3  # more states than this, or long labels, become pills
MAX_LABEL = 26  # letters of all segments together


def panel(network: Network) -> None:
    """Everything that can be entered: search, the findings that tell most, the rest in groups."""
    st.subheader(texts.KNOWN, anchor=False)
    query = entry.field(network)
    st.html(charts.note(texts.KNOWN_HINT, small=True))
    if query:
        _found(network, query)
    _unread(network)  # not to be forgotten over what was opened of it
    if query:
        return
    groups = labels.groups(network)
    first = asked_first(network)
    if first:
        if len(first) < len(labels.input_names(network)):
            st.html(charts.part(texts.TELLING, texts.TELLING_NOTE))
        with st.container(key="findings-telling", gap="small"):
            for name in first:
                finding(network, name)
    with st.container(gap="xsmall", key="groups"):
        for group, names in groups.items():
            rest = tuple(name for name in names if name not in first)
            if rest:
                _group(network, group, rest)


def asked_first(network: Network) -> tuple[str, ...]:
    """The findings that tell most, in the order of the model file; none where there are few at all."""
    names = labels.input_names(network)
    if len(names) <= TELLING + 2:
        return names
    chosen = parts.telling(network, TELLING)
    outcome = labels.target(network)
    return tuple(sorted(chosen, key=lambda name: (name != outcome, names.index(name))))


def entered(network: Network) -> None:
    """What is entered, each with a button that takes it back; before that, examples to try."""
    if not current.case():
        frame.example_buttons(network)
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="chips"):
        st.html(charts.note(texts.known_as(len(current.case().findings))), width="content")
        for name, value in current.case().findings:
            st.button(
                md(labels.show(network, name, value)),
                key=f"chip.{name}",
                icon=":material/close:",
                icon_position="right",
                on_click=state.commit_finding,
                args=(name, None),
            )


def _found(network: Network, query: str) -> None:
    names, read = labels.search(network, query), labels.line(network, query)
    offered = names or _meant(network, read.rest)
    if not names or labels.says_more(read):
        _line(query, network, read, bool(offered))
    names = offered
    with st.container(key="findings-search", gap="small"):
        for name in names:
            finding(network, name)
    st.button(texts.SEARCH_END, key="search-end", icon=":material/close:", on_click=_all)


def _line(query: str, network: Network, read: Line, offers: bool) -> None:
    """Several findings typed at once, to be confirmed; what was not understood is listed, and may be offered."""
    if read.said:
        st.html(charts.line_read(texts.LINE_READ, query.strip()))
        key = f"line.{zlib.crc32(query.encode())}"
        found = read.findings
        st.pills(
            texts.LINE,
            list(found),
            default=list(found),
            selection_mode="multi",
            key=key,
            format_func=lambda name: md(labels.show(network, name, found[name])),
            label_visibility="collapsed",
            on_change=state.stay,
        )
        st.button(
            texts.LINE_ENTER,
            key="line-enter",
            type="primary",
            on_click=_enter_line,
            args=(key, found, read.rest),
        )
    elif not offers and not labels.explained(read):
        st.info(texts.NO_MATCH)
        return
    _not_read(read.rest)
    if offers and not read.said:
        st.html(charts.note(texts.LINE_MEANT))


def _not_read(rest: tuple[NotRead, ...]) -> None:
    if rest:
        st.html("".join(charts.note(texts.not_read(each.text, each.why)) for each in rest))


def _meant(network: Network, rest: tuple[NotRead, ...]) -> tuple[str, ...]:
    """Findings that what was not understood may have meant: those that are named first, then the words typed last."""
    named = (name for each in rest for name in labels.search(network, each.text))
    found = (name for each in reversed(rest) for name in labels.meant(network, each.text))
    return tuple(dict.fromkeys((*named, *found)))[: labels.MEANT]


def _unread(network: Network) -> None:
    """What of the line that was entered is no finding, until it is put away: it may be what matters most."""
    rest = state.unread()
    if not rest:
        return
    with st.container(gap="xsmall", key="unread"):
        _not_read(rest)
        there = dict(current.case().findings)
        names = [name for name in _meant(network, rest) if name not in there]
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            if names:
                st.html(charts.note(texts.LINE_MEANT), width="content")
            for name in names:
                first.opener(labels.everything(network)[name], f"unread.{name}")
            st.button(
                texts.LINE_PUT_AWAY,
                key="unread-away",
                icon=":material/close:",
                on_click=state.put_away_unread,
            )


def _enter_line(key: str, found: dict[str, str], rest: tuple[NotRead, ...]) -> None:
    """Enter what is still chosen, as one step."""
    chosen = st.session_state.get(key) or ()
    state.commit_findings(tuple((name, found[name]) for name in chosen), rest)
    state.look_for("")


def _all() -> None:
    state.look_for("")


def _group(network: Network, group: str, names: tuple[str, ...]) -> None:
    """One group as an expander; a closed one draws nothing, so a large network stays quick."""
    with st.expander(
        md(group),  # a label that changes would fold the expander
        key=f"group.{group}",
        on_change=state.stay,
    ) as box:
        if not box.open:
            return
        with st.container(key=f"findings-{zlib.crc32(group.encode())}", gap="small"):
            for name in names:
                finding(network, name)


def finding(network: Network, name: str) -> None:
    """One finding as the widget that fits its kind."""
    mechanism = labels.reading(network, name)
    if mechanism is None:
        _choice(network, name)
        _elsewhere(network, name)
    else:
        _reading(network, name, mechanism)
    reason = state.refused(name)
    if reason:
        st.error(md(reason), icon=":material/block:")
        for unit in labels.fitting_units(network, name, state.tried(name) or ""):
            key = f"read-in.{name}.{unit}"
            st.button(md(texts.read_in(unit)), key=key, on_click=_read_in, args=(name, unit))
        value = current.case().value(name)
        if value is not None:
            st.html(charts.note(texts.still_entered(labels.show(network, name, value)), small=True))


def _choice(network: Network, name: str) -> None:
    variable = labels.everything(network)[name]
    options = labels.options(variable)
    shown = {option: labels.state_title(variable, option) for option in options}
    key = f"w.{name}"
    state.view(key, current.case().value(name))
    short = len(options) <= MAX_SEGMENTS and sum(map(len, shown.values())) <= MAX_LABEL
    widget = st.segmented_control if short else st.pills
    widget(
        md(labels.title(variable)),
        options,
        key=key,
        format_func=lambda option: md(shown[option]),
        help=md(variable.definition) or None,
        on_change=_commit_choice,
        args=(name,),
    )


def _elsewhere(network: Network, name: str) -> None:
    """Beneath a body state: where a measured value of it is entered."""
    readings = labels.measured_by(network, name) if name in network.variables else ()
    if readings:
        named = [labels.title(network.variables[each]) for each in readings]
        group = labels.group_of(network, readings[0])
        st.html(charts.note(texts.have_value(named, group), small=True))


def _commit_choice(name: str) -> None:
    state.commit_finding(name, st.session_state[f"w.{name}"])


def _reading(network: Network, name: str, mechanism: Any) -> None:
    variable = labels.everything(network)[name]
    value = current.case().value(name)
    tried = state.tried(name)
    found = labels.quantity(network, name, value) if value else None
    choices = labels.units(mechanism)
    unit = st.session_state.get(f"unit.{name}") if tried else None
    unit = unit or (mechanism.spelled(found.unit, name) if found and found.unit else None)
    unit = unit or st.session_state.get(f"unit.{name}") or mechanism.unit
    state.view(f"w.{name}", tried if tried is not None else found.number if found else "")
    left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    # A field of text: a field of numbers drops a decimal comma without a word.
    left.text_input(
        md(labels.title(variable)),
        key=f"w.{name}",
        placeholder=texts.NOT_MEASURED,
        help=md(variable.definition) or None,
        on_change=_commit_reading,
        args=(name,),
    )
    if len(choices) > 1:
        state.view(f"u.{name}", unit)
        right.selectbox(
            f"{texts.UNIT} ({md(labels.title(variable))})",
            choices,
            key=f"u.{name}",
            format_func=md,
            label_visibility="collapsed",
            on_change=_convert_reading,
            args=(name,),
        )
    else:
        right.markdown(md(labels.unit_shown(unit)))
    st.html(charts.note(_explained(network, name, value, unit), small=True))


def _explained(network: Network, name: str, value: str | None, unit: str) -> str:
    """The state a value falls in, and the limits in the unit chosen."""
    variable, mechanism = network.variables[name], labels.reading(network, name)
    states = tuple(labels.state_title(variable, s) for s in mechanism.bins_of(variable))
    ranges = texts.cutpoints(states, mechanism.cuts(unit, name), labels.unit_shown(unit))
    if value is None:
        return ranges
    found = labels.quantity(network, name, value)
    if found is None:
        return texts.falls_in(texts.ENTERED, labels.state_title(variable, value), ranges)
    shown = labels.without_unit(network, name, value)
    if found.side:
        return texts.falls_in(texts.ENTERED, shown, ranges)
    number = mechanism.canonical(found.value, found.unit, name)
    return texts.falls_in(
        shown, labels.state_title(variable, mechanism.bin_of(number, variable)), ranges
    )


def _commit_reading(name: str) -> None:
    """What was typed, in the chosen unit unless it names one."""
    typed = str(st.session_state.get(f"w.{name}") or "").strip()
    mechanism = labels.reading(current.network(), name)
    unit = st.session_state.get(f"u.{name}") or mechanism.unit
    st.session_state[f"unit.{name}"] = unit
    value = labels.with_unit(current.network(), name, typed, unit)
    state.commit_finding(name, value or None, typed)


def _convert_reading(name: str) -> None:
    """Another unit: what is entered stays the same amount; what was refused is read in the new unit."""
    _read_in(name, st.session_state[f"u.{name}"])


def _read_in(name: str, unit: str) -> None:
    network = current.network()
    mechanism, value = labels.reading(network, name), current.case().value(name)
    st.session_state[f"unit.{name}"] = unit
    tried = state.tried(name)
    found = labels.quantity(network, name, value) if value else None
    if tried is not None:
        state.commit_finding(name, labels.with_unit(network, name, tried, unit), tried)
    elif found is not None:
        same = mechanism.converted(found.value, found.unit, unit, name)
        state.commit_finding(name, f"{found.side}{same:.6g} {unit}".strip())
