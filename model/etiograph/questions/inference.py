"""What a case is asked: how probable, which cause, what a change would do. One method a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from etiograph.network.answer import Several
from etiograph.network.arguments import checked, form_shown
from etiograph.questions.asked import AskedCase, States

if TYPE_CHECKING:
    from etiograph.decision.conflict import Conflict
    from etiograph.decision.surprise import Surprise
    from etiograph.network.event import Asked
    from etiograph.query.attribution import Attribution
    from etiograph.query.causation import Causation
    from etiograph.query.change import Effect
    from etiograph.query.imagine import Imagined
    from etiograph.query.posterior import Explained, Joint, Posterior


class InferenceQuestions(AskedCase):
    """Exact answers at the stated numbers."""

    __slots__ = ()

    @form_shown
    def posterior(self) -> Posterior | Imagined:
        """Every variable's exact probabilities, in the world that the changes describe.

        Raises
        ------
        ImpossibleFindings
            With a smallest set of findings that contradict one another.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("sprinkler").case(wet_grass="yes")
        >>> round(case.posterior()["rain"]["yes"], 3)
        0.708
        >>> round(case.had(sprinkler="off").posterior()["wet_grass"]["yes"], 3)
        0.695
        """
        case = self._case
        if case.kind == "see":
            from etiograph.query.posterior import posterior

            return posterior(case.network, case.evidence)
        if case.kind == "do":
            from etiograph.query.change import do

            return do(case.network, case.evidence, case.changes)
        from etiograph.query import imagine

        answer = imagine.had if case.kind == "had" else imagine.after
        return answer(case.network, case.evidence, case.changes)

    def joint(self, *names: str) -> Joint:
        """Joint distribution of a few variables; axes in the order of the names.

        Examples
        --------
        >>> import etiograph as eg
        >>> joint = eg.load("sprinkler").case(wet_grass="yes").joint("rain", "sprinkler")
        >>> joint.table.shape, round(joint["yes", "on"], 3)
        ((2, 2), 0.138)
        """
        from etiograph.query.posterior import joint

        return joint(self._world, self._case.evidence, *names)

    @checked
    def most_probable(
        self, k: int = 1, variables: Sequence[str] | None = None
    ) -> Several[Explained]:
        """The k most probable joint states, of everything unknown or of the variables named.

        Parameters
        ----------
        k : int
        variables : sequence of str, optional
            Summed over all others (marginal MAP); by default nothing is summed.

        Raises
        ------
        TooLarge
            What the search needs at least is worked out before it begins; one that needs more is given
            up after some seconds. Name the ``variables`` that matter: that is much less work.

        Examples
        --------
        >>> import etiograph as eg
        >>> best = eg.load("sprinkler").case(wet_grass="yes").most_probable()[0]
        >>> best.states["rain"], round(best.probability, 3)
        ('yes', 0.501)
        """
        from etiograph.query.posterior import most_probable

        return Several(most_probable(self._world, self._case.evidence, k, variables))

    def conflict(self) -> Conflict:
        """How badly the findings fit together, which of them carry it, what would explain it.

        Jensen's measure: log2 of the product of the findings' own probabilities over their joint one.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("asia").case(x_ray="abnormal", smoking="no")
        >>> round(case.conflict().value, 3)  # bits; above 0 they speak against one another
        0.679
        """
        from etiograph.decision.conflict import conflict

        return conflict(self._world, self._case.evidence)

    @checked
    def surprise(self, cases: int = 1000, seed: int = 0) -> Surprise:
        """Whether the findings lie outside what the model expects, against simulated cases.

        Parameters
        ----------
        cases : int
            Simulated people of the same background.
        seed : int

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("asia").case(dyspnoea="present", x_ray="abnormal", smoking="no")
        >>> case.surprise(cases=200).compared
        ('dyspnoea', 'x_ray')
        """
        from etiograph.decision.surprise import surprise

        return surprise(self._world, self._case.evidence, cases, seed)

    @checked
    def attribution(
        self, outcome: Asked, state: States = None, *, needed: bool = True
    ) -> Attribution:
        """Per cause of an outcome: how often it is present, acted, and was needed.

        Parameters
        ----------
        outcome : str, (str, state) or Event
        state : str or sequence of str, optional
            By default every state but the usual one.
        needed : bool
            Also ask what would have been without each cause (one twin network a cause).

        Raises
        ------
        InvalidFinding
            The outcome has no causes in the network, or in the world that ``do`` makes.
        InvalidChange
            Of a case of ``had`` or ``after``.

        Examples
        --------
        >>> import etiograph as eg
        >>> found = eg.load("asia").case(dyspnoea="present").attribution("dyspnoea")
        >>> [(cause.cause, round(cause.needed, 3)) for cause in found.causes]
        [('bronchitis', 0.681), ('tuberculosis_or_cancer', 0.048)]
        """
        from etiograph.query.attribution import attribution

        return attribution(self._world, self._case.evidence, outcome, state, needed=needed)

    @checked
    def effect(
        self,
        cause: str,
        outcome: Asked,
        from_: str | None = None,
        to: str | None = None,
        *,
        holding: Mapping[str, str] | None = None,
        mediators: Collection[str] | None = None,
        draws: int = 0,
        seed: int = 0,
    ) -> Effect:
        """What changing a cause does to an outcome, on average, among people like this one.

        What is found of the cause and of the outcome is what is asked about, and is left out. The
        arguments are those of :meth:`Network.effect`.

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("simpson").case(stone_size="large")
        >>> found = case.effect("treatment", ("success", "yes"), "puncture", "open_surgery")
        >>> round(found.risk_difference, 3)
        0.043
        """
        network = self._seen("effect")
        return network.effect(
            cause, outcome, from_, to, given=self._beside(cause, outcome), holding=holding,
            mediators=mediators, draws=draws, seed=seed,
        )  # fmt: skip

    @checked
    def causation(
        self,
        cause: str,
        outcome: Asked,
        exposed: str | None = None,
        unexposed: str | None = None,
        *,
        bounds: bool = True,
    ) -> Causation:
        """Probability that a cause was needed, that it suffices, and both; with their bounds.

        Among people like this one: what is found of the cause says which state is asked about by
        default, and what is found of the outcome is part of the question.

        Parameters
        ----------
        cause : str
        outcome : str, (str, state) or Event
        exposed, unexposed : str, optional
            The two states of the cause.
        bounds : bool
            Also what the tables alone allow, whatever couples the noise (Tian & Pearl 2000).

        Examples
        --------
        >>> import etiograph as eg
        >>> case = eg.load("asia").case(smoking="yes", bronchitis="present")
        >>> found = case.causation("smoking", "bronchitis")
        >>> round(found.necessity, 3), [round(end, 3) for end in found.bounds.necessity]
        (0.5, [0.5, 1.0])
        """
        from etiograph.query.causation import causation

        given, network = self._beside(cause, outcome), self._seen("causation")
        found = self._case.findings.get(cause)
        if exposed is None and isinstance(found, str):
            usual = unexposed or network.variables[cause].usual
            exposed = found if found != usual else None
        return causation(network, cause, outcome, exposed, unexposed, given=given, bounds=bounds)
