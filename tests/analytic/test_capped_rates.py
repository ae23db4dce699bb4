"""What is lost by cutting rates at 1, where a rate is not known exactly: against a direct integration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcore.analytic.capped_rates import cut_share, cut_spread, law_cv
from simcore.analytic.item_values import holds
from simcore.quantities.rates import Rate
from simcore.scenario.model import validate
from tests.support.scenario_cases import funnel, scenario

COUNTED: dict[str, Any] = {"successes": 14, "trials": 20}


@pytest.mark.parametrize("week_cv", [0.2, 0.5])
@pytest.mark.parametrize("market", [(0.0, 1.0), (0.04, 1.0), (0.04, 1.3)])
def test_the_loss_of_a_counted_rate_is_the_mean_over_its_law(week_cv: float, market: tuple[float, float]) -> None:
    rate = Rate.model_validate(COUNTED | {"week_cv": week_cv})
    law, (variance, mean) = stats.beta(14.5, 6.5), market
    u = (np.arange(4000) + 0.5) / 4000
    sd = np.sqrt(np.log1p(week_cv**2) + variance)
    factor = mean * np.exp(sd * stats.norm.ppf(u) - sd**2 / 2)
    lost = np.maximum(law.ppf(u)[:, None] * factor - 1.0, 0.0).mean()
    assert cut_share(rate, variance, mean) == pytest.approx(lost / (law.mean() * mean), rel=0.02)
    known = Rate(mean=float(law.mean()), week_cv=week_cv)
    assert cut_share(known, variance, mean) < 0.95 * cut_share(rate, variance, mean)


def test_the_chance_of_a_spread_that_is_cut_is_a_tail_of_the_law() -> None:
    rate = Rate.model_validate(COUNTED | {"rep_cv": 0.6})
    limit = 1.0 / (1.0 + 1.125 * 0.36)
    assert cut_spread(rate) == pytest.approx(stats.beta(14.5, 6.5).sf(limit), rel=1e-9)
    assert (cut_spread(Rate(mean=0.7, rep_cv=0.6)), law_cv(Rate(mean=0.7))) == (0.0, 0.0)


def test_an_age_that_tells_the_end_has_no_closed_form_where_the_rate_is_not_known() -> None:
    waits = {"lag": "1w", "lost_lag": "2w"}
    assert holds(validate(scenario(funnel=funnel({}, {"rate": 0.5, **waits}, {}))))
    assert not holds(validate(scenario(funnel=funnel({}, {"rate": COUNTED, **waits}, {}))))
    assert holds(validate(scenario(funnel=funnel({}, {"rate": COUNTED, "lag": "1w"}, {}))))
