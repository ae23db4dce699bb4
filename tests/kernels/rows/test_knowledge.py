"""Kernels of rates that are not known exactly, against SciPy and against those of rates that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from simcore.kernels.rows import conditions, knowledge
from simcore.kernels.rows.row import Draws
from simcore.kernels.rows.seats import drawn_means
from simcore.numerics.quantile_table import build_beta
from simcore.program.compiler import compile_scenario
from simcore.quantities.rates import LEAST_SIZE
from simcore.random.philox import split_seed
from simcore.scenario.model import validate
from tests.support.scenario_cases import CASES
from tests.twin.philox import Purpose, Source

SEED = 2026
DRAWS = Draws(0, np.uint32(0), *split_seed(SEED))


@pytest.mark.parametrize("mean", [1e-6, 0.002, 0.3, 0.999])
@pytest.mark.parametrize("share", [0.001, 0.1, 0.7, 0.94, 0.99, 5.0])
def test_own_rates_have_the_quantiles_of_the_beta_distribution(mean: float, share: float) -> None:
    """``share`` is that of the largest cv: the last two are cut."""
    limit = ((1.0 - mean) / mean) ** 0.5
    cv = max(share * limit, 0.001)
    size = max((1.0 - mean) / (mean * cv * cv) - 1.0, LEAST_SIZE)
    for word in (0, 2**20, 2**31 - 1, 2**31, 3 * 2**30, 2**32 - 1):
        u = (word + 0.5) / 2**32
        found = knowledge.beta_about(mean, cv, np.uint32(word))
        if u < 0.5:
            assert found == pytest.approx(special.betaincinv(mean * size, (1 - mean) * size, u), rel=1e-7, abs=1e-290)
        else:
            rest = special.betaincinv((1 - mean) * size, mean * size, 1 - u)
            assert 1.0 - found == pytest.approx(rest, rel=1e-7, abs=1e-14)


def test_the_rate_of_a_replication_is_the_quantile_at_its_word() -> None:
    scenario = validate(CASES["a late rate by counts"])
    means = drawn_means(compile_scenario(scenario).rates, DRAWS, 40)
    counted, laws = means[3], {step: stage.rate for step, stage in enumerate(scenario.funnel)}
    for number in range(40):
        word = Source(SEED, number).words(Purpose.KNOWLEDGE, seat=0, week=0, item=3)[0]
        assert counted[number] == pytest.approx(stats.beta(10.5, 40.5).ppf((word + 0.5) / 2**32), rel=1e-9)
    assert (means[1] == 0.9).all()
    rate = laws[6]
    assert rate is not None
    assert rate.law is not None
    word = Source(SEED, 7).words(Purpose.KNOWLEDGE, seat=0, week=0, item=6)[0]
    assert means[6, 7] == pytest.approx(rate.law.quantile(special.ndtri((word + 0.5) / 2**32)), rel=1e-9)


def test_rates_about_one_mean_are_those_of_a_table() -> None:
    weeks, size = 9, 8
    person = np.repeat([[0], [1], [-1]], 3, axis=0).astype(np.int32).repeat(size, axis=1)
    none, mean = np.empty((0, 0, 0), np.uint32), np.full(size, 0.2)
    ours, theirs = np.empty((weeks, size)), np.empty((weeks, size))
    knowledge.fill_rates_about(5, weeks, size, 3, mean, 0.4, person, none, *DRAWS, ours)
    conditions.fill_own_rates(5, weeks, size, 3, 0.2, build_beta(0.2, 0.4), person, none, *DRAWS, theirs)
    assert ours == pytest.approx(theirs, rel=1e-10)
    given = np.full((size, 4, 6), 2**31, np.uint32)
    knowledge.fill_rates_about(5, weeks, size, 3, mean, 0.4, person, given, *DRAWS, ours)
    assert len(set(ours[0])) == 1
    assert ours[3:] == pytest.approx(theirs[3:], rel=1e-10)
