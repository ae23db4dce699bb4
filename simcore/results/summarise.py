"""From a tally to the result document: every figure with its standard error."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.analytic.assumptions import assumptions
from simcore.base.periods import WEEKS_PER_YEAR
from simcore.program.quotas import periods_of_seat, periods_with_quota
from simcore.program.tally import (
    CLOSE,
    ENTERED,
    EXACT_BITS,
    OPEN_AT_END,
    ORIGIN,
    QUANTILE_ERROR,
    SUM,
    TOTAL,
    TURNED_AWAY,
    Tally,
)
from simcore.results.averaging import averaging_rows
from simcore.results.header import header_of
from simcore.results.needs_sums import ENDS, check_sums, end_sums
from simcore.results.sentences import closing_sentence
from simcore.results.summary import (
    AssumptionRow,
    Averaging,
    ClippedRow,
    Ignorance,
    NeedsRow,
    OpenRow,
    PersonRow,
    Precision,
    QuotaRow,
    Speed,
    StageRow,
    Summary,
    TurnedAwayRow,
    Value,
)
from simcore.statistics.certain import certain_revenue, certain_stages
from simcore.statistics.estimate import Estimate
from simcore.statistics.intervals import scaled
from simcore.statistics.moments_and_quantiles import mean_of, proportion_of
from simcore.statistics.paired_difference import GroupedSums, figure_of

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario


def summarise(
    scenario: Scenario,
    program: Program,
    tally: Tally,
    speed: Speed,
    *,
    interrupted: bool,
    precision: Precision | None = None,
    ignorance: Ignorance | None = None,
) -> Summary:
    """Build the result document of a run.

    Parameters
    ----------
    tally
        What was counted, with at least one replication.
    interrupted
        Whether the run was stopped before all its replications were done.
    precision
        What was reached, where the run was to be precise.
    ignorance
        What the rates leave open, where some are not known exactly.
    """
    close = averaging_rows(program, tally, CLOSE)
    names = [stage.stage for stage in scenario.funnel]
    replications, reps, weeks = tally.replications, program.team.reps, program.clock.counted_weeks
    return Summary(
        **header_of(
            scenario,
            replications=replications,
            interrupted=interrupted,
            seconds=speed.compile_seconds + speed.seconds,
        ),
        rep_weeks=replications * reps * weeks,
        calls=int(tally.arrays.stages[:, ENTERED, 0].sum()),
        precision=precision,
        funnel=[
            StageRow(stage=name, per_rep_week=_per_rep(program, tally, ENTERED, stage, weeks))
            for stage, name in enumerate(names)
        ],
        averaging=Averaging(close=close, origin=averaging_rows(program, tally, ORIGIN)),
        value=_value(program, tally),
        quota=_quota(scenario, program, tally),
        unlike=scenario.unlike,
        people=_people(program, tally),
        ignorance=ignorance,
        open_at_end=[
            OpenRow(stage=name, waiting_for=after, per_rep=_per_rep(program, tally, OPEN_AT_END, stage, 1))
            for stage, (name, after) in enumerate(pairwise(names))
        ],
        turned_away=[
            TurnedAwayRow(stage=name, per_rep_week=_per_rep(program, tally, TURNED_AWAY, stage, weeks))
            for stage, name in enumerate(names)
            if program.caps.per_week[stage] >= 0 or program.caps.open[stage] >= 0
        ],
        needs=_needs(scenario, program, tally),
        clipped=_clipped(names, tally),
        quantile_error_bound=_quantile_error(tally),
        speed=speed,
        assumptions=[
            AssumptionRow(path=row.path, value=row.value, source=row.source)
            for row in assumptions(scenario, [scenario.run.strategy])
        ],
        sentence=closing_sentence(close, scenario.deal.currency, replications),
    )


def _per_rep(program: Program, tally: Tally, row: int, stage: int, weeks: int) -> Estimate:
    """Return the mean of a count of a stage per rep, and per week over ``weeks`` weeks."""
    size = tally.arrays.replications
    windows = size * (program.team.reps * weeks)
    # What is open in a stage is certain where the next one is; where nothing takes time, nothing is open.
    later = stage + 1 if row == OPEN_AT_END else stage
    certain = later < certain_stages(program) or (row == OPEN_AT_END and program.clock.one_account)
    return mean_of(size, tally.arrays.stages[:, row, stage], windows, worth=1.0, certain=certain)


def _value(program: Program, tally: Tally) -> Value:
    arrays = tally.arrays
    calls, successes = arrays.stages[:, ENTERED, 0], arrays.first[:, SUM, 0]
    revenue, certain = arrays.moments[:, ORIGIN, 0, TOTAL], certain_revenue(program)

    def per(count: NDArray[np.int64]) -> Estimate:
        found = mean_of(arrays.replications, revenue, count, worth=program.deals.mean_units, certain=certain)
        return scaled(found, program.deals.unit / 100.0)

    return Value(per_call=per(calls), per_no=per(calls - successes))


def _quota(scenario: Scenario, program: Program, tally: Tally) -> QuotaRow | None:
    if scenario.quota is None:
        return None
    arrays = tally.arrays

    def chance(column: int) -> Estimate | None:
        windows = arrays.replications * periods_with_quota(program, team=column == 1)
        if not windows.any():
            return None
        hits = arrays.quota_hits[:, column]
        return proportion_of(arrays.replications, hits, windows, certain=certain_revenue(program))

    return QuotaRow(
        period=scenario.quota.per,
        amount=scenario.quota.amount,
        differ=len(program.quota.own) > 0,
        p_hit=chance(0),
        p_hit_team=chance(1),
    )


def _people(program: Program, tally: Tally) -> list[PersonRow]:
    """Return what each seat brings, where they are told one by one."""
    size, unit, certain = tally.arrays.replications, program.deals.unit / 100.0, certain_revenue(program)
    years = size * (program.clock.counted_weeks / WEEKS_PER_YEAR)
    rows = []
    for rep in range(program.people.told):
        units, hits = tally.arrays.seats[:, rep].T
        sums = GroupedSums(size, units * unit, years, worth=program.deals.mean_units * unit, certain=certain)
        periods = size * periods_of_seat(program, rep)
        chance = proportion_of(size, hits, periods, certain=certain) if periods.any() else None
        rows.append(PersonRow(rep=rep + 1, revenue=figure_of(sums), p_hit=chance))
    return rows


def _needs(scenario: Scenario, program: Program, tally: Tally) -> NeedsRow | None:
    step = program.needs.step
    if step == 0:
        return None
    return NeedsRow(
        stage=scenario.funnel[step].stage,
        promised=float(program.rates.base[step]),
        **{end: figure_of(end_sums(tally, end)) for end in ENDS},
        check_calls=figure_of(check_sums(program, tally)),
    )


def _clipped(names: list[str], tally: Tally) -> list[ClippedRow]:
    spreads, *rates, lags, values = (int(count) for count in tally.arrays.clipped)
    rows = [("spread between reps", spreads)]
    rows += [(f"rate of {name}", count) for name, count in zip(names[1:], rates, strict=True)]
    return [ClippedRow(what=what, count=count) for what, count in [*rows, ("lag", lags), ("value", values)] if count]


def _quantile_error(tally: Tally) -> float:
    """Return the bound of the binning error: 0 where every revenue seen has a bin of its own."""
    return QUANTILE_ERROR if tally.arrays.bins[..., 1 << EXACT_BITS :].any() else 0.0
