"""Planted bugs: the checks that a right engine passes must refuse a wrong one.

Each bug is a wrong engine (another scenario, spoilt rows, or a small model with the fault) whose results go to the very
functions of tests/agreement/test_known_answers.py. Only `DeviationError` counts: a sample that is too small catches
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcore import Result
from simcore.program.tally import GROUPS
from simcore.statistics.jackknife import jackknife
from simcore.statistics.moments_and_quantiles import ratio
from tests.agreement import test_known_answers as known
from tests.support.statistical import DeviationError, check_mean, check_variance_of_normal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bug = Callable[[], None]

LAW = known.STEADY[0]
SMALL = (1024, 4, 52)
MARKET = known.MARKETS[0]
SPREAD = known.SPREADS[0]
WAITING = known.WAITS


def funnel_run(rates: tuple[float, ...], **sections: Any) -> Result:  # noqa: ANN401 - sections of a scenario
    return known.run(SMALL, 12, plan={"calls_per_week": LAW.calls}, funnel=known.stages(rates), **sections)


# Rates and thresholds.


def rate_one_percent_high() -> None:
    known.check_entries(known.counts_of(funnel_run((0.0202, 0.2, 0.5)), 1), LAW, 1)


def threshold_of_eight_bits() -> None:
    known.check_entries(known.counts_of(funnel_run((round(0.02 * 256) / 256, 0.2, 0.5)), 1), LAW, 1)


def same_word_for_two_steps() -> None:
    """Who passes step 2 (u < 0.2) passes step 3 (the same u < 0.5) too."""
    known.check_binomial_moments(funnel_run((0.02, 0.2, 1.0)), LAW)


def over_dispersed_counts() -> None:
    funnel = known.stages(LAW.rates, s1={"rate": {"mean": 0.02, "week_cv": 0.15}})
    noisy = known.run(SMALL, 12, plan={"calls_per_week": 500}, funnel=funnel)
    known.check_binomial_law(known.counts_of(noisy, 1), 500, 0.02, "over-dispersed meetings")


def last_week_lost() -> None:
    counts = known.counts_of(known.steady(LAW), 1).copy()
    counts[..., -1] = 0
    known.check_entries(counts, LAW, 1)


# Addresses.


def week_address_used_twice() -> None:
    wins = known.counts_of(known.steady(LAW), 1).copy()
    wins[..., 1::2] = wins[..., 0::2]
    known.check_unrelated(wins[..., 0::2], wins[..., 1::2], "a week and the next")


def rep_left_out_of_the_address() -> None:
    wins = known.counts_of(known.steady(LAW), 1).copy()
    wins[:, 1::2] = wins[:, 0::2]
    known.check_unrelated(wins[:, 0::2], wins[:, 1::2], "a rep and the next")


def replications_that_repeat() -> None:
    """Eight groups of replications that are copies: the jackknife must not be told that they are independent."""
    weekly = known.counts_of(known.steady(LAW), 1)
    few = weekly[: GROUPS // 8].sum(axis=(1, 2))
    check_errors(np.repeat(few, 8))


# Where the successes of a week lie.


def hours_drawn_with_replacement() -> None:
    rng = np.random.default_rng(1)
    by_hour = rng.multinomial(rng.binomial(7, 0.4, 100_000), np.array([2, 2, 3]) / 7)
    known.check_hypergeometric(by_hour, (7, 3))


def all_hours_alike() -> None:
    """Seven calls as 2, 2, 3, but the hours are filled as if they were 3, 2, 2."""
    known.check_hypergeometric(known.hours_of_successes((7, 3), 0.4, 32)[:, ::-1], (7, 3))


def calls_of_an_hour_that_win_together() -> None:
    rng = np.random.default_rng(2)
    first, rest = rng.binomial([[2], [2], [3]], 0.4, (3, 100_000))[:2].T, rng.binomial(3, 0.4, 100_000)
    first[:, 1] = np.where(rng.random(100_000) < 0.2, first[:, 0], first[:, 1])
    known.check_hypergeometric(np.column_stack([first, rest]), (7, 3))


# Values.


def values_without_their_variance() -> None:
    known.check_compound(known.deal_run(8_000), known.DEALS[0])


def value_from_the_word_of_the_win() -> None:
    """The win needs u < 0.25, and the value is the quantile of the same u: all deals are small ones."""
    known.check_compound(known.deal_run({"values": [1_000]}), known.DEALS[2])


def gamma_in_place_of_its_mean_one() -> None:
    known.check_compound(known.deal_run({"mean": 21_000, "cv": 0.8, "shape": "gamma"}), known.DEALS[1])


# Reps.


def rep_rates_drawn_every_week() -> None:
    funnel = known.stages(SPREAD.law.rates, s1={"rate": {"mean": SPREAD.law.rates[0], "week_cv": SPREAD.rep_cv}})
    weekly = known.run((4096, 6, 12), 42, plan={"calls_per_week": 500}, funnel=funnel)
    known.check_between_reps(known.counts_of(weekly), SPREAD)


def spread_taken_for_a_variance() -> None:
    known.check_between_reps(known.counts_of(known.spread_run(SPREAD._replace(rep_cv=SPREAD.rep_cv**2))), SPREAD)


def new_people_in_the_second_period() -> None:
    wins = known.counts_of(known.spread_run(SPREAD, seed=81)).copy()
    wins[..., 6:] = np.roll(wins[..., 6:], 1, axis=1)
    known.check_repeated(wins, SPREAD, 3)


# The market.


def market_sd_a_quarter_low() -> None:
    wrong = MARKET._replace(sd=0.75 * MARKET.sd)
    known.check_market(known.counts_of(known.market_run(wrong)), MARKET)


def market_mean_above_one() -> None:
    """The factor exp(x) without - sd^2 / 2."""
    meetings, wins = MARKET.law.rates
    wrong = MARKET._replace(law=MARKET.law._replace(rates=(meetings * np.exp(MARKET.sd**2 / 2), wins)))
    known.check_market(known.counts_of(known.market_run(wrong)), MARKET)


def wins_on(paths: Floats, rng: np.random.Generator) -> Ints:
    """Return the wins of teams on these paths of the market's logarithm, float64[replications, weeks]."""
    rate = MARKET.law.q * np.exp(paths - MARKET.sd**2 / 2)
    teams = (len(paths), MARKET.reps, paths.shape[1])
    return rng.binomial(MARKET.law.calls, rate[:, None, :], teams).astype(np.int64)


