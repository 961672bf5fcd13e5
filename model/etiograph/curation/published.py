"""What is published, in files beside a model file: statistics to hold it against, and its evidence table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etiograph.curation.keys import CHECKS
from etiograph.curation.statistics import Check, Weights, refuse
from etiograph.errors import InvalidNetwork, UnknownName, UnreadableFile
from etiograph.network.frozen import FrozenMap

if TYPE_CHECKING:
    from etiograph.network.network import Network

CHECKS_FILE = "checks.toml"
HELD_OUT_FILE = "held_out.toml"
"""Statistics that were set aside before any number was weighed."""
EVIDENCE_FILE = "evidence.csv"
STATISTICS_FILES: Mapping[str, str] = FrozenMap(
    {CHECKS_FILE: "checks", "second_look.toml": "later figures", HELD_OUT_FILE: "set aside"}
)
"""Files of published statistics, and what they are called: those the network was checked against
as it was built, those that came later, those that were set aside and opened afterwards."""


def all_checks(network: Network, folder: Path) -> dict[str, tuple[Check, ...]]:
    """All published statistics in a folder, by what the file of each is called.

    Raises
    ------
    UnreadableFile, InvalidNetwork, UnknownName
        See :func:`read_checks`.
    """
    return {
        said: read_checks(network, folder / file)
        for file, said in STATISTICS_FILES.items()
        if (folder / file).is_file()
    }


def read_checks(network: Network, path: Path) -> tuple[Check, ...]:
    """Published statistics from a file, checked against the network.

    Raises
    ------
    UnreadableFile
        There is no such file, or it is not TOML.
    InvalidNetwork, UnknownName
        A statistic is not well formed, or names what the network does not have.
    """
    import tomllib

    from etiograph.formats.text import check_file, read_text

    check_file(path, "there are no published statistics")
    try:
        entries = tomllib.loads(read_text(path)).get("checks", [])
    except tomllib.TOMLDecodeError as error:
        raise UnreadableFile(str(error), path=str(path)) from None
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise InvalidNetwork(f"{path.name}: expected [[checks]]")
    return tuple(_check(network, entry) for entry in entries)


def _check(network: Network, entry: Mapping[str, Any]) -> Check:
    name = str(entry.get("id", "?"))
    for key in entry:
        if key not in CHECKS:
            raise UnknownName(key, f"key of statistic {name!r}", tuple(CHECKS))
    try:
        of = entry["of"]
        (variable, states), *more = [(of, {})] if isinstance(of, str) else of.items()
        check = Check(
            id=entry["id"],
            statistic=entry["statistic"],
            variable=variable,
            weights=_weights(states),
            given={name: _weights(states) for name, states in entry.get("given", {}).items()},
            do=dict(entry.get("do", {})),
            against=dict(entry.get("against", {})),
            value=float(entry["value"]),
            low=float(entry["low"]),
            high=float(entry["high"]),
            evidence=tuple(entry["evidence"]),
            is_set=bool(entry["set"]),
            note=str(entry.get("note", "")),
        )
    except KeyError as error:
        raise InvalidNetwork(f"statistic {name!r}: {error.args[0]!r} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidNetwork(f"statistic {name!r}: {error}") from None
    if more:
        raise InvalidNetwork(f"statistic {name!r}: 'of' names more than one variable")
    refuse(network, check)
    return check


def _weights(states: Any) -> Weights:
    """One state, a list of states, or a table of states with their weights."""
    if isinstance(states, dict):
        return {state: float(x) for state, x in states.items()}
    return dict.fromkeys([states] if isinstance(states, str) else states, 1.0)


def evidence_beside(network: Network, path: Path) -> dict[str, dict[str, str]]:
    """The evidence table that a model file names, or ``evidence.csv`` beside it; {} if it is not there."""
    beside = path.parent / str(network.about.get("evidence") or EVIDENCE_FILE)
    return read_evidence(beside) if beside.is_file() else {}


def evidence(name_or_path: str | Path) -> dict[str, dict[str, str]]:
    """The published sources of a network: rows of its evidence table by id, as its numbers name them.

    Parameters
    ----------
    name_or_path : str or Path
        A bundled network, or a model file with an evidence table beside it.

    Returns
    -------
    dict of str to dict of str to str
        {} where the network has no such table.

    Raises
    ------
    UnknownName, UnreadableFile
        As :func:`etiograph.load`.

    Examples
    --------
    >>> import etiograph as eg
    >>> net, rows = eg.load("leg_cramps"), eg.evidence("leg_cramps")
    >>> ids = net.parameters["leg_cramps.magnesium_depletion"].evidence
    >>> any(each in rows for each in ids)
    True
    """
    from etiograph.resources import load, model_path

    return evidence_beside(load(name_or_path), model_path(name_or_path))


def read_evidence(path: Path) -> dict[str, dict[str, str]]:
    """Rows of an evidence table by id.

    Raises
    ------
    UnreadableFile
        There is no such file, or it has no column ``id``.
    """
    import csv
    from io import StringIO

    from etiograph.formats.text import check_file, read_text

    check_file(path, "there is no such evidence table")
    rows = list(csv.DictReader(StringIO(read_text(path))))
    if rows and "id" not in rows[0]:
        raise UnreadableFile("an evidence table needs a column 'id'", path=str(path))
    return {row["id"]: row for row in rows}
