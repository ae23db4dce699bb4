"""Control variates: outputs with known expectations correct the output of interest.

The coefficients are cross-fitted: every fold of the units uses those of the other folds. This is the splitting of
Avramidis and Wilson (1993, "A splitting scheme for control variates", Operations Research Letters 14, 187-198); a
regression over all units is biased and its interval too short (Lavenberg and Welch 1981; Nelson 1990). For what is lost
by estimating coefficients, see Glynn and Szechtman (2002, "Some new perspectives on the method of control variates").
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simcore.variance_reduction.estimators import Floats, TechniqueEstimate, crude, finite_values, unit_values

FOLDS = 10
CONSTANT_CUT = 1e-12
"""A control that varies by less than this share of its size counts as constant."""
RANK_CUT = 1e-7
"""A control of which the others leave less than this share unexplained is redundant."""


class Adjusted(NamedTuple):
    """Units corrected by control variates."""

    values: Floats
    """float64[n]: the units minus what the controls explain of them."""
    coefficients: Floats
    """float64[c]: the mean of the coefficients over the folds; 0 for a control that was not used."""
    used: NDArray[np.bool_]
    """bool[c]: whether a control was used; not if it is constant, or a combination of those before it."""
    shifts: Floats
    """float64[c]: distance of a control's mean from its stated expectation in standard errors; infinite for a constant
    that is not what was stated. Beyond about 4 the stated expectation is doubtful."""


class Controlled(NamedTuple):
    """An estimate by control variates, with the coefficients and checks of the controls (see `Adjusted`)."""

    estimate: TechniqueEstimate
    coefficients: Floats
    used: NDArray[np.bool_]
    shifts: Floats


def controlled(y: ArrayLike, controls: ArrayLike, means: ArrayLike, *, folds: int = FOLDS) -> Controlled:
    """Estimate a mean with control variates: outputs whose expectations are known.

    The coefficients are cross-fitted (see `adjusted`), so the mean is unbiased whatever the law of the units, and the
    interval holds its level for small n as well; a regression over all units gives neither.

    Parameters
    ----------
    y
        float[n].
    controls
        float[n, c], of the same units; any c.
    means
        float[c]: their expectations.
    folds
        2 or more; with n or more of them, each unit is a fold.

    Raises
    ------
    ValueError
        See `crude`; or if the other folds hold fewer than two units more than there are controls.

    Examples
    --------
    >>> u = (np.arange(50) * 0.6180339887) % 1.0
    >>> result = controlled(2.0 + 3.0 * u, np.column_stack([u, 2.0 * u]), [0.5, 1.0])
    >>> round(result.estimate.mean, 12), result.estimate.standard_error < 1e-12, result.used
    (3.5, True, array([ True, False]))
    """
    corrected = adjusted(y, controls, means, folds=folds)
    estimate = crude(corrected.values)
    degrees = estimate.degrees - float(corrected.used.sum())
    return Controlled(estimate._replace(degrees=degrees), corrected.coefficients, corrected.used, corrected.shifts)


def adjusted(y: ArrayLike, controls: ArrayLike, means: ArrayLike, *, folds: int = FOLDS) -> Adjusted:
    """Return the units minus coefficients times (controls - their expectations).

    Each fold of units uses the least-squares coefficients of the other folds, which do not depend on it: so each value
    has the expectation of y exactly. Values of different folds are correlated by O(1/n**2) only, so their spread gives
    the standard error. Unit i belongs to fold i modulo the number of folds.

    Parameters and errors are those of `controlled`.

    Examples
    --------
    >>> u = (np.arange(50) * 0.6180339887) % 1.0
    >>> adjusted(u, np.column_stack([np.ones(50), u]), [1.0, 0.5]).coefficients.round(9)
    array([0., 1.])
    """
    values, columns, expected = unit_values("y", y), finite_values("controls", controls), finite_values("means", means)
    if columns.ndim != 2 or len(columns) != len(values) or expected.shape != columns.shape[1:]:
        shapes = f"{values.shape}, {columns.shape} and {expected.shape}"
        raise ValueError(f"y[n], controls[n, c] and means[c] do not fit: {shapes}")
    n, parts = len(values), min(folds, len(values))
    used, basis, triangle = _independent(columns)
    rank = int(used.sum())
    if parts < 2 or n - ceil(n / parts) < rank + 2:
        raise ValueError(f"{n} units in {folds} folds are too few for {rank} controls")
    offset = columns.mean(axis=0) - expected
    shifts = _shifts(columns, offset)
    # The controls in an orthonormal basis of their centred columns, about their expectations.
    about = basis + np.linalg.solve(triangle.T, offset[used])
    centred = values - values.mean()
    found, total = values.copy(), np.zeros(rank)
    for part in range(parts):
        rows = slice(part, None, parts)
        coefficients = _without(basis[rows], centred[rows], basis.T @ centred, n)
        found[rows] -= about[rows] @ coefficients
        total += coefficients
    coefficients = np.zeros(len(used))
    coefficients[used] = np.linalg.solve(triangle, total / parts)
    return Adjusted(found, coefficients, used, shifts)


def _without(basis: Floats, centred: Floats, products: Floats, n: int) -> Floats:
    """Return the least-squares coefficients of all units but those given, from their share in the sums.

    Over all n units the columns of the basis and y sum to zero, and the basis is orthonormal.
    """
    others = n - len(basis)
    column_sum, y_sum = -basis.sum(axis=0), -float(centred.sum())
    gram = np.eye(basis.shape[1]) - basis.T @ basis - np.outer(column_sum, column_sum) / others
    right = products - basis.T @ centred - column_sum * (y_sum / others)
    solution: Floats = np.linalg.lstsq(gram, right, rcond=RANK_CUT)[0]
    return solution


def _independent(columns: Floats) -> tuple[NDArray[np.bool_], Floats, Floats]:
    """Choose, in their order, the controls that are neither constant nor a combination of those chosen before.

    Returns
    -------
    used
        bool[c]: r of them are chosen.
    basis, triangle
        float64[n, r] orthonormal and float64[r, r] upper triangular: their product is the centred chosen columns.
    """
    n, c = columns.shape
    used, basis, triangle = np.zeros(c, np.bool_), np.empty((n, 0)), np.zeros((0, 0))
    for index in range(c):
        centred = columns[:, index] - columns[:, index].mean()
        size = float(np.linalg.norm(centred))
        if size <= CONSTANT_CUT * float(np.linalg.norm(columns[:, index])):
            continue
        along = basis.T @ centred
        rest = centred - basis @ along
        again = basis.T @ rest
        rest -= basis @ again
        length = float(np.linalg.norm(rest))
        if length <= RANK_CUT * size:
            continue
        used[index] = True
        basis = np.column_stack([basis, rest / length])
        rank = len(triangle)
        wider = np.zeros((rank + 1, rank + 1))
        wider[:rank, :rank] = triangle
        wider[:rank, rank] = along + again
        wider[rank, rank] = length
        triangle = wider
    return used, basis, triangle


def _shifts(columns: Floats, offset: Floats) -> Floats:
    """Return the means' distances from their expectations in standard errors; see `Adjusted`."""
    size = np.linalg.norm(columns, axis=0) / sqrt(len(columns))
    error = columns.std(axis=0, ddof=1) / sqrt(len(columns))
    off = np.abs(offset) > CONSTANT_CUT * size
    constant = error <= CONSTANT_CUT * size
    result: Floats = np.where(constant, np.where(off, np.copysign(np.inf, offset), 0.0), 0.0)
    np.divide(offset, error, out=result, where=~constant)
    return result
