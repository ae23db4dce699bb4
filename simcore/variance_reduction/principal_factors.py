"""Principal factors of the market: coordinates of its innovations of which the first few carry most of the variance.

Quasi-random points and strata are best spent on the few coordinates that move the result. The market is a stationary
AR(1) path driven by one normal a week (`simcore.kernels.world.extend_market`); turned by an orthogonal matrix, its
innovations are as independent and normal as before, but the first coordinate moves the whole path up and down.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simcore.variance_reduction.sobol import to_words

Floats = NDArray[np.float64]


def path_matrix(weeks: int, persistence: float) -> Floats:
    """Return the matrix that maps the weekly innovations to the market's path, in units of its sd.

    Parameters
    ----------
    weeks
        1 or more.
    persistence
        Inside (-1, 1).

    Returns
    -------
    float64[weeks, weeks]
        Lower triangular; row w holds the weights of the innovations of weeks 0 to w in the path of week w.

    Examples
    --------
    >>> path_matrix(3, 0.6).round(3).tolist()
    [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.36, 0.48, 0.8]]
    """
    if weeks < 1 or not -1.0 < persistence < 1.0:
        raise ValueError(f"a path has 1 or more weeks and a persistence inside (-1, 1), got {weeks} and {persistence}")
    week = np.arange(weeks)
    lag = week[:, None] - week
    matrix = np.where(lag >= 0, persistence ** np.maximum(lag, 0).astype(np.float64), 0.0)
    matrix[:, 1:] *= np.sqrt(1.0 - persistence * persistence)
    return np.asarray(matrix, np.float64)


def leading_directions(weeks: int, persistence: float, counted: ArrayLike | None = None) -> Floats:
    """Return the orthogonal matrix whose first column carries the whole variance of the sum of the path.

    The first column is the gradient of the sum, as in the linear transformation of Imai and Tan (2006, "A general
    dimension reduction technique for derivative pricing", Journal of Computational Finance 10); the others are the
    principal components of what it leaves of the path (Acworth, Broadie and Glasserman 1998), the largest first.

    Parameters
    ----------
    weeks, persistence
        See `path_matrix`.
    counted
        float[weeks] or None: the weights of the weeks in the sum; None counts all alike.

    Returns
    -------
    float64[weeks, weeks]
        Column j is the direction of coordinate j in the space of the weekly innovations. Its largest component is
        positive (of the first column: its sum of the path).

    Raises
    ------
    ValueError
        See `path_matrix`; or if the weights have another shape, are not finite, or count nothing.

    Examples
    --------
    >>> turn = leading_directions(4, 0.9)
    >>> bool(np.allclose(turn.T @ turn, np.eye(4))), ((path_matrix(4, 0.9) @ turn).sum(axis=0) ** 2).round(3).tolist()
    (True, [14.098, 0.0, 0.0, 0.0])
    """
    weights = np.ones(weeks) if counted is None else np.asarray(counted, np.float64)
    if weights.shape != (weeks,) or not np.isfinite(weights).all() or not weights.any():
        raise ValueError(f"the sum of a path of {weeks} weeks needs as many weights, not all zero")
    return _directions(weeks, persistence, tuple(weights.tolist())).copy()


@lru_cache(maxsize=16)
def _directions(weeks: int, persistence: float, counted: tuple[float, ...]) -> Floats:
    path = path_matrix(weeks, persistence)
    gradient = np.array(counted) @ path
    first = gradient / np.linalg.norm(gradient)
    # An orthonormal basis of what is orthogonal to the first direction, and therein the principal components.
    others = np.linalg.qr(np.column_stack([first, np.eye(weeks)[:, 1:]]))[0][:, 1:]
    turned = others @ np.linalg.svd(path @ others)[2].T
    largest = np.take_along_axis(turned, np.abs(turned).argmax(axis=0, keepdims=True), axis=0)
    return np.column_stack([first, turned * np.sign(largest)])


def market_words(
    z_leading: ArrayLike, z_rest: ArrayLike, persistence: float, counted: ArrayLike | None = None
) -> NDArray[np.uint32]:
    """Return the words of the market's weekly innovations from independent normals, the leading coordinates first.

    Parameters
    ----------
    z_leading
        float[n, d]: coordinates along the first d of `leading_directions`, for example quasi-random.
    z_rest
        float[n, weeks - d]: all others.
    persistence, counted
        Of the market, see `leading_directions`.

    Returns
    -------
    uint32[n, weeks]
        If all coordinates are independent and standard normal, so are the normal scores of the words.

    Raises
    ------
    ValueError
        See `leading_directions`; or if the arrays have other shapes or a value that is not finite.

    Examples
    --------
    A high first coordinate is a good market in all weeks:

    >>> words = market_words([[2.0]], np.zeros((1, 3)), 0.9)
    >>> words.shape, words.dtype, bool((words > 2**31).all())
    ((1, 4), dtype('uint32'), True)
    """
    from scipy.special import ndtr  # noqa: PLC0415

    leading, rest = np.asarray(z_leading, np.float64), np.asarray(z_rest, np.float64)
    if leading.ndim != 2 or rest.ndim != 2 or len(leading) != len(rest):
        raise ValueError(f"coordinates are [n, d] and [n, weeks - d], got {leading.shape} and {rest.shape}")
    z = np.concatenate([leading, rest], axis=1)
    if not np.isfinite(z).all():
        raise ValueError("a coordinate is not finite")
    return to_words(ndtr(z @ leading_directions(z.shape[1], persistence, counted).T))
