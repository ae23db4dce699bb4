"""What items are worth, now and at each age: closed forms against runs with an item more, and planted mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from simcore.analytic.item_values import Prospects
from simcore.analytic.waiting_times import AtAge, Floats, at_age
from simcore.engine.many_scenarios import ScenarioBatch
from simcore.quantities.time import Duration
from simcore.scenario.model import Scenario, validate
from simcore.statistics.estimate import Estimate
from simcore.studies.coach import item_values as module
from simcore.studies.coach.item_values import plan_values, values
from simcore.studies.coach.item_values_document import ItemValue, Values
from simcore.studies.coach.sentences import values_sentences
from tests.support.scenario_cases import funnel, scenario
from tests.support.statistical import DeviationError, check_estimate

LAGS = funnel({"lag": "1d"}, {"lag": {"mean": "1w", "cv": 0.7}}, {"lag": {"median": "2w", "p90": "6w"}})
CAPPED = funnel({}, {}, {"lag": "2w"})
CAPPED[2] = CAPPED[2] | {"cap": {"open": 1}}


def read(**changes: Any) -> Scenario:  # noqa: ANN401
    return validate(scenario(horizon={"weeks": 13}, **changes))


def values_of(given: Scenario, replications: int = 512, seed: int = 6) -> Values:
    runs = ScenarioBatch(replications, seed, total=0)
    more = given.resolved(sources=False)
    more["plan"]["calls_per_week"] = 66
    base, calls = runs.run([given, validate(more)])
    return values(given, runs, base, calls, plan_values(given))


def item(found: Values, name: str) -> ItemValue:
    return next(each for each in found.items if each.item == name)


def agrees(what: str, seen: Estimate | None, expected: float | None, *, detect: float) -> None:
    """Check a figure; a deviation of such a share of what is expected must be found."""
    assert seen is not None
    assert expected is not None
    check_estimate(what, (seen.estimate, seen.se), expected, degrees=255, detect=detect * expected)


def test_without_lags_every_value_is_the_product_of_the_rates_to_come() -> None:
    found = values_of(read())
    assert [each.item for each in found.items] == ["calls", "no", "meetings", "opportunities"]
    for name, value in (("calls", 40.0), ("no", 50.0), ("meetings", 200.0), ("opportunities", 400.0)):
        each = item(found, name)
        assert each.exact == pytest.approx(value)
        agrees(name, each.average, value, detect=0.05)
        if name != "no":
            agrees(f"one more, {name}", each.one_more, value, detect=0.2)
    assert found.ages == []


def test_an_open_item_brings_by_the_end_what_its_wait_leaves_time_for() -> None:
    found = values_of(read(funnel=LAGS), 256)
    opportunities = item(found, "opportunities")
    assert opportunities.average is None
    assert opportunities.exact == pytest.approx(400.0)
    assert opportunities.exact_in_run is not None
    assert opportunities.exact_in_run < 0.99 * 400.0
    agrees("fresh", opportunities.one_more, opportunities.exact_in_run, detect=0.1)
    (meetings, aged) = found.ages
    assert (meetings.stage, aged.stage, aged.waiting_for) == ("meetings", "opportunities", "wins")
    for row in (*meetings.rows, *aged.rows):
        assert row.value_soon is not None
        assert row.value is not None
        assert row.grid_share <= 0.5 / 200
        agrees(f"age {row.age}", row.simulated_soon, row.value_soon, detect=0.12)
    assert {row.p_win for row in aged.rows} == {0.4}
    assert [row.age for row in aged.rows][:1] == ["0d"]


def test_age_says_when_and_not_whether() -> None:
    found = values_of(read(funnel=funnel({}, {}, {"lag": "4w"})), 64).ages[0].rows
    assert [(row.age, row.decision.q50, row.decision.mean) for row in found] == [
        ("0d", 4.0, 4.0),
        ("1d", 3.8, 3.8),
        ("2d", 3.6, 3.6),
        ("1w", 3.0, 3.0),
        ("2w", 2.0, 2.0),
        ("4w", 0.0, 0.0),
    ]
    assert {row.p_win for row in found} == {row.p_win_soon for row in found} == {0.4}
    # The same draws decide at another hour: with no spread of rates nothing else changes.
    assert len({row.simulated_soon.estimate for row in found if row.simulated_soon is not None}) == 1


def test_an_item_brings_its_referrals_too() -> None:
    given = read(referrals={"per_win": 2, "lag": "1w"}, funnel=funnel({}, {}, {"lag": {"mean": "2w", "cv": 1.0}}))
    found = values_of(given, 256)
    assert item(found, "opportunities").exact == pytest.approx(400.0 / 0.6)
    agrees("fresh", item(found, "opportunities").one_more, item(found, "opportunities").exact_in_run, detect=0.15)
    assert found.ages[0].rows[0].value_soon == pytest.approx(Prospects(given).value_within(2, 13 * 40))


def test_under_a_cap_one_more_takes_the_place_of_another() -> None:
    found = values_of(read(funnel=CAPPED), 512)
    assert found.items_per_seat == 1
    opportunities = item(found, "opportunities")
    assert (opportunities.exact, opportunities.exact_in_run) == (None, None)
    assert opportunities.one_more is not None
    assert opportunities.one_more.estimate is not None
    assert opportunities.one_more.se is not None
    # Alone it would bring 400; the opportunities that it turns away would have brought nearly as much.
    assert opportunities.one_more.estimate < 200.0 - 4.0 * opportunities.one_more.se


def test_a_strategy_that_reacts_has_the_waits_of_its_plan() -> None:
    drives = {"d": {"signals": {"dry_spell": 0.5}, "level": [0, 2], "changes": {"activity": {"slope": 0.3}}}}
    given = read(funnel=LAGS, strategies={"push": {"drives": drives}})
    found = values_of(given, 64)
    assert found.of_the_plan
    assert found.items_per_seat == 1
    assert item(found, "opportunities").exact == pytest.approx(400.0)
    assert item(found, "calls").exact_in_run is None
    assert found.ages[1].rows[0].grid_share == 0.25


def test_a_market_on_two_steps_with_a_wait_between_lifts_those_that_came_well() -> None:
    market = {"sd": 0.2, "persistence": 0.9, "acts_on": ["opportunities", "wins"]}
    low = funnel({}, {"rate": 0.1}, {"rate": 0.1, "lag": "2w"})
    found = values_of(read(market=market, funnel=low), 64)
    assert found.market_lift == pytest.approx(2.718281828**0.04 - 1.0)
    assert item(found, "opportunities").exact is None
    assert values_of(read(market=market | {"acts_on": ["wins"]}, funnel=low), 64).market_lift is None


def test_what_is_open_at_the_start_stays_open() -> None:
    given = read(funnel=LAGS, start={"open": [{"stage": "meetings", "count": 2, "rep": 1}]})
    plan = plan_values(given)
    entries = plan.fresh[1].scenario.start
    assert entries is not None
    assert [entry.stage for entry in entries.entries] == ["meetings", "opportunities"]


def test_an_item_that_losers_outwait_is_worth_less_with_age() -> None:
    """Simulated by items that have waited: the chance falls with the age."""
    steps = funnel({}, {}, {"rate": 0.5, "lag": "3w", "lost_lag": {"values": ["1w", "5w"], "weights": [1, 3]}})
    found = values_of(read(funnel=steps), 256)
    (ages,) = found.ages
    rows = {row.age: row for row in ages.rows}
    assert rows["0d"].p_win == pytest.approx(0.5)
    assert rows["2w"].p_win == pytest.approx(0.5 / (0.5 + 0.5 * 0.75))
    assert rows["4w"].p_win == 0.0
    assert rows["2w"].decision.mean == pytest.approx((0.5 * 1 + 0.375 * 3) / 0.875)
    for age in ("0d", "2w"):
        agrees(f"age {age}", rows[age].simulated_soon, rows[age].value_soon, detect=0.2)
        assert rows[age].grid_share == 0.0
    assert rows["4w"].simulated_soon is not None
    assert rows["4w"].simulated_soon.estimate == 0.0
    assert any("says how it will end" in line for line in values_sentences(found, "USD"))
    steps[3]["rate"] = {"mean": 0.5, "rep_cv": 0.2}
    differing = values_of(read(funnel=steps), 64).ages[0].rows
    assert [row.simulated_soon for row in differing] == [None] * len(differing)
    assert differing[0].p_win == pytest.approx(0.5)


def test_an_age_that_is_forgotten_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: items of every age wait as new ones do."""

    def new(chance: float, won: Floats, lost: Floats | None, age: int) -> AtAge:
        del age
        return at_age(chance, won, lost, 0)

    given = read(funnel=funnel({}, {}, {"lag": {"mean": "20w", "cv": 0.3}}))
    right = {row.age: row for row in values_of(given, 128).ages[0].rows}["8w"]
    agrees("age 8w", right.simulated_soon, right.value_soon, detect=0.2)
    monkeypatch.setattr(module, "at_age", new)
    wrong = {row.age: row for row in values_of(given, 128).ages[0].rows}["8w"]
    with pytest.raises(DeviationError):
        agrees("age 8w", wrong.simulated_soon, right.value_soon, detect=0.2)


