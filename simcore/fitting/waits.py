"""How long items wait for a step and how many pass it, by likelihood: what is open waits still, and is not lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammainc, logit, ndtr

from simcore.fitting.paths import DROPPED, PASSED, STILL, Step
from simcore.pipeline.history import Floats, Ints

Law = Literal["lognormal", "gamma"]
LAWS: Final[tuple[Law, ...]] = ("lognormal", "gamma")
P90: Final = 1.2815515655446004
"""Normal score of the 90th percentile."""
_LEAST_OF_OWN_LAW: Final = 10
"""Losses, and passes, below which both wait by one law."""
_TINY: Final = 1e-300
_PROPOSALS: Final = 4
"""Proposals for each draw that is kept."""
_FREEDOM: Final = 5.0
_CENTRES: Final = (0.0, 2.5, -0.2, 2.5, -0.2)
_SPREADS: Final = (3.0, 2.0, 0.8, 2.0, 0.8)
"""Normal priors: of the logit of a rate, of the logarithm of a wait in days, of that of its spread."""
_SMALL: Final = 1e-4
"""Step of differences that stand for derivatives."""


class Waits(NamedTuple):
    """What was seen of a step, by day: how many waited so long and passed, were lost, wait still; from when on."""

    passed: tuple[Ints, Ints]
    lost: tuple[Ints, Ints]
    still: tuple[Ints, Ints]
    hidden: tuple[Ints, Ints]


def waits_of(step: Step) -> Waits:
    """Return the waits of a step, each with how often it was seen."""

    def counted(days: Ints) -> tuple[Ints, Ints]:
        values, counts = np.unique(days, return_counts=True)
        return values.astype(np.int64), counts.astype(np.int64)

    passed, lost, still = (counted(step.wait[step.ended == kind]) for kind in (PASSED, DROPPED, STILL))
    return Waits(passed, lost, still, counted(step.seen_from[step.seen_from > 0]))


def at_most(law: Law, days: Floats, place: Floats, spread: Floats) -> Floats:
    """Return the chance of a wait of at most so many days.

    Parameters
    ----------
    law
        ``lognormal``: logarithms of the median and of sigma; ``gamma``: of the mean and of the cv.
    days
        Of shape (days,).
    place, spread
        The two logarithms, of shape (draws, 1).
    """
    if law == "lognormal":
        with np.errstate(divide="ignore"):
            found: Floats = ndtr((np.log(days) - place) / np.exp(spread))
        return found
    shape = np.exp(-2.0 * spread)
    return gammainc(shape, days * shape / np.exp(place))  # type: ignore[no-any-return]


def seen(law: Law, days: Ints, place: Floats, spread: Floats) -> Floats:
    """Return the chance of a wait that is seen as so many days: within half a day of it."""
    middle: Floats = days.astype(np.float64)
    upper = at_most(law, middle + 0.5, place, spread)
    return np.maximum(upper - at_most(law, np.maximum(middle - 0.5, 0.0), place, spread), _TINY)


def beyond(law: Law, days: Ints, place: Floats, spread: Floats) -> Floats:
    """Return the chance of a wait that goes on after so many days."""
    return 1.0 - at_most(law, days.astype(np.float64) + 0.5, place, spread)


@dataclass(frozen=True, slots=True, eq=False)
class FittedStep:
    """A step with its posterior.

    Attributes
    ----------
    law, lost_law
        Of the waits of those that pass, and of those that are lost; None where both wait alike.
    best
        The likeliest parameters: logit of the rate, then two of each law, see `at_most`.
    draws
        Of the posterior, of shape (draws, parameters).
    score
        Log likelihood of the best, less half the logarithm of the items for each parameter (Schwarz 1978).
    scores
        The same of all that was tried, by what was tried.
    """

    law: Law
    lost_law: Law | None
    best: Floats
    draws: Floats
    score: float
    scores: dict[str, float]

    @property
    def rate(self) -> Floats:
        """Return the draws of the rate."""
        rates: Floats = expit(self.draws[:, 0])
        return rates

    def beyond(self, days: Ints, parameters: Floats) -> tuple[Floats, Floats]:
        """Return the chances to wait on after so many days, of those that pass and of those that are lost."""
        columns = parameters[:, :, None]
        passing = beyond(self.law, days, columns[:, 1], columns[:, 2])
        if self.lost_law is None:
            return passing, passing
        return passing, beyond(self.lost_law, days, columns[:, 3], columns[:, 4])


def fit_step(step: Step, draws: int, random: np.random.Generator) -> FittedStep:
    """Return the posterior of a step: its rate, and the laws of its waits that fit best.

    Open items count as what they are: they passed or will be lost, after a longer wait. Items that were in the file
    only since some day count from then on. Draws are those of a t distribution about the best, weighted by the
    posterior (importance resampling).
    """
    waits = waits_of(step)
    apart = min(step.count(PASSED), step.count(DROPPED)) >= _LEAST_OF_OWN_LAW
    tried: dict[tuple[Law, Law | None], tuple[Floats, float]] = {}
    for law in LAWS:
        for lost_law in (None, *(LAWS if apart else ())):
            tried[law, lost_law] = _best(waits, law, lost_law)
    size = max(np.log(len(step.deal)), 1.0)
    scores = {laws: likelihood - 0.5 * size * len(best) for laws, (best, likelihood) in tried.items()}
    law, lost_law = max(scores, key=lambda laws: scores[laws])
    best = tried[law, lost_law][0]
    return FittedStep(
        law,
        lost_law,
        best,
        _posterior(waits, law, lost_law, best, draws, random),
        scores[law, lost_law],
        {f"{one}, {'alike' if other is None else other}": score for (one, other), score in scores.items()},
    )


def log_likelihood(waits: Waits, law: Law, lost_law: Law | None, parameters: Floats) -> Floats:
    """Return the log likelihood of what was seen at some parameters, of shape (draws,)."""
    columns = parameters[:, :, None]
    rate = expit(columns[:, 0])
    passing = law, columns[:, 1], columns[:, 2]
    losing = passing if lost_law is None else (lost_law, columns[:, 3], columns[:, 4])

    def open_after(days: Ints) -> Floats:
        if lost_law is None:
            return beyond(law, days, *passing[1:])
        waiting: Floats = rate * beyond(law, days, *passing[1:]) + (1.0 - rate) * beyond(losing[0], days, *losing[1:])
        return waiting

    total = np.zeros(len(parameters))
    for (days, counts), chance, (name, place, spread) in (
        (waits.passed, rate, passing),
        (waits.lost, 1.0 - rate, losing),
    ):
        if len(days):
            total += np.log(np.maximum(chance * seen(name, days, place, spread), _TINY)) @ counts
    if len(waits.still[0]):
        total += np.log(np.maximum(open_after(waits.still[0]), _TINY)) @ waits.still[1]
    if len(waits.hidden[0]):
        # In the file only if it was still there: `open_after` of the day before.
        total -= np.log(np.maximum(open_after(waits.hidden[0] - 1), _TINY)) @ waits.hidden[1]
    return total


def _log_posterior(waits: Waits, law: Law, lost_law: Law | None, parameters: Floats) -> Floats:
    number = parameters.shape[1]
    scores = (parameters - np.array(_CENTRES[:number])) / np.array(_SPREADS[:number])
    found: Floats = log_likelihood(waits, law, lost_law, parameters) - 0.5 * (scores**2).sum(axis=1)
    return found


def _best(waits: Waits, law: Law, lost_law: Law | None) -> tuple[Floats, float]:
    """Return the likeliest parameters, and their log likelihood."""
    start = [_logit_of(waits), *_start(waits.passed if lost_law is not None else _both(waits))]
    if lost_law is not None:
        start += _start(waits.lost)

    shifts = np.concatenate((np.zeros((1, len(start))), _SMALL * np.eye(len(start)), -_SMALL * np.eye(len(start))))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        """Return the loss and its gradient, by central differences: all points at once."""
        values = -_log_posterior(waits, law, lost_law, parameters + shifts)
        up, down = values[1 : len(start) + 1], values[len(start) + 1 :]
        return float(values[0]), (up - down) / (2.0 * _SMALL)

    found = minimize(loss, np.array(start), jac=True, method="BFGS", options={"gtol": 1e-2, "maxiter": 100})
    best: Floats = np.asarray(found.x, dtype=np.float64)
    return best, float(log_likelihood(waits, law, lost_law, best[None, :])[0])


def _logit_of(waits: Waits) -> float:
    passed, lost = waits.passed[1].sum() + 0.5, waits.lost[1].sum() + 0.5
    return float(logit(passed / (passed + lost)))


def _both(waits: Waits) -> tuple[Ints, Ints]:
    return np.append(waits.passed[0], waits.lost[0]), np.append(waits.passed[1], waits.lost[1])


def _start(waits: tuple[Ints, Ints]) -> list[float]:
    """Return where to begin: the mean and the spread of the logarithms of waits."""
    days, counts = waits
    if not len(days):
        return [_CENTRES[1], _CENTRES[2]]
    logs = np.log(np.maximum(days, 0.25))
    mean = float(np.average(logs, weights=counts))
    return [mean, float(np.log(max(np.sqrt(np.average((logs - mean) ** 2, weights=counts)), 0.2)))]


def _posterior(
    waits: Waits, law: Law, lost_law: Law | None, best: Floats, draws: int, random: np.random.Generator
) -> Floats:
    number = len(best)
    covariance = _covariance(waits, law, lost_law, best)
    root = np.linalg.cholesky(covariance)
    proposals = draws * _PROPOSALS
    normals = random.normal(size=(proposals, number))
    scale = np.sqrt(_FREEDOM / random.chisquare(_FREEDOM, proposals))
    scores = normals * scale[:, None]
    points = best + scores @ root.T
    density = -0.5 * (_FREEDOM + number) * np.log1p((scores**2).sum(axis=1) / _FREEDOM)
    weights = np.concatenate(
        [_log_posterior(waits, law, lost_law, part) for part in np.array_split(points, max(proposals // 250, 1))]
    )
    weights = np.exp(weights - density - (weights - density).max())
    # Systematic resampling: no proposal is taken more often than its weight says.
    marks = (np.arange(draws) + random.random()) / draws
    places = np.searchsorted(np.cumsum(weights) / weights.sum(), marks)
    chosen = points[np.minimum(places, proposals - 1)]
    return chosen[random.permutation(draws)]


def _covariance(waits: Waits, law: Law, lost_law: Law | None, best: Floats) -> Floats:
    """Return the inverse of the curvature about the best, of the prior where there is none."""
    number, step = len(best), 1e-3
    shifts = step * np.eye(number)
    points = np.array(
        [best + a * shifts[i] + b * shifts[j] for i in range(number) for j in range(number) for a, b in _CORNERS]
    )
    values = _log_posterior(waits, law, lost_law, points).reshape(number, number, len(_CORNERS))
    curvature = -(values @ np.array([1.0, -1.0, -1.0, 1.0])) / (4.0 * step**2)
    size, axes = np.linalg.eigh(0.5 * (curvature + curvature.T))
    size = np.maximum(size, 1.0 / max(_SPREADS) ** 2)
    found: Floats = (axes / size) @ axes.T
    return found


_CORNERS: Final = ((1, 1), (1, -1), (-1, 1), (-1, -1))
