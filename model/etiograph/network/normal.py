"""A reading that is normal at every level, and the standard normal distribution itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, pi, sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def normal_cdf(x: FloatArray) -> FloatArray:
    """Standard normal distribution function; scipy only where there is much to compute.

    That takes longer to load than a few thousand values one by one; who has drawn hundreds of
    parameters, a column each, has loaded it.
    """
    if x.size <= 4096 and (x.ndim == 0 or x.shape[-1] < 100):
        each = [0.5 * erfc(-v / sqrt(2.0)) for v in x.reshape(-1).tolist()]
        return np.array(each).reshape(x.shape)
    from scipy import special

    return np.asarray(special.ndtr(x), dtype=np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class NormalLevels:
    """Readings that are normal at each of L levels, at B values of the parameters.

    Attributes
    ----------
    mean : ndarray (L, B)
    sd : ndarray (B,)
    """

    mean: FloatArray
    sd: FloatArray

    def log_density(self, values: FloatArray) -> FloatArray:
        """Log density (L, B) of readings (n,) of one person."""
        return np.asarray(self.log_densities(values).sum(axis=0))

    def log_densities(self, values: FloatArray) -> FloatArray:
        """Log density (n, L, B) of n readings, each of another person."""
        z = (values[:, None, None] - self.mean) / self.sd
        return np.asarray(-0.5 * z**2 - np.log(self.sd * sqrt(2.0 * pi)))

    def log_density_slopes(self, values: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes of :meth:`log_densities` in mean and sd, (n, L) each, for B = 1."""
        z = (values[:, None] - self.mean[:, 0]) / self.sd
        return np.asarray(z / self.sd), np.asarray((z**2 - 1.0) / self.sd)

    def log_mass(self, value: float, side: str) -> FloatArray:
        """Log probability (L, B) of a reading below ("<") or above (">") a value."""
        from scipy.special import log_ndtr

        z = (value - self.mean) / self.sd
        return np.asarray(log_ndtr(z if side == "<" else -z), dtype=np.float64)

    def means(self) -> FloatArray:
        """Mean reading of every level, (L, B)."""
        return self.mean

    def means_of_exp(self) -> FloatArray:
        """Mean of e to the reading, (L, B), which for a log-normal one is the reading itself."""
        return np.asarray(np.exp(self.mean + 0.5 * self.sd**2))

    def p_bins(self, cuts: FloatArray) -> FloatArray:
        """Probability (L, cuts + 1, B) of the bins between ascending cut-points.

        Differences are taken in the nearer tail, so small ones keep their digits.
        """
        z = (cuts[:, None, None] - self.mean) / self.sd
        below, above = normal_cdf(z), normal_cdf(-z)
        end = np.zeros((1, *z.shape[1:]))
        left = np.concatenate([end, below]), np.concatenate([end + 1.0, above])
        right = np.concatenate([below, end + 1.0]), np.concatenate([above, end])
        p = np.where(left[1] < 0.5, left[1] - right[1], right[0] - left[0])
        return np.asarray(p.transpose(1, 0, 2))
