"""Planning backward: known answer 12 and its relatives, monotone answers, lags, hires, mid-period, planted mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcore.base.errors import ScenarioError
from simcore.engine.explosion import ExplodedError
from simcore.engine.runner import StoppedError
from simcore.engine.simulation import simulate
from simcore.program.compiler import compile_scenario
from simcore.program.layout import Program
from simcore.scenario.model import validate
from simcore.studies.plan import frontier as plan_frontier
from simcore.studies.plan import rest_of_period as plan_rest
from simcore.studies.plan import search as plan_search
from simcore.studies.plan import study as plans
from simcore.studies.plan.document import BackwardPlan
from simcore.studies.plan.request import PlanRequest, plan_request
from simcore.studies.plan.simulation import Crew, PlanSimulation
from simcore.studies.plan.unknowns import without
from simcore.studies.plan.variants import Setting, setting_of, with_calls, with_seats, with_weekly
from tests.support.distribution_cases import GAMMA_LAG
from tests.support.scenario_cases import MARKET, RAMP, funnel, scenario
from tests.support.statistical import DeviationError, check_share

Q, VALUE = 0.04, 1000.0


def planned(target: float, *, by: str = "4w", replications: int = 400, **asked: Any) -> BackwardPlan:  # noqa: ANN401
    """Plan a small scenario; what is not a question changes the scenario."""
    questions = {
        key: asked.pop(key) for key in ("confidence", "solve_for", "done", "frontier", "threads") if key in asked
    }
    seed = asked.pop("seed", 2026)
    given = validate(scenario(**asked))
    options: dict[str, Any] = {"frontier": False} | questions
    return plans.plan(given, target, by=by, replications=replications, seed=seed, **options)


def least(wins: int, confidence: float, q: float, reps: int = 1) -> int:
    """Return the least calls of each rep for so many wins of the team, by SciPy's binomial distribution."""
    n = 1
    while stats.binom.sf(wins - 1, reps * n, q) < confidence:
        n += 1
    return n


def holds(found: BackwardPlan, truth: float) -> bool:
    """Return whether the interval of an answer holds the truth."""
    assert found.answer is not None
    low, high = found.answer.interval
    return low <= truth and (high is None or truth <= high)


CANON = funnel({"rate": 0.02}, {"rate": 0.2}, {"rate": 0.5})


@pytest.mark.parametrize(
    ("wins", "confidence", "rates", "reps"),
    [(10, 0.8, CANON, 1), (10, 0.9, CANON, 1), (10, 0.95, CANON, 1), (25, 0.8, funnel(), 2), (3, 0.5, funnel(), 3)],
)
def test_known_answer_12_the_least_calls_from_the_binomial_tail(
    wins: int, confidence: float, rates: list[dict[str, Any]], reps: int
) -> None:
    found = planned(wins * VALUE, confidence=confidence, funnel=rates, team={"reps": reps}, replications=1000)
    q = float(np.prod([stage["rate"] for stage in rates[1:]]))
    truth = reps * least(wins, confidence, q, reps)
    assert found.exact is not None
    assert found.exact.estimate == truth
    assert holds(found, truth)
    assert found.answer is not None
    assert found.answer.estimate == pytest.approx(truth, rel=0.1)
    simple = found.arithmetic.calls
    assert simple == pytest.approx(wins / q)
    law = stats.binom.sf(wins - 1, reps * np.ceil(simple / reps - 1e-6), q)
    assert found.exact.chance == pytest.approx(law)
    assert found.arithmetic.chance is not None
    assert found.arithmetic.chance.estimate is not None
    check_share("chance of the arithmetic", round(1000 * found.arithmetic.chance.estimate), 1000, law, detect=0.15)


def test_five_thousand_calls_reach_ten_wins_54_times_in_100() -> None:
    found = planned(10 * VALUE, by="10w", funnel=CANON, team={"reps": 1}, plan={"calls_per_week": 500})
    assert found.exact is not None
    assert found.exact.chance == pytest.approx(0.5421, abs=1e-4)
    assert found.arithmetic.calls == 5000
    assert [round(stage.count) for stage in found.arithmetic.stages] == [10, 20, 100, 5000]


