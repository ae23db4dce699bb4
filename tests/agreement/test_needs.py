"""What deals need: neutral settings change nothing, checks lose no deal, and the known answers come out."""

from __future__ import annotations

from itertools import pairwise
from math import exp

import numpy as np
import pytest

from simcore.program.tally import (
    DISQUALIFIED,
    ENTERED,
    LOST_MET,
    LOST_UNMET,
    OPEN_AT_END,
    SURPRISED,
    WON_MET,
    WON_UNMET,
)
from tests.support.both_engines import compiled, play
from tests.support.needs_cases import needing
from tests.support.reactive_cases import REACTIVE
from tests.support.scenario_cases import CASES, Scenario, scenario
from tests.support.statistical import check_mean, check_share

QUALIFY: Scenario = {"share": 0.7, "works": 0.5}
NEUTRAL: dict[str, Scenario] = {
    "met": {"maker": {"at_start": 1, "without": 0, "slows": 3, "calls": {"every": "1h", "surfaces": 1}}},
    "nothing lost": {"maker": {"at_start": 0.4, "without": 1, "calls": {"every": "1h", "surfaces": 0}}},
    "checked for nothing": {"maker": {"at_start": 0.4, "without": 1, "qualify": QUALIFY}},
    "three": {name: {"at_start": 0.4, "without": 1, "qualify": QUALIFY} for name in ("maker", "budget", "authority")},
}
STEADY = ("canonical", "market", "noise", "everything", "everything from a list", "caps on both", "eight stages")
PULLING = "pull_forward"


def with_needs(scenario: Scenario, needs: Scenario, stage: int) -> Scenario:
    """Return a scenario in which the deals of a step need something."""
    funnel = [dict(each) for each in scenario["funnel"]]
    funnel[stage]["needs"] = needs
    return {**scenario, "funnel": funnel}


def assert_same(one: Scenario, other: Scenario) -> None:
    """Compare all that is counted, but how deals with needs end."""
    mine, theirs = (play(compiled(each), 5, count=3) for each in (one, other))
    for name, a, b in zip(mine.tally.arrays._fields, mine.tally.arrays, theirs.tally.arrays, strict=True):
        assert name == "needs" or np.array_equal(a, b), name
    assert all(np.array_equal(a, b) for a, b in zip(mine.detail, theirs.detail, strict=True))


@pytest.mark.parametrize("kind", NEUTRAL)
@pytest.mark.parametrize("name", STEADY)
def test_neutral_needs_change_no_bit_of_a_steady_run(name: str, kind: str) -> None:
    """Of the engine of rows, which plays it without needs."""
    for stage in {2, len(CASES[name]["funnel"]) - 1}:
        assert_same(with_needs(CASES[name], NEUTRAL[kind], stage), CASES[name])


@pytest.mark.parametrize("kind", NEUTRAL)
@pytest.mark.parametrize("name", [name for name in REACTIVE if PULLING not in str(REACTIVE[name])])
def test_neutral_needs_change_no_bit_of_a_strategy_that_reacts(name: str, kind: str) -> None:
    for stage in {2, len(REACTIVE[name]["funnel"]) - 1}:
        assert_same(with_needs(REACTIVE[name], NEUTRAL[kind], stage), REACTIVE[name])


# More checks never lose a deal.


@pytest.mark.parametrize("surfaces", [0.0, 0.3])
def test_more_checks_at_no_cost_never_lose_a_deal(surfaces: float) -> None:
    """Of one need, with calls, a rescue and what slows; of three without rescues. By the week of the call."""
    need: Scenario = {"at_start": 0.4, "without": 0.3, "slows": 1.6}
    need |= {"calls": {"every": "1d", "surfaces": surfaces}, "rescue": {"rate": 0.4, "lag": "3d"}}
    other: Scenario = {"at_start": 0.6, "without": 0.2, "calls": {"every": "2d", "surfaces": surfaces}}
    for needs in ({"maker": need}, {"maker": other, "budget": other, "authority": other | {"slows": 2}}):
        won = []
        for share in (0.0, 0.3, 0.7, 1.0):
            checked = {name: each | {"qualify": {"share": share, "works": 0.6}} for name, each in needs.items()}
            won.append(play(compiled(needing(checked, plan={"calls_per_week": 200})), 3, count=20).detail.cents[:, 1])
        for fewer, more in pairwise(won):
            assert (more >= fewer).all()
            assert more.sum() > fewer.sum()


