"""What a network is asked: one method a question, each one call into the layer that answers it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from etiograph.errors import InvalidFinding
from etiograph.network.arguments import checked
from etiograph.questions.learning import LearningQuestions

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from etiograph.case import Case
    from etiograph.figures.drawing import Drawing
    from etiograph.learning.update import Update
    from etiograph.network.event import Asked
    from etiograph.network.network import Network
    from etiograph.query.change import Effect
    from etiograph.query.identify import Identification
    from etiograph.query.structure import Names, Path
    from etiograph.query.table import Posteriors
    from etiograph.uncertainty.tuning import Belief, Tuned


class NetworkQuestions(LearningQuestions):
    """The questions of :class:`~etiograph.network.network.Network`."""

    @property
    def _network(self) -> Network:
        return cast("Network", self)

    # -- about one person, about many ---------------------------------------------------------------

    def case(self, mapping: Mapping[str, object] | None = None, /, **findings: object) -> Case:
        """Return a case: this network with what is known of one person.

        Parameters
        ----------
        mapping : mapping or row of a pandas table, optional
            Findings by name, for names that are no identifiers. An empty cell (None, NaN, pandas' NA,
            "") says nothing; in a row of a table the bare number of a reading is in its unit.
        **findings
            Findings by name: a state, :data:`~etiograph.unknown`, ``not_``, ``likelihood``,
            ``measured``, text such as "0.62 mmol/L" for a reading, or a list of these.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes")
        >>> round(case.posterior()["rain"]["yes"], 3)
        0.708
        """
        from etiograph.case import Case
        from etiograph.findings.cell import row_of

        given = row_of(self._network, mapping)
        if twice := sorted(set(given) & set(findings)):
            raise InvalidFinding(f"finding {twice[0]!r} is given twice; put both in a list")
        return Case(self._network, {**given, **findings})

    @checked
    def posteriors(
        self,
        table: Any,
        *,
        of: Collection[str] | None = None,
        leave_out: Collection[str] = (),
        do: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        on_error: Literal["raise", "skip"] = "raise",
        missing: Any = ("",),
        units: Mapping[str, str] | None = None,
        codes: Mapping[str, Mapping[Any, Any]] | None = None,
        keep: Collection[str] = (),
        threads: int = 2,
    ) -> Posteriors:
        """Posteriors of every row of a table; docs/tables.md is the whole contract.

        Parameters
        ----------
        table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
            One column a variable; cells are findings, empty cells are unknown.
        of : collection of str, optional
            The variables to answer, by default all.
        leave_out : collection of str
            Columns whose cells are not used as findings, such as the target of a cohort.
        do, after : mapping of str to state or {state: probability}, optional
            What is changed: with the findings seen in the changed world, or before it.
        on_error : {"raise", "skip"}
            What a cell that cannot be read does: end all, or have its row passed over and listed.
        missing : sequence of cells, or mapping of column to it
            What else stands for "not known", as ``("", "NA", -9)``.
        units : mapping of column to unit, optional
            Of bare numbers; otherwise the canonical unit.
        codes : mapping of column to {cell: state}, optional
            What coded cells stand for, as ``{"smoking": {1: "yes", 2: "no"}}``.
        keep : collection of str
            Columns that are no findings.
        threads : int
            Threads to use at most.

        Raises
        ------
        UnknownName, InvalidFinding, UnreadableFile, InvalidChange
            With row and column.

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler")
        >>> answers = net.posteriors({"wet_grass": ["yes", "no", None]}, of=["rain"])
        >>> answers["rain"].round(3).tolist()  # one row a case, one column a state
        [[0.292, 0.708], [0.881, 0.119], [0.5, 0.5]]
        """
        from etiograph.query.table import posteriors

        return posteriors(
            self._network, table, of=of, leave_out=leave_out, do=do, after=after, on_error=on_error,
            missing=missing, units=units, codes=codes, keep=keep, threads=threads,
        )  # fmt: skip

    @checked
    def sample(
        self,
        n: int,
        rng: np.random.Generator | int | None = None,
        *,
        measured: bool = False,
        given: Mapping[str, Any] | None = None,
        do: Mapping[str, Any] | None = None,
        missing: Any = None,
    ) -> pd.DataFrame:
        """Draw ``n`` people; one column a variable.

        Parameters
        ----------
        n : int
        rng : numpy.random.Generator or int, optional
            Source of randomness, or its seed.
        measured : bool
            Readings as values in their canonical unit instead of states.
        given : mapping of str to finding, optional
            Only people of whom this is so.
        do : mapping of str to state or {state: probability}, optional
            What is changed first.
        missing : float, function, or mapping of str to float or function, optional
            Which cells are left empty: a share of all, or by column a share or a function of the whole
            table to the chance of each row.

        Raises
        ------
        InvalidFinding, UnknownName, InvalidChange, ImpossibleFindings

        Examples
        --------
        >>> import etiograph as eg
        >>> people = eg.load("sprinkler").sample(100, 1, given={"wet_grass": "yes"}, missing=0.2)
        >>> sorted(people["wet_grass"].dropna().unique())
        ['yes']
        """
        import numpy as np

        from etiograph.query.sample import sample

        if given is not None and not isinstance(given, Mapping):
            raise TypeError(f"given must be a mapping of names to findings, not {given!r}")
        if do is not None and not isinstance(do, Mapping):
            raise TypeError(f"do must be a mapping of names to states, not {do!r}")
        if not isinstance(measured, bool):
            raise TypeError(f"measured must be True or False, not {measured!r}")
        return sample(
            self._network, n, np.random.default_rng(rng), measured=measured, given=given, do=do,
            missing=missing,
        )  # fmt: skip

    # -- its numbers against data and beliefs -------------------------------------------------------

    @checked
    def update(
        self,
        table: Any,
        *,
        given: Mapping[str, object] | None = None,
        weights: Any = None,
        parameters: Collection[str] | None = None,
        may_differ: Collection[str] | Mapping[str, float] | None = None,
        method: Literal["laplace", "chain"] = "laplace",
        draws: int = 2000,
        seed: int = 0,
        cohort: str = "cohort",
        date: str = "",
        missing: Any = ("",),
        units: Mapping[str, str] | None = None,
        codes: Mapping[str, Mapping[Any, Any]] | None = None,
        keep: Collection[str] = (),
    ) -> Update:
        """Move the ranges of this network by a table of cases; see ``learning.update.update``."""
        from etiograph.learning.update import update

        return update(
            self._network, table, given=given, weights=weights, parameters=parameters,
            may_differ=may_differ, method=method, draws=draws, seed=seed, cohort=cohort, date=date,
            missing=missing, units=units, codes=codes, keep=keep,
        )  # fmt: skip

    @checked
    def tune(self, beliefs: Sequence[Belief], parameters: Sequence[str] | None = None) -> Tuned:
        """The network nearest to this one whose answers agree with stated beliefs.

        Parameters
        ----------
        beliefs : sequence of Belief
            What answers should be, each with its findings.
        parameters : sequence of str, optional
            The numbers that may move, by default all that have a range.
        """
        from etiograph.uncertainty.tuning import tune

        return tune(self._network, beliefs, parameters)

    @checked
    def do(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Network:
        """The network after surgery: what is changed has no causes and the state it was given.

        Parameters
        ----------
        changes : mapping of str to state or {state: probability}, optional
        **more
            The same by name.

        Raises
        ------
        InvalidChange, UnknownName

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler").do(sprinkler="on")
        >>> net.parents("sprinkler")
        ()
        """
        from etiograph.query.change import changed_network

        return changed_network(self._network, {**(changes or {}), **more})

    # -- what its arrows say ------------------------------------------------------------------------

    @checked
    def plot(self, *, names: Collection[str] | None = None, title: str = "") -> Drawing:
        """The diagram of variables and arrows; ``.save("network.svg")`` keeps it.

        Parameters
        ----------
        names : collection of str, optional
            Only these variables.
        title : str
            What the picture shows, for those who cannot see it.
        """
        from etiograph.figures.drawing import of_network

        return of_network(self._network, names, title)

    @checked
    def d_separated(self, x: Names, y: Names, given: Names = ()) -> bool:
        """Whether ``given`` blocks every path between ``x`` and ``y``.

        Parameters
        ----------
        x, y, given : str or collection of str

        Raises
        ------
        UnknownName, InvalidFinding
            InvalidFinding: a variable stands on two sides.

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler")
        >>> net.d_separated("sprinkler", "rain", "cloudy")
        True
        >>> net.d_separated("sprinkler", "rain", ["cloudy", "wet_grass"])
        False
        """
        from etiograph.query.structure import d_separated

        return d_separated(self._network, x, y, given)

    @checked
    def paths(
        self,
        x: str,
        y: str,
        given: Names = (),
        *,
        only_open: bool = False,
        longest: int | None = None,
        limit: int = 1000,
    ) -> tuple[Path, ...]:
        """Every path between two variables, shortest first: open or blocked, and where and why.

        Parameters
        ----------
        x, y : str
        given : str or collection of str
            What is known.
        only_open : bool
            Leave out what is blocked.
        longest : int, optional
            Only paths of at most so many arrows.
        limit : int
            More paths than this are refused.

        Raises
        ------
        TooLarge, UnknownName

        Examples
        --------
        >>> import etiograph as eg
        >>> for path in eg.load("sprinkler").paths("sprinkler", "rain"):
        ...     print(path, "open" if path.open else "blocked")
        sprinkler <- cloudy -> rain open
        sprinkler -> wet_grass <- rain blocked
        """
        from etiograph.query import structure

        find = structure.open_paths if only_open else structure.paths
        return find(self._network, x, y, given, longest=longest, limit=limit)

    @checked
    def markov_blanket(self, variable: str) -> frozenset[str]:
        """Parents, children and the children's other parents: given them, nothing else matters.

        Examples
        --------
        >>> import etiograph as eg
        >>> sorted(eg.load("sprinkler").markov_blanket("rain"))
        ['cloudy', 'sprinkler', 'wet_grass']
        """
        from etiograph.query.structure import markov_blanket

        return markov_blanket(self._network, variable)

    @checked
    def adjustment_sets(
        self,
        x: str,
        y: str,
        *,
        minimal: bool = True,
        unobserved: Names = (),
        limit: int = 1000,
    ) -> tuple[frozenset[str], ...]:
        """The sets of variables to adjust for when ``x`` is changed, smallest first.

        By the back-door criterion (Pearl 2009, definition 3.3.1).

        Parameters
        ----------
        x, y : str
            Cause and outcome.
        minimal : bool
            Only sets of which no part can be left out.
        unobserved : str or collection of str
            Variables that cannot be adjusted for, besides those declared so.
        limit : int
            At most so many sets.

        Raises
        ------
        NotIdentifiable, InvalidChange, TooLarge, UnknownName
            NotIdentifiable: no set exists; a path that cannot be blocked is named.

        Examples
        --------
        >>> import etiograph as eg
        >>> eg.load("simpson").adjustment_sets("treatment", "success")
        (frozenset({'stone_size'}),)
        """
        from etiograph.query.structure import adjustment_sets

        return adjustment_sets(
            self._network, x, y, minimal=minimal, unobserved=unobserved, limit=limit
        )

    @checked
    def is_adjustment_set(self, x: str, y: str, z: Names) -> bool:
        """Whether ``z`` satisfies the back-door criterion for the effect of ``x`` on ``y``.

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("m_bias")
        >>> net.is_adjustment_set("low_education", "diabetes", [])
        True
        >>> net.is_adjustment_set("low_education", "diabetes", ["mother_had_diabetes"])
        False
        """
        from etiograph.query.structure import is_adjustment_set

        return is_adjustment_set(self._network, x, y, z)

    @checked
    def front_door_sets(
        self, x: str, y: str, *, unobserved: Names = ()
    ) -> tuple[frozenset[str], ...]:
        """The minimal sets that carry the whole effect and obey the front-door criterion.

        Pearl 2009, definition 3.3.3.

        Examples
        --------
        >>> import etiograph as eg
        >>> eg.load("front_door").front_door_sets("smoking", "cancer")
        (frozenset({'tar'}),)
        """
        from etiograph.query.identify import front_door_sets

        return front_door_sets(self._network, x, y, unobserved=unobserved)

    @checked
    def identify(self, x: str, y: str, *, unobserved: Names = ()) -> Identification:
        """Whether the effect of ``x`` on ``y`` follows from observed variables, and by what formula.

        Back door, front door, or the complete identification algorithm (Shpitser & Pearl 2006).

        Parameters
        ----------
        x, y : str
            Cause and outcome.
        unobserved : str or collection of str
            Variables that are not observed, besides those declared so.

        Raises
        ------
        NotIdentifiable
            No method can compute it; the unseen causes in the way are named.

        Examples
        --------
        >>> import etiograph as eg
        >>> found = eg.load("simpson").identify("treatment", "success")
        >>> print(found)
        P(success | do(treatment)) = sum over stone_size of P(success | treatment, stone_size) P(stone_size)
        """
        from etiograph.query.identify import identify

        return identify(self._network, x, y, unobserved=unobserved)

    @checked
    def effect(
        self,
        cause: str,
        outcome: Asked,
        from_: str | None = None,
        to: str | None = None,
        *,
        given: Mapping[str, Any] | None = None,
        holding: Mapping[str, str] | None = None,
        mediators: Collection[str] | None = None,
        draws: int = 0,
        seed: int = 0,
    ) -> Effect:
        """What setting a cause to one state instead of another does to an event, on average.

        Parameters
        ----------
        cause : str
            The variable that is set.
        outcome : str, (str, state) or Event
            The event; without a state every state but the reference one.
        from_, to : str, optional
            The two states of the cause, by default its usual state and, of two, the other one.
        given : mapping of str to finding, optional
            Who is asked about: findings that the cause does not change.
        holding : mapping of str to state, optional
            Variables set in both worlds: the controlled direct effect.
        mediators : collection of str, optional
            What carries the indirect effect; by default everything between cause and outcome.
        draws : int
            With draws, the 90 % intervals of both probabilities, of their difference and of their
            ratio, over the ranges of the parameters.
        seed : int
            For the draws.

        Raises
        ------
        InvalidFinding, InvalidChange, UnknownName, ImpossibleFindings
            InvalidFinding: something given lies downstream of the cause.

        Examples
        --------
        >>> import etiograph as eg
        >>> found = eg.load("simpson").effect("treatment", ("success", "yes"), "puncture", "open_surgery")
        >>> round(found.p_from, 4), round(found.p_to, 4), round(found.e_value, 2)
        (0.7789, 0.8325, 1.34)
        """
        from etiograph.query.change import effect

        found = effect(
            self._network, cause, outcome, from_, to,
            given=given, holding=holding, mediators=mediators,
        )  # fmt: skip
        if not draws:
            return found
        from etiograph.uncertainty.effects import with_intervals

        return with_intervals(self._network, found, given or {}, draws, seed)