def test_reps_weeks_and_a_rate_from_the_same_tail() -> None:
    wins, confidence = 30, 0.8
    reps = planned(wins * VALUE, solve_for="reps", confidence=confidence)
    truth = next(r for r in range(1, 99) if stats.binom.sf(wins - 1, r * 240, Q) >= confidence)
    assert reps.exact is not None
    assert reps.exact.estimate == truth
    assert holds(reps, truth)
    weeks = planned(wins * VALUE, solve_for="weeks", confidence=confidence)
    truth = next(w for w in range(1, 99) if stats.binom.sf(wins - 1, w * 120, Q) >= confidence)
    assert weeks.exact is not None
    assert weeks.exact.estimate == truth
    assert holds(weeks, truth)
    rate = planned(wins * VALUE, solve_for="opportunities", confidence=confidence)
    grid = np.arange(0.5, 1.0, 1e-4)
    truth_rate = grid[np.argmax(stats.binom.sf(wins - 1, 480, 0.08 * grid) >= confidence)]
    assert rate.exact is not None
    assert rate.exact.estimate == pytest.approx(truth_rate, abs=1.5e-4)
    assert holds(rate, truth_rate)


def test_intervals_cover_the_truth_over_many_seeds() -> None:
    wins, trials, worlds = 5, 40, 100
    truth = next(w for w in range(1, 99) if stats.binom.sf(wins - 1, w * 60, Q) >= 0.8)
    given: dict[str, Any] = {"solve_for": "weeks", "team": {"reps": 1}, "replications": worlds}
    covered = sum(holds(planned(wins * VALUE, seed=seed, **given), truth) for seed in range(trials))
    # Weeks are coarse, so the interval holds the truth more often than 95 times in 100.
    assert covered >= stats.binom.ppf(1e-6, trials, 0.95)


LAGGED: dict[str, Any] = {
    "funnel": funnel({}, {"lag": "1d"}, {"rate": {"mean": 0.4, "rep_cv": 0.3}, "lag": GAMMA_LAG}),
    "market": MARKET,
}


LONG: dict[str, Any] = LAGGED | {"deal": {"mean": 1000, "cv": 0.8}}


@pytest.mark.parametrize(
    ("solve_for", "changes"), [("calls", {}), ("reps", {}), ("wins", {}), ("calls", LONG), ("weeks", LONG)]
)
def test_more_is_never_reached_with_less(solve_for: str, changes: dict[str, Any]) -> None:
    def estimate(target: float, confidence: float) -> float:
        plan = {"calls_per_week": 15 if solve_for in ("reps", "weeks") else 60}
        found = planned(target, confidence=confidence, solve_for=solve_for, replications=100, plan=plan, **changes)
        return np.inf if found.answer is None else found.answer.estimate

    by_target = [estimate(target, 0.8) for target in (4000, 4001, 9500)]
    assert by_target == sorted(by_target)
    assert by_target[0] < by_target[-1]
    by_confidence = [estimate(8000, confidence) for confidence in (0.5, 0.51, 0.9)]
    assert by_confidence == sorted(by_confidence)


@pytest.mark.parametrize("changes", [{}, LAGGED])
def test_the_table_and_the_frontier_are_in_order(changes: dict[str, Any]) -> None:
    found = planned(9000, frontier=True, replications=300, **changes)
    values = [row.estimate for row in found.table if row.estimate is not None]
    assert values == sorted(values)
    assert len(values) >= 6
    for row in found.table:
        assert row.estimate is None or row.low is None or row.low <= row.estimate
        assert row.high is None or row.estimate is None or row.estimate <= row.high
    cells = {(cell.reps, cell.weeks): cell.per_week for cell in found.frontier}
    assert set(cells) == {(reps, weeks) for reps in (1, 2, 4) for weeks in (2, 4, 8)}
    for (reps, weeks), calls in cells.items():
        for other, more in ((cells.get((2 * reps, weeks)), 2), (cells.get((reps, 2 * weeks)), 2)):
            assert calls is None or other is None or other <= calls, (reps, weeks, more)
    assert found.answer is not None
    middle = next(cell for cell in found.frontier if (cell.reps, cell.weeks) == (2, 4))
    assert middle.per_week == pytest.approx(found.answer.per_week, rel=0.1)


