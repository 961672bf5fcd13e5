"""What comes before the numbers: act on a warning, rule out danger, and what to ask and test then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from etiograph import Network
from etiograph.decision.next_steps import states_harms
from etiograph.decision.red_flags import PRESSING
from etiograph.decision.words import upper
from etiograph.network.rules import LEVELS

from . import answers, charts, current, guide, labels, late, state, texts
from .markup import md
from .place import Place

ASKED = 3  # questions, and as many tests
SIGHT, LEAST = 6, 3  # of what is ruled out first so many stand in sight at most, and at least


def level(network: Network) -> str:
    """The level of the most pressing warning that stands, empty if there is none."""
    fired = answers.flags(network, current.case().findings)
    return fired[0].level if fired else ""


def act(network: Network) -> str:
    """While a pressing warning stands: that the numbers are not about it. Else nothing."""
    if level(network) not in PRESSING:
        return ""
    outcome = labels.target(network)
    return charts.act_first(labels.title(network.variables[outcome]) if outcome else "")


def emergency(network: Network) -> bool:
    """Whether an emergency stands: nothing is asked before it is seen to."""
    return level(network) == LEVELS[0]


def meanings(network: Network, steps: Sequence[Any], signs: Sequence[str] = ()) -> dict[str, str]:
    """What each result of steps and danger signs would mean, by the variable that is asked."""
    asked = {reading(network, step): step.of for step in steps if step.names}
    pairs = tuple({**dict.fromkeys(signs, ""), **asked}.items())
    return late.consequences(network, current.told(), pairs) if pairs else {}


def reading(network: Network, step: Any) -> str:
    """What a step makes known; of a panel the reading of what it is mostly about."""
    from etiograph.decision.consequences import condition, telling

    return telling(network, step.names, condition(network, step.of) if step.of else None)


def meant(network: Network, means: Mapping[str, str], step: Any) -> str:
    """What the results of a step would mean."""
    return means.get(reading(network, step), "") if step.names else ""


def rule_out(
    network: Network,
    signs: Sequence[str],
    key: str,
    steps: Sequence[Any] = (),
    means: Mapping[str, str] | None = None,
    foremost: Sequence[str] = (),
) -> None:
    """What to rule out now, and danger signs not yet asked, each a button that opens its row.

    A few stand in sight, of the signs those that are `foremost`; how many more there are is said.
    """
    said = means or {}
    if not signs and not steps:
        return
    seen = in_sight(len(steps), len(foremost))

    def open_(name: str) -> None:
        variable = labels.everything(network)[name]
        help = f"{texts.RULE_OUT_HELP} {said.get(name, '')}".strip()
        opener(variable, f"{key}.first.{name}", help)

    with _line(texts.RULE_OUT, f"{key}-rule-out"):
        for step in steps:
            _step(network, step, f"{key}.first.{step.name}", meant(network, said, step))
        for name in signs[:seen]:
            open_(name)
        if more := signs[seen:]:
            # Another key once a sign was chosen: the box does not stay open over the row it led to.
            turned = st.session_state.get("search") or ""
            with st.popover(texts.more_signs(len(more), bool(signs[:seen] or steps)),
                            key=f"{key}-more-signs-{turned}"):  # fmt: skip
                for name in more:
                    open_(name)


def in_sight(steps: int, foremost: int) -> int:
    """How many danger signs stand in sight beside `steps` to take."""
    return max(min(foremost, SIGHT - steps), LEAST - steps, 0)


def _line(heading: str, key: str) -> Any:
    """A row of buttons behind a heading."""
    row = st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key=key)
    row.html(charts.note(f"{heading}:"), width="content")
    return row


def opener(variable: Any, key: str, help: str = "") -> None:
    """A button that opens the row of a finding."""
    label = labels.title(variable)
    st.button(
        md(label), key=key, help=md(help) or None, on_click=open_row, args=(variable.name, label)
    )


def _step(network: Network, step: Any, key: str, means: str = "") -> None:
    """A button that opens the row of a step, or of the first reading of a panel; a panel without one says why."""
    # A panel without what is in it, and without what of it is known: the help says that.
    label = upper(step.label.partition(" (known: ")[0].partition(":")[0])
    help = texts.step_help(step.why, step.cost)
    help = f"{help} {means}".strip()
    if not step.names:
        st.button(md(label), key=key, help=md(help), disabled=True)
        return
    variable = labels.everything(network)[step.names[0]]
    opened = labels.title(variable)
    st.button(md(label), key=key, help=md(help), on_click=open_row, args=(variable.name, opened))


def open_row(name: str, label: str) -> None:
    """Go to the row of a finding: it is searched for by its name, on Explore."""
    guide.to(name)
    state.look_for(label)
    st.session_state["turn-to"] = "explore"


def apart(network: Network, found: Any) -> tuple[tuple[str, list[Any]], ...]:
    """Questions and tests that tell something, under their headings, the best first."""
    from etiograph.decision.step_words import apart

    useful = [test for test in found.tests if test.gain >= 0.001] if found.entropy else []
    lists = zip((texts.ASK, texts.TEST), apart(network, useful), strict=True)
    return tuple((heading, tests[:ASKED]) for heading, tests in lists if tests)


def _asked(steps: Any) -> tuple[tuple[str, list[Any]], ...]:
    """Questions and tests under their headings, the best first."""
    lists = ((texts.ASK, steps.ask), (texts.TEST, steps.test))
    return tuple((heading, list(listed[:ASKED])) for heading, listed in lists if listed)


def _cost(network: Network, test: Any) -> str:
    """What a question or test takes."""
    is_test = network.variables[test.names[0]].role == "test"
    return texts.cost(test.cost, test.burden, test.turnaround, is_test)


def _means(network: Network, steps: Any) -> dict[str, str]:
    """What the results of all that is shown of the three lists would mean."""
    shown = [*steps.rule_out, *(step for _, listed in _asked(steps) for step in listed)]
    return meanings(network, shown, steps.danger_signs)


def ask_next(network: Network) -> None:
    """What to rule out, to ask and to test, each opening its row among the findings."""
    if emergency(network):
        st.html(charts.note(f"{texts.ASK_NEXT}: {texts.lower_first(texts.WARNING_FIRST)}"))
        return
    if states_harms(network):
        steps = late.next_steps(network, current.told())
        means = _means(network, steps)
        with st.container(gap="xsmall", key="ask-next"):
            rule_out(network, steps.danger_signs, "ask", steps.rule_out, means, steps.foremost)
            for heading, listed in _asked(steps):
                with _line(heading, f"ask-{heading.lower()}"):
                    for step in listed:
                        _step(network, step, f"ask.{step.name}", meant(network, means, step))
        return
    found = late.next_tests(network, current.told())
    listed = tuple((test.names[0], "") for _, tests in apart(network, found) for test in tests)
    means = late.consequences(network, current.told(), listed) if listed else {}
    with st.container(gap="xsmall", key="ask-next"):
        rule_out(network, found.first, "ask", foremost=found.foremost)
        for heading, tests in apart(network, found):
            with _line(heading, f"ask-{heading.lower()}"):
                for test in tests:
                    cost = _cost(network, test)
                    said = texts.ask_help(test.gain / found.entropy, cost)
                    said = f"{said} {means.get(test.names[0], '')}".strip()
                    opener(network.variables[test.names[0]], f"ask.{test.names[0]}", said)


class Asking:
    """Where that stands: faint as long as it is still what was to be asked of the case before."""

    def __init__(self) -> None:
        self._box = st.container(key="asking", gap=None)
        self._mark = Place(self._box)
        self._mark.html('<span class="eg-asked-before"></span>')

    def draw(self, network: Network) -> None:
        """What is to be asked of the present case."""
        with self._box:
            ask_next(network)
        self._mark.html("<span></span>")


def _table(network: Network, steps: Sequence[Any], heading: str, means: Mapping[str, str]) -> str:
    said = [(step, meant(network, means, step)) for step in steps]
    return charts.steps(said, heading, exact=current.researcher())


def explained(network: Network) -> None:
    """The same on Why, with how much each would tell."""
    if emergency(network):
        st.html(charts.note(texts.WARNING_FIRST))
        return
    if states_harms(network):
        with st.spinner(texts.WORKING):
            steps = late.next_steps(network, current.told())
            means = _means(network, steps)
        rule_out(network, steps.danger_signs, "why", steps.rule_out, means, steps.foremost)
        if steps.rule_out:
            st.html(_table(network, steps.rule_out, texts.RULE_OUT, means))
        if not _asked(steps):
            st.html(charts.note(texts.ASK_NONE))
            return
        st.html(charts.note(texts.STEPS_NOTE))
        for heading, listed in _asked(steps):
            st.html(_table(network, listed, heading, means))
        return
    with st.spinner(texts.WORKING):
        found = late.next_tests(network, current.told())
        asked = tuple((test.names[0], "") for _, tests in apart(network, found) for test in tests)
        means = late.consequences(network, current.told(), asked) if asked else {}
    rule_out(network, found.first, "why", foremost=found.foremost)
    lists = apart(network, found)
    if not lists:
        st.html(charts.note(texts.ASK_NONE))
        return
    st.html(charts.note(texts.ASK_NEXT_NOTE))
    top = max(test.gain for _, tests in lists for test in tests) / found.entropy
    for heading, tests in lists:
        rows = []
        for test in tests:
            share = test.gain / found.entropy
            words = f"{texts.parts_of_doubt(share)}. {means.get(test.names[0], '')}".strip(" .")
            title = labels.title(network.variables[test.names[0]])
            rows.append((title, words, share, _cost(network, test)))
        st.html(charts.ask(rows, heading, top))
