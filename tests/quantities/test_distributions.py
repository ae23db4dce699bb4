"""What the distributions of lags and deal values say of themselves, against the twin's own account of each."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from math import floor, sqrt
from typing import Any

import numpy as np
import pytest

from simcore.base.errors import ScenarioError
from simcore.numerics.quantile_table import build_gamma
from simcore.program.compiler import compile_scenario
from simcore.program.layout import FIXED
from simcore.quantities.deals import DEALS, Deal, SpreadDeal
from simcore.quantities.distributions import Altered, Unsure
from simcore.quantities.lags import LAGS, GammaLag, Lag, may_take_time
from simcore.scenario.digest import scenario_digest
from simcore.scenario.model import Calendar, Scenario, to_plain, validate
from tests.support import distribution_cases
from tests.support.scenario_cases import funnel, scenario
from tests.twin.spreads import Spread, deal_spread, lag_spread

WORDS = [int((i + 0.5) * 2**32 / 2000) for i in range(2000)]
"""The middles of 2000 equal parts of all words: a mean over them is a mean of the distribution, to a little."""
CALENDAR = Calendar()
HOURS = {"h": 1, "d": 8, "w": 40}


def hours(duration: str | float) -> float:
    """Read a duration in weeks of five days of eight hours."""
    assert isinstance(duration, str)
    return float(duration[:-1]) * HOURS[duration[-1]]


def with_lag(lag: object) -> Scenario:
    return validate(scenario(funnel=funnel({}, {}, {"lag": lag})))


def lag_of(data: object) -> Lag:
    lag = with_lag(data).funnel[-1].lag
    assert lag is not None
    return lag


def deal_of(data: object) -> Deal:
    return validate(scenario(deal=data)).deal


def numbers(spread: Spread) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([spread(word) for word in WORDS])


def plain(altered: Altered | None) -> Mapping[str, Any]:
    """Return a changed distribution as a file writes it; reading it again must give the same."""
    assert altered is not None
    data: Mapping[str, Any] = to_plain(altered.part)
    again: Lag | Deal = lag_of(data) if isinstance(altered.part, LAGS) else deal_of(data)
    assert again == altered.part
    return data


every_lag = pytest.mark.parametrize("data", distribution_cases.LAGS.values(), ids=distribution_cases.LAGS.keys())
every_value = pytest.mark.parametrize("data", distribution_cases.VALUES.values(), ids=distribution_cases.VALUES.keys())


def test_every_distribution_has_a_case() -> None:
    assert {type(lag_of(data)) for data in distribution_cases.LAGS.values()} == set(LAGS)
    assert {type(deal_of(data)) for data in distribution_cases.VALUES.values()} == set(DEALS)


def check_lag(lag: Lag, spread: Spread) -> None:
    """The mean, and the chances of whole hours, are those of the numbers that words become."""
    found = numbers(spread)
    assert lag.mean_hours(CALENDAR) == pytest.approx(found.mean(), abs=0.5, rel=0.005)
    chances = lag.chances_by_hour(CALENDAR)
    assert chances.sum() == pytest.approx(1.0, abs=2e-9)
    reached = np.concatenate([[0.0], chances.cumsum()])
    for word, number in zip(WORDS, found, strict=True):
        hour, share = floor(number + 0.5), (word + 0.5) / 2**32
        assert reached[hour] - 1e-8 <= share <= reached[hour + 1] + 1e-8


@every_lag
def test_a_lag_has_the_moments_and_chances_of_its_draws(data: dict[str, Any]) -> None:
    check_lag(lag_of(data), lag_spread(data, hours))


def test_a_wrong_distribution_function_is_caught() -> None:
    """A planted mistake: a gamma lag with another spread, and the same mean."""
    data = distribution_cases.GAMMA_LAG
    lag = lag_of(data)
    assert isinstance(lag, GammaLag)
    with pytest.raises(AssertionError):
        check_lag(lag.model_copy(update={"cv": 0.91}), lag_spread(data, hours))


@every_lag
def test_a_shorter_lag_is_shorter_at_every_word(data: dict[str, Any]) -> None:
    lag = lag_of(data)
    altered = lag.shorter(0.1)
    shorter = lag_spread(plain(altered), hours)
    # The twin rounds the entries of a table to hours.
    assert numbers(shorter) == pytest.approx(0.9 * numbers(lag_spread(data, hours)), rel=1e-9, abs=1.0)
    assert lag_of(plain(altered)).mean_hours(CALENDAR) == pytest.approx(0.9 * lag.mean_hours(CALENDAR), rel=1e-9)
    assert altered.field in data
    assert altered.before != altered.after


@every_lag
def test_durations_of_a_lag_are_checked_wherever_they_stand(data: dict[str, Any]) -> None:
    """Ten thousand times as long, they are beyond five years, and each of them is named."""
    long = {key: _longer(entry) for key, entry in data.items()}
    with pytest.raises(ScenarioError) as caught:
        lag_of(long)
    told = [problem.path for problem in caught.value.problems if problem.message == "is longer than five years"]
    named = [key for key, entry in long.items() if isinstance(entry, str)]
    named += [f"values.{place}" for place, entry in enumerate(long.get("values", ()), 1) if hours(entry)]
    assert sorted(told) == sorted(f"funnel.wins.lag.{key}" for key in named)
    assert told


def _longer(entry: Any) -> Any:  # noqa: ANN401 - what a file may hold
    if isinstance(entry, list):
        return [_longer(each) for each in entry]
    return f"{10_000 * hours(entry):g}h" if isinstance(entry, str) else entry


@pytest.mark.parametrize(
    ("given", "may"),
    [
        *((given, False) for given in (None, "0h", {"fixed": "0d"}, {"fixed": None})),
        *((given, True) for given in ("1h", "soon", {"fixed": "soon"}, {"fxied": 3}, {})),
        *((given, True) for given in distribution_cases.LAGS.values()),
    ],
)
def test_a_lag_may_take_time_unless_it_is_known_not_to(given: object, *, may: bool) -> None:
    assert may_take_time(given) is may


@pytest.mark.parametrize("variants", [LAGS, DEALS])
def test_the_example_of_a_form_is_one(variants: tuple[type[Lag] | type[Deal], ...]) -> None:
    """The error about a mapping that says nothing shows all forms, and each of them can be read."""
    read: Any = lag_of if variants is LAGS else deal_of
    with pytest.raises(ScenarioError) as caught:
        read({"source": "nothing else"})
    for variant in variants:
        assert variant.form in str(caught.value)
        items = variant.form.strip("{}").split(": ", 1)
        assert items[0] in variant.model_fields


@every_value
def test_a_value_has_the_moments_of_its_draws(data: dict[str, Any]) -> None:
    deal, found = deal_of(data), numbers(deal_spread(data)) / 100.0
    assert deal.mean_value() == pytest.approx(found.mean(), rel=0.005)
    assert sqrt(deal.variance()) == pytest.approx(found.std(), rel=0.02)
    program = compile_scenario(validate(scenario(deal=data))).deals
    assert program.mean_units * program.unit == pytest.approx(100.0 * deal.mean_value(), rel=1e-9)
    assert deal.drawn is (program.kind != FIXED)
    assert (deal.only_price() is None) is (len(set(found)) > 1)


@every_value
def test_higher_and_narrower_values(data: dict[str, Any]) -> None:
    deal = deal_of(data)
    higher = deal.higher(0.1)
    assert higher.field == deal.amounts[0]
    more = numbers(deal_spread(plain(higher)))
    # Amounts of a file are in whole cents.
    assert more == pytest.approx(1.1 * numbers(deal_spread(data)), rel=1e-9, abs=1.0)
    narrower = deal.narrower(0.1)
    assert (narrower is None) is (deal.variance() == 0.0)
    if narrower is not None:
        other = deal_of(plain(narrower))
        assert other.mean_value() == pytest.approx(deal.mean_value(), abs=0.01)
        assert sqrt(other.variance()) == pytest.approx(0.9 * sqrt(deal.variance()), abs=0.01)


def test_a_list_of_one_price_has_that_price() -> None:
    deal = deal_of({"values": [5, 5.0]})
    assert (deal.only_price(), deal.drawn, deal.narrower(0.1)) == (500, True, None)


def test_a_change_out_of_range_is_found_when_it_is_read() -> None:
    deal = deal_of({"mean": 1e9, "cv": 0.5})
    assert isinstance(deal, SpreadDeal)
    with pytest.raises(ScenarioError, match=r"deal\.mean: is out of range"):
        plain(deal.higher(0.1))


def test_a_program_holds_one_table_for_each_tabulated_lag() -> None:
    given = {"mean": "1d", "cv": 0.5}, distribution_cases.TABLE_LAG, {"mean": "2d", "cv": 2}
    steps = funnel(*({"lag": lag} for lag in given))
    lags = compile_scenario(validate(scenario(funnel=steps, referrals={"per_win": 1, "lag": {"values": ["1h"]}}))).lags
    assert lags.table.tolist() == [-1, 0, 0, 1, 4]
    assert np.array_equal(lags.gamma_tables, [build_gamma(0.5), build_gamma(2.0)])
    assert lags.hours[lags.table[4]] == 1


UNSURE = {"between": [800, 1300]}


@pytest.mark.parametrize("deal", [{"fixed": UNSURE}, {"mean": UNSURE, "cv": 0.4}])
def test_a_value_between_two_ends_is_the_mean_of_its_law_and_is_written_as_it_was_read(deal: dict[str, Any]) -> None:
    given = validate(scenario(deal=deal))
    unsure = given.deal.unsure
    assert isinstance(unsure, Unsure)
    assert unsure.ends == (800.0, 1300.0)
    sigma = np.log(1300 / 800) / (2 * 1.6448536269514722)
    assert given.deal.mean_value() == pytest.approx(np.sqrt(800 * 1300) * np.exp(sigma**2 / 2), rel=1e-12)
    assert given.deal.only_price() is None
    assert given.unsure == [f"deal.{next(iter(deal))}"]
    written = given.resolved()
    assert written["deal"][next(iter(deal))] == UNSURE
    assert validate(written) == given
    again = pickle.loads(pickle.dumps(given))  # noqa: S301
    assert again == given
    assert again.deal.unsure == unsure
    known = validate(scenario(deal=deal | {next(iter(deal)): given.deal.mean_value()}))
    assert known != given
    assert scenario_digest(known) != scenario_digest(given)
    sourced = validate(scenario(deal=deal | {next(iter(deal)): {"value": UNSURE, "source": "log"}}))
    assert sourced.deal.source_of(next(iter(deal))) == "log"
    assert sourced.deal.unsure == unsure


def test_a_tenth_more_of_what_is_not_known_is_a_tenth_more_of_both_ends() -> None:
    deal = validate(scenario(deal={"mean": UNSURE, "cv": 0.4})).deal
    higher = deal.higher(0.1).part
    assert isinstance(higher, SpreadDeal)
    assert isinstance(higher.unsure, Unsure)
    assert higher.unsure.ends == pytest.approx((880, 1430))
    assert higher.cv == 0.4


@pytest.mark.parametrize(
    ("price", "says"),
    [
        ({"between": [1300, 800]}, "must have its lower end first"),
        ({"between": [800]}, "must be two ends"),
        ({"between": 800}, "must be two ends"),
        ({"between": [0, 800]}, "is out of range"),
        ({"between": [800, 1e12]}, "is out of range"),
        ({"between": [800, 1300], "cv": 1}, "must be two ends"),
        ({"among": [800, 1300]}, "must be a number"),
    ],
)
def test_what_is_no_value_between_two_ends(price: object, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        validate(scenario(deal={"fixed": price}))
    with pytest.raises(ScenarioError, match="must be a number"):
        validate(scenario(deal={"mean": 800, "cv": {"between": [0.1, 0.4]}}))
