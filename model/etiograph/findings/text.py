"""Findings as a user types them, ``name=state``, into one mapping of name to finding."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from etiograph.errors import InvalidFinding, nearest
from etiograph.network.event import cuts
from etiograph.network.finding import not_

if TYPE_CHECKING:
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable


def read_words(network: Network, words: Sequence[str]) -> dict[str, Any]:
    """Findings from ``name=state`` and ``name!=state``; a name given twice gets a list.

    The names of the network say where a name ends, so it may hold ``=`` itself.

    Raises
    ------
    InvalidFinding
        A word has no ``=``, or can be read in two ways.
    """
    known = {**network.variables, **network.flags}
    findings: dict[str, Any] = {}
    for word in words:
        name, value, negated = _read(known, normalize("NFC", word))
        finding: Any = not_(value) if negated else value
        if name in findings:
            earlier = findings[name]
            finding = [*(earlier if isinstance(earlier, list) else [earlier]), finding]
        findings[name] = finding
    return findings


def as_command(
    network: str,
    findings: Mapping[str, str],
    changes: Mapping[str, str] | None = None,
    kind: str = "see",
    options: Sequence[str] = (),
) -> str:
    """The command line that asks about findings of a network; its words are quoted for a shell.

    Parameters
    ----------
    network : str
        A bundled network by name, or a file.
    findings : mapping of str to str
    changes : mapping of str to str, optional
        What is changed, in the way that ``kind`` says: "do", "had" or "after".
    kind : str
    options : sequence of str
        What else is asked, such as ``--why``.
    """
    changed = [word for n, v in (changes or {}).items() for word in (f"--{kind}", f"{n}={v}")]
    words = [f"{n}={v}" for n, v in findings.items()]
    return shlex.join(["etiograph", "ask", network, *words, *changed, *options])


def as_python(
    network: str,
    findings: Mapping[str, str],
    changes: Mapping[str, str] | None = None,
    kind: str = "see",
    asked: str = "posterior()",
) -> str:
    """The same in Python; ``asked`` is what is asked of the case."""
    changed = f".{kind}({dict(changes)!r})" if changes else ""
    return (
        "import etiograph as eg\n\n"
        f"case = eg.load({network!r}).case({dict(findings)!r}){changed}\n"
        f"print(case.{asked})"
    )


def _read(known: Mapping[str, Variable], word: str) -> tuple[str, str, bool]:
    """Name, value, and whether it is said not to be so."""
    found = [one for name, value in cuts(word, "=") if value for one in _names(known, name, value)]
    plain = [(name, value, negated) for name, value, negated in found if name in known]
    stated = [one for one in plain if one[1] in known[one[0]].states]
    for readings in (stated, plain):
        if len(readings) > 1:
            told = " or ".join(f"{name!r} is {value!r}" for name, value, _ in readings)
            raise InvalidFinding(f"{word!r} can be read in several ways: {told}")
        if readings:
            return readings[0]
    if not found:
        near = nearest(word, known)
        states = f"; {near!r} has the states {', '.join(known[near].states)}" if near else ""
        raise InvalidFinding(f"{word!r}: write it as name=state{states}")
    return found[-1]  # the shortest name: the first "=" separates, as in most words


def _names(known: Mapping[str, Variable], left: str, value: str) -> list[tuple[str, str, bool]]:
    """What may stand before a ``=``: a name, or a name and the mark of a negation."""
    found = [(left, value, False)] if left and (left in known or not left.endswith("!")) else []
    bare = left.removesuffix("!").strip()
    return [*found, (bare, value, True)] if left.endswith("!") and bare else found
