"""Uncertain numbers on the scale on which their distribution is about normal: logit, log, or as they are.

On it a search has no walls to run into, and a normal posterior is a fair first guess.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import UnknownName

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LOGIT, LOG, PLAIN = range(3)
_SCALES = {"beta": LOGIT, "log-normal": LOG, "normal": PLAIN}
EDGE = 1e-12
"""How near to 0 or 1 a probability may come on its way back from the logit."""


@dataclass(frozen=True, eq=False, slots=True)
class Scale:
    """The numbers that data may move, and their prior, on that scale.

    Attributes
    ----------
    names : tuple of str (F,)
        Parameters with a range; those without stay as they are stated.
    columns : ndarray of int (F,)
        Where each stands among the P parameters of the network.
    kind : ndarray of int (F,)
        ``LOGIT``, ``LOG`` or ``PLAIN``.
    a, b : ndarray (F,)
        Of the prior: of a Beta its two numbers, of a normal (in the log or not) mean and sd.
    stated : ndarray (P,)
        Stated values of all parameters.
    """

    names: tuple[str, ...]
    columns: IntArray
    kind: IntArray
    a: FloatArray
    b: FloatArray
    stated: FloatArray

    @classmethod
    def of(
        cls,
        network: Network,
        only: Collection[str] | None = None,
        may_differ: Mapping[str, float] | None = None,
    ) -> Scale:
        """The numbers of a network that have a range.

        Parameters
        ----------
        network : Network
        only : collection of str, optional
            Only these may move.
        may_differ : mapping of str to float, optional
            Numbers that may differ in the new place by more than their range says: how many times as
            wide the prior is on this scale.

        Raises
        ------
        UnknownName
            A parameter that is not there.
        """
        every = tuple(network.parameters)
        for name in (*(only or ()), *(may_differ or {})):
            if name not in network.parameters:
                raise UnknownName(name, "parameter", every)
        chosen = [
            (j, name, network.priors[name].distribution)
            for j, name in enumerate(every)
            if network.parameters[name].uncertain and (only is None or name in only)
        ]
        wider = np.array([(may_differ or {}).get(name, 1.0) for _, name, _ in chosen])
        kind = np.array([_SCALES[d.name] for _, _, d in chosen], dtype=np.int64)
        a = np.array([d.a for _, _, d in chosen], dtype=np.float64)
        b = np.array([d.b for _, _, d in chosen], dtype=np.float64)
        beta = kind == LOGIT
        a, b = np.where(beta, a / wider**2, a), np.where(beta, b / wider**2, b * wider)
        columns = np.array([j for j, _, _ in chosen], dtype=np.int64)
        names = tuple(name for _, name, _ in chosen)
        return cls(names, columns, kind, a, b, network.parameter_values())

    def __len__(self) -> int:
        return len(self.names)

    def value(self, eta: FloatArray) -> FloatArray:
        """From the scale (..., F) to the numbers themselves."""
        out = np.array(eta, dtype=np.float64)
        for kind, back in ((LOGIT, _expit), (LOG, np.exp)):
            at = self.kind == kind
            out[..., at] = back(out[..., at])
        return out

    def eta(self, values: FloatArray) -> FloatArray:
        """From the numbers (..., F) to the scale."""
        out = np.array(values, dtype=np.float64)
        at = self.kind == LOGIT
        inside = np.clip(out[..., at], EDGE, 1.0 - EDGE)
        out[..., at] = np.log(inside) - np.log1p(-inside)
        at = self.kind == LOG
        out[..., at] = np.log(out[..., at])
        return out

    def slope(self, eta: FloatArray) -> FloatArray:
        """d number / d scale, (F,)."""
        value = self.value(eta)
        return np.where(
            self.kind == LOGIT, value * (1.0 - value), np.where(self.kind == LOG, value, 1.0)
        )

    def parameters(self, eta: FloatArray) -> FloatArray:
        """All P parameters (..., P) with these in their places."""
        out = np.broadcast_to(self.stated, (*eta.shape[:-1], len(self.stated))).copy()
        out[..., self.columns] = self.value(eta)
        return out

    def start(self) -> FloatArray:
        """The stated values; the middle of the prior where one stands on an edge."""
        stated = self.stated[self.columns]
        edge = ((self.kind == LOGIT) & ((stated <= 0.0) | (stated >= 1.0))) | (
            (self.kind == LOG) & (stated <= 0.0)
        )
        mean, _ = self.moments()
        safe = np.where(edge, 0.5, stated)
        return np.where(edge, mean, self.eta(safe))

    # -- prior --------------------------------------------------------------------------------------

    def log_prior(self, eta: FloatArray) -> FloatArray:
        """Log density of the prior on this scale (...,), without its constant."""
        beta = self.kind == LOGIT
        # log p and log(1 - p) without a difference of like numbers.
        log_p, log_q = -np.logaddexp(0.0, -eta), -np.logaddexp(0.0, eta)
        normal = -0.5 * ((eta - self.a) / np.where(beta, 1.0, self.b)) ** 2
        each = np.where(beta, self.a * log_p + self.b * log_q, normal)
        return np.asarray(each.sum(axis=-1))

    def prior_slope(self, eta: FloatArray) -> FloatArray:
        """Its gradient (F,)."""
        beta = self.kind == LOGIT
        normal = -(eta - self.a) / np.where(beta, 1.0, self.b) ** 2
        return np.where(beta, self.a - (self.a + self.b) * _expit(eta), normal)

    def prior_precision(self, eta: FloatArray) -> FloatArray:
        """Minus its second derivatives (F,); they are above 0 everywhere."""
        p = _expit(eta)
        beta = self.kind == LOGIT
        return np.where(
            beta, (self.a + self.b) * p * (1.0 - p), 1.0 / np.where(beta, 1.0, self.b) ** 2
        )

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of the prior on this scale, (F,) each.

        Of the logit of a Beta they are differences of digamma and sums of trigamma functions
        (Johnson, Kotz & Balakrishnan 1995, section 25.2).
        """
        from scipy.special import digamma, polygamma

        beta = self.kind == LOGIT
        a, b = np.where(beta, self.a, 1.0), np.where(beta, self.b, 1.0)
        mean = np.where(beta, digamma(a) - digamma(b), self.a)
        variance = np.where(beta, polygamma(1, a) + polygamma(1, b), self.b**2)
        return np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)


def _expit(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -x)), dtype=np.float64)


def factors(network: Network, groups: Sequence[str], factor: float) -> dict[str, float]:
    """How much wider the numbers of named groups may be: a parameter, or all of a variable.

    Raises
    ------
    UnknownName
        A group that is neither.
    """
    found: dict[str, float] = {}
    for group in groups:
        own = [n for n in network.parameters if n == group or n.startswith(f"{group}.")]
        if not own:
            known = (*network.variables, *network.parameters)
            raise UnknownName(group, "variable or parameter", known)
        found |= dict.fromkeys(own, factor)
    return found
