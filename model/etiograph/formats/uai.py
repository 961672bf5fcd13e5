"""Networks in the UAI format of the inference competitions: numbers only, the child last in its scope."""

from __future__ import annotations

import re

import numpy as np

from etiograph.formats.carried import carrying, with_model
from etiograph.formats.draft import Draft
from etiograph.formats.plain import Plain
from etiograph.formats.tables import MAX_STATES, number_in
from etiograph.formats.text import Source, Tolerated
from etiograph.network.calling import warn
from etiograph.network.network import Network

_AGRUM = re.compile(r"^1 0   # \S", re.MULTILINE)
_TOKEN = re.compile(r"#[^\n]*+|(\S++)")


def loads_uai(text: str, name: str = "<text>") -> Network:
    """Read UAI text; variables and states are called by their numbers, from 0.

    Raises
    ------
    UnreadableFile, InvalidNetwork, TooLarge
        With the file and the line; a Markov network is refused.

    Warns
    -----
    Tolerated
        The file has no names.
    """
    bare = _read(text, name)
    network = with_model(bare, text, name)
    if network is bare:
        message = f"{name}: the format has no names; variables and states are called by number"
        warn(Tolerated(message))
    return network


class _Numbers:
    """The words of the file, one after the other."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.words = [m for m in _TOKEN.finditer(source.text) if m[1]]
        self.at = 0

    def position(self) -> int:
        end = len(self.source.text)
        return self.words[self.at].start() if self.at < len(self.words) else end

    def word(self, what: str) -> str:
        if self.at >= len(self.words):
            raise self.source.unreadable(self.position(), f"the file ends before {what}")
        self.at += 1
        return self.words[self.at - 1][1]

    def count(self, what: str, most: int) -> int:
        position = self.position()
        word = self.word(what)
        if not (word.isascii() and word.isdigit() and len(word) < 20):
            raise self.source.unreadable(position, f"{what}: '{word[:40]}' is no whole number")
        if int(word) > most:
            message = f"{what}: {int(word):,} where at most {most:,} can be"
            raise self.source.invalid(position, message)
        return int(word)


def _read(text: str, name: str) -> Network:
    source = Source(text, name)
    numbers = _Numbers(source)
    if (kind := numbers.word("the preamble")) != "BAYES":
        why = (
            "a Markov network states no conditional tables"
            if kind == "MARKOV"
            else "expected BAYES"
        )
        raise source.unreadable(0, f"'{kind[:40]}': {why}")
    left = len(numbers.words)
    n = numbers.count("the number of variables", left)
    # aGrUM's files, known by a name behind each scope, have the first parent fastest.
    draft = Draft(source, "first fastest" if _AGRUM.search(text) else "fastest")
    for v in range(n):
        position = numbers.position()
        states = numbers.count(f"the states of variable {v}", min(MAX_STATES, left))
        draft.variable(str(v), map(str, range(states)), position)
    scopes: list[tuple[int, list[int]]] = []
    for f in range(numbers.count("the number of tables", left)):
        position = numbers.position()
        size = numbers.count(f"the scope of table {f}", n)
        scope = [numbers.count(f"a variable of table {f}", max(n - 1, 0)) for _ in range(size)]
        if not scope:
            raise source.invalid(position, f"table {f} is of no variable")
        scopes.append((position, scope))
    for f, (_, scope) in enumerate(scopes):
        position = numbers.position()
        size = numbers.count(f"the size of table {f}", left)
        expected = 1
        for v in scope:
            expected *= len(draft.variables[str(v)].states)
        if size != expected:
            message = f"table {f}: {size:,} numbers are declared, its scope has {expected:,}"
            raise source.invalid(position, message)
        where = f"table {f}"
        values = [
            number_in(source, numbers.position(), numbers.word(f"the end of {where}"), where)
            for _ in range(size)
        ]
        *parents, child = map(str, scope)
        draft.table(child, parents, np.array(values), position)
    if numbers.at < len(numbers.words):
        raise source.unreadable(numbers.position(), "the file goes on after its last table")
    return draft.network()


def dumps_uai(network: Network) -> str:
    """The network as UAI text; names and all else stand in comments."""
    plain = Plain.of(network)
    index = {name: i for i, name in enumerate(plain.names)}
    out = ["BAYES", str(len(plain.names))]
    out.append(" ".join(str(len(plain.states[name])) for name in plain.names))
    out.append(str(len(plain.names)))
    for name in plain.names:
        scope = [index[v] for v in (*plain.parents[name], name)]
        out.append(" ".join(map(str, (len(scope), *scope))))
    for name in plain.names:
        table = plain.table(name)
        out += ["", str(table.size)]
        out += [" ".join(map(repr, row)) for row in table.reshape(-1, table.shape[-1]).tolist()]
    return carrying(network, "\n".join(out) + "\n", _read, "# ")
