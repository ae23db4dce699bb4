"""The result in plain English: the closing sentence, and the amounts and shares in it.

The sentence must be true whatever the figures are, so it says only what a comparison of the figures shows.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from simcore.base.currencies import currency_sign
from simcore.statistics.intervals import LEAST_REPLICATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simcore.results.summary import AveragingRow
    from simcore.statistics.estimate import Estimate

_WEEKS = {"week": 1.0, "month": 13 / 3, "quarter": 13.0, "year": 52.0}
_TOLERANCE = 0.1
"""Relative distance from the spread of independent periods within which periods count as independent."""
_NOISE_LIMIT = 0.25
"""A figure with a relative standard error above this, or with none, is too uncertain for a sentence."""
TOO_FEW = "Too few replications to tell what a call earns, or how much a period varies."


def money(amount: float, currency: str) -> str:
    """Return an amount for a sentence: three significant digits, or whole cents below 100.

    Examples
    --------
    >>> money(20.0034, "USD"), money(9_987.4, "USD"), money(0.523, "CHF"), money(-1_234_567, "USD")
    ('$20', '$9,990', 'CHF 0.52', '-$1,230,000')
    >>> money(1.994, "USD"), money(1.996, "USD"), money(99.996, "USD"), money(0.0000312, "USD")
    ('$1.99', '$2', '$100', '$0.000031')
    """
    size = abs(amount)
    if size == 0:
        text = "0"
    elif size < 0.095:
        text = _two_digits(size)
    elif size < 99.995:
        text = f"{size:.2f}".removesuffix(".00")
    else:
        step = 10 ** max(0, math.floor(math.log10(size)) - 2)
        text = f"{round(size / step) * step:,}"
    return ("-" if amount < 0 else "") + currency_sign(currency) + text


def _two_digits(number: float) -> str:
    """Return two significant digits without an exponent."""
    return f"{Decimal(f'{number:.2g}'):f}"


def amounts(low: float, high: float, currency: str, *, signed: bool) -> str:
    """Return the ends of an interval of money for a sentence, to two digits of its half-width.

    Parameters
    ----------
    signed
        Whether signs are shown; without them both ends must be on one side of zero.

    Examples
    --------
    >>> amounts(1_204.0, 3_391.0, "USD", signed=False), amounts(-3_391.0, -1_204.0, "USD", signed=False)
    ('$1,200 to $3,400', '$1,200 to $3,400')
    >>> amounts(-513.0, 727.0, "USD", signed=True)
    '-$510 to $730'
    """
    ends = (low, high) if signed else tuple(sorted((abs(low), abs(high))))
    half = (high - low) / 2.0
    step = 10.0 ** (math.floor(math.log10(half)) - 1) if half > 0.0 else 0.01
    near = (round(end / step) * step for end in ends)
    # An end that is not nothing is not told as nothing.
    told = [money(to or float(f"{end:.2g}"), currency) for end, to in zip(ends, near, strict=True)]
    return " to ".join(told)


def in_percent(probability: float) -> str:
    """Return a probability in per cent, never rounded to a 0 or 100 % that it is not.

    Examples
    --------
    >>> in_percent(0.998), in_percent(0.37), in_percent(0.99998), in_percent(1.0), in_percent(1e-9)
    ('99.8 %', '37 %', '99.998 %', '100 %', 'below 0.0001 %')
    """
    percent = 100 * probability
    tail = min(percent, 100 - percent)
    if tail <= 0:
        return f"{percent:.0f} %"
    if tail < 1e-4:
        return "below 0.0001 %" if percent < 50 else "above 99.9999 %"
    decimals = max(0, -math.floor(math.log10(tail)))
    return f"{percent:.{decimals}f} %"


def chance(figure: Estimate) -> str:
    """Return a chance in per cent; of what was never seen, or always, its bound.

    Examples
    --------
    >>> from simcore.statistics.intervals import always_seen, never_seen, of_hits
    >>> chance(of_hits(37, 100)), chance(never_seen(100)), chance(always_seen(40))
    ('37 %', 'below 3 %', 'above 92 %')
    """
    value, low, high = figure.estimate or 0.0, figure.low, figure.high
    if figure.se is None and value == 0.0 and high:
        return f"below {_outward(high)}"
    if figure.se is None and value == 1.0 and low is not None and low < 1.0:
        return f"above {_outward(1.0 - low, from_top=True)}"
    return in_percent(value)


def _outward(bound: float, *, from_top: bool = False) -> str:
    """Return a bound in per cent, to the digit of `in_percent`, rounded so that it holds."""
    decimals = max(0, -math.floor(math.log10(100.0 * bound))) if bound > 0.0 else 0
    up = math.ceil(100.0 * bound * 10**decimals * (1.0 - 1e-12)) / 10**decimals
    return f"{100.0 - up if from_top else up:.{decimals}f} %"


def cv_in_percent(cv: float) -> str:
    """Return a coefficient of variation in per cent, two significant digits below 10 %.

    Examples
    --------
    >>> cv_in_percent(6.2456), cv_in_percent(0.1387), cv_in_percent(0.0312)
    ('625 %', '14 %', '3.1 %')
    """
    percent = 100 * cv
    return f"{percent:,.0f} %" if percent >= 9.95 else f"{_two_digits(percent)} %"


def closing_sentence(averaging: Sequence[AveragingRow], currency: str, replications: int = LEAST_REPLICATIONS) -> str:
    """Return the averaging pyramid in one sentence that holds for any scenario.

    It gives the mean of a call, how many calls earn nothing, the spread of an hour, a week and the longest
    period of the run, whether the spread falls as it would if weeks were independent
    (``cv_week / sqrt(52)`` for a year), and what a bad longest period brings. What the run does not tell to within a
    quarter of itself is left out.

    Parameters
    ----------
    averaging
        Rows of one account, shortest horizon first; horizons may be missing.
    currency
        ISO 4217 code.
    replications
        Replications behind the figures; fewer than `simcore.statistics.intervals.LEAST_REPLICATIONS` are too few.

    Examples
    --------
    >>> closing_sentence([], "USD")
    'The run holds no whole period, so there is nothing to average.'
    """
    rows: dict[str, AveragingRow] = {row.horizon: row for row in averaging}
    if not rows:
        return "The run holds no whole period, so there is nothing to average."
    if not any(row.revenue.mean.estimate for row in averaging):
        return "No deal was won in this run, so there is nothing to average."
    if replications < LEAST_REPLICATIONS:
        return TOO_FEW
    longest = list(rows)[-1]
    shown = [horizon for horizon in dict.fromkeys(["hour", "week", longest]) if horizon in rows and horizon != "call"]
    parts = _call(rows.get("call"), currency) + spread_parts([rows[horizon] for horizon in shown])
    if not parts:
        return TOO_FEW
    text = "; ".join(parts)
    verdict = averaging_verdict(rows, longest)
    tail = bad_period(rows[longest], currency) if longest != "call" else ""
    if verdict and tail:
        text += f": {verdict}, and {tail}"
    elif verdict or tail:
        text += f": {verdict or tail}"
    return text[:1].upper() + text[1:] + "."


def article(horizon: str) -> str:
    """Return a period with its article."""
    return f"an {horizon}" if horizon == "hour" else f"a {horizon}"


def _call(row: AveragingRow | None, currency: str) -> list[str]:
    """Return what one call brings, as a list of no or one part."""
    mean = None if row is None else known(row.revenue.mean)
    if row is None or mean is None:
        return []
    part = f"one call earns {money(mean, currency)} on average"
    nothing = known_share(row.revenue.p_zero)
    if nothing:
        part += f" and {in_percent(nothing)} of calls earn nothing"
    return [part]


def known(figure: Estimate) -> float | None:
    """Return a figure that is known well enough for a sentence, else ``None``."""
    if figure.estimate is None or figure.se is None or figure.se > _NOISE_LIMIT * abs(figure.estimate):
        return None
    return figure.estimate


def known_share(figure: Estimate) -> float | None:
    """Return a share that is known well enough, and told from all, else ``None``."""
    p = figure.estimate
    if p is None or figure.se is None or figure.se > min(_NOISE_LIMIT * p, 1.0 - p):
        return None
    return p


def spread_parts(rows: Sequence[AveragingRow]) -> list[str]:
    """Return how much each period varies, as a list of no or one part."""
    parts: list[str] = []
    for row in rows:
        cv = known(row.revenue.cv)
        if cv is None:
            continue
        verb = " varies by" if not parts else " by"
        part = f"{article(row.horizon)}{verb} {cv_in_percent(cv)}"
        if not parts:
            part += " of its mean"
        dry = known_share(row.revenue.p_zero)
        if row.horizon != "hour" and dry is not None and dry >= 0.005:
            part += f" ({in_percent(dry)} of {row.horizon}s have no win)"
        parts.append(part)
    return [", ".join(parts)] if parts else []


def averaging_verdict(rows: Mapping[str, AveragingRow], longest: str) -> str:
    """Compare the spread of the longest period with what independent shorter periods would leave."""
    base = "week" if _WEEKS.get(longest, 0.0) > 1 else "hour"
    if base not in rows or longest in (base, "call"):
        return ""
    short, long = rows[base].revenue.cv, rows[longest].revenue.cv
    if not short.estimate or not long.estimate:
        return ""
    count = _WEEKS[longest] if base == "week" else rows["hour"].periods / rows[longest].periods
    independent = short.estimate / math.sqrt(count)
    if independent == 0.0:
        return ""
    left = f"independent ones would leave {cv_in_percent(independent)}"
    if short.se is None or long.se is None:
        return f"too few replications to tell how {base}s average out"
    error = math.hypot(short.se / short.estimate, long.se / long.estimate)
    ratio = long.estimate / independent
    if error > _NOISE_LIMIT:
        text = f"too few replications to tell how {base}s average out"
    elif ratio * (1 - 2 * error) > 1 + _TOLERANCE:
        degree = "hardly average out" if long.estimate > 0.8 * short.estimate else "average out only in part"
        text = f"{base}s {degree} ({left}), since what lasts longer than {article(base)} does not"
    elif ratio * (1 + 2 * error) < 1 - _TOLERANCE:
        text = f"{base}s average out even more than independent ones, which would leave {cv_in_percent(independent)}"
    elif abs(ratio - 1.0) > _TOLERANCE + _NOISE_LIMIT / 2.0 or error > _NOISE_LIMIT / 2.0:
        text = f"too few replications to tell how {base}s average out"
    else:
        text = f"{base}s average out as independent ones do"
    return text


def bad_period(row: AveragingRow, currency: str) -> str:
    """Say what the worst twentieth of the longest periods brings; empty if that is nothing new."""
    mean, low = known(row.revenue.mean), known(row.revenue.q05)
    if not mean or low is None or low <= 0:
        return ""
    return (
        f"one {row.horizon} in 20 brings {money(low, currency)} or less, {in_percent(low / mean)} of the mean"
        if low < mean
        else ""
    )
