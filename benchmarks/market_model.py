"""One step of a funnel under a drifting market: likelihood, estimates with intervals, direct simulation.

Model: call ``i`` of block ``w`` succeeds with probability ``rate * exp(x_w - sd^2 / 2) * noise_w``. The
market ``x`` is a stationary AR(1) with standard deviation ``sd`` and a ``persistence`` from block to block;
``noise`` is independent, log-normal, with mean one and coefficient of variation ``week_cv``. With weeks as
blocks this is the model of ``docs/model.md`` for one rep and one step.

Method: maximum likelihood. The noise is integrated out by Gauss-Hermite quadrature and the market by a filter
on a grid (Kitagawa 1987, JASA 82, 1032-1041): no normal approximation of counts, no random numbers. Intervals
are those of the profile likelihood, since the likelihood of a slow market is far from a parabola.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize

from simcore.compiled.jit import kernel

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRID_POINTS = 161
GRID_REACH = 4.0
BAND = 7.0
"""Steps of the market beyond so many standard deviations are left out: less than 1e-11 of the probability."""
QUADRATURE_POINTS = 15
BOUNDS = ((1e-5, 0.9), (0.003, 3.0), (0.1, 1e4), (0.003, 3.0))
"""Where the estimates are looked for: rate, sd, half-life in blocks, week_cv."""
HALF_CHI2 = 1.920729
"""Half of the 95 % point of chi-square with one degree of freedom."""


class Parameters(NamedTuple):
    """The model of one step.

    Attributes
    ----------
    rate
        Mean chance of a success, 0 .. 1.
    sd
        Standard deviation of the market's logarithm.
    persistence
        Correlation of the market's logarithm from one block to the next, 0 .. 1.
    week_cv
        Coefficient of variation of a block's noise.
    """

    rate: float
    sd: float
    persistence: float
    week_cv: float

    @property
    def half_life(self) -> float:
        """Blocks after which half of a good or bad time is over."""
        return math.log(0.5) / math.log(self.persistence)


class Fit(NamedTuple):
    """An estimate.

    Attributes
    ----------
    block
        Calls in a block.
    estimate
        The parameters with the highest likelihood.
    log_likelihood
        Of every single outcome in its order, so that fits with different blocks compare.
    """

    block: int
    estimate: Parameters
    log_likelihood: float


def block_counts(success: Ints, block: int) -> tuple[Ints, Ints]:
    """Return successes and calls of each block; the last block holds what is left.

    Examples
    --------
    >>> successes, calls = block_counts(np.array([1, 0, 1, 1, 0]), 2)
    >>> successes.tolist(), calls.tolist()
    ([1, 2, 0], [2, 2, 1])
    """
    starts = np.arange(0, len(success), block)
    calls = np.diff(np.append(starts, len(success)))
    return np.add.reduceat(success, starts), calls


def _emissions(parameters: Parameters, grid: Floats, successes: Ints, calls: Ints) -> tuple[Floats, Ints]:
    """Return the chance of each kind of block at each state of the market, and the kind of each block.

    Shapes (kinds, grid points) and (blocks,). Blocks of the same successes and calls are of one kind.
    """
    sigma = math.sqrt(math.log1p(parameters.week_cv**2))
    z, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_POINTS)
    logarithm = math.log(parameters.rate) + parameters.sd * grid[:, None] - parameters.sd**2 / 2
    rate = np.minimum(np.exp(logarithm + sigma * z - sigma**2 / 2), 1 - 1e-12)
    kinds, index = np.unique(np.stack([successes, calls]), axis=1, return_inverse=True)
    yes, no = kinds[0][:, None, None], (kinds[1] - kinds[0])[:, None, None]
    chances = np.exp(yes * np.log(rate) + no * np.log1p(-rate)) @ (weights / weights.sum())
    return np.ascontiguousarray(chances), index.ravel()


@kernel
def _filter(chances: Floats, kinds: Ints, transition: Floats, bands: Ints, states: Floats) -> float:
    """Return the log-likelihood of all blocks.

    ``states[0]`` holds the market's distribution before the first block; both rows are written over. From
    state i the market goes to states from ``bands[i, 0]`` to below ``bands[i, 1]``, by ``transition[i]``.
    """
    state, following = states[0], states[1]
    points = len(state)
    total = 0.0
    for kind in kinds:
        scale = 0.0
        for i in range(points):
            state[i] *= chances[kind, i]
            scale += state[i]
            following[i] = 0.0
        total += np.log(scale)
        for i in range(points):
            share = state[i] / scale
            for j in range(bands[i, 0], bands[i, 1]):
                following[j] += share * transition[i, j]
        state, following = following, state
    return total


def log_likelihood(parameters: Parameters, successes: Ints, calls: Ints) -> float:
    """Return the logarithm of the likelihood, given successes and calls of each block, shape (blocks,).

    Source: the filter of Kitagawa (1987), with the market standardised and held on a grid of 161 points to
    four standard deviations. Minus infinity where the market moves less than 3/4 of a grid step from block to
    block: nearer to a constant the sums on the grid are no longer exact to 1e-5.
    """
    grid = np.linspace(-GRID_REACH, GRID_REACH, GRID_POINTS)
    spacing = grid[1] - grid[0]
    innovation = math.sqrt(1 - parameters.persistence**2)
    if innovation < 0.75 * spacing:
        return -math.inf
    transition = np.exp(-0.5 * ((grid[None, :] - parameters.persistence * grid[:, None]) / innovation) ** 2)
    transition /= transition.sum(axis=1, keepdims=True)
    states = np.tile(np.exp(-0.5 * grid**2), (2, 1))
    states[0] /= states[0].sum()
    middle = parameters.persistence * grid[:, None]
    margin = BAND * innovation * np.array([-1.0, 1.0])
    bands = np.searchsorted(grid, middle + margin)
    chances, kinds = _emissions(parameters, grid, successes, calls)
    return float(_filter(chances, kinds, transition, bands, states))


def _from_free(free: Floats) -> Parameters:
    """Turn logarithms of rate, sd, half-life (in blocks) and week_cv into parameters."""
    rate, sd, half_life, week_cv = (float(value) for value in np.exp(free))
    return Parameters(rate, sd, 0.5 ** (1 / half_life), week_cv)


def _to_free(parameters: Parameters) -> Floats:
    return np.log([parameters.rate, parameters.sd, parameters.half_life, parameters.week_cv])


def _minimise(cost: Callable[[Floats], float], start: Floats, bounds: Floats) -> tuple[Floats, float]:
    # SciPy's own first simplex is 5 % of each value wide: nothing, where a logarithm is near 0.
    corners = start + 0.3 * np.vstack([np.zeros(len(start)), np.eye(len(start))])
    simplex = np.clip(corners, bounds[:, 0], bounds[:, 1])
    options = {"xatol": 0.003, "fatol": 0.001, "maxiter": 2000, "initial_simplex": simplex}
    found = optimize.minimize(cost, start, method="Nelder-Mead", bounds=bounds, options=options)
    if not found.success:
        raise RuntimeError(f"the search for the maximum did not end: {found.message}")
    return found.x, float(found.fun)


def fit(success: Ints, block: int) -> Fit:
    """Estimate the model by maximum likelihood.

    Parameters
    ----------
    success
        0 or 1 for each call in order, shape (calls,).
    block
        Calls in a block, that is, in a week of the scenario.

    Raises
    ------
    ValueError
        If the log holds fewer than 20 blocks or no success: then there is nothing to estimate.
    RuntimeError
        If the search does not end, or ends at the edge of its range.
    """
    successes, calls = block_counts(success, block)
    if len(calls) < 20 or not successes.any():
        raise ValueError(f"need 20 blocks and a success, got {len(calls)} blocks, {successes.sum()} successes")
    bounds = np.log(BOUNDS)

    def cost(free: Floats) -> float:
        return -log_likelihood(_from_free(free), successes, calls)

    # A fast market is much like noise, so that there can be a peak for each: look from both sides.
    starts = np.log([[success.mean(), 0.5, 3.0, 0.1], [success.mean(), 0.3, len(calls) / 3, 0.3]])
    free, lowest = min((_minimise(cost, start, bounds) for start in starts), key=itemgetter(1))
    if (np.abs(free[:, None] - bounds) < 0.1).any():
        raise RuntimeError("the likelihood has no peak inside its range: the log shows no such variation")
    return Fit(block, _from_free(free), -lowest)


def _profile_end(excess: Callable[[float], float], inside: float, edge: float) -> float:
    """Return where the profile of the likelihood has fallen enough, between its peak and the edge.

    `excess` is below 0 as long as it has not; if it never does, the edge is returned.
    """
    step = math.copysign(0.25, edge - inside)
    below = -HALF_CHI2
    while True:
        outside = min(inside + step, edge) if step > 0 else max(inside + step, edge)
        above = excess(outside)
        if above >= 0:
            break
        if outside == edge:
            return edge
        inside, below, step = outside, above, step * 1.5
    for _ in range(6):
        middle = inside + (outside - inside) * (below / (below - above) if math.isfinite(above) else 0.5)
        value = excess(middle)
        if abs(value) < 0.02:
            return middle
        if value < 0:
            inside, below = middle, value
        else:
            outside, above = middle, value
    return inside + (outside - inside) * below / (below - above)


def interval(success: Ints, found: Fit, name: str) -> tuple[float, float]:
    """Return the ends of the 95 % interval of one parameter by its profile likelihood.

    One that reaches the edge of what can be computed (a market that hardly moves) ends there.

    Parameters
    ----------
    success
        0 or 1 for each call in order, shape (calls,).
    found
        Their fit.
    name
        A field of `Parameters`.
    """
    successes, calls = block_counts(success, found.block)
    index = Parameters._fields.index(name)
    bounds = np.log(BOUNDS)
    slowest = math.sqrt(1 - (0.76 * 2 * GRID_REACH / (GRID_POINTS - 1)) ** 2)
    bounds[2, 1] = math.log(math.log(0.5) / math.log(slowest))
    best = _to_free(found.estimate)
    others_bounds = np.delete(bounds, index, axis=0)

    def end(edge: float) -> float:
        others = np.delete(best, index)

        def excess(value: float) -> float:
            nonlocal others  # each search starts where the one before ended

            def cost(free: Floats) -> float:
                return -log_likelihood(_from_free(np.insert(free, index, value)), successes, calls)

            others, lowest = _minimise(cost, others, others_bounds)
            return lowest + found.log_likelihood - HALF_CHI2

        at = _profile_end(excess, float(best[index]), edge)
        return float(_from_free(np.insert(others, index, at))[index])

    return end(float(bounds[index, 0])), end(float(bounds[index, 1]))


def simulate(
    parameters: Parameters, calls: int, block: int, replications: int, rng: np.random.Generator
) -> npt.NDArray[np.int8]:
    """Simulate logs of the model, call by call, independently of simcore's engine.

    Returns
    -------
    ndarray
        0 or 1 for each call in order, shape (replications, calls), int8.
    """
    blocks = -(-calls // block)
    innovation = math.sqrt(1 - parameters.persistence**2)
    sigma = math.sqrt(math.log1p(parameters.week_cv**2))
    market = np.empty((replications, blocks))
    market[:, 0] = rng.standard_normal(replications)
    for week in range(1, blocks):
        step = innovation * rng.standard_normal(replications)
        market[:, week] = parameters.persistence * market[:, week - 1] + step
    noise = sigma * rng.standard_normal((replications, blocks)) - sigma**2 / 2
    rate = np.minimum(parameters.rate * np.exp(parameters.sd * market - parameters.sd**2 / 2 + noise), 1.0)
    success = np.empty((replications, calls), dtype=np.int8)
    for row, rates in zip(success, rate, strict=True):
        row[:] = rng.random(calls) < np.repeat(rates, block)[:calls]
    return success
