"""Estimates in words that a manager knows: three digits, and the error as "give or take".

"Give or take" is one standard error, as ± is in tables. An error below the last digit that is shown is told as "less
than" that digit, so that no figure seems to miss what is true.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from simcore.answers.answer import KeyFigure
from simcore.answers.numbers import significant
from simcore.results.sentences import chance, money

if TYPE_CHECKING:
    from collections.abc import Callable

    from simcore.statistics.estimate import Estimate

NOT_KNOWN = "not known"
"""Shown in place of a figure that the run does not tell."""
_DIGITS = 3


def money_figure(label: str, found: Estimate | None, currency: str) -> KeyFigure:
    """Return an amount of money with its error.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> money_figure("revenue", Estimate(estimate=520_131.0, se=1_143.0), "USD")
    KeyFigure(label='revenue', value='$520,000', error='give or take $1,100')
    >>> money_figure("revenue", Estimate(estimate=520_131.0, se=12.0), "USD").error
    'give or take less than $1,000'
    """
    return _figure(label, found, lambda amount: money(amount, currency), _money_step)


def share_figure(label: str, found: Estimate | None) -> KeyFigure:
    """Return a chance or a share in per cent, its error in percentage points.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> share_figure("a rep reaches quota", Estimate(estimate=0.5379, se=0.0038))
    KeyFigure(label='a rep reaches quota', value='53.8 %', error='give or take 0.38 points')
    >>> share_figure("no win", Estimate(estimate=0.0, se=None, high=0.006)).value
    'below 0.6 %'
    """
    if found is None or found.estimate is None:
        return KeyFigure(label, NOT_KNOWN)
    if found.se is None:
        bounded = found.low is not None or found.high is not None
        return KeyFigure(label, chance(found), "" if bounded else "error not known")
    value = 100.0 * found.estimate
    error = _error(_step(value), 100.0 * found.se, lambda amount: f"{significant(amount, 2)} points")
    return KeyFigure(label, f"{significant(value, _DIGITS)} %", error)


def number_figure(label: str, found: Estimate | None, unit: str = "") -> KeyFigure:
    """Return a number with its error, its unit behind both.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> number_figure("longest dry spell", Estimate(estimate=3.6502, se=0.031), " weeks").value
    '3.65 weeks'
    """
    return _figure(label, found, lambda amount: f"{significant(amount, _DIGITS)}{unit}", _step)


def _figure(
    label: str, found: Estimate | None, told: Callable[[float], str], step: Callable[[float], float]
) -> KeyFigure:
    if found is None or found.estimate is None:
        return KeyFigure(label, NOT_KNOWN)
    if found.se is None:
        if found.low is not None and found.high is not None and found.low < found.high:
            return KeyFigure(label, told(found.estimate), f"between {told(found.low)} and {told(found.high)}")
        return KeyFigure(label, told(found.estimate), "error not known")
    error = _error(step(found.estimate), found.se, lambda size: told(two_digits(size)))
    return KeyFigure(label, told(found.estimate), error)


def _error(step: float, error: float, told: Callable[[float], str]) -> str:
    """Return an error as "give or take"; as less than the last digit shown of the value where it is."""
    if error == 0.0:
        return "exact"
    if error < step:
        return f"give or take less than {told(step)}"
    return f"give or take {told(error)}"


def _money_step(amount: float) -> float:
    """Return one unit of the last digit of `simcore.results.sentences.money`: a cent below 100.

    Examples
    --------
    >>> _money_step(520_131.0), _money_step(20.0), _money_step(0.0312)
    (1000.0, 0.01, 0.001)
    """
    size = abs(amount)
    return 0.01 if 0.095 <= size < 99.995 else _step(size) if size >= 1.0 else 10.0 * _step(size)


def _step(value: float) -> float:
    """Return one unit of the last of three significant digits of a value.

    Examples
    --------
    >>> _step(520_131.0), _step(53.79), _step(0.0)
    (1000.0, 0.1, 0.0)
    """
    if value == 0.0:
        return 0.0
    return float(Decimal(1).scaleb(Decimal(repr(abs(value))).adjusted() - _DIGITS + 1))


def two_digits(number: float) -> float:
    """Return a number rounded to two significant digits.

    Examples
    --------
    >>> two_digits(1_143.0), two_digits(0.0)
    (1100.0, 0.0)
    """
    return float(f"{number:.2g}")
