"""How a pipeline may go on: replications of its open deals and of those to come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from simcore.base.machine import processors
from simcore.kernels.pipeline import draw_new, expect_new, play_open, worth_of_new
from simcore.pipeline.ages import CLASSES, STARTS, class_of
from simcore.pipeline.history import STILL, Flags, Floats, Ints
from simcore.pipeline.posterior import KINDS, Draws, Posterior, Seeds
from simcore.pipeline.rhythm import WEEK
from simcore.random.philox import split_seed

PART: Final = 1000
"""Replications whose parameters are in memory at once; each has its own."""
_WORDS: Final = 256
_CLASS_OF_AGE: Final[Ints] = class_of(np.arange(STARTS[-1] + 1, dtype=np.int64))


class OpenDeals(NamedTuple):
    """Deals that are open on the first day.

    Attributes
    ----------
    deal
        Their numbers in the history, which their words are addressed by.
    stage, segment
        Where they are.
    age
        Days since they entered it.
    value
        0 where none is given.
    """

    deal: Ints
    stage: Ints
    segment: Ints
    age: Ints
    value: Floats

    def take(self, places: Ints | Flags) -> OpenDeals:
        """Return some of them."""
        deal, stage, segment, age = (column[places] for column in self[:4])
        return OpenDeals(deal, stage, segment, age, self.value[places])


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What happened in each replication.

    Attributes
    ----------
    wins, values
        Numbers of wins, and sums of their values, of shape (replications, 2, segments, weeks): of deals that were
        open on the first day, and of those that came later.
    won
        Whether each open deal was won, of shape (replications, open deals).
    market
        Mean factor of the market, of shape (replications,).
    """

    wins: Ints
    values: Floats
    won: Flags
    market: Floats


def open_deals(posterior: Posterior) -> OpenDeals:
    """Return the deals that were open at the end of the day before that of a posterior."""
    visits, history = posterior.visits, posterior.visits.history
    still = visits.end == STILL
    deal = visits.deal[still]
    return OpenDeals(
        deal,
        visits.stage[still],
        history.segment[deal],
        visits.day - visits.entered[still],
        np.nan_to_num(history.value[deal]),
    )


def play_ahead(posterior: Posterior, deals: OpenDeals, days: int, replications: int, seeds: Seeds) -> Ahead:
    """Play the days from that of a posterior on.

    Parameters
    ----------
    posterior
        What was learned.
    deals
        Those that are open; leaving one out changes nothing else.
    days
        How many days.
    replications
        How many worlds.
    seeds
        Of the words of deals, and of the draws of parameters.
    """
    weeks, segments = -(-days // WEEK), len(posterior.visits.history.segments)
    result = _nothing(replications, segments, weeks, len(deals.deal))

    def play_part(part: int) -> None:
        start = part * PART
        rows = slice(start, min(start + PART, replications))
        drawn = posterior.draws(rows.stop - start, weeks, seeds, part)
        result.market[rows] = drawn.market.mean(axis=1)
        _play_open(posterior, deals, days, drawn, start, result, rows, seeds.luck)
        _play_new(posterior, days, drawn, result, rows, seeds.luck)

    # Parts have draws and rows of their own, so that threads change nothing.
    with ThreadPoolExecutor(max_workers=processors()) as threads:
        for done in [threads.submit(play_part, part) for part in range(-(-replications // PART))]:
            done.result()
    return result


def _nothing(replications: int, segments: int, weeks: int, deals: int) -> Ahead:
    return Ahead(
        np.zeros((replications, 2, segments, weeks), dtype=np.int64),
        np.zeros((replications, 2, segments, weeks)),
        np.zeros((replications, deals), dtype=np.bool_),
        np.ones(replications),
    )


def chances(posterior: Posterior, deals: OpenDeals, days: int, draws: int, seeds: Seeds) -> Floats:
    """Return the chance of deals to be won within some days, at draws of what is not known, of shape (draws, deals).

    What is left of it is luck: in how many of `_WORDS` replications of the same parameters a deal is won.
    """
    drawn = posterior.draws(draws, -(-days // WEEK), seeds)
    segments, weeks = len(posterior.visits.history.segments), drawn.market.shape[1]
    found = np.zeros((draws, len(deals.deal)))
    for word in range(_WORDS):
        result = _nothing(draws, segments, weeks, len(deals.deal))
        _play_open(posterior, deals, days, drawn, word * draws, result, slice(0, draws), seeds.luck)
        found += result.won
    return found / _WORDS


def _play_open(
    posterior: Posterior, deals: OpenDeals, days: int, drawn: Draws, first: int, into: Ahead, rows: slice, seed: int
) -> None:
    """Play the open deals in replications from a number on into some rows of a result."""
    rhythm = _rhythm(posterior, days)
    play_open(
        split_seed(seed),
        first,
        np.array([deals.deal, deals.stage, deals.segment, deals.age]),
        deals.value,
        drawn.hazard,
        drawn.factor,
        drawn.market,
        rhythm,
        posterior.next_stage,
        _CLASS_OF_AGE,
        np.empty_like(rhythm),
        into.wins[rows, 0],
        into.values[rows, 0],
        into.won[rows],
    )


def _play_new(posterior: Posterior, days: int, drawn: Draws, into: Ahead, rows: slice, seed: int) -> None:
    """Draw the wins of deals that are not there yet.

    They come as a Poisson process, and each goes its way alone: so the numbers that are won, by segment and week, are
    Poisson and independent, given all parameters (Kingman 1993, Poisson Processes, the colouring theorem).
    """
    rhythm, stages = _rhythm(posterior, days), len(posterior.starts)
    expected = np.zeros(into.wins[rows, 1].shape)
    expect_new(
        drawn.new,
        drawn.share,
        drawn.hazard,
        drawn.factor,
        drawn.market,
        rhythm,
        np.vstack((posterior.next_stage, posterior.starts)),
        posterior.arrival_rhythm.shares(_days(posterior, days)),
        _CLASS_OF_AGE,
        np.empty_like(rhythm),
        np.empty((stages, days)),
        np.empty((KINDS, stages, CLASSES)),
        np.empty((2, stages)),
        expected,
    )
    draw_new(split_seed(seed), rows.start, expected, into.wins[rows, 1])
    values, begins = _values(posterior)
    if values.min() == values.max():
        into.values[rows, 1] = into.wins[rows, 1] * values[0]
    else:
        worth_of_new(split_seed(seed), rows.start, into.wins[rows, 1], values, begins, into.values[rows, 1])


def _rhythm(posterior: Posterior, days: int) -> Floats:
    """Return the factors of the days to come, by way."""
    ahead = _days(posterior, days)
    return np.array([rhythm.factors(ahead) for rhythm in posterior.rhythms])


def _days(posterior: Posterior, days: int) -> Ints:
    return np.arange(posterior.visits.day, posterior.visits.day + days, dtype=np.int64)


def _values(posterior: Posterior) -> tuple[Floats, Ints]:
    """Return values of won deals that were known, by segment, and where those of a segment begin.

    A segment without one takes those of all; where none is known, new deals are worth nothing.
    """
    visits, history = posterior.visits, posterior.visits.history
    won = visits.deal[visits.end == visits.won]
    won = won[np.isfinite(history.value[won])]
    parts, begins = [], [0]
    for segment in range(len(history.segments)):
        known = history.value[won[history.segment[won] == segment]]
        known = known if len(known) else history.value[won]
        parts.append(known if len(known) else np.zeros(1))
        begins.append(begins[-1] + len(parts[-1]))
    return np.concatenate(parts), np.array(begins, dtype=np.int64)
