"""What the arrows of a network say: what they separate, what to adjust for, how large an effect is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from etiograph.network.answer import Several
from etiograph.network.arguments import checked

if TYPE_CHECKING:
    from etiograph.network.event import Asked
    from etiograph.network.network import Network
    from etiograph.query.change import Effect
    from etiograph.query.identify import Identification
    from etiograph.query.structure import Names, Path


class StructureQuestions:
    """Those of :class:`~etiograph.network.network.Network` that concern its arrows."""

    @property
    def _network(self) -> Network:
        return cast("Network", self)

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
    ) -> Several[Path]:
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
        return Several(find(self._network, x, y, given, longest=longest, limit=limit))

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
    ) -> Several[frozenset[str]]:
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
        ({'stone_size'},)
        """
        from etiograph.query.structure import adjustment_sets

        return Several(
            adjustment_sets(
                self._network, x, y, minimal=minimal, unobserved=unobserved, limit=limit
            )
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
    def front_door_sets(self, x: str, y: str, *, unobserved: Names = ()) -> Several[frozenset[str]]:
        """The minimal sets that carry the whole effect and obey the front-door criterion.

        Pearl 2009, definition 3.3.3.

        Examples
        --------
        >>> import etiograph as eg
        >>> eg.load("front_door").front_door_sets("smoking", "cancer")
        ({'tar'},)
        """
        from etiograph.query.identify import front_door_sets

        return Several(front_door_sets(self._network, x, y, unobserved=unobserved))

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
