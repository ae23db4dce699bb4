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

_UNLIKE: Final = float(np.log(4.0))
"""Logarithm of a ratio of hazards above which two sides of an age tell different stories."""
_TINY: Final = 1e-12


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


def smoothed(events: Floats, exposure: Floats, strength: float = 6.0) -> tuple[Floats, Floats]:
    """Return the shape and the rate of the gamma posterior of the hazard at every age.

    The prior of an age is what its neighbours say: the ages before it, or those after it, as far as it takes to see
    half of ``strength`` events. Where the two sides differ much, as beside the age at which a system cancels the
    silent, that side counts which the age itself is more like. A prior is worth ``strength`` events at most, by its
    own hazard and by that which was seen: neither a rise nor a peak is smoothed away.

    Parameters
    ----------
    events, exposure
        Counts and days at risk, of shape (..., classes of age). Where there is no event at any age, hazards are 0.
    strength
        Weight of the prior, in events.

    Returns
    -------
    tuple[Floats, Floats]
        Arrays of the same shape: hazard ~ Gamma(shape, 1 / rate), its mean is shape / rate.

    Examples
    --------
    >>> shape, rate = smoothed(np.full(CLASSES, 50.0), np.full(CLASSES, 1000.0))
    >>> bool(np.allclose(shape / rate, 0.05))
    True
    """
    total, whole = events.sum(axis=-1, keepdims=True), exposure.sum(axis=-1, keepdims=True)
    some = np.broadcast_to(total > 0, events.shape)
    overall = np.where(total > 0, total / np.maximum(whole, _TINY), 1.0)
    before = _side(events, exposure, overall, strength / 2.0)
    after = _side(events[..., ::-1], exposure[..., ::-1], overall, strength / 2.0)[..., ::-1]
    prior = np.sqrt(before * after)
    own = (events + 0.5) / (exposure + 0.5 / prior)
    nearer = np.where(np.abs(np.log(own / before)) < np.abs(np.log(own / after)), before, after)
    prior = np.where(np.abs(np.log(before / after)) > _UNLIKE, nearer, prior)
    worth = np.minimum(strength / prior, strength * exposure / np.maximum(events, _TINY))
    # An age that nobody has reached knows nothing of its own.
    worth = np.where(exposure > 0.0, worth, strength / prior)
    return np.where(some, events + worth * prior, 0.0), np.where(some, exposure + worth, 1.0)


def _side(events: Floats, exposure: Floats, overall: Floats, least: float) -> Floats:
    """Return the hazard at the ages before every age, back to where ``least`` events were seen.

    Where there are fewer, the rest is taken from the hazard of all ages together.
    """
    seen, exposed = np.zeros(events.shape), np.zeros(events.shape)
    for distance in range(1, events.shape[-1]):
        wanting = seen[..., distance:] < least
        if not wanting.any():
            break
        seen[..., distance:] += np.where(wanting, events[..., :-distance], 0.0)
        exposed[..., distance:] += np.where(wanting, exposure[..., :-distance], 0.0)
    lacking = np.maximum(least - seen, 0.0)
    hazard: Floats = (seen + lacking) / (exposed + lacking / overall)
    return hazard
