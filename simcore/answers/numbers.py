"""Figures as text: an estimate shows the digits that its standard error supports, and no more."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, NamedTuple

from simcore.base.currencies import currency_sign
from simcore.base.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simcore.statistics.estimate import Estimate

NONE = "\u2013"
"""Shown where a figure is not defined."""
MOST_DIGITS = 7
"""No figure shows more significant digits than this, however small its error is."""
_digits: ContextVar[int] = ContextVar("digits", default=MOST_DIGITS)
_SMALLEST = -8
"""No figure shows more decimals than this."""


@contextmanager
def at_most(digits: int) -> Iterator[None]:
    """Let figures show no more significant digits than this, where there is no room for more.

    Examples
    --------
    >>> with at_most(4):
    ...     figure(1234.5678, 0.01).inline()
    '1,235 ± <1'
    """
    token = _digits.set(digits)
    try:
        yield
    finally:
        _digits.reset(token)


class Figure(NamedTuple):
    """An estimate and its standard error as text; the error is empty where there is none."""

    value: str
    error: str

    def inline(self, unit: str = "") -> str:
        """Return ``value ± error``, with the unit after the value.

        Examples
        --------
        >>> figure(36.79, 0.05).inline(" %")
        '36.790 % ± 0.050'
        """
        return f"{self.value}{unit} ± {self.error}" if self.error else f"{self.value}{unit}"


def figure(estimate: float | None, error: float | None) -> Figure:
    """Round an estimate so that two significant digits of its standard error remain.

    Parameters
    ----------
    estimate
        Any finite number; ``None`` where the figure is not defined.
    error
        Its standard error, at least 0; ``None`` where it is not known, 0 where the figure is exact.

    Examples
    --------
    >>> figure(10002.34, 14.2).inline()
    '10,002 ± 14'
    >>> figure(0.998001, 0.00004).inline()
    '0.998001 ± 0.000040'
    >>> figure(520131.0, 1234.0).inline()
    '520,100 ± 1,200'
    >>> figure(500.0, 0.0).inline(), figure(2.23456, None).inline(), figure(None, None).value == NONE
    ('500', '2.23', True)
    """
    if estimate is None:
        return Figure(NONE, "")
    value = Decimal(repr(float(estimate)))
    if error is None:
        return Figure(_grouped(_rounded(value, _place(value, 3))), "")
    spread = Decimal(repr(float(error)))
    most = _place(value, _digits.get())
    if spread == 0:
        return Figure(_trimmed(_rounded(value, most)), "")
    place = max(_place(spread, 2), _SMALLEST if value == 0 else max(most, _SMALLEST))
    shown = _rounded(spread, place)
    # An error below the last digit shown is told as a bound, not as a zero.
    text = _grouped(shown) if shown else f"<{_grouped(Decimal(1).scaleb(place))}"
    return Figure(_grouped(_rounded(value, place)), text)


def bound(value: float, low: float, high: float) -> str:
    """Return what a figure without a standard error is known to be below, above or between: two digits, outward.

    Examples
    --------
    >>> bound(0.0, 0.0, 2.9513), bound(100.0, 99.97005, 100.0), bound(0.0, -2.9513, 2.9513)
    ('below 3.0', 'above 99.970', '-3.0 to 3.0')
    """
    exact = Decimal(repr(float(value)))
    down, up = (abs(Decimal(repr(float(end))) - exact) for end in (low, high))
    if not down and not up:
        return ""
    # The farther end has two digits of its distance, and both are rounded away from the figure.
    place = max(_place(max(down, up), 2), _SMALLEST)
    unit = Decimal(1).scaleb(place)
    least = (exact - down).quantize(unit, rounding=ROUND_FLOOR)
    most = (exact + up).quantize(unit, rounding=ROUND_CEILING)
    if not down:
        return f"below {_grouped(most)}"
    return f"above {_grouped(least)}" if not up else f"{_grouped(least)} to {_grouped(most)}"


def rounded(estimate: Estimate, scale: float = 1.0) -> Figure:
    """Return an estimate, times `scale`, with the digits that its error or its bounds support."""
    value, error = estimate.estimate, estimate.se
    if value and error is None and estimate.low is not None and estimate.high is not None:
        # Between two bounds: to their digits.
        near = min(estimate.high - value, value - estimate.low)
        return Figure(figure(value * scale, near * scale or None).value, "")
    return figure(None if value is None else value * scale, None if error is None else error * scale)


def known_bound(estimate: Estimate, scale: float = 1.0) -> str:
    """Return what is known of a figure without a standard error; empty where nothing is, or nothing more."""
    value, low, high = estimate.estimate, estimate.low, estimate.high
    if estimate.se is not None or value is None or low is None or high is None:
        return ""
    return bound(value * scale, low * scale, high * scale)


def in_line(estimate: Estimate, scale: float = 1.0, unit: str = "") -> str:
    """Return ``value ± error``, or a value with the bound that is known of it.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> never = Estimate(estimate=0.0, se=None, low=0.0, high=0.1)
    >>> in_line(Estimate(estimate=0.25, se=0.01), 100.0, " %"), in_line(never)
    ('25.0 % ± 1.0', '0 (below 0.10)')
    """
    limit = known_bound(estimate, scale)
    shown = rounded(estimate, scale).inline(unit)
    return f"{shown} ({limit}{unit})" if limit else shown


def significant(number: float, digits: int = 5) -> str:
    """Return a number without an error: so many significant digits, no trailing zeros, tiny ones as 2.5e-21.

    Examples
    --------
    >>> significant(26000 * 20), significant(20.408163), significant(0.5), significant(2.4818e-21)
    ('520,000', '20.408', '0.5', '2.48e-21')
    """
    if 0 < abs(number) < 1e-4:
        return f"{number:.2e}"
    value = Decimal(repr(float(number)))
    return _trimmed(_rounded(value, _place(value, digits)))


def count(number: int) -> str:
    """Return an integer with thousands separators.

    Examples
    --------
    >>> count(5200000)
    '5,200,000'
    """
    return f"{number:,}"


def brief(number: float) -> str:
    """Return a number of any size to three significant digits, with k, M or G.

    Examples
    --------
    >>> brief(16_823_000), brief(999.6), brief(1234), brief(0.5)
    ('16.8 M', '1.00 k', '1.23 k', '0.5')
    """
    for size, suffix in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if abs(number) >= size * 0.9995:
            scaled = number / size
            decimals = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
            return f"{scaled:.{decimals}f}{suffix}"
    return f"{number:.3g}"


def counted(number: int, noun: str) -> str:
    """Return how many there are.

    Examples
    --------
    >>> counted(1, "rep"), counted(5200, "week")
    ('1 rep', '5,200 weeks')
    """
    return f"{count(number)} {noun}" + ("" if number == 1 else "s")


_UNITS = ((1.0, ""), (1e3, "thousand "), (1e6, "million "), (1e9, "billion "), (1e12, "trillion "))
"""Units of money, size and name."""


def money_units(largest: float, digits: int) -> list[tuple[float, str]]:
    """Return units of money, size and name: the first gives an amount at most ``digits`` digits, the others are larger.

    Examples
    --------
    >>> money_units(2.5e10, 6), money_units(520_000.0, 7)[0]
    ([(1000000.0, 'million '), (1000000000.0, 'billion '), (1000000000000.0, 'trillion ')], (1.0, ''))
    """
    suits = sum(largest >= size * 10**digits for size, _ in _UNITS[:-1])
    return list(_UNITS[suits:])


def sign_before(currency: str) -> str:
    """Return what stands before an amount on the screen: a sign where one is common, else the code and a space.

    Examples
    --------
    >>> sign_before("USD"), sign_before("CHF")
    ('$', 'CHF ')
    """
    return currency_sign(printable(currency))


def _place(number: Decimal, digits: int) -> int:
    """Return the exponent of the last of so many significant digits, after rounding to them."""
    if number == 0:
        return 0
    first = number.adjusted()
    rounded = _rounded(number, first - digits + 1)
    return rounded.adjusted() - digits + 1


def _rounded(number: Decimal, place: int) -> Decimal:
    """Round to a multiple of ``10 ** place``."""
    return number.quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)


def _grouped(number: Decimal) -> str:
    """Return the number with thousands separators and no exponent; a zero has no sign."""
    return "0" if number == 0 and number.adjusted() >= 0 else f"{abs(number) if number == 0 else number:,f}"


def _trimmed(number: Decimal) -> str:
    """Return the number as `_grouped`, without zeros after the last decimal."""
    text = _grouped(number)
    return text.rstrip("0").rstrip(".") if "." in text else text
