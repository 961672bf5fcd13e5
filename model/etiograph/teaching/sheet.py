"""Sheets for print: exercises with their keys on a page of their own, and a teacher's page to a lesson.

One document, two ways to write it: HTML (no script, no outside file) and Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from etiograph.decision import diagram
from etiograph.report.html import POLICY, STYLE, esc
from etiograph.teaching.exercise import Exercise, NoExercise
from etiograph.teaching.kinds import KINDS
from etiograph.teaching.lesson import Lesson, Step, pose, rendered
from etiograph.teaching.lesson_check import last_exercise
from etiograph.teaching.phrases import quoted
from etiograph.teaching.posed import Posed
from etiograph.teaching.tutor import sentences

if TYPE_CHECKING:
    from etiograph.network.network import Network

LETTERS = "ABCDEFGH"
PRINT = """
ol.options { list-style: upper-alpha; } svg { max-width: 100%; height: auto; max-height: 16rem; }
section { break-inside: avoid; } section.new-page { break-before: page; } figure { margin: .4rem 0; }
table { width: auto; margin: .4rem 0; } th, td { padding-right: 1.2rem; }
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; of the second level on a new page where it begins the keys."""

    text: str
    level: int = 2
    page: bool = False


@dataclass(frozen=True, slots=True)
class SheetList:
    """Lines of a list; with letters where a student chooses among them."""

    lines: tuple[str, ...]
    letters: bool = False


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table: heads, then rows."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram, and its arrows in words for those who do not see it."""

    svg: str
    arrows: str


Block = str | Heading | SheetList | SheetTable | Diagram
"""A paragraph, or one of these."""


# -- what stands on a sheet -----------------------------------------------------------------------


def exercise_blocks(
    network: Network,
    found: Sequence[Exercise],
    refused: Sequence[NoExercise] = (),
    *,
    hints: bool = True,
    seed: int = 0,
    called: str = "",
) -> list[Block]:
    """Exercises, hints, and the keys on a page of their own; ``called`` names a network without a title."""
    about = network.about
    title = str(about.get("title") or about.get("name") or called or "this network")
    blocks: list[Block] = [Heading(f"Exercises: {title}", 1), "Name: ______________________"]
    for number, one in enumerate(found, 1):
        blocks += [Heading(f"{number}. {KINDS[one.kind].title}"), *_question(network, one)]
    if hints:
        blocks.append(Heading("Hints", page=True))
        for number, one in enumerate(found, 1):
            blocks.append(f"{number}. {one.hints[0]} {one.hints[1]}")
    blocks.append(Heading("Keys", page=True))
    blocks.append(f"Made with seed {seed} from {title}, digest {network.digest()[:12]}.")
    for number, one in enumerate(found, 1):
        blocks += [Heading(f"{number}. {_key(one.posed)}", 3), SheetList(one.solution)]
        blocks.append(SheetList(_mistakes(one.posed)))
    blocks += [
        f'Left out: "{KINDS[error.kind].title}", because {error.reason}.' for error in refused
    ]
    return blocks


def _question(network: Network, one: Exercise) -> list[Block]:
    blocks: list[Block] = [one.posed.text]
    if one.lines:
        blocks.append(SheetTable(one.lines))
    if one.drawn:
        blocks.append(drawing(network, one.drawn))
    blocks.append(SheetList(tuple(sentences(o.text) for o in one.posed.options), letters=True))
    return blocks


def drawing(network: Network, names: Sequence[str]) -> Diagram:
    """The diagram of some variables and the arrows between them."""
    label = {name: quoted(network.variables[name].label) for name in names}
    led = {label[n]: [label[c] for c in names if n in network.parents(c)] for n in names}
    arrows = [f"{cause} → {', '.join(effects)}" for cause, effects in led.items() if effects]
    joined = {n for n in names for p in network.parents(n) if p in label}
    joined |= {p for n in names for p in network.parents(n) if p in label}
    alone = [f"No arrow joins {label[n]} to any of these." for n in names if n not in joined]
    return Diagram(
        diagram.svg(network, names=names), " ".join([f"Arrows: {'; '.join(arrows)}.", *alone])
    )


def _key(posed: Posed) -> str:
    if posed.form == "choice":
        place = next(k for k, option in enumerate(posed.options) if option.right)
        return f"{LETTERS[place]}: {posed.key}"
    return posed.key


def _mistakes(posed: Posed) -> tuple[str, ...]:
    return tuple(
        f'{LETTERS[k]} (mistake: "{o.misconception}"): {o.reason}'
        for k, o in enumerate(posed.options)
        if not o.right and o.reason
    )


