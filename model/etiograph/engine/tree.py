"""From pieces and an elimination order to a tree of tables.

Nodes are cliques; a node sends its parent one message over their separator. Every variable that can
carry a finding hangs its likelihood, as one more message, on the smallest node that holds it. A node
with many inputs gets intermediate nodes that join two small ones first, so that no table is swept
with more inputs than it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from etiograph.engine.costs import MANY_INPUTS
from etiograph.engine.decompose import Decomposition, Piece
from etiograph.engine.order import bits, primal_graph

MAX_INPUTS = 3
"""Inputs for which the kernels have a loop of their own."""


@dataclass(slots=True)
class Node:
    """A table of the tree.

    Attributes
    ----------
    scope : set of int
        Its variables.
    pieces : list of Piece
        The factors multiplied into it.
    children : list of Node
        Nodes that send it a message.
    slots : list of int
        Variables whose likelihood enters here.
    separator : set of int
        What it shares with its parent.
    """

    scope: set[int]
    pieces: list[Piece] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    separator: set[int] = field(default_factory=set)


def _size(scope: set[int], cards: Sequence[int]) -> float:
    size = 1.0
    for v in scope:
        size *= cards[v]
    return size


def _cliques(parts: Decomposition) -> list[Node]:
    """The elimination cliques as a forest; returns its roots."""
    n = len(parts.cards)
    graph = primal_graph(n, (piece.scope for piece in parts.pieces))
    position = {v: i for i, v in enumerate(parts.order)}
    nodes: list[Node] = []
    parent: list[int] = []
    for v in parts.order:
        near = graph[v]
        for u in bits(near):
            graph[u] = (graph[u] | near) & ~((1 << u) | (1 << v))
        rest = set(bits(near))
        nodes.append(Node(rest | {v}))
        parent.append(min((position[u] for u in rest), default=-1))
    for piece in parts.pieces:
        if piece.scope:
            nodes[min(position[v] for v in piece.scope)].pieces.append(piece)
    # A parent that adds nothing to its child becomes part of it.
    root_of = list(range(len(nodes)))

    def find(i: int) -> int:
        while root_of[i] != i:
            i = root_of[i]
        return i

    for i in range(len(nodes)):
        me = find(i)
        up = parent[i]
        if up >= 0 and find(up) != me and nodes[find(up)].scope <= nodes[me].scope:
            other = find(up)
            nodes[me].pieces += nodes[other].pieces
            root_of[other] = me
    roots = []
    for i, node in enumerate(nodes):
        if find(i) != i:
            continue
        # The merged node's parent is the first ancestor outside the merge.
        up = parent[i]
        while up >= 0 and find(up) == i:
            up = parent[up]
        if up < 0:
            roots.append(node)
        else:
            over = nodes[find(up)]
            node.separator = node.scope & over.scope
            over.children.append(node)
    return roots


def _flatten(roots: Sequence[Node]) -> list[Node]:
    """All nodes, children before parents."""
    done: list[Node] = []
    stack = list(roots)
    while stack:
        node = stack.pop()
        done.append(node)
        stack.extend(node.children)
    done.reverse()
    return done


def _host_slots(nodes: Sequence[Node], variables: Sequence[int], cards: Sequence[int]) -> None:
    hosts: dict[int, tuple[float, Node]] = {}
    for node in nodes:
        size = _size(node.scope, cards)
        for v in node.scope:
            if v not in hosts or size < hosts[v][0]:
                hosts[v] = (size, node)
    for v in variables:
        hosts[v][1].slots.append(v)


def _input_scope(item: Node | int) -> set[int]:
    return item.separator if isinstance(item, Node) else {item}


def _between(a: Node | int, b: Node | int) -> Node:
    """A node that joins two inputs and passes all of both on."""
    scope = _input_scope(a) | _input_scope(b)
    node = Node(scope, separator=set(scope))
    for item in (a, b):
        if isinstance(item, Node):
            node.children.append(item)
        else:
            node.slots.append(item)
    return node


def _binarise(node: Node, cards: Sequence[int]) -> None:
    """Join small inputs in small tables before they enter a large one."""
    full = _size(node.scope, cards)
    inputs: list[Node | int] = [*node.children, *node.slots]
    scope_of = _input_scope
    while len(inputs) > MANY_INPUTS:
        # A hub of thousands of findings: pair neighbours of one scope rather than compare all pairs.
        inputs.sort(key=lambda item: sorted(scope_of(item)))
        inputs = [
            inputs[i] if i + 1 == len(inputs) else _between(inputs[i], inputs[i + 1])
            for i in range(0, len(inputs), 2)
        ]
    while len(inputs) > 1:
        best: tuple[float, int, int] | None = None
        for i in range(len(inputs)):
            for j in range(i + 1, len(inputs)):
                size = _size(scope_of(inputs[i]) | scope_of(inputs[j]), cards)
                if best is None or size < best[0]:
                    best = (size, i, j)
        assert best is not None
        if len(inputs) <= MAX_INPUTS and (best[0] * 2 > full or full <= 16):
            break
        a, b = inputs[best[1]], inputs[best[2]]
        inputs = [x for x in inputs if x is not a and x is not b] + [_between(a, b)]
    node.children = [x for x in inputs if isinstance(x, Node)]
    node.slots = [x for x in inputs if not isinstance(x, Node)]


def build_tree(
    parts: Decomposition, slots: Sequence[int], cards: Sequence[int]
) -> tuple[list[Node], list[Node]]:
    """The tree of tables.

    Parameters
    ----------
    parts : Decomposition
        Pieces and an order.
    slots : sequence of int
        Variables that may carry a likelihood.
    cards : sequence of int
        Number of states still possible of every variable, chain variables included.

    Returns
    -------
    (list of Node, list of Node)
        All nodes, children before parents, and the roots.
    """
    roots = _cliques(parts)
    nodes = _flatten(roots)
    _host_slots(nodes, slots, cards)
    for node in nodes:
        _binarise(node, cards)
    return _flatten(roots), roots


def shared_places(sizes: Sequence[int], children: Sequence[Sequence[int]]) -> tuple[list[int], int]:
    """Where each node's message from above stands, in a buffer that is used again and again.

    Parents are swept before their children then. A place is needed from the sweep of the parent
    (of a root: its own) to the node's own; that is far fewer than all messages.

    Parameters
    ----------
    sizes : sequence of int
        Length of the message of each node, children before parents.
    children : sequence of sequences of int
        The nodes below each.

    Returns
    -------
    (list of int, int)
        First position of each node's message, and the length of the buffer.
    """
    places = [-1] * len(sizes)
    gaps: list[tuple[int, int]] = []  # (first, past last), apart and in order
    end = 0
    for node in reversed(range(len(sizes))):
        for i in (*children[node], *([node] if places[node] < 0 else [])):
            fits = [gap for gap in gaps if gap[1] - gap[0] >= sizes[i]]
            if fits:
                first, last = min(fits, key=lambda gap: gap[1] - gap[0])
                at = gaps.index((first, last))
                gaps[at : at + 1] = [(first + sizes[i], last)] if last - first > sizes[i] else []
            else:
                first, end = end, end + sizes[i]
            places[i] = first
        gaps = _with_gap(gaps, places[node], places[node] + sizes[node])
    return places, end


def _with_gap(gaps: list[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """The gaps and one more, joined to those it touches."""
    if first == last:
        return gaps
    for gap in [gap for gap in gaps if gap[0] == last or gap[1] == first]:
        first, last = min(first, gap[0]), max(last, gap[1])
    return sorted([(first, last), *(g for g in gaps if g[1] < first or g[0] > last)])
