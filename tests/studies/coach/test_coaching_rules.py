"""Rules of coaching: known answers of illusions, an oracle that nobody beats, and mistakes that are caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from simcore.engine.runner import Watch
from simcore.engine.simulation import simulate
from simcore.engine.worlds import Meter
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Scenario, validate
from simcore.studies.coach.rules import (
    ORDER,
    Seen,
    compare_rules,
    experiment_of,
    has_habits,
    looks_of,
    manager_of,
    simulate_rule,
    with_rule,
)
from simcore.studies.coach.rules_document import LooksRow, RuleName, RuleRow, Rules
from tests.support.scenario_cases import scenario
from tests.support.statistical import check_estimate, check_mean

Plain = dict[str, Any]
DEGREES = 255.0


def team(
    reps: int, rate: float, cv: float, *, calls: int = 500, habit: Plain | None = None, manager: Plain | None = None
) -> Scenario:
    """Return a team with one step, no lags, and a manager."""
    step: Plain = {"stage": "wins", "rate": {"mean": rate, "rep_cv": cv}}
    if habit is not None:
        step["habit"] = habit
    return validate(
        scenario(
            team={"reps": reps},
            plan={"calls_per_week": calls},
            funnel=[{"stage": "calls"}, step],
            deal={"fixed": 100},
            horizon={"weeks": 26},
            manager={"repair": 0.5, **(manager or {})},
            run={"replications": 256, "seed": 3},
        )
    )


def lowest_of(k: int, n: int) -> float:
    """Return the mean of the k lowest of n standard normals, by their order statistics."""
    return float(np.mean([stats.beta(i, n - i + 1).expect(stats.norm.ppf) for i in range(1, k + 1)]))


KNOWN: dict[str, Rules] = {}


def compared(plan: Scenario) -> Rules:
    """Return the rules in 256 worlds, compared once for each scenario."""
    digest = scenario_digest(plan)
    if digest not in KNOWN:
        KNOWN[digest] = compare_rules(plan, 256)
    return KNOWN[digest]


def worlds_of(plan: Scenario, rule: RuleName, replications: int, first_week: int | None = None) -> Seen:
    """Return all rep-weeks of a rule."""
    return simulate_rule(with_rule(plan, rule, first_week), replications, None, Meter(Watch()))


def looks(plan: Scenario, rule: RuleName, replications: int) -> LooksRow:
    """Return how good the first sessions of a rule look, and what they did."""
    experiment, weeks = experiment_of(plan)
    tried, baseline = (worlds_of(experiment, each, replications, weeks) for each in (rule, "nobody"))
    found = looks_of(tried, baseline, weeks)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("reps", "slots", "rate", "cv", "weeks"), [(40, 4, 0.2, 0.05, 13), (20, 2, 0.3, 0.08, 4), (30, 3, 0.1, 0.12, 8)]
)
def test_known_answer_coaching_without_effect_looks_good_after_bad_results(
    reps: int, slots: int, rate: float, cv: float, weeks: int
) -> None:
    """Known answer 9: the bottom tenth comes back by (1 - r) times its distance, and coaching did nothing."""
    plan = team(reps, rate, cv, calls=100, manager={"slots": slots, "window_weeks": weeks, "repair": 0.0})
    n = 100 * weeks
    between = (n * rate * cv) ** 2
    within = n * (rate * (1.0 - rate) - (rate * cv) ** 2)
    expected = float(-lowest_of(slots, reps) * within / np.sqrt(between + within) * 100.0 / weeks)
    worlds = 2048 // slots
    by_result = looks(plan, "result", worlds)
    seen = (by_result.seen.estimate, by_result.seen.se)
    check_estimate("comes back", seen, expected, degrees=DEGREES, detect=0.3 * expected)
    assert (by_result.did.estimate, by_result.did.se) == (0.0, None)
    # Chosen at random, nothing is seen where nothing was done.
    by_chance = looks(plan, "random", worlds)
    seen = (by_chance.seen.estimate, by_chance.seen.se)
    check_estimate("chosen at random", seen, 0.0, degrees=DEGREES, detect=0.3 * expected)
    assert by_chance.did.estimate == 0.0


def habitual(rep_cv: float = 0.2) -> Scenario:
    """Return a team in which habits come and go, and a manager of two sessions."""
    habit = {"factor": 0.5, "yearly": 0.8, "at_start": 0.2, "fade_weeks": 26}
    return validate(
        scenario(
            team={"reps": 6},
            funnel=[
                {"stage": "calls"},
                {"stage": "meetings", "rate": {"mean": 0.05, "rep_cv": rep_cv}, "habit": habit},
                {"stage": "wins", "rate": {"mean": 0.3}, "habit": {**habit, "factor": 0.7}},
            ],
            horizon={"weeks": 30},
            manager={"slots": 1, "repair": 0.7, "window_weeks": 8},
            run={"replications": 400, "seed": 11},
        )
    )


def worlds(plan: Scenario, rule: RuleName) -> NDArray[np.float64]:
    """Return the team's revenue in each world, in units."""
    rows = simulate(with_rule(plan, rule), keep_rep_weeks=True).rep_weeks
    assert rows is not None
    total: NDArray[np.float64] = rows.cents_close.sum(axis=(1, 2)) / 100.0
    return total


@pytest.mark.parametrize("rep_cv", [0.0, 0.4])
def test_the_oracle_is_never_beaten(rep_cv: float) -> None:
    plan = habitual(rep_cv)
    best = worlds(plan, "oracle")
    for rule in ORDER[:-1]:
        ahead = worlds(plan, rule) - best
        assert ahead.mean() < 4.0 * ahead.std(ddof=1) / np.sqrt(len(ahead))
    assert (worlds(plan, "nobody") - best).mean() < -0.05 * best.mean()


