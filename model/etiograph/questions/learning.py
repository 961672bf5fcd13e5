"""What a network learns from tables of cases beside an update: its tables, counted or by EM."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from etiograph.network.arguments import checked

if TYPE_CHECKING:
    from distributed import Client

    from etiograph.learning.criticise import Criticism
    from etiograph.learning.fit import Fit
    from etiograph.network.network import Network


class LearningQuestions:
    """Those of :class:`~etiograph.network.network.Network` that concern plain tables."""

    @checked
    def fit(
        self,
        table: Any,
        *,
        prior: float | Mapping[str, Any] = 1.0,
        variables: Collection[str] | None = None,
        zeros: Literal["keep", "learn"] = "keep",
        weights: Any = None,
        cohort: str = "cohort",
        date: str = "",
        coverage: float = 0.95,
        grade: str = "",
        leave_out: Collection[str] = (),
        on_error: Literal["raise", "skip"] = "raise",
        missing: Any = ("",),
        units: Mapping[str, str] | None = None,
        codes: Mapping[str, Mapping[Any, Any]] | None = None,
        keep: Collection[str] = (),
        on: str | Client | None = None,
    ) -> Fit:
        """Learn the tables of this plain network from a table of cases, by counts or EM.

        Parameters
        ----------
        table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        prior : float, or mapping of str to array_like
            Cases seen before: so many in every entry, or by variable an array of the shape of its
            table. 0: the likelihood alone, and then no ranges.
        variables : collection of str, optional
            Only these tables. By default all of whose variable and parents the cases say something;
            the others stay as they are and are named in ``kept``.
        zeros : {"keep", "learn"}
            Whether an entry that is 0 is part of the structure, or was only never seen.
        weights : ndarray (B,) or str, optional
            How often each row counts; a text names the column of the table that says it.
        cohort, date : str
            What the cohort is called among the evidence, and when it was seen.
        coverage, grade
            Of the ranges; see :class:`Parameter`.
        leave_out, on_error, missing, units, codes, keep
            What is said of the table; see :meth:`posteriors`.
        on : str or Client, optional
            ``dask``, ``dask=ADDRESS`` or a ``distributed.Client``: where the rows lie and are counted, if
            not here.

        Raises
        ------
        InvalidNetwork, UnknownName, InvalidFinding, ImpossibleFindings
            See :func:`etiograph.learning.fit.fit`.

        Examples
        --------
        >>> import etiograph as eg
        >>> table = {"rain": ["yes", "yes", "no", None], "cloudy": ["yes", "yes", "no", "no"]}
        >>> fit = eg.load("sprinkler").fit(table, variables=["cloudy"])
        >>> fit.alpha["cloudy"].tolist()  # one case seen before in each state, two of each now
        [3.0, 3.0]
        """
        from etiograph.learning.fit import fit

        return fit(
            cast("Network", self), table, prior=prior, variables=variables, zeros=zeros,
            weights=weights, cohort=cohort, date=date, coverage=coverage, grade=grade,
            leave_out=leave_out, on_error=on_error, missing=missing, units=units, codes=codes,
            keep=keep, on=on,
        )  # fmt: skip

    @checked
    def with_table_parameters(
        self,
        cases: int = 100,
        *,
        variables: Collection[str] | None = None,
        coverage: float = 0.95,
        grade: str = "D",
        sources: Sequence[str] = (),
        note: str = "",
    ) -> Network:
        """Give the numbers of plain tables names and ranges, as if each row had been counted.

        Parameters
        ----------
        cases : int
            How many cases each row is taken to rest on: the more, the narrower its ranges.
        variables : collection of str, optional
            Only these tables.
        coverage, grade, sources, note
            Of every number; see :class:`Parameter`, which calls sources its evidence.

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler").with_table_parameters(200)
        >>> number = net.parameters["rain.yes"]
        >>> round(number.low, 2), number.value, round(number.high, 2)
        (0.74, 0.8, 0.85)
        """
        from etiograph.learning.tables import with_table_parameters

        return with_table_parameters(
            cast("Network", self), cases, variables=variables, coverage=coverage, grade=grade,
            sources=sources, note=note,
        )  # fmt: skip

    @checked
    def criticise(
        self,
        table: Any,
        *,
        draws: int = 99,
        seed: int = 0,
        leave_out: Collection[str] = (),
        on_error: Literal["raise", "skip"] = "raise",
        missing: Any = ("",),
        units: Mapping[str, str] | None = None,
        codes: Mapping[str, Mapping[Any, Any]] | None = None,
        keep: Collection[str] = (),
        on: str | Client | None = None,
    ) -> Criticism:
        """Which independences that the arrows imply do not hold in a table of cases.

        Parameters
        ----------
        table : pandas, polars or Arrow table, dict of columns, list of dicts, or path of a file
        draws, seed : int
            Tables simulated from this network, for the chance that any test of many speaks as loudly.
        leave_out, on_error, missing, units, codes, keep
            What is said of the table; see :meth:`posteriors`.
        on : str or Client, optional
            ``dask``, ``dask=ADDRESS`` or a ``distributed.Client``: where simulated tables are tested, if
            not here.

        Raises
        ------
        InvalidFinding, UnknownName

        Examples
        --------
        >>> import etiograph as eg
        >>> net = eg.load("sprinkler")
        >>> told = net.criticise(net.sample(300, 1), draws=19)
        >>> [(t.x, t.y, t.given) for t in told.tests if t.y == "rain"]
        [('sprinkler', 'rain', ('cloudy',))]
        """
        from etiograph.learning.criticise import criticise

        return criticise(
            cast("Network", self), table, draws=draws, seed=seed, leave_out=leave_out,
            on_error=on_error, missing=missing, units=units, codes=codes, keep=keep, on=on,
        )  # fmt: skip
