"""Forecasts: what adds up, what must not move, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcore.base.errors import UsageError
from simcore.forecasting.forecast import forecast
from simcore.forecasting.forecast_document import Forecast
from simcore.pipeline.history import OPEN
from tests.support.export_files import example_data

ASKED: dict[str, Any] = {"by": "2026-12-31", "replications": 400, "quota": "350k"}


@pytest.fixture(scope="module")
def found() -> Forecast:
    """Return the forecast of the example."""
    return forecast(example_data(), **ASKED)


def test_parts_add_up(found: Forecast) -> None:
    parts = (found.closed, found.from_open.mean.estimate, found.from_new.mean.estimate)
    assert found.total.mean.estimate == pytest.approx(sum(part or 0.0 for part in parts))
    assert found.fan[-1].until == found.by
    assert (found.fan[-1].low, found.fan[-1].high) == (found.total.low, found.total.high)
    assert [point.median for point in found.fan] == sorted(point.median for point in found.fan)
    assert len(found.fan) == found.weeks == 14


def test_shares_of_the_width_sum_to_one(found: Forecast) -> None:
    shares = [part.share.estimate or 0.0 for part in found.width]
    error = found.width[-1].share.se or 0.0
    assert sum(shares) == pytest.approx(1.0, abs=4.0 * error)
    assert {part.source for part in found.width} == {"luck", "market", "new deals", "knowledge", "together"}
    assert min(shares) > -0.1


def test_the_chance_of_a_quota_falls_with_it_and_is_that_of_the_total() -> None:
    chances = []
    for quota in ("100k", "350k", "700k"):
        found = forecast(example_data(), **{**ASKED, "quota": quota})
        assert found.p_quota is not None
        chances.append(found.p_quota.estimate or 0.0)
        assert [row.market for row in found.weather] == [0.1, 0.5, 0.9]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.9
    assert chances[2] < 0.5


def test_what_was_won_in_the_period_is_closed() -> None:
    data = example_data()
    since = np.datetime64("2026-07-01", "s")
    won = (data.deals.outcome == 1) & (data.deals.closed >= since)
    found = forecast(data, **ASKED, since="2026-07-01")
    assert found.closed == pytest.approx(data.deals.value[won].sum())
    assert found.since == "2026-07-01"


def test_one_deal_less_changes_only_what_it_must(found: Forecast) -> None:
    gone = found.largest[0]
    less = forecast(example_data(), **ASKED, without=[gone.id])
    assert less.from_new == found.from_new
    assert less.open_deals == found.open_deals - 1
    assert less.without == [gone.id]
    assert less.p_quota == gone.p_quota_without
    rest = {deal.id: deal.chance for deal in found.largest[1:]}
    assert all(rest[deal.id] == deal.chance for deal in less.largest if deal.id in rest)
    expected = (gone.chance.estimate or 0.0) * gone.value
    fall = (found.from_open.mean.estimate or 0.0) - (less.from_open.mean.estimate or 0.0)
    assert fall == pytest.approx(expected)


def test_chances_lie_in_what_is_not_known(found: Forecast) -> None:
    assert len(found.largest) == 10
    for deal in found.largest:
        assert deal.chance_low is not None
        assert deal.chance_high is not None
        assert deal.chance_low <= (deal.chance.estimate or 0.0) + 0.1
        assert deal.chance_high >= (deal.chance.estimate or 0.0) - 0.1
        assert deal.chance_low < deal.chance_high


def test_wins_are_counted_where_they_are_asked_for() -> None:
    found = forecast(example_data(), by="2026-10-31", measure="wins", replications=200)
    assert found.measure == "wins"
    assert found.p_quota is None
    assert found.weather == []
    assert all(deal.value == 1.0 and deal.p_quota_without is None for deal in found.largest)
    assert float(found.total.low).is_integer()


def test_the_same_seed_says_the_same_and_another_does_not(found: Forecast) -> None:
    assert forecast(example_data(), **ASKED) == found
    assert forecast(example_data(), **ASKED, seed=2).total != found.total


def test_it_is_stopped_with_what_was_done() -> None:
    found = forecast(example_data(), **ASKED, stop=lambda: True)
    assert found.interrupted
    assert found.width == []
    assert found.total.median > 0.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by": "2026-09-30"}, "2026-10-01 to"),
        ({"by": "2126-09-30"}, "2026-10-01 to"),
        ({"by": "2026-13-01"}, "no day"),
        ({"since": "2027-01-01"}, "begins after"),
        ({"without": ["D-0001"]}, "no open deal"),
        ({"quota": "much"}, "quota"),
        ({"measure": "money"}, "measure"),
        ({"replications": 5}, "replications"),
    ],
)
def test_what_leaves_its_range_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        forecast(example_data(), **{**ASKED, **changes})


def test_a_market_of_its_own_makes_a_quarter_of_the_history_stand_out() -> None:
    data = example_data()
    quiet = forecast(data, **ASKED)
    assert quiet.outside is None
    # Of those won before the last quarter, two in three were lost: the last quarter is far above.
    from dataclasses import replace  # noqa: PLC0415

    early = (data.deals.outcome == 1) & (data.deals.closed < np.datetime64("2026-07-01"))
    places = np.flatnonzero(early)
    outcome = data.deals.outcome.copy()
    outcome[places[places % 3 != 0]] = 2
    assert (outcome == OPEN).sum() == (data.deals.outcome == OPEN).sum()
    loud = forecast(replace(data, deals=replace(data.deals, outcome=outcome)), **ASKED)
    assert loud.outside is not None
    assert "99 % sure of" in loud.outside
