"""What the arrows alone say: separation, paths, and what to adjust for.

Nothing here reads a number. d-separation and its uses follow Pearl (2009), sections 1.2 and 3.3.
Variables that cannot be observed are those the network declares so, and any the caller adds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from etiograph.errors import InvalidChange, InvalidFinding, NotIdentifiable, TooLarge, UnknownName
from etiograph.network.answer import Result
from etiograph.network.value import value_type
from etiograph.query.graphs import (
    Dag,
    ancestral,
    below,
    minimal_separators,
    moral,
    reachable,
    simple_paths,
)

if TYPE_CHECKING:
    from etiograph.network.network import Network

Names = str | Collection[str]

MAX_SETS = 1_000
MAX_PATHS = 1_000
MAX_CANDIDATES = 18
LONGEST_NAMED = 12
"""Arrows of the longest path that is looked for to be named in an error."""


@value_type
@dataclass(frozen=True, slots=True)
class Path(Result):
    """A path between two variables and what findings do to it.

    Attributes
    ----------
    nodes : tuple of str
        From one end to the other.
    arrows : tuple of str
        ``"->"`` or ``"<-"`` between neighbours.
    open : bool
        Whether association flows along it.
    blocks : tuple of (str, str)
        Where it is blocked and why.
    causal : bool
        Whether every arrow points away from the first node.
    """

    nodes: tuple[str, ...]
    arrows: tuple[str, ...]
    open: bool
    blocks: tuple[tuple[str, str], ...]
    causal: bool

    def __str__(self) -> str:
        parts = [self.nodes[0]]
        for arrow, node in zip(self.arrows, self.nodes[1:], strict=True):
            parts += [arrow, node]
        return " ".join(parts)


def dag(network: Network) -> Dag:
    """The arrows of a network: variable to its parents."""
    return {name: tuple(network.parents(name)) for name in network.variables}


def d_separated(network: Network, x: Names, y: Names, given: Names = ()) -> bool:
    """Whether ``given`` blocks every path between ``x`` and ``y``.

    Raises
    ------
    UnknownName
        A name is not known.
    InvalidFinding
        A variable stands on two sides.
    """
    graph = dag(network)
    left, right, known = (names_in(graph, group) for group in (x, y, given))
    if twice := (left & right) | (left & known) | (right & known):
        raise InvalidFinding(f"{', '.join(sorted(twice))} stands on two sides of the question")
    return not reachable(graph, left, known) & right


def paths(
    network: Network,
    x: str,
    y: str,
    given: Names = (),
    *,
    longest: int | None = None,
    limit: int = MAX_PATHS,
) -> tuple[Path, ...]:
    """Every path between two variables, shortest first, open or blocked and why.

    Parameters
    ----------
    network : Network
        Whose arrows.
    x, y : str
        The two ends.
    given : str or collection of str
        What is known.
    longest : int, optional
        Only paths of at most so many arrows: large networks have more paths than anyone can read.
    limit : int
        At most so many paths.

    Raises
    ------
    TooLarge
        There are more than ``limit`` paths.
    """
    graph = dag(network)
    names_in(graph, (x, y))
    known = names_in(graph, given)
    upstream = ancestral(graph, known)
    found: list[Path] = []
    for nodes in simple_paths(graph, x, y, longest=longest):
        if len(found) == limit:
            raise TooLarge(
                f"more than {limit:,} paths between '{x}' and '{y}'; ask for the shorter ones, "
                f"such as longest=4",
                limit,
            )
        found.append(judged(graph, nodes, known, upstream))
    return tuple(sorted(found, key=lambda path: (len(path.nodes), path.nodes)))


def open_paths(
    network: Network,
    x: str,
    y: str,
    given: Names = (),
    *,
    longest: int | None = None,
    limit: int = MAX_PATHS,
) -> tuple[Path, ...]:
    """The paths along which association flows, given what is known; as :func:`paths`."""
    found = paths(network, x, y, given, longest=longest, limit=limit)
    return tuple(path for path in found if path.open)


def judged(graph: Dag, nodes: tuple[str, ...], known: set[str], upstream: set[str]) -> Path:
    """What is known does to a path: open, or blocked and why; ``upstream`` are all above what is known."""
    arrows = tuple("->" if a in graph[b] else "<-" for a, b in pairwise(nodes))
    blocks: list[tuple[str, str]] = []
    for before, node, after in zip(arrows, nodes[1:-1], arrows[1:], strict=False):
        if before == "->" and after == "<-":
            if node not in upstream:
                blocks.append(
                    (node, "a common effect, and neither it nor any effect of it is known")
                )
        elif node in known:
            what = "a common cause" if before == "<-" and after == "->" else "on the way"
            blocks.append((node, f"{what}, and it is known"))
    causal = all(arrow == "->" for arrow in arrows)
    return Path(nodes, arrows, not blocks, tuple(blocks), causal)


def markov_blanket(network: Network, variable: str) -> frozenset[str]:
    """Parents, children and the children's other parents: given them, nothing else matters."""
    graph = dag(network)
    names_in(graph, (variable,))
    children = {name for name, parents in graph.items() if variable in parents}
    spouses = {p for child in children for p in graph[child]}
    return frozenset({*graph[variable], *children, *spouses} - {variable})