def test_rows_of_a_steep_curve_are_the_answers_at_their_confidence() -> None:
    # A spread of 2 % from world to world: values 10 % apart would have nobody on one side, and all on the other.
    given: dict[str, Any] = {
        "funnel": [{"stage": "calls"}, {"stage": "orders", "rate": 0.5}],
        "plan": {"calls_per_week": 300},
    }
    found = planned(1200 * VALUE, frontier=True, **given)
    for row in found.table:
        if row.confidence in (0.6, 0.9, 0.99):
            direct = planned(1200 * VALUE, confidence=row.confidence, **given).answer
            assert direct is not None
            assert row.estimate == pytest.approx(direct.estimate, rel=0.004)
    middle = next(cell for cell in found.frontier if (cell.reps, cell.weeks) == (2, 4))
    assert found.answer is not None
    assert middle.per_week == pytest.approx(found.answer.per_week, rel=0.015)


def test_the_frontier_is_that_of_the_binomial_tail() -> None:
    found = planned(20 * VALUE, frontier=True, replications=1000)
    for cell in found.frontier:
        truth = least(20, 0.8, Q, cell.reps * cell.weeks)
        assert cell.low is not None
        assert cell.high is not None
        # Nine intervals from the same worlds; the line between values adds little.
        assert cell.low * 0.98 - 1 <= truth <= cell.high * 1.02 + 1


def pressed(gain: float) -> dict[str, Any]:
    """Return strategies under which a rep makes more calls with every week without a win, beyond all bounds."""
    drive = {"memory": 1, "signals": {"dry_spell": gain}, "changes": {"activity": {"slope": 1}}}
    return {"pressure": {"decides": "week", "drives": {"push": drive}}}


def test_a_drive_that_explodes_in_a_cell_of_the_frontier_is_told_there() -> None:
    found = planned(9000, frontier=True, replications=100, strategies=pressed(3.0))
    assert found.answer is not None
    cells = {(cell.reps, cell.weeks): cell for cell in found.frontier}
    assert [size for size, cell in cells.items() if cell.explodes] == [(1, 2)]
    assert cells[1, 2].per_week is None
    assert all(cell.per_week is not None for cell in cells.values() if not cell.explodes)


def test_an_answer_is_kept_though_the_plan_of_the_file_explodes() -> None:
    found = planned(9000, replications=100, strategies=pressed(6.0))
    assert found.answer is not None
    assert found.chance is None
    assert found.arithmetic.chance is not None
    assert any("plan of the file" in limit and "drives.push" in limit for limit in found.limits)
    assert len(found.table) >= 6


def test_a_drive_that_explodes_where_the_answer_is_looked_for_is_told_with_the_calls() -> None:
    with pytest.raises(ExplodedError, match=r"drives\.push: with \d+ calls it explodes"):
        planned(9000, replications=100, strategies=pressed(10.0))


WARM: dict[str, Any] = LAGGED | {"horizon": {"weeks": 8, "warmup_weeks": 8}}


@pytest.mark.parametrize("changes", [{}, LAGGED, WARM, {"market": MARKET, "strategies": pressed(0.5)}])
def test_a_cell_is_the_same_alone_and_as_a_part_of_larger_teams_and_periods(changes: dict[str, Any]) -> None:
    asked = plan_request(validate(scenario(**changes)), 9000, by="8w", confidence=0.8)
    sizes = [(2, 8), (2, 4), (1, 8), (1, 4)]
    played = PlanSimulation(asked.scenario, threads=1, progress=None, stop=None)
    shared = plan_frontier._Shared(asked, dict.fromkeys(sizes, 40.0), played, 64)
    alone = {size: shared._table(45, [size])[size] for size in sizes}
    assert shared._table(45, sizes) == alone
    assert len(set(alone.values())) >= 3


