"""Principal factors of the market: coordinates of its innovations of which the first few carry most of the variance.

Quasi-random points and strata are best spent on the few coordinates that move the result. The market is an AR(1) path
or a walk, driven by one normal a week (`simcore.kernels.rows.conditions.extend_market`) and one more for what is not
known of its start; turned by an orthogonal matrix, these are as independent and normal as before, but the first
coordinate moves the whole path up and down.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simcore.variance_reduction.sobol import to_words

Floats = NDArray[np.float64]


def path_matrix(weeks: int, persistence: float, start: float | None = None) -> Floats:
    """Return the matrix that maps the normals behind the market to its path.

    In units of its sd; of that of a week's innovation where a start is known.

    Parameters
    ----------
    weeks
        1 or more.
    persistence
        Inside (-1, 1); with a start also 1.
    start
        The sd of the level in the week before, in units of that of an innovation; 0: it is known. None: stationary.

    Returns
    -------
    float64[weeks, weeks] or float64[weeks, 1 + weeks]
        Row w holds the weights of the innovations of weeks 0 to w in the path of week w; before them, with a start
        that is not known, that of its normal.

    Examples
    --------
    >>> path_matrix(3, 0.6).round(3).tolist()
    [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [0.36, 0.48, 0.8]]
    >>> path_matrix(2, 1.0, 0.5).tolist()
    [[0.5, 1.0, 0.0], [0.5, 1.0, 1.0]]
    """
    inside = -1.0 < persistence < 1.0 or (persistence == 1.0 and start is not None)
    if weeks < 1 or not inside:
        allowed = "inside (-1, 1), or 1 with a start"
        raise ValueError(f"a path has 1 or more weeks and a persistence {allowed}, got {weeks} and {persistence}")
    week = np.arange(weeks)
    lag = week[:, None] - week
    matrix = np.where(lag >= 0, persistence ** np.maximum(lag, 0).astype(np.float64), 0.0)
    if start is None:
        matrix[:, 1:] *= np.sqrt(1.0 - persistence * persistence)
    elif start > 0.0:
        matrix = np.column_stack([start * persistence ** (week + 1.0), matrix])
    return np.asarray(matrix, np.float64)


def leading_directions(
    weeks: int, persistence: float, counted: ArrayLike | None = None, start: float | None = None
) -> Floats:
    """Return the orthogonal matrix whose first column carries the whole variance of the sum of the path.

    The first column is the gradient of the sum, as in the linear transformation of Imai and Tan (2006, "A general
    dimension reduction technique for derivative pricing", Journal of Computational Finance 10); the others are the
    principal components of what it leaves of the path (Acworth, Broadie and Glasserman 1998), the largest first.

    Parameters
    ----------
    weeks, persistence, start
        See `path_matrix`.
    counted
        float[weeks] or None: the weights of the weeks in the sum; None counts all alike.

    Returns
    -------
    float64[n, n]
        Column j is the direction of coordinate j in the space of the n normals of a path. Its largest component is
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
    return _directions(weeks, persistence, tuple(weights.tolist()), start).copy()


@lru_cache(maxsize=16)
def _directions(weeks: int, persistence: float, counted: tuple[float, ...], start: float | None) -> Floats:
    path = path_matrix(weeks, persistence, start)
    gradient = np.array(counted) @ path
    first = gradient / np.linalg.norm(gradient)
    # An orthonormal basis of what is orthogonal to the first direction, and therein the principal components.
    others = np.linalg.qr(np.column_stack([first, np.eye(len(first))[:, 1:]]))[0][:, 1:]
    turned = others @ np.linalg.svd(path @ others)[2].T
    largest = np.take_along_axis(turned, np.abs(turned).argmax(axis=0, keepdims=True), axis=0)
    return np.column_stack([first, turned * np.sign(largest)])


def market_words(
    z_leading: ArrayLike,
    z_rest: ArrayLike,
    persistence: float,
    counted: ArrayLike | None = None,
    start: float | None = None,
) -> NDArray[np.uint32]:
    """Return the words of the normals behind the market from independent normals, the leading coordinates first.

    Parameters
    ----------
    z_leading
        float[n, d]: coordinates along the first d of `leading_directions`, for example quasi-random.
    z_rest
        float[n, weeks - d], or one more where the start is not known: all others.
    persistence, counted, start
        Of the market, see `leading_directions`.

    Returns
    -------
    uint32[n, weeks] or uint32[n, 1 + weeks]
        Of the weeks; before them that of a start that is not known. If all coordinates are independent and standard
        normal, so are the normal scores of the words.

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
    weeks = z.shape[1] - (1 if start is not None and start > 0.0 else 0)
    return to_words(ndtr(z @ leading_directions(weeks, persistence, counted, start).T))