def is_adjustment_set(network: Network, x: str, y: str, z: Names) -> bool:
    """Whether ``z`` satisfies the back-door criterion (Pearl 2009, definition 3.3.1).

    No member is an effect of ``x``, and ``z`` blocks every path into ``x``.
    """
    graph = dag(network)
    names_in(graph, (x, y))
    members = names_in(graph, z)
    if members & ({x, y} | below(graph, x)):
        return False
    return y not in reachable(cut_below(graph, x), {x}, members)


def adjustment_sets(
    network: Network,
    x: str,
    y: str,
    *,
    minimal: bool = True,
    unobserved: Names = (),
    limit: int = MAX_SETS,
) -> tuple[frozenset[str], ...]:
    """The sets of observable variables that satisfy the back-door criterion, smallest first.

    Parameters
    ----------
    network : Network
        Whose arrows.
    x, y : str
        Cause and outcome.
    minimal : bool
        Only sets of which no part can be left out. False: every set (at most 18 candidates).
    unobserved : str or collection of str
        Variables that cannot be adjusted for, besides those declared so.
    limit : int
        At most so many sets.

    Returns
    -------
    tuple of frozenset of str
        Empty where no set exists and none is wanted: ``x`` does not lead to ``y``, so the effect is
        nil (see :func:`~etiograph.query.identify.identify`).

    Raises
    ------
    NotIdentifiable
        No set exists; the message names a path that cannot be blocked.
    InvalidChange
        Cause and outcome are the same.
    TooLarge
        Too many candidates to list every set.
    """
    graph = dag(network)
    names_in(graph, (x, y))
    hidden = hidden_of(network, graph, unobserved)
    refuse_hidden_ends(x, y, hidden)
    allowed = set(graph) - hidden - {x, y} - below(graph, x)
    trimmed = cut_below(graph, x)
    if y in reachable(trimmed, {x}, allowed & ancestral(graph, {x, y})):
        if y not in below(graph, x):
            return ()
        raise NotIdentifiable(_why_no_set(trimmed, x, y, allowed, hidden))
    if minimal:
        skeleton = moral(trimmed, ancestral(trimmed, {x, y}))
        found = minimal_separators(skeleton, x, y, allowed, limit)
    else:
        found = _every_set(trimmed, x, y, sorted(allowed))
    return tuple(sorted(found, key=lambda s: (len(s), sorted(s))))


def _every_set(graph: Dag, x: str, y: str, candidates: list[str]) -> list[frozenset[str]]:
    if len(candidates) > MAX_CANDIDATES:
        entries = 2 ** len(candidates)
        raise TooLarge(
            f"{len(candidates)} candidates make {entries:,} sets, at most 2^{MAX_CANDIDATES} are "
            f"tried; ask for the minimal ones",
            entries,
        )
    return [frozenset(z) for z in subsets(candidates) if y not in reachable(graph, {x}, set(z))]


# -- shared ---------------------------------------------------------------------------------------


def cut_below(graph: Dag, x: str) -> Dag:
    """The graph without the arrows out of ``x``."""
    return {name: tuple(p for p in parents if p != x) for name, parents in graph.items()}


def names_in(graph: Dag, names: Names) -> set[str]:
    if not isinstance(names, Collection) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"variables must be a name or a collection of names, not {names!r}")
    chosen = {names} if isinstance(names, str) else set(names)
    for name in chosen:
        if name not in graph:
            raise UnknownName(name, "variable", tuple(graph))
    return chosen


def hidden_of(network: Network, graph: Dag, unobserved: Names) -> set[str]:
    declared = {name for name, variable in network.variables.items() if not variable.observable}
    return declared | names_in(graph, unobserved)


def refuse_hidden_ends(x: str, y: str, hidden: set[str]) -> None:
    """Refuse a cause or an outcome that is not observed, or that is both."""
    if x == y:
        raise InvalidChange(f"'{x}' is asked about as its own cause: name another outcome")
    for end in (x, y):
        if end in hidden:
            raise NotIdentifiable(f"'{end}' itself is not observed")


def subsets(candidates: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(candidates) + 1):
        yield from combinations(candidates, size)


def _why_no_set(trimmed: Dag, x: str, y: str, allowed: set[str], hidden: set[str]) -> str:
    """Name the shortest back-door path that stays open whatever is adjusted for."""
    known = allowed & ancestral(trimmed, {x, y})
    upstream = ancestral(trimmed, known)
    text = f"no set of observed variables blocks every back-door path from '{x}' to '{y}'"
    shortest = next(
        (
            path
            for longest in range(2, min(len(trimmed), LONGEST_NAMED))
            for nodes in simple_paths(trimmed, x, y, limit=MAX_PATHS, longest=longest)
            if (path := judged(trimmed, nodes, known, upstream)).open
        ),
        None,
    )
    if shortest is None:
        return text
    unseen = [node for node in shortest.nodes if node in hidden]
    cause = f" ({', '.join(unseen)} is not observed)" if unseen else ""
    return f"{text}: {shortest} stays open{cause}"