def test_rules_see_more_the_more_they_look_at() -> None:
    gains = {row.rule: row for row in compared(habitual()).rows}
    assert [row.rule for row in compared(habitual()).rows] == list(ORDER)
    hits = [gains[rule].hits.estimate for rule in ("random", "process", "oracle")]
    assert hits[0] is not None
    assert hits[1] is not None
    assert hits[0] < hits[1] < 1.0 == hits[2]
    assert gains["nobody"].gain is None
    assert gains["nobody"].hits.estimate is None
    assert gains["nobody"].weeks_to_repair.estimate is None


def test_sessions_without_effect_at_random_are_nobody_exactly() -> None:
    plan = habitual()
    assert plan.manager is not None
    idle = plan.model_copy(update={"manager": plan.manager.model_copy(update={"repair": 0.0})})
    first, second = (simulate(with_rule(idle, rule)) for rule in ("random", "nobody"))
    assert first.tally.same_as(second.tally)


def test_known_answer_share_of_weeks_with_a_habit() -> None:
    """Without coaching a habit is a chain of two states."""
    habit = {"factor": 0.5, "yearly": 0.9, "at_start": 0.3, "fade_weeks": 20}
    plan = team(20, 0.2, 0.0, calls=100, habit=habit)
    seen = worlds_of(plan, "nobody", 256)
    onset, share, shares = 1.0 - 0.1 ** (1 / 52), 0.3, []
    for _ in range(26):
        shares.append(share)
        share = share * (1.0 - 1.0 / 20) + (1.0 - share) * onset
    expected = float(np.mean(shares))
    check_mean("weeks with a habit", (seen.habits > 0).mean(axis=(1, 2)), expected, detect=0.12 * expected)
    weekly = 100 * 0.2 * 100 * (1.0 - 0.5 * expected)
    check_mean("revenue with it", seen.revenue.mean(axis=(1, 2)) / 100.0, weekly, detect=0.03 * weekly)


def test_what_is_seen_is_what_it_did_and_an_illusion() -> None:
    for row in compared(habitual()).rows[1:]:
        assert row.looks is not None
        did, illusion = row.looks.did.estimate, row.looks.illusion.estimate
        assert did is not None
        assert illusion is not None
        assert row.looks.seen.estimate == pytest.approx(did + illusion)


def test_few_calls_and_many_wins_make_results_as_telling_as_the_process() -> None:
    """One step: the result is the process. Two rules that look at the same thing are tied, and so it is said."""
    habit = {"factor": 0.5, "yearly": 0.8, "at_start": 0.2}
    plan = team(6, 0.6, 0.0, calls=20, habit=habit, manager={"slots": 1, "window_weeks": 8})
    rows = {row.rule: row for row in compared(plan).rows}
    ahead = rows["process"].over_result
    assert ahead is not None
    assert ahead.estimate is not None
    assert abs(ahead.estimate) <= 3.0 * (ahead.se or 0.0) + 1e-9
    assert any("tied" in line for line in compared(plan).words)


class _Case:
    """A before-after comparison of two reps over 2 + 2 weeks."""

    def __init__(self) -> None:
        plan = team(10, 0.2, 0.05, manager={"slots": 1, "window_weeks": 2, "repair": 0.0})
        self.plan, self.weeks = experiment_of(plan)
        self.first = self.plan.horizon.warmup_weeks + self.weeks

    def seen(self, rule: RuleName, seed: int = 3) -> Seen:
        """Return the worlds of a rule, as the comparison keeps them."""
        run = self.plan.run.model_copy(update={"seed": seed})
        return worlds_of(self.plan.model_copy(update={"run": run}), rule, 64, self.first)


def test_a_control_of_other_worlds_is_refused() -> None:
    case = _Case()
    with pytest.raises(ValueError, match="no control"):
        looks_of(case.seen("result"), case.seen("nobody", seed=4), case.weeks)


def test_a_planted_control_that_is_not_randomised_is_caught() -> None:
    """Whoever compares the coached with those who were not, instead of with themselves, sees what nobody did."""
    case = _Case()
    tried = case.seen("result")
    coached = tried.session[..., case.weeks] > 0
    after = tried.revenue[..., case.weeks :].sum(axis=2)
    before = tried.revenue[..., : case.weeks].sum(axis=2)
    change = (after - before) / 100.0
    naive = change[coached].reshape(64, -1).mean(axis=1) - (change * ~coached).sum(axis=1) / (~coached).sum(axis=1)
    with pytest.raises(AssertionError):
        check_mean("a control that was chosen", naive, 0.0, detect=naive.std())
    right = looks_of(tried, case.seen("nobody"), case.weeks)
    assert right is not None
    assert right.did.estimate == 0.0


def test_without_a_manager_one_is_assumed_and_told() -> None:
    plan = habitual().model_copy(update={"manager": None})
    found = compare_rules(plan, 64)
    assert found.assumed
    assert manager_of(plan).slots == found.slots == 1
    assert has_habits(plan)
    assert not has_habits(team(2, 0.2, 0.0))


def test_stopped_early_it_keeps_the_rules_that_were_done() -> None:
    asked = iter([False] * 6 + [True] * 100)
    found = compare_rules(habitual(), 64, threads=1, stop=lambda: next(asked))
    assert found.interrupted
    assert len(found.rows) < len(ORDER)
    assert all(isinstance(row, RuleRow) for row in found.rows)
