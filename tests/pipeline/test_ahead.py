"""How pipelines go on: against what really came, and what must hold of any."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.ahead import PART, chances, open_deals, play_ahead
from simcore.pipeline.history import WON
from simcore.pipeline.posterior import Seeds, learn
from tests.support.made_histories import DAY_OF_START, Process, made_history

WORLD = Process(weeks=60, arrivals=40.0, market_sd=0.05)
DAY = DAY_OF_START + 7 * 52


def test_means_are_what_comes() -> None:
    """Over four worlds, the wins of eight weeks from open deals and from new ones; errors are those of what came."""
    forecast, came = np.zeros(2), np.zeros(2)
    for seed in range(4):
        history = made_history(WORLD, seed)
        posterior = learn(history, DAY)
        ahead = play_ahead(posterior, open_deals(posterior), 56, 300, Seeds.of(seed))
        forecast += ahead.wins.sum(axis=(2, 3)).mean(axis=0)
        won = (history.outcome == WON) & (history.closed >= DAY) & (history.closed < DAY + 56)
        came += [(won & (history.created < DAY)).sum(), (won & (history.created >= DAY)).sum()]
    assert (np.abs(forecast - came) < 4.0 * np.sqrt(came) + 0.1 * came).all()
    assert came.min() > 50


def test_chances_sum_to_the_mean_of_the_open_part() -> None:
    posterior = learn(made_history(WORLD, 1), DAY)
    deals = open_deals(posterior)
    ahead = play_ahead(posterior, deals, 28, 400, Seeds.of(1))
    assert ahead.won.sum() == ahead.wins[:, 0].sum()
    some = deals.take(np.arange(6))
    found = chances(posterior, some, 28, 40, Seeds.of(2))
    near = ahead.won[:, :6].mean(axis=0)
    error = np.sqrt(near * (1.0 - near) / 400) + found.std(axis=0) / np.sqrt(40)
    assert (np.abs(found.mean(axis=0) - near) < 4.0 * error + 0.01).all()


def test_a_deal_less_changes_nothing_else_and_parts_are_drawn_anew() -> None:
    posterior = learn(made_history(WORLD._replace(arrivals=4.0), 2), DAY)
    deals = open_deals(posterior)
    left = np.arange(len(deals.deal)) != 3
    whole, less = (play_ahead(posterior, each, 14, PART + 200, Seeds.of(3)) for each in (deals, deals.take(left)))
    assert (whole.won[:, left] == less.won).all()
    assert (whole.wins[:, 1] == less.wins[:, 1]).all()
    assert whole.market[:200].tolist() != whole.market[PART:].tolist()


@pytest.mark.parametrize("days", [1, 6, 8])
def test_weeks_that_are_not_whole_are_played(days: int) -> None:
    posterior = learn(made_history(WORLD._replace(arrivals=4.0), 2), DAY)
    ahead = play_ahead(posterior, open_deals(posterior), days, 100, Seeds.of(3))
    longer = play_ahead(posterior, open_deals(posterior), days + 7, 100, Seeds.of(3))
    assert ahead.wins.shape[-1] == -(-days // 7)
    assert (ahead.won <= longer.won).all()
