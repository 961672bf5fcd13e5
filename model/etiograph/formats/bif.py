"""Bayesian networks in the BIF interchange format, read strictly and in linear time.

The grammar is that of the Interchange Format (Cozman 1998, version 0.15) as the bnlearn repository
writes it::

    network NAME { property ...; }
    variable NAME { type discrete [ 2 ] { no, yes }; }
    probability ( CHILD | PARENT, PARENT ) { (no, yes) 0.1, 0.9; ... }

Rows are placed by their labels, never by their position. BIF knows tables only: a noisy-OR is written
as its table, and roles, sources and ranges are not written at all.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import InvalidNetwork
from etiograph.formats.bif_names import MARKER, escape, is_plain, unescape
from etiograph.formats.bif_rows import Block, Declaration
from etiograph.formats.bif_tables import Tables
from etiograph.formats.saving import write_atomically
from etiograph.formats.text import Source, read_text
from etiograph.network.frozen import clean_name
from etiograph.network.network import Network

MAX_STATES = 10_000
"""Most states a variable may declare."""

UNNAMED = "unknown"
"""What a BIF file calls a network without a name."""

_SPACE = re.compile(r"\s*+")
_WORD = re.compile(r"""[^\s{}\[\]()|;,"]++""")
_COMMENT_OR_QUOTE = re.compile(r'"|//|/\*')
_DELIMITERS = frozenset('{}[]()|;,"')


def load_bif(path: str | Path) -> Network:
    """Read a BIF file (plain or gzip-compressed).

    Raises
    ------
    UnreadableFile
        The text breaks the grammar, is cut short, binary, or too large.
    InvalidNetwork
        The tables are no probabilities, a block is missing or double, or the arrows form a cycle.
    UnknownName
        A variable or state that the file does not declare.

    Warns
    -----
    RowsNormalised
        Rows whose sum is off by more than 1e-6 and at most 1e-2.
    """
    return loads_bif(read_text(path), str(path))


def loads_bif(text: str, name: str = "<text>") -> Network:
    """Read BIF text; ``name`` stands in the errors. Raises what :func:`load_bif` raises."""
    reader = _Reader(Source(_without_comments(text, name), name))
    reader.read()
    tables = Tables(reader.source, reader.variables, reader.blocks).read()
    return Network.from_tables(
        {v: declared.states for v, declared in reader.variables.items()},
        {v: reader.blocks[v].parents for v in reader.variables},
        tables,
        about={"name": reader.title} if reader.title else {},
    )


def save_bif(network: Network, path: str | Path) -> None:
    """Write a network as BIF; the old file stays whole until the new one is.

    Raises
    ------
    TooLarge
        A table of more than 2**20 entries.
    """
    write_atomically(path, dumps_bif(network))


def dumps_bif(network: Network) -> str:
    """The network as BIF text; reading it back gives the same names and the same bits."""
    variables = network.variables
    title = str(network.about.get("name", "")) or UNNAMED
    names = [title, *variables, *(s for v in variables.values() for s in v.states)]
    out = [f"network {escape(title)} {{"]
    if not all(map(is_plain, names)):
        out.append(f'  property "{MARKER}" ;')
    out.append("}")
    for name, variable in variables.items():
        states = ", ".join(map(escape, variable.states))
        out.append(f"variable {escape(name)} {{")
        out.append(f"  type discrete [ {len(variable.states)} ] {{ {states} }};")
        out.append("}")
    for name in variables:
        out.extend(_block_lines(network, name))
    return "\n".join(out) + "\n"


def _block_lines(network: Network, name: str) -> list[str]:
    table: NDArray[np.float64] = network.table(name)
    parents = network.parents(name)
    if not parents:
        values = ", ".join(map(repr, table.tolist()))
        return [f"probability ( {escape(name)} ) {{", f"  table {values};", "}"]
    given = ", ".join(map(escape, parents))
    lines = [f"probability ( {escape(name)} | {given} ) {{"]
    labels = [[escape(s) for s in network.variables[p].states] for p in parents]
    rows = table.reshape(-1, table.shape[-1]).tolist()
    for index, row in zip(np.ndindex(table.shape[:-1]), rows, strict=True):
        states = ", ".join([labels[k][i] for k, i in enumerate(index)])
        lines.append(f"  ({states}) {', '.join(map(repr, row))};")
    lines.append("}")
    return lines


