"""Bayesian networks in the BIF interchange format, read strictly and in linear time.

The grammar is that of the Interchange Format (Cozman 1998, version 0.15), with the rows that the bnlearn
repository writes::

    network NAME { property ...; }
    variable NAME { type discrete [ 2 ] { no, yes }; }
    probability ( CHILD | PARENT, PARENT ) { (no, yes) 0.1, 0.9; ... }

Commas and the bar are white space, as the format was published. Rows are placed by their labels, never by
their position. A network block without a name, or left open, and free text between the blocks are read;
the last two with a warning.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from etiograph.errors import InvalidNetwork
from etiograph.formats.bif.comments import without_comments
from etiograph.formats.bif.rows import TableText
from etiograph.formats.bif.tables import FloatArray, TableReader
from etiograph.formats.bif.write import UNNAMED
from etiograph.formats.carried import with_model
from etiograph.formats.names import MARKER, NOTHING, escape, unescape
from etiograph.formats.tables import MAX_STATES, Declared
from etiograph.formats.text import Source, Tolerated, read_text
from etiograph.network.calling import warn
from etiograph.network.frozen import clean_name
from etiograph.network.network import Network

_SPACE = re.compile(r"\s*+")
_WORD = re.compile(r"""[^\s{}\[\]()|;,"]++""")
_FILLING = escape(NOTHING)
_MARKED = re.compile(rf'"?\s*{MARKER}\s*=\s*yes\s*"?')
_BLOCK = re.compile(
    r"""^[ \t]*+(?:network\b[^{}\n]{0,200}\s*+\{
    |variable\s++(?:"[^"\n]*+"|[^\s{}"]++)\s*+\{
    |probability\s*+\()""",
    re.MULTILINE | re.VERBOSE,
)


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
    Tolerated
        A network block left open, text between the blocks.
    """
    return loads_bif(read_text(path), str(path))


def loads_bif(text: str, name: str = "<text>") -> Network:
    """Read BIF text; ``name`` stands in the errors. Raises what :func:`load_bif` raises."""
    return with_model(read_bif(text, name), text, name)


def read_bif(text: str, name: str) -> Network:
    """What BIF text says to any reader, whatever its comments carry."""
    reader = _BifReader(Source(without_comments(text, name), name))
    reader.read()
    reading = TableReader(reader.source, reader.variables, reader.blocks)
    tables = reading.read()
    parents = {v: reader.blocks[v].parents for v in reader.variables}
    network = Network.from_tables(
        {v: tuple(s for s in x.states if s != NOTHING) for v, x in reader.variables.items()},
        parents,
        {v: _without_filling(t, (*parents[v], v), reader.variables) for v, t in tables.items()},
        about={"name": reader.title} if reader.title else {},
    )
    return reading.sums.settle(network)


def _without_filling(
    table: FloatArray, axes: tuple[str, ...], variables: dict[str, Declared]
) -> FloatArray:
    """The table without the states that only fill up variables of one state."""
    if not any(NOTHING in variables[v].states for v in axes):
        return table
    states = (variables[v].states for v in axes)
    return table[np.ix_(*([i for i, s in enumerate(each) if s != NOTHING] for each in states))]


def _title(text: str, escaped: bool) -> str:
    """The name of a network; empty where the file states none that can be shown."""
    try:
        text = unescape(text) if escaped else text
        return "" if text == UNNAMED else clean_name(text, "the name of the network")
    except (InvalidNetwork, ValueError, OverflowError):
        return ""


class _BifReader:
    """Goes once through the text; keeps the declarations and where each table's body stands."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.position = 0
        self.escaped = False
        self.title = ""
        self.left_open = False
        self.skipped: tuple[int, str] | None = None
        self.variables: dict[str, Declared] = {}
        self.blocks: dict[str, TableText] = {}

    def read(self) -> None:
        while self.skip_space() < len(self.text):
            start = self.position
            if self.left_open and self.peek() == "}":
                self.left_open = False
                self.position += 1
                continue
            word = self.word("'network', 'variable' or 'probability'")
            if word == "network":
                self.network()
            elif word == "variable":
                self.variable(start)
            elif word == "probability":
                self.probability(start)
            else:
                self.free_text(start, word)
        if not self.variables:
            raise self.source.unreadable(0, "no variable is declared: this is no BIF network")
        if self.skipped:
            start, between = self.skipped
            self.tolerate(start, f"text between the blocks was skipped: {_short(between)}")

    def tolerate(self, position: int, message: str) -> None:
        where = f"{self.source.name}:{self.source.line(position)}"
        warn(Tolerated(f"{where}: {message}"))

    def free_text(self, start: int, word: str) -> None:
        """Skip what stands between the blocks, if nothing in it looks like a block."""
        block = _BLOCK.search(self.text, self.position)
        end = block.start() if block else len(self.text)
        between = self.text[start:end]
        if "{" in between or "}" in between:
            message = f"expected 'network', 'variable' or 'probability', found {_short(word)}"
            raise self.source.unreadable(start, message)
        self.position = end
        self.skipped = self.skipped or (start, between.strip())

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
        words: list[str] = []
        while (char := self.peek()) != "{" and not (words and char in "}();"):
            words.append(self.word("the name of the network"))
        self.expect("{", "after the name of the network")
        while self.peek() != "}":
            start = self.position
            word = self.word("'property' or '}'")
            if word in ("variable", "probability"):
                self.tolerate(start, f"the network block is still open before this {word}")
                self.left_open = True
                self.position = start - 1
                break
            if word != "property":
                raise self.source.unreadable(start, "expected 'property' or '}' in the network")
            if _MARKED.fullmatch(self.property()):
                if self.variables:
                    message = "the property on escaped names must come before the variables"
                    raise self.source.unreadable(start, message)
                self.escaped = True
        self.position += 1
        self.title = _title(" ".join(words), self.escaped)

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
        self.variables[name] = Declared(states, start)

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
        while not states or self.peek() not in ("}", ""):
            place = self.skip_space()
            if self.escaped and len(states) == 1 and self.filling():
                states[NOTHING] = None
                break
            state = self.name(f"a state of '{name}'")
            if state in states:
                raise self.source.invalid(place, f"variable '{name}' lists state '{state}' twice")
            states[state] = None
            if self.peek() == ",":
                self.position += 1
                if self.peek() == "}":
                    raise self.source.unreadable(self.position, f"expected a state of '{name}'")
        self.expect("}", f"or ',' after the states of '{name}'")
        self.expect(";", f"after the states of '{name}'")
        if len(states) != int(count):
            message = f"variable '{name}' declares {int(count):,} states and lists {len(states):,}"
            raise self.source.invalid(at, message)
        return tuple(states)

    def filling(self) -> bool:
        """Whether the state that fills up a variable of one state comes next; it is skipped."""
        end = self.position + len(_FILLING)
        if self.text[self.position : end] != _FILLING or _WORD.match(self.text, end):
            return False
        self.position = end
        return True

    def probability(self, start: int) -> None:
        self.expect("(", "after 'probability'")
        at = self.skip_space()
        child = self.name("the variable of this table")
        parents: dict[str, int] = {}
        while (char := self.peek()) not in (")", ""):
            if char in "|,":
                self.position += 1
                if char == "|" and parents:
                    message = "'|' after the first parent: a table is that of one variable"
                    raise self.source.invalid(self.position - 1, message)
                continue
            place = self.position
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
        self.blocks[child] = TableText(
            child, at, tuple(parents), tuple(parents.values()), body, end, self.escaped
        )


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
