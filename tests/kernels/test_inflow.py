"""How many come without a call: the counts of a row against SciPy, and where words come from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simcore.kernels.inflow import MOST_OF_PART, PART_MEAN, arrivals, poisson
from simcore.program.compiler import compile_scenario
from simcore.random.philox import split_seed
from simcore.scenario.model import validate
from tests.support.inflow_cases import STEADY, flowing
from tests.support.scenario_cases import Scenario
from tests.support.statistical import DeviationError, check_fit

KEY = split_seed(7)
NO_FLIP = np.uint32(0)


def counts(plain: Scenario, size: int, *, noise: int = 0) -> np.ndarray:
    """Return the items of each replication, week and seat: int64[size, weeks, reps]."""
    program = compile_scenario(validate(plain))
    found = arrivals(program, size, (0, NO_FLIP, *KEY), (noise, NO_FLIP, *KEY), np.empty(0, np.int64))
    weeks, hours = program.clock.simulated_weeks, program.clock.hours_per_week
    table = np.zeros((size, weeks, program.team.reps), np.int64)
    np.add.at(table, (found.who.astype(np.int64), found.hour // hours, found.seat), 1)
    return table


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 37.5, PART_MEAN])
def test_a_count_is_the_quantile_of_its_uniform(mean: float) -> None:
    uniforms = np.linspace(0.0005, 0.9995, 200)
    found = [poisson(int(u * 2**53), mean) for u in uniforms]
    assert found == stats.poisson.ppf(uniforms, mean).clip(min=0).astype(int).tolist()


def test_the_last_uniform_ends_the_search() -> None:
    assert poisson(2**53 - 1, PART_MEAN) <= MOST_OF_PART
    assert stats.poisson.sf(MOST_OF_PART, PART_MEAN) < 1e-100


@pytest.mark.parametrize(("per_week", "cv", "to"), [(3.0, 0.0, "seat"), (250.0, 0.5, "team"), (4.0, 1.5, "team")])
def test_counts_of_a_seat_are_gamma_poisson(per_week: float, cv: float, to: str) -> None:
    """A negative binomial law (Greenwood and Yule 1920), thinned by the lot."""
    inflow = [{"stage": "leads", "per_week": per_week, "cv": cv, "to": to}]
    found = counts(flowing(inflow=inflow), 250)[:, :, 0].ravel()
    mean, most = per_week / (3 if to == "team" else 1), int(found.max()) + 1
    law = stats.nbinom(1.0 / cv**2, 1.0 / (1.0 + cv**2 * mean)) if cv else stats.poisson(mean)
    chances = np.append(law.pmf(np.arange(most)), law.sf(most - 1))
    check_fit("items of a week", np.bincount(found, minlength=most + 1), chances, detect=0.3)
    other = stats.poisson(mean * 1.3)
    chances = np.append(other.pmf(np.arange(most)), other.sf(most - 1))
    with pytest.raises(DeviationError):
        check_fit("items of a week", np.bincount(found, minlength=most + 1), chances, detect=0.3)


def test_other_words_of_the_weeks_move_means_and_no_luck() -> None:
    plain = flowing(inflow=[{"stage": "leads", "per_week": 30, "to": "seat"}])
    assert (counts(plain, 4) == counts(plain, 4, noise=9)).all()
    varied = flowing(inflow=[{"stage": "leads", "per_week": 30, "cv": 1, "to": "seat"}])
    assert not (counts(varied, 4) == counts(varied, 4, noise=9)).all()


def test_more_of_it_is_the_same_and_more() -> None:
    """Inversion: in each week, a larger mean never brings fewer."""
    few, many = (
        counts(flowing(inflow=[{"stage": "leads", "per_week": mean, "cv": 0.6, "to": "seat"}]), 16) for mean in (5, 6)
    )
    assert (many >= few).all()
    assert many.sum() > few.sum()


def test_a_row_is_its_replications() -> None:
    plain = STEADY["lags"]
    alone = [counts(plain, first + 1)[first] for first in range(3)]
    assert (counts(plain, 3) == np.stack(alone)).all()
