"""Which picture an answer gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from etiograph.errors import InvalidFinding
from etiograph.figures import bars, judged, ranges

if TYPE_CHECKING:
    import altair as alt

PICTURES: dict[str, Callable[[Any, int, str, int], alt.LayerChart]] = {
    "Posterior": bars.posterior,
    "Imagined": bars.posterior,
    "Joint": bars.joint,
    "Attribution": bars.attribution,
    "Explanation": bars.explanation,
    "NextTests": bars.next_tests,
    "Effect": bars.effect,
    "Intervals": ranges.intervals,
    "Contrast": ranges.contrast,
    "Interventions": ranges.interventions,
    "Tornado": ranges.tornado,
    "SensitivityFunction": ranges.curve,
    "Grid": ranges.grid,
    "Update": ranges.update,
    "Validation": judged.validation,
    "Curve": judged.curve,
}
"""The picture of each kind of answer, by its class."""


def draw(answer: object, most: int, title: str, width: int) -> alt.LayerChart:
    """The picture of an answer (see :meth:`etiograph.network.answer.Answer.plot`).

    Raises
    ------
    InvalidFinding
        Rows or width below 1.
    """
    if most < 1 or width < 1:
        raise InvalidFinding("a picture needs at least one row and one pixel")
    return PICTURES[type(answer).__name__](answer, most, title, width)
