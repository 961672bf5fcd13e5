"""A case: what is known of one person, and what is changed. The front door to every question.

A case holds no answers and no engine. Its questions, by kind, are in :mod:`etiograph.questions`; each
passes network, findings and changes to the layer that answers, so that no layer needs a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from etiograph.errors import InvalidChange, UnknownName, refuse_unknown
from etiograph.findings.cell import findings_of
from etiograph.network.arguments import checked
from etiograph.network.frozen import FrozenMap, same_name
from etiograph.questions.advice import AdviceQuestions
from etiograph.questions.inference import InferenceQuestions
from etiograph.questions.uncertainty import UncertaintyQuestions

if TYPE_CHECKING:
    from etiograph.findings.fhir import Origin, Record
    from etiograph.network.network import Network

Kind = Literal["see", "do", "had", "after"]
NOTHING: Mapping[str, Any] = FrozenMap()


@dataclass(frozen=True, slots=True)
class Case(InferenceQuestions, UncertaintyQuestions, AdviceQuestions):
    """What is known of one person, seen through one network: made by ``net.case(...)``, asked by its methods.

    A case is a value: ``do``, ``had``, ``after``, ``with_findings`` and ``without`` give another one. What
    is not entered is unknown, not absent. A *target* is a variable in one or several of its states (by
    default all but the usual one): ``"rain"``, ``("rain", "yes")`` or ``eg.Event``. Every answer has a short text,
    a table in a notebook, ``to_frame()`` and ``to_dict()``; most have ``plot()``, which ``.save("name.svg")`` keeps.

    - What is likely, alone, together, as a whole: ``posterior``, ``joint``, ``most_probable``.
    - Changed, seen there, imagined, from now on: ``do``, ``had``, ``after``, each asked like a case.
    - Which cause acted or was needed, how large an effect is: ``attribution``, ``causation``, ``effect``.
    - How sure it is, and the difference a change makes: ``intervals``, ``contrast``.
    - Which number matters, what would turn the answer: ``tornado``, ``sensitivity``, ``sensitivities``,
      ``two_way``, ``turning_points``.
    - Why, and whether the findings fit together: ``explain``, ``conflict``, ``surprise``.
    - Danger, what to ask or test, what could help, what to do: ``red_flags``, ``next_steps``, ``next_tests``,
      ``what_helps``, ``decide``.
    - All of it on paper, or as a picture: ``report``, ``plot``.

    Attributes
    ----------
    network : Network
        The network asked.
    findings : mapping of str to finding
        As given: a state, ``"0.62 mmol/L"``, ``unknown``, ``not_(...)``, ``likelihood(...)``,
        ``measured(...)``, or a list of these, which multiply. Red-flag-only findings too.
    changes : mapping of str to state
        What is set from outside; empty for a case that is only seen.
    kind : {"see", "do", "had", "after"}
        What the changes mean: findings seen in the changed world (``do``), findings seen before an
        imagined change (``had``), the same person from now on (``after``).
    record : Record or None
        The patient's record that findings were read from, with the origin of each.

    Raises
    ------
    UnknownName
        No such variable or state; the message has the nearest one.
    InvalidFinding, InvalidChange
        A finding or change that means nothing. Findings that contradict one another are refused when
        the case is asked (``ImpossibleFindings``).

    Examples
    --------
    >>> import etiograph as eg
    >>> net = eg.load("sprinkler")
    >>> {name: variable.states for name, variable in net.variables.items() if name != "cloudy"}
    {'sprinkler': ('off', 'on'), 'rain': ('no', 'yes'), 'wet_grass': ('no', 'yes')}
    >>> case = net.case(wet_grass="yes", cloudy=eg.not_("no"))   # or net.case({"wet_grass": "yes"})
    >>> seen = case.posterior()
    >>> round(seen["rain"]["yes"], 3)
    0.976
    >>> list(seen.to_frame().columns)
    ['variable', 'state', 'probability']
    >>> round(case.do(sprinkler="on").posterior()["rain"]["yes"], 3)
    0.815
    """

    network: Network
    findings: Mapping[str, Any] = NOTHING
    changes: Mapping[str, Any] = NOTHING
    kind: Kind = "see"
    record: Record | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_fhir(
        cls,
        network: Network,
        source: str | Path | Mapping[str, Any] | Sequence[Any],
        *,
        at: date | str | None = None,
        window: str = "90 days",
        every: bool = False,
        patient: str | None = None,
    ) -> Case:
        """The case that a patient's record in FHIR R4 describes, read from JSON and offline.

        ``case.record`` says where each finding came from and why the rest was not used.

        Parameters
        ----------
        network : Network
        source : str, Path, mapping or list
            The path of a file, a bundle, a resource, or a list of resources.
        at : date or str, optional
            The day at which the person is looked at; default today.
        window : str
            How long before that day a result counts.
        every : bool
            All readings of that time, as repeated readings; default the latest.
        patient : str, optional
            Id of the patient, where there are several.

        Raises
        ------
        UnreadableFile, InvalidFinding, UnknownName

        Examples
        --------
        >>> import etiograph as eg
        >>> record = [{"resourceType": "Patient", "gender": "female"}]
        >>> dict(eg.Case.from_fhir(eg.load("leg_cramps"), record, at="2026-11-01").findings)
        {'sex': 'female'}
        """
        from etiograph.findings.fhir import read_fhir

        record = read_fhir(
            network, source, at=at, window=window, every=every, patient=patient
        )  # fmt: skip
        return cls(network, record.findings, record=record)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Where in a patient's record findings came from; those that were replaced have none."""
        return self.record.of(self.findings) if self.record else ()

    def __post_init__(self) -> None:
        network = self.network
        # Read and copied, unless that was done: thousands of cases are made a second.
        if type(self.findings) is not FrozenMap:
            read = findings_of(network, self.findings)
            object.__setattr__(self, "findings", FrozenMap(read))
        for name in self.findings:
            if name not in network.variables and name not in network.flags:
                raise UnknownName(name, "variable", (*network.variables, *network.flags))
        if type(self.changes) is not FrozenMap:
            from etiograph.query.stated_changes import checked_changes

            changes = checked_changes(network, self.changes)
            object.__setattr__(self, "changes", FrozenMap(changes))

    @property
    def flags(self) -> dict[str, Any]:
        """The red-flag-only findings: rules read them, no probability does."""
        return {k: v for k, v in self.findings.items() if k in self.network.flags}

    @property
    def evidence(self) -> Mapping[str, Any]:
        """The findings the engine sees."""
        if not self.network.flags:
            return self.findings
        return {k: v for k, v in self.findings.items() if k not in self.network.flags}

    @checked
    def with_findings(self, findings: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """The case with these findings added, each replacing what stood under its name.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes").with_findings(rain="yes")
        >>> dict(case.findings)
        {'wet_grass': 'yes', 'rain': 'yes'}
        """
        together = {**self.findings, **(findings or {}), **more}
        return Case(self.network, together, self.changes, self.kind, self.record)

    def without(self, *names: str) -> Case:
        """The case without these findings; what is not among them changes nothing.

        Raises
        ------
        UnknownName
            Neither a finding nor a variable.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes", rain="yes").without("rain")
        >>> dict(case.findings)
        {'wet_grass': 'yes'}
        """
        names = tuple(same_name(name, self.findings) for name in names)
        refuse_unknown(names, "variable", (*self.network.variables, *self.network.flags))
        kept = {k: v for k, v in self.findings.items() if k not in names}
        return Case(self.network, kept, self.changes, self.kind, self.record)

    def _changed(self, kind: Kind, changes: Mapping[str, Any]) -> Case:
        if self.kind not in ("see", kind):
            raise InvalidChange(
                f"'{kind}' cannot be put on top of '{self.kind}': start from the case"
            )
        return Case(self.network, self.findings, {**self.changes, **changes}, kind, self.record)

    @checked
    def do(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """The changed world, with the findings observed in it (Pearl 2009, section 3.2).

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes").do(sprinkler="off")
        >>> round(case.posterior()["rain"]["yes"], 3)  # wet without a sprinkler: it rained
        1.0
        """
        return self._changed("do", {**(changes or {}), **more})

    @checked
    def had(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """What would have been: findings seen in the actual world, then the change.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes").had(sprinkler="off")
        >>> round(case.posterior()["wet_grass"]["yes"], 3)
        0.695
        """
        return self._changed("had", {**(changes or {}), **more})

    @checked
    def after(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Case:
        """The same person from now on; without changes, the baseline to compare with.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(leg_cramps="present", diuretic="thiazide")
        >>> stay = case.after().posterior()["leg_cramps"]["present"]
        >>> case.after(diuretic="none").posterior()["leg_cramps"]["present"] < stay
        True
        """
        return self._changed("after", {**(changes or {}), **more})
