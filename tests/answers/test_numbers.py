"""Figures as text: the digits that the error supports, and counts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simcore.answers.numbers import NONE, brief, figure, significant

ESTIMATES = st.floats(-1e12, 1e12, allow_subnormal=False)
ERRORS = st.floats(1e-9, 1e12, allow_subnormal=False)


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


@given(ESTIMATES, ERRORS)
@example(9.96, 0.0996)
@example(-0.0004, 3.0)
@example(0.0, 99.6)
def test_figure_is_the_estimate_within_half_a_digit_of_its_error(estimate: float, error: float) -> None:
    shown = figure(estimate, error)
    # The last digit shown is a tenth of the error at most, or the estimate's seventh; half of it is slack.
    slack = max(error / 20, abs(estimate) * 1e-6 / 2, 0.5e-8) * 1.001
    assert abs(number(shown.value) - Decimal(repr(estimate))) <= Decimal(slack)


@given(ESTIMATES, ERRORS)
def test_error_has_two_digits_or_is_a_bound(estimate: float, error: float) -> None:
    shown = figure(estimate, error)
    if shown.error.startswith("<"):
        assert Decimal(error) < number(shown.error[1:])
        return
    slack = max(error / 20, abs(estimate) * 1e-6 / 2, 0.5e-8) * 1.001
    assert abs(number(shown.error) - Decimal(repr(error))) <= Decimal(slack)
    assert len(number(shown.error).normalize().as_tuple().digits) <= 2


@given(ESTIMATES, ERRORS)
def test_figure_and_error_end_at_the_same_digit(estimate: float, error: float) -> None:
    shown = figure(estimate, error)
    error_text = shown.error.removeprefix("<")
    decimals = [text.partition(".")[2] for text in (shown.value, error_text)]
    assert len(decimals[0]) == len(decimals[1])


@given(ESTIMATES, ERRORS)
def test_figure_never_overflows_its_column(estimate: float, error: float) -> None:
    assert "e" not in figure(estimate, error).inline().lower()
    if 0.001 < abs(estimate) < 1e7:
        assert len(figure(estimate, error).value) <= 13


@pytest.mark.parametrize(
    ("estimate", "error", "expected"),
    [
        (10002.34, 14.2, "10,002 ± 14"),
        (10002.34, 0.0, "10,002.34"),
        (0.99, 0.00996, "0.990 ± 0.010"),
        (0.99, 0.0996, "0.99 ± 0.10"),
        (1234.5, 99.6, "1,230 ± 100"),
        (7.0, 1500.0, "0 ± 1,500"),
        (-0.0001, 2.0, "0.0 ± 2.0"),
        (0.3333333333, 1e-15, "0.3333333 ± <0.0000001"),
        (1e-21, 1e-23, "0.00000000 ± <0.00000001"),
        (12.3456, None, "12.3"),
        (None, None, NONE),
        (None, 0.5, NONE),
    ],
)
def test_figure(estimate: float | None, error: float | None, expected: str) -> None:
    assert figure(estimate, error).inline() == expected


@given(st.floats(1e-4, 1e15))
def test_significant_keeps_five_digits(value: float) -> None:
    assert abs(float(number(significant(value))) - value) <= value * 0.5001e-4


@pytest.mark.parametrize(("value", "text"), [(999.4, "999"), (999.7, "1.00 k"), (9.999e6, "10.0 M"), (2.5e9, "2.50 G")])
def test_brief(value: float, text: str) -> None:
    assert brief(value) == text
