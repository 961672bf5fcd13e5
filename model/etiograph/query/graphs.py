"""Small graph algorithms, on plain mappings from a name to the names of its parents."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping

from etiograph.network.closure import closure

Dag = Mapping[str, tuple[str, ...]]
"""Each variable with its parents."""

Skeleton = dict[str, set[str]]
"""Each node with its neighbours."""


def ancestral(graph: Dag, names: Collection[str]) -> set[str]:
    """The variables and everything upstream of them."""
    return closure(names, graph.__getitem__)


def below(graph: Dag, x: str) -> set[str]:
    """Everything downstream of ``x``, itself not included."""
    return closure({x}, children_of(graph).__getitem__) - {x}


def children_of(graph: Dag) -> dict[str, list[str]]:
    """Each variable with its children."""
    children: dict[str, list[str]] = {name: [] for name in graph}
    for name, parents in graph.items():
        for parent in parents:
            children[parent].append(name)
    return children


def between(graph: Dag, x: str, y: str) -> set[str]:
    """Everything on a directed path from ``x`` to ``y``, ends included."""
    return (below(graph, x) | {x}) & ancestral(graph, {y})


def reachable(graph: Dag, sources: Collection[str], known: Collection[str]) -> set[str]:
    """Everything d-connected to a source given what is known (Koller & Friedman 2009, algorithm 3.1).

    A path may enter a node from a child ("up") or from a parent ("down"); what it may do next
    depends on that and on whether the node, or something below it, is known.
    """
    known = set(known)
    upstream = ancestral(graph, known)
    children = children_of(graph)
    queue = deque((name, "up") for name in sources)
    seen: set[tuple[str, str]] = set()
    found: set[str] = set()
    while queue:
        step = queue.popleft()
        if step in seen:
            continue
        seen.add(step)
        name, way = step
        if name not in known:
            found.add(name)
        if way == "up" and name not in known:
            queue.extend((parent, "up") for parent in graph[name])
            queue.extend((child, "down") for child in children[name])
        elif way == "down":
            if name not in known:
                queue.extend((child, "down") for child in children[name])
            if name in upstream:
                queue.extend((parent, "up") for parent in graph[name])
    return found


def simple_paths(
    graph: Dag, x: str, y: str, limit: int | None = None, longest: int | None = None
) -> Iterator[tuple[str, ...]]:
    """Every path from ``x`` to ``y`` along arrows in either direction, no node twice.

    At most ``limit`` of them, of at most ``longest`` arrows.
    """
    children = children_of(graph)
    near = {name: sorted({*graph[name], *children[name]}) for name in graph}
    far = _distances(near, y)
    most = len(graph) if longest is None else longest
    # Only what can still reach y without going back is worth walking into.
    path, on_path = [x], {x}
    iterators = [iter(near[x])]
    count = 0
    while iterators:
        step = next(iterators[-1], None)
        if step is None:
            iterators.pop()
            on_path.discard(path.pop())
        elif len(path) + far.get(step, most) > most:
            continue
        elif step == y:
            yield (*path, y)
            count += 1
            if count == limit:
                return
        elif step not in on_path and _reaches(near, step, y, on_path):
            path.append(step)
            on_path.add(step)
            iterators.append(iter(near[step]))


def _distances(near: Mapping[str, list[str]], start: str) -> dict[str, int]:
    """Arrows to each node, whatever their direction."""
    far, queue = {start: 0}, deque([start])
    while queue:
        name = queue.popleft()
        for step in near[name]:
            if step not in far:
                far[step] = far[name] + 1
                queue.append(step)
    return far


def _reaches(near: Mapping[str, list[str]], start: str, y: str, avoid: set[str]) -> bool:
    seen, stack = {start}, [start]
    while stack:
        for step in near[stack.pop()]:
            if step == y:
                return True
            if step not in seen and step not in avoid:
                seen.add(step)
                stack.append(step)
    return False


def moral(graph: Dag, names: Collection[str]) -> Skeleton:
    """The moral graph over the names: arrows without heads, parents of a child joined."""
    inside = set(names)
    skeleton: Skeleton = {name: set() for name in graph if name in inside}
    for name in skeleton:
        family = [name, *(p for p in graph[name] if p in inside)]
        for a in family:
            skeleton[a].update(b for b in family if b != a)
    return skeleton


def component(skeleton: Skeleton, start: str, without: Collection[str]) -> set[str]:
    """Everything joined to ``start`` once some nodes are taken away."""
    blocked = set(without)
    return closure({start}, lambda node: skeleton[node] - blocked)


def pieces(skeleton: Skeleton, names: Collection[str]) -> list[set[str]]:
    """The groups of these nodes that hang together among themselves."""
    inside = set(names)
    near = {a: skeleton[a] & inside for a in inside}
    left, found = set(names), []
    while left:
        piece = component(near, min(left), ())
        found.append(piece)
        left -= piece
    return found


def minimal_separators(
    skeleton: Skeleton, x: str, y: str, allowed: Collection[str], limit: int
) -> list[frozenset[str]]:
    """Every minimal set of allowed nodes that parts ``x`` from ``y`` (Shen & Liang 1997).

    Nodes that are not allowed are taken out first, their neighbours joined, which leaves
    separation among the others as it was.
    """
    near = {name: set(others) for name, others in skeleton.items()}
    for name in list(near):
        if name in (x, y) or name in allowed:
            continue
        others = near.pop(name)
        for a in others:
            near[a].discard(name)
            near[a].update(b for b in others if b != a)
    if y in near[x]:
        return []

    def facing(removed: set[str]) -> frozenset[str] | None:
        """Neighbours of the part that holds ``y`` once some nodes are taken away."""
        if y in removed:
            return None
        side = component(near, y, removed)
        return frozenset(b for a in side for b in near[a] if b not in side)

    first = facing(near[x] | {x})
    if first is None:
        return []
    found = {first: None}
    queue = deque([first])
    while queue and len(found) < limit:
        separator = queue.popleft()
        side = component(near, x, separator)
        for node in separator:
            if y in near[node]:
                continue
            following = facing(side | separator | near[node])
            if following is not None and following not in found:
                found[following] = None
                queue.append(following)
    return list(found)[:limit]


def projection(graph: Dag, hidden: Collection[str]) -> tuple[Dag, Skeleton]:
    """The observed variables alone: their arrows, and which of them share an unseen cause.

    The latent projection (Verma & Pearl 1990): an arrow stands for a directed path through unseen
    variables, a tie for two such paths from one unseen variable.
    """
    unseen = set(hidden)
    parents_unseen = {name: [p for p in graph[name] if p in unseen] for name in graph}
    above = {name: closure(parents_unseen[name], parents_unseen.__getitem__) for name in graph}
    seen = [name for name in graph if name not in unseen]
    arrows = {}
    for name in seen:
        parents = dict.fromkeys(p for source in (name, *above[name]) for p in graph[source])
        arrows[name] = tuple(p for p in parents if p not in unseen)
    ties: Skeleton = {a: {b for b in seen if b != a and above[a] & above[b]} for a in seen}
    return arrows, ties


def hedge(arrows: Dag, ties: Skeleton, x: str, y: str) -> tuple[set[str], set[str]] | None:
    """Why P(y | do(x)) cannot be computed from what is observed; None if it can.

    The identification algorithm (Shpitser & Pearl 2006, figure 3), lines as numbered there, keeping
    only sets: whether an estimand exists does not depend on the numbers.

    Returns
    -------
    (set, set) or None
        The two sets of the hedge: F, tied together and containing part of the change, and F',
        tied together without it.
    """

    def identify(ys: set[str], xs: set[str], inside: set[str]) -> tuple[set[str], set[str]] | None:
        own = {a: tuple(p for p in arrows[a] if p in inside) for a in inside}
        if not xs:  # line 1
            return None
        upstream = ancestral(own, ys)
        if inside - upstream:  # line 2
            return identify(ys, xs & upstream, upstream)
        cut = {a: () if a in xs else parents for a, parents in own.items()}
        idle = inside - xs - ancestral(cut, ys)
        if idle:  # line 3
            return identify(ys, xs | idle, inside)
        apart = pieces(ties, inside - xs)
        if len(apart) > 1:  # line 4
            for piece in apart:
                found = identify(piece, inside - piece, inside)
                if found is not None:
                    return found
            return None
        (piece,) = apart
        wholes = pieces(ties, inside)
        if len(wholes) == 1:  # line 5
            return inside, piece
        if piece in wholes:  # line 6
            return None
        larger = next(whole for whole in wholes if piece < whole)  # line 7
        return identify(ys, xs & larger, larger)

    return identify({y}, {x}, set(arrows))
