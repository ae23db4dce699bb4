"""What a log of calls tells: how many calls a rep makes in a week, and how many of them bring a deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import logit

from simcore.fitting.counts import Weekly
from simcore.fitting.spread import LEAST_REPS, Spread, pooled
from simcore.pipeline.history import Floats, Ints
from simcore.pipeline.rhythm import WEEK

if TYPE_CHECKING:
    from simcore.crm.columns import Calls

_UNLIKE: Final = 0.1
"""Share by which successes of the log may differ from the new deals of the same weeks."""
_LEAST_WEEKS: Final = 4
_LEAST_SUCCESSES: Final = 10
_MOST_CALLS: Final = 65_535


@dataclass(frozen=True, slots=True, eq=False)
class Calling:
    """What a log of calls tells.

    Attributes
    ----------
    per_week
        Calls of a seat in a week.
    rate, rep_cv
        Draws of the share of calls that succeed, and of its spread between reps; None where there are too few.
    calls, successes, weeks
        What was counted, in whole weeks.
    """

    per_week: float
    rate: Floats
    rep_cv: Floats | None
    calls: int
    successes: int
    weeks: int


def calling_of(
    log: Calls | None, inflow: Weekly, seats: int, draws: int, random: np.random.Generator
) -> tuple[Calling | None, str | None]:
    """Return what a log of calls tells of the first step, or why it is left out; neither without a log.

    Parameters
    ----------
    log
        The calls.
    inflow
        New deals by week, which the successes of the log are held against.
    seats
        Of the scenario, which make these calls.
    """
    if log is None:
        return None, None
    if np.isnat(log.at).any():
        return None, "the log of calls has no times: how many are made in a week is not known"
    days = log.at.astype("M8[D]").astype(np.int64)
    last = int(days.max()) + 1
    weeks = (last - int(days.min())) // WEEK
    if weeks < _LEAST_WEEKS or log.successes.sum() < _LEAST_SUCCESSES:
        return None, f"the log of calls has {weeks} whole weeks and {int(log.successes.sum())} successes: too few"
    kept = days >= last - WEEK * weeks
    calls, successes = int(log.calls[kept].sum()), int(log.successes[kept].sum())
    deals = int(inflow.counts[-weeks:].sum()) * weeks / min(weeks, len(inflow.counts))
    if abs(successes - deals) > _UNLIKE * max(deals, 1.0):
        return None, (
            f"{successes:,} calls of {weeks} weeks succeeded, and {deals:,.0f} deals came: the first step is left out, "
            "and deals come without a call"
        )
    spread = _spread(log.rep.codes[kept].astype(np.int64), log.calls[kept], log.successes[kept], draws, random)
    rate = random.beta(successes + 0.5, calls - successes + 0.5, draws) if spread is None else spread.rate
    per_week = min(calls / weeks / seats, float(_MOST_CALLS))
    return Calling(per_week, rate, None if spread is None else spread.cv, calls, successes, weeks), None


def _spread(rep: Ints, calls: Ints, successes: Ints, draws: int, random: np.random.Generator) -> Spread | None:
    reps = np.unique(rep[rep >= 0])
    if len(reps) < LEAST_REPS:
        return None
    won = np.array([successes[rep == each].sum() for each in reps], dtype=np.float64)
    lost = np.array([calls[rep == each].sum() for each in reps]) - won

    def likelihood(rates: Floats) -> Floats:
        found: Floats = np.outer(won, np.log(rates)) + np.outer(lost, np.log1p(-rates))
        return found

    total, failed = won.sum() + 0.5, lost.sum() + 0.5
    centre = float(logit(total / (total + failed)))
    return pooled(likelihood, centre, float(np.sqrt(1.0 / total + 1.0 / failed)), len(reps), draws, random)
