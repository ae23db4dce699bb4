"""What must hold in any scenario: conservation, sums that agree, and results that nothing but the world changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simcore.base.periods import CALL, DAY, HORIZONS, HOUR, WEEK
from simcore.engine.runner import Block, Runner
from simcore.engine.worlds import play_blocks
from simcore.kernels.caps import is_capped
from simcore.kernels.inflow import arrivals
from simcore.program.layout import Program
from simcore.program.quotas import amounts_by_period, in_units, team_by_period
from simcore.program.tally import (
    CLOSE,
    ENTERED,
    OPEN_AT_END,
    ORIGIN,
    QUANTILE_ERROR,
    SUM,
    TOTAL,
    TURNED_AWAY,
    WITH_DEAL,
    Tally,
    bin_values,
)
from simcore.random.philox import split_seed
from tests.support.both_engines import Played, compiled, play
from tests.support.random_scenarios import scenarios, with_some_calls
from tests.support.scenario_cases import Scenario

QUICK = settings(max_examples=40, derandomize=True, deadline=None)
HEAVY = settings(max_examples=30, derandomize=True, deadline=None)
SEEDS = st.integers(0, 2**64 - 1)


def without(scenario: Scenario, **gone: Any) -> Scenario:  # noqa: ANN401 - sections of a scenario
    """Return a scenario with some sections replaced, and those given as ``None`` left out."""
    return {name: part for name, part in (scenario | gone).items() if part is not None}


def cold(scenario: Scenario) -> Scenario:
    """Return a scenario without warm-up, so that all that happens is counted."""
    return without(scenario, horizon={"weeks": scenario["horizon"]["weeks"]})


def started(scenario: Scenario) -> NDArray[np.int64]:
    """Return how many items are open at the start in each stage, over all seats."""
    names = [stage["stage"] for stage in scenario["funnel"]]
    counts = np.zeros(len(names), np.int64)
    for entry in scenario.get("start", {}).get("open", []):
        seats = 1 if "rep" in entry else scenario["team"]["reps"]
        counts[names.index(entry["stage"])] += seats * entry.get("count", 1)
    return counts


def came(program: Program, seed: int, count: int) -> NDArray[np.int64]:
    """Return how many items came into each stage without a call, turned away or not."""
    if program.inflow.total == 0.0:
        return np.zeros(program.clock.steps + 1, np.int64)
    words = (0, np.uint32(0), *split_seed(seed))
    found = arrivals(program, count, words, words, np.empty(0, np.int64))
    return np.bincount(found.stage, minlength=program.clock.steps + 1)


def lost_by_stage(scenario: Scenario, played: Played, seed: int) -> NDArray[np.int64]:
    """Return how many items were decided in each stage and came no further: in - open - passed on - turned away."""
    stages = played.tally.arrays.stages.sum(axis=0)
    entered = stages[ENTERED] + played.tally.replications * started(scenario)
    entered[0] = played.tally.arrays.first[:, SUM, CALL].sum()
    passed = stages[ENTERED, 1:] + stages[TURNED_AWAY, 1:]
    passed -= came(played.program, seed, played.tally.replications)[1:]
    lost: NDArray[np.int64] = (entered - stages[OPEN_AT_END])[:-1] - passed
    return lost


# Conservation


@QUICK
@given(scenarios(), SEEDS)
def test_what_enters_a_stage_leaves_it_or_is_open(scenario: Scenario, seed: int) -> None:
    scenario = cold(scenario)
    lost = lost_by_stage(scenario, play(compiled(scenario), seed, count=3), seed)
    assert lost[0] == 0  # a booking is held, waits or is turned away
    assert (lost >= 0).all()


@QUICK
@given(scenarios(), SEEDS)
def test_nothing_is_lost_at_rates_of_one(scenario: Scenario, seed: int) -> None:
    certain = [stage if number == 0 else stage | {"rate": 1} for number, stage in enumerate(scenario["funnel"])]
    for stage in certain:
        stage.pop("needs", None)
    scenario = without(cold(scenario), funnel=certain, market=None, season=None)
    scenario.get("quota", {}).pop("pace", None)
    # An age that only the lost reach is refused here, and a chance that was stated may lose an item.
    left_out = ("age", "since", "probability")
    entries = scenario.get("start", {}).get("open", [])
    opened = [{key: entry[key] for key in entry if key not in left_out} for entry in entries]
    scenario = scenario | ({"start": {"open": opened}} if opened else {})
    played = play(compiled(scenario), seed, count=2)
    assert not lost_by_stage(scenario, played, seed).any()
    first = played.tally.arrays.first.sum(axis=0)
    assert first[SUM, CALL] == played.tally.arrays.stages[:, ENTERED, 0].sum()


# Sums


def in_periods(played: Played, account: int, horizon: int) -> NDArray[np.int64]:
    """Return revenue over the whole periods of a horizon, int64[n, reps, periods], in cents; by close if months cut."""
    calendar, values = played.program.calendar, played.detail.cents[:, account]
    period = calendar.period_of_part[horizon]
    if calendar.cut:
        period = np.arange(values.shape[-1])
        if horizon > WEEK:
            values, period = played.detail.days[:, 0], calendar.period_of_day[horizon]
    numbers = range(int(period.max(initial=-1)) + 1)
    sums = [values[..., period == number].sum(axis=-1) for number in numbers]
    return np.stack(sums, axis=-1) if sums else np.zeros((*values.shape[:-1], 0), np.int64)


@QUICK
@given(scenarios(weeks=18), SEEDS)
def test_revenue_agrees_to_the_cent_at_every_horizon(scenario: Scenario, seed: int) -> None:
    program = compiled(scenario)
    played = play(program, seed, count=3)
    unit, values = program.deals.unit, bin_values()
    for account in (CLOSE, ORIGIN):
        weekly = played.detail.cents[:, account]
        moments = played.tally.arrays.moments[:, account].sum(axis=0)
        assert (moments[[CALL, HOUR, DAY, WEEK], TOTAL] * unit == weekly.sum()).all()
        for horizon in range(len(HORIZONS)):
            bins = played.tally.arrays.bins[:3, account, horizon].sum(axis=0)  # replications 0, 1 and 2
            total = int(moments[horizon, TOTAL])
            assert bins.sum() == moments[horizon, WITH_DEAL]
            assert abs(float(bins @ values[: len(bins)]) - total) <= QUANTILE_ERROR * total
            if horizon >= WEEK:
                if account == ORIGIN and horizon > WEEK and program.calendar.cut:
                    continue  # revenue by origin is kept by week alone
                periods = in_periods(played, account, horizon) // unit
                assert periods.sum() == total
                assert np.count_nonzero(periods) == moments[horizon, WITH_DEAL]
                squares = sum(int(units) ** 2 for units in periods.ravel())
                assert played.tally.squares(account, horizon).sum() == squares


@QUICK
@given(scenarios(weeks=18), SEEDS)
def test_rep_weeks_sum_to_the_tally(scenario: Scenario, seed: int) -> None:
    program = compiled(scenario)
    played = play(program, seed, first=250, count=10)
    arrays = played.tally.arrays
    by_replication = played.detail.entered.sum(axis=(1, 2))
    groups = np.arange(250, 260) % 256
    assert (arrays.stages[groups, ENTERED] == by_replication).all()
    assert arrays.replications[groups].tolist() == [1] * 10
    if program.quota.horizon > 0:
        booked, differ = (
            in_periods(played, CLOSE, program.quota.horizon) // program.deals.unit,
            len(program.quota.own) > 0,
        )
        asked = in_units(program, amounts_by_period(program)) if differ else np.array(program.quota.units)
        of_team = in_units(program, team_by_period(program)) if differ else np.array(program.quota.units_team)
        assert arrays.quota_hits[groups, 0].tolist() == (booked >= asked).sum(axis=(1, 2)).tolist()
        team = booked.sum(axis=1) >= of_team
        assert arrays.quota_hits[groups, 1].tolist() == team.sum(axis=1).tolist()


# Order


def run_in_threads(program: Program, seed: int, threads: int, blocks: list[Block]) -> Tally:
    runner = Runner(program, split_seed(seed))
    workspaces = [runner.workspace() for _ in range(threads)]
    assert [block for block, _ in play_blocks(workspaces, runner.simulate, blocks, None)] == blocks
    return runner.tally(workspace.tally for workspace in workspaces)


@HEAVY
@given(scenarios(), SEEDS, st.permutations([(0, 1), (1, 5), (6, 2), (8, 1), (9, 4)]), st.integers(1, 3))
def test_threads_blocks_and_their_order_change_nothing(
    scenario: Scenario, seed: int, cuts: list[tuple[int, int]], threads: int
) -> None:
    program = compiled(scenario)
    whole = play(program, seed, count=13).tally
    blocks = [Block(first, count) for first, count in cuts]
    assert whole.same_as(run_in_threads(program, seed, threads, blocks))


@HEAVY
@given(scenarios(), SEEDS, st.none() | st.integers(1, 7), st.sampled_from([None, 1, 2, 4, 16]))
def test_the_sizes_of_rows_and_strides_change_nothing(
    scenario: Scenario, seed: int, stride: int | None, row: int | None
) -> None:
    """Over replications that straddle the groups of a tally: a row ends there."""
    program = compiled(scenario)
    stride = None if is_capped(program) else stride
    whole = play(program, seed, first=247, count=13)
    cut = play(program, seed, first=247, count=13, stride=stride, row=row)
    assert whole.tally.same_as(cut.tally)
    assert all(np.array_equal(a, b) for a, b in zip(whole.detail, cut.detail, strict=True))


@HEAVY
@given(scenarios(), SEEDS, st.integers(1, 8), st.integers(1, 8))
def test_a_run_that_is_resumed_ends_alike(scenario: Scenario, seed: int, done: int, rest: int) -> None:
    program = compiled(scenario)
    first, second = play(program, seed, 0, done).tally, play(program, seed, done, rest).tally
    assert (first + second).same_as(play(program, seed, 0, done + rest).tally)
    assert (second + first).same_as(first + second)


# Growth


@QUICK
@given(scenarios(), SEEDS, st.integers(0, 2**39))
def test_a_replication_more_changes_none_before_it(scenario: Scenario, seed: int, first: int) -> None:
    program = compiled(scenario)
    fewer, more = play(program, seed, first, 2).detail, play(program, seed, first, 3).detail
    assert np.array_equal(fewer.entered, more.entered[:2])
    assert np.array_equal(fewer.cents, more.cents[:2])


@QUICK
@given(scenarios(), SEEDS)
def test_a_rep_more_changes_none_before_it(scenario: Scenario, seed: int) -> None:
    # What comes to a team is dealt anew among more.
    own = [inflow | {"to": "seat"} for inflow in scenario.get("inflow", [])]
    team, scenario = scenario["team"], scenario | {"inflow": own}
    fewer = play(compiled(scenario), seed, count=2).detail
    more = play(compiled(scenario | {"team": team | {"reps": team["reps"] + 1}}), seed, count=2).detail
    assert np.array_equal(fewer.entered, more.entered[:, :-1])
    assert np.array_equal(fewer.cents, more.cents[:, :, :-1])


@QUICK
@given(scenarios(), SEEDS, st.integers(1, 3))
def test_weeks_more_change_none_before_them(scenario: Scenario, seed: int, more_weeks: int) -> None:
    """Counts and revenue by close of the earlier weeks stay.

    Revenue by origin may change where somebody leaves in a new week, or where its calls take the room of a cap:
    what is open at the end of the shorter run is then decided differently.
    """
    horizon = scenario["horizon"]
    weeks = horizon["weeks"]
    longer = scenario | {"horizon": horizon | {"weeks": weeks + more_weeks}}
    program = compiled(scenario)
    few, many = play(program, seed, count=3).detail, play(compiled(longer), seed, count=3).detail
    assert np.array_equal(few.entered, many.entered[:, :, :weeks])
    assert np.array_equal(few.cents[:, CLOSE], many.cents[:, CLOSE, :, :weeks])
    if "turnover" not in scenario["team"] and not is_capped(program):
        assert np.array_equal(few.cents[:, ORIGIN], many.cents[:, ORIGIN, :, :weeks])


@QUICK
@given(scenarios(), SEEDS, st.integers(1, 3))
def test_a_warm_up_changes_only_what_is_counted(scenario: Scenario, seed: int, warmup: int) -> None:
    """The weeks after a warm-up are those of a run that counts from the beginning; holidays follow the counted year."""
    calendar = {"hours_per_day": 3, "days_per_week": 2}
    weeks = scenario["horizon"]["weeks"]
    scenario = with_some_calls(without(scenario, calendar=calendar, start=None, season=None))
    undated = [inflow for inflow in scenario.get("inflow", []) if not isinstance(inflow["per_week"], dict)]
    scenario = scenario | {"inflow": undated}
    if "market" in scenario:  # a level from which it starts would be that before the warm-up
        scenario = scenario | {"market": without(scenario["market"], start=None)}
    if "quota" in scenario:  # whose pace may be that of a season
        scenario = scenario | {"quota": without(scenario["quota"], pace=None)}
    counted = compiled(scenario | {"horizon": {"weeks": warmup + weeks}})
    warmed = compiled(scenario | {"horizon": {"weeks": weeks, "warmup_weeks": warmup}})
    every, later = play(counted, seed, count=3), play(warmed, seed, count=3)
    assert np.array_equal(every.detail.entered[:, :, warmup:], later.detail.entered)
    assert np.array_equal(every.detail.cents[:, :, :, warmup:], later.detail.cents)
    stages = every.tally.arrays.stages[:, OPEN_AT_END], later.tally.arrays.stages[:, OPEN_AT_END]
    assert np.array_equal(*stages)
    assert np.array_equal(every.tally.arrays.clipped, later.tally.arrays.clipped)
