"""Conditional Monte Carlo and controls: expectations of a replication given an earlier stage, and control variates.

Conditional Monte Carlo integrates the last steps out: given the entries into a stage, all that follows is binomial
where the rates after it never change and nothing takes time (Asmussen and Glynn 2007, section V.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.periods import WEEKS_PER_YEAR
from simcore.program.layout import FIXED, KNOWN
from simcore.scenario.metric import P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, REVENUE
from simcore.statistics.metrics import at_most, by_period, cuts_weeks, values_of

if TYPE_CHECKING:
    from simcore.kernels.detail import Detail
    from simcore.program.layout import Program
    from simcore.scenario.metric import Metric

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
CUT = "its periods are real months, which cut weeks, and it goes by whole weeks"


def plain_values(metric: Metric, level: float, program: Program, detail: Detail) -> Floats:
    """Return the metric's value in each replication; of a quantile, the share of windows with at most ``level``."""
    return at_most(metric, level, program, detail) if metric.name == QUANTILE else values_of(metric, program, detail)


def fixed_after(program: Program) -> int:
    """Return the earliest stage after which all rates are fixed and nothing takes time; S if it is the last one."""
    rates, stage = program.rates, program.clock.steps
    capped = (program.caps.per_week >= 0) | (program.caps.open >= 0)
    if program.reaction.needed or not program.only_calls or capped.any():
        return stage
    while stage > 0 and not (program.lags.lagged[stage] or varies(program, stage) or rates.base[stage] > 1.0):
        stage -= 1
    return stage


def varies(program: Program, step: int) -> bool:
    """Return whether the rate of a step differs between reps, weeks (in a season, too) or worlds."""
    rates = program.rates
    if rates.laws.kind[step] != KNOWN or program.people.owns(step):
        return True
    if rates.season[step] >= 0:
        return True
    return bool(rates.beta[step] >= 0 or rates.noise_sigma[step] > 0.0 or rates.in_market[step])


def conditional_refusal(metric: Metric, program: Program) -> str | None:
    """Return the reason why the last steps cannot be integrated out; ``None`` if they can."""
    if cuts_weeks(metric, program):
        return CUT
    if fixed_after(program) >= program.clock.steps:
        return "the last step has a lag, a rate that varies or a limit, or wins bring more"
    if metric.name in (P_QUOTA, P_QUOTA_TEAM) and len(program.quota.own):
        return "quotas differ between reps or periods"
    if metric.name in (P_QUOTA, P_QUOTA_TEAM, QUANTILE) and program.deals.kind != FIXED:
        return "deals have different values: a sum of them has no simple law"
    return None


def conditional_values(metric: Metric, level: float, program: Program, entered: Counts, stage: int) -> Floats:
    """Return the expectation of the metric given the entries into a stage, for each replication.

    Parameters
    ----------
    metric, level
        See `plain_values`.
    program
        One for which `conditional_refusal` is ``None``.
    entered
        int64[n, reps, weeks]: entries into the stage.
    stage
        `fixed_after` or later; before the last. For stage 0 this is the exact answer.
    """
    chance = float(np.prod(program.rates.base[stage + 1 :]))
    unit = program.deals.unit
    if metric.name == REVENUE:
        mean = chance * program.deals.mean_units * unit / 100.0
        reps, weeks = entered.shape[1:]
        if not metric.window:
            yearly: Floats = entered.sum(axis=(1, 2)) * (mean * WEEKS_PER_YEAR / (reps * weeks))
            return yearly
        periods: Floats = by_period(metric, program, entered).mean(axis=(1, 2)) * mean
        return periods
    if metric.name == P_ZERO:
        held = by_period(metric, program, entered)
        dry = np.exp(held * np.log1p(-chance)) if chance < 1.0 else (held == 0).astype(np.float64)
        return np.asarray(dry.mean(axis=(1, 2)), np.float64)
    value = program.deals.mean_units
    if metric.name == QUANTILE:
        most = np.floor(100.0 * level / (value * unit))
        return _binomial_up_to(most, by_period(metric, program, entered), chance)
    held = by_period(metric, program, entered)
    units = program.quota.units
    if metric.name == P_QUOTA_TEAM:
        held, units = held.sum(axis=1, keepdims=True), program.quota.units_team
    return 1.0 - _binomial_up_to(np.ceil(units / value) - 1.0, held, chance)


def _binomial_up_to(most: float, trials: Counts, chance: float) -> Floats:
    """Return the mean over windows of P(Binomial(trials, chance) <= most), by replication."""
    from scipy.special import bdtr  # noqa: PLC0415

    different, where = np.unique(trials, return_inverse=True)
    below = np.ones(len(different))
    more = different > most
    below[more] = bdtr(most, different[more], chance) if most >= 0 else 0.0
    shares: Floats = below[where].reshape(trials.shape).mean(axis=(1, 2))
    return shares


def count_controls(program: Program, chances: Floats, detail: Detail) -> tuple[list[str], Floats]:
    """Return controls with the expectation zero: entries into each stage less their expectation given the calls.

    Parameters
    ----------
    chances
        float64[S + 1]: expected chance of a call to reach each stage; see `simcore.analytic.expectations`.

    Returns
    -------
    names
        One each, of c stages.
    controls
        float64[n, c]: of the stages before which nothing takes time.
    """
    names: list[str] = []
    columns: list[Floats] = []
    calls = detail.entered[..., 0].sum(axis=(1, 2))
    for stage in range(1, program.clock.steps + 1):
        if program.lags.lagged[stage]:
            break
        names.append(f"entries into stage {stage}")
        columns.append(detail.entered[..., stage].sum(axis=(1, 2)) - chances[stage] * calls)
    return names, np.column_stack(columns) if columns else np.empty((len(calls), 0))