def test_seats_that_hear_of_each_other_are_no_smaller_team() -> None:
    drive = {"signals": {"peers": 0.5}, "changes": {"activity": {"slope": 0.2}}, "level": [0, 1]}
    strategies = {"race": {"decides": "week", "drives": {"race": drive}}}
    quota = {"per": "month", "amount": 4000}
    found = planned(9000, frontier=True, replications=64, strategies=strategies, quota=quota)
    assert {(cell.reps, cell.weeks) for cell in found.frontier} == {(2, 2), (2, 4), (2, 8)}


LAG = funnel({}, {}, {"lag": "2w"})


def test_what_starts_too_late_cannot_close_in_time() -> None:
    found = planned(10 * VALUE, funnel=LAG, team={"reps": 1}, replications=1000)
    # Of four weeks only the calls of the first two count, so it takes twice as many.
    truth = 2 * least(10, 0.8, Q)
    assert found.exact is None
    assert holds(found, truth)
    assert found.arithmetic.chance is not None
    assert found.arithmetic.chance.estimate is not None
    law = stats.binom.sf(9, 125, Q)
    check_share("chance of the arithmetic", round(1000 * found.arithmetic.chance.estimate), 1000, law, detect=0.15)


def test_a_period_no_longer_than_the_lags_is_not_feasible() -> None:
    found = planned(VALUE, funnel=LAG, by="2w", replications=64)
    assert found.answer is None
    assert found.infeasible is not None
    assert found.infeasible.chance.estimate == 0.0
    assert "time that deals take" in found.infeasible.reasons[0]
    assert "cannot be reached" in found.sentence


def test_a_period_begins_with_the_pipeline_of_the_file_whatever_is_planned() -> None:
    given: dict[str, Any] = {"by": "2w", "horizon": {"weeks": 2, "warmup_weeks": 4}, "plan": {"calls_per_week": 600}}
    given["funnel"] = funnel({"rate": 0.02}, {}, {"lag": "2w"})
    # All that closes in these two weeks was called before: 2,400 calls by the plan of the file.
    law = [stats.binom.sf(wins - 1, 2400, 0.004) for wins in (7, 12)]
    assert law[0] > 0.8 > law[1]
    easy, hard = planned(7 * VALUE, **given), planned(12 * VALUE, **given)
    assert easy.answer is not None
    assert easy.answer.estimate == 0
    assert "a team of 2 needs no call (95 % interval 0 to 0): what is on its way already brings it." in easy.sentence
    assert "less" not in easy.sentence
    assert hard.infeasible is not None
    assert hard.infeasible.chance.estimate == pytest.approx(law[1], abs=0.2)


def test_caps_a_rate_of_one_and_the_largest_plan_are_told() -> None:
    capped = planned(200 * VALUE, funnel=funnel({"rate": 0.02, "cap": {"per_week": 5}}), replications=64)
    assert capped.infeasible is not None
    assert "caps" in capped.infeasible.reasons[0]
    rate = planned(200 * VALUE, solve_for="wins", replications=64)
    assert rate.infeasible is not None
    assert rate.infeasible.tried == 1.0
    assert "every item passes" in rate.infeasible.reasons[0]
    spread = funnel({}, {}, {"rate": {"mean": 0.4, "rep_cv": 0.5}})
    limited = planned(200 * VALUE, solve_for="wins", funnel=spread, replications=64)
    assert limited.infeasible is not None
    assert limited.infeasible.tried < 1.0 / 1.25
    tiny = funnel({"rate": 0.001}, {"rate": 0.001}, {"rate": 0.1})
    largest = planned(1000 * VALUE, funnel=tiny, replications=64, by="1w")
    assert largest.infeasible is not None
    assert "65,535 calls a week" in largest.infeasible.reasons[0]


