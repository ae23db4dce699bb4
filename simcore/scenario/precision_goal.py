"""What a precision is asked of, as text: ``p_zero:13w`` is a metric, ``revenue=0.5%@0.99`` a metric and its precision.

Only the texts; `simcore.statistics.metrics` computes a metric, `simcore.statistics.sequential_interval` says when it is
precise enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from simcore.base.errors import UsageError
from simcore.base.periods import WEEKS_PER_QUARTER, WEEKS_PER_YEAR
from simcore.base.spelling import Kind, percent_meant, read_number, share_of
from simcore.base.text import brief, did_you_mean

REVENUE, P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE = "revenue", "p_quota", "p_quota_team", "p_zero", "q"
SHARES = (P_QUOTA, P_QUOTA_TEAM, P_ZERO)
"""Metrics that are a share of windows: from 0 to 1."""
_NAMES = (REVENUE, P_QUOTA, P_QUOTA_TEAM, P_ZERO, "q05", "q50", "q95")
_WORDS = {"week": 1, "quarter": WEEKS_PER_QUARTER, "year": WEEKS_PER_YEAR}
_MONTH = "month"
_WEEKS = re.compile(r"([1-9][0-9]{0,3}) ?w?(?:eeks?)?", re.ASCII)
_PERCENTILE = re.compile(r"q([0-9]{2})", re.ASCII)

DEFAULT_CONFIDENCE = 0.95
DEFAULT = "revenue=0.5%"
"""The precision of a scenario that states neither replications nor a precision."""
LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.5, 0.9999


class Metric(NamedTuple):
    """A figure of a run.

    Examples
    --------
    >>> str(parse_metric("p_zero:13")), str(parse_metric("q05:6 weeks"))
    ('p_zero:quarter', 'q05:6w')
    """

    name: str
    """``revenue``, ``p_quota``, ``p_quota_team``, ``p_zero`` or ``q``."""
    window: str = ""
    """``week``, ``month``, ``quarter``, ``year`` or a number of weeks such as ``6w``; empty: revenue of a rep-year from
    all weeks, and the quota's own period."""
    percent: int = 0
    """Of a quantile, 1 .. 99."""

    def __str__(self) -> str:
        """Return the text that `parse_metric` reads."""
        name = f"q{self.percent:02d}" if self.name == QUANTILE else self.name
        return f"{name}:{self.window}" if self.window else name

    @property
    def is_share(self) -> bool:
        """Whether it is a share of windows."""
        return self.name in SHARES

    @property
    def weeks(self) -> int | None:
        """The weeks of the window; ``None`` for months, which differ, and where there is none."""
        if not self.window or self.window == _MONTH:
            return None
        return _WORDS.get(self.window) or int(self.window.removesuffix("w"))


class Target(NamedTuple):
    """A metric and the half-width that its interval may have."""

    metric: Metric
    half_width: float
    """In units of the currency or of probability; where `relative`, a share of the figure itself."""
    relative: bool = False
    confidence: float = DEFAULT_CONFIDENCE

    def __str__(self) -> str:
        """Return the text that `parse_target` reads.

        Examples
        --------
        >>> str(parse_target("revenue = 0.50 %")), str(parse_target("p_quota=.01@99%"))
        ('revenue=0.5%', 'p_quota=0.01@0.99')
        """
        return f"{self.metric}={self.precision}"

    @property
    def precision(self) -> str:
        """The text after the equals sign."""
        width = f"{100 * self.half_width:.12g}%" if self.relative else f"{self.half_width:.12g}"
        return width if self.confidence == DEFAULT_CONFIDENCE else f"{width}@{self.confidence:.12g}"


def parse_metric(text: str) -> Metric:
    """Read a metric: ``revenue``, ``p_quota``, ``p_zero:13w``, ``q05:quarter``.

    Raises
    ------
    ValueError
        If it is none, or has not the window that it needs.

    Examples
    --------
    >>> parse_metric("p_zero:6w")
    Metric(name='p_zero', window='6w', percent=0)
    >>> parse_metric("q05:quarter")
    Metric(name='q', window='quarter', percent=5)
    """
    name, colon, window = (part.strip() for part in text.partition(":"))
    percentile = _PERCENTILE.fullmatch(name)
    percent = int(percentile[1]) if percentile else 0
    if percent:
        kind = QUANTILE
    elif name in _NAMES:
        kind = name
    else:
        raise ValueError(_unknown(name))
    if kind in (P_QUOTA, P_QUOTA_TEAM):
        if colon:
            raise ValueError(f"{name} takes no period: it is that of the quota")
        return Metric(kind)
    if not colon:
        if kind == REVENUE:
            return Metric(kind)
        raise ValueError(f"{name} needs a period, as in {name}:quarter or {name}:13w")
    return Metric(kind, _window(window), percent)


