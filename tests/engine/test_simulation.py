"""`simulate`: what it returns, whom it tells, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.base.errors import ScenarioError
from simcore.base.machine import processors
from simcore.engine import runner
from simcore.engine.simulation import Progress, Result, simulate
from simcore.engine.worlds import threads_for
from simcore.results.rep_weeks import RepWeekBlock
from simcore.scenario.model import Scenario, validate
from tests.support.both_engines import compiled, play
from tests.support.scenario_cases import CASES, DEALS, chain, scenario


def model(**changes: object) -> Scenario:
    return validate(scenario(**changes))


def problem(of: Scenario, **call: Any) -> str:  # noqa: ANN401 - arguments of simulate
    """Return the path and the message of the one problem of a run."""
    with pytest.raises(ScenarioError) as caught:
        simulate(of, **call)
    (found,) = caught.value.problems
    return f"{found.path}: {found.message}"


def test_a_run_is_what_its_scenario_says() -> None:
    result = simulate(model(run={"replications": 12, "seed": 99}), threads=1)
    assert result.tally.same_as(play(compiled(scenario()), 99, count=12).tally)
    assert result.summary.size.replications == 12
    assert result.summary.size.rep_weeks == 12 * 2 * 6
    assert result.summary.scenario.seed == 99
    assert result.summary.speed.threads == 1
    assert result.rep_weeks is None


def test_a_call_overrides_replications_and_seed() -> None:
    given = model(run={"replications": 5, "seed": 1})
    result = simulate(given, replications=9, seed=2**64 - 1)
    assert result.tally.same_as(play(compiled(scenario()), 2**64 - 1, count=9).tally)
    assert (result.scenario.run.replications, result.scenario.run.seed) == (9, 2**64 - 1)
    assert (given.run.replications, given.run.seed) == (5, 1)


def blocks_of(replications: int, given: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let blocks of a scenario have so many replications at most."""
    rep_weeks = replications * given.team.reps * (given.horizon.weeks + given.horizon.warmup_weeks)
    monkeypatch.setattr(runner, "BLOCK_REP_WEEKS", rep_weeks)
    monkeypatch.setattr(runner, "DETAIL_REP_WEEKS", rep_weeks)


@pytest.mark.parametrize(("threads", "block"), [(3, 9), (1, 1), (2, 4)])
def test_how_it_is_run_does_not_matter(threads: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    given = validate(CASES["everything"])
    once = simulate(given, replications=9, threads=1).tally
    blocks_of(block, given, monkeypatch)
    assert once.same_as(simulate(given, replications=9, threads=threads).tally)


def kept_rows(result: Result) -> RepWeekBlock:
    assert result.rep_weeks is not None
    return result.rep_weeks


def test_rep_weeks_are_kept_or_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given = validate(CASES["caps on both"])
    blocks_of(3, given, monkeypatch)
    expected = play(compiled(CASES["caps on both"]), 3, count=7).detail
    blocks: list[RepWeekBlock] = []
    kept = simulate(given, replications=7, seed=3, threads=1, keep_rep_weeks=True)
    passed = simulate(given, replications=7, seed=3, threads=1, sink=blocks.append)
    assert passed.rep_weeks is None
    assert [block.first_replication for block in blocks] == [0, 2, 4, 6]
    for rows in (
        kept_rows(kept),
        RepWeekBlock(0, *(np.concatenate(part) for part in list(zip(*blocks, strict=True))[1:])),
    ):
        assert rows.first_replication == 0
        assert np.array_equal(rows.counts, expected.entered)
        assert np.array_equal(rows.cents_close, expected.cents[:, 0])
        assert np.array_equal(rows.cents_origin, expected.cents[:, 1])
    assert kept.tally.same_as(passed.tally)


def test_progress_is_told_and_a_stop_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks_of(10, model(), monkeypatch)
    seen: list[Progress] = []
    result = simulate(model(), replications=50, threads=1, progress=seen.append, stop=lambda: len(seen) >= 2)
    assert result.summary.interrupted
    assert 20 <= result.tally.replications < 50
    assert result.tally.replications == seen[-1].done
    assert result.tally.same_as(play(compiled(scenario()), 2026, count=seen[-1].done).tally)
    assert not simulate(model(), replications=3).summary.interrupted


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"replications": 0}, "run.replications: out of range"),
        ({"replications": 2**40 + 1}, "run.replications: out of range"),
        ({"seed": -1}, "run.seed: out of range"),
        ({"seed": 2**64}, "run.seed: out of range"),
    ],
)
def test_numbers_out_of_range_are_refused(call: dict[str, int], expected: str) -> None:
    assert problem(model(), **call) == expected


@pytest.mark.parametrize(
    ("changes", "replications", "expected"),
    [
        ({"deal": {"mean": 1e9, "cv": 1}}, 1, "deal: a rep's mean revenue in a year"),
        (
            {"deal": {"mean": 1e6, "cv": 1}, "team": {"reps": 100}, "horizon": {"weeks": 5200}},
            2**40,
            "run.replications: the run is too long for its counters",
        ),
        (
            {"start": {"open": [{"stage": "meetings", "count": 65535}, {"stage": "meetings"}]}},
            1,
            "start.open: too many items open",
        ),
    ],
)
def test_runs_that_leave_the_counters_are_refused(changes: dict[str, Any], replications: int, expected: str) -> None:
    assert problem(model(**changes), replications=replications).startswith(expected)


def test_large_fixed_deals_are_counted_in_their_own_unit() -> None:
    given = model(deal=1e9, funnel=chain([0.5]))
    assert simulate(given, replications=4).tally.replications == 4


@pytest.mark.parametrize(
    ("deal", "cents"), [({"fixed": 12.34}, 1234), (DEALS[0], 5000), (DEALS[1], 5000), (DEALS[3], 60800)]
)
def test_the_mean_value_of_a_deal(deal: object, cents: float) -> None:
    deals = compiled(scenario(deal=deal)).deals
    assert deals.mean_units * deals.unit == pytest.approx(cents, rel=1e-8)


def test_there_is_a_processor() -> None:
    assert processors() >= 1


def test_a_short_run_has_one_thread() -> None:
    program = compiled(scenario())
    assert threads_for(program, 1) == 1
    assert threads_for(program, 10**9) == processors()


def test_what_would_not_fit_into_memory_is_refused() -> None:
    funnel = chain([0.1, 0.1])
    funnel[1]["cap"] = {"per_week": 5}
    capped = model(funnel=funnel, plan={"calls_per_week": 60_000}, horizon={"weeks": 300})
    assert "plan.calls_per_week: with a cap, all calls of a rep are held at once" in problem(capped)
    wide = model(team={"reps": 50_000}, horizon={"weeks": 200})
    assert "team.reps: one replication has too many rep-weeks to be kept" in problem(wide, keep_rep_weeks=True)
