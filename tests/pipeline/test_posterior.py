"""What is learned, against the process that made the deals and against a life table of others' making."""

from __future__ import annotations

import numpy as np
import pytest

from simcore.pipeline.ages import STARTS
from simcore.pipeline.posterior import WINS, Seeds, learn
from tests.support.made_histories import DAY_OF_START, Process, made_history

STILL = Process(weeks=60, arrivals=60.0, market_sd=0.001)


def test_chances_by_age_are_those_of_the_process() -> None:
    """The share that is won of those in the second stage, from its hazards, is the rate that was put in."""
    posterior = learn(made_history(STILL, 1), DAY_OF_START + 7 * 60)
    hazard = posterior.shape / posterior.rate
    days = np.diff(np.append(STARTS, STARTS[-1] + 28))
    total = hazard[:, 1].sum(axis=0)
    left = np.exp(-np.cumsum(np.append(0.0, total * days)))[:-1]
    won = (left * (1.0 - np.exp(-total * days)) * hazard[WINS, 1] / np.maximum(total, 1e-12)).sum()
    assert won == pytest.approx(STILL.rates[1], abs=0.04)


def test_nothing_later_changes_what_is_learned() -> None:
    day = DAY_OF_START + 7 * 30
    short, long = (made_history(STILL._replace(weeks=weeks), 2) for weeks in (45, 60))
    one, other = learn(short, day), learn(long, day)
    for name in ("shape", "rate", "seen", "next_stage", "segment_events", "recent", "weekly_wins", "weekly_expected"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name


def test_draws_have_the_mean_and_the_spread_of_the_posterior() -> None:
    posterior = learn(made_history(STILL._replace(weeks=30, arrivals=8.0), 3), DAY_OF_START + 210)
    drawn = posterior.draws(4000, 3, Seeds.of(5))
    mean = posterior.shape / posterior.rate
    error = drawn.hazard.std(axis=0) / np.sqrt(4000)
    assert (np.abs(drawn.hazard.mean(axis=0) - mean) <= 5.0 * error + 1e-12).all()
    # The whole row is known no better than its events tell.
    row = drawn.hazard[:, WINS, 1].sum(axis=1)
    assert row.std() / row.mean() > 0.8 / np.sqrt(posterior.seen[WINS, 1])
    assert drawn.new.mean() == pytest.approx(8.0, rel=0.25)


def test_factors_are_drawn_from_seeds_of_their_own() -> None:
    posterior = learn(made_history(STILL._replace(weeks=30, arrivals=8.0), 3), DAY_OF_START + 210)
    base = posterior.draws(50, 3, Seeds.of(5))
    other = posterior.draws(50, 3, Seeds(knowledge=6, market=5, inflow=5, luck=5))
    assert (other.hazard != base.hazard).any()
    assert other.market.tolist() == base.market.tolist()
    assert other.new.tolist() == base.new.tolist()
    # Of one seed, factors do not go together.
    drawn = posterior.draws(4000, 1, Seeds.of(7))
    assert abs(np.corrcoef(drawn.market[:, 0], drawn.new[:, 0])[0, 1]) < 0.06
    assert posterior.draws(50, 3, Seeds.of(5), 1).market.tolist() != base.market.tolist()


def test_the_week_itself_does_not_make_its_expectation() -> None:
    """Expected wins leave their own week out: a week of many wins is not expected because it was."""
    history = made_history(STILL._replace(weeks=30, arrivals=8.0), 4)
    posterior = learn(history, DAY_OF_START + 210)
    ratio = posterior.weekly_wins[8:] - posterior.weekly_expected[8:]
    spread = np.sqrt(posterior.weekly_expected[8:].mean())
    assert ratio.std() > 0.85 * spread
