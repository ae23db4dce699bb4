"""Forecasts that need no model: what a good one has to beat."""

from __future__ import annotations

from typing import Final

import numpy as np

from simcore.pipeline.history import STILL, Floats, Visits
from simcore.pipeline.rhythm import WEEK

NAIVE: Final = ("last_period", "gamma_poisson", "past_windows", "stage_weighted")
DISCOUNT: Final = 0.85
"""Weight of a week in the discounted mean, over that of the week after it."""
_PRIOR: Final = 0.5


def naive_wins(visits: Visits, weeks: int, draws: int, random: np.random.Generator) -> dict[str, Floats]:
    """Return draws of the wins of some weeks to come by segment, of shape (draws, segments), by method.

    ``last_period``: as many as in as many weeks just before (their mean is Gamma(wins + 1/2), counts are Poisson).
    ``gamma_poisson``: a level a week, learned from all weeks with weights that fall by `DISCOUNT` (West and Harrison
    1997). ``past_windows``: any of the windows of that length that lie behind. ``stage_weighted``: every open deal
    times the share of wins among closed deals that had been in its stage, as systems for customers show it; without a
    word about when.
    """
    wins = wins_by_week(visits)
    past, segments = wins.shape
    shape = (draws, segments)
    found: dict[str, Floats] = {}
    last = wins[-weeks:].sum(axis=0) * (weeks / max(min(weeks, past), 1))
    found["last_period"] = random.poisson(random.gamma(last + _PRIOR, size=shape)).astype(np.float64)
    discount = DISCOUNT ** np.arange(past)[::-1]
    level = random.gamma(discount @ wins + _PRIOR, size=shape) / max(discount.sum(), _PRIOR)
    found["gamma_poisson"] = random.poisson(level * weeks).astype(np.float64)
    if past >= weeks:
        sums = np.cumsum(np.concatenate((np.zeros((1, segments)), wins)), axis=0)
        windows = sums[weeks:] - sums[:-weeks]
        found["past_windows"] = windows[random.integers(len(windows), size=draws)]
    else:
        found["past_windows"] = np.tile(last, (draws, 1))
    found["stage_weighted"] = random.poisson(np.broadcast_to(stage_weighted(visits), shape)).astype(np.float64)
    return found


def naive_values(visits: Visits, weeks: int, draws: int, random: np.random.Generator) -> dict[str, Floats]:
    """Return draws of the value of the wins to come, see `naive_wins`: every win is worth the mean of its segment.

    Where no win of a segment has a value, the mean of all segments stands for it.
    """
    history = visits.history
    won = visits.deal[visits.end == visits.won]
    won = won[np.isfinite(history.value[won])]
    segments = len(history.segments)
    counts = np.bincount(history.segment[won], minlength=segments)
    sums = np.bincount(history.segment[won], history.value[won], segments)
    overall = sums.sum() / max(counts.sum(), 1)
    worth = np.where(counts > 0, sums / np.maximum(counts, 1), overall)
    return {name: wins * worth for name, wins in naive_wins(visits, weeks, draws, random).items()}


def wins_by_week(visits: Visits) -> Floats:
    """Return the wins of the whole weeks before the day by segment, of shape (weeks, segments); one week at least."""
    segments = len(visits.history.segments)
    weeks = max((visits.day - int(visits.entered.min())) // WEEK, 1)
    won = visits.end == visits.won
    week = weeks - 1 - (visits.day - 1 - visits.left[won]) // WEEK
    kept = week >= 0
    cell = week[kept] * segments + visits.segment[won][kept]
    return np.bincount(cell, minlength=weeks * segments).reshape(weeks, segments).astype(np.float64)


def stage_weighted(visits: Visits) -> Floats:
    """Return the open deals of every segment, each times the win rate of its stage among deals that are closed."""
    still = visits.end == STILL
    rate = win_rates(visits)[visits.stage[still]]
    return np.bincount(visits.segment[still], rate, len(visits.history.segments)).astype(np.float64)


def win_rates(visits: Visits) -> Floats:
    """Return the share of wins among closed deals that had been in each stage; 0 where there is none."""
    stages = len(visits.history.stages)
    closed = visits.end >= visits.won
    outcome = np.full(visits.history.deals, STILL, dtype=np.int64)
    outcome[visits.deal[closed]] = visits.end[closed]
    # A deal counts once for every stage that it had been in.
    been = np.unique(visits.stage * visits.history.deals + visits.deal)
    stage, deal = been // visits.history.deals, been % visits.history.deals
    ended = np.bincount(stage[outcome[deal] != STILL], minlength=stages)
    won = np.bincount(stage[outcome[deal] == visits.won], minlength=stages)
    rates: Floats = won / np.maximum(ended, 1)
    return rates
