"""What a case is asked about the numbers behind an answer: how sure, and which matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from etiograph.network.answer import Several
from etiograph.network.arguments import checked
from etiograph.questions.asked import AskedCase, States

if TYPE_CHECKING:
    import numpy as np

    from etiograph.network.event import Asked
    from etiograph.uncertainty.contrast import Contrast
    from etiograph.uncertainty.curves import Grid, SensitivityFunction
    from etiograph.uncertainty.expected import ExpectedReading
    from etiograph.uncertainty.flip import Turns
    from etiograph.uncertainty.intervals import Intervals
    from etiograph.uncertainty.sensitivity import Tornado


class UncertaintyQuestions(AskedCase):
    """Answers over the ranges that the numbers state."""

    __slots__ = ()

    @checked
    def intervals(
        self,
        draws: int = 2000,
        seed: int = 0,
        *,
        weighted: bool = True,
        ranked: Sequence[Asked] | None = None,
        causes_only: bool = False,
        also: Sequence[str] = (),
        acted: bool | None = None,
        acted_only: bool = False,
        drawn: np.ndarray[Any, np.dtype[np.float64]] | None = None,
    ) -> Intervals:
        """Credible interval of every posterior, and how firm the ranking of the causes is.

        Parameters
        ----------
        draws, seed : int
            Draws of all parameters from their ranges.
        weighted : bool
            Weight each draw by P(findings | draw). False: the parameters as stated, before the case.
        ranked : sequence of str or Event, optional
            The causes to rank, by default the network's own.
        causes_only : bool
            Answer the ranked causes alone: the same numbers, sooner.
        also : sequence of str
            Variables to answer beside the causes alone.
        acted : bool, optional
            Also how sure it is which cause had a part in the outcome. None: where that is a question.
        acted_only : bool
            Where that is a question, answer nothing else: the same numbers, sooner.
        drawn : ndarray (n, P), optional
            Draws of all parameters instead of those from their ranges: ``up.draws`` of an update,
            ``fit.draws()`` of a fit, with the case of their network.

        Raises
        ------
        ImpossibleFindings
            No draw allows the findings.
        InvalidFinding
            Draws that are not of these parameters.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(leg_cramps="present")
        >>> cell = case.intervals(draws=200)["magnesium_depletion"]["present"]
        >>> cell.low < cell.point < cell.high
        True
        """
        from etiograph.uncertainty.intervals import intervals

        case = self._case
        return intervals(
            case.network, case.evidence, draws, seed, changes=case.changes, kind=case.kind,
            weighted=weighted, ranked=ranked, causes_only=causes_only, also=also, acted=acted,
            acted_only=acted_only, drawn=drawn,
        )  # fmt: skip

    @checked
    def expected(
        self, reading: str, unit: str | None = None, *, draws: int = 2000, seed: int = 0
    ) -> ExpectedReading:
        """What a measured test is expected to read among people like this one: mean, interval, spread.

        Parameters
        ----------
        reading : str
            A variable that is measured and is not among the findings.
        unit : str, optional
            Of the answer; by default the network's own.
        draws, seed : int
            Draws of all parameters from their ranges.

        Raises
        ------
        UnknownName, UnknownUnit, ImpossibleFindings
        InvalidFinding
            The variable is not measured, or what it reads is known.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(age="65_and_over")
        >>> case.do(diuretic="thiazide").expected("serum_potassium", draws=100).unit
        'mmol/L'
        """
        from etiograph.uncertainty.expected import expected

        case = self._case
        return expected(
            case.network, case.evidence, reading, unit, draws, seed,
            changes=case.changes, kind=case.kind,
        )  # fmt: skip

    @checked
    def contrast(
        self,
        target: Asked,
        state: States = None,
        *,
        against: Mapping[str, Any] | None = None,
        draws: int = 500,
        seed: int = 0,
    ) -> Contrast:
        """One answer in the changed world, in the unchanged one, and the interval of the difference.

        Both worlds share every draw, so the difference is surer than the two intervals suggest.

        Parameters
        ----------
        target : str, (str, state) or Event
        state : str or sequence of str, optional
        against : mapping of str to state, optional
            Other changes of the same kind to compare with, as ``{"diuretic": "loop"}``, instead of
            no change.
        draws, seed : int

        Raises
        ------
        InvalidChange
            Of a case without changes.
        UnknownName
            Of ``against``: no such variable or state.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(leg_cramps="present", diuretic="thiazide")
        >>> found = case.after(diuretic="none").contrast("leg_cramps", draws=200)
        >>> found.difference.point < 0
        True
        >>> other = case.after(diuretic="none").contrast("leg_cramps", against={"diuretic": "loop"}, draws=50)
        >>> round(other.difference.point, 12) == round(other.changed.point - other.unchanged.point, 12)
        True
        """
        from etiograph.errors import InvalidChange
        from etiograph.uncertainty.contrast import contrast

        case = self._case
        if case.kind == "see":
            raise InvalidChange(
                "a contrast compares a change with no change: ask it of case.do(...), "
                "case.had(...) or case.after(...)"
            )
        return contrast(
            case.network, case.evidence, target, state, changes=case.changes, kind=case.kind,
            against=against, draws=draws, seed=seed,
        )  # fmt: skip

    @checked
    def tornado(
        self, target: Asked, state: States = None, *, groups: bool = True, acted: bool = False
    ) -> Tornado:
        """Which published number matters most for one answer.

        Parameters
        ----------
        target : str, (str, state) or Event
        state : str or sequence of str, optional
        groups : bool
            Also move the numbers of each source, and of each grade, together.
        acted : bool
            Ask how often the target acted, as a cause of the outcome found, instead of how probable
            it is.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(leg_cramps="present")
        >>> bar = case.tornado("magnesium_depletion").bars[0]
        >>> bar.swing == abs(bar.at_high - bar.at_low)
        True
        """
        from etiograph.uncertainty.sensitivity import tornado

        case = self._case
        return tornado(
            case.network, case.evidence, target, state, changes=case.changes, kind=case.kind,
            groups=groups, acted=acted,
        )  # fmt: skip

    @checked
    def sensitivity(
        self, target: Asked, state: States = None, *, of: str, points: int = 33
    ) -> SensitivityFunction:
        """One answer as a function of one number, exact over its whole range.

        Parameters
        ----------
        target : str, (str, state) or Event
        state : str or sequence of str, optional
        of : str
            A parameter, or an entry of a table as ``"name=state | parent=state, ..."``.
        points : int
            Of the curve that is kept.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes")
        >>> curve = case.sensitivity("rain", of="rain=yes | cloudy=yes")
        >>> curve.value, round(curve(0.8), 3), round(curve(0.5), 3)
        (0.8, 0.708, 0.614)
        """
        from etiograph.uncertainty.curves import sensitivity_function

        return sensitivity_function(self._world, self._case.evidence, target, state, of, points)

    @checked
    def sensitivities(
        self, target: Asked, state: States = None, *, points: int = 33
    ) -> Several[SensitivityFunction]:
        """One answer as a function of every table entry, those that matter most first.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes")
        >>> case.sensitivities("rain")[0].name
        'cloudy=no'
        """
        from etiograph.uncertainty.curves import entry_functions

        return Several(entry_functions(self._world, self._case.evidence, target, state, points))

    @checked
    def two_way(
        self, target: Asked, state: States = None, *, of: tuple[str, str], points: int = 15
    ) -> Grid:
        """One answer over the ranges of two numbers.

        Parameters
        ----------
        target : str, (str, state) or Event
        state : str or sequence of str, optional
        of : (str, str)
            Two parameters or table entries.
        points : int
            In each direction.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes")
        >>> of = ("rain=yes | cloudy=yes", "sprinkler=on | cloudy=no")
        >>> case.two_way("rain", of=of, points=3).answer.shape
        (3, 3)
        """
        from etiograph.uncertainty.curves import two_way

        return two_way(self._world, self._case.evidence, target, state, *of, points)

    @checked
    def turning_points(
        self,
        target: Asked | None = None,
        state: States = None,
        threshold: float | None = None,
        *,
        together: int = 2,
    ) -> Turns:
        """How far published numbers would have to move before the answer turns.

        Parameters
        ----------
        target : str, (str, state) or Event, optional
            By default the most probable cause: what would give another one the first place.
        state : str or sequence of str, optional
        threshold : float, optional
            With a target: the probability it would have to cross.
        together : {1, 2}
            Numbers moved at once, at most.

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler").with_table_parameters(20)
        >>> turns = net.case(wet_grass="yes").turning_points("rain", threshold=0.6)
        >>> turns.now, turns.smallest.becomes
        ('above', 'below')
        """
        from etiograph.uncertainty.flip import turning_points

        return turning_points(
            self._world, self._case.evidence, target, state, threshold, together=together
        )