def lesson_blocks(network: Network, lesson: Lesson) -> list[Block]:
    """The teacher's page of a lesson: aim, what comes before, misconceptions, answers."""
    blocks: list[Block] = [
        Heading(f"For the teacher: {lesson.title}", 1),
        f"{lesson.minutes} minutes; {lesson.level}; network: {lesson.network}.",
        Heading("Aim"),
        lesson.aim,
        Heading("What students need to know before"),
        lesson.before,
        Heading("What students often get wrong"),
        SheetList(lesson.misconceptions),
        Heading("Questions and answers"),
    ]
    number = 0
    for step in lesson.steps:
        if step.kind == "guess":
            number += 1
            blocks += _answered(network, step, number)
        elif step.kind == "why":
            blocks.append(f"Why: {rendered(network, step.text)}")
        elif step.kind == "exercise":
            on, one = last_exercise(network, step)
            blocks += [
                Heading("The exercise at the end", 3),
                *filter(None, (rendered(network, step.text),)),
            ]
            blocks += _question(on, one)
            blocks += [
                SheetList((f"Right is {_key(one.posed)}", *one.solution, *_mistakes(one.posed)))
            ]
    return blocks


def _answered(network: Network, step: Step, number: int) -> list[Block]:
    posed = pose(network, step)
    lines = [f"Right: {posed.key}."]
    lines += [f"{sentences(label)}: {100 * value:.1f} of 100" for label, value in posed.shown]
    lines += [
        f"To those who say '{o.text}': {o.reason}"
        for o in posed.options
        if o.reason and not o.right
    ]
    if posed.reason:
        lines.append(f"To all other answers: {posed.reason}")
    if posed.number:
        lines += [f"To those who say about {v:.0f}: {why}" for v, _, why in posed.number.wrong]
    return [Heading(f"{number}. {posed.text}", 3), SheetList(tuple(lines))]


# -- two ways to write it -------------------------------------------------------------------------


def html(blocks: Sequence[Block]) -> str:
    """The document as one page of HTML, made for print."""
    first = next(block.text for block in blocks if isinstance(block, Heading))
    body = "".join(map(_section, _parts(blocks)))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{esc(first)}</title><style>{STYLE}{PRINT}</style></head><body><main>{body}</main>"
        "</body></html>\n"
    )


def _parts(blocks: Sequence[Block]) -> list[list[Block]]:
    """Each heading with what stands under it, which is kept together on paper."""
    parts: list[list[Block]] = []
    for block in blocks:
        if isinstance(block, Heading) or not parts:
            parts.append([])
        parts[-1].append(block)
    return parts


def _section(blocks: Sequence[Block]) -> str:
    first = blocks[0]
    new = ' class="new-page"' if isinstance(first, Heading) and first.page else ""
    return f"<section{new}>{''.join(map(_html, blocks))}</section>"


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{esc(block.text)}</h{block.level}>"
    if isinstance(block, SheetList):
        items = "".join(f"<li>{esc(line)}</li>" for line in block.lines)
        return f'<ol class="options">{items}</ol>' if block.letters else f"<ul>{items}</ul>"
    if isinstance(block, SheetTable):
        heads = "".join(f'<th scope="col">{esc(cell)}</th>' for cell in block.rows[0])
        rows = "".join(
            f'<tr><th scope="row">{esc(row[0])}</th>'
            + "".join(f"<td>{esc(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in block.rows[1:]
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    if isinstance(block, Diagram):
        return f"<figure>{block.svg}<figcaption>{esc(block.arrows)}</figcaption></figure>"
    return f"<p>{esc(block)}</p>"


def markdown(blocks: Sequence[Block]) -> str:
    """The document as Markdown; diagrams as their arrows in words."""
    return "\n\n".join(filter(None, map(_markdown, blocks))) + "\n"


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        rule = "---\n\n" if block.page else ""
        return f"{rule}{'#' * block.level} {_plain(block.text)}"
    if isinstance(block, SheetList):
        marks = [f"{LETTERS[k]}." if block.letters else "-" for k in range(len(block.lines))]
        ends = "  " if block.letters else ""  # a line break, for no Markdown knows lists of letters
        return "\n".join(f"{m} {_plain(t)}{ends}" for m, t in zip(marks, block.lines, strict=True))
    if isinstance(block, SheetTable):
        rows = [[_plain(cell).replace("|", "\\|") for cell in row] for row in block.rows]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])
    if isinstance(block, Diagram):
        return _plain(block.arrows)
    return _plain(block)


def _plain(text: str) -> str:
    """A text on one line with the signs of Markdown as plain signs."""
    text = " ".join(text.split())
    for sign in "\\`*_<>#":
        text = text.replace(sign, f"\\{sign}")
    return text