@pytest.mark.parametrize("calls", [0, 1, 239, 240, 241, 1000])
@pytest.mark.parametrize("holidays", [[], [{"week": 2}, {"week": 3, "day": 1}]])
def test_calls_are_spread_evenly_and_none_is_lost(calls: int, holidays: list[dict[str, int]]) -> None:
    changes = {"calendar": {"holidays": holidays}, "horizon": {"weeks": 4, "warmup_weeks": 3}}
    given = validate(scenario(**changes))
    setting = setting_of(plan_request(given, 1000, by="4w"))
    program = with_calls(setting, calls)
    by_week = program.plan.calls[program.plan.row_of_week]
    assert by_week[3:].sum() == calls
    before = compile_scenario(given).plan
    np.testing.assert_array_equal(by_week[:3], before.calls[before.row_of_week[:3]])
    hours = program.plan.per_hour[program.plan.row_of_week[3:]]
    assert not hours[~setting.working].any()
    worked = hours[setting.working]
    assert worked.max() - worked.min() <= 1


def test_a_plan_of_whole_weeks_is_that_of_the_file_to_the_cent() -> None:
    given = validate(scenario(**LAGGED, horizon={"weeks": 4, "warmup_weeks": 2}))
    setting = setting_of(plan_request(given, 1000, by="4w"))
    played = PlanSimulation(given, threads=1, progress=None, stop=None)
    programs = setting.program, with_calls(setting, 240), with_weekly(setting, 60)
    revenue = [played.play([Crew(program, 0, 2)], 50, lambda cents: cents.sum(axis=2)) for program in programs]
    np.testing.assert_array_equal(revenue[0], revenue[1])
    np.testing.assert_array_equal(revenue[0], revenue[2])


@pytest.mark.parametrize("changes", [{}, {"referrals": {"per_win": 0.5, "lag": "3d"}}])
def test_what_was_begun_before_and_the_calls_of_the_period_add_up(changes: dict[str, Any]) -> None:
    given = validate(scenario(**LAGGED, **changes, horizon={"weeks": 4, "warmup_weeks": 3}))
    setting = setting_of(plan_request(given, 1000, by="4w"))
    played = PlanSimulation(given, threads=1, progress=None, stop=None)
    programs = with_calls(setting, 300), with_calls(setting, 0), with_calls(setting, 300, alone=True)
    both, begun, alone = (played.play([Crew(program, 0, 2)], 50, lambda cents: cents) for program in programs)
    assert begun.any()
    assert alone.any()
    np.testing.assert_array_equal(both, begun + alone)


@pytest.mark.parametrize("warmup", [0, 3])
def test_hires_start_with_nothing_and_leave_the_others_as_they_are(warmup: int) -> None:
    given = validate(scenario(funnel=LAG, horizon={"weeks": 4, "warmup_weeks": warmup}, market=MARKET))
    asked = plan_request(given, 1000, by="4w")
    setting = setting_of(asked)
    hired = with_seats(asked, setting, 5)
    played = PlanSimulation(given, threads=1, progress=None, stop=None)
    crews = [Crew(setting.program, 0, 2), Crew(hired.program, 2, 5)]
    own = played.play(crews[:1], 60, lambda cents: cents)
    both = played.play(crews, 60, lambda cents: cents)
    np.testing.assert_array_equal(both[:, :2], own)
    assert not both[:, 2:, :2].any()  # a lag of two weeks, and nothing open
    assert both[:, 2:, 2:].any()
    assert bool(own[:, :, :2].any()) == (warmup > 0)


def test_hires_ramp_up_and_some_cannot_be_played() -> None:
    ramp = {"team": {"reps": 2, "ramp": RAMP, "turnover": {"yearly": 0.3}}}
    asked = plan_request(validate(scenario(**ramp)), 1000, by="4w")
    hired = with_seats(asked, setting_of(asked), 4)
    assert hired.program.team.new == 4
    warm = validate(scenario(**ramp, market=MARKET, horizon={"weeks": 4, "warmup_weeks": 2}))
    asked = plan_request(warm, 1000, by="4w")
    with pytest.raises(ScenarioError, match="would not meet the market"):
        with_seats(asked, setting_of(asked), 4)
    drives = {"d": {"signals": {"peers": 0.3}, "changes": {"activity": {"slope": 0.1}}}}
    peers = validate(scenario(strategies={"p": {"drives": drives}}, quota={"per": "week", "amount": 2000}))
    asked = plan_request(peers, 1000, by="4w")
    with pytest.raises(ScenarioError, match="hear of their peers"):
        with_seats(asked, setting_of(asked), 4)