# Known answers: what a deal needs is met at the start with 0.6; rates of 0.7 with it and 0.2 without.

PI, WITH, WITHOUT, WORKS, SHOWS = 0.6, 0.7, 0.2, 0.5, 0.2
MAKER = {"at_start": PI, "without": WITHOUT / WITH}
MANY = {"horizon": {"weeks": 40}, "team": {"reps": 1}, "plan": {"calls_per_week": 1000}}


def decided(need: Scenario, lag: str | None = None, **sections: Scenario) -> list[int]:
    """Return how some 200,000 deals ended that need something: see `simcore.program.tally.TallyArrays.needs`."""
    wins: Scenario = {"stage": "wins", "rate": WITH, "needs": {"maker": need}} | ({"lag": lag} if lag else {})
    funnel = [{"stage": "calls"}, {"stage": "deals", "rate": 0.5}, wins]
    played = play(compiled(scenario(**MANY | {"funnel": funnel} | sections)), 4, count=10, detailed=False)
    ended: list[int] = played.tally.arrays.needs.sum(axis=0).tolist()
    return ended


@pytest.mark.parametrize(("share", "rate", "unmet"), [(0.0, 0.5, 0.64), (0.5, 0.55, None), (1.0, 0.6, 0.4)])
def test_the_share_of_checked_deals_makes_the_win_rate_and_who_is_lost(
    share: float, rate: float, unmet: float | None
) -> None:
    ended = decided(MAKER | {"qualify": {"share": share, "works": WORKS}})
    won, lost = ended[WON_MET] + ended[WON_UNMET], ended[LOST_MET] + ended[LOST_UNMET]
    assert rate == pytest.approx(WITHOUT + (WITH - WITHOUT) * (PI + (1 - PI) * share * WORKS))
    check_share("wins", won, won + lost, rate, detect=0.01)
    if unmet is not None:
        assert unmet == pytest.approx((1 - PI) * (1 - share * WORKS) * (1 - WITHOUT) / (1 - rate))
        check_share("losses without", ended[LOST_UNMET], lost, unmet, detect=0.016)


def test_who_checks_less_than_where_the_rate_was_measured_is_too_hopeful() -> None:
    for measured, works, hope in ((1.0, 0.0, 1.2), (0.8, 0.2, 1.1154)):
        rates = []
        for share in (measured, works):
            ended = decided(MAKER | {"qualify": {"share": share, "works": WORKS}})
            rates.append((ended[WON_MET] + ended[WON_UNMET]) / sum(ended[2:6]))
        assert rates[0] / rates[1] == pytest.approx(hope, abs=0.015)


@pytest.mark.parametrize(("calls", "met"), [(1, 0.6522), (3, 0.7455), (5, 0.8207), (8, 0.8994)])
def test_quiet_calls_make_it_likelier_that_all_is_met(calls: int, met: float) -> None:
    """The gap has shown by call k with 1 - 0.8^k; of deals with so many quiet calls more and more are met."""
    need = MAKER | {"calls": {"every": "1w", "surfaces": SHOWS}}
    ended = decided(need, f"{40 * calls + 1}h", horizon={"weeks": 40 + calls})
    quiet = sum(ended[LOST_UNMET : WON_MET + 1])
    assert met == pytest.approx(PI / (PI + (1 - PI) * (1 - SHOWS) ** calls), abs=1e-4)
    check_share(f"met after {calls} calls", ended[LOST_MET] + ended[WON_MET], quiet, met, detect=0.01)


