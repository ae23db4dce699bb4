"""Streaks: how long a sound process goes without success, and when that is evidence that something is wrong.

Calls, hours and days are exact, by recursion, for a rep at base rates where nothing takes time; weeks are exact and
simulated. Evidence is a likelihood ratio: how much more often it happens where one step's rate has long been lower by
a stated factor than where it has not. Counts of a week carry Kullback and Leibler's (1951) information a week; a ratio
of 10 is passed by at most one sound rep in ten, ever (Ville 1939), if nothing but chance is at work.
"""

from __future__ import annotations

from math import ceil, exp, log, log1p
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.statistics.intervals import UNKNOWN
from simcore.statistics.jackknife import Floats, jackknife_of_sums, sums_by_group
from simcore.statistics.moments_and_quantiles import proportion_of_sums
from simcore.studies.luck.credibility import known_steps, moments
from simcore.studies.luck.document import DryRow, EvidenceRow, ReachRow, RunRow, Streaks
from simcore.studies.luck.longest_runs import at_least, longest_run
from simcore.studies.luck.sample import Sample, merged

if TYPE_CHECKING:
    from simcore.program.layout import Program
    from simcore.scenario.model import Scenario
    from simcore.statistics.estimate import Estimate

DRY = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 21, 26)
"""Weeks without a win that are told."""
RATIOS = (3.0, 10.0, 30.0)
"""Likelihood ratios whose dry weeks are told."""
ALARM = 10.0
"""The likelihood ratio at which counts raise an alarm."""
SURE = 2.0
"""Worlds show that a ratio is reached where it is, less so many standard errors."""
YEAR = 52
_STRATA = 8
"""Reps who differ stand in the exact figures as so many equal parts, each at its mean rate."""
_LEAST_HITS = 50
"""Dry spells that each kind of world must have for a simulated ratio."""


Unit = Literal["call", "hour", "day", "week"]


class Drop(NamedTuple):
    """What may be wrong: the rate of the step into a stage is multiplied by a factor."""

    stage: int
    factor: float


def dropped(scenario: Scenario, drop: Drop) -> Scenario:
    """Return the scenario with the rate of the step multiplied, for all reps and from the beginning."""
    stage = scenario.funnel[drop.stage]
    assert stage.rate is not None  # noqa: S101
    lower = stage.model_copy(update={"rate": stage.rate.with_mean(stage.rate.mean * drop.factor)})
    funnel = tuple(lower if number == drop.stage else each for number, each in enumerate(scenario.funnel))
    return scenario.model_copy(update={"funnel": funnel})


def streaks(scenario: Scenario, program: Program, sound: Sample, wrong: Sample, drop: Drop) -> Streaks:
    """Return the streaks of a sound process, and how they tell it from one with a drop.

    Parameters
    ----------
    sound, wrong
        The same worlds without and with the drop.
    """
    calendar = min(YEAR, sound.weeks)
    chance, lower = _chances(scenario, drop)
    calls = _calls(program, calendar)
    sound, wrong = (merged(each, _starts(program)) for each in (sound, wrong))
    calls = calls[calls.sum(axis=1) > 0]
    watched = len(calls)
    dry = _dry_rows(sound, wrong, (chance, lower), calls, watched)
    return Streaks(
        weeks=calendar,
        runs=_runs(scenario, sound, calls, watched),
        drop_stage=scenario.funnel[drop.stage].stage,
        drop_factor=drop.factor,
        dry=dry,
        reach=[_reach(ratio, dry, (chance, lower), scenario.plan.calls_per_week) for ratio in RATIOS],
        evidence=_evidence(scenario, (sound, wrong), drop, watched),
    )


def _chances(scenario: Scenario, drop: Drop) -> tuple[float, float]:
    """Return the chance of a call to become a win at base rates, and that with the drop."""
    chance = moments(list(known_steps(scenario)[1:])).mean
    return chance, chance * drop.factor


