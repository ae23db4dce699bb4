"""Ages in classes: single days at first, then weeks, then four weeks; and how many deals were of which age when."""

from __future__ import annotations

from typing import Final

import numpy as np

from simcore.pipeline.history import STILL, Flags, Floats, Ints, Visits

_DAYS: Final = 42
_WEEKS: Final = 20
_MONTHS: Final = 20
STARTS: Final[Ints] = np.concatenate(
    (
        np.arange(_DAYS),
        _DAYS + 7 * np.arange(_WEEKS),
        _DAYS + 7 * _WEEKS + 28 * np.arange(_MONTHS),
    )
).astype(np.int64)
"""First age of every class in days; the last class has no end."""
CLASSES: Final = len(STARTS)


def class_of(ages: Ints) -> Ints:
    """Return the classes of ages in days.

    Examples
    --------
    >>> class_of(np.array([0, 41, 48, 49, 10_000]))
    array([ 0, 41, 42, 43, 81])
    """
    return np.searchsorted(STARTS, ages, side="right").astype(np.int64) - 1


def at_risk(visits: Visits, first: int, chosen: Flags | None = None) -> Ints:
    """Count the deals that were in a stage at an age on a day, and so could leave it.

    Who enters or leaves on a day is counted on it: an age of 0 is that of the day of entry.

    Parameters
    ----------
    visits
        The stays.
    first
        The first day that is counted; none may begin before it.
    chosen
        Which of them are counted; by default all.

    Returns
    -------
    Ints
        Of shape (days before ``visits.day``, stages, classes of age).
    """
    days = visits.day - first
    shape = (days, len(visits.history.stages), CLASSES)
    entered, stage = visits.entered, visits.stage
    until = np.where(visits.end == STILL, visits.day, np.minimum(visits.left + 1, visits.day))
    if chosen is not None:
        entered, stage, until = entered[chosen], stage[chosen], until[chosen]
    counts = np.zeros(int(np.prod(shape)), dtype=np.int64)
    # A stay is a diagonal of days and ages. They are laid out a million days at a time, not all at once.
    lengths = np.maximum(until - entered, 0)
    begins = np.concatenate(([0], np.cumsum(lengths)))
    start = 0
    while start < len(lengths):
        stop = max(int(np.searchsorted(begins, begins[start] + 1_000_000, side="right")) - 1, start + 1)
        length = lengths[start:stop]
        age = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        day = np.repeat(entered[start:stop] - first, length) + age
        cell = (day * shape[1] + np.repeat(stage[start:stop], length)) * CLASSES + class_of(age)
        counts += np.bincount(cell, minlength=len(counts))
        start = stop
    return counts.reshape(shape)


def exits(visits: Visits, first: int, kinds: tuple[int, ...]) -> Ints:
    """Count the stays that ended in one of some ways, by day, stage and class of age; see `at_risk`."""
    days = visits.day - first
    shape = (days, len(visits.history.stages), CLASSES)
    ended = np.isin(visits.end, kinds)
    age = class_of(visits.left[ended] - visits.entered[ended])
    cell = ((visits.left[ended] - first) * shape[1] + visits.stage[ended]) * CLASSES + age
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape).astype(np.int64)


def smoothed(events: Ints, exposure: Floats, strength: float = 6.0) -> tuple[Floats, Floats]:
    """Return the shape and the rate of the gamma posterior of the hazard at every age.

    The prior at an age is the posterior mean at the age before it, worth ``strength`` events (a gamma Markov chain:
    Gamerman 1991, JRSS C 40, 63-79, without its discount). An age that stands apart, such as that at which a system
    cancels the silent, is not handed on: what lies more than four standard deviations off says nothing of the next.

    Parameters
    ----------
    events, exposure
        Counts and days at risk, of shape (..., classes of age). Where there is no event at any age, hazards are 0.
    strength
        Weight of the age before, in events.

    Returns
    -------
    tuple[Floats, Floats]
        Arrays of the same shape: hazard ~ Gamma(shape, 1 / rate), its mean is shape / rate.
    """
    shapes, rates = np.zeros(exposure.shape), np.ones(exposure.shape)
    total = events.sum(axis=-1)
    prior = np.where(total > 0, total / np.maximum(exposure.sum(axis=-1), 1e-12), 0.0)
    some = total > 0
    for age in range(exposure.shape[-1]):
        rate = exposure[..., age] + strength / np.where(some, prior, 1.0)
        shapes[..., age] = np.where(some, events[..., age] + strength, 0.0)
        rates[..., age] = np.where(some, rate, 1.0)
        mean = shapes[..., age] / rates[..., age]
        expected = prior * exposure[..., age]
        spread = np.sqrt(expected * (1.0 + expected / strength) + 1.0)
        prior = np.where(np.abs(events[..., age] - expected) > 4.0 * spread, prior, mean)
    return shapes, rates
