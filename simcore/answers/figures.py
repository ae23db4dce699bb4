"""Estimates in words that a manager knows: three digits, and the error as "give or take".

"Give or take" is one standard error, as ± is in tables. An error below the last digit that is shown is told as "less
than" that digit, so that no figure seems to miss what is true.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from simcore.answers.answer import KeyFigure
from simcore.answers.numbers import at_most, figure, significant
from simcore.results.sentences import chance, money

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate

NOT_KNOWN = "not known"
"""Shown in place of a figure that the run does not tell."""
UNSURE = "error not known"
"""Shown where one world, or too few, give no error."""
_NEAR = "give or take"
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
    if found is None or found.estimate is None:
        return KeyFigure(label, NOT_KNOWN)
    value = money(found.estimate, currency)
    if found.se is None:
        if found.low is not None and found.high is not None and found.low < found.high:
            return KeyFigure(label, value, f"between {money(found.low, currency)} and {money(found.high, currency)}")
        return KeyFigure(label, value, UNSURE)
    step = _money_step(found.estimate)
    if found.se == 0.0:
        return KeyFigure(label, value, "exact")
    if found.se < step:
        return KeyFigure(label, value, f"{_NEAR} less than {money(step, currency)}")
    return KeyFigure(label, value, f"{_NEAR} {money(two_digits(found.se), currency)}")


def share_figure(label: str, found: Estimate | None) -> KeyFigure:
    """Return a chance or a share in per cent, its error in percentage points.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> share_figure("a rep reaches quota", Estimate(estimate=0.5379, se=0.0138))
    KeyFigure(label='a rep reaches quota', value='53.8 %', error='give or take 1.4 points')
    >>> share_figure("no win", Estimate(estimate=0.0, se=None, high=0.006)).value
    'below 0.6 %'
    """
    if found is None or found.estimate is None:
        return KeyFigure(label, NOT_KNOWN)
    if found.se is None:
        bounded = found.low is not None or found.high is not None
        return KeyFigure(label, chance(found), "" if bounded else UNSURE)
    value, near = _rounded(100.0 * found.estimate, 100.0 * found.se)
    return KeyFigure(label, f"{value} %", f"{near} points" if near.startswith(_NEAR) else near)


def number_figure(label: str, found: Estimate | None, unit: str = "") -> KeyFigure:
    """Return a number with its error, its unit behind both.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> number_figure("longest dry spell", Estimate(estimate=3.6502, se=0.031), " weeks").value
    '3.65 weeks'
    """
    if found is None or found.estimate is None:
        return KeyFigure(label, NOT_KNOWN)
    if found.se is None:
        return KeyFigure(label, f"{significant(found.estimate, _DIGITS)}{unit}", UNSURE)
    value, near = _rounded(found.estimate, found.se)
    return KeyFigure(label, f"{value}{unit}", near)


def in_percent_of(found: Estimate) -> str:
    """Return a relative change in per cent with its error, in one line.

    Examples
    --------
    >>> from simcore.statistics.estimate import Estimate
    >>> in_percent_of(Estimate(estimate=0.1032, se=0.0018)), in_percent_of(Estimate(estimate=0.1, se=0.0))
    ('10.3 %, give or take 0.2', '10 %, exact')
    """
    figure_ = share_figure("", found)
    return ", ".join(part for part in (figure_.value, figure_.error.removesuffix(" points")) if part)


def _rounded(value: float, error: float) -> tuple[str, str]:
    """Return a number to three digits at most, and its error in words."""
    with at_most(_DIGITS):
        shown = figure(value, error)
    if error == 0.0:
        return shown.value, "exact"
    if shown.error.startswith("<"):
        return shown.value, f"{_NEAR} less than {shown.error[1:]}"
    return shown.value, f"{_NEAR} {shown.error}"


def _money_step(amount: float) -> float:
    """Return one unit of the last digit of `simcore.results.sentences.money`: a cent below 100.

    Examples
    --------
    >>> _money_step(520_131.0), _money_step(20.0), _money_step(0.0312)
    (1000.0, 0.01, 0.001)
    """
    size = abs(amount)
    if size == 0.0:
        return 0.0
    digits = _DIGITS if size >= 99.995 else 2
    return 0.01 if 0.095 <= size < 99.995 else float(Decimal(1).scaleb(Decimal(repr(size)).adjusted() - digits + 1))


def two_digits(number: float) -> float:
    """Return a number rounded to two significant digits.

    Examples
    --------
    >>> two_digits(1_143.0), two_digits(0.0)
    (1100.0, 0.0)
    """
    return float(f"{number:.2g}")
