"""Figures of strategies that were run in the same worlds, and the paired differences between them.

The mean of the worst 5 % of worlds is the expected shortfall; its error follows from ``q - (q - x)^+ / p``, of which
it is the mean (Rockafellar and Uryasev 2000); for a difference, world by world. Its interval is that of the t law of
as few values as there are in the tail.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_QUARTER, WEEKS_PER_YEAR
from simcore.program.tally import ABOVE_PLAN, DISCOUNT, ENTERED, LONGEST_DRY
from simcore.results.needs_sums import check_sums, end_sums
from simcore.scenario.metric import P_QUOTA_TEAM, QUOTA_CHANCE, YEARLY_REVENUE, Metric, parse_metric
from simcore.statistics.certain import certain_revenue, certain_stages, gives_discounts, reacts, same_program
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import UNKNOWN, by_t, fixed, scaled, without_error
from simcore.statistics.jackknife import Floats, degrees_of, jackknife
from simcore.statistics.paired_difference import GroupedSums, difference_of, figure_of
from simcore.statistics.tallied_metrics import has_quota_period, sums_of
from simcore.studies.compare.document import FiguresOf, Interval

if TYPE_CHECKING:
    from simcore.engine.paired import Paired

WORST = 0.05
"""Share of worlds in the tail."""
LEAST_TAIL = 3
"""Fewest worlds in it from which anything can be told."""
DRY_WEEKS = parse_metric("p_zero:week")
E = TypeVar("E", bound=Estimate)
F = TypeVar("F", bound=FiguresOf[Any])


def interval_of(figure: Estimate, low: float = -inf, high: float = inf) -> Interval:
    """Return a figure of pairs with its 95 % interval, cut to the range that it can have.

    Examples
    --------
    >>> interval_of(by_t(0.99, 0.01, 255), 0.0, 1.0).high
    1.0
    """
    return Interval(
        estimate=figure.estimate,
        se=figure.se,
        low=None if figure.low is None else max(low, figure.low),
        high=None if figure.high is None else min(high, figure.high),
    )


def as_it_is(figure: Estimate) -> Estimate:
    """Return a figure itself."""
    return figure


def figures(paired: Paired, mine: int, base: int | None, document: type[F], told: Callable[[Estimate], E]) -> F:
    """Return the figures of a strategy, or with ``base`` the paired differences to it, each as ``told`` makes it."""
    alike = base is not None and same_program(paired.programs[mine], paired.programs[base])

    def figure(sums: Callable[[int], GroupedSums]) -> E:
        here = sums(mine)
        return told(figure_of(here) if base is None else difference_of(here, sums(base), alike=alike))

    def metric(of: Metric) -> E:
        return figure(lambda i: sums_of(of, paired.programs[i], paired.tallies[i]))

    def end(name: str) -> E | None:
        return figure(lambda i: end_sums(paired.tallies[i], name)) if paired.programs[mine].needs.step else None

    def checks() -> E | None:
        return figure(partial(_check_sums, paired)) if paired.programs[mine].needs.step else None

    weeks, has_quota = paired.programs[mine].clock.counted_weeks, has_quota_period(paired.programs[mine])
    return document(
        revenue=metric(YEARLY_REVENUE),
        p_quota=metric(QUOTA_CHANCE) if has_quota else None,
        p_quota_team=metric(Metric(P_QUOTA_TEAM)) if has_quota else None,
        worst=told(_worst(paired, mine, base)),
        dry_weeks=metric(DRY_WEEKS),
        longest_dry=_cut(figure(lambda i: _longest_sums(paired, i)), weeks),
        discount=figure(lambda i: _discount_sums(paired, i)),
        calls=figure(lambda i: _call_sums(paired, i)),
        calls_above_plan=figure(lambda i: _above_sums(paired, i)),
        won=end("won"),
        surprises=end("surprises"),
        disqualified=end("disqualified"),
        late_losses=end("late_losses"),
        check_calls=checks(),
        weeks_of_quarter=None
        if weeks < WEEKS_PER_QUARTER or paired.scenarios[mine].calendar.months == "real"
        else [figure(partial(_week_sums, paired, week)) for week in range(WEEKS_PER_QUARTER)],
    )


def over_optimism(paired: Paired, mine: int, base: int) -> Interval | None:
    """Return what the baseline's share of deals won claims of those of a strategy that end, over what it wins."""
    if not paired.programs[mine].needs.step:
        return None
    claimed, won = (end_sums(paired.tallies[i], "won") for i in (base, mine))
    if claimed.total.sum() == 0 or won.total.sum() == 0:
        return interval_of(UNKNOWN)
    if same_program(paired.programs[mine], paired.programs[base]):
        return interval_of(fixed(1.0))
    return interval_of(
        jackknife(_ratio_of_shares, won.replications, claimed.total, claimed.windows, won.total, won.windows), 0.0
    )


def _ratio_of_shares(total: Floats, ended: Floats, other_total: Floats, other_ended: Floats) -> Floats:
    return (total / ended) / (other_total / other_ended)


