"""A lesson as a text file: TOML, at most a screen or two, checked with file and line.

What a step does is its first key: ``read``, ``look``, ``guess``, ``why``, ``try`` or
``exercise``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from etiograph.formats.native.places import Places
from etiograph.formats.native.toml_text import Path, read_toml
from etiograph.formats.text import read_text
from etiograph.network.frozen import FrozenMap
from etiograph.teaching.lesson import HOLE, LEVELS, Choice, Lesson, Step
from etiograph.teaching.posed import DIRECTIONS

FORMAT = 1
LONGEST = 400
"""Characters of one text: more is not read on a phone."""
TAG = re.compile(r"<\s*/?\s*[A-Za-z!]")
TYPED = re.compile(
    r"\d+(?:[.,]\d+)?\s*(?:%|per ?cent)|\d+\s+(?:of|in|out of)\s+(?:every )?\d+|\b0[.,]\d+"
)
"""Numbers that only the engine may say."""

TOP = {
    "format": int, "title": str, "network": str, "level": str, "minutes": int, "needs": list,
    "teacher": dict, "step": list,
}  # fmt: skip
TEACHER = {"aim": str, "before": str, "misconceptions": list}
KINDS: dict[str, dict[str, type]] = {
    "read": {},
    "look": {"findings": dict, "do": dict, "draw": list},
    "guess": {"text": str},
    "why": {},
    "try": {"findings": dict},
    "exercise": {"seed": int, "text": str, "network": str},
}
ANSWERS: dict[str, dict[str, type]] = {
    "direction": {"first": list, "second": list, "higher": str, "lower": str, "same": str},
    "number": {"ask": str, "label": str, "tolerance": float, "wrong": list, "else": str},
    "choice": {"options": list, "right": str},
    "set": {"ask": str, "options": list, "else": str},
    "order": {"options": list, "right": str, "else": str},
}
NEEDED = {
    "direction": ("first", "second"),
    "number": ("ask",),
    "choice": ("options",),
    "set": ("ask", "options"),
    "order": ("options",),
}
OPTION = {"text": str, "ask": str, "why": str}
WORDS = {
    int: "a whole number",
    str: "text",
    list: "a list",
    dict: "a table",
    float: "a number",
}


def read_lesson(path: str | FilePath) -> Lesson:
    """The lesson in a file.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName
        With file and line.
    """
    return reads_lesson(read_text(path), str(path), FilePath(path).stem)


def reads_lesson(text: str, name: str, stem: str = "") -> Lesson:
    """The lesson in a text; ``name`` stands in errors, ``stem`` is what the lesson is called."""
    return _LessonReader(read_toml(text, name), Places(text, name)).lesson(stem or name)


class _LessonReader:
    """Builds a lesson; whatever is refused is refused at its line."""

    def __init__(self, data: Mapping[str, Any], places: Places) -> None:
        self.data = data
        self.places = places

    def lesson(self, name: str) -> Lesson:
        """The whole lesson."""
        data = self.data
        self.table(data, TOP, (), ("format", "title", "network", "level", "minutes", "step"))
        if data["format"] != FORMAT:
            raise self.places.invalid(("format",), f"format {data['format']}: this reads {FORMAT}")
        if data["level"] not in LEVELS:
            raise self.places.unknown(("level",), data["level"], "level", LEVELS)
        if not 1 <= data["minutes"] <= 60:
            raise self.places.invalid(("minutes",), "minutes are between 1 and 60")
        teacher = data.get("teacher", {})
        self.table(teacher, TEACHER, ("teacher",))
        for key in ("aim", "before"):
            self.plain(teacher.get(key, ""), ("teacher", key))
        if not data["step"]:
            raise self.places.invalid(("step",), "a lesson needs at least one step")
        steps = tuple(self.step(given, ("step", k)) for k, given in enumerate(data["step"]))
        return Lesson(
            name=name,
            title=self.plain(data["title"], ("title",)),
            network=data["network"],
            level=data["level"],
            minutes=data["minutes"],
            steps=steps,
            needs=self.texts(data.get("needs", ()), ("needs",)),
            aim=teacher.get("aim", ""),
            before=teacher.get("before", ""),
            misconceptions=self.texts(
                teacher.get("misconceptions", ()), ("teacher", "misconceptions")
            ),
        )

    def step(self, given: Any, path: Path) -> Step:
        """One step, by the key that says what it does."""
        if not isinstance(given, Mapping):
            raise self.places.unreadable(path, "a step is a table: [[step]]")
        kinds = [key for key in KINDS if key in given]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none of them"
            raise self.places.invalid(path, f"a step has one of {', '.join(KINDS)}, not {found}")
        kind = kinds[0]
        allowed = {kind: str, **KINDS[kind]}
        if kind == "guess":
            form = given[kind]
            if form not in ANSWERS:
                raise self.places.unknown((*path, kind), str(form), "kind of guess", ANSWERS)
            allowed |= ANSWERS[form]
            self.table(given, allowed, path, (kind, "text", *NEEDED[form]))
            return self.guess(given, path)
        self.table(given, allowed, path, (kind,))
        text = given.get("text", "") if kind == "exercise" else given[kind]
        return Step(
            kind,
            self.plain(text, (*path, kind)),
            findings=self.pairs(given.get("findings", {}), (*path, "findings")),
            changes=self.pairs(given.get("do", {}), (*path, "do")),
            draw=self.texts(given.get("draw", ()), (*path, "draw")),
            exercise=given[kind] if kind == "exercise" else "",
            network=given.get("network", ""),
            seed=given.get("seed", 1),
        )

    def guess(self, given: Mapping[str, Any], path: Path) -> Step:
        """A step that asks something."""
        form = given["guess"]
        asks, labels, choices = (), (), ()  # type: tuple[str, ...], tuple[str, ...], tuple[Choice, ...]
        wrong: dict[str, str] = {}
        if form == "direction":
            pairs = [self.pair(given[key], (*path, key)) for key in ("first", "second")]
            labels, asks = tuple(p[0] for p in pairs), tuple(p[1] for p in pairs)
            for word, key in zip(DIRECTIONS, ("higher", "lower", "same"), strict=True):
                if key in given:
                    wrong[word] = self.plain(given[key], (*path, key))
        elif "ask" in given:
            asks = (given["ask"],)
            labels = (given["label"],) if given.get("label") else ()
        key = "wrong" if form == "number" else "options"
        if form != "direction":
            choices = tuple(
                self.choice(each, (*path, key, k)) for k, each in enumerate(given.get(key, ()))
            )
        if form in ("choice", "set", "order") and len(choices) < 2:
            raise self.places.invalid((*path, "options"), "give at least two options")
        if given.get("right", "largest") not in ("largest", "smallest"):
            known = ("largest", "smallest")
            raise self.places.unknown(
                (*path, "right"), given["right"], "rule for what is right", known
            )
        if "else" in given:
            wrong["else"] = self.plain(given["else"], (*path, "else"))
        return Step(
            "guess", self.plain(given["text"], (*path, "text")), form, asks, labels, choices,
            FrozenMap(wrong), given.get("right", "largest") == "largest",
            float(given.get("tolerance", 5.0)),
        )  # fmt: skip

    def choice(self, given: Any, path: Path) -> Choice:
        """One of several answers."""
        self.table(given, OPTION, path, ("text", "ask"))
        return Choice(
            self.plain(given["text"], (*path, "text")),
            given["ask"],
            self.plain(given.get("why", ""), (*path, "why")),
        )

    def pair(self, given: Any, path: Path) -> tuple[str, str]:
        """A label and a question."""
        if (
            not isinstance(given, list)
            or len(given) != 2
            or not all(isinstance(g, str) for g in given)
        ):
            raise self.places.unreadable(path, 'give a label and a question: ["...", "P(...)"]')
        return self.plain(given[0], path), given[1]

    def plain(self, text: Any, path: Path) -> str:
        """Text for a reader: no HTML, no numbers that the engine should say, not too long."""
        if not isinstance(text, str):
            raise self.places.unreadable(path, f"expected text, found {text!r}")
        shown = HOLE.sub("", text)
        if TAG.search(shown):
            raise self.places.invalid(path, "no HTML in a lesson: write Markdown")
        if typed := TYPED.search(shown):
            raise self.places.invalid(
                path, f"{typed[0]!r} is typed: let the engine say it, as {{P(event | findings)}}"
            )
        if len(shown) > LONGEST:
            raise self.places.invalid(
                path, f"{len(shown)} letters, at most {LONGEST}: make two steps"
            )
        return text

    def pairs(self, given: Mapping[str, Any], path: Path) -> FrozenMap[str, str]:
        """Names and states."""
        for name, state in given.items():
            if not isinstance(state, str):
                raise self.places.unreadable((*path, name), f"expected a state, found {state!r}")
        return FrozenMap(given)

    def texts(self, given: Any, path: Path) -> tuple[str, ...]:
        """A list of texts."""
        for k, each in enumerate(given):
            if not isinstance(each, str):
                raise self.places.unreadable((*path, k), f"expected text, found {each!r}")
        return tuple(given)

    def table(
        self, given: Any, allowed: Mapping[str, type], path: Path, needed: tuple[str, ...] = ()
    ) -> None:
        """Refuse keys that are unknown, missing, or hold another kind of value."""
        if not isinstance(given, Mapping):
            raise self.places.unreadable(path, f"expected a table, found {given!r}")
        for key, value in given.items():
            if key not in allowed:
                raise self.places.unknown((*path, key), key, "key here", allowed)
            kind = allowed[key]
            fits = isinstance(value, int | float) if kind is float else isinstance(value, kind)
            if not fits or isinstance(value, bool):
                message = f"{key!r} is {WORDS[kind]}, found {value!r}"
                raise self.places.unreadable((*path, key), message)
        for key in needed:
            if key not in given:
                raise self.places.invalid(path, f"{key!r} is missing")
