"""A simultaneous band: limits of a difference that hold at all inspected values at once.

Differences at several values of a path are estimated with common random numbers, so their errors are correlated. The
chance that *any* of them passes its limit follows from the joint law of their errors: a multivariate t whose
correlations are those of the jackknife's deviations by group (Hothorn, Bretz and Westfall 2008, Biometrical Journal
50). Its quantile is found from fixed pseudo-random draws (Westfall and Young 1993 took them from the data), so the same
differences always have the same band.

Of the 5 % that the band may fail, 4 go to the scan of the whole range, and the fifth to the values that are chosen
later, because of what the scan showed (alpha spending, Lan and DeMets 1983): what the scan concluded stands.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import LEVEL, critical_value

Floats = NDArray[np.float64]

SCAN_MISSES = 0.04
"""Share of the 0.05 of misses that the scan may use."""
DRAWS = 20_000
"""Draws of the joint distribution: the realised level is known to 0.0015 (one standard error)."""
_KEY = 0x5EED_BA2D
_SAME = 1e-9
"""Deviations are a combination of earlier ones if no more than this part of their length is left."""


class Band:
    """Critical values of a set of differences, as multiples of each one's own 95 % interval.

    Parameters
    ----------
    groups
        Groups of replications, 2 or more.

    Examples
    --------
    One value needs no more than its own 96 % interval; copies of it change nothing, independent values do:

    >>> band, random = Band(200), np.random.default_rng(1)
    >>> one = random.normal(size=200)
    >>> band.scan([one])
    >>> round(band.of_scan, 2)
    1.05
    >>> band = Band(200)
    >>> band.scan([one, one, one])
    >>> round(band.of_scan, 2)
    1.05
    >>> band = Band(200)
    >>> band.scan(list(random.normal(size=(9, 200))))
    >>> round(band.of_scan, 2)
    1.45
    """

    def __init__(self, groups: int) -> None:
        self._degrees = groups - 1
        self._single = critical_value(self._degrees)
        self._scale = _scale(self._degrees)
        self._basis = np.zeros((0, groups))
        self._scanned, self._chosen = np.zeros(DRAWS), np.zeros(DRAWS)
        self.of_scan = 1.0
        """For values of the scan."""
        self.of_chosen = inf
        """For values chosen later; it grows with every one of them."""

    def scan(self, deviations: list[Floats]) -> None:
        """Add the values of the scan: of each, the deviations of the jackknife by group, float64[groups]."""
        for each in deviations:
            np.maximum(self._scanned, self._extremes(each), out=self._scanned)
        self.of_scan = max(1.0, float(np.quantile(self._scanned, 1.0 - SCAN_MISSES)) / self._single)

    def choose(self, deviations: list[Floats]) -> None:
        """Add values that were chosen after the scan; deviations as for `scan`."""
        for each in deviations:
            np.maximum(self._chosen, self._extremes(each), out=self._chosen)
        inside = np.sort(self._chosen[self._scanned <= self.of_scan * self._single])
        left = int((1.0 - LEVEL) * DRAWS) - (DRAWS - len(inside))
        # At least as far as those of the scan: where they are looked for depends on what was seen.
        self.of_chosen = max(self.of_scan, float(inside[-1 - max(left, 0)]) / self._single)

    def _extremes(self, deviations: Floats) -> Floats:
        """Return draws of the size of a difference's error, in standard errors: float64[DRAWS]."""
        length = float(np.linalg.norm(deviations))
        if length == 0.0:
            return np.zeros(DRAWS)
        unit = deviations / length
        shares = self._basis @ unit
        rest = unit - shares @ self._basis
        more = self._basis @ rest  # a second pass, against rounding
        rest -= more @ self._basis
        left = float(np.linalg.norm(rest))
        if left > _SAME:
            self._basis = np.vstack([self._basis, rest / left])
            shares = np.append(shares + more, left)
        normal: Floats = sum((share * _normals(number) for number, share in enumerate(shares)), np.zeros(DRAWS))
        return np.abs(normal) * self._scale


def clear_sign(difference: Estimate, times: float) -> int:
    """Return 1 or -1 where zero lies outside the difference's own interval stretched by ``times``, else 0.

    Examples
    --------
    >>> difference = Estimate(estimate=3.0, se=1.0, low=1.0, high=5.0)
    >>> clear_sign(difference, 1.4), clear_sign(difference, 1.6)
    (1, 0)
    """
    value = difference.estimate
    if not value or difference.low is None or difference.high is None or not times < inf:
        return 0
    length = value - difference.low if value > 0 else difference.high - value
    if abs(value) <= times * length:
        return 0
    return 1 if value > 0 else -1


@lru_cache(maxsize=128)
def _normals(number: int) -> Floats:
    """Return the draws of a direction: float64[DRAWS]."""
    from scipy.special import ndtri  # noqa: PLC0415

    return np.asarray(ndtri(_uniforms(number + 1)), np.float64)


@lru_cache(maxsize=4)
def _scale(degrees: int) -> Floats:
    """Return draws of how much a normal value grows by an error that is itself estimated: float64[DRAWS]."""
    from scipy.special import gammaincinv  # noqa: PLC0415

    return np.asarray(np.sqrt(degrees / (2.0 * gammaincinv(degrees / 2.0, _uniforms(0)))), np.float64)


def _uniforms(stream: int) -> Floats:
    """Return fixed pseudo-random numbers in (0, 1), one in each of `DRAWS` equal parts (McKay et al. 1979)."""
    from numpy.random import Philox  # noqa: PLC0415 (its stream is the same in every version of NumPy)

    order = np.argsort(Philox(key=[_KEY, stream]).random_raw(DRAWS))
    return (order + 0.5) / DRAWS
