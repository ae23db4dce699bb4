"""The twin's habits and manager: a two-state chain, and the rules on cases worked out by hand.

Weeks have two hours with one call each, unless said.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.scenario_cases import CASES
from tests.support.statistical import DeviationError, check_share
from tests.twin import SeatHistory, Session, simulate, tallies
from tests.twin.coaching import Chart, coach
from tests.twin.philox import Source
from tests.twin.reader import read
from tests.twin.team import Holder, Market, Rates, timeline

Scenario = dict[str, Any]
ALWAYS: Scenario = {"factor": 0, "at_start": 1}


def tiny(*steps: Scenario, manager: Scenario | None = None, reps: int = 1, weeks: int = 3, **more: object) -> Scenario:
    """Return a scenario in which every call wins 100 at once, with more about its steps."""
    plain: Scenario = {
        "simcore": 1,
        "name": "tiny",
        "calendar": {"hours_per_day": 1, "days_per_week": 2},
        "horizon": {"weeks": weeks},
        "team": {"reps": reps},
        "plan": {"calls_per_week": 2},
        "funnel": [
            {"stage": "s0"},
            *({"stage": f"s{number}", "rate": 1} | step for number, step in enumerate(steps, 1)),
        ],
        "deal": 100,
    }
    return plain | ({"manager": manager} if manager else {}) | more


def seats_of(scenario: Scenario, seed: int = 1, replication: int = 0) -> list[SeatHistory]:
    return simulate(scenario, replication, seed).seats


def wins(seat: SeatHistory) -> int:
    return sum(item.close_hour is not None for item in seat.items)


# The state


def chart_of(
    scenario: Scenario, replication: int = 0, seat: int = 0, holders: list[Holder | None] | None = None
) -> Chart:
    plan, source = read(scenario), Source(31, replication)
    of_seat = timeline(plan, source, seat) if holders is None else holders
    return Chart(plan, source, Rates(plan, source, Market(plan, source), seat, of_seat), of_seat, seat)


def share_in_week(week: int, at_start: float, onset: float, fade: float) -> float:
    """Return the chance that a person has a habit, by the two-state chain."""
    in_the_long_run = onset / (onset + fade)
    return in_the_long_run + (at_start - in_the_long_run) * (1.0 - onset - fade) ** week


@pytest.mark.parametrize(
    ("at_start", "yearly", "fade_weeks"), [(0.3, 0.999, 6), (1.0, 0.0, 5), (0.0, 0.9999, 1.5), (0.4, 0.999, None)]
)
def test_habits_come_and_go_as_a_chain_of_two_states(at_start: float, yearly: float, fade_weeks: float | None) -> None:
    habit = {"factor": 0.5, "at_start": at_start, "yearly": yearly}
    if fade_weeks is not None:
        habit["fade_weeks"] = fade_weeks
    scenario = tiny({}, {"habit": habit}, weeks=7)
    onset, fade = 1.0 - (1.0 - yearly) ** (1 / 52), 0.0 if fade_weeks is None else 1.0 / fade_weeks
    seen: dict[int, list[bool]] = {0: [], 1: [], 6: []}
    for replication in range(1500):
        chart = chart_of(scenario, replication)
        for week in range(7):
            chart.change(week)
            if week in seen:
                seen[week].append(2 in chart.habits)
    for week, sample in seen.items():
        share = share_in_week(week, at_start, onset, fade)
        if share in (0.0, 1.0):
            assert set(sample) == {share == 1.0}
            continue
        check_share(f"habits in week {week}", sum(sample), len(sample), share, detect=0.13)
    wrong = share_in_week(6, at_start, onset, fade / 2 or 0.3)
    with pytest.raises(DeviationError):
        check_share("a habit that fades at another pace", sum(seen[6]), len(seen[6]), wrong, detect=0.13)


def test_a_repaired_person_is_never_worse_off_afterwards() -> None:
    habit = {"factor": 0.5, "at_start": 0.5, "yearly": 0.99, "fade_weeks": 9}
    worlds = [
        seats_of(
            tiny({"habit": habit}, {"habit": habit}, reps=4, weeks=30, manager={"rule": "random", "repair": repair})
        )
        for repair in (0.0, 1.0)
    ]
    weeks = [zip(left.habits, repaired.habits, strict=True) for left, repaired in zip(*worlds, strict=True)]
    pairs = [pair for of_seat in weeks for pair in of_seat]
    assert all(repaired <= left for left, repaired in pairs)
    assert any(repaired < left for left, repaired in pairs)


def test_a_new_person_begins_anew_and_a_vacant_seat_has_no_habits() -> None:
    team = {"reps": 1, "turnover": {"yearly": 1.0, "vacancy_weeks": 2}}
    (seat,) = seats_of(tiny({"habit": ALWAYS}, weeks=6, team=team))
    assert [holder and holder.person for holder in seat.holders] == [0, None, None, 1, None, None]
    assert [set(steps) for steps in seat.habits] == [{1}, set(), set(), {1}, set(), set()]


# What a habit does


@pytest.mark.parametrize("step", range(1, 8))
def test_a_habit_that_leaves_nothing_stops_its_step(step: int) -> None:
    steps: list[Scenario] = [{} for _ in range(7)]
    steps[step - 1] = {"habit": ALWAYS}
    (seat,) = seats_of(tiny(*steps))
    reached = [max([0, *item.entered]) for item in seat.items]
    assert reached == ([] if step == 1 else [step - 1] * 6)


def test_habits_of_the_last_week_stay_after_the_end() -> None:
    for habit, closed in (({"habit": ALWAYS}, 0), ({}, 6)):
        (seat,) = seats_of(tiny({}, {"lag": "40w"} | habit))
        assert wins(seat) == closed


def test_the_items_of_a_vacant_seat_are_worked_without_habits() -> None:
    team = {"reps": 1, "turnover": {"yearly": 1.0, "vacancy_weeks": 9}}
    (seat,) = seats_of(tiny({}, {"lag": "1w", "habit": ALWAYS}, team=team))
    assert [item.close_hour for item in seat.items] == [2, 3]


def test_a_habit_thins_the_bookings_and_counts_as_cut_only_with_it() -> None:
    noisy = {"rate": {"mean": 0.9, "week_cv": 0.5}}
    scenario = tiny(noisy, weeks=40, plan={"calls_per_week": 200}, manager={"rule": "nobody", "repair": 0})
    (well,) = seats_of(scenario)
    scenario["funnel"][1]["habit"] = {"factor": 0.4, "at_start": 1}
    (ill,) = seats_of(scenario)
    assert {(i.origin_week, i.k) for i in ill.items} < {(i.origin_week, i.k) for i in well.items}
    assert well.clipped.rates[1] > 1000
    assert ill.clipped.rates[1] < well.clipped.rates[1] / 2
    # In a week of which the rate is cut, what counts is the uncut rate times the factor.
    assert len(ill.items) > 0.4 * len(well.items)


@pytest.mark.parametrize(
    "name",
    ["everything", "everything from a list", "eight stages", "caps on both", "rates cut at one", "quota a month"],
)
def test_a_team_without_habits_is_played_as_without_a_manager(name: str) -> None:
    # The one is played item by item, the other hour by hour.
    plain = tallies(simulate(CASES[name], 1, 3))
    assert tallies(simulate(CASES[name] | {"manager": {"rule": "random", "repair": 1}}, 1, 3)) == plain
    funnel = [
        stage | ({"habit": {"factor": 0, "yearly": 1e-12}} if "rate" in stage else {})
        for stage in CASES[name]["funnel"]
    ]
    assert tallies(simulate(CASES[name] | {"funnel": funnel}, 1, 3)) == plain


# Whom the rules choose


def charts_of(scenario: Scenario, since: tuple[int | None, ...]) -> list[Chart]:
    """Return a chart a seat, whose person is in it from a week on; None: nobody."""
    charts = []
    for seat, first in enumerate(since):
        weeks = scenario["horizon"]["weeks"]
        holders = [
            Holder(0, first, new=False, came=first) if first is not None and w >= first else None for w in range(weeks)
        ]
        charts.append(chart_of(scenario, seat=seat, holders=holders))
    return charts


def sessions(scenario: Scenario, charts: list[Chart], week: int) -> list[Session | None]:
    """Return the sessions of a week; nothing happens in the weeks before it."""
    for chart in charts:
        for _ in range(week):
            chart.write(None)
    coach(read(scenario), week, charts)
    return [chart.sessions[week] for chart in charts]


def test_process_finds_the_step_that_is_furthest_below_its_base_rate() -> None:
    manager = {"rule": "process", "window_weeks": 2, "repair": 1, "slots": 2}
    scenario = tiny({"rate": 0.2}, {"rate": 0.5}, {}, manager=manager, reps=5, weeks=9)
    charts = charts_of(scenario, (0, 0, 0, None, 8))
    charts[0].decide(1, 7, 100, 10)  # z = -2.5
    charts[0].decide(2, 6, 10, 1)  # z = -4 / sqrt(2.5) = -2.53
    charts[1].decide(1, 7, 100, 13)  # z = -1.75
    charts[1].decide(1, 5, 100, 0)  # before the window
    charts[2].decide(2, 7, 8, 4)
    charts[2].decide(3, 7, 4, 0)  # a base rate of one has no z
    assert sessions(scenario, charts, 8) == [Session(2, False, False), Session(1, False, False), None, None, None]


def test_process_takes_the_lowest_step_of_equals_and_orders_equal_seats_by_a_draw() -> None:
    scenario = tiny({"rate": 0.5}, {"rate": 0.5}, manager={"repair": 1, "slots": 2}, reps=5)
    charts = charts_of(scenario, (0, 0, 0, 0, 0))
    first = sorted(range(5), key=lambda seat: charts[seat].words(1)[0])[:2]
    assert first != [0, 1]
    held = sessions(scenario, charts, 1)
    assert [seat for seat in range(5) if held[seat] == Session(1, False, False)] == sorted(first)
    assert sum(session is not None for session in held) == 2


def test_result_goes_to_the_lowest_mean_of_the_persons_own_weeks() -> None:
    for slots, seats in ((1, {1}), (2, {0, 1}), (3, {0, 1, 2}), (4, {0, 1, 2, 4})):
        manager = {"rule": "result", "window_weeks": 4, "repair": 1, "slots": slots}
        scenario = tiny({}, {}, manager=manager, reps=5, weeks=9)
        charts = charts_of(scenario, (0, 6, 2, None, 8))
        charts[0].cents.update({4: 400, 3: 10**6})  # 100 a week; week 3 is before the window
        charts[1].cents.update({7: 150, 5: 10**6})  # 75 a week; week 5 was another person's
        charts[2].cents.update({4: 300, 7: 101})
        held = sessions(scenario, charts, 8)
        assert {seat for seat in range(5) if held[seat] is not None} == seats
        for seat in seats:
            session = held[seat]
            assert session is not None
            assert session.step == 1 + (charts[seat].words(8)[1] >= 2**31)


def test_oracle_knows_the_habit_that_costs_most() -> None:
    manager = {"rule": "oracle", "repair": 1, "slots": 3}
    habits = [{"habit": {"factor": factor, "at_start": 1}, "rate": 0.5} for factor in (0.8, 0.5, 0.5)]
    scenario = tiny(*habits, manager=manager, reps=3)
    charts = charts_of(scenario, (0, 0, 0))
    for chart, habit in zip(charts, ({1, 2, 3}, {1}, set()), strict=True):
        chart.habits = set(habit)
    # q = 1/8 * 0.8 * 0.5 * 0.5 = 0.025 and 1/8 * 0.8 = 0.1: losses 0.025 (steps 2 and 3), 0.025.
    losses, steps = zip(*(chart.loss(0) for chart in charts), strict=True)
    assert losses == pytest.approx((0.025, 0.025, 0.0))
    assert steps[:2] == (2, 1)
    assert sessions(scenario, charts, 1) == [Session(2, True, True), Session(1, True, True), None]
    assert [chart.habits for chart in charts] == [{1, 3}, set(), set()]


def test_oracle_holds_a_habit_that_leaves_nothing_for_the_worst() -> None:
    habits = [{"habit": {"factor": factor, "at_start": 1}} for factor in (0.01, 0, 0)]
    scenario = tiny(*habits, manager={"rule": "oracle", "repair": 0})
    (seat,) = seats_of(scenario)
    assert seat.sessions == [None, Session(2, True, False), Session(2, True, False)]


def test_rules_without_sessions_and_the_first_week() -> None:
    for rule, sessions_held in (("nobody", 0), ("random", 2), ("result", 2), ("process", 2), ("oracle", 2)):
        (seat,) = seats_of(tiny({"habit": ALWAYS}, manager={"rule": rule, "repair": 0}))
        assert seat.sessions[0] is None
        assert sum(session is not None for session in seat.sessions) == sessions_held


def test_a_manager_begins_in_the_first_week() -> None:
    for first in (1, 2, 3, 4):
        (seat,) = seats_of(
            tiny({"habit": ALWAYS}, weeks=4, manager={"rule": "oracle", "repair": 0, "first_week": first})
        )
        assert [session is not None for session in seat.sessions] == [week >= first for week in range(4)]


def test_random_goes_to_any_seat_and_any_step() -> None:
    seats = seats_of(tiny({}, {}, {}, manager={"rule": "random", "repair": 1, "slots": 2}, reps=3, weeks=200))
    steps = [session.step for seat in seats for session in seat.sessions if session]
    assert len(steps) == 2 * 199
    for step in (1, 2, 3):
        check_share("sessions on a step", steps.count(step), len(steps), 1 / 3, detect=0.25)
    for seat in seats:
        check_share("sessions of a seat", sum(map(bool, seat.sessions)), 199, 2 / 3, detect=0.35)


def test_a_session_repairs_at_once_with_its_chance() -> None:
    manager = {"rule": "oracle", "repair": 0.4}
    seats = [seats_of(tiny({"habit": ALWAYS}, manager=manager, weeks=2), 5, r)[0] for r in range(600)]
    outcomes = [seat.sessions[1] for seat in seats]
    assert all(outcome is not None and outcome.step == 1 and outcome.had for outcome in outcomes)
    repaired = [outcome is not None and outcome.repaired for outcome in outcomes]
    check_share("repaired", sum(repaired), len(repaired), 0.4, detect=0.2)
    assert [wins(seat) for seat in seats] == [2 * of_seat for of_seat in repaired]


# What a session on the result makes heard


def test_coach_is_heard_once_at_the_first_hour_of_the_week() -> None:
    drive = {"signals": {"coach": 2.0}, "changes": {"activity": {"slope": 1.0}}}
    manager: Scenario = {"rule": "result", "repair": 0, "pressure": 0.5}
    pressed: Scenario = {"strategies": {"pressed": {"decides": "hour", "drives": {"fear": drive}}}}
    assert seats_of(tiny({}, manager=manager, **pressed))[0].calls == [1, 1, 2, 1, 2, 1]
    for rule in ("nobody", "random", "process", "oracle"):
        assert seats_of(tiny({}, manager=manager | {"rule": rule}, **pressed))[0].calls == [1] * 6
    # A person who begins has a session, but makes no decision in the first hour.
    team = {"reps": 1, "turnover": {"yearly": 1.0}}
    (seat,) = seats_of(tiny({}, manager=manager, team=team, **pressed))
    assert seat.calls == [1] * 6
    assert all(session is not None for session in seat.sessions[1:])