def test_items_that_are_counted_twice_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    original = plan_values

    def wrong(given: Scenario) -> module.ValuesPlan:
        plan = original(given)
        return plan._replace(fresh=[each._replace(items=2 * each.items) for each in plan.fresh])

    monkeypatch.setattr("tests.studies.coach.test_item_values.plan_values", wrong)
    found = item(values_of(read(), 256), "opportunities")
    with pytest.raises(DeviationError):
        agrees("one more", found.one_more, found.exact_in_run, detect=0.2)


def test_more_items_are_added_than_a_file_may_hold_and_none_is_due_beyond_what_it_may_state() -> None:
    """What simcore adds by itself is not refused for the limits of a file."""
    many = validate(scenario(team={"reps": 12_000}, horizon={"weeks": 1}, funnel=funnel({}, {}, {"lag": "1w"})))
    (_, first, *_) = plan_values(many).of_looks
    assert first.start is not None
    assert len(first.start.entries) == 12_000
    long = read(funnel=funnel({}, {}, {"lag": {"mean": "200w", "cv": 5}}), team={"reps": 2})
    assert any(len(look.known.left) > 260 * 40 for look in plan_values(long).looks)
    for of_look in plan_values(long).of_looks[1:]:
        start = of_look.start
        assert start is not None
        assert (
            max(entry.due.hours(long.calendar) for entry in start.entries if isinstance(entry.due, Duration))
            <= 260 * 40
        )
