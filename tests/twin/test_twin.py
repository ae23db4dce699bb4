"""The twin's own checks: answers found by hand on tiny scenarios, conservation, statistics.

Tiny weeks have two days of one hour, so H = 2, with one call an hour unless said.
"""

from __future__ import annotations

import ast
import math
import statistics
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.twin import SeatHistory, Tallies, simulate, tallies
from tests.twin.account import HORIZONS, Windows
from tests.twin.decisions import beta, normal, successes
from tests.twin.funnel import START, Item
from tests.twin.philox import AT_START, Purpose, Source, Words
from tests.twin.reader import read
from tests.twin.spreads import cents, gamma
from tests.twin.team import Market, Rates, timeline

Scenario = dict[str, Any]


def tiny(**changes: Any) -> Scenario:  # noqa: ANN401 - the sections of a scenario
    """Return a scenario of one seat and one tiny week in which every call wins 100 at once."""
    scenario = {
        "simcore": 1,
        "name": "tiny",
        "calendar": {"hours_per_day": 1, "days_per_week": 2},
        "horizon": {"weeks": 1, "warmup_weeks": 0},
        "team": {"reps": 1},
        "plan": {"calls_per_week": 2},
        "funnel": funnel(),
        "deal": {"fixed": 100},
    }
    return scenario | changes


