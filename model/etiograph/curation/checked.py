"""A network held against all that stands beside its file: published statistics and expected cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etiograph.curation.agreement import quantity, question
from etiograph.curation.expectations import Judged, judge, read_expectations
from etiograph.curation.published import CHECKS_FILE, evidence_beside, read_checks
from etiograph.curation.statistics import (
    Compared,
    PublishedQuestion,
    compare,
    count_inside,
    questions,
)
from etiograph.curation.vignettes import CASES_FILE
from etiograph.network.value import value_type
from etiograph.resources import model_path

if TYPE_CHECKING:
    import pandas as pd

    from etiograph.network.network import Network


@value_type
@dataclass(frozen=True, slots=True)
class Checked:
    """What came out.

    Attributes
    ----------
    statistics : tuple of Compared
        Every published figure beside the network's answer.
    cases : tuple of Judged
    evidence : mapping of id to row
        The evidence table beside the file.
    """

    statistics: tuple[Compared, ...]
    cases: tuple[Judged, ...]
    evidence: Mapping[str, Mapping[str, str]]

    @property
    def questions(self) -> tuple[PublishedQuestion, ...]:
        """The statistics put together by what they ask."""
        return questions(self.statistics)

    def count(self, is_set: bool) -> tuple[int, int]:
        """How many questions of one kind are inside, and how many there are."""
        return count_inside(self.questions, is_set=is_set)

    def to_frame(self) -> pd.DataFrame:
        """A row a published figure: what it is, what was asked, value and range, answer, inside, sources."""
        import pandas as pd

        columns = (
            "id",
            "published",
            "asked",
            "value",
            "low",
            "high",
            "network",
            "inside",
            "kind",
            "sources",
        )
        rows = [
            (
                row.check.id, quantity(row.check, self.evidence), question(row.check),
                row.check.value, row.check.low, row.check.high, row.answer, row.inside,
                "set" if row.is_set else "predicted", " ".join(row.check.evidence),
            )
            for row in self.statistics
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(columns))


def checked(network: Network, reference: str | Path) -> Checked:
    """Hold a network against what stands beside a file.

    Parameters
    ----------
    network : Network
        As in the file, or with other numbers.
    reference : str or Path
        A bundled network by name, or a model file: its folder is looked in.

    Raises
    ------
    UnknownName, UnreadableFile, InvalidNetwork, ImpossibleFindings
    """
    path = model_path(reference)
    statistics, cases = path.parent / CHECKS_FILE, path.parent / CASES_FILE
    return Checked(
        compare(network, read_checks(network, statistics)) if statistics.is_file() else (),
        judge(network, read_expectations(cases)) if cases.is_file() else (),
        evidence_beside(network, path),
    )
