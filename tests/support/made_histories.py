"""Histories of deals made by a known process of its own: not by the model that is fitted to them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from simcore.pipeline.history import NEVER, OPEN, WON, History

DAY_OF_START = 20_000
"""A Sunday in 2024: weeks of the process begin on Sundays, those of backtests wherever they like."""


_LONGEST = 400
"""Weeks of the market: a world of more weeks has that of fewer in its first ones."""


class Process(NamedTuple):
    """How deals come and go: two stages, each left after a log-normal wait, with a market that drifts.

    Attributes
    ----------
    weeks
        Weeks of history and of what follows it.
    arrivals
        New deals a week in the mean.
    arrival_cv
        Spread of that mean from week to week.
    market_sd, persistence
        Of the logarithm of a factor on the odds of a win; the market of the week in which a stage is left counts.
    rates
        Chance to get on from each stage at a market of one.
    medians
        Days that a stay takes.
    """

    weeks: int = 65
    arrivals: float = 25.0
    arrival_cv: float = 0.15
    market_sd: float = 0.3
    persistence: float = 0.9
    rates: tuple[float, float] = (0.5, 0.4)
    medians: tuple[float, float] = (8.0, 25.0)


def made_history(process: Process, seed: int) -> History:
    """Return the deals of one world; all that happens after its weeks is not there."""
    random = np.random.default_rng(seed)
    weeks = process.weeks
    market = np.empty(_LONGEST)
    market[0] = random.normal(0.0, process.market_sd)
    step = process.market_sd * np.sqrt(1.0 - process.persistence**2)
    for week in range(1, len(market)):
        market[week] = process.persistence * market[week - 1] + random.normal(0.0, step)
    created, closed, outcome, deal, stage, day = [], [], [], [], [], []
    end = DAY_OF_START + 7 * weeks
    for week in range(weeks):
        size = 1.0 / process.arrival_cv**2
        for _ in range(random.poisson(process.arrivals * random.gamma(size, 1.0 / size))):
            now = DAY_OF_START + 7 * week + int(random.integers(7))
            created.append(now)
            number = len(created) - 1
            finished, result = NEVER, OPEN
            for place in range(2):
                deal.append(number)
                stage.append(place)
                day.append(now)
                now += int(process.medians[place] * np.exp(0.6 * random.normal()))
                odds = process.rates[place] / (1.0 - process.rates[place])
                odds *= np.exp(market[(now - DAY_OF_START) // 7]) if place == 1 else 1.0
                on = random.random() < odds / (1.0 + odds)
                if not on or place == 1:
                    finished, result = now, WON if on else 2
                    break
            closed.append(finished if finished < end else NEVER)
            outcome.append(result if finished < end else OPEN)
    visits = np.array(day) < end
    return History(
        stages=("first", "second"),
        segments=("all",),
        created=np.array(created, dtype=np.int64),
        closed=np.array(closed, dtype=np.int64),
        outcome=np.array(outcome, dtype=np.int64),
        segment=np.zeros(len(created), dtype=np.int64),
        value=np.full(len(created), 1000.0),
        visit_deal=np.array(deal, dtype=np.int64)[visits],
        visit_stage=np.array(stage, dtype=np.int64)[visits],
        visit_day=np.array(day, dtype=np.int64)[visits],
        told=np.ones(len(created), dtype=np.bool_),
    )
