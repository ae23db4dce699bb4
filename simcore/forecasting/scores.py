"""How good forecasts were: coverage, width, the continuous ranked probability score, pinball loss, PIT.

All are proper or are shown beside one that is: an interval that is wide enough always covers, so coverage is never
shown without width and score (Gneiting and Raftery 2007, JASA 102, 359-378).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def crps(sample: Floats, actual: float) -> float:
    """Return the continuous ranked probability score of the distribution of a sample: the lower, the better.

    It is ``E|X - y| - E|X - X'| / 2``, in the unit of the figure; of a single value, the absolute error.

    Parameters
    ----------
    sample
        Draws of the forecast, of shape (draws,); one at least.
    actual
        What happened.

    Examples
    --------
    >>> crps(np.array([3.0]), 5.0), crps(np.array([4.0, 6.0]), 5.0)
    (2.0, 0.5)
    """
    ordered = np.sort(sample)
    count = len(ordered)
    ranks = 2.0 * np.arange(1, count + 1) - count - 1.0
    return float(np.abs(ordered - actual).mean() - (ranks @ ordered) / count**2)


def pinball(forecast: float, actual: float, level: float) -> float:
    """Return the pinball loss of a quantile at a level: the lower, the better.

    Examples
    --------
    >>> pinball(10.0, 12.0, 0.9), pinball(10.0, 8.0, 0.9)
    (1.8, 0.2)
    """
    return round((actual - forecast) * level if actual >= forecast else (forecast - actual) * (1.0 - level), 12)


def pit(sample: Floats, actual: float, uniform: float) -> float:
    """Return where in a forecast's distribution the actual value lies: uniform on 0 .. 1 if forecasts are calibrated.

    Ties are split at random, as counts have many (Czado, Gneiting and Held 2009, Biometrics 65, 1254-1261).

    Parameters
    ----------
    sample, actual
        See `crps`.
    uniform
        A uniform random number, 0 .. 1.

    Examples
    --------
    >>> pit(np.array([1.0, 2.0, 2.0, 3.0]), 2.0, 0.5)
    0.5
    """
    below, equal = float((sample < actual).mean()), float((sample == actual).mean())
    return below + uniform * equal
