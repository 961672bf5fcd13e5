"""What a network is asked: one method a question, each one call into the layer that answers it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from etiograph.errors import InvalidFinding
from etiograph.network.arguments import checked, form_shown
from etiograph.questions.learning import LearningQuestions
from etiograph.questions.structure import StructureQuestions

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    from distributed import Client

    from etiograph.case import Case
    from etiograph.figures.drawing import Drawing
    from etiograph.learning.update import Update
    from etiograph.network.network import Network
    from etiograph.query.table import Posteriors
    from etiograph.uncertainty.tuning import Belief, Tuned


class NetworkQuestions(LearningQuestions, StructureQuestions):
    """The questions of :class:`~etiograph.network.network.Network`."""

    def save(self, path: str | Path) -> None:
        """Write this network to a file, in the format that its extension names.

        Parameters
        ----------
        path : str or Path
            ``.toml`` and ``.json`` hold everything: ranges, sources, rules. ``.bif``, ``.xmlbif``,
            ``.xdsl``, ``.net``, ``.dne`` and ``.uai`` (each also ``.gz``) hold states and tables.

        Raises
        ------
        UnknownName
            No format is called so.
        InvalidNetwork
            The format cannot say what the network holds.
        UnreadableFile
            The file cannot be written.

        Examples
        --------
        >>> import etiograph as eg
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     eg.load("sprinkler").save(f"{folder}/mine.toml")
        ...     eg.load(f"{folder}/mine.toml").digest() == eg.load("sprinkler").digest()
        True
        """
        from etiograph.formats import write

        write(self._network, path)

    # -- about one person, about many ---------------------------------------------------------------

    @form_shown
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

        if mapping is not None:
            from etiograph.findings.cell import row_of

            given = row_of(self._network, mapping)
            if findings and (twice := sorted(given.keys() & findings.keys())):
                raise InvalidFinding(f"finding {twice[0]!r} is given twice; put both in a list")
            findings = {**given, **findings}
        return Case(self._network, findings)

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

    def numbers(self) -> pd.DataFrame:
        """Every number of the network with its range and where it comes from, one row a number.

        Columns ``parameter``, ``kind``, ``value``, ``low``, ``high``, ``coverage`` (the share between
        them), ``unit``, ``grade`` (A measured in the target population to D expert guess), ``evidence``
        (ids, joined by ", "; the rows of these are ``eg.evidence(name_or_path)``) and ``note``.

        Examples
        --------
        >>> import etiograph as eg
        >>> numbers = eg.load("leg_cramps").numbers().set_index("parameter")
        >>> bool((numbers["low"] <= numbers["high"]).any())
        True
        """
        import pandas as pd

        names = ("kind", "value", "low", "high", "coverage", "unit", "grade")
        rows = [
            (p.name, *(getattr(p, n) for n in names), ", ".join(p.evidence), p.note)
            for p in self._network.parameters.values()
        ]
        return pd.DataFrame(rows, columns=["parameter", *names, "evidence", "note"])

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
        leave_out: Collection[str] = (),
        on_error: Literal["raise", "skip"] = "raise",
        missing: Any = ("",),
        units: Mapping[str, str] | None = None,
        codes: Mapping[str, Mapping[Any, Any]] | None = None,
        keep: Collection[str] = (),
        on: str | Client | None = None,
    ) -> Update:
        """Move the ranges of this network by a table of cases.

        Parameters
        ----------
        table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        given : mapping of str to finding, optional
            How people came into the table: what is so of all of them *because* of it.
        weights : ndarray (B,) or str, optional
            How often each row counts; a text names the column of the table that says it.
        parameters : collection of str, optional
            The numbers that may move, by default all that have a range.
        may_differ : collection of str, or mapping of str to float, optional
            Variables or numbers that may differ here by more than their range says: their prior is made
            twice as wide, or so many times.
        method : {"laplace", "chain"}
            A normal approximation that is checked, and replaced by chains where it does not hold or the
            numbers are too many; or the chains at once. Numbers about which these do not agree stay as
            they were, and are named (``untold``).
        draws, seed : int
            Of the posterior.
        cohort, date : str
            What the cohort is called among the evidence, and when it was seen.
        leave_out, on_error, missing, units, codes, keep
            What is said of the table; see :meth:`posteriors`.
        on : str or Client, optional
            ``dask``, ``dask=ADDRESS`` or a ``distributed.Client``: where the sums over rows are made, if
            not here.

        Raises
        ------
        InvalidNetwork, UnknownName, InvalidFinding, ImpossibleFindings
            See :func:`etiograph.learning.update.update`.

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler").with_table_parameters(100)
        >>> up = net.update({"cloudy": ["yes"] * 30 + ["no"] * 10}, draws=100)
        >>> before, after = net.parameters["cloudy"], up.network.parameters["cloudy"]
        >>> before.value < after.value < 0.75
        True
        """
        from etiograph.learning.update import update

        return update(
            self._network, table, given=given, weights=weights, parameters=parameters,
            may_differ=may_differ, method=method, draws=draws, seed=seed, cohort=cohort, date=date,
            leave_out=leave_out, on_error=on_error, missing=missing, units=units, codes=codes,
            keep=keep, on=on,
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

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler").with_table_parameters(100)
        >>> tuned = net.tune([eg.Belief("rain", 0.55, 0.65)])
        >>> round(float(tuned.before[0]), 2), round(float(tuned.after[0]), 2)
        (0.5, 0.55)
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

    @checked
    def plot(self, *, names: Collection[str] | None = None, title: str = "") -> Drawing:
        """The diagram of variables and arrows; ``.save("network.svg")`` keeps it.

        Parameters
        ----------
        names : collection of str, optional
            Only these variables.
        title : str
            What the picture shows, for those who cannot see it.

        Examples
        --------
        >>> import etiograph as eg
        >>> eg.load("sprinkler").plot(names=["rain", "wet_grass"]).svg.count("<rect") >= 2
        True
        """
        from etiograph.figures.drawing import of_network

        return of_network(self._network, names, title)
