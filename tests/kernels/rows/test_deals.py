"""What deals of a row are worth, each kernel alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcore.kernels.rows import deals
from simcore.kernels.rows.deals import MAX_CENTS
from simcore.kernels.rows.memory import Closed
from simcore.program.layout import FIXED, GAMMA, LOGNORMAL
from simcore.random.addresses import ITEM, OPEN_AT_START, decision
from tests.support.both_engines import compiled
from tests.support.scenario_cases import DEALS, scenario
from tests.twin.reader import read

QUICK = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize("deal", [{"fixed": 10.01}, {"mean": 0.01, "cv": 3}, *DEALS])
def test_a_value_is_at_least_a_cent(deal: object) -> None:
    plain = scenario(deal=deal)
    law, spread = compiled(plain).deals, read(plain).deal
    words = np.random.default_rng(1).integers(0, 2**32, 400, np.uint32)
    words[:2] = 0, 2**32 - 1
    cents = np.zeros(400, np.int64)
    if law.kind == FIXED:
        deals.price_fixed(400, int(law.scale), cents)
    elif law.kind == LOGNORMAL:
        deals.price_lognormal(400, law.scale, law.sigma, words, cents)
    elif law.kind == GAMMA:
        deals.price_gamma(400, law.scale, law.gamma_table, words, cents)
    else:
        deals.price_listed(400, law.thresholds, law.values, words, cents)
    assert cents.tolist() == [max(1, np.floor(spread(int(word)) + 0.5)) for word in words]


def test_values_of_open_items_are_those_given() -> None:
    cents, began = np.array([5, 6, 7, 8]), np.array([0, 1, 2, 1], np.int32)
    c0 = np.array([decision(ITEM, 0, 1), *(decision(ITEM + OPEN_AT_START, 0, k) for k in (0, 1, 2))], np.uint32)
    deals.price_given(4, 3, np.array([90, 91, 92, 40, -1, 0]), c0, began, cents)
    assert cents.tolist() == [5, 40, 7, 0]


@QUICK
@given(st.lists(st.integers(0, 2**41), max_size=30), st.sampled_from([1, 3, 100, 10**6, 2**31 + 1]))
def test_units_are_rounded_down(values: list[int], unit: int) -> None:
    """Exactly, at multiples of the unit, too; values are cut at the top."""
    values = [*values, *(max(0, unit * times + by) for times in (1, 7, MAX_CENTS // unit) for by in (-1, 0))]
    cents, units = np.array(values), np.zeros(len(values), np.int64)
    cut = deals.count_units(len(values), unit, cents, units)
    assert cut == sum(value > MAX_CENTS for value in values)
    assert cents.tolist() == [min(value, MAX_CENTS) for value in values]
    assert units.tolist() == [min(value, MAX_CENTS) // unit for value in values]


@QUICK
@given(st.lists(st.lists(st.integers(0, 99), max_size=9), max_size=9))
def test_a_list_of_deals_grows_without_loss(strides: list[list[int]]) -> None:
    closed = Closed(2)
    for stride in strides:
        hours = np.array(stride, np.int32)
        closed.add((hours, hours + 1), hours.astype(np.uint32), hours.astype(np.int64) * 3)
    kept = [hour for stride in strides for hour in stride]
    assert closed.hours[:, : closed.n].tolist() == [kept, [hour + 1 for hour in kept]]
    assert closed.who[: closed.n].tolist() == kept
    assert closed.units[: closed.n].tolist() == [3 * hour for hour in kept]
    assert len(closed.order) >= closed.n