def paths_of(persistence: float, rng: np.random.Generator) -> Floats:
    """Return 8,192 paths of nine weeks."""
    x = np.empty((8192, 9))
    x[:, 0] = rng.normal(0.0, MARKET.sd, 8192)
    for week in range(1, 9):
        fresh = MARKET.sd * np.sqrt(1 - persistence**2) * rng.normal(size=8192)
        x[:, week] = persistence * x[:, week - 1] + fresh
    return x


WALK, LEVEL = known.LEVELS[0], known.LEVELS[2]


def walk_that_comes_back() -> None:
    wrong = {"sd": 0.1, "persistence": 0.99}
    known.check_level(known.counts_of(known.level_run(wrong)), WALK)


def walk_without_its_drift() -> None:
    """The median stays where it is, so the mean grows by half the variance."""
    rng = np.random.default_rng(5)
    paths = np.exp(np.cumsum(rng.normal(0.0, WALK["step"], (8192, 52)), axis=1))
    rate = known.LEVEL_LAW.q * paths[:, None, :]
    wins = rng.binomial(known.LEVEL_LAW.calls, np.minimum(rate, 1.0), (8192, 2, 52)).astype(np.int64)
    known.check_level(wins, WALK)


def level_forgotten() -> None:
    wrong = {key: value for key, value in LEVEL.items() if key != "start"}
    known.check_level(known.counts_of(known.level_run(wrong)), LEVEL)


