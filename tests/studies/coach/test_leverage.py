"""Which step to improve: known answers on scenarios without lags and with them, ties, and planted mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.engine.many_scenarios import ScenarioBatch
from simcore.engine.runner import StoppedError
from simcore.scenario.model import Scenario, validate
from simcore.studies.coach import leverage as module
from simcore.studies.coach.leverage import Found, effect_of, exact_effects, leverage
from simcore.studies.coach.leverage_document import LeverRow, Ranking
from simcore.studies.coach.levers import Lever, levers, rate_lever
from simcore.studies.coach.sentences import leverage_sentences
from tests.support.scenario_cases import NOISY, funnel, scenario
from tests.support.statistical import DeviationError, check_estimate

LAGS = funnel({"lag": "2d"}, {"lag": {"mean": "3d", "cv": 0.9}}, {"lag": {"median": "1w", "p90": "3w"}})
QUOTA = {"per": "quarter", "amount": 30_000}


def read(**changes: Any) -> Scenario:  # noqa: ANN401
    return validate(scenario(horizon={"weeks": 13}, **changes))


def found_of(given: Scenario, replications: int = 1024, seed: int = 4) -> Found:
    return leverage(given, ScenarioBatch(replications, seed, total=0))


def row(found: Found, lever: str, change: str = "tenth") -> LeverRow:
    return next(each for each in found.part.levers if (each.lever, each.change) == (lever, change))


def ranking(found: Found, change: str, measure: str = "revenue") -> Ranking:
    return next(each for each in found.part.rankings if (each.change, each.measure) == (change, measure))


def agrees(each: LeverRow, measure: str, expected: float | None = None, *, detect: float = 0.03) -> None:
    """Check an effect against its closed form, or against a given one."""
    effect = getattr(each, measure)
    assert effect is not None
    known = effect.exact if expected is None else expected
    seen = effect.difference if effect.relative is None else effect.relative
    assert known is not None
    check_estimate(f"{each.lever}, {measure}", (seen.estimate, seen.se), known, degrees=255, detect=detect)


@pytest.mark.parametrize(
    "changes", [{"quota": QUOTA}, {"funnel": funnel({"rate": 0.05}, {"rate": 0.4}, {"rate": 0.6})}]
)
def test_ten_per_cent_of_any_rate_is_ten_per_cent_of_the_mean(changes: dict[str, Any]) -> None:
    found = found_of(read(**changes))
    for step in ("meetings", "opportunities", "wins"):
        each = row(found, f"rate of {step}")
        assert each.revenue is not None
        assert each.revenue.exact == pytest.approx(0.1)
        assert each.revenue_origin is None
        agrees(each, "revenue")
    best = ranking(found, "tenth")
    assert best.all_alike
    assert len(best.tied) == best.steps - 1 == 2


def test_a_point_does_more_where_the_rate_is_low() -> None:
    found = found_of(read(quota=QUOTA))
    for step, rate in (("meetings", 0.2), ("opportunities", 0.5), ("wins", 0.4)):
        agrees(row(found, f"rate of {step}", "point"), "revenue", 0.01 / rate)
    best = ranking(found, "point")
    assert (best.best, best.tied, best.all_alike) == ("meetings", [], False)


def test_the_chance_of_quota_is_that_of_the_binomial() -> None:
    found = found_of(read(quota=QUOTA), 2048)
    for lever, change in (("rate of wins", "tenth"), ("rate of meetings", "point"), ("deal value", "tenth")):
        each = row(found, lever, change)
        assert each.p_quota is not None
        assert each.p_quota.relative is None
        agrees(each, "p_quota", detect=0.06)


def test_the_value_of_deals_moves_the_mean_by_as_much_in_every_world() -> None:
    found = row(found_of(read(), 64), "deal value").revenue
    assert found is not None
    assert found.relative is not None
    assert found.relative.estimate == pytest.approx(0.1)
    assert (found.relative.se or 0.0) == pytest.approx(0.0, abs=1e-9)


def test_shorter_lags_pay_a_cold_start_sooner_and_bring_no_deal_more() -> None:
    found = found_of(read(funnel=LAGS))
    for step in ("meetings", "opportunities", "wins"):
        each = row(found, f"lag of {step}")
        agrees(each, "revenue", detect=0.01)
        assert each.revenue is not None
        assert each.revenue.exact is not None
        assert each.revenue.exact > 0.001
        assert each.revenue_origin is not None
        assert (each.revenue_origin.difference.estimate, each.revenue_origin.exact) == (0.0, 0.0)
    agrees(row(found, "rate of wins"), "revenue_origin")


def test_referrals_make_the_later_steps_worth_more() -> None:
    given = read(referrals={"per_win": 2}, funnel=funnel({}, {"lag": "1d"}))
    exact = {place: exact_effects(given, changed_rate(given, place))["revenue_origin"] for place in (1, 2, 3)}
    # Ten per cent more of a later step also makes the chain of referrals longer: 1.1 (1 - 0.4) / (1 - 0.44).
    assert exact == pytest.approx({1: 0.1, 2: 1.1 * 0.6 / 0.56 - 1.0, 3: 1.1 * 0.6 / 0.56 - 1.0})
    found = found_of(given, 512)
    agrees(row(found, "rate of opportunities"), "revenue_origin", detect=0.08)
    agrees(row(found, "referrals"), "revenue_origin", 0.6 / 0.56 - 1.0, detect=0.08)


def changed_rate(given: Scenario, place: int) -> Scenario:
    lever = rate_lever(given, place, "tenth")
    assert lever.scenario is not None
    return lever.scenario


def test_less_swing_of_a_market_on_two_steps_costs_its_second_moment() -> None:
    market = {"sd": 0.3, "persistence": 0.5, "acts_on": ["meetings", "opportunities"]}
    given = read(market=market, funnel=funnel({"rate": 0.1}, {"rate": 0.1}, {"rate": 0.9}))
    found = row(found_of(given), "swing of the market")
    agrees(found, "revenue", detect=0.05)
    assert found.revenue is not None
    assert found.revenue.exact == pytest.approx(2.718281828 ** (0.09 * (0.81 - 1.0)) - 1.0, rel=1e-6)


def test_a_rate_that_would_go_beyond_one_is_cut_and_one_at_one_is_refused() -> None:
    given = levers(read(funnel=funnel({}, {"rate": 0.995}, {"rate": 1.0})))
    shown = {(each.name, each.change): each for each in given}
    assert shown["rate of opportunities", "point"].after == "1"
    assert shown["rate of opportunities", "point"].cut
    refused = shown["rate of wins", "tenth"]
    assert (refused.scenario, refused.problem) == (None, "the rate is 1 already")
    found = found_of(read(funnel=funnel({}, {"rate": 0.995}, {"rate": 1.0})), 64)
    assert row(found, "rate of wins").revenue is None


def test_a_spread_that_the_better_rate_cannot_have_is_refused_in_words() -> None:
    given = levers(read(funnel=funnel({}, {}, {"rate": {"mean": 0.5, "rep_cv": 0.99}})))
    refused = next(each for each in given if each.name == "rate of wins" and each.change == "tenth")
    assert refused.scenario is None
    assert refused.problem is not None
    assert "no Beta distribution has it" in refused.problem


def test_cuts_at_one_are_counted() -> None:
    found = found_of(read(funnel=funnel({}, {}, {"rate": {"mean": 0.8, "week_cv": 0.3}})), 128)
    assert row(found, "rate of wins").clipped > 0
    assert row(found, "deal value").clipped == 0


def test_cuts_are_told_of_the_step_that_is_cut_and_of_no_other() -> None:
    """Better meetings bring more items to wins, which are cut there; no meeting's rate is ever near 1."""
    rates: list[Any] = [{"rate": {"mean": 0.2, "rep_cv": 0.3}}, {}, {"rate": {"mean": 0.95, "week_cv": 0.1}}]
    found = found_of(read(funnel=funnel(*rates), market={"sd": 0.3, "persistence": 0.5, "acts_on": ["meetings"]}), 256)
    assert row(found, "rate of meetings").clipped == 0
    assert row(found, "rate of wins").clipped > 0
    (told,) = [line for line in leverage_sentences(found.part) if "cut at 1" in line]
    assert "rate of wins at 0.96" in told
    assert "meetings" not in told
    assert "opportunities" not in told


