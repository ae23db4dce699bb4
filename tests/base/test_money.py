from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcore.base.money import cents


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, 0),
        (10000, 1_000_000),
        (0.01, 1),
        (0.004, 0),
        (0.005, 1),
        (1.005, 101),
        (2.675, 268),
        (-0.005, -1),
        (1e9, 10**11),
        (1e-30, 0),
        (Decimal("0.125"), 13),
        (10**40 + 1, (10**40 + 1) * 100),
        (Decimal("123456789012345678901234567890123456789.995"), 12345678901234567890123456789012345679000),
    ],
)
def test_cents(amount: float | Decimal, expected: int) -> None:
    assert cents(amount) == expected


@pytest.mark.parametrize("amount", [float("inf"), float("-inf"), float("nan")])
def test_cents_refuses_what_is_not_finite(amount: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        cents(amount)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_cents_is_the_nearest_half_away_from_zero(amount: Decimal) -> None:
    exact = Fraction(amount) * 100
    magnitude = int(abs(exact) + Fraction(1, 2))
    assert cents(amount) == (magnitude if exact >= 0 else -magnitude)


@given(st.integers(-(10**13), 10**13))
def test_cents_of_a_float_that_prints_cents_is_exact(whole: int) -> None:
    assert cents(whole / 100) == whole