def _calls(program: Program, weeks: int) -> NDArray[np.int64]:
    """Return the planned calls of each hour of the first counted weeks: int64[weeks, hours of a week]."""
    clock, plan = program.clock, program.plan
    rows = plan.row_of_week[clock.warmup_weeks : clock.warmup_weeks + weeks]
    found: NDArray[np.int64] = plan.per_hour[rows]
    return found


def _starts(program: Program) -> NDArray[np.int64]:
    """Return the counted weeks with planned calls, the first week with those before it: int64[m]."""
    clock, plan = program.clock, program.plan
    busy = np.flatnonzero(plan.calls[plan.row_of_week[clock.warmup_weeks :]])
    if len(busy) == 0:
        return np.zeros(1, np.int64)
    starts: NDArray[np.int64] = busy.astype(np.int64)
    starts[0] = 0
    return starts


def _runs(scenario: Scenario, sound: Sample, calls: NDArray[np.int64], watched: int) -> list[RunRow]:
    """Return the longest runs of calls without a first success, and of hours, days and weeks without a win."""
    known = list(known_steps(scenario)[1:])
    first, chance = moments(known[:1]).mean, moments(known).mean
    weeks, hours = calls.shape
    per_day = scenario.calendar.hours_per_day
    strata = _strata(sound.people.rates.prod(axis=2))
    rows = [_run_row("call", scenario.funnel[1].stage, np.ones(int(calls.sum()), np.int64), (first, None), None)]
    tries: list[tuple[Unit, NDArray[np.int64]]] = [
        ("hour", calls.ravel()),
        ("day", calls.reshape(weeks, hours // per_day, per_day).sum(axis=2).ravel()),
        ("week", calls.sum(axis=1)),
    ]
    for unit, each in tries:
        simulated = _longest_dry(sound, watched) if unit == "week" else None
        rows.append(_run_row(unit, scenario.funnel[-1].stage, each[each > 0], (chance, strata), simulated))
    return rows


def _strata(values: Floats) -> Floats:
    """Return the means of equal parts of the values, in order: float64[_STRATA]; one if all are the same."""
    ordered = np.sort(values, axis=None)
    if ordered[0] == ordered[-1]:
        return ordered[:1]
    return np.array([part.mean() for part in np.array_split(ordered, _STRATA)])


def _run_row(
    unit: Unit,
    without: str,
    calls: NDArray[np.int64],
    chances: tuple[float, Floats | None],
    simulated: Estimate | None,
) -> RunRow:
    """Return the row of tries of so many calls each, at a chance of a call and over reps who differ."""
    chance, strata = chances
    run = longest_run(_success(chance, calls))
    differing = None
    if strata is not None:
        differing = run.mean
        if len(strata) > 1:
            differing = float(np.mean([longest_run(_success(float(each), calls)).mean for each in strata]))
    return RunRow(
        unit=unit,
        without=without,
        tries=len(calls),
        mean=run.mean,
        q05=run.quantile(0.05),
        q95=run.quantile(0.95),
        differing=differing,
        simulated=simulated,
    )


def _success(chance: float, calls: NDArray[np.int64]) -> Floats:
    """Return the chance that so many calls are not all in vain: float64[n]."""
    found: Floats = -np.expm1(calls * np.log1p(-min(chance, 1.0 - 1e-16)))
    return found


def dry_spells(sample: Sample) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the length of the dry spell at the end of each week of a settled person, and where there is one.

    int64 and bool [worlds, reps, weeks]; a spell begins no earlier than the person's first settled week.
    """
    there = sample.settled(1)
    dry = (sample.entered[..., -1] == 0) & there
    spells = np.zeros(dry.shape, np.int64)
    for week in range(sample.weeks):
        before = spells[:, :, week - 1] if week else 0
        spells[:, :, week] = np.where(dry[:, :, week], before + 1, 0)
    return spells, there


def _longest_dry(sample: Sample, watched: int) -> Estimate:
    longest, there = _longest(sample, watched)
    sums = sums_by_group(np.stack([np.where(there, longest, 0).sum(axis=1), there.sum(axis=1)], axis=1))
    (found,) = jackknife_of_sums(sums, lambda s: s[:1] / s[1:], least=0.0)
    return found


def _longest(sample: Sample, watched: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the longest dry spell in the weeks watched of those who are settled throughout: [worlds, reps]."""
    spells, _ = dry_spells(sample)
    people = sample.people
    return spells[:, :, :watched].max(axis=2), (people.since == 0) & (people.until >= watched)


class _Dry(NamedTuple):
    """How often settled weeks end so many dry ones, by group and row of the table."""

    hits: Floats
    trials: Floats


def _counted(sample: Sample) -> _Dry:
    spells, there = dry_spells(sample)
    length = there.cumsum(axis=2) * there
    hits = np.stack([(spells >= k).sum(axis=(1, 2)) for k in DRY], axis=1)
    trials = np.stack([(length >= k).sum(axis=(1, 2)) for k in DRY], axis=1)
    return _Dry(sums_by_group(hits), sums_by_group(trials))


def _dry_rows(
    sound: Sample, wrong: Sample, chances: tuple[float, float], calls: NDArray[np.int64], watched: int
) -> list[DryRow]:
    chance, lower = chances
    per_week = float(calls.sum(axis=1).max())
    own = sound.people.rates.prod(axis=2)
    counted, with_drop = _counted(sound), _counted(wrong)
    longest, there = _longest(sound, watched)
    weeks = calls.sum(axis=1)
    rows = []
    for place, k in enumerate(DRY):
        if k > watched:
            break
        once = sums_by_group(np.stack([((longest >= k) & there).sum(axis=1), there.sum(axis=1)], axis=1))
        rows.append(
            DryRow(
                weeks=k,
                exact=(1.0 - chance) ** (per_week * k),
                differing=float(((1.0 - own) ** (per_week * k)).mean()),
                simulated=proportion_of_sums(counted.hits[:, place], counted.trials[:, place], sound.worlds),
                once_exact=at_least(_success(chance, weeks[weeks > 0]), k),
                once_simulated=proportion_of_sums(once[:, 0], once[:, 1], sound.worlds),
                ratio_exact=exp(min(_log_ratio(chance, lower) * per_week * k, 700.0)),
                ratio=_ratio(counted, with_drop, place),
            )
        )
    return rows


def _log_ratio(chance: float, lower: float) -> float:
    """Return what a call in vain adds to the logarithm of the likelihood ratio."""
    return log1p(-lower) - log1p(-min(chance, 1.0 - 1e-16))


def _ratio(sound: _Dry, wrong: _Dry, place: int) -> Estimate:
    """Return how much more often so many weeks are dry with the drop than without."""
    parts = (wrong.hits, wrong.trials, sound.hits, sound.trials)
    sums = np.stack([each[:, place] for each in parts], axis=1)
    enough = min(sums[:, 0].sum(), sums[:, 2].sum()) >= _LEAST_HITS
    (found,) = jackknife_of_sums(
        sums, lambda s: s[:1] / s[1:2] * s[3:4] / s[2:3] if enough else s[:1] * np.nan, least=0.0
    )
    return found


def _reach(ratio: float, dry: list[DryRow], chances: tuple[float, float], calls: int) -> ReachRow:
    chance, lower = chances
    a_week = calls * _log_ratio(chance, lower)
    seen = [row.weeks for row in dry if (row.ratio.estimate or 0.0) - SURE * (row.ratio.se or 0.0) >= ratio]
    near = next((row for row in dry if (row.ratio.estimate or 0.0) >= ratio), None) if not seen else None
    return ReachRow(
        ratio=ratio,
        weeks_exact=ceil(log(ratio) / a_week - 1e-9),
        weeks=seen[0] if seen else None,
        unsure_weeks=None if near is None else near.weeks,
        unsure_ratio=None if near is None else near.ratio,
    )


class _Counts(NamedTuple):
    """What tells a drop: successes of so many trials, whose chance is multiplied by a factor."""

    name: str
    kind: Literal["result", "process"]
    stage: int
    trials: int
    chance: float
    per_week: float
    """Expected trials of a week."""

    def logs(self, factor: float) -> tuple[float, float]:
        """Return what a success and a failure add to the logarithm of the likelihood ratio."""
        chance = min(self.chance, 1.0 - 1e-12)
        return log(factor), float(np.log1p(-factor * chance) - np.log1p(-chance))


def _evidence(scenario: Scenario, samples: tuple[Sample, Sample], drop: Drop, watched: int) -> list[EvidenceRow]:
    """Return how fast a drop is told by wins per call, and by the counts of the step itself."""
    steps, calls = list(known_steps(scenario)[1:]), scenario.plan.calls_per_week
    names = [stage.stage for stage in scenario.funnel]
    last, before = len(steps), moments(steps[: drop.stage - 1]).mean
    own = _Counts(
        f"{names[drop.stage]} per {names[drop.stage - 1]}",
        "process",
        drop.stage,
        drop.stage - 1,
        moments([steps[drop.stage - 1]]).mean,
        calls * before,
    )
    result = _Counts(f"{names[last]} per {names[0]}", "result", last, 0, moments(steps).mean, float(calls))
    # In a funnel of one step the result is the step's own count.
    told = (result,) if last == 1 else (result, own)
    return [_evidence_row(scenario, samples, drop, each, watched) for each in told]


def _evidence_row(
    scenario: Scenario, samples: tuple[Sample, Sample], drop: Drop, counts: _Counts, watched: int
) -> EvidenceRow:
    sound, wrong = samples
    yes, no = counts.logs(drop.factor)
    lower = counts.chance * drop.factor
    exact = counts.per_week * (lower * yes + (1.0 - lower) * no)
    paths, there = _paths(wrong, counts, (yes, no), watched)
    ends = sums_by_group(np.stack([(paths[:, :, -1] * there).sum(axis=1), there.sum(axis=1) * watched], axis=1))
    (per_week,) = jackknife_of_sums(ends, lambda s: s[:1] / s[1:])
    later = [stage.lag for stage in scenario.funnel[drop.stage + 1 : counts.stage + 1] if stage.lag]
    if drop.stage == 1 and scenario.funnel[1].lag:
        # A booking is known at once, but enters the stage after its lag.
        later.append(scenario.funnel[1].lag)
    step = scenario.funnel[drop.stage]
    if step.lost_lag is not None and step.lag is not None:
        # Decided at entry: what passes by the lower rate is seen after its lag.
        later.append(step.lag)
    sound_paths, sound_there = _paths(sound, counts, (yes, no), watched)
    # Where a later step takes time, successes of a week are of other items than those that entered in it: counts of
    # the weeks have the right mean, but they are not the decisions that a likelihood needs.
    matched = counts.trials == 0 or scenario.funnel[counts.stage].lag is None
    return EvidenceRow(
        measure=counts.name,
        kind=counts.kind,
        per_week=per_week,
        per_week_exact=exact,
        weeks_to_10=log(ALARM) / exact,
        later_by=sum(lag.mean_hours(scenario.calendar) for lag in later) / scenario.calendar.hours_per_week,
        found_in_a_quarter=_alarms(paths[:, :, :13], there) if matched else UNKNOWN,
        found=_alarms(paths, there) if matched else UNKNOWN,
        false_alarms=_alarms(sound_paths, sound_there) if matched else UNKNOWN,
    )


def _paths(
    sample: Sample, counts: _Counts, logs: tuple[float, float], watched: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the logarithm of the likelihood ratio after each week, of those settled throughout."""
    yes, no = logs
    successes, trials = (sample.entered[:, :, :watched, stage] for stage in (counts.stage, counts.trials))
    there = (sample.people.since == 0) & (sample.people.until >= watched)
    paths: Floats = np.cumsum(successes * yes + (trials - successes) * no, axis=2)
    return paths, there


def _alarms(paths: Floats, there: NDArray[np.bool_]) -> Estimate:
    passed = (paths.max(axis=2) >= log(ALARM)) & there
    return proportion_of_sums(sums_by_group(passed.sum(axis=1)), sums_by_group(there.sum(axis=1)), len(paths))
