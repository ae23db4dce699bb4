"""Where a difference changes its sign: known roots, steps, whole numbers, and the coverage of the intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
import pytest

from simcore.crossings import END_TOLERANCE, ROOT_TOLERANCE, SCAN, Crossing, Search, Tie
from simcore.estimate import Z975
from simcore.summary import Estimate
from tests.statistical import Budget, DeviationError, check_share

Curve = Callable[[float], float]


def curve(difference: Curve, error: Curve | float) -> Callable[[Sequence[float]], list[Estimate]]:
    """Return a difference function with an error that is a number or a function."""

    def at(value: float) -> Estimate:
        return Estimate(estimate=difference(value), se=error(value) if callable(error) else error)

    return lambda values: [at(value) for value in values]


def found(
    difference: Curve, error: Curve | float, low: float = 0.0, high: float = 8.0, *, whole: bool = False
) -> Search:
    search = Search(curve(difference, error), low, high, whole=whole)
    search.run()
    return search


def one(search: Search) -> Crossing:
    (crossing,) = search.crossings
    return crossing


@pytest.mark.parametrize("slope", [1.0, -3.0, 1e-6, 1e6])
@pytest.mark.parametrize("root", [0.3, 2.0, 5.4321, 7.999])
def test_a_line_has_its_root_and_its_interval(root: float, slope: float) -> None:
    search = found(lambda x: slope * (x - root), 0.1 * abs(slope))
    crossing = one(search)
    assert crossing.value == pytest.approx(root, abs=8 * ROOT_TOLERANCE)
    assert crossing.before == (-1 if slope > 0 else 1)
    reach = Z975 * 0.1
    assert crossing.low == pytest.approx(root - reach, abs=8 * END_TOLERANCE)
    if root + reach < 8.0:
        assert crossing.high == pytest.approx(root + reach, abs=8 * END_TOLERANCE)
    assert (crossing.open_low, crossing.open_high) == (False, root + reach > 8.0)
    assert search.ties == []


def test_the_interval_reaches_to_the_end_where_the_test_does_not_reject() -> None:
    crossing = one(found(lambda x: x - 2.0, 1.5))
    assert (crossing.low, crossing.open_low) == (0.0, True)
    assert crossing.high == pytest.approx(2.0 + Z975 * 1.5, abs=0.01)
    assert not crossing.open_high
    assert one(found(lambda x: x - 4.0, 9.0))[1:5] == (0.0, 8.0, True, True)


def test_an_error_that_grows_makes_the_interval_lopsided() -> None:
    crossing = one(found(lambda x: x - 4.0, lambda x: 0.2 + 0.1 * x))
    # |x - 4| = z (0.2 + 0.1 x)
    assert crossing.low == pytest.approx((4.0 - 0.2 * Z975) / (1 + 0.1 * Z975), abs=0.01)
    assert crossing.high == pytest.approx((4.0 + 0.2 * Z975) / (1 - 0.1 * Z975), abs=0.01)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_without_a_change_of_sign_there_is_no_root(sign: float) -> None:
    search = found(lambda x: sign * (1.0 + x), 0.1)
    assert (search.crossings, search.ties) == ([], [])
    assert len(search.known) == SCAN


def test_every_change_of_sign_is_reported() -> None:
    search = found(lambda x: (x - 1.5) * (x - 5.5), 0.5)
    first, second = search.crossings
    assert [first.value, second.value] == pytest.approx([1.5, 5.5], abs=0.01)
    assert (first.before, second.before) == (1, -1)
    assert first.high < second.low


def test_roots_that_the_noise_joins_have_one_interval() -> None:
    search = found(lambda x: (x - 3.2) * (x - 4.8), 2.0)
    first, second = search.crossings
    assert first[1:3] == second[1:3]
    assert first.low < 3.2
    assert first.high > 4.8


def test_a_function_with_steps_is_narrowed_down_no_slower_than_by_bisection() -> None:
    search = found(lambda x: -1e-9 if x < 5.678 else 1e9, 0.0)
    crossing = one(search)
    assert crossing.value == pytest.approx(5.678, abs=8 * ROOT_TOLERANCE)
    # 13 halvings of the range, of which the scan has done 3; ITP may need one more.
    assert len(search.known) <= SCAN + 11
    assert crossing.low <= 5.678 <= crossing.high
    assert crossing.high - crossing.low <= 8 * ROOT_TOLERANCE


def test_a_smooth_function_needs_few_values() -> None:
    assert len(found(lambda x: (x + 1.0) ** 2 - 20.0, 0.0).known) <= SCAN + 7


@pytest.mark.parametrize("root", [3.5, 10.0, 10.01, 41.99, 99.5])
@pytest.mark.parametrize("shape", [lambda x: x, lambda x: x**3, lambda x: 1.0 if x > 0 else -1.0 if x < 0 else 0.0])
def test_whole_numbers_only(root: float, shape: Curve) -> None:
    search = found(lambda x: shape(x - root), 0.0, 3.0, 100.0, whole=True)
    assert all(value == round(value) for value in search.known)
    crossing = one(search)
    assert crossing.value == np.ceil(root)
    assert crossing.low == np.ceil(root) - 1
    # Without an error the change lies between two neighbours; at an exact tie, one further on.
    assert crossing.high == np.ceil(root) + (root == round(root))
    assert not crossing.open_low
    assert not crossing.open_high


def test_the_interval_of_whole_numbers_has_clear_ends() -> None:
    crossing = one(found(lambda x: x - 50.3, 5.0, 1.0, 100.0, whole=True))
    assert crossing[:5] == (51.0, 40.0, 61.0, False, False)  # 50.3 -+ 9.8, and out to the next whole number


def test_a_short_range_of_whole_numbers() -> None:
    search = found(lambda x: x - 2.5, 0.1, 2.0, 3.0, whole=True)
    assert one(search)[:3] == (3.0, 2.0, 3.0)
    assert sorted(search.known) == [2.0, 3.0]


def test_where_nothing_differs_is_a_tie_not_a_root() -> None:
    search = found(lambda x: max(0.0, x - 3.5), 0.1)
    assert search.crossings == []
    assert search.ties == [Tie(0.0, 3.0)]
    assert found(lambda _: 0.0, 0.0).ties == [Tie(0.0, 8.0)]
    search = found(lambda x: x - 4.0, 0.1)  # just at a value of the scan
    assert one(search).value == pytest.approx(4.0, abs=0.01)
    assert search.ties == []


def test_no_value_is_looked_at_twice() -> None:
    asked: list[float] = []

    def differences(values: Sequence[float]) -> list[Estimate]:
        asked.extend(values)
        return [Estimate(estimate=(x - 1.3) * (x - 6.0), se=0.7) for x in values]

    Search(differences, 0.0, 8.0).run()
    assert len(asked) == len(set(asked)) > SCAN


def test_a_search_that_is_stopped_keeps_what_it_found() -> None:
    left = 25

    def differences(values: Sequence[float]) -> list[Estimate]:
        nonlocal left
        left -= len(values)
        if left < 0:
            raise KeyboardInterrupt
        return [Estimate(estimate=(x - 1.3) * (x - 6.2), se=0.7) for x in values]

    search = Search(differences, 0.0, 8.0)
    with pytest.raises(KeyboardInterrupt):
        search.run()
    assert one(search).value == pytest.approx(1.3, abs=0.01)
    assert len(search.known) == 25


@pytest.mark.parametrize("missing", [{"estimate": None, "se": 1.0}, {"estimate": 1.0, "se": None}])
def test_a_difference_without_an_error_is_refused(missing: dict[str, float | None]) -> None:
    search = Search(lambda values: [Estimate.model_validate(missing) for _ in values], 0.0, 1.0)
    with pytest.raises(ValueError, match="no standard error"):
        search.run()


RUNS = 2000


def covered(claimed: float) -> int:
    """Return in how many of `RUNS` searches the interval holds the root, the error claimed being a part of the true.

    The difference is a line through 3.3 plus noise in level and slope, the same at every value of one search, as in
    runs of the same worlds.
    """
    held = 0
    for seed in range(RUNS):
        level, slope = np.random.default_rng(seed).normal(size=2) * (0.5, 0.05)

        def difference(x: float, level: float = level, slope: float = slope) -> float:
            return x - 3.3 + level + slope * x

        crossing = one(found(difference, lambda x: claimed * sqrt(0.25 + (0.05 * x) ** 2)))
        held += crossing.low <= 3.3 <= crossing.high
    return held


def test_the_interval_covers_the_root_in_95_of_100_worlds() -> None:
    check_share("coverage", covered(1.0), RUNS, 0.95, detect=0.055)
    with pytest.raises(DeviationError):
        check_share("coverage", covered(0.7), RUNS, 0.95, detect=0.055, budget=Budget(1e-6, 1000))
