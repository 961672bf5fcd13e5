"""A report as a value: all that is said of one case, in reading order, whatever form it takes.

Everything a reader needs to judge it stands in it: what was known, what the network says and how sure
it is, why, what to ask next, which sources matter, and the digest and versions to repeat it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from etiograph.decision import words
from etiograph.decision.changed import LISTED, ChangedNumber, changed_words
from etiograph.decision.red_flags import PRESSING
from etiograph.decision.references import Reference
from etiograph.decision.speaking import said_of
from etiograph.network.answer import Result, preformatted
from etiograph.network.value import value_type

if TYPE_CHECKING:
    import pandas as pd

EDITED = "Variables, arrows or tables of this network are not as published."
NOTICE = "For research and teaching. Not a medical device; not validated for patient care."
CAUSES = "Possible causes"
SOURCES = "Sources"


@value_type
@dataclass(frozen=True, slots=True)
class ReportFlag:
    """A red flag: what it is, where it comes from, which findings set it off."""

    level: str
    message: str
    source: str = ""
    because: tuple[str, ...] = ()

    def grounds(self) -> str:
        """What set it off, and its source, in one line."""
        source = words.source_words(self.source)
        parts = [f"Because of: {'; '.join(self.because)}"] if self.because else []
        return ". ".join([*parts, *([f"Source: {source}"] if source else [])])


@value_type
@dataclass(frozen=True, slots=True)
class ReportCause:
    """One possible cause.

    Attributes
    ----------
    name, label : str
        As it is asked for, and in words.
    variable, states : str, tuple of str
        The event.
    p : float
        Its probability.
    baseline : float
        Before any finding; for a changed world, without the change.
    low, high : float
        90 % interval.
    p_first : float
        Share of runs in which it comes first.
    behind, behind_low, behind_high : float or None
        Probability that it acted, with its 90 % interval: a cause that is there need not be the one
        behind the outcome. None unless the outcome is among the findings.
    behind_baseline : float or None
        The same in everybody who has the outcome.
    """

    name: str
    variable: str
    states: tuple[str, ...]
    label: str
    p: float
    baseline: float
    low: float
    high: float
    p_first: float
    behind: float | None = None
    behind_low: float | None = None
    behind_high: float | None = None
    behind_baseline: float | None = None


@value_type
@dataclass(frozen=True, slots=True)
class Report(Result):
    """Everything said of one case.

    Attributes
    ----------
    title, network, version, digest, etiograph : str
        What was asked: the network, its version and digest, and the software's version.
    purpose, population, validated_on : str
        From the model file.
    findings, changes : tuple of str
        In words.
    given : mapping of str to str
        Findings as they were given.
    kind : str
    flags : tuple of ReportFlag
    causes : tuple of ReportCause
        Those that acted most often first, where the outcome is found; else the most probable.
    summary, why, turns, next, numbers : tuple of str
        Plain sentences.
    sources : tuple of str
        Ids of the sources whose numbers move the first answer most.
    references : tuple of Reference
        These sources and those of the flags, with author, year and address.
    draws : int
    ess : float
        Effective number of runs behind the intervals.
    weaknesses : tuple of str
    scenarios : tuple of str
        What would follow from changes that are compared, with their warnings.
    outcome : str
        What the causes are causes of, in words.
    changed : tuple of ChangedNumber
        Numbers that are not as published; they stand above everything else.
    edited : bool
        Whether more than numbers is not as published: variables, arrows, tables, texts.
    published : str
        Digest of the network as published, where it is changed.
    cases : str
        What the network speaks of where that is not people.
    ranged : bool
        Whether any number of the network states a range; without one the report gives none.
    record : mapping
        Where in a patient's record findings came from and what was not used, for programs.
    origins, unused : tuple of str
        The same in sentences.
    shared : str
        What the baseline has in common with the case, in words.
    helps : tuple of str
        What could help most, each change with its cautions; where it was asked for.
    numbers_of : str
        Of whom or of what the numbers of the causes are, where that is not plain from the findings.
    """

    title: str
    network: str
    version: str
    digest: str
    etiograph: str
    purpose: str
    population: str
    validated_on: str
    findings: tuple[str, ...]
    changes: tuple[str, ...]
    given: Mapping[str, str]
    kind: str
    flags: tuple[ReportFlag, ...]
    causes: tuple[ReportCause, ...]
    summary: tuple[str, ...]
    why: tuple[str, ...]
    turns: tuple[str, ...]
    next: tuple[str, ...]
    numbers: tuple[str, ...]
    sources: tuple[str, ...]
    draws: int
    ess: float
    weaknesses: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    outcome: str = ""
    references: tuple[Reference, ...] = ()
    notice: str = field(default=NOTICE)
    changed: tuple[ChangedNumber, ...] = ()
    edited: bool = False
    published: str = ""
    cases: str = ""
    ranged: bool = True
    record: Mapping[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    shared: str = ""
    helps: tuple[str, ...] = ()
    numbers_of: str = ""

    def to_json(self) -> str:
        """The report as JSON text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False)

    def to_text(self) -> str:
        """The report as plain text, at most 100 columns."""
        from etiograph.report.text import text

        return text(self)

    def to_html(self) -> str:
        """The report as one HTML page without any outside file."""
        from etiograph.report.html import page

        return page(self)

    def to_page(self, date: str = "", link: str = "") -> str:
        """The report on one sheet of A4 for who treats, as HTML; the day and a link stand on it if given."""
        from etiograph.report.one_page import sheet

        return sheet(self, date, link)

    def to_patient(self, date: str = "", link: str = "") -> str:
        """The same in the words of who is treated.

        Raises
        ------
        InvalidFinding
            The network is not about people.
        """
        from etiograph.report.one_page import patient_sheet

        return patient_sheet(self, date, link)

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Headings and their sentences, in reading order; the causes are a table of their own."""
        lines = tuple(each.line() for each in self.changed)
        return (
            ("Changed numbers", lines if len(lines) > LISTED else ()),
            ("What is known", self.findings or ("Nothing yet.",)),
            ("Where the findings come from", self.origins),
            ("In the record and not used", self.unused),
            ("What is changed", self.changes),
            ("In short", (*self.lead(), *self.summary)),
            ("What if", self.scenarios),
            ("What could help", self.helps),
            (CAUSES, ()),
            ("Why", self.why),
            ("What would turn it", self.turns),
            ("Ask or test next", self.next),
            ("Numbers that matter most", self.numbers),
            ("Known weaknesses", self.weaknesses),
            (SOURCES, tuple(one.line() for one in self.references)),
        )

    def box(self) -> tuple[str, ...]:
        """What stands above everything else: that the network is changed, and, of few numbers, which; or nothing."""
        numbers = (changed_words(self.changed),) if self.changed else ()
        few = self.changed if len(self.changed) <= LISTED else ()
        return (*((EDITED,) if self.edited else ()), *numbers, *(each.line() for each in few))

    def lead(self) -> tuple[str, ...]:
        """What stands before the first number: to act on a pressing warning, and what the numbers are of."""
        pressing = any(flag.level in PRESSING for flag in self.flags)
        act = (words.act_first(self.outcome),) if pressing else ()
        return (*act, *((self.numbers_of,) if self.numbers_of else ()))

    @property
    def links(self) -> bool:
        """Whether the causes are ranked by how often they acted."""
        return any(row.behind is not None for row in self.causes)

    def columns(self) -> tuple[str, ...]:
        """Headings of the table of causes, after the name; the numbers are of 100 people."""
        before = "before" if self.kind == "see" else "unchanged"
        if self.links:
            everybody = "in all" if self.cases else "in everybody"
            return self._with_range("had a part", "90 % range", "present", everybody)
        return self._with_range("present", "90 % range", before)

    def _with_range(self, first: str, ends: str, *more: str) -> tuple[str, ...]:
        return (first, ends, *more) if self.ranged else (first, *more)

    def cells(self, row: ReportCause) -> tuple[str, ...]:
        """The numbers of one cause under these headings, of 100."""
        there = words.of_100(row.p)
        if not self.links:
            baseline = words.of_100(row.baseline)
            return self._with_range(there, words.ends(row.low, row.high), baseline)
        behind, low, high = row.behind or 0.0, row.behind_low or 0.0, row.behind_high or 0.0
        if row.variable in self.given:
            there = "entered"
        everybody = words.of_100(row.behind_baseline or 0.0)
        return self._with_range(words.of_100(behind), words.ends(low, high), there, everybody)

    def legend(self) -> tuple[str, ...]:
        """What the numbers and headings mean."""
        return tuple(said_of(self.cases, line) for line in self._legend())

    def _legend(self) -> tuple[str, ...]:
        there = "Present: the person has the cause"
        if not self.links:
            before = "before any finding" if self.kind == "see" else "without the change"
            if self.shared and self.kind == "see":
                before = f"of whom only {self.shared} is known"
            return (f"Of 100 people like this. {there}; {self.columns()[-1]}: {before}.",)
        return (
            f"Of 100 people like this. Had a part: the cause helped to bring on the {self.outcome}. "
            f"{there}, whether it had a part or not. "
            f"{words.upper(self.columns()[-1])}: how often it had a part in the {self.outcome} of people of whom no more is known"
            f"{f' than {self.shared}' if self.shared else ''}.",
        )

    def _runs(self) -> str:
        if not self.ranged:
            return ""
        return (
            f"; ranges from {self.draws} runs over the ranges of the numbers, weighted by how well each "
            f"fits the findings (they tell as much as {self.ess:.0f} equal ones)"
        )

    def identity(self) -> tuple[str, ...]:
        """What it takes to repeat the report."""
        name = " ".join((self.network, self.version)).strip()
        if self.edited:
            name += (
                f" with other variables, arrows or tables (as published: digest {self.published})"
            )
        elif self.changed:
            name += (
                f" with other numbers ({len(self.changed)}; as published: digest {self.published})"
            )
        return (
            f"Network {name}, digest {self.digest}",
            f"etiograph {self.etiograph}{self._runs()}",
            *(
                ()
                if self.references
                else (
                    f"Sources behind the first answer: {', '.join(self.sources) or 'none stated'}",
                )
            ),
            f"How it was tested: {self.validated_on or 'not yet'}",
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a possible cause."""
        import pandas as pd

        names = [f.name for f in fields(ReportCause)]
        return pd.DataFrame([[getattr(c, n) for n in names] for c in self.causes], columns=names)

    def _repr_html_(self) -> str:
        return preformatted(self.to_text())
