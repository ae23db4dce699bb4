"""What comes without a call: the engine's own runs against the closed forms of a steady pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.analytic.expectations import chances, expected
from simcore.analytic.flowing_in import come_to
from simcore.engine.simulation import simulate
from simcore.scenario.model import Scenario, validate
from tests.support.inflow_cases import AT_ONCE, LAGS, NOBODY, flowing
from tests.support.statistical import DeviationError, check_mean

WORLDS, WEEKS, WARMUP = 160, 26, 12
INFLOW: list[dict[str, Any]] = [
    {"stage": "leads", "per_week": 9, "cv": 0.4},
    {"stage": "offers", "per_week": 1.5, "to": "seat"},
]


PLAIN = [stage | {"rate": 0.5} if stage["stage"] == "wins" else stage for stage in LAGS]
NO_LAGS = [stage | {"rate": 0.5} if stage["stage"] == "wins" else stage for stage in AT_ONCE]


def steady(funnel: list[dict[str, Any]], **parts: object) -> Scenario:
    """Return a team whose pipeline is warmed up."""
    horizon = {"weeks": WEEKS, "warmup_weeks": WARMUP}
    return validate(flowing(funnel, INFLOW, calendar={}, horizon=horizon, **parts))


def check_entries(given: Scenario, factor: float = 1.0) -> None:
    """Check the entries into each stage against their closed forms, times a factor."""
    known = {each.label.removesuffix(", steady state"): each.value for each in expected(given)}
    rows = simulate(given, replications=WORLDS, seed=3, keep_rep_weeks=True).rep_weeks
    assert rows is not None
    weeks = rows.counts.reshape(WORLDS, -1, len(given.funnel)).mean(axis=1)
    for place, stage in enumerate(given.funnel[1:], start=1):
        values = weeks[:, place]
        detect = 12.0 * float(values.std()) / WORLDS**0.5
        check_mean(stage.stage, values, known[f"{stage.stage} per rep and week"] * factor, detect=detect)


@pytest.mark.parametrize("given", [steady(PLAIN), steady(NO_LAGS, plan=NOBODY)], ids=["lags", "nobody calls"])
def test_entries_are_those_of_calls_and_of_what_comes_without(given: Scenario) -> None:
    check_entries(given)
    with pytest.raises(DeviationError):
        check_entries(given, factor=1.2)


def test_the_sd_of_a_week_is_that_of_a_gamma_poisson_count() -> None:
    given = steady(NO_LAGS, plan=NOBODY)
    known = {each.label: each.value for each in expected(given)}
    assert known["leads without a call per rep and week (1)"] == 3.0
    assert known["sd of leads without a call per rep and week (1)"] == pytest.approx((3.0 + 1.2**2) ** 0.5)


def test_open_items_are_arrivals_times_their_wait() -> None:
    given = steady(PLAIN)
    summary = simulate(given, replications=WORLDS, seed=3).summary
    known = {each.label: each.value for each in expected(given)}
    for row in summary.open_at_end:
        label = f"open items per rep on the way to {row.waiting_for}, steady state"
        if label in known and row.per_rep.estimate is not None and row.per_rep.se:
            assert abs(row.per_rep.estimate - known[label]) < 5.0 * row.per_rep.se


def test_what_comes_into_the_stage_itself_has_not_passed_the_step() -> None:
    given = steady(PLAIN)

    def chance(_: Scenario, steps: Any) -> float:  # noqa: ANN401
        return float(np.prod([step.rate.mean for step in steps]))

    assert come_to(given, chance, 2) == pytest.approx(3.0 * 0.4 + 1.5)
    assert come_to(given, chance, 2, through=True) == pytest.approx(3.0 * 0.4)


def test_where_it_has_no_closed_form_none_is_told() -> None:
    dated = validate(flowing(NO_LAGS, [{"stage": "leads", "per_week": {"2026-10-05": 3}}]))
    labels = [each.label for each in expected(dated)]
    assert "value of a call" in labels
    assert not any("per rep and week" in label for label in labels)
    assert chances(dated) is not None, "of a call"
    called = [each.label for each in expected(validate(flowing(NO_LAGS)))]
    assert not any(label.startswith(("week: ", "P(quota")) for label in called)
