"""Questions to etiograph, answered once and kept in memory by digest and findings.

Nothing here is written to disk, and no findings are logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

import etiograph as eg

from .cases import Pairs

Table = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Posterior of every variable; or the findings that contradict each other; or why there is none."""

    p: Table = field(default_factory=dict)
    conflict: tuple[str, ...] = ()
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is something to show."""
        return not self.conflict and not self.problem


@st.cache_resource(max_entries=16, show_spinner=False)
def _opened(reference: str, stamp: float) -> eg.Network:
    return eg.load(reference)


def network(reference: str) -> eg.Network:
    """A bundled network by name or a model file by path, read once for all sessions.

    Raises
    ------
    EtiographError
        There is no such network, or the file can't be read.
    """
    path = Path(reference)
    return _opened(reference, path.stat().st_mtime if path.is_file() else 0.0)


def posterior(network: eg.Network, findings: Pairs) -> Answer:
    """Posterior of every variable given findings."""
    return _posterior(network, network.digest(), findings)


@st.cache_data(max_entries=2000, show_spinner=False)
def _posterior(_network: eg.Network, digest: str, findings: Pairs) -> Answer:
    try:
        beliefs = _network.case(dict(findings)).posterior()
    except eg.ImpossibleFindings as error:
        return Answer(conflict=tuple(error.conflict))
    except eg.EtiographError as error:
        return Answer(problem=str(error))
    return Answer(
        p={
            name: {state: float(beliefs[name][state]) for state in variable.states}
            for name, variable in _network.variables.items()
        }
    )