def test_in_mid_period_what_is_left_counts() -> None:
    done = {"week": 1, "calls": 130, "won": 4 * VALUE}
    found = planned(12 * VALUE, done=done, replications=1000)
    truth = 130 + 2 * least(8, 0.8, Q, 2)
    assert found.here is not None
    assert (found.here.week, found.here.weeks_left, found.here.missing) == (1, 3, 8 * VALUE)
    assert found.exact is not None
    assert found.exact.estimate == truth
    assert holds(found, truth)
    law = stats.binom.sf(7, 2 * 60 * 3, Q)
    assert found.here.chance is not None
    assert found.here.chance.estimate is not None
    check_share("chance with the plan", round(1000 * found.here.chance.estimate), 1000, law, detect=0.15)


def test_open_items_in_mid_period_are_worked() -> None:
    done = {"calls": 125, "won": 3 * VALUE, "open": 5}
    found = planned(20 * VALUE, done=done, replications=1000)
    assert found.here is not None
    assert found.here.week_from_calls
    assert (found.here.week, found.here.open) == (1, {"opportunities": 5})
    # Five open ones at 0.4 and 360 calls at 0.04 bring 17 wins or more.
    pipeline = stats.binom.pmf(np.arange(6), 5, 0.4)
    law = float(sum(chance * stats.binom.sf(16 - won, 360, Q) for won, chance in enumerate(pipeline)))
    assert found.here.chance is not None
    assert found.here.chance.estimate is not None
    check_share("chance with the pipeline", round(1000 * found.here.chance.estimate), 1000, law, detect=0.15)
    assert planned(12 * VALUE, done={"week": 1, "won": 12 * VALUE}).sentence.endswith("nothing more is needed.")


def test_quota_periods_and_holidays_go_on_in_mid_period() -> None:
    changes = {"quota": {"per": "quarter", "amount": 9000}, "calendar": {"holidays": [{"week": 6}]}}
    asked = plan_request(validate(scenario(**changes)), 1000, done={"week": 4})
    setting = setting_of(asked)
    assert list(setting.program.reaction.period_first) == [-4 * 40] * 45
    assert [bool(week.any()) for week in setting.working] == [True, False, *[True] * 7]


def test_threads_change_nothing() -> None:
    one, two = (planned(9000, threads=threads, **LAGGED) for threads in (1, 2))
    assert one.model_dump(exclude={"seconds"}) == two.model_dump(exclude={"seconds"})


def test_the_chance_with_the_plan_is_that_of_a_run() -> None:
    changes = LAGGED | {"horizon": {"weeks": 4, "warmup_weeks": 3}, "team": {"reps": 3}}
    found = planned(16_000, replications=200, **changes)
    run = simulate(validate(scenario(**changes)), replications=200, seed=2026, keep_rep_weeks=True)
    assert run.rep_weeks is not None
    revenue = run.rep_weeks.cents_close.sum(axis=(1, 2))
    assert found.chance is not None
    assert found.chance.estimate == np.mean(revenue >= 1_600_000)
    assert 20 < 200 * np.mean(revenue >= 1_600_000) < 180


def lags_ignored(asked: PlanRequest) -> Setting:
    return setting_of(asked._replace(scenario=without(asked.scenario, lags=True)))


def test_sabotage_lags_that_are_ignored_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_search, "setting_of", lags_ignored)
    with pytest.raises((AssertionError, DeviationError)):
        test_what_starts_too_late_cannot_close_in_time()