def test_gaps_show_at_geometric_calls_and_some_deals_are_rescued() -> None:
    need = MAKER | {"calls": {"every": "1w", "surfaces": SHOWS}, "rescue": {"rate": 0.4, "lag": "3w"}}
    ended = decided(
        need, "201h", horizon={"weeks": 52}, calendar={"holidays": [{"week": week} for week in range(41, 53)]}
    )
    total, shown = sum(ended[:6]), 1 - (1 - SHOWS) ** 5
    assert shown == pytest.approx(0.6723, abs=1e-4)
    won = ended[WON_MET] + ended[WON_UNMET]
    check_share("surprises", ended[SURPRISED], total, (1 - PI) * shown * 0.6, detect=0.01)
    check_share("wins", won, total, PI * WITH + (1 - PI) * (shown * 0.4 * WITH + (1 - shown) * WITHOUT), detect=0.01)
    check_share("late losses", ended[LOST_UNMET], total, (1 - PI) * (1 - shown) * (1 - WITHOUT), detect=0.01)
    assert ended[DISQUALIFIED] == 0


def test_unmet_deals_that_are_slow_make_the_chance_fall_with_age() -> None:
    """Exponential waits, 6 weeks where it is met and 12 where not: known at each age from the mixture of survivors."""
    wins = {"stage": "wins", "rate": WITH, "lag": {"mean": "6w", "cv": 1}, "needs": {"maker": MAKER | {"slows": 2}}}
    funnel = [{"stage": "calls"}, {"stage": "deals", "rate": 1e-9}, wins]
    start = {"open": [{"stage": "deals", "count": 50_000}]}

    def won_and_open(weeks: int) -> tuple[int, int]:
        one = scenario(funnel=funnel, start=start, horizon={"weeks": weeks}, team={"reps": 1})
        arrays = play(compiled(one), 4, detailed=False).tally.arrays
        return int(arrays.stages[0, ENTERED, 2]), int(arrays.stages[0, OPEN_AT_END, 1])

    total, _ = won_and_open(400)
    check_share("wins", total, 50_000, 0.5, detect=0.02)
    for age, chance in ((4, 0.459), (8, 0.418), (13, 0.368), (26, 0.273)):
        alive = PI * exp(-age / 6), (1 - PI) * exp(-age / 12)
        assert (alive[0] * WITH + alive[1] * WITHOUT) / sum(alive) == pytest.approx(chance, abs=1e-3)
        won, left = won_and_open(age)
        check_share(f"wins of what is open after {age} weeks", total - won, left, chance, detect=0.08)


@pytest.mark.parametrize(("calls", "gain"), [(10, 1.154), (50, 1.0), (60, 0.968)])
def test_a_check_pays_up_to_what_its_calls_would_have_won(calls: int, gain: float) -> None:
    """In the canonical funnel a check may cost 50 calls: ``(1 - pi) works (w1 - w0) / (0.02 0.2 W(0))``."""
    assert pytest.approx(50) == (1 - PI) * WORKS * (WITH - WITHOUT) / (0.02 * 0.2 * 0.5)
    wins = []
    for share in (0.0, 1.0):
        need = MAKER | {"qualify": {"share": share, "works": WORKS, "calls": calls}}
        steps = [{"stage": "meetings", "rate": 0.02}, {"stage": "deals", "rate": 0.2}]
        funnel = [{"stage": "calls"}, *steps, {"stage": "wins", "rate": WITH, "needs": {"maker": need}}]
        plain = scenario(funnel=funnel, horizon={"weeks": 52, "warmup_weeks": 8}, plan={"calls_per_week": 500})
        wins.append(play(compiled(plain), 6, count=800).detail.entered[..., -1].sum(axis=(1, 2)).astype(float))
    base, checked = wins
    # Nearly normal: the mean of the ratio's numerator, given the ratio.
    check_mean(f"wins at {calls} calls a check", checked - gain * base, 0.0, detect=0.02 * float(base.mean()))
