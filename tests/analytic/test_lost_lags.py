"""Lags of what is lost: chances by age, and what is open, against simulation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.analytic.expectations import expected
from simcore.analytic.item_values import Prospects
from simcore.analytic.waiting_times import at_age, lag_hours, quantile
from simcore.engine.simulation import simulate
from simcore.scenario.model import Scenario, validate
from tests.support.both_engines import compiled, counts_of_engine, play
from tests.support.distribution_cases import GAMMA_LAG, LOGNORMAL_LAG, TABLE_LAG
from tests.support.scenario_cases import CASES, LAGS, funnel, scenario
from tests.support.statistical import DeviationError, check_estimate, check_share
from tests.twin.spreads import lag_spread

FIXED = "2w"
PAIRS = [
    (FIXED, LOGNORMAL_LAG),
    (LOGNORMAL_LAG, GAMMA_LAG),
    (GAMMA_LAG, TABLE_LAG),
    (TABLE_LAG, FIXED),
    (LOGNORMAL_LAG, {"median": "3w", "p90": "12w"}),
]
RATE, WORDS = 0.3, 40_000


def read(**changes: Any) -> Scenario:  # noqa: ANN401
    return validate(scenario(**changes))


def hours(duration: str | float) -> float:
    """Read a duration in a week of five days of eight hours."""
    assert isinstance(duration, str)
    return float(duration[:-1]) * {"h": 1, "d": 8, "w": 40}[duration[-1]]


def seen_at(won: object, lost: object, age: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Return who passes of simulated items that are open at an age, the rest of their waits, and of how many."""
    rng = np.random.default_rng(6)
    passes = rng.random(WORDS) < RATE
    laws = [lag_spread(law, hours) for law in (lost, won)]  # type: ignore[arg-type]
    drawn = zip(passes, rng.integers(2**32, size=WORDS), strict=True)
    waits = np.array([int(laws[int(passing)](int(word)) + 0.5) for passing, word in drawn])
    there = waits >= age
    return passes[there], waits[there] - age, WORDS


@pytest.mark.parametrize(("won", "lost"), PAIRS)
@pytest.mark.parametrize("age", [0, 20, 80])
def test_chance_and_rest_at_an_age_are_those_of_simulated_items(won: object, lost: object, age: int) -> None:
    step = read(funnel=funnel({}, {"lag": won, "lost_lag": lost})).funnel[2]
    laws = [lag_hours(law, read().calendar) for law in (step.lag, step.lost_lag)]
    found = at_age(RATE, laws[0], laws[1], age)
    passes, rest, n = seen_at(won, lost, age)
    check_share(f"open, {won}, {lost}, {age}", len(rest), n, min(1.0, found.still_open), detect=0.03)
    share = found.passes
    detect = max(0.05, 10.0 * (share * (1.0 - share) / len(passes)) ** 0.5)
    check_share(f"passes, {won}, {lost}, {age}", int(passes.sum()), len(passes), share, detect=detect)
    for what, sample, law in (("all", rest, found.left), ("passing", rest[passes], found.left_if_passed)):
        middle = quantile(law, 0.5)
        share = float(law[: middle + 1].sum() / law.sum())
        detect = max(0.03, 10.0 * (share * (1.0 - share) / max(1, len(sample))) ** 0.5)
        check_share(
            f"rest, {what}, {won}, {lost}, {age}", int((sample <= middle).sum()), len(sample), share, detect=detect
        )


def test_losers_who_wait_longer_make_the_old_hopeless() -> None:
    given = read(funnel=funnel({}, {}, {"rate": 0.5, "lag": "1w", "lost_lag": {"values": ["1w", "4w"]}}))
    found = Prospects(given)
    assert found.win_chance_at(2, 0) == pytest.approx(0.5)
    assert found.win_chance_at(2, 40) == pytest.approx(0.5)
    assert found.win_chance_at(2, 41) == 0.0
    assert found.wins_of(2, 41, 0).tolist() == pytest.approx([0.0] * 40 + [0.5])
    alike = Prospects(read(funnel=funnel({}, {}, {"lag": LOGNORMAL_LAG})))
    assert alike.win_chance_at(2, 60) == alike.win_chance(2)


OPEN: list[dict[str, Any]] = [
    {"lag": "3d", "lost_lag": "2w"},
    {"lag": LOGNORMAL_LAG, "lost_lag": GAMMA_LAG},
    {"lag": GAMMA_LAG, "lost_lag": TABLE_LAG},
    {"lag": TABLE_LAG, "lost_lag": LOGNORMAL_LAG},
    {"lost_lag": "1w"},
]


def check_open(played: Scenario, given: Scenario) -> None:
    """Check what is open at the end of a run against arrival rate x mean wait of another scenario (Little 1961)."""
    found = {row.label: row.value for row in expected(given)}
    for row in simulate(played, replications=2048, seed=3).summary.open_at_end[1:]:
        number = found[f"open items per rep on the way to {row.waiting_for}, steady state"]
        estimate = (row.per_rep.estimate, row.per_rep.se)
        check_estimate(f"open before {row.waiting_for}", estimate, number, degrees=255, detect=0.12 * number)


def steady(first: dict[str, Any], second: dict[str, Any]) -> Scenario:
    steps = funnel({"rate": 0.2}, {"rate": 0.6, **first}, {"rate": {"mean": 0.4, "rep_cv": 0.2}, **second})
    return read(funnel=steps, horizon={"weeks": 1, "warmup_weeks": 60})


@pytest.mark.parametrize("place", range(len(OPEN)))
def test_what_is_open_is_arrivals_times_the_mean_of_both_waits(place: int) -> None:
    given = steady(OPEN[place], OPEN[place - 1])
    check_open(given, given)


def test_waits_that_are_swapped_are_caught() -> None:
    swapped = steady({"lag": "2w", "lost_lag": "3d"}, OPEN[0])
    with pytest.raises(DeviationError):
        check_open(swapped, steady(OPEN[0], OPEN[0]))


SAME = {
    "rows": scenario(funnel=LAGS, horizon={"weeks": 8}),
    "capped": CASES["caps on both"],
    "open at the start": CASES["open at the start"],
    "coached": scenario(
        funnel=funnel({}, {"lag": "1w"}, {"lag": LOGNORMAL_LAG}), manager={"rule": "process", "repair": 0.5}
    ),
    "reacting": scenario(
        funnel=LAGS,
        quota={"per": "week", "amount": 3000},
        strategies={
            "a": {
                "drives": {
                    "d": {
                        "signals": {"behind": 1},
                        "level": [0, 2],
                        "changes": {"wins": {"slope": -0.2}, "lag": {"slope": 0.3}, "opportunities": {"slope": 0.2}},
                    }
                }
            }
        },
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_lost_lags_that_are_no_other_change_no_bit(name: str) -> None:
    """Rates are the same in all weeks, so it does not matter when a step is decided."""
    plain = SAME[name]
    steps = [dict(step) for step in plain["funnel"]]
    for step in steps[2:]:
        step["lost_lag"] = step.get("lag", "0h")
    parted = {**plain, "funnel": steps}
    counts = [counts_of_engine(play(compiled(each), 4, count=3)) for each in (plain, parted)]
    assert counts[0] == counts[1]
