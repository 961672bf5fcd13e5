"""What one cell of a table, or one value of a case, says: nothing, a state, a measured value.

The same rule for a value in a dict, a cell of a frame and the text of a file: what is written alike
means alike, whatever it was kept in.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import numpy as np

from etiograph.errors import InvalidFinding
from etiograph.network.finding import Measured, measured, measured_text, understood, unknown
from etiograph.network.frozen import duplicates
from etiograph.network.quantity import read_quantity
from etiograph.network.reading import Reading
from etiograph.network.variable import Variable

if TYPE_CHECKING:
    from etiograph.network.network import Network

_WHOLE = re.compile(r"([+-]?\d+)\.0+")
_LONGEST = 100
"""Characters of the longest text that is read as a number."""


def says_nothing(value: object, marks: Collection[str] = ()) -> bool:
    """Whether a cell is empty: None, NaN, pandas' NA and NaT, "", ``unknown``, or one of the marks.

    Parameters
    ----------
    value : object
        The cell.
    marks : collection of str
        What else stands for "not known", as :func:`spellings` writes it.
    """
    if value is None or value is unknown or (isinstance(value, str) and not value):
        return True
    if isinstance(value, float | np.floating) and value != value:
        return True
    if isinstance(value, Decimal) and value.is_nan():
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    pandas = sys.modules.get("pandas")  # not there: then no cell is one of its values
    if pandas is not None and (value is pandas.NA or value is pandas.NaT):
        return True
    return bool(marks) and any(text in marks for text in spellings(value))


def spellings(value: object) -> tuple[str, ...]:
    """The ways a text, number or boolean is written, the plainest first; () for anything else.

    A whole number has two, "1" and "1.0": which of them a file holds hangs on whether the column
    had holes when it was saved.
    """
    if isinstance(value, str):
        text = normalize("NFC", value)
        whole = _WHOLE.fullmatch(text) if len(text) <= _LONGEST else None
        return (text, whole[1]) if whole else (text,)
    if isinstance(value, bool | np.bool_):
        return (str(bool(value)),)
    if isinstance(value, int | np.integer):
        return (str(int(value)),)
    if isinstance(value, float | np.floating | Decimal) and not says_nothing(value):
        number = float(value)
        if np.isfinite(number) and number == int(number):
            return (str(int(number)), str(number))
        return (str(value),)
    return ()


def state_named(variable: Variable, value: object) -> str | None:
    """The state that a text, number or boolean names; None if it names none.

    Parameters
    ----------
    variable : Variable
        Whose states.
    value : object
        Text names the state it spells (in Unicode normal form C). A number names the state written
        like it: 1 and 1.0 name "1". True and False, or these words in any case, name the state
        that spells so, in any case; in their absence "1" and "0".

    Raises
    ------
    InvalidFinding
        A number or boolean that could name either of two states.
    """
    states = variable.states
    texts = spellings(value)
    if isinstance(value, str) and texts[0] in states:
        return texts[0]
    named = [s for s in states if s in texts]
    folded = texts[0].casefold() if texts else ""
    if not named and folded in ("true", "false"):
        named = [s for s in states if s.casefold() == folded]
        if not named and {"0", "1"} <= set(states):
            named = ["1" if folded == "true" else "0"]
    if len(named) > 1:
        raise InvalidFinding(
            f"{variable.name!r}: {value!r} could be either of its states {' and '.join(named)}; "
            "give it as text"
        )
    return named[0] if named else None


def finding_of(
    network: Network,
    name: str,
    value: Any,
    *,
    marks: Collection[str] = (),
    unit: str | None = None,
    bare: bool = False,
) -> Any:
    """The finding that a value from outside is: ``unknown``, a state, or as it was given.

    Parameters
    ----------
    network : Network
        Whose variable or red-flag-only finding ``name`` is.
    name, value : str, object
        The variable and what is said of it; a list is several findings on it.
    marks : collection of str
        What else than the empty cell stands for "not known".
    unit : str, optional
        Unit of a bare number of a reading; by default its canonical unit.
    bare : bool
        Whether a bare number of a reading is a measured value. Otherwise it is left as it is, to be
        refused where its unit has to be stated.

    Raises
    ------
    UnknownName, InvalidFinding
    """
    if says_nothing(value, marks):
        return unknown
    if isinstance(value, np.ndarray):
        value = value.tolist()  # of no dimensions: its one cell
    if isinstance(value, list | tuple):
        return [
            finding_of(network, name, each, marks=marks, unit=unit, bare=bare) for each in value
        ]
    variable = network.variable(name)
    state = state_named(variable, value)
    if state is not None:
        return state
    reading = network.mechanisms.get(name)
    if bare and isinstance(reading, Reading):
        return _measured(value, unit, variable, reading)
    return value.item() if isinstance(value, np.generic) and not isinstance(value, str) else value


def _measured(value: Any, unit: str | None, variable: Variable, reading: Reading) -> Any:
    """A bare number as a measured value; whatever else it is, as it was given."""
    if isinstance(value, str):
        quantity = read_quantity(value)
        if quantity is None or quantity.unit:
            return value
        return measured_text(value, variable, reading, unit or reading.unit)
    if isinstance(value, Measured) and value.unit is None:
        return replace(value, unit=unit)
    if isinstance(value, int | float | np.integer | np.floating | Decimal) and not isinstance(
        value, bool
    ):
        try:
            number = float(value)
        except OverflowError:
            raise InvalidFinding("a measured value must be a finite number") from None
        return measured(number, unit)
    return value


def row_of(network: Network, given: Any) -> dict[str, Any]:
    """What is given of one person, as a dict: from a mapping, or from a row of a pandas table.

    Raises
    ------
    InvalidFinding
        Neither of them, or a row in which two cells are called alike.
    """
    if given is None:
        return {}
    if type(given) is dict or isinstance(given, Mapping):
        return dict(given)
    if not (hasattr(given, "items") and hasattr(given, "index")):
        raise InvalidFinding(
            f"findings are a mapping of names to what was found, not {type(given).__name__}"
        )
    cells = [(str(name), cell) for name, cell in given.items()]
    if twins := duplicates(name for name, _ in cells):
        raise InvalidFinding(f"finding {twins[0]!r} is given twice; put both in a list")
    return findings_of(network, dict(cells), bare=True)


def findings_of(
    network: Network, given: Mapping[str, Any], *, bare: bool = False
) -> dict[str, Any]:
    """Findings of one person as the library takes them, from a dict or a row of a table.

    Names are brought into Unicode normal form C; a name that is not known is left to the caller.

    Raises
    ------
    UnknownName, InvalidFinding
        What is said of a known name is no finding on it.
    """
    findings: dict[str, Any] = {}
    for name, value in given.items():
        known = name if name in network.variables else normalize("NFC", str(name))
        states = network.variables[known].states if known in network.variables else ()
        if known in findings:
            raise InvalidFinding(f"finding {known!r} is given twice; put both in a list")
        plain = type(value) is str and value in states
        known_name = known in network.variables or known in network.flags
        if known_name and not plain:
            value = finding_of(network, known, value, bare=bare)
            understood(network, known, value)  # what is wrong is said at once, not when first asked
        findings[known] = value
    return findings
