"""Who is among the first of a ranking, where ties are broken by lot: as shares, so that no lot has to be drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lowest(values: Floats, there: NDArray[np.bool_], size: NDArray[np.int64]) -> Floats:
    """Return each one's chance to be among the lowest of a row.

    Parameters
    ----------
    values
        float64[..., n], finite.
    there
        bool[..., n]: who is ranked.
    size
        int64[...]: how many of each row are the lowest.

    Returns
    -------
    float64[..., n]
        1 for those below the last place, 0 for those above, and for those tied at it the share of them who fit. Rows
        sum to ``size``.

    Examples
    --------
    >>> lowest(np.array([3.0, 1.0, 3.0, 5.0]), np.ones(4, bool), np.array(2)).tolist()
    [0.5, 1.0, 0.5, 0.0]
    """
    ranked = np.where(there, values, np.inf)
    place = np.maximum(size - 1, 0)[..., None]
    limit = np.take_along_axis(np.sort(ranked, axis=-1), place, axis=-1)
    below, tied = there & (ranked < limit), there & (ranked == limit)
    left = size[..., None] - below.sum(axis=-1, keepdims=True)
    part = left / np.maximum(tied.sum(axis=-1, keepdims=True), 1)
    return np.where(below, 1.0, np.where(tied, part, 0.0)) * (size[..., None] > 0)