@pytest.mark.parametrize(("quota", "told"), [(10_000, True), (12_000, False), (900, True)])
def test_a_price_that_takes_as_many_deals_leaves_the_chance_of_quota(quota: float, told: bool) -> None:
    """At 1,000 and at 1,100: 10 deals and 10; 12 and 11; 1 and 1."""
    price = 1000
    given = read(deal=price, quota={"per": "week", "amount": quota})
    found = found_of(given, 128)
    why = row(found, "deal value").why
    needed = [-(-quota // price), -(-quota // (1.1 * price))]
    assert (why is not None) == (needed[0] == needed[1])
    assert told == any("deals are whole" in line for line in leverage_sentences(found.part))
    assert all(each.why is None for each in found.part.levers if each.kind != "deal")


def test_a_rate_that_is_not_known_exactly_has_no_lever_and_says_so() -> None:
    given = read(funnel=funnel({"rate": {"successes": 10, "trials": 50}}))
    lever = next(each for each in levers(given) if each.name == "rate of meetings")
    assert lever.scenario is None
    assert lever.problem == "the rate is not known exactly; set one to see what a better one would do"
    other = next(each for each in levers(given) if each.name == "rate of wins")
    assert other.scenario is not None
    assert other.scenario.funnel[1].rate == given.funnel[1].rate


def test_every_figure_has_its_lever() -> None:
    noisy = {"rate": NOISY, "lag": {"values": ["1d", "3d"]}}
    given = read(
        funnel=funnel({}, {}, noisy),
        market={"sd": 0.2, "persistence": 0.5, "acts_on": ["wins"]},
        deal={"values": [500, 1500], "weights": [3, 1]},
        referrals={"per_win": 0.5, "lag": {"median": "4d", "p90": "9d"}},
    )
    shown = {(each.name, each.after): each.scenario for each in levers(given)}
    changed = shown["spread of deals", "10 % nearer to the mean"]
    assert changed is not None
    assert changed.resolved()["deal"]["values"] == [525, 1425]
    for name, after in (
        ("lag of wins", "all 10 % less"),
        ("lag of referrals", "3.6d"),
        ("spread of reps, wins", "0.36"),
        ("spread of weeks, wins", "0.45"),
        ("swing of the market", "0.18"),
        ("referrals", "0.55"),
        ("deal value", "all 10 % more"),
        ("calls", "66"),
    ):
        assert shown[name, after] is not None
    assert [each.after for each in levers(read(plan={"calls_per_week": 3})) if each.kind == "calls"] == ["4"]


def test_other_worlds_for_the_change_are_caught() -> None:
    """A planted mistake: the changed process is run with another seed. Its errors are no longer those of pairs."""
    given = read()
    better = changed_rate(given, 3)
    base, other = ScenarioBatch(1024, 4, total=0).run([given, better])
    apart = ScenarioBatch(1024, 5, total=0).run([better])[0]
    paired, unpaired = effect_of("revenue", other, base), effect_of("revenue", apart, base)
    assert paired is not None
    assert unpaired is not None
    assert paired.difference.se is not None
    assert unpaired.difference.se is not None
    assert unpaired.difference.se > 2.0 * paired.difference.se


def test_the_wrong_step_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: a point more goes to the step before."""

    def wrong(given: Scenario) -> list[Lever]:
        right = levers(given)
        moved = {"rate of wins": "rate of meetings"}
        by_name = {(each.name, each.change): each for each in right}
        return [
            each._replace(scenario=by_name[moved.get(each.name, each.name), each.change].scenario) for each in right
        ]

    monkeypatch.setattr(module, "levers", wrong)
    found = found_of(read())
    with pytest.raises(DeviationError):
        agrees(row(found, "rate of wins", "point"), "revenue", 0.01 / 0.4)


def test_a_run_that_is_stopped_keeps_what_is_done() -> None:
    given = read(team={"reps": 50})
    runs = ScenarioBatch(20_000, 1, total=0, threads=1, stop=lambda: True)
    found = leverage(given, runs)
    assert found.part.interrupted
    assert found.part.rankings == []
    assert 0 < found.part.replications < 20_000
    assert [each.lever for each in found.part.levers] == [
        "rate of meetings",
        "rate of meetings",
        "rate of opportunities",
    ]
    with pytest.raises(StoppedError):
        runs.run([given])


def test_threads_change_nothing() -> None:
    given = read(quota=QUOTA)
    one = leverage(given, ScenarioBatch(64, 1, total=0, threads=1)).part
    two = leverage(given, ScenarioBatch(64, 1, total=0, threads=2)).part
    assert one == two
