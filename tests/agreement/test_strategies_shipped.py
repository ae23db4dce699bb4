"""The shipped scenarios that compare strategies: what their comments and docs/strategies.md say of them holds.

Two strategies share their draws, so differences are taken within a replication. Seeds are those of the files; a
difference is called one if it is beyond 5 of its standard errors.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from simcore.engine.simulation import simulate
from simcore.scenario_files.scenario_file import load_scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.scenario.model import Drive

REPLICATIONS = {
    "quota-pressure": 300,
    "hockey-stick": 200,
    "pacing-bonus": 200,
    "tampering": 200,
    "hard-sell": 200,
    "late-surprise": 100,
    "check-too-dear": 200,
}
"""How often the tests run each strategy."""


class Books(NamedTuple):
    """What a strategy sold, cents of (replications, reps, weeks) as floats, and the calls of a rep-week."""

    close: NDArray[np.float64]
    origin: NDArray[np.float64]
    calls: float


class Margin(NamedTuple):
    """How much more a strategy sells than the process, as a share of what the process sells."""

    share: float
    se: float

    @property
    def low(self) -> float:
        return self.share - 5 * self.se

    @property
    def high(self) -> float:
        return self.share + 5 * self.se


@cache
def books(name: str, strategy: str, *changes: str) -> Books:
    scenario = load_scenario(name, [*changes, f"run.strategy={strategy}"])
    result = simulate(scenario, replications=REPLICATIONS[name], keep_rep_weeks=True)
    assert result.rep_weeks is not None
    shape = (REPLICATIONS[name], scenario.team.reps, scenario.horizon.weeks)
    close, origin = (
        cents.reshape(shape).astype(float) for cents in (result.rep_weeks.cents_close, result.rep_weeks.cents_origin)
    )
    return Books(close, origin, result.summary.size.calls / result.summary.size.rep_weeks)


def margin(name: str, strategy: str, *changes: str, account: str = "close") -> Margin:
    ours, base = (getattr(books(name, which, *changes), account).sum(axis=(1, 2)) for which in (strategy, "process"))
    difference = (ours - base) / base.mean()
    return Margin(float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference))))


def week_variance(name: str, strategy: str, *changes: str) -> float:
    """Return the variance of a rep's weeks."""
    return float(books(name, strategy, *changes).close.var())


def drives(name: str) -> dict[str, dict[str, Drive]]:
    return {strategy: about.drives for strategy, about in load_scenario(name).strategies.items()}


@pytest.mark.parametrize("name", REPLICATIONS)
def test_the_process_is_run_first_and_has_no_drives(name: str) -> None:
    scenario = load_scenario(name)
    assert next(iter(scenario.strategies)) == scenario.run.strategy == "process"
    assert not scenario.strategy.drives
    assert all(about for strategy, about in drives(name).items() if strategy != "process")


def test_quota_pressure_is_a_little_ahead_and_flips() -> None:
    found = margin("quota-pressure", "pressure")
    assert 0 < found.low < found.high < 0.015
    assert 1.04 < books("quota-pressure", "pressure").calls / 500 < 1.055
    path = "strategies.pressure.drives"
    for winning in (f"{path}.fatigue.changes.meetings.slope=0", f"{path}.urgency.changes.deal_value.slope=0"):
        assert margin("quota-pressure", "pressure", winning).low > 0.01
    for losing in (f"{path}.fatigue.changes.meetings.slope=-0.4", f"{path}.urgency.changes.deal_value.slope=-0.2"):
        assert margin("quota-pressure", "pressure", losing).high < -0.005


PULL = "strategies.hockey-stick.drives.closing.changes.pull_forward"


def test_hockey_stick_costs_what_larkin_found() -> None:
    for account in ("close", "origin"):
        found = margin("hockey-stick", "hockey-stick", account=account)
        assert -0.08 < found.low < found.high < -0.06


@pytest.mark.parametrize(
    ("slope", "reach", "cost"), [(0.8, 7, 0.058), (0.8, 8, 0.063), (0.8, 10, 0.070), (1, 8, 0.082)]
)
def test_hockey_stick_calibration_is_the_one_that_is_told(slope: float, reach: int, cost: float) -> None:
    found = margin("hockey-stick", "hockey-stick", f"{PULL}.slope={slope}", f"{PULL}.reach={reach}w")
    assert abs(-found.share - cost) < 0.003