def _cut(figure: E, most: float) -> E:
    """Cut an interval to the range from -most to most."""
    low = None if figure.low is None else max(-most, figure.low)
    return figure.model_copy(update={"low": low, "high": None if figure.high is None else min(most, figure.high)})


def _per_rep_week(
    paired: Paired, i: int, total: NDArray[np.generic], *, worth: float, certain: bool = False, share: bool = False
) -> GroupedSums:
    program, replications = paired.programs[i], paired.tallies[i].arrays.replications
    weeks = replications * (program.team.reps * program.clock.counted_weeks)
    return GroupedSums(replications, total, weeks, worth=worth, certain=certain, share=share)


def _conduct(paired: Paired, i: int, column: int) -> NDArray[np.int64]:
    return paired.tallies[i].arrays.conduct[:, column]


def _longest_sums(paired: Paired, i: int) -> GroupedSums:
    program = paired.programs[i]
    weeks = program.clock.counted_weeks
    # One replication can be off by all weeks of all reps.
    total, most = _conduct(paired, i, LONGEST_DRY) * weeks, float(program.team.reps * weeks * weeks)
    return _per_rep_week(paired, i, total, worth=most, certain=certain_revenue(program))


def _discount_sums(paired: Paired, i: int) -> GroupedSums:
    program = paired.programs[i]
    total = _conduct(paired, i, DISCOUNT) * (WEEKS_PER_YEAR / 100.0)
    worth = program.deals.mean_units * program.deals.unit * (WEEKS_PER_YEAR / 100.0)
    return _per_rep_week(paired, i, total, worth=worth, certain=not gives_discounts(program))


def _call_sums(paired: Paired, i: int) -> GroupedSums:
    """Return the calls; where they were alike, one replication may be off by a rep-week of them."""
    program, total = paired.programs[i], paired.tallies[i].arrays.stages[:, ENTERED, 0]
    most = float(program.plan.calls.max())
    return _per_rep_week(paired, i, total, worth=most, certain=certain_stages(program) > 0)


def _above_sums(paired: Paired, i: int) -> GroupedSums:
    program = paired.programs[i]
    most = float(program.plan.calls.max())
    return _per_rep_week(paired, i, _conduct(paired, i, ABOVE_PLAN), worth=most, certain=not reacts(program))


def _check_sums(paired: Paired, i: int) -> GroupedSums:
    return check_sums(paired.programs[i], paired.tallies[i])


def _week_sums(paired: Paired, week: int, i: int) -> GroupedSums:
    arrays, program = paired.tallies[i].arrays, paired.programs[i]
    total, whole = arrays.weeks_of_quarter[:, week], arrays.weeks_of_quarter.sum(axis=1)
    return GroupedSums(
        arrays.replications, total, whole, worth=program.deals.mean_units, certain=certain_revenue(program)
    )


def _shortfall(revenue: NDArray[np.int64]) -> Floats:
    """Return the influence value of each replication, float64[n]: their mean is the expected shortfall (5 %)."""
    x = revenue.astype(np.float64)
    q = float(np.sort(x)[_tail(len(x))])
    influence: Floats = q - np.maximum(q - x, 0.0) / WORST
    return influence


def _tail(worlds: int) -> int:
    """Return the number of replications in the tail."""
    return min(ceil(WORST * worlds), worlds - 1)


def worst_of(revenue: NDArray[np.int64], base: NDArray[np.int64] | None = None) -> Estimate:
    """Return the mean of the worst 5 % of worlds, or its difference to that of a baseline in the same worlds.

    The interval is that of the t law: with as many degrees of freedom as there are worlds in the tail, less one, or
    fewer if a few of them make most of the spread.

    Parameters
    ----------
    revenue, base
        int64[n]: revenue of each world, in cents.

    Returns
    -------
    Estimate
        In cents; without figure and error where the tail holds fewer than `LEAST_TAIL` worlds.

    Examples
    --------
    >>> worst_of(np.arange(1000)).estimate
    24.5
    >>> worst_of(np.arange(40)).estimate is None
    True
    """
    tail = _tail(len(revenue))
    if tail < LEAST_TAIL:
        return UNKNOWN
    x = _shortfall(revenue) - (0.0 if base is None else _shortfall(base))
    value, error = float(x.mean()), float(x.std(ddof=1)) / sqrt(len(x))
    if error == 0.0:
        return without_error(value)
    return by_t(value, error, max(1.0, min(tail - 1.0, degrees_of(x, np.ones(len(x))))))


def _worst(paired: Paired, mine: int, base: int | None) -> Estimate:
    per_year = WEEKS_PER_YEAR / (100.0 * paired.programs[mine].team.reps * paired.programs[mine].clock.counted_weeks)
    found = scaled(worst_of(paired.revenue[mine], None if base is None else paired.revenue[base]), per_year)
    programs = [paired.programs[i] for i in (mine, base) if i is not None]
    certain = all(map(certain_revenue, programs)) or (len(programs) == 2 and same_program(*programs))
    return fixed(found.estimate) if certain and found.estimate is not None else found
