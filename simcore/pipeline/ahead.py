"""How a pipeline may go on: replications of its open deals and of those to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simcore.kernels.pipeline import play
from simcore.pipeline.ages import STARTS, class_of
from simcore.pipeline.history import STILL, Floats, Ints
from simcore.pipeline.posterior import Posterior
from simcore.pipeline.rhythm import WEEK
from simcore.random.philox import split_seed

_AGES = np.arange(STARTS[-1] + 1, dtype=np.int64)
_CLASS_OF_AGE = class_of(_AGES)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What happened in each replication.

    Attributes
    ----------
    wins, values
        Numbers of wins, and sums of their values, of shape (replications, 2, segments, weeks): of deals that were
        open on the first day, and of those that came later.
    open_deals
        Numbers of the deals that were open.
    won
        In how many replications each was won.
    """

    wins: Ints
    values: Floats
    open_deals: Ints
    won: Ints


def play_ahead(posterior: Posterior, days: int, replications: int, seed: int, parameters: int = 1000) -> Ahead:
    """Play the days from that of a posterior on.

    Parameters
    ----------
    posterior
        What was learned.
    days
        How many days.
    replications
        How many worlds.
    seed
        Of the words of deals, and of the draws of parameters.
    parameters
        Draws of parameters at most: replication r has draw r mod this.
    """
    visits, history = posterior.visits, posterior.visits.history
    weeks = -(-days // WEEK)
    random = np.random.Generator(np.random.Philox(seed))
    count = min(parameters, replications)
    drawn = posterior.draws(count, weeks, random)
    arrivals = random.poisson(np.resize(drawn.arrivals, (replications, weeks)))
    still = np.flatnonzero(visits.end == STILL)
    deals = visits.deal[still]
    ahead = np.arange(posterior.visits.day, posterior.visits.day + days, dtype=np.int64)
    values, begins = _values(posterior)
    segments = len(history.segments)
    result = Ahead(
        np.zeros((replications, 2, segments, weeks), dtype=np.int64),
        np.zeros((replications, 2, segments, weeks)),
        deals,
        np.zeros(len(deals), dtype=np.int64),
    )
    rhythms = np.array([rhythm.factors(ahead) for rhythm in posterior.rhythms])
    known = np.nan_to_num(history.value[deals])
    for start in range(0, replications, count):
        stop = min(start + count, replications)
        rows = slice(0, stop - start)
        play(
            split_seed(seed),
            start,
            visits.stage[still],
            history.segment[deals],
            visits.day - visits.entered[still],
            known,
            drawn.hazard[rows],
            drawn.factor[rows],
            drawn.market[rows],
            arrivals[start:stop],
            drawn.share[rows],
            rhythms,
            posterior.next_stage,
            posterior.starts,
            np.roll(posterior.arrival_rhythm, -int((visits.day + 3) % WEEK)),
            _CLASS_OF_AGE,
            values,
            begins,
            result.wins[start:stop],
            result.values[start:stop],
            result.won,
        )
    return result


def _values(posterior: Posterior) -> tuple[Floats, Ints]:
    """Return values of won deals that were known, by segment, and where those of a segment begin."""
    visits, history = posterior.visits, posterior.visits.history
    won = visits.deal[visits.end == visits.won]
    parts, begins = [], [0]
    for segment in range(len(history.segments)):
        known = history.value[won][(history.segment[won] == segment) & np.isfinite(history.value[won])]
        parts.append(known if len(known) else np.zeros(1))
        begins.append(begins[-1] + len(parts[-1]))
    return np.concatenate(parts), np.array(begins, dtype=np.int64)


