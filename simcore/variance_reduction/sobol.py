"""Scrambled Sobol points as uniforms, as normal scores and as random words of the engine.

Sobol (1967) with the direction numbers of Joe and Kuo (2008), scrambled by a random linear matrix and a digital shift
(Matousek 1998): each point is uniform, and the points of one randomisation fill the cube evenly. For smooth integrands
the variance of their mean falls as n**-3 (Owen 1997), for indicators in d dimensions as n**-(1 + 1/d) (He and Wang
2015).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

BITS = 32
"""Binary digits of a point: those of a random word of the engine."""
WORDS = 2.0**BITS
MOST_DIMENSIONS = 21201
"""Number of dimensions for which Joe and Kuo give direction numbers."""


def sobol_uniforms(points: int, dimensions: int, randomisations: int, seed: int) -> Floats:
    """Return independent scramblings of the first Sobol points.

    Parameters
    ----------
    points
        A power of two, from 1 to 2**30: others would be uneven (Owen 2022, "On dropping the first Sobol' point").
    dimensions
        1 to 21,201; the first are the most even ones.
    randomisations
        1 or more. Randomisation r is the same whatever their number.
    seed
        0 or more.

    Returns
    -------
    float64[randomisations, points, dimensions]
        Centres (k + 1/2) / 2**32 of cells of the engine's words: strictly inside (0, 1).

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> u = sobol_uniforms(8, 2, 3, seed=1)
    >>> u.shape, sorted((8 * u[2, :, 1]).astype(int).tolist())
    ((3, 8, 2), [0, 1, 2, 3, 4, 5, 6, 7])
    """
    from numpy.random import default_rng  # noqa: PLC0415
    from scipy.stats.qmc import Sobol  # noqa: PLC0415

    if points < 1 or points > 2**30 or points & (points - 1):
        raise ValueError(f"the number of points must be a power of two up to 2**30, got {points}")
    if not 1 <= dimensions <= MOST_DIMENSIONS or randomisations < 1 or seed < 0:
        given = f"{dimensions} dimensions, {randomisations} randomisations, seed {seed}"
        raise ValueError(
            f"allowed are 1 to {MOST_DIMENSIONS} dimensions, 1 or more randomisations, seed >= 0; got {given}"
        )
    result = np.empty((randomisations, points, dimensions))
    for index in range(randomisations):
        sobol = Sobol(dimensions, scramble=True, bits=BITS, rng=default_rng([seed, index]))
        result[index] = sobol.random_base2(points.bit_length() - 1)
    # Multiples of 2**-32 move to the centre of their cell; nothing is rounded.
    result += 0.5 / WORDS
    return result


def sobol_normals(points: int, dimensions: int, randomisations: int, seed: int) -> Floats:
    """Return the normal scores of `sobol_uniforms`, with its parameters, shape and errors; within +- 6.4.

    Examples
    --------
    >>> z = sobol_normals(1024, 1, 2, seed=1)
    >>> bool(abs(z.mean()) < 1e-3), bool(abs(z.var() - 1.0) < 0.02)
    (True, True)
    """
    from scipy.special import ndtri  # noqa: PLC0415

    return np.asarray(ndtri(sobol_uniforms(points, dimensions, randomisations, seed)), np.float64)


def to_words(u: ArrayLike) -> NDArray[np.uint32]:
    """Return the random words whose cells hold the uniforms: the engine reads a word as (word + 1/2) / 2**32.

    Parameters
    ----------
    u
        float, any shape, from 0 to 1.

    Returns
    -------
    uint32, same shape
        floor(u 2**32); the last word for u = 1.

    Raises
    ------
    ValueError
        If a value lies outside [0, 1] or is not a number.

    Examples
    --------
    >>> to_words([0.5, 0.0, 1.0]).tolist()
    [2147483648, 0, 4294967295]
    """
    values = np.asarray(u, np.float64)
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise ValueError("uniforms lie from 0 to 1")
    return np.minimum(values * WORDS, WORDS - 1.0).astype(np.uint32)