def market_with_the_sign_turned() -> None:
    """x_w = -persistence x_(w-1) + ...: the same spread, another sum."""
    rng = np.random.default_rng(3)
    known.check_market(wins_on(paths_of(-MARKET.persistence, rng), rng), MARKET)


def one_market_for_all_replications() -> None:
    rng = np.random.default_rng(4)
    known.check_market(wins_on(np.tile(paths_of(MARKET.persistence, rng)[:1], (8192, 1)), rng), MARKET)


def market_of_its_own_for_every_rep() -> None:
    """What is shared averages out where it must not."""
    wins = known.counts_of(known.market_run(MARKET))
    own = np.stack([np.roll(wins[:, rep], rep, axis=0) for rep in range(MARKET.reps)], axis=1)
    known.check_market(own, MARKET)


# Lags and quotas.


def lag_one_hour_long() -> None:
    known.check_open(known.lag_run([{"fixed": "17h"}, *(wait.given for wait in WAITING[1:])]), WAITING)


def lags_swapped() -> None:
    given = [wait.given for wait in WAITING]
    known.check_open(known.lag_run([given[1], given[0], *given[2:]]), WAITING)


def median_taken_for_the_mean() -> None:
    given = [wait.given for wait in WAITING]
    given[2] = {"median": "5d", "p90": "11d"}
    known.check_open(known.lag_run(given), WAITING)


def quota_reached_only_above() -> None:
    target = known.TARGETS[0]
    known.check_tail(known.quota_run(target._replace(wins=target.wins + 1)), target)


def check_errors(wins: Ints) -> None:
    """The standard error of a mean of wins of 208 rep-weeks each is the textbook's."""
    size = np.ones(len(wins), np.int64)
    figure = jackknife(ratio, size, wins, size * 208)
    true = 500 * 0.02 * 0.98 / (208 * len(wins))
    assert figure.se is not None
    degrees = len(wins) - 1
    check_variance_of_normal("error of a mean", figure.se**2, true, degrees=degrees, detect=1.2 * true)
    assert figure.estimate is not None
    check_mean("mean over groups", wins / 208, 10.0, sd=float(np.sqrt(true * len(wins))), detect=0.2)
    half = len(wins) // 2
    even, odd = wins[0::2][:half].astype(np.float64), wins[1::2][:half].astype(np.float64)
    # Half the squared difference of neighbours is the variance of independent groups.
    spread = float(((even - odd) ** 2).mean()) / 2
    check_variance_of_normal("neighbours", spread, 208 * 9.8, degrees=half, detect=2.5 * 208 * 9.8)


BUGS: list[Bug] = [
    rate_one_percent_high,
    threshold_of_eight_bits,
    same_word_for_two_steps,
    over_dispersed_counts,
    last_week_lost,
    week_address_used_twice,
    rep_left_out_of_the_address,
    replications_that_repeat,
    hours_drawn_with_replacement,
    all_hours_alike,
    calls_of_an_hour_that_win_together,
    values_without_their_variance,
    value_from_the_word_of_the_win,
    gamma_in_place_of_its_mean_one,
    rep_rates_drawn_every_week,
    spread_taken_for_a_variance,
    new_people_in_the_second_period,
    market_sd_a_quarter_low,
    market_mean_above_one,
    market_with_the_sign_turned,
    walk_that_comes_back,
    walk_without_its_drift,
    level_forgotten,
    market_of_its_own_for_every_rep,
    one_market_for_all_replications,
    lag_one_hour_long,
    lags_swapped,
    median_taken_for_the_mean,
    quota_reached_only_above,
]


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    with pytest.raises(DeviationError):
        bug()


def test_the_small_model_without_the_fault_passes() -> None:
    rng = np.random.default_rng(5)
    known.check_market(wins_on(paths_of(MARKET.persistence, rng), rng), MARKET)


def test_the_error_of_a_mean_is_the_textbooks() -> None:
    """The right twin of ``replications_that_repeat``; the other bugs have theirs in test_known_answers.py."""
    check_errors(known.counts_of(known.steady(LAW), 1)[:GROUPS].sum(axis=(1, 2)))
