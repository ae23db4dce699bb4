"""Every sentence of `plan`, `coach` and its rules is held against the figures of the document that it comes from.

The documents are made from random scenarios; what a sentence says of causes, limits and comparisons is worked out from
the figures by rules of the test's own.
"""

from __future__ import annotations

import math
import random
import re
from typing import Any

import pytest

from simcore.scenario.model import Scenario, validate
from simcore.statistics.intervals import significant_sign
from simcore.studies.coach import sentences as coach_words
from simcore.studies.coach.leverage_document import Leverage, LeverRow, Ranking
from simcore.studies.coach.study import coach
from simcore.studies.plan import sentences as plan_words
from simcore.studies.plan.document import BackwardPlan
from simcore.studies.plan.study import plan
from tests.support.scenario_cases import funnel, scenario

QUICK, LONG = 4, 60


def a_scenario(seed: int) -> Scenario:
    """Return a small random team: ramps, holidays, lags, caps, referrals, spreads, a market, each at times."""
    dice = random.Random(seed)  # noqa: S311 - scenarios, no secrets
    meetings: dict[str, Any] = {"rate": dice.choice([0.2, 0.6, {"mean": 0.3, "rep_cv": 0.4}])}
    middle: dict[str, Any] = {"rate": dice.choice([0.5, 0.97, {"mean": 0.9, "week_cv": 0.4}])}
    wins: dict[str, Any] = {"rate": dice.choice([0.3, 0.95, 1.0, {"mean": 0.5, "rep_cv": 0.5}])}
    middle |= dice.choice([{}, {"lag": "3d"}, {"lag": {"median": "2d", "p90": "2w"}}, {"cap": {"per_week": 3}}])
    wins |= dice.choice([{}, {"lag": "1w"}, {"lag": "5w"}])
    reps = dice.choice([1, 2, 5])
    made: dict[str, Any] = {
        "team": {"reps": reps} | dice.choice([{}, {"new": reps, "ramp": {"weeks": 5, "start": 0.2}}]),
        "funnel": funnel(meetings, middle, wins),
        "horizon": {"weeks": 13, "warmup_weeks": dice.choice([0, 0, 4])},
        "calendar": {"holidays": dice.choice([[], [{"week": 2}], [{"week": 1, "day": 2}, {"week": 5}]])},
        "plan": {"calls_per_week": dice.choice([5, 40])},
        "deal": dice.choice([1000, 999.99, {"mean": 1000, "cv": 0.5}]),
        "quota": {"per": dice.choice(["week", "month", "quarter"]), "amount": dice.choice([900, 5000, 200_000])},
    }
    if dice.random() < 0.3:
        made["team"]["turnover"] = {"yearly": 0.6, "vacancy_weeks": 2}
        made["team"].setdefault("ramp", {"weeks": 5, "start": 0.2})
    if dice.random() < 0.3:
        made["market"] = {"sd": 0.4, "persistence": 0.5, "acts_on": ["meetings", "wins"]}
    if dice.random() < 0.3:
        made["referrals"] = {"per_win": 0.5, "lag": "2d"}
    return validate(scenario(**made))


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def check_plan(found: BackwardPlan, given: Scenario) -> None:
    """Hold the sentence, the assumptions and what is left out of a plan against its figures."""
    told = found.sentence
    if found.answer is not None:
        low, high = found.answer.interval
        assert low <= found.answer.estimate
        assert high is None or found.answer.estimate <= high
        if found.here is None or found.here.missing > 0.0:
            assert f"{found.answer.estimate:,.0f}" in told or (found.answer.estimate == 0.0 and "needs no call" in told)
        chance = found.arithmetic.chance
        if chance is not None and chance.estimate is not None and "the time" in told:
            ((bound, share),) = re.findall(r"which do(?:es)? it (less than |more than )?([\d.]+) % of the time", told)
            assert bool(bound) == (
                chance.se is None or 0.0 < chance.estimate < 1e-6 or 1.0 > chance.estimate > 1 - 1e-6
            )
            limit = chance.estimate if chance.se else chance.high if bound == "less than " else chance.low
            assert limit is not None
            assert abs(float(share) - 100 * limit) <= (1.0 if bound else 0.5) + 1e-9
        more = re.findall(r"it takes ([\d,]+) % (more|less)", told)
        if more:
            ratio = found.answer.estimate / found.arithmetic.calls
            assert (ratio > 1) == (more[0][1] == "more")
            assert abs(abs(ratio - 1) * 100 - float(more[0][0].replace(",", ""))) <= 0.5 + 1e-9
        own = [cell for cell in found.frontier if (cell.reps, cell.weeks) == (found.reps, found.weeks)]
        assert all(cell.per_week == found.answer.per_week for cell in own)
    elif found.infeasible is not None:
        assert (found.infeasible.chance.estimate or 0.0) < found.confidence
        assert "cannot be reached" in told
        # What was merely never seen is no chance of 0.
        assert ("the chance is 0 %" in told) <= (found.infeasible.chance.se == 0.0)
        for reason in found.infeasible.reasons:
            lagged = any(stage.lag is not None for stage in given.funnel)
            capped = any(stage.cap is not None for stage in given.funnel)
            assert lagged or "time that deals take" not in reason
            assert capped or "caps" not in reason
    names = {each.what: each.share for each in found.arithmetic.left_out}
    assert ("holidays" in names) == bool(given.calendar.holidays and found.here is None) or found.here is not None
    assert "late" not in names or any(stage.lag is not None for stage in given.funnel)
    assert "seats" not in names or given.team.turnover is not None or given.team.new
    assert all(share is not None and 0.0 < share <= 1.0 for share in names.values())
    said = " ".join(found.assumptions)
    served = given.horizon.warmup_weeks + (found.here.week if found.here else 0)
    if given.team.ramp is not None and given.team.new and found.here is not None and served:
        goes_on = served < given.team.ramp.weeks
        assert (f"go on in week {served + 1}" in said) == goes_on
        assert ("are through with it" in said) != goes_on
    assert ("Nobody has left" in said) == (given.team.turnover is not None and found.here is not None and served > 0)


