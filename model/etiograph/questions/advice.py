"""What a case is asked about the answer and the next step: why, what to ask, what to do, what to fear."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from etiograph.network.answer import Several
from etiograph.network.arguments import checked
from etiograph.questions.asked import AskedCase, States

if TYPE_CHECKING:
    from etiograph.decision.explain import Explanation
    from etiograph.decision.interventions import Interventions
    from etiograph.decision.next_steps import NextSteps
    from etiograph.decision.next_test import NextTests
    from etiograph.decision.question import Targets
    from etiograph.decision.red_flags import Flag
    from etiograph.decision.utility import Decision
    from etiograph.figures.drawing import Drawing
    from etiograph.network.event import Asked
    from etiograph.network.network import Network
    from etiograph.report.value import Report


class AdviceQuestions(AskedCase):
    """Explanations, next steps, dangers, and the report that holds them all."""

    __slots__ = ()

    @checked
    def explain(
        self,
        target: Asked,
        state: States = None,
        *,
        against: Asked | None = None,
        context: Collection[str] | None = None,
        seed: int = 0,
    ) -> Explanation:
        """The ledger of findings for and against one answer.

        Parameters
        ----------
        target : str, (str, state) or Event
        state : str or sequence of str, optional
        against : str or Event, optional
            Another cause: why the target rather than this one.
        context : collection of str, optional
            Findings that come before all others, by default those of the role "background".
        seed : int
            For the random orders, used only where there are too many findings for all orders.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("asia").case(dyspnoea="present", smoking="yes")
        >>> [w.finding for w in case.explain("bronchitis").weights]
        ['dyspnoea', 'smoking']
        """
        from etiograph.decision.explain import explain

        case = self._case
        return explain(
            case.network, case.evidence, target, state, against=against, context=context,
            seed=seed, changes=case.changes, kind=case.kind,
        )  # fmt: skip

    @checked
    def next_tests(
        self,
        target: Targets | None = None,
        costs: Mapping[str, float] | None = None,
        *,
        state: States = None,
        candidates: Sequence[str] | None = None,
        pairs: bool = True,
        draws: int = 0,
        seed: int = 0,
        acted: bool | None = None,
    ) -> NextTests:
        """What to ask or test next, by expected information per cost, best first.

        Parameters
        ----------
        target : str, Event or sequence of these, optional
            One variable, one event, or several causes; by default all causes that are still open.
        costs : mapping of str to float, optional
            Cost of each test; else the model file's, else 1.
        state : str or sequence of str, optional
            With one target: only whether it is in this state.
        candidates : sequence of str, optional
            By default everything observable that is not known.
        pairs : bool
            Also look at pairs among the best.
        draws : int
            With draws, the interval of each leading gain over the ranges of the parameters.
        seed : int
        acted : bool, optional
            Without a target: ask which causes had a part in the outcome, instead of which are there.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("asia").case(dyspnoea="present")
        >>> case.next_tests("lung_cancer").tests[0].names
        ('x_ray',)
        """
        from etiograph.decision.next_test import next_tests

        case = self._case
        return next_tests(
            case.network, case.findings, target, costs, state=state, candidates=candidates,
            pairs=pairs, draws=draws, seed=seed, changes=case.changes, kind=case.kind, acted=acted,
        )  # fmt: skip

    @checked
    def next_steps(self, candidates: Collection[str] | None = None) -> NextSteps:
        """What to do next in three lists, rule out now, ask, test: by harm avoided and information.

        For a network that states what harms if missed; of a changed world under ``do``. Questions and
        tests are weighed if they are among the ``candidates``, by default all.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(leg_cramps="present")
        >>> steps = case.next_steps(["numbness_or_stabbing_pain", "serum_potassium"])
        >>> [step.label for step in steps.ask]
        ['numbness, tingling or stabbing pain']
        """
        from etiograph.decision.next_steps import next_steps

        return next_steps(self._world, self._case.findings, candidates)

    @checked
    def what_helps(
        self,
        target: Asked | None = None,
        state: States = None,
        *,
        among: Sequence[Asked] | None = None,
        draws: int = 0,
        seed: int = 0,
    ) -> Interventions:
        """Every change that can be made, by what it would make of the outcome from now on.

        What can be started or stopped, and causes put right, each with its cautions.

        Parameters
        ----------
        target : str, (str, state) or Event, optional
            The outcome; by default the network's own, else the finding on which most else acts.
        state : str or sequence of str, optional
        among : sequence of (str, str), "name=state" or Event, optional
            Only these changes: a variable and one state each.
        draws, seed : int
            With draws, the 90 % interval of each difference over the ranges of the numbers.

        Raises
        ------
        InvalidChange
            Of a case that is changed already.

        Examples
        --------
        >>> import etiograph as eg
        >>> found = eg.load("asia").case(dyspnoea="present").what_helps()
        >>> [(each.variable, each.state, round(each.difference, 2)) for each in found.changes[:2]]
        [('bronchitis', 'absent', -0.68), ('smoking', 'no', -0.27)]
        """
        from etiograph.decision.interventions import what_helps

        case = self._case
        return what_helps(
            self._seen("what could help"), case.findings, target, state, among=among,
            draws=draws, seed=seed,
        )  # fmt: skip

    @checked
    def decide(
        self,
        target: str,
        utilities: Mapping[str, Mapping[str, float]],
        tests: Mapping[str, float] | Sequence[str] = (),
    ) -> Decision:
        """The action with the largest expected utility, and what a test would be worth.

        Parameters
        ----------
        target : str
            The variable that the utilities speak of.
        utilities : mapping of action to {state of the target: utility}
        tests : mapping of str to cost, or sequence of str
            What could be found out first.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("asia").case(dyspnoea="present")
        >>> worth = {"treat": {"present": 1, "absent": 0.6}, "wait": {"present": 0, "absent": 1}}
        >>> case.decide("bronchitis", worth).best
        'treat'
        """
        from etiograph.decision.utility import decide

        return decide(self._world, self._case.evidence, target, utilities, tests)

    def red_flags(self) -> Several[Flag]:
        """The rules that the findings and changes set off; they come before any probability.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("leg_cramps").case(leg_cramps="present", tetany="present")
        >>> case.red_flags()[0].level
        'urgent'
        """
        from etiograph.decision.red_flags import red_flags

        case = self._case
        return Several(red_flags(case.network, case.findings, case.changes))

    @checked
    def plot(self, *, names: Collection[str] | None = None, title: str = "") -> Drawing:
        """The diagram with what is known, changed and probable; ``.save("case.svg")`` keeps it.

        Parameters
        ----------
        names : collection of str, optional
            Only these variables.
        title : str
            What the picture shows, for those who cannot see it.

        Examples
        --------
        >>> import etiograph as eg
        >>> picture = eg.load("sprinkler").case(wet_grass="yes").plot()
        >>> picture.svg.startswith("<svg")
        True
        """
        from etiograph.figures.drawing import of_case

        return of_case(self._case, names, title)

    @checked
    def report(
        self,
        *,
        draws: int = 1000,
        seed: int = 0,
        original: Network | None = None,
        evidence: Mapping[str, Mapping[str, str]] | None = None,
        detail: bool = False,
        scenarios: Sequence[Mapping[str, str]] = (),
        helps: bool = False,
    ) -> Report:
        """Everything worth saying of the case: as text, HTML or JSON.

        Parameters
        ----------
        draws, seed : int
            For the intervals.
        original : Network, optional
            The network as published: the report then says which numbers are changed.
        evidence : mapping of id to row, optional
            The evidence table: sources are then listed with author, year and address.
        detail : bool
            Also what researchers ask for.
        scenarios : sequence of mapping of str to state
            Changes to compare, each from now on.
        helps : bool
            Also which changes could help.

        Examples
        --------
        >>> import etiograph as eg
        >>> report = eg.load("sprinkler").case(wet_grass="yes").report(draws=20)
        >>> print(report.to_text().splitlines()[0])
        Sprinkler: why is the grass wet?
        """
        from etiograph.report.report import report

        case = self._case
        return report(
            case.network, case.findings, case.changes, case.kind,
            draws=draws, seed=seed, original=original, evidence=evidence, detail=detail,
            scenarios=scenarios, record=case.record,
            helps=helps,
        )  # fmt: skip