def funnel(meetings: dict[str, Any] | None = None, wins: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return calls, meetings, wins, with rates of one unless said."""
    return [
        {"stage": "calls"},
        {"stage": "meetings", "rate": 1} | (meetings or {}),
        {"stage": "wins", "rate": 1} | (wins or {}),
    ]


def counted(scenario: Scenario, seed: int = 1) -> Tallies:
    return tallies(simulate(scenario, 0, seed))


def only_seat(scenario: Scenario, seed: int = 1) -> SeatHistory:
    (seat,) = simulate(scenario, 0, seed).seats
    return seat


def persons(scenario: Scenario, seed: int = 1) -> list[int | None]:
    return [None if h is None else h.person for h in only_seat(scenario, seed).holders]


# Calls


def test_the_plan_is_spread_over_the_week() -> None:
    scenario = tiny(calendar={}, plan={"calls_per_week": 500}, funnel=funnel({"rate": 0.0}))
    assert only_seat(scenario).calls == [12, 13] * 20


def test_holidays_fall_out_and_follow_the_counted_year() -> None:
    holidays = [{"week": 1, "day": 2}, {"week": 3}]
    scenario = tiny(
        calendar={"hours_per_day": 1, "days_per_week": 2, "holidays": holidays},
        horizon={"weeks": 54, "warmup_weeks": 1},
    )
    calls = only_seat(scenario).calls
    off = [hour for hour, n in enumerate(calls) if n == 0]
    assert off == [3, 6, 7, 107]  # week 1 day 2, week 3, and week 1 day 2 of the next year
    assert counted(scenario)["calls"] == 108 - 4


def test_a_ramp_carries_fractions_of_a_call_over_weeks() -> None:
    team = {"reps": 2, "new": 1, "ramp": {"weeks": 2, "start": 0.25}}
    new, old = simulate(tiny(team=team, horizon={"weeks": 3}), 0, 1).seats
    # Activity 0.25, then 0.625, then 1; the carry after each hour: .25 .5 .125 .75 .75 .75
    assert new.calls == [0, 0, 1, 0, 1, 1]
    assert old.calls == [1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("vacancy", "expected"),
    [(0, [0, 1, 2, 3, 4, 5]), (1, [0, None, 1, None, 2, None]), (2, [0, None, None, 1, None, None])],
)
def test_people_who_always_leave(vacancy: int, expected: list[int | None]) -> None:
    team = {"reps": 1, "turnover": {"yearly": 1.0, "vacancy_weeks": vacancy}}
    scenario = tiny(team=team, horizon={"weeks": 6})
    assert persons(scenario) == expected
    assert only_seat(scenario).calls == [int(p is not None) for p in expected for _ in range(2)]


def test_a_new_person_starts_the_ramp_and_the_carry_anew() -> None:
    team = {
        "reps": 1,
        "ramp": {"weeks": 4, "start": 0.75},
        "turnover": {"yearly": 1.0, "vacancy_weeks": 0},
    }
    # Weeks 1 and 2 have a new person each: .75, then 1.5; what is left over does not pass to the next.
    assert only_seat(tiny(team=team, horizon={"weeks": 3})).calls == [1, 1, 0, 1, 0, 1]


def test_people_leave_at_the_yearly_rate() -> None:
    team = {"reps": 1, "turnover": {"yearly": 0.25, "vacancy_weeks": 0}}
    plan = read(tiny(team=team, horizon={"weeks": 53}))
    stayed = sum(timeline(plan, Source(11, r), 0)[-1] == timeline(plan, Source(11, r), 0)[0] for r in range(300))
    assert abs(stayed - 225) < 5 * math.sqrt(300 * 0.25 * 0.75)


# Rates


def rates_of(scenario: Scenario, seed: int) -> Rates:
    plan, source = read(scenario), Source(seed, 0)
    return Rates(plan, source, Market(plan, source), 0, timeline(plan, source, 0))


def test_the_market_is_a_log_autoregression_of_mean_one() -> None:
    market = {"sd": 0.3, "persistence": 0.8, "acts_on": ["wins"]}
    rates = rates_of(tiny(funnel=funnel({"rate": 0.1}, {"rate": 0.2}), market=market), 5)
    z = [normal(Source(5, 0).words(Purpose.MARKET, seat=0, week=w)[0]) for w in range(3)]
    x = [0.3 * z[0]]
    x.append(0.8 * x[0] + 0.3 * 0.6 * z[1])
    x.append(0.8 * x[1] + 0.3 * 0.6 * z[2])
    assert [rates.uncut(2, w) for w in (2, 0, 1)] == pytest.approx(
        [0.2 * math.exp(x[w] - 0.045) for w in (2, 0, 1)], rel=1e-14
    )
    assert rates.uncut(1, 2) == 0.1


@pytest.mark.parametrize("persistence", [0.8, 1])
def test_a_market_starts_from_a_level_and_may_not_come_back(persistence: float) -> None:
    """The logarithm of the factor before the run is that of the level; a walk takes off half its variance a week."""
    moves = {"sd": 0.3} if persistence < 1 else {"step": 0.3}
    start = {"level": 0.7, "sd": 0.2}
    market = {"persistence": persistence, "acts_on": ["wins"], "start": start} | moves
    rates = rates_of(tiny(funnel=funnel({"rate": 0.1}, {"rate": 0.2}), market=market), 5)
    y = normal(Source(5, 0).words(Purpose.MARKET, seat=0, week=0)[1])
    z = [normal(Source(5, 0).words(Purpose.MARKET, seat=0, week=w)[0]) for w in range(2)]
    known = math.log(0.7) + 0.2 * y - 0.02
    if persistence < 1:
        x = 0.8 * (known + 0.045) + 0.3 * 0.6 * z[0]
        expected = [x - 0.045, 0.8 * x + 0.3 * 0.6 * z[1] - 0.045]
    else:
        expected = [known + 0.3 * z[0] - 0.045, known + 0.3 * (z[0] + z[1]) - 0.09]
    assert [math.log(rates.uncut(2, w) / 0.2) for w in range(2)] == pytest.approx(expected, rel=1e-12)


def test_week_noise_belongs_to_seat_week_and_step() -> None:
    rates = rates_of(tiny(funnel=funnel({"rate": {"mean": 0.1, "week_cv": 0.5}})), 5)
    word = Source(5, 0).words(Purpose.WEEK_NOISE, seat=0, week=9)[0]
    variance = math.log(1.25)
    assert rates.uncut(1, 9) == pytest.approx(0.1 * math.exp(math.sqrt(variance) * normal(word) - variance / 2))
    assert rates.uncut(2, 9) == 1.0


def test_a_persons_own_rate_ends_with_the_person() -> None:
    team = {"reps": 1, "turnover": {"yearly": 1.0, "vacancy_weeks": 1}}
    steps = funnel({"rate": {"mean": 0.1, "rep_cv": 0.4}})
    rates = rates_of(tiny(team=team, horizon={"weeks": 4}, funnel=steps), 5)
    own = [beta(0.1, 0.4, Source(5, 0).words(Purpose.REP_RATE, seat=0, week=p)[0]) for p in range(2)]
    # Vacant in weeks 1 and 3, and after the last week nobody arrives.
    assert [rates.uncut(1, w) for w in range(6)] == [own[0], 0.1, own[1], 0.1, 0.1, 0.1]


def test_each_seat_draws_at_its_own_addresses() -> None:
    steps = funnel({"rate": {"mean": 0.2, "rep_cv": 0.6, "week_cv": 0.4}})
    scenario = tiny(team={"reps": 3}, plan={"calls_per_week": 400}, funnel=steps, horizon={"weeks": 2})
    source = Source(5, 7)
    variance = math.log(1.16)
    booked = []
    for seat, history in enumerate(simulate(scenario, 7, 5).seats):
        own = beta(0.2, 0.6, source.words(Purpose.REP_RATE, seat=seat, week=0)[0])
        z = normal(source.words(Purpose.WEEK_NOISE, seat=seat, week=1)[0])
        rate = min(1.0, own * math.exp(math.sqrt(variance) * z - variance / 2.0))
        booked.append(sum(item.origin_week == 1 for item in history.items))
        assert booked[-1] == successes(source, seat, 1, 400, rate)
    assert len(set(booked)) == 3


def test_rates_that_are_cut_are_counted_by_calls_and_items() -> None:
    noisy = {"rate": {"mean": 1.0, "week_cv": 0.5}}
    scenario = tiny(horizon={"weeks": 40}, funnel=funnel(noisy, noisy), plan={"calls_per_week": 6})
    rates = rates_of(scenario, 3)
    seat = only_seat(scenario, 3)
    booked = Counter(i.call_hour // 2 for i in seat.items if i.call_hour is not None)
    cut = [[week for week in range(40) if rates.uncut(step, week) > 1.0] for step in (1, 2)]
    assert 5 < len(cut[0]) < 30
    assert counted(scenario, 3)["clipped"]["rates"] == [6 * len(cut[0]), sum(booked[w] for w in cut[1])]
    assert all(booked[week] == 6 for week in cut[0])


# Items


def test_every_call_wins_at_rates_of_one() -> None:
    result = counted(tiny())
    assert result["calls"] == 2
    assert result["entries"] == [2, 2, 2]
    hour = result["revenue"]["close"]["hour"]
    assert hour == {
        "windows": 2,
        "cents": 20_000,
        "cents_squared": 2 * 10_000**2,
        "no_deal": 0,
        "counts": Counter({10_000: 2}),
    }
    assert result["revenue"]["origin"] == result["revenue"]["close"]
    assert result["first_step"]["week"] == {"windows": 1, "sum": 2, "sum_squares": 4}


def test_no_call_wins_at_a_rate_of_zero() -> None:
    result = counted(tiny(funnel=funnel({"rate": 0.0})))
    assert result["entries"] == [2, 0, 0]
    assert result["revenue"]["origin"]["call"]["no_deal"] == 2
    assert result["revenue"]["origin"]["call"]["counts"] == Counter({0: 2})


def test_lags_run_across_the_end_and_count_by_origin_only() -> None:
    result = counted(tiny(funnel=funnel({"lag": "1h"}, {"lag": {"fixed": "1h"}})))
    # Calls at 0 and 1, meetings at 1 and 2, wins at 2 and 3; END is 2.
    assert result["entries"] == [2, 1, 0]
    assert result["open_at_end"] == [1, 1]
    assert result["revenue"]["close"]["week"]["cents"] == 0
    assert result["revenue"]["close"]["week"]["no_deal"] == 1
    assert result["revenue"]["origin"]["week"]["cents"] == 20_000
    (row,) = result["rep_weeks"]
    assert row == (0, 0, 0, (2, 1, 0), 20_000, 0)


def test_the_warm_up_counts_by_close_only() -> None:
    steps = funnel(wins={"lag": {"fixed": "2h"}})
    result = counted(tiny(horizon={"weeks": 1, "warmup_weeks": 1}, funnel=steps, plan={"calls_per_week": 4}))
    # Two calls an hour: of 8, those of week 0 close in week 1, those of week 1 after the end.
    assert result["calls"] == 4
    assert result["entries"] == [4, 4, 4]
    assert result["revenue"]["close"]["hour"]["counts"] == Counter({20_000: 2})
    assert result["revenue"]["origin"]["hour"]["counts"] == Counter({20_000: 2})
    assert result["first_step"]["hour"] == {"windows": 2, "sum": 4, "sum_squares": 8}
    assert result["open_at_end"] == [0, 4]


def test_a_lag_is_rounded_to_whole_hours() -> None:
    lag = {"values": ["0.5h", "1.4h"], "weights": [0, 1]}
    assert [i.close_hour for i in only_seat(tiny(funnel=funnel(wins={"lag": lag}))).items] == [1, 2]
    half = {"values": ["0.5h"]}
    assert sorted(i.close_hour or 0 for i in only_seat(tiny(funnel=funnel(wins={"lag": half}))).items) == [
        1,
        2,
    ]


def test_a_due_hour_beyond_the_last_address_is_cut_and_counted() -> None:
    scenario = tiny(funnel=funnel(wins={"lag": {"fixed": "65536w"}}))
    assert {i.close_hour for i in only_seat(scenario).items} == {2 * 65536 - 1}
    assert counted(scenario)["clipped"]["lags"] == 2


def test_drawn_lags_and_values_use_their_own_words() -> None:
    steps = funnel({"lag": {"median": "3h", "p90": "9h"}}, {"lag": {"mean": "2d", "cv": 0.7, "shape": "gamma"}})
    deal = {"mean": 500.0, "cv": 0.8, "shape": "lognormal"}
    scenario = tiny(funnel=steps, deal=deal)
    variance = math.log(1.64)
    for item in only_seat(scenario, 8).items:
        lag = Source(8, 0).words(Purpose.LAG, seat=0, week=0, item=item.k)
        waited = math.floor(3.0 * math.exp(math.log(3.0) / 1.2815515655446004 * normal(lag[0])) + 0.5)
        worked = math.floor(gamma(2.0, 0.7)(lag[1]) + 0.5)
        assert item.call_hour is not None
        assert item.entered[1] == item.call_hour + waited
        assert item.close_hour == item.entered[1] + worked
        z = normal(Source(8, 0).words(Purpose.VALUE, seat=0, week=0, item=item.k)[0])
        assert item.cents == math.floor(100 * 500.0 * math.exp(math.sqrt(variance) * z - variance / 2) + 0.5)


def words_of(item: Item, purpose: Purpose) -> Words:
    return Source(4, 0).words(purpose, seat=0, week=item.origin_week, item=item.k)


def test_an_item_keeps_its_words_through_seven_steps() -> None:
    lag = {"values": ["0h", "1h", "2h", "3h"]}  # the top two bits of a word
    names = ["calls", "a", "b", "c", "d", "e", "f", "wins"]
    steps = [{"stage": names[0]}] + [{"stage": n, "rate": 0.7, "lag": lag} for n in names[1:]]
    scenario = tiny(funnel=steps, plan={"calls_per_week": 200})
    items = only_seat(scenario, 4).items
    reached: Counter[int] = Counter()
    for item in items:
        words = (*words_of(item, Purpose.ITEM)[1:], *words_of(item, Purpose.ITEM_LATE)[:3])
        verdicts = [w < math.floor(0.7 * 2**32 + 0.5) for w in words]
        stage = 1 + (verdicts.index(False) if False in verdicts else 6)
        assert max(item.entered) == stage
        lags = [w >> 30 for purpose in (Purpose.LAG, Purpose.LAG_LATE) for w in words_of(item, purpose)]
        waits = [item.entered[s] - item.entered[s - 1] for s in range(1, stage + 1)]
        assert waits == lags[:stage]
        assert item.lost_in == (stage if stage < 7 else None)
        reached[stage] += 1
    assert len(reached) == 7
    assert [item.k for item in items] == list(range(len(items)))


@pytest.mark.parametrize(
    ("deal", "expected", "cut"),
    [
        ({"fixed": 0.125}, 13, 0),
        ({"fixed": 19.99}, 1999, 0),
        ({"values": [0.001]}, 1, 0),
        ({"values": [7, 8.5], "weights": [0, 2]}, 850, 0),
        ({"fixed": 2**40}, 2**40, 2),
        ({"mean": 10, "cv": 0.0, "shape": "gamma"}, 1000, 0),
    ],
)
def test_values_are_whole_cents_within_bounds(deal: Scenario, expected: int, cut: int) -> None:
    result = counted(tiny(deal=deal))
    assert result["revenue"]["close"]["call"]["counts"] == Counter({expected: 2})
    assert result["clipped"]["values"] == cut


def test_money_of_the_file_is_rounded_half_up_exactly() -> None:
    assert [cents(1.005), cents(2.675), cents(10000), cents(0.1)] == [101, 268, 1_000_000, 10]


# Caps


def test_a_weekly_cap_turns_away_what_comes_later_in_the_week() -> None:
    result = counted(tiny(horizon={"weeks": 2}, funnel=funnel({"cap": {"per_week": 1}})))
    assert result["turned_away"] == [0, 2, 0]
    assert result["revenue"]["close"]["hour"]["counts"] == Counter({10_000: 2, 0: 2})
    assert [row.entries for row in result["rep_weeks"]] == [(2, 1, 1), (2, 1, 1)]


def test_a_cap_on_open_items_frees_a_place_in_the_hour_that_one_is_due() -> None:
    steps = funnel({"cap": {"open": 1}}, {"lag": {"fixed": "2h"}})
    scenario = tiny(horizon={"weeks": 2}, funnel=steps)
    items = only_seat(scenario).items
    assert sorted(i.entered[1] for i in items if 1 in i.entered) == [0, 2]
    assert counted(scenario)["turned_away"] == [0, 2, 0]
    instant = tiny(plan={"calls_per_week": 8}, funnel=funnel({"cap": {"open": 1}}))
    assert counted(instant)["turned_away"] == [0, 0, 0]  # an item that is decided at once is never open


def test_what_is_turned_away_as_open_takes_no_place_of_the_week() -> None:
    start = {"open": [{"stage": "meetings", "count": 1, "due": "1h"}]}
    steps = funnel({"cap": {"open": 1, "per_week": 1}}, {"lag": {"fixed": "1h"}})
    items = only_seat(tiny(funnel=steps, start=start)).items
    assert [(i.call_hour, i.turned_away) for i in items if i.origin_week != START] == [(0, 1), (1, None)]


def test_items_arrive_by_hour_then_origin_week_then_number() -> None:
    steps = funnel({"cap": {"per_week": 3}, "lag": {"values": ["2h", "4h"]}})
    seat = only_seat(tiny(horizon={"weeks": 3}, plan={"calls_per_week": 12}, funnel=steps), 2)
    arrivals = sorted(seat.items, key=lambda i: (i.due[0], i.origin_week, i.k))
    room: Counter[int] = Counter()
    for item in arrivals:
        room[item.due[0] // 2] += 1
        assert (item.turned_away is None) == (room[item.due[0] // 2] <= 3)


# Items that are open at the start


def test_open_items_close_by_close_only() -> None:
    start = {
        "open": [
            {"stage": "meetings", "count": 2, "due": "1h", "value": 50},
            {"stage": "meetings", "count": 1, "rep": 2, "due": "5h"},
        ]
    }
    scenario = tiny(team={"reps": 2}, funnel=funnel({"rate": 0.0}), start=start)
    result = counted(scenario)
    assert result["entries"] == [4, 0, 4]
    assert result["open_at_end"] == [0, 1]
    assert result["revenue"]["close"]["hour"]["counts"] == Counter({10_000: 2, 0: 2})
    assert result["revenue"]["close"]["call"]["counts"] == Counter({5_000: 4})
    assert result["revenue"]["origin"]["week"]["cents"] == 0
    assert result["first_step"]["call"]["sum"] == 0
    assert [[i.k for i in seat.items] for seat in simulate(scenario, 0, 1).seats] == [[0, 1], [0, 1, 2]]


def test_open_items_have_addresses_of_their_own() -> None:
    start = {"open": [{"stage": "meetings", "count": 1}, {"stage": "meetings", "count": 3}]}
    steps = funnel({"rate": 0.0}, {"rate": 0.5, "lag": {"values": ["0h", "1h", "2h", "3h"]}})
    items = only_seat(tiny(funnel=steps, start=start), 6).items
    for number, item in enumerate(items):
        lag = Source(6, 0).words(Purpose.LAG + 16, seat=0, week=0, item=number)[1]
        assert item.due[1] == lag >> 30
        won = Source(6, 0).words(Purpose.ITEM + 16, seat=0, week=0, item=number)[1] < 2**31
        assert (item.close_hour == item.due[1]) is won
    assert len(items) == 4
    assert AT_START == 16


# Windows


@pytest.mark.parametrize(
    ("weeks", "months", "quarters", "years"),
    [(3, 0, 0, 0), (8, 2, 0, 0), (12, 2, 0, 0), (13, 3, 1, 0), (105, 24, 8, 2)],
)
def test_only_whole_periods_are_counted(weeks: int, months: int, quarters: int, years: int) -> None:
    plan = read(tiny(horizon={"weeks": weeks, "warmup_weeks": 2}))
    numbers = [Windows(plan, horizon).number for horizon in HORIZONS]
    assert numbers == [2 * weeks, 2 * weeks, weeks, months, quarters, years]


def test_months_are_four_four_five_weeks() -> None:
    result = counted(tiny(horizon={"weeks": 27, "warmup_weeks": 1}))
    month = result["revenue"]["close"]["month"]
    assert month["counts"] == Counter({8 * 10_000: 4, 10 * 10_000: 2})
    assert result["revenue"]["close"]["quarter"]["counts"] == Counter({26 * 10_000: 2})
    assert result["revenue"]["close"]["week"]["cents"] == 54 * 10_000


def test_quota_counts_seats_and_the_team() -> None:
    # Seat 2 has 5 open deals more in week 0: 200 and 700 against a quota of 450, then 200 and 200.
    start = {"open": [{"stage": "meetings", "count": 5, "rep": 2, "due": "0h"}]}
    scenario = tiny(horizon={"weeks": 2}, team={"reps": 2}, start=start, quota={"per": "week", "amount": 450})
    assert counted(scenario)["quota"] == {"windows": 4, "hits": 1, "team_windows": 2, "team_hits": 1}
    reached = scenario | {"quota": {"per": "week", "amount": 200}}
    assert counted(reached)["quota"] == {"windows": 4, "hits": 4, "team_windows": 2, "team_hits": 2}
    assert counted(scenario | {"quota": None})["quota"] is None
    assert counted(scenario | {"quota": {"per": "month", "amount": 1}})["quota"] == {
        "windows": 0,
        "hits": 0,
        "team_windows": 0,
        "team_hits": 0,
    }


def test_a_file_may_spell_things_in_more_than_one_way() -> None:
    short = tiny(funnel=funnel({"rate": 0.5}, {"lag": 2}), deal=7)
    long = tiny(
        funnel=funnel(
            {"rate": {"mean": {"value": 0.5, "source": "log"}, "rep_cv": 0, "source": "log"}},
            {"lag": {"fixed": "2d"}, "cap": None},
        ),
        deal={"fixed": {"value": 7.0, "source": "price list"}},
        strategies={"process": {"decides": "week"}, "pressure": {"drives": {"urgency": {}}}},
        run={"strategy": "process"},
    )
    assert counted(short, 3) == counted(long, 3)
    defaults = read({"funnel": funnel(), "deal": 1})
    assert (defaults.reps, defaults.weeks, defaults.calls_per_week) == (10, 52, 500)


# Conservation, on a scenario with everything switched on


def everything(**changes: Any) -> Scenario:  # noqa: ANN401 - the sections of a scenario
    """Return a scenario with every part of the model in it."""
    scenario: Scenario = {
        "calendar": {
            "hours_per_day": 4,
            "days_per_week": 3,
            "holidays": [{"week": 2}, {"week": 5, "day": 1}],
        },
        "horizon": {"weeks": 14, "warmup_weeks": 3},
        "team": {
            "reps": 3,
            "new": 1,
            "ramp": {"weeks": 5, "start": 0.3},
            "turnover": {"yearly": 0.9, "vacancy_weeks": 2},
        },
        "plan": {"calls_per_week": 70},
        "funnel": [
            {"stage": "calls"},
            {"stage": "meetings", "rate": {"mean": 0.3, "rep_cv": 0.3, "week_cv": 0.3}, "lag": "1d"},
            {
                "stage": "offers",
                "rate": {"mean": 0.6, "week_cv": 0.4},
                "lag": {"median": "2d", "p90": "2w"},
                "cap": {"open": 9, "per_week": 8},
            },
            {"stage": "wins", "rate": 0.5, "lag": {"mean": "1w", "cv": 0.8, "shape": "gamma"}},
        ],
        "market": {"sd": 0.2, "persistence": 0.7, "acts_on": ["meetings", "offers"]},
        "deal": {"mean": 900, "cv": 0.6, "shape": "gamma"},
        "quota": {"per": "month", "amount": 20000},
    }
    return scenario | changes


@pytest.fixture(scope="module", params=range(2))
def crowded(request: pytest.FixtureRequest) -> tuple[list[SeatHistory], Tallies]:
    """Return the seats and tallies of a replication of `everything`."""
    world = simulate(everything(), request.param, 99)
    return world.seats, tallies(world)


def ends_of(item: Item) -> int:
    return sum(end is not None for end in (item.lost_in, item.turned_away, item.close_hour))


def test_every_item_has_exactly_one_end(crowded: tuple[list[SeatHistory], Tallies]) -> None:
    items = [item for seat in crowded[0] for item in seat.items]
    assert len(items) > 500
    assert {ends_of(item) for item in items} == {1}
    for item in items:
        last = max(item.entered)
        assert sorted(item.entered) == list(range(last + 1))
        assert all(item.entered[s + 1] == item.due[s] >= item.entered[s] for s in range(last))
        assert (item.lost_in, item.turned_away, item.close_hour) in {
            (last, None, None),
            (None, last + 1, None),
            (None, None, item.entered.get(3)),
        }


def test_every_success_has_a_call_of_its_own(crowded: tuple[list[SeatHistory], Tallies]) -> None:
    for seat in crowded[0]:
        booked = Counter(item.call_hour for item in seat.items)
        assert all(hour is not None and booked[hour] <= seat.calls[hour] for hour in booked)
        vacant = [w for w, holder in enumerate(seat.holders) if holder is None]
        assert all(sum(seat.calls[12 * w : 12 * w + 12]) == 0 for w in vacant)


def test_caps_hold(crowded: tuple[list[SeatHistory], Tallies]) -> None:
    for seat in crowded[0]:
        inside = [(i.entered[2], i.due[2]) for i in seat.items if 2 in i.entered]
        assert max(Counter(entered // 12 for entered, _ in inside).values()) <= 8
        for entered, _ in inside:
            assert sum(came <= entered < due for came, due in inside) <= 9
    assert crowded[1]["turned_away"][2] > 0


def test_sums_agree_over_horizons_and_rows(crowded: tuple[list[SeatHistory], Tallies]) -> None:
    result = crowded[1]
    for account in ("close", "origin"):
        table = result["revenue"][account]
        assert len({table[h]["cents"] for h in ("call", "hour", "day", "week")}) == 1
        assert table["quarter"]["cents"] <= table["week"]["cents"]
        assert table["year"]["windows"] == 0
        for horizon, row in table.items():
            assert row["counts"].total() == row["windows"], horizon
            assert sum(c * n for c, n in row["counts"].items()) == row["cents"]
            assert sum(c * c * n for c, n in row["counts"].items()) == row["cents_squared"]
    rows = result["rep_weeks"]
    assert len(rows) == 3 * 14
    assert sum(r.close_cents for r in rows) == result["revenue"]["close"]["week"]["cents"]
    assert sum(r.origin_cents for r in rows) == result["revenue"]["origin"]["week"]["cents"]
    assert sum(r.entries[0] for r in rows) == result["calls"]


def test_what_enters_a_stage_leaves_it_or_is_open(crowded: tuple[list[SeatHistory], Tallies]) -> None:
    end = 17 * 12
    items = [item for seat in crowded[0] for item in seat.items]
    for stage in (1, 2):
        entered = sum(i.entered.get(stage, end) < end for i in items)
        left = sum(i.entered.get(stage, end) < end and i.due[stage] < end for i in items)
        assert entered - left == crowded[1]["open_at_end"][stage]


# Independence


def test_the_twin_imports_nothing_of_what_it_checks() -> None:
    imported = set()
    for file in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert {"scipy", "tests"} <= imported
    assert not imported & {"simcore", "numba"}


# Nothing depends on what is not its own


def test_more_seats_or_weeks_change_nothing_before_them() -> None:
    small = simulate(everything(), 1, 5).seats
    team = everything()["team"] | {"reps": 4}
    larger = simulate(everything(team=team), 1, 5).seats[:3]
    assert [seat.items for seat in larger] == [seat.items for seat in small]
    longer = simulate(everything(horizon={"weeks": 20, "warmup_weeks": 3}), 1, 5).seats
    end = 17 * 12
    for a, b in zip(small, longer, strict=True):
        assert b.calls[:end] == a.calls
        assert [i.call_hour for i in b.items if i.origin_week < 17] == [i.call_hour for i in a.items]


def test_seeds_and_replications_differ() -> None:
    runs = [(0, 1), (1, 1), (2**32, 1), (0, 2), (0, 2**32 + 1), (0, 1)]
    team = {"reps": 1}
    seats = [simulate(everything(team=team), replication, seed).seats[0].items for replication, seed in runs]
    assert len({tuple(i.call_hour for i in items) for items in seats}) == 5
    assert seats[0] == seats[-1]


# Statistics: fixed seeds, five standard errors

CANONICAL: Scenario = {
    "horizon": {"weeks": 4},
    "team": {"reps": 2},
    "plan": {"calls_per_week": 500},
    "funnel": [
        {"stage": "calls"},
        {"stage": "meetings", "rate": 0.02},
        {"stage": "opportunities", "rate": 0.2},
        {"stage": "wins", "rate": 0.5},
    ],
    "deal": {"fixed": 10000},
}


def weekly(scenario: Scenario, stage: int, replications: int, seed: int) -> list[int]:
    """Return the entries into a stage of every rep-week of many replications."""
    return [
        row.entries[stage] for r in range(replications) for row in tallies(simulate(scenario, r, seed))["rep_weeks"]
    ]


def assert_moments(sample: list[int], mean: float, variance: float) -> None:
    """Compare mean and variance, each within five of its standard errors."""
    n = len(sample)
    average = statistics.fmean(sample)
    deviations = [(x - mean) ** 2 for x in sample]
    assert abs(average - mean) < 5 * math.sqrt(variance / n)
    assert abs(statistics.fmean(deviations) - variance) < 5 * statistics.stdev(deviations) / math.sqrt(n)


def test_wins_are_binomial() -> None:
    wins = weekly(CANONICAL, 3, 200, 20)
    q = 0.02 * 0.2 * 0.5
    assert_moments(wins, 500 * q, 500 * q * (1 - q))
    none = (1 - q) ** 500
    share = sum(w == 0 for w in wins) / len(wins)
    assert abs(share - none) < 5 * math.sqrt(none * (1 - none) / len(wins))


def test_successes_fall_evenly_on_the_calls_of_the_week() -> None:
    scenario = CANONICAL | {"plan": {"calls_per_week": 50}, "funnel": funnel({"rate": 0.2}, {"rate": 0.1})}
    hours: Counter[int] = Counter()
    for r in range(100):
        for seat in simulate(scenario, r, 21).seats:
            hours.update(i.call_hour % 40 for i in seat.items if i.call_hour is not None)
    expected = [800 * 0.2 * ((h + 1) * 50 // 40 - h * 50 // 40) for h in range(40)]
    chi2 = sum((hours[h] - e) ** 2 / (e * 0.8) for h, e in enumerate(expected))
    assert abs(chi2 - 40) < 5 * math.sqrt(80)


def test_reps_who_differ_add_variance() -> None:
    steps = funnel({"rate": {"mean": 0.1, "rep_cv": 0.5}}, {"rate": 0.5})
    scenario = CANONICAL | {"horizon": {"weeks": 1}, "plan": {"calls_per_week": 100}, "funnel": steps}
    between = (0.1 * 0.5) ** 2
    variance = 100 * (0.1 * 0.9 - between) + 100**2 * between
    assert_moments(weekly(scenario, 1, 400, 22), 10.0, variance)


def test_open_items_are_arrivals_times_mean_lag() -> None:
    lag = {"mean": "2w", "cv": 1.0, "shape": "gamma"}
    scenario = CANONICAL | {
        "horizon": {"weeks": 1, "warmup_weeks": 25},
        "funnel": funnel({"rate": 0.1}, {"rate": 0.1, "lag": lag}),
        "plan": {"calls_per_week": 100},
        "team": {"reps": 1},
    }
    counts = [counted_open(scenario, r) for r in range(60)]
    # 10 bookings a week, each open for 2 weeks: Poisson with mean 20, less what has outlived the warm-up.
    assert abs(statistics.fmean(counts) - 20.0) < 5 * math.sqrt(20.0 / 60)


def counted_open(scenario: Scenario, replication: int) -> int:
    return tallies(simulate(scenario, replication, 23))["open_at_end"][1]
