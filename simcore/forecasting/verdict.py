"""What a backtest says of its intervals, in a sentence."""

from __future__ import annotations

from math import sqrt
from typing import Final

LEAST_WINDOWS: Final = 8
"""Independent windows below which nothing is said."""
_SURE: Final = 2.0
"""Standard errors beyond which coverage is called another than promised."""
_RUN: Final = 3


def verdict(covered: list[list[bool]], errors: list[float], level: float, overlap: int) -> str:
    """Return the verdict.

    Parameters
    ----------
    covered
        For each origin in order of time, which of its intervals (one a segment) held what happened.
    errors
        For each origin, the forecast less what happened, over all segments.
    level
        Share of intervals that is promised to.
    overlap
        Origins whose windows overlap with that of the first, itself included.

    Examples
    --------
    >>> verdict([[True]] * 12, [0.1, -0.1] * 6, 0.9, 4)
    'too few windows to tell (3)'
    >>> verdict([[True]] * 18 + [[False]] * 2, [0.1, -0.1] * 10, 0.9, 1)
    'calibrated: 18 of 20 intervals of 90 % held'
    >>> verdict([[False]] * 9 + [[True]] * 5, [-1.0] * 14, 0.9, 1)
    'surprised too often: 9 of 14; the last 14 were all too low'
    """
    independent = -(-len(covered) // overlap)
    if independent < LEAST_WINDOWS:
        return f"too few windows to tell ({independent})"
    flat = [held for row in covered for held in row]
    held, windows = sum(flat), len(flat)
    share = held / windows
    # Intervals of one origin share its market, and windows overlap: origins are taken in groups that do not.
    groups = [covered[start : start + overlap] for start in range(0, len(covered), overlap)]
    shares = [sum(map(sum, group)) / sum(map(len, group)) for group in groups]
    spread = sqrt(sum((each - share) ** 2 for each in shares) / (len(shares) - 1) / len(shares))
    error = max(spread, sqrt(level * (1.0 - level) / windows))
    if share < level - _SURE * error:
        return f"surprised too often: {windows - held} of {windows}{_one_way(errors)}"
    if share > level + _SURE * error:
        return f"wider than they need be: {held} of {windows} intervals of {100 * level:.0f} % held"
    return f"calibrated: {held} of {windows} intervals of {100 * level:.0f} % held"


def _one_way(errors: list[float]) -> str:
    """Return how many of the last forecasts were all too high, or all too low."""
    last = errors[-1]
    count = 0
    for each in reversed(errors):
        if each * last <= 0.0:
            break
        count += 1
    if count < _RUN:
        return ""
    return f"; the last {count} were all too {'high' if last > 0.0 else 'low'}"
