"""The diagram of a network, or of a case, as a picture to keep."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from etiograph.decision.diagram import Mark, svg
from etiograph.errors import InvalidFinding, UnknownName, UnreadableFile
from etiograph.network.event import Event

if TYPE_CHECKING:
    from etiograph.case import Case
    from etiograph.network.network import Network
    from etiograph.network.variable import Variable


class Drawing:
    """A picture in SVG, shown by a notebook as it is.

    Attributes
    ----------
    svg : str
        The picture; all text in it is escaped.
    """

    __slots__ = ("svg",)

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"Drawing({len(self.svg):,} characters of SVG)"

    def __eq__(self, other: object) -> bool:
        return self.svg == other.svg if isinstance(other, Drawing) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.svg)

    def png(self) -> bytes:
        """The picture in pixels, two to a point; takes ``etiograph[figures]``."""
        from vl_convert import svg_to_png

        return bytes(svg_to_png(self.svg, scale=2))

    def pdf(self) -> bytes:
        """The picture as a page of PDF; takes ``etiograph[figures]``."""
        from vl_convert import svg_to_pdf

        return bytes(svg_to_pdf(self.svg))

    def save(self, path: str | Path) -> None:
        """Write the picture: ``.svg``, or ``.png`` and ``.pdf`` where ``etiograph[figures]`` is installed.

        Raises
        ------
        InvalidFinding
            Another ending.
        UnreadableFile
            It cannot be written there.
        """
        target = Path(path)
        written = {".svg": self.svg.encode, ".png": self.png, ".pdf": self.pdf}
        ending = target.suffix.lower()
        if ending not in written:
            raise InvalidFinding(
                f"a diagram is saved as .svg, .png or .pdf, not as {target.suffix or target}"
            )
        data = written[ending]()
        try:
            target.write_bytes(data)
        except OSError as error:
            raise UnreadableFile(
                f"cannot be written: {error.strerror or error}", path=str(path)
            ) from error


def of_network(network: Network, names: Collection[str] | None, title: str) -> Drawing:
    """The variables and arrows of a network."""
    _check(network, names)
    return Drawing(svg(network, names=names, title=title))


def of_case(case: Case, names: Collection[str] | None, title: str) -> Drawing:
    """A network with what is known, changed, and probable."""
    _check(case.network, names)
    found = case.posterior()
    target = case.network.about.get("target")
    marks = {}
    for variable in case.network.variables.values():
        name, share = variable.name, None
        known = case.evidence.get(name)
        if name in case.changes:
            kind, text = "changed", f"{variable.label}: {_said(variable, case.changes[name])}"
        elif isinstance(known, str):
            kind, text = "observed", f"{variable.label}: {_said(variable, known)}"
        else:
            event = Event.of(variable, *(variable.unusual or variable.states[-1:]))
            share = float(found.array(name)[list(event.indices)].sum())
            kind = "target" if name == target else "implied"
            text = f"{event.label(case.network)}: {share:.0%}"
        marks[name] = Mark(text, share, kind=kind)
    return Drawing(svg(case.network, marks, names=names, cut=tuple(case.changes), title=title))


def _check(network: Network, names: Collection[str] | None) -> None:
    """Refuse names that are no variables."""
    if isinstance(names, str) or not (names is None or isinstance(names, Collection)):
        raise TypeError(f"names must be a collection of variables, not {names!r}")
    for name in names if names is not None else ():
        if name not in network.variables:
            raise UnknownName(str(name), "variable", tuple(network.variables))


def _said(variable: Variable, value: object) -> str:
    """A state by its label, a measured value as it was given; a distribution is only said to be set."""
    if not isinstance(value, str):
        return "set"
    return variable.state_label(value) if value in variable.states else value