def test_hockey_stick_without_a_discount_only_moves_revenue() -> None:
    free = f"{PULL}.discount=0"
    assert margin("hockey-stick", "hockey-stick", free, account="origin") == (0.0, 0.0)
    of_quarter = books("hockey-stick", "hockey-stick", free).close.mean(axis=(0, 1)).reshape(-1, 13).mean(axis=0)
    assert of_quarter[12] > 4 * of_quarter.mean()
    assert of_quarter[0] < 0.3 * of_quarter.mean()


def test_hockey_stick_breaks_even_where_win_rate_pays_the_discount() -> None:
    even = margin("hockey-stick", "hockey-stick", f"{PULL}.win_rate=1.25", account="origin")
    assert even.low < 0 < even.high
    assert margin("hockey-stick", "hockey-stick", f"{PULL}.win_rate=1.35", account="origin").low > 0


def test_pacing_helps_the_weak_and_a_brake_undoes_it() -> None:
    found = margin("pacing-bonus", "pacing")
    assert 0.03 < found.low < found.high < 0.05
    base, ours = (books("pacing-bonus", which).close.sum(axis=2) for which in ("process", "pacing"))
    weak = base < np.median(base)
    assert (ours - base)[weak].mean() > 2 * (ours - base)[~weak].mean()
    assert margin("pacing-bonus", "coasting").high < 0
    brake = "strategies.coasting.drives.brake.changes.activity.slope"
    assert margin("pacing-bonus", "coasting", f"{brake}=-0.1").low > 0
    even = margin("pacing-bonus", "coasting", f"{brake}=-0.13")
    assert abs(even.share) < 0.006


@pytest.mark.parametrize(("strategy", "ratio"), [("gentle", 2 / 1.75), ("full", 2.0)])
def test_tampering_raises_the_variance_of_weeks(strategy: str, ratio: float) -> None:
    steady = week_variance("tampering", "process")
    assert abs(week_variance("tampering", strategy) / steady / ratio - 1) < 0.03
    found = margin("tampering", strategy)
    assert found.low < 0 < found.high


@pytest.mark.long
def test_tampering_pays_where_the_market_drifts_and_for_the_year() -> None:
    drifting = "market.persistence=0.9"
    for strategy in ("gentle", "full"):
        assert week_variance("tampering", strategy, drifting) < 0.7 * week_variance("tampering", "process", drifting)
    for strategy, pays_from in (("gentle", 0.455), ("full", 0.69)):
        below, above = (f"market.persistence={pays_from + step}" for step in (-0.05, 0.05))
        assert week_variance("tampering", strategy, below) > week_variance("tampering", "process", below)
        assert week_variance("tampering", strategy, above) < week_variance("tampering", "process", above)
    years = {which: books("tampering", which).close.sum(axis=2).std() for which in ("process", "full")}
    assert years["full"] < 0.25 * years["process"]


def test_hard_sell_wins_at_first_and_loses_in_two_years() -> None:
    found = margin("hard-sell", "hard-sell")
    assert -0.045 < found.low < found.high < -0.015
    with_what_is_open = margin("hard-sell", "hard-sell", account="origin")
    assert abs(with_what_is_open.share + 0.047) < 0.005
    assert margin("hard-sell", "hard-sell", "horizon.weeks=26").low > 0.005
    referrals = "strategies.hard-sell.drives.push.changes.referrals.slope"
    assert margin("hard-sell", "hard-sell", f"{referrals}=0").low > 0.05


PRICE = "funnel.wins.needs.decision_maker.qualify.calls"


def test_late_surprises_cost_who_skips_the_check_until_checks_are_dear() -> None:
    """The verdict flips at about 45 calls a check."""
    found = margin("late-surprise", "pressure")
    assert -0.022 < found.low < found.high < -0.006
    assert margin("late-surprise", "pressure", f"{PRICE}=25").high < 0.0
    assert margin("late-surprise", "pressure", f"{PRICE}=60").low > 0.0
    calls = [books("late-surprise", which).calls for which in ("process", "pressure")]
    assert 5.0 < calls[1] - calls[0] < 8.0


def test_a_check_of_60_calls_does_not_pay_and_one_of_40_does() -> None:
    """By the closed form 1.2 / (1 + 0.004 c) is what checks of c calls bring: 0.968 at 60, 1.034 at 40."""
    for calls, gain in ((60, 1.2 / 1.24), (40, 1.2 / 1.16)):
        found = margin("check-too-dear", "unchecked", f"{PRICE}={calls}")
        assert abs(found.share + 1.0 - 1.0 / gain) < 5 * found.se
        assert found.low > 0.0 if calls == 60 else found.high < 0.0
