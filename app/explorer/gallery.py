"""Gallery: every bundled network and lesson with its picture, one sentence, and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import streamlit as st

import etiograph as eg
from etiograph.decision.thumbnail import thumbnail
from etiograph.resources import lessons, networks

from . import answers, charts, labels, learn, opening, progress, texts
from .cases import bare
from .kept import kept

COLUMNS = 3
DRAWN = 24  # boxes at most in a picture of this size


@kept
def picture(network: eg.Network, names: tuple[str, ...], title: str) -> str:
    """The shape of a network, or of the part of it that can be seen in a small picture."""
    return thumbnail(network, names or None, title=texts.gallery_alt(title))


def _drawn(network: eg.Network) -> tuple[str, ...]:
    """All of a small network; of a large one the outcome and its possible causes."""
    if len(network.variables) <= DRAWN:
        return ()
    target = labels.target(network)
    chosen = [*labels.cause_names(network)][: DRAWN - 1]
    chosen = chosen or list(network.variables)[: DRAWN - 1]
    return tuple(dict.fromkeys([*chosen, *([target] if target else [])]))


def page() -> None:
    """Networks, then lessons."""
    progress.start(lambda name: False)  # a lesson that is opened from here has a place to be kept
    st.html(charts.note(texts.GALLERY_INTRO))
    st.html(charts.part(texts.GALLERY_NETWORKS))
    with st.container(key="gallery-networks"):
        _shelf(list(networks()), _network)
    st.html(charts.part(texts.GALLERY_LESSONS))
    with st.container(key="gallery-lessons"):
        _shelf(list(lessons()), _lesson)


def _shelf(names: list[str], draw: Callable[[str], None]) -> None:
    """Cards side by side, in rows: on a narrow screen they follow each other in this order."""
    for first in range(0, len(names), COLUMNS):
        columns = st.columns(COLUMNS, gap="medium")
        for column, name in zip(columns, names[first : first + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch"):
                draw(name)


def _network(name: str) -> None:
    network = answers.network(name)
    title = str(network.about.get("title") or name)
    arrows = sum(len(network.parents(each)) for each in network.variables)
    address = f"/?{opening.PARAMETER}={quote(bare(name, network.digest()))}"
    said = texts.first_sentence(str(network.about.get("purpose") or ""))
    svg = picture(network, _drawn(network), title)
    size = texts.gallery_size(len(network.variables), arrows)
    st.html(charts.card(svg, title, address, said, size))
    _open(f"network.{name}", title, opening.open_bundled, name)


def _lesson(name: str) -> None:
    lesson = learn.bundled(name)
    network = learn.network_of(lesson)
    drawn = next((step.draw for step in lesson.steps if step.draw), ()) or _drawn(network)
    address = f"/?page=learn&{progress.PARAMETER}={quote(name)}"
    about = texts.gallery_lesson(lesson.level, lesson.minutes)
    svg = picture(network, tuple(drawn), lesson.title)
    st.html(charts.card(svg, lesson.title, address, texts.first_sentence(lesson.aim), about))
    _open(f"lesson.{name}", lesson.title, _open_lesson, name)


def _open(key: str, title: str, action: Callable[..., Any], name: str) -> None:
    st.button(
        texts.GALLERY_OPEN,
        key=f"gallery.{key}",
        help=f"{texts.GALLERY_OPEN}: {texts.lower_first(title)}",
        icon=":material/arrow_forward:",
        on_click=action,
        args=(name,),
    )


def _open_lesson(name: str) -> None:
    progress.open_lesson(name)
    st.session_state["turn-to"] = "learn"
