"""Exercises on arrows alone: what tells of what, and what to adjust for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.query.graphs import ancestral, between, simple_paths
from etiograph.query.structure import (
    Path,
    adjustment_sets,
    below,
    d_separated,
    is_adjustment_set,
    judged,
)
from etiograph.teaching.posed import Option, Posed
from etiograph.teaching.tutor import Draft, Tutor

FORMS = ("nothing", "shuts", "opens")
PLENTY = 40
"""Options that are looked through for one that is right."""


def few_variables(tutor: Tutor) -> str:
    """Why a network is too small to choose from."""
    return "" if len(tutor.names) > 3 else "it has too few variables to choose from"


def few_three(tutor: Tutor) -> str:
    """Why a network is too small for three variables."""
    return "" if len(tutor.names) > 2 else "it has too few variables"


def separation(tutor: Tutor) -> Draft | None:
    """Which variable tells nothing, shuts a way or opens one, going by the arrows."""
    makers = {"nothing": _nothing, "shuts": _single, "opens": _single}
    form = tutor.one(FORMS)
    return makers[form](tutor, form)


def _nothing(tutor: Tutor, form: str) -> Draft | None:
    x, *rest = tutor.mixed(tutor.names)
    known = tuple(rest[: int(tutor.rng.integers(0, 2))])
    silent: list[str] = []
    telling: list[str] = []
    for y in rest[len(known) : PLENTY]:
        apart = d_separated(tutor.network, x, y, known)
        if tutor.drawn([x, y, *known]):
            (silent if apart else telling).append(y)
    return _choice(tutor, form, x, None, known, silent[:1], telling)


def _single(tutor: Tutor, form: str) -> Draft | None:
    x, y, *rest = tutor.mixed(tutor.names)
    if d_separated(tutor.network, x, y) != (form == "opens"):
        return None
    right: list[str] = []
    wrong: list[str] = []
    for v in rest[:PLENTY]:
        if tutor.drawn([x, y, v]):
            does = d_separated(tutor.network, x, y, v) != (form == "opens")
            (right if does else wrong).append(v)
    return _choice(tutor, form, x, y, (), right[:1], wrong)


def _choice(
    tutor: Tutor, form: str, x: str, y: str | None, known: Sequence[str],
    right: list[str], wrong: list[str],
) -> Draft | None:  # fmt: skip
    """The draft, if there is one right option and two wrong ones within one diagram."""
    if not right or len(wrong) < 2:
        return None
    ends = [x, *([y] if y else []), *known]
    chosen: list[str] = []
    for name in wrong:
        if len(chosen) < 3 and tutor.drawn([*ends, *right, *chosen, name]):
            chosen.append(name)
    if len(chosen) < 2:
        return None
    options = [
        Option(tutor.say.title(right[0]), True, "", _why(tutor, form, x, y, known, right[0]))
    ]
    for name in chosen:
        mistake = _mistake(tutor, form, x, y, name)
        options.append(
            Option(tutor.say.title(name), False, mistake, _why(tutor, form, x, y, known, name))
        )
    mixed = tutor.mixed(list(zip(options, [*right, *chosen], strict=True)))
    title, other = tutor.say.title(x), tutor.say.title(y) if y else ""
    told = f"You know {tutor.titles(known)} already. " if known else "Nothing is known yet. "
    text = {
        "nothing": f"{told}Look at the arrows only. Which of these, once you find it out, tells nothing about {title}?",
        "shuts": f"Look at the arrows only. Finding out about {title} tells something about {other}. Which one of these, "
        f"if you know it first, shuts that off, so that {title} tells nothing more about {other}?",
        "opens": f"Look at the arrows only. Finding out about {title} tells nothing about {other}. Which one of these, "
        f"if you know it first, changes that, so that {title} does tell something about {other}?",
    }[form]
    return Draft(
        Posed(text, "choice", tuple(o for o, _ in mixed)),
        (
            "Follow every way between the two along the arrows, in either direction.",
            "A way is shut at a known variable, unless two arrows meet in it. Where two arrows meet it is shut "
            "until that variable, or something after it, is known.",
        ),
        (_why(tutor, form, x, y, known, right[0]),),
        (),
        {
            "form": form,
            "x": x,
            "y": y or "",
            "known": "\n".join(known),
            "options": "\n".join(n for _, n in mixed),
        },
        tutor.part([*ends, *right, *chosen]),
    )


def _mistake(tutor: Tutor, form: str, x: str, y: str | None, name: str) -> str:
    """Name of the mistake that picks a wrong variable."""
    if form == "nothing":
        joined = name in tutor.graph[x] or x in tutor.graph[name]
        return "overlooked an arrow" if joined else "no arrow, no news"
    assert y is not None
    if all(name not in way.nodes for way in _paths(tutor, x, y, {name})):
        return "beside the way"
    down = below(tutor.graph, x) & below(tutor.graph, y)
    if form == "shuts":
        return "a common effect taken for a stop" if name in down else "one of several ways"
    return "knowing more opens more" if name not in down else "not where the arrows meet"


def _why(tutor: Tutor, form: str, x: str, y: str | None, known: Sequence[str], name: str) -> str:
    """What a variable does, told by the shortest way that shows it."""
    end, given = (name, set(known)) if form == "nothing" else (str(y), {name})
    found = _paths(tutor, x, end, given)
    opened = [path for path in found if path.open]
    title, label = tutor.say.title(x), tutor.say.title(name)
    if form == "nothing":
        if opened:
            return f"{label} does tell: the way {_way(tutor, opened[0])} is open."
        if not found:
            return f"No way along the arrows leads from {title} to {label}."
        where, because = found[0].blocks[0]
        return f"Every way to {label} is shut. The way {_way(tutor, found[0])} is shut at {tutor.say.title(where)} ({because})."
    if opened:
        beside = name not in opened[0].nodes
        why = "" if form == "opens" or not beside else f" {label} does not lie on it."
        return f"With {label} known, the way {_way(tutor, opened[0])} is open.{why}"
    if form == "opens":
        return f"Knowing {label} opens nothing: no two arrows of a way from {title} to {tutor.say.title(end)} meet in it or before it."
    return f"With {label} known, every way between {title} and {tutor.say.title(end)} is shut."


def open_way(tutor: Tutor, x: str, y: str) -> str:
    """The shortest open way between two variables, nothing known; empty where none can be followed."""
    ways = _paths(tutor, x, y, set()) if tutor.drawn({x, y}) else []
    return next((_way(tutor, way) for way in ways if way.open), "")


def _paths(tutor: Tutor, x: str, y: str, known: set[str]) -> list[Path]:
    """The ways between two variables in the part of the network that matters to them, shortest first.

    A way that is open never leaves the variables upstream of its ends and of what is known.
    """
    part = set(tutor.part({x, y} | known))
    graph = {n: tuple(p for p in tutor.graph[n] if p in part) for n in part}
    upstream = ancestral(graph, known)
    ways = [judged(graph, way, known, upstream) for way in simple_paths(graph, x, y)]
    return sorted(ways, key=lambda way: (len(way.nodes), way.nodes))


def _way(tutor: Tutor, path: Path) -> str:
    """A path in words of the network: ``rain ← clouds → sprinkler``."""
    signs = {"->": "→", "<-": "←"}
    label = {name: tutor.network.variables[name].label for name in path.nodes}
    parts = [label[path.nodes[0]]]
    for arrow, node in zip(path.arrows, path.nodes[1:], strict=True):
        parts += [signs[arrow], label[node]]
    return " ".join(parts)


# -- what to adjust for ---------------------------------------------------------------------------


def adjustment(tutor: Tutor) -> Draft | None:
    """Which smallest set makes a comparison fair."""
    x = tutor.one(tutor.names)
    outcomes = tutor.below(x)
    if not outcomes:
        return None
    y = tutor.one(outcomes)
    network = tutor.network
    if not (network.variables[x].observable and network.variables[y].observable):
        return None
    if not tutor.drawn([x, y]):
        return None
    try:
        sets = adjustment_sets(network, x, y)
    except (NotIdentifiable, TooLarge):
        return None
    right = tutor.one(sets)
    wrong = _wrong_sets(tutor, x, y, right, sets)
    if len(wrong) < 2:
        return None
    a, b = tutor.say.title(x), tutor.say.title(y)
    rows = [(Option(tutor.titles(right), True, "", _fair(tutor, right)), right)]
    rows += [(Option(tutor.titles(s), False, mistake, why), s) for s, mistake, why in wrong[:3]]
    rows = tutor.mixed(rows)
    hidden = [n for n in tutor.part([x, y]) if not network.variables[n].observable]
    unseen = f" {tutor.titles(hidden)} cannot be seen." if hidden else ""
    text = (
        f"You want to know what {a} does to {b}, but you cannot set {a}: you can only look at {tutor.who} as they "
        f"are.{unseen} To hold a thing fixed is to compare {tutor.who} alike in it with each other only. Which of these must be "
        "held fixed to make the comparison fair, with nothing that could be left out?"
    )
    return Draft(
        Posed(text, "choice", tuple(o for o, _ in rows)),
        (
            f"Look for ways between the two that begin with an arrow into {a}: what lies on them differs between the groups, too.",
            f"Hold fixed what shuts all of these ways, but nothing that lies after {a}.",
        ),
        (_fair(tutor, right),),
        (),
        {
            "cause": x,
            "outcome": y,
            "options": "\n\n".join("\n".join(sorted(s)) for _, s in rows),
        },
        tutor.part({x, y}.union(*(s for _, s in rows))),
    )


def _fair(tutor: Tutor, right: frozenset[str]) -> str:
    if not right:
        return "No way begins with an arrow into the cause and is open: the groups are alike as they are."
    return (
        f"With {tutor.titles(right)} held fixed, every way that begins with an arrow into the cause is shut, and what the "
        "cause does is left."
    )


def _wrong_sets(
    tutor: Tutor, x: str, y: str, right: frozenset[str], sets: Sequence[frozenset[str]]
) -> list[tuple[frozenset[str], str, str]]:
    """Sets that a known mistake leads to, none of them right, each a different one."""
    graph, network = tutor.graph, tutor.network
    seen = [n for n in tutor.names if n not in (x, y) and network.variables[n].observable]
    way = between(graph, x, y)
    down, up = below(graph, x) - way, ancestral(graph, {x, y}) - way
    middle = [n for n in seen if n in way]
    after = [n for n in seen if n in down]
    upstream = [n for n in seen if n in up]
    found: list[tuple[frozenset[str], str, str]] = []

    def add(chosen: frozenset[str], mistake: str, why: str) -> None:
        plain = all(chosen != s for s, _, _ in found) and chosen not in sets
        if plain and tutor.drawn([x, y, *chosen]):
            found.append((chosen, mistake, why))

    if right:
        add(frozenset(), "what goes together is an effect",
            "Then what goes together is taken for an effect: a way into the cause stays open.")  # fmt: skip
        for part in (frozenset(s) for s in combinations(sorted(right), len(right) - 1)):
            add(
                part,
                "one way is enough",
                f"With {tutor.titles(part)} alone held fixed, a way into the cause is still open.",
            )
    for n in tutor.mixed(middle)[:1]:
        add(right | {n}, "hold everything fixed",
            f"{tutor.say.title(n)} lies on the way from cause to outcome: holding it fixed takes away part of the effect.")  # fmt: skip
    for n in tutor.mixed(after)[:1]:
        add(right | {n}, "anything that is linked",
            f"{tutor.say.title(n)} is an effect of the cause. Holding it fixed can make a link that is none.")  # fmt: skip
    for n in tutor.mixed([u for u in upstream if u not in right])[:2]:
        if is_adjustment_set(network, x, y, right | {n}):
            add(right | {n}, "the more the better",
                f"It would do, but {tutor.say.title(n)} is not needed: leave it out.")  # fmt: skip
        if not is_adjustment_set(network, x, y, {n}):
            add(frozenset({n}), "any cause will do",
                f"With {tutor.say.title(n)} alone held fixed, a way into the cause is open.")  # fmt: skip
    return found
