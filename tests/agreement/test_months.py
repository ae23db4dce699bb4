"""Real months, fiscal years and other weeks of months: the engine against the twin, and against binomial tails."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy.stats import binom

from simcore.analytic.expectations import expected
from simcore.scenario.metric import parse_metric
from simcore.scenario.model import validate
from simcore.statistics.metrics import revenue_by_period, values_of
from simcore.statistics.tallied_metrics import sums_of
from tests.support.both_engines import Played, check, compiled, counts_of_engine, play
from tests.support.month_cases import REACTING, STEADY
from tests.support.scenario_cases import CASES, scenario

WORLDS = 4000


@pytest.mark.parametrize("name", [*STEADY, *REACTING])
def test_engine_and_twin_agree(name: str) -> None:
    plain = (STEADY | REACTING)[name]
    check(plain, 2026, 1, compiled(plain))


PRICE = 1000
US_WORKED = {"quarter": [61, 63, 64, 62], "month": [20, 19, 22, 22, 20, 21, 22, 21, 21, 21, 19, 22]}
"""Working days of 2026 in the United States: the package `holidays`, 0.109."""
EXPECTED = {
    ("quarter", 13): [0.447, 0.492, 0.515, 0.470],
    ("month", 4): [0.567, 0.527, 0.641, 0.641, 0.567, 0.605, 0.641, 0.605, 0.605, 0.605, 0.527, 0.641],
}
HOLIDAYS = ("01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25")
"""Federal ones of 2026; Independence Day is kept on a Friday."""


@pytest.fixture(scope="module")
def american() -> Played:
    """Return the canonical rep of the brief, 100 calls a day, in 2026."""
    plain = scenario(
        calendar={
            "start": "2026-01-01",
            "months": "real",
            "holidays": [{"date": f"2026-{day}"} for day in HOLIDAYS],
        },
        horizon={"weeks": 53},
        team={"reps": 1},
        plan={"calls_per_week": 500},
        funnel=[{"stage": "calls"}, {"stage": "wins", "rate": 0.002}],
        deal=PRICE,
    )
    return play(compiled(plain), 2026, count=WORLDS)


@pytest.mark.parametrize(("per", "wins"), EXPECTED)
def test_known_answers_4b_and_4c_the_chance_of_a_quota_by_working_days(american: Played, per: str, wins: int) -> None:
    """Binomial tails of the days that a period has, within 4 standard errors: 16 checks, in all 1e-3 false alarms."""
    metric = parse_metric(f"revenue:{per}")
    won = revenue_by_period(metric, american.program, american.detail)[:, 0] // (100 * PRICE)
    for period, (days, published) in enumerate(zip(US_WORKED[per], EXPECTED[per, wins], strict=True)):
        exact = float(binom.sf(wins - 1, 100 * days, 0.002))
        assert exact == pytest.approx(published, abs=5e-4)
        assert abs((won[:, period] >= wins).mean() - exact) < 4 * sqrt(exact * (1 - exact) / WORLDS), period


def test_closed_forms_go_by_the_days_that_a_period_has() -> None:
    for (per, wins), chances in EXPECTED.items():
        plain = scenario(
            calendar={"start": "2026-01-01", "months": "real", "holidays": [f"2026-{day}" for day in HOLIDAYS]},
            horizon={"weeks": 53},
            plan={"calls_per_week": 500},
            funnel=[{"stage": "calls"}, {"stage": "wins", "rate": 0.002}],
            deal=PRICE,
            quota={"per": per, "amount": wins * PRICE},
        )
        found = {each.label: each.value for each in expected(validate(plain))}
        assert found[f"P(quota of a {per}), a rep"] == pytest.approx(np.mean(chances), abs=5e-4)


@pytest.mark.parametrize("name", ["everything", "reps differ"])
def test_months_of_four_four_five_weeks_are_those_of_today(name: str) -> None:
    """Bit for bit: with a start on a Monday, and no holiday of which the pace would know."""
    plain = CASES[name]
    calendar = plain.get("calendar", {}) | {"start": "2026-10-05", "months": "4-4-5"}
    assert counts_of_engine(play(compiled(plain | {"calendar": calendar}), 7)) == counts_of_engine(
        play(compiled(plain), 7)
    )


@pytest.mark.parametrize("name", ["real months", "by the week in real months", "months of 4-5-4 weeks"])
def test_metrics_by_replication_are_those_of_the_tally(name: str) -> None:
    played = play(compiled((STEADY | REACTING)[name]), 5, count=32)
    for text in ("p_quota", "p_quota_team", "p_zero:month", "revenue:month", "p_zero:week"):
        metric = parse_metric(text)
        mean = values_of(metric, played.program, played.detail).mean()
        sums = sums_of(metric, played.program, played.tally)
        assert mean == pytest.approx(sums.total.sum() / sums.windows.sum(), rel=1e-12), text
