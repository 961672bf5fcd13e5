"""Uncertain numbers on the scale on which their prior is the standard normal distribution.

On it a search has no walls to run into, a step means the same for every number, and a normal posterior
is exact where data say nothing: a number of which they speak little stays within its stated range
whatever the form of that range.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from etiograph.errors import UnknownName

if TYPE_CHECKING:
    from etiograph.network.network import Network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BETA, LOG, PLAIN = range(3)
_KINDS = {"beta": BETA, "log-normal": LOG, "normal": PLAIN}
FAR = 25.0
"""Standard deviations beyond which a probability goes on as straight on the logit as it is there: the
quantiles of a Beta end where a double does, a search may look further."""
LEAST = 1e-290
"""Smallest probability that is told from 0."""
TAIL = 1e-13
"""Probability, times what the other end of a Beta weighs, below which one term of its series is exact."""


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
        ``BETA``, ``LOG`` or ``PLAIN``.
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
            wide the prior is, on the log or logit where it is of these.

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
        kind = np.array([_KINDS[d.name] for _, _, d in chosen], dtype=np.int64)
        a = np.array([d.a for _, _, d in chosen], dtype=np.float64)
        b = np.array([d.b for _, _, d in chosen], dtype=np.float64)
        beta = kind == BETA
        a, b = np.where(beta, a / wider**2, a), np.where(beta, b / wider**2, b * wider)
        columns = np.array([j for j, _, _ in chosen], dtype=np.int64)
        names = tuple(name for _, name, _ in chosen)
        return cls(names, columns, kind, a, b, network.parameter_values())

    def __len__(self) -> int:
        return len(self.names)

    def value(self, eta: FloatArray) -> FloatArray:
        """From the scale (..., F) to the numbers themselves."""
        return self._with_slope(np.asarray(eta, dtype=np.float64))[0]

    def parameters(self, eta: FloatArray) -> FloatArray:
        """All P parameters (..., P) with these in their places."""
        return self.parameters_with_slope(eta)[0]

    def parameters_with_slope(self, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same, and d number / d scale (..., F)."""
        out = np.broadcast_to(self.stated, (*eta.shape[:-1], len(self.stated))).copy()
        out[..., self.columns], slope = self._with_slope(np.asarray(eta, dtype=np.float64))
        return out, slope

    def start(self) -> FloatArray:
        """The stated values; the middle of the prior where one stands on an edge."""
        from scipy.special import betainc, betaincc, ndtri

        stated = self.stated[self.columns]
        beta, log = self.kind == BETA, self.kind == LOG
        p = np.where(beta, stated, 0.5)
        a, b = np.where(beta, self.a, 1.0), np.where(beta, self.b, 1.0)
        low, high = betainc(a, b, p), betaincc(a, b, p)
        of_beta = np.where(low < high, ndtri(low), -ndtri(high))
        safe = np.where(log, np.log(np.where(stated > 0.0, stated, 1.0)), stated)
        out = np.where(beta, of_beta, (safe - self.a) / np.where(beta, 1.0, self.b))
        edge = (log & (stated <= 0.0)) | ~(np.abs(out) < FAR)
        return np.where(edge, 0.0, out)

    def log_prior(self, eta: FloatArray) -> FloatArray:
        """Log density of the prior on this scale (...,), without its constant."""
        return np.asarray(-0.5 * (eta**2).sum(axis=-1))

    def _with_slope(self, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Numbers and slopes (..., F)."""
        out, slope = np.empty_like(eta), np.empty_like(eta)
        log, plain, beta = (self.kind == kind for kind in (LOG, PLAIN, BETA))
        out[..., log] = np.exp(self.a[log] + self.b[log] * eta[..., log])
        slope[..., log] = self.b[log] * out[..., log]
        out[..., plain] = self.a[plain] + self.b[plain] * eta[..., plain]
        slope[..., plain] = self.b[plain]
        out[..., beta], slope[..., beta] = quantile(eta[..., beta], self.a[beta], self.b[beta])
        return out, slope


def quantile(z: FloatArray, a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where as much of a Beta (a, b) lies below as of a standard normal below z, and its slope in z."""
    from scipy.special import betainccinv, betaincinv, betaln, log_ndtr

    near = np.clip(z, -FAR, FAR)
    # From the nearer end, whose digits are there.
    below = near <= 0.0
    own, other = np.where(below, a, b), np.where(below, b, a)
    log_p = log_ndtr(-np.abs(near))
    first = np.exp(np.clip((log_p + np.log(own) + betaln(a, b)) / own, np.log(LEAST), 0.0))
    exact = first * (1.0 + other) < TAIL
    chance = np.where(exact, 0.5, np.exp(log_p))
    tail = np.where(exact, first, betaincinv(own, other, chance))
    rest = np.where(exact, 1.0 - first, betainccinv(other, own, chance))
    p, q = np.where(below, tail, rest), np.where(below, rest, tail)
    log_density = (a - 1.0) * np.log(p) + (b - 1.0) * np.log(q) - betaln(a, b)
    slope = np.exp(-0.5 * near**2 - 0.5 * np.log(2.0 * np.pi) - log_density)
    if not (near == z).all():
        steep = slope / (p * q)  # of the logit
        logit = np.log(p) - np.log(q) + steep * (z - near)
        p = np.where(near == z, p, _expit(logit))
        slope = np.where(near == z, slope, steep * p * _expit(-logit))
    return p, slope


def _expit(x: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -x)), dtype=np.float64)


def factors(network: Network, groups: Mapping[str, float]) -> dict[str, float]:
    """How much wider each number may be, by parameters or variables (all their numbers); last wins.

    Raises
    ------
    UnknownName
        A name that is neither.
    """
    found: dict[str, float] = {}
    for group, factor in groups.items():
        own = [n for n in network.parameters if n == group or n.startswith(f"{group}.")]
        if not own:
            known = (*network.variables, *network.parameters)
            raise UnknownName(group, "variable or parameter", known)
        found |= dict.fromkeys(own, float(factor))
    return found