def parse_target(text: str) -> Target:
    """Read ``METRIC=HALFWIDTH[%][@CONFIDENCE]``.

    Raises
    ------
    ValueError
        If it is something else.

    Examples
    --------
    >>> parse_target("revenue=0.5%")
    Target(metric=Metric(name='revenue', window='', percent=0), half_width=0.005, relative=True, confidence=0.95)
    """
    metric, equals, precision = text.partition("=")
    if not equals:
        raise ValueError(f"{brief(text)!r} is not METRIC=HALFWIDTH[%][@CONFIDENCE], as in p_quota=0.01@0.95")
    return target_of(parse_metric(metric.strip()), precision.strip())


def target_of(metric: Metric, precision: str) -> Target:
    """Read the precision of a metric: ``0.5%``, ``0.01@0.95``.

    Raises
    ------
    ValueError
        If it is none: a half-width above 0, less than 1 for a share, and never in per cent for one.
    """
    width, at, level = (part.strip() for part in precision.partition("@"))
    relative = width.endswith("%")
    number = width.removesuffix("%").strip()
    try:
        read = read_number(number, Kind.NUMBER if relative or metric.is_share else Kind.AMOUNT).value
    except UsageError as error:
        hint = error.problems[0].hint
        message = f"{brief(precision)!r} is not a half-width, as in 0.01, 0.5% or 0.01@0.99"
        raise ValueError(f"{message}; {hint}" if hint else message) from None
    half_width = float(read) / 100.0 if relative else float(read)
    if metric.is_share and relative:
        raise ValueError(f"a half-width of {metric} is a probability, as in 0.01: a percentage could be of two things")
    if not 0.0 < half_width < (1.0 if metric.is_share or relative else 1e15):
        raise ValueError(f"a half-width of {brief(width)} is out of range")
    return Target(metric, half_width, relative, _confidence(level) if at else DEFAULT_CONFIDENCE)


def _confidence(text: str) -> float:
    try:
        value = share_of(text)
    except UsageError:
        raise ValueError(f"{brief(text)!r} is not a confidence, as in 0.95 or 95%") from None
    if not LEAST_CONFIDENCE <= value <= MOST_CONFIDENCE:
        message = f"a confidence of {brief(text)} is not from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE}"
        hint = percent_meant(value)
        raise ValueError(f"{message}; {hint}" if hint else message)
    return value


def _window(text: str) -> str:
    """Return the canonical name of a window: 13 weeks are a quarter."""
    if text in (*_WORDS, _MONTH):
        return text
    match = _WEEKS.fullmatch(text)
    if match is None:
        words = (*list(_WORDS), _MONTH)
        hint = did_you_mean(text, words)
        raise ValueError(f"{brief(text)!r} is not a period: {', '.join(words)} or 6w" + (f"; {hint}" if hint else ""))
    weeks = int(match[1])
    return next((word for word, length in _WORDS.items() if length == weeks), f"{weeks}w")


def _unknown(name: str) -> str:
    hint = did_you_mean(name, _NAMES)
    known = "revenue, p_quota, p_quota_team, p_zero and the quantiles q01 to q99"
    return f"{brief(name)!r} is not a metric; there are {known}" + (f"; {hint}" if hint else "")


class Goal(NamedTuple):
    """What a run is to be precise about, and what ends it in any case."""

    targets: tuple[Target, ...]
    max_replications: int | None = None
    max_seconds: float | None = None
    """Of simulation, compilation excluded; looked at after every block."""


def targets_of(precision: Mapping[str, str]) -> tuple[Target, ...]:
    """Return the targets of a scenario's ``run.precision``."""
    return tuple(target_of(parse_metric(metric), width) for metric, width in precision.items())


def goal_of(precision: Goal | Iterable[str]) -> Goal:
    """Return a goal, or one of precisions as text.

    Raises
    ------
    ValueError
        If a text is none, nothing is asked for, a metric is asked for twice, or a limit is not positive.

    Examples
    --------
    >>> goal_of(["revenue=1%", "p_quota=0.01"]).targets[1].half_width
    0.01
    """
    goal = precision if isinstance(precision, Goal) else Goal(tuple(parse_target(text) for text in precision))
    metrics = [str(target.metric) for target in goal.targets]
    if not metrics:
        raise ValueError("no precision is stated")
    twice = next((metric for metric in metrics if metrics.count(metric) > 1), None)
    if twice is not None:
        raise ValueError(f"the precision of {twice} is stated twice")
    for name, limit in (("replications", goal.max_replications), ("seconds", goal.max_seconds)):
        if limit is not None and not limit > 0:
            raise ValueError(f"a limit of {limit} {name} is not above 0")
    return goal