@pytest.mark.parametrize("seed", range(1, QUICK))
def test_what_a_plan_says_is_true_of_it(seed: int) -> None:
    plans_of(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(QUICK, LONG))
def test_what_a_plan_says_is_true_of_it_in_many(seed: int) -> None:
    plans_of(seed)


def plans_of(seed: int) -> None:
    given = a_scenario(seed)
    dice = random.Random(-seed)  # noqa: S311 - scenarios, no secrets
    done = dice.choice([None, {"week": 2, "calls": 0}, {"week": 1, "calls": 10, "won": 500, "open": 1}])
    q = math.prod(stage.rate.mean for stage in given.funnel if stage.rate is not None)
    target = round(1000.0 * q * 6 * given.plan.calls_per_week * given.team.reps * dice.choice([0.3, 1.0, 2.5]), 2)
    found = plan(given, target, by="6w", done=done, replications=40, threads=1, confidence=dice.choice([0.5, 0.8]),
                 frontier=seed >= QUICK)  # fmt: skip
    check_plan(found, given)


def check_ranking(line: str, found: Ranking) -> None:
    if "does the same" in line:
        assert found.all_alike
        assert ("the runs cannot tell" in line) == (len(found.tied) + 1 == found.steps)
    elif "beyond its error" in line:
        assert not found.tied
        assert f"to {found.best}" in line
    else:
        assert all(name in line for name in [found.best, *found.tied])


def check_leverage(found: Leverage) -> None:
    """Hold what is said of steps against their rows."""
    lines = coach_words.leverage_sentences(found)
    ranked = [each for each in found.rankings if each.measure != "revenue_origin"]
    for line, ranking in zip(lines, ranked, strict=False):
        check_ranking(line, ranking)
    rest = lines[len(ranked) :]
    cut: list[LeverRow] = [row for row in found.levers if row.kind == "rate" and (row.cut or row.clipped > 0)]
    told = [line for line in rest if "cut at 1" in line]
    assert len(told) == bool(cut)
    for row in found.levers:
        named = any(f"{row.lever} at {row.after} (" in line for line in told)
        assert named == (row in cut)
        if row in cut and row.clipped:
            assert f"{row.clipped:,} more decisions of this step" in told[0]
        if row.why is not None:
            assert row.p_quota is not None
            assert row.p_quota.difference.estimate == 0.0
            needed = numbers(row.why)[1::2]
            assert needed[0] == needed[1], row.why
        if row.p_quota is not None and row.p_quota.difference.se is None and row.p_quota.low is not None:
            assert row.p_quota.low <= (row.p_quota.difference.estimate or 0.0) <= (row.p_quota.high or 0.0)


@pytest.mark.parametrize("seed", range(2))
def test_what_coach_says_is_true_of_it(seed: int) -> None:
    check_leverage(coach(a_scenario(seed), replications=32, threads=1).leverage)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, LONG))
def test_what_coach_says_is_true_of_it_in_many(seed: int) -> None:
    found = coach(a_scenario(seed), replications=64, threads=1)
    check_leverage(found.leverage)
    for ranking in found.leverage.rankings:
        rows = {row.lever: getattr(row, ranking.measure) for row in found.leverage.levers
                if row.kind == "rate" and row.change == ranking.change and row.problem is None}  # fmt: skip
        best = rows[f"rate of {ranking.best}"]
        assert all(each.difference.estimate <= best.difference.estimate for each in rows.values())
        assert ranking.tied or significant_sign(best.difference) >= 0 or len(rows) == 1


def test_sabotage_a_plan_whose_sentence_says_more_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    right = plan_words._simple
    monkeypatch.setattr(plan_words, "_simple", lambda found: right(found).replace("% more", "% less"))
    given = validate(scenario())
    found = plan(given, 5000, by="6w", replications=60, frontier=False, threads=1, confidence=0.9)
    assert "% less" in found.sentence
    with pytest.raises(AssertionError):
        check_plan(found, given)


def test_sabotage_cuts_of_every_later_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coach_words, "_cut", lambda row: f"{row.lever} at {row.after} ({row.clipped + 1} more)")
    given = validate(scenario(funnel=funnel({}, {}, {"rate": {"mean": 0.95, "week_cv": 0.4}})))
    found = coach(given, replications=32, threads=1).leverage
    with pytest.raises(AssertionError):
        check_leverage(found)