def test_sabotage_what_was_won_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    right = PlanRequest.missing_cents.fget  # type: ignore[attr-defined]
    twice = property(lambda self: right(self) - round(100 * self.done.won))
    monkeypatch.setattr(PlanRequest, "missing_cents", twice)
    with pytest.raises((AssertionError, DeviationError)):
        test_in_mid_period_what_is_left_counts()


def test_sabotage_open_items_that_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_rest, "_open", lambda *_: None)
    with pytest.raises((AssertionError, DeviationError)):
        test_open_items_in_mid_period_are_worked()


def test_sabotage_a_warm_up_at_the_plan_that_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def everywhere(setting: Setting, calls: int, *, alone: bool) -> Program:
        assert not alone
        per_week = max(1, min(65_535, round(setting.per_week(calls))))
        plan = setting.scenario.plan.model_copy(update={"calls_per_week": per_week})
        return compile_scenario(setting.scenario.model_copy(update={"plan": plan}))

    monkeypatch.setattr("simcore.studies.plan.unknowns.with_calls", everywhere)
    monkeypatch.setattr("simcore.studies.plan.unknowns.adds_up", lambda _: False)
    with pytest.raises(AssertionError):
        test_a_period_begins_with_the_pipeline_of_the_file_whatever_is_planned()


def test_a_stopped_search_tells_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    given = validate(scenario())
    found = plans.plan(given, 9000, by="4w", frontier=False, stop=lambda: True)
    assert found.interrupted
    assert found.answer is None

    def stopped(_: object) -> None:
        raise StoppedError

    monkeypatch.setattr(plan_search.Planner, "_rows", stopped)
    late = plans.plan(given, 9000, by="4w", replications=100)
    assert late.interrupted
    assert not late.table
    assert late.answer is not None
    assert late.answer.interval[0] <= late.answer.estimate
    played = PlanSimulation(given, threads=1, progress=None, stop=lambda: True)
    played.meter.add(1, 1)
    with pytest.raises(StoppedError):
        played.play([Crew(compile_scenario(given), 0, 2)], 10, lambda cents: cents)


def test_a_stated_precision_is_reached_or_told() -> None:
    given = validate(scenario(team={"reps": 1}))
    found = plans.plan(given, 20 * VALUE, by="13w", precision=0.02, frontier=False)
    assert found.precision.met
    assert found.precision.reached is not None
    assert found.precision.reached <= 0.02
    short = plans.plan(given, 20 * VALUE, by="13w", precision=0.001, max_replications=500, frontier=False)
    assert not short.precision.met
    assert short.replications == 500


def test_a_plan_says_how_much_of_its_chance_is_not_known() -> None:
    stages = [{"stage": "calls"}, {"stage": "wins", "rate": {"successes": 10, "trials": 50}}]
    plain = {"simcore": 1, "name": "x", "deal": 100, "funnel": stages, "team": {"reps": 2}}
    scenario = validate(plain | {"plan": {"calls_per_week": 200}})
    found = plans.plan(scenario, 100_000, frontier=False, replications=4096)
    law, calls = stats.beta(10.5, 40.5), 200 * 13 * 2
    given = stats.binom.sf(999, calls, law.ppf((np.arange(100_000) + 0.5) / 100_000))
    assert found.exact is None
    assert found.chance is not None
    assert found.ignorance is not None
    for seen, exact in ((found.chance, given.mean()), (found.ignorance.sd, given.std())):
        assert seen.estimate is not None
        assert seen.se is not None
        assert abs(seen.estimate - exact) < 4.0 * seen.se
    share = given.var() / (given.mean() * (1 - given.mean()))
    assert found.ignorance.share.estimate == pytest.approx(share, abs=0.03)
    known = plans.plan(
        validate(plain | {"funnel": [stages[0], {"stage": "wins", "rate": 0.2}]}), 100_000, frontier=False
    )
    assert known.ignorance is None
    solved = plans.plan(scenario, 100_000, solve_for="wins", frontier=False, replications=512)
    assert solved.answer is not None
    assert 0.19 < solved.answer.estimate < 0.21
