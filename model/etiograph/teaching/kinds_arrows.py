"""Exercises on arrows alone: what tells of what, and what to adjust for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from etiograph.errors import NotIdentifiable, TooLarge
from etiograph.query.graphs import ancestral, below, between, simple_paths
from etiograph.query.structure import (
    Path,
    adjustment_sets,
    d_separated,
    is_adjustment_set,
    judged,
)
from etiograph.teaching.phrases import quoted
from etiograph.teaching.posed import Option, Posed
from etiograph.teaching.tutor import Attempt, Tutor

FORMS = ("nothing", "shuts", "opens")
PLENTY = 40
"""Options that are looked through for one that is right."""


def few_variables(tutor: Tutor) -> str:
    """Why a network is too small to choose from."""
    return "" if len(tutor.names) > 3 else "it has too few variables to choose from"


def few_three(tutor: Tutor) -> str:
    """Why a network is too small for three variables."""
    return "" if len(tutor.names) > 2 else "it has too few variables"


def separation(tutor: Tutor) -> Attempt | None:
    """Which variable tells nothing, shuts a way or opens one, going by the arrows."""
    makers = {"nothing": _nothing, "shuts": _single, "opens": _single}
    form = tutor.one(FORMS)
    return makers[form](tutor, form)


def _nothing(tutor: Tutor, form: str) -> Attempt | None:
    x, *rest = tutor.mixed(tutor.names)
    known = tuple(rest[: int(tutor.rng.integers(0, 2))])
    silent: list[str] = []
    telling: list[str] = []
    for y in rest[len(known) : PLENTY]:
        apart = d_separated(tutor.network, x, y, known)
        if tutor.drawn([x, y, *known], _shut_way(tutor, x, y, known).nodes if apart else ()):
            (silent if apart else telling).append(y)
    return _choice(tutor, form, x, None, known, silent[:1], telling)


def _single(tutor: Tutor, form: str) -> Attempt | None:
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
) -> Attempt | None:  # fmt: skip
    """The draft, if there is one right option and two wrong ones within one diagram."""
    if not right or len(wrong) < 2:
        return None
    ends = [x, *([y] if y else []), *known]
    shut = _shut_way(tutor, x, right[0], known).nodes if form == "nothing" else ()
    chosen: list[str] = []
    for name in wrong:
        if len(chosen) < 3 and tutor.drawn([*ends, *right, *chosen, name], shut):
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
        f"if you know it first, shuts that off, so that {title} {tutor.say.agree(x, 'tells', 'tell')} nothing more about {other}?",
        "opens": f"Look at the arrows only. Finding out about {title} tells nothing about {other}. Which one of these, "
        f"if you know it first, changes that, so that {title} {tutor.say.agree(x, 'does', 'do')} tell something about {other}?",
    }[form]
    goal = f"from {title} to each of these" if form == "nothing" else f"from {title} to {other}"
    return Attempt(
        Posed(text, "choice", tuple(o for o, _ in mixed)),
        (
            f"Follow every way {goal}, with the arrows or against them. A way is shut if something on it is known.",
            "One exception: where two arrows point at the same thing (→ B ←), the way is shut at B until B, or something "
            "that B leads to, is known.",
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
        tutor.drawn([*ends, *right, *chosen], shut),
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
    if form == "shuts" and _only_met(tutor, x, y, name):
        return "a common effect taken for a stop"
    if form == "shuts":
        return "a common effect taken for a stop" if name in down else "one of several ways"
    return "knowing more opens more" if name not in down else "not where the arrows meet"


def _why(tutor: Tutor, form: str, x: str, y: str | None, known: Sequence[str], name: str) -> str:
    """What a variable does, told by the shortest way that shows it."""
    end, given = (name, set(known)) if form == "nothing" else (str(y), {name})
    opened = [path for path in _paths(tutor, x, end, given) if path.open]
    title, label = tutor.say.title(x), tutor.say.title(name)
    if form == "nothing":
        if opened:
            return f"{label} {tutor.say.agree(name, 'does', 'do')} tell: the way {told_way(tutor, opened[0])} is open."
        return _no_way(tutor, x, name, known)
    other = tutor.say.title(end)
    if opened:
        way = told_way(tutor, opened[0])
        if form == "opens":
            return f"With {label} known, the way {way} is open: {_meeting(tutor, opened[0], name)}."
        before = open_ways(tutor, x, end)
        if before and _only_met(tutor, x, end, name):
            way = told_way(tutor, before[0])
            return f"Two arrows meet in {label}: to know it shuts no way. The way {way} stays open."
        beside = name not in opened[0].nodes
        why = f" {label} {tutor.say.agree(name, 'does', 'do')} not lie on it." if beside else ""
        return f"With {label} known, the way {way} is open.{why}"
    if form == "opens":
        return _opens_nothing(tutor, x, end, name)
    return f"With {label} known, every way between {title} and {other} is shut."


def _only_met(tutor: Tutor, x: str, y: str, name: str) -> bool:
    """Whether a variable lies on ways between two others, and two arrows meet in it on each of these."""
    ways = [way for way in _paths(tutor, x, y, {name}) if name in way.nodes[1:-1]]
    return bool(ways) and all(name in _met(way) for way in ways)


def _opens_nothing(tutor: Tutor, x: str, y: str, name: str) -> str:
    """Why knowing a variable opens no way: it is no place where arrows meet, or another place stays shut."""
    label = tutor.say.title(name)
    above = ancestral(tutor.graph, {name})
    for path in _paths(tutor, x, y, {name}):
        if any(node in above for node in _met(path)):
            return f"With {label} known, the way {told_way(tutor, path)} is still shut at {tutor.say.title(path.blocks[0][0])}."
    return (
        f"Knowing {label} opens no way from {tutor.say.title(x)} to {tutor.say.title(y)}: two arrows of such a way meet "
        "neither in it, nor in something that leads to it."
    )


def _met(path: Path) -> list[str]:
    """Where two arrows meet on a way."""
    places = zip(path.arrows, path.nodes[1:-1], path.arrows[1:], strict=False)
    return [node for before, node, after in places if (before, after) == ("->", "<-")]


def _meeting(tutor: Tutor, path: Path, known: str) -> str:
    """Where two arrows meet on a way that something known has opened."""
    at = _met(path)[0]
    where = tutor.say.title(at)
    if at == known:
        return f"two arrows meet in {where}, and it is known now"
    return f"two arrows meet in {where}, which leads to {tutor.say.title(known)}"


def _no_way(tutor: Tutor, x: str, y: str, known: Sequence[str]) -> str:
    """Why one tells nothing of the other: where the shortest way is shut."""
    path = _shut_way(tutor, x, y, known)
    if not path.nodes:
        return f"No way leads from {tutor.say.title(x)} to {tutor.say.title(y)}."
    where = path.blocks[0][0]
    title = tutor.say.title(where)
    if where in known:
        because = f"{title} is known"
    else:
        because = f"two arrows meet in {title}, and {title} is not known"
    return f"The way {told_way(tutor, path)} is shut: {because}."


def _shut_way(tutor: Tutor, x: str, y: str, known: Sequence[str]) -> Path:
    """The shortest way between two variables that tell nothing of each other; without nodes for none."""
    graph = tutor.graph
    near: dict[str, list[str]] = {name: list(graph[name]) for name in graph}
    for name in graph:
        for parent in graph[name]:
            near[parent].append(name)
    before = {x: x}
    queue = [x]
    for name in queue:
        for each in near[name]:
            if each not in before:
                before[each] = name
                queue.append(each)
    if y not in before:
        return Path((), (), False, (), False)
    way = [y]
    while way[-1] != x:
        way.append(before[way[-1]])
    return judged(graph, tuple(reversed(way)), set(known), ancestral(graph, set(known)))


def open_ways(tutor: Tutor, x: str, y: str) -> list[Path]:
    """The open ways between two variables, nothing known, the shortest first; empty beyond what can be followed."""
    if not tutor.drawn({x, y}):
        return []
    return [way for way in _paths(tutor, x, y, set()) if way.open]


def _paths(tutor: Tutor, x: str, y: str, known: set[str]) -> list[Path]:
    """The ways between two variables in the part of the network that matters to them, shortest first.

    A way that is open never leaves the variables upstream of its ends and of what is known.
    """
    graph = tutor.core({x, y} | known)
    upstream = ancestral(graph, known)
    ways = [judged(graph, way, known, upstream) for way in simple_paths(graph, x, y)]
    return sorted(ways, key=lambda way: (len(way.nodes), way.nodes))


def told_way(tutor: Tutor, path: Path) -> str:
    """A path in words of the network: ``rain ← clouds → sprinkler``."""
    signs = {"->": "→", "<-": "←"}
    label = {name: quoted(tutor.network.variables[name].label) for name in path.nodes}
    parts = [label[path.nodes[0]]]
    for arrow, node in zip(path.arrows, path.nodes[1:], strict=True):
        parts += [signs[arrow], label[node]]
    return " ".join(parts)


# -- what to adjust for ---------------------------------------------------------------------------


def adjustment(tutor: Tutor) -> Attempt | None:
    """Which smallest set makes a comparison fair."""
    x = tutor.one(tutor.names)
    outcomes = tutor.below(x)
    if not outcomes:
        return None
    y = tutor.one(outcomes)
    network = tutor.network
    if not (network.variables[x].observable and network.variables[y].observable):
        return None
    if tutor.defined(y) or not tutor.drawn([x, y]):
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
    drawn = tutor.drawn({x, y, *right}.union(*(s for s, _, _ in wrong[:3])))
    if not drawn:
        return None
    rows = [(Option(tutor.titles(right), True, "", _fair(tutor, x, y, right, drawn)), right)]
    rows += [(Option(tutor.titles(s), False, mistake, why), s) for s, mistake, why in wrong[:3]]
    rows = tutor.mixed(rows)
    hidden = [n for n in drawn if not network.variables[n].observable]
    unseen = f" {tutor.titles(hidden)} cannot be seen." if hidden else ""
    text = (
        f"You want to know what {a} {tutor.say.agree(x, 'does', 'do')} to {b}, but you cannot {tutor.say.decide(x)}: you "
        f"can only look at {tutor.who} as they are.{unseen} To hold a thing fixed means to compare only {tutor.who} "
        f"{'who' if tutor.who == 'people' else 'that'} are alike in it. The comparison is fair if what is left "
        f"of the difference comes from {a} alone. Which is the smallest choice that makes the comparison fair?"
    )
    return Attempt(
        Posed(text, "choice", tuple(o for o, _ in rows)),
        (
            f"Look for ways between the two that begin with an arrow into {a}: what lies on them differs between the "
            "groups, too. A way on which two arrows meet is already shut: leave it alone.",
            f"Hold fixed what shuts all of these ways, but nothing that {a} {tutor.say.agree(x, 'leads', 'lead')} to.",
        ),
        (_fair(tutor, x, y, right, drawn),),
        (),
        {
            "cause": x,
            "outcome": y,
            "options": "\n\n".join("\n".join(sorted(s)) for _, s in rows),
        },
        drawn,
    )


def _fair(tutor: Tutor, x: str, y: str, right: frozenset[str], drawn: Sequence[str]) -> str:
    """Why a set is right: what stays open without it."""
    a, b = tutor.say.title(x), tutor.say.title(y)
    does = tutor.say.agree(x, "does", "do")
    above = [n for n in drawn if n in tutor.graph[x]]
    if not above:
        return f"No arrow leads into {a}, so nothing in the diagram makes the groups differ beforehand."
    if not right:
        return (
            f"The groups differ, in {tutor.say.title(above[0])} for example, but no open way leads from that difference "
            f"to {b} except through {a}."
        )
    return (
        f"If nothing is held fixed, {_back_way(tutor, x, y, frozenset())}. Part of the difference is not what {a} {does}. "
        f"With {tutor.titles(right)} held fixed, every such way is shut."
    )


def _back_way(tutor: Tutor, x: str, y: str, known: frozenset[str]) -> str:
    """A way that begins with an arrow into the cause and stays open, in words."""
    ways = (way for way in _paths(tutor, x, y, set(known)) if way.open and way.arrows[0] == "<-")
    first = next(ways, None)
    return (
        f"the way {told_way(tutor, first)} stays open"
        if first
        else "a way into the cause stays open"
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

    does = tutor.say.agree(x, "does", "do")
    if right:
        add(frozenset(), "what goes together is an effect",
            f"Then {_back_way(tutor, x, y, frozenset())}: part of the difference is not what {tutor.say.title(x)} {does}.")  # fmt: skip
        for part in (frozenset(s) for s in combinations(sorted(right), len(right) - 1)):
            if part:
                add(part, "one way is enough",
                    f"With {tutor.titles(part)} alone held fixed, {_back_way(tutor, x, y, part)}.")  # fmt: skip
    for n in tutor.mixed(middle)[:1]:
        add(right | {n}, "hold everything fixed",
            f"{tutor.say.title(n)} {tutor.say.agree(n, 'lies', 'lie')} on the way from {tutor.say.title(x)} to "
            f"{tutor.say.title(y)}: holding it fixed takes away part of the effect.")  # fmt: skip
    for n in tutor.mixed(after)[:1]:
        if tutor.drawn([x, y, *right, n]):
            add(right | {n}, "anything that is linked", _after(tutor, x, y, right, n, way))
    for n in tutor.mixed([u for u in upstream if u not in right])[:2]:
        if is_adjustment_set(network, x, y, right | {n}):
            add(right | {n}, "the more the better",
                f"That works, but {tutor.say.title(n)} {tutor.say.agree(n, 'is', 'are')} not needed.")  # fmt: skip
        if not is_adjustment_set(network, x, y, {n}):
            add(frozenset({n}), "any cause will do",
                f"With {tutor.say.title(n)} alone held fixed, {_back_way(tutor, x, y, frozenset({n}))}.")  # fmt: skip
    return found


def _after(
    tutor: Tutor, x: str, y: str, right: frozenset[str], name: str, way: Collection[str]
) -> str:
    """What comes of holding fixed, too, what comes after the cause and lies on no way to the outcome."""
    title, cause = tutor.say.title(name), tutor.say.title(x)
    comes = tutor.say.agree(name, "comes", "come")
    between_them = [n for n in tutor.network.order if n in way and n not in (x, y)]
    from_them = [n for n in (*between_them, y) if name in below(tutor.graph, n)]
    if from_them:
        what = tutor.say.title(from_them[-1])
        return (
            f"{title} {comes} after {what}, too, and tells of it: with that held fixed, part of what {cause} "
            f"{tutor.say.agree(x, 'does', 'do')} is hidden."
        )
    ways = _paths(tutor, x, y, {*right, name})
    if any(each.open and set(each.arrows) != {"->"} for each in ways):
        return (
            f"{title} {comes} after {cause}. Holding it fixed can make a link where there is none."
        )
    return f"That works, but {title} {tutor.say.agree(name, 'is', 'are')} not needed."