def _without_comments(text: str, name: str) -> str:
    """The text with comments blanked, every other character at its old position.

    A comment starts a token: ``http://x`` and ``a//b`` are not comments.
    """
    if "//" not in text and "/*" not in text:
        return text
    kept: list[str] = []
    done = position = 0
    while found := _COMMENT_OR_QUOTE.search(text, position):
        start = found.start()
        if found[0] == '"':
            position = text.find('"', start + 1) + 1
            if not position:
                break
            continue
        if start and not (text[start - 1].isspace() or text[start - 1] in _DELIMITERS):
            position = start + 2
            continue
        if found[0] == "//":
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
        else:
            end = text.find("*/", start + 2) + 2
            if end < 2:
                raise Source(text, name).unreadable(start, "this comment is never closed")
        kept.append(text[done:start])
        kept.append("".join("\n" if c == "\n" else " " for c in text[start:end]))
        done = position = end
    return "".join(kept) + text[done:]


def _title(text: str, escaped: bool) -> str:
    """The name of a network; empty where the file states none that can be shown."""
    try:
        text = unescape(text) if escaped else text
        return "" if text == UNNAMED else clean_name(text, "the name of the network")
    except (InvalidNetwork, ValueError, OverflowError):
        return ""


class _Reader:
    """Goes once through the text; keeps the declarations and where each table's body stands."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.position = 0
        self.escaped = False
        self.title = ""
        self.variables: dict[str, Declaration] = {}
        self.blocks: dict[str, Block] = {}

    def read(self) -> None:
        while self.skip_space() < len(self.text):
            start = self.position
            word = self.word("'network', 'variable' or 'probability'")
            if word == "network":
                self.network()
            elif word == "variable":
                self.variable(start)
            elif word == "probability":
                self.probability(start)
            else:
                message = f"expected 'network', 'variable' or 'probability', found {_short(word)}"
                raise self.source.unreadable(start, message)
        if not self.variables:
            raise self.source.unreadable(0, "no variable is declared: this is no BIF network")

    # tokens

    def skip_space(self) -> int:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.position

    def peek(self) -> str:
        position = self.skip_space()
        return self.text[position : position + 1]

    def expect(self, char: str, where: str) -> None:
        found = self.peek()
        if found != char:
            got = _short(self.text[self.position : self.position + 20].split("\n")[0])
            got = got if found else "the end of the file"
            raise self.source.unreadable(self.position, f"expected '{char}' {where}, found {got}")
        self.position += 1

    def word(self, expected: str) -> str:
        """The next bare or quoted word."""
        start = self.skip_space()
        if self.text.startswith('"', start):
            end = self.text.find('"', start + 1)
            if end < 0:
                raise self.source.unreadable(start, "this quote is never closed")
            self.position = end + 1
            return self.text[start + 1 : end]
        match = _WORD.match(self.text, start)
        if not match:
            got = _short(self.text[start : start + 1]) if self.peek() else "the end of the file"
            raise self.source.unreadable(start, f"expected {expected}, found {got}")
        self.position = match.end()
        return match[0]

    def name(self, expected: str) -> str:
        """The next word as a name, decoded if the file is escaped."""
        self.skip_space()
        start = self.position
        name = self.word(expected)
        if self.escaped:
            try:
                name = unescape(name)
            except (ValueError, OverflowError):
                message = f"{_short(name)} escapes no Unicode character"
                raise self.source.unreadable(start, message) from None
        try:
            return clean_name(name, expected)
        except InvalidNetwork as error:
            raise self.source.unreadable(start, str(error)) from None

    def property(self) -> str:
        """The text of a property, up to its semicolon."""
        start = self.position
        stop = self.closing(";", start)
        if stop < 0:
            raise self.source.unreadable(start, "this property is never closed by ';'")
        self.position = stop + 1
        return self.text[start:stop].strip()

    def closing(self, char: str, start: int) -> int:
        """The first ``char`` from ``start`` on that stands in no quotes, or -1."""
        end = self.text.find(char, start)
        quote = self.text.find('"', start, end)
        while end >= 0 and quote >= 0:
            close = self.text.find('"', quote + 1)
            if close < 0:
                raise self.source.unreadable(quote, "this quote is never closed")
            if close > end:
                end = self.text.find(char, close)
            quote = self.text.find('"', close + 1, end)
        return end

    # blocks

    def network(self) -> None:
        title = self.word("the name of the network")
        self.expect("{", "after the name of the network")
        while self.peek() != "}":
            start = self.position
            if self.word("'property' or '}'") != "property":
                raise self.source.unreadable(start, "expected 'property' or '}' in the network")
            if MARKER in self.property():
                if self.variables:
                    message = "the property on escaped names must come before the variables"
                    raise self.source.unreadable(start, message)
                self.escaped = True
        self.position += 1
        self.title = _title(title, self.escaped)

    def variable(self, start: int) -> None:
        name = self.name("the name of a variable")
        if name in self.variables:
            first = self.source.line(self.variables[name].position)
            raise self.source.invalid(start, f"variable '{name}' is declared twice (line {first})")
        self.expect("{", f"after 'variable {name}'")
        states: tuple[str, ...] | None = None
        while self.peek() != "}":
            at = self.position
            word = self.word(f"'type', 'property' or '}}' in variable '{name}'")
            if word == "property":
                self.property()
            elif word == "type" and states is None:
                states = self.states(name)
            else:
                message = f"variable '{name}': expected 'type' (once), 'property' or '}}', found "
                raise self.source.unreadable(at, message + _short(word))
        self.position += 1
        if states is None:
            raise self.source.invalid(start, f"variable '{name}' has no states")
        self.variables[name] = Declaration(states, start)

    def states(self, name: str) -> tuple[str, ...]:
        start = self.position
        kind = self.word(f"'discrete' in variable '{name}'")
        if kind != "discrete":
            message = f"variable '{name}' is of type {_short(kind)}; only 'discrete' is known"
            raise self.source.unreadable(start, message)
        self.expect("[", f"before the number of states of '{name}'")
        at = self.skip_space()
        count = self.word(f"the number of states of '{name}'")
        if not (count.isascii() and count.isdigit() and len(count) < 20):
            raise self.source.unreadable(at, f"'{name}': {_short(count)} is no number of states")
        if not 1 <= int(count) <= MAX_STATES:
            message = (
                f"variable '{name}' declares {int(count):,} states; 1 to {MAX_STATES:,} are read"
            )
            raise self.source.invalid(at, message)
        self.expect("]", f"after the number of states of '{name}'")
        self.expect("{", f"before the states of '{name}'")
        states: dict[str, None] = {}
        while True:
            place = self.skip_space()
            state = self.name(f"a state of '{name}'")
            if state in states:
                raise self.source.invalid(place, f"variable '{name}' lists state '{state}' twice")
            states[state] = None
            if self.peek() != ",":
                break
            self.position += 1
        self.expect("}", f"or ',' after the states of '{name}'")
        self.expect(";", f"after the states of '{name}'")
        if len(states) != int(count):
            message = f"variable '{name}' declares {int(count):,} states and lists {len(states):,}"
            raise self.source.invalid(at, message)
        return tuple(states)

    def probability(self, start: int) -> None:
        self.expect("(", "after 'probability'")
        at = self.skip_space()
        child = self.name("the variable of this table")
        parents: dict[str, int] = {}
        if self.peek() == "|":
            while not parents or self.peek() == ",":
                self.position += 1
                place = self.skip_space()
                parent = self.name(f"a parent of '{child}'")
                if parent in parents or parent == child:
                    what = "its own parent" if parent == child else f"given parent '{parent}' twice"
                    raise self.source.invalid(place, f"'{child}' is {what}")
                parents[parent] = place
        self.expect(")", f"or '|' or ',' in the head of the table of '{child}'")
        self.expect("{", f"before the table of '{child}'")
        if child in self.blocks:
            first = self.source.line(self.blocks[child].position)
            raise self.source.invalid(start, f"'{child}' has two tables (the other: line {first})")
        body = self.position
        end = self.closing("}", body)
        if end < 0:
            message = f"the file ends inside the table of '{child}', which starts here"
            raise self.source.unreadable(start, message)
        self.position = end + 1
        self.blocks[child] = Block(
            child, at, tuple(parents), tuple(parents.values()), body, end, self.escaped
        )


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
