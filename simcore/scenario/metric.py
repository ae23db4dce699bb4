"""A metric: a named figure of a run, as in ``p_zero:13w``; the same names for every command and file.

`simcore.statistics.metrics` and `simcore.statistics.tallied_metrics` compute them. A command may serve only
some of them; its `Service` says which, and why not the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from simcore.base.errors import Problem, ScenarioError
from simcore.base.periods import HORIZONS, HOUR, WEEK, WEEKS_PER_QUARTER, WEEKS_PER_YEAR, period_of_week
from simcore.base.text import brief, did_you_mean

REVENUE, P_QUOTA, P_QUOTA_TEAM, P_ZERO = "revenue", "p_quota", "p_quota_team", "p_zero"
QUANTILE, SD, CV = "q", "sd", "cv"
NAMES = (REVENUE, P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, SD, CV)
"""Every kind of metric; that of all quantiles is ``q``."""
SHARES = (P_QUOTA, P_QUOTA_TEAM, P_ZERO)
"""Metrics that are a share of windows: from 0 to 1."""
SPREADS = (SD, CV)
_OF_QUOTA = (P_QUOTA, P_QUOTA_TEAM)
_MONTH = "month"
_WEEKS_OF = {"week": 1, "quarter": WEEKS_PER_QUARTER, "year": WEEKS_PER_YEAR}
_HORIZONS: tuple[str, ...] = HORIZONS
_WORDS = _HORIZONS[HOUR:]
_WEEKS = re.compile(r"([1-9][0-9]{0,3}) ?w?(?:eeks?)?", re.ASCII)
_PERCENTILE = re.compile(r"q([0-9]{2})", re.ASCII)
_FORMS = {
    REVENUE: "revenue or revenue:PERIOD",
    P_ZERO: "p_zero:PERIOD",
    QUANTILE: "q01:PERIOD to q99:PERIOD",
    SD: "sd:PERIOD",
    CV: "cv:PERIOD",
}
PATTERN = r"^(p_quota|p_quota_team|revenue|(revenue|p_zero|q[0-9][0-9]|sd|cv):(hour|day|week|month|quarter|year))$"
"""Metrics of the periods that every run counts, as a pattern for published schemas."""


class Metric(NamedTuple):
    """A figure of a run.

    Examples
    --------
    >>> str(parse_metric("p_zero:13")), str(parse_metric("q05:6 weeks")), str(parse_metric("sd:52w"))
    ('p_zero:quarter', 'q05:6w', 'sd:year')
    """

    name: str
    """One of `NAMES`."""
    window: str = ""
    """``hour``, ``day``, ``week``, ``month``, ``quarter``, ``year`` or a number of weeks such as ``6w``. Empty for
    revenue per rep-year from all weeks, and for the quota's own period."""
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
    def is_spread(self) -> bool:
        """Whether it is a standard deviation or a coefficient of variation."""
        return self.name in SPREADS

    @property
    def is_money(self) -> bool:
        """Whether it is in units of the currency."""
        return not self.is_share and self.name != CV

    @property
    def better(self) -> int:
        """1 if a larger figure is better; -1 if a smaller one is: for spreads, and for periods without revenue.

        Examples
        --------
        >>> parse_metric("revenue").better, parse_metric("sd:week").better, parse_metric("p_zero:week").better
        (1, -1, -1)
        """
        return -1 if self.is_spread or self.name == P_ZERO else 1

    @property
    def weeks(self) -> int | None:
        """The weeks of the window; ``None`` for months (which differ), for parts of a week, and without a window."""
        if self.window.endswith("w"):
            return int(self.window.removesuffix("w"))
        return _WEEKS_OF.get(self.window)

    @property
    def horizon(self) -> int | None:
        """The horizon of the window, see `simcore.base.periods`; ``None`` if it is not one, or without a window."""
        return _HORIZONS.index(self.window) if self.window in _WORDS else None


YEARLY_REVENUE = Metric(REVENUE)
QUOTA_CHANCE = Metric(P_QUOTA)


def parse_metric(text: str) -> Metric:
    """Read a metric: ``revenue``, ``p_quota``, ``p_zero:13w``, ``q05:quarter``, ``sd:week``.

    Raises
    ------
    ValueError
        If it is not a metric, or lacks the period that it needs.

    Examples
    --------
    >>> parse_metric("p_zero:6w")
    Metric(name='p_zero', window='6w', percent=0)
    >>> parse_metric("q05:quarter")
    Metric(name='q', window='quarter', percent=5)
    >>> parse_metric("sd")
    Traceback (most recent call last):
    ValueError: sd needs a period, as in sd:quarter or sd:13w
    """
    name, colon, window = (part.strip() for part in text.partition(":"))
    percentile = _PERCENTILE.fullmatch(name)
    percent = int(percentile[1]) if percentile else 0
    if not percent and (name not in NAMES or name == QUANTILE):
        raise ValueError(_unknown(name))
    if name in _OF_QUOTA:
        if colon:
            raise ValueError(f"{name} takes no period: it is that of the quota")
        return Metric(name)
    if not colon:
        if name == REVENUE:
            return YEARLY_REVENUE
        raise ValueError(f"{name} needs a period, as in {name}:quarter or {name}:13w")
    return Metric(QUANTILE if percent else name, _window(window), percent)


def _window(text: str) -> str:
    """Return the canonical name of a window: 13 weeks are a quarter."""
    if text in _WORDS:
        return text
    match = _WEEKS.fullmatch(text)
    if match is None:
        hint = did_you_mean(text, _WORDS)
        raise ValueError(f"{brief(text)!r} is not a period: {', '.join(_WORDS)} or 6w" + (f"; {hint}" if hint else ""))
    weeks = int(match[1])
    return next((word for word, length in _WEEKS_OF.items() if length == weeks), f"{weeks}w")


def _unknown(name: str) -> str:
    hint = did_you_mean(name, tuple("q05" if each == QUANTILE else each for each in NAMES))
    known = "revenue, p_quota, p_quota_team, p_zero, sd, cv and the quantiles q01 to q99"
    return f"{brief(name)!r} is not a metric; there are {known}" + (f"; {hint}" if hint else "")


class Service(NamedTuple):
    """Which metrics a command serves."""

    what: str
    """The command, or the part of it, as a noun."""
    names: tuple[str, ...] = NAMES
    excluded: Mapping[str, str] = {}
    """Why the others are not served, by name."""
    counts: Callable[[Metric], bool] = lambda _: True
    """Whether it counts windows of a metric's length."""
    periods: str = ""
    """The windows that it counts, in words; empty if its metrics have no windows of their own."""

    @property
    def served(self) -> str:
        """The metrics that it serves, in words."""
        forms = [_FORMS.get(name, name) if self.periods else name for name in self.names]
        return ", ".join(forms[:-1]) + f" and {forms[-1]}"

    def refusal(self, metric: Metric) -> str | None:
        """Return why it does not serve a metric; ``None`` if it does.

        Examples
        --------
        >>> PRECISION.refusal(parse_metric("sd:week")) is None
        True
        >>> PRECISION.refusal(parse_metric("sd:hour"))
        'a precision has no sd:hour: its periods are week, month, quarter, year or a number of weeks such as 6w'
        """
        if metric.name not in self.names:
            return f"{self.what} has no {metric}: {self.excluded[metric.name]}; there are {self.served}"
        if metric.window and not self.counts(metric):
            return f"{self.what} has no {metric}: " + (
                f"its periods are {self.periods}" if self.periods else f"it takes {metric.name} without a period"
            )
        return None

    def parse(self, text: str) -> Metric:
        """Read a metric that it serves.

        Raises
        ------
        ValueError
            If the text is not a metric, or one that is not served.
        """
        metric = parse_metric(text)
        refusal = self.refusal(metric)
        if refusal is not None:
            raise ValueError(refusal)
        return metric

    def metric_of(self, text: str) -> Metric:
        """Read a metric that it serves, as `parse`.

        Raises
        ------
        ScenarioError
            If the text is not such a metric.
        """
        try:
            return self.parse(text)
        except ValueError as error:
            raise ScenarioError((Problem(str(error), "metric"),)) from None


def lacking(
    metric: Metric, weeks: int, quota: str | None, holds: Callable[[int], bool] | None = None
) -> Problem | None:
    """Return the problem if a run cannot have a metric (too short, or no quota), else ``None``.

    Parameters
    ----------
    weeks
        Counted weeks of the run.
    quota
        The horizon of its quota; ``None`` without one.
    holds
        Whether it holds a whole month, quarter or year, by horizon; left out: by months of 4-4-5 weeks.

    Examples
    --------
    >>> print(lacking(parse_metric("sd:quarter"), 12, None))
    horizon.weeks: sd:quarter needs a whole quarter, got 12
    >>> lacking(parse_metric("sd:quarter"), 13, None) is None
    True
    """
    holds = holds or (lambda number: bool((period_of_week(number, weeks) >= 0).any()))
    if metric.name in _OF_QUOTA:
        if quota is None:
            return Problem(f"{metric} needs a quota, and the scenario has none", "quota")
        if not holds(_HORIZONS.index(quota)):
            return Problem(f"{metric} needs a whole {quota}", "horizon.weeks", value=str(weeks))
        return None
    horizon = metric.horizon
    fits = metric.weeks is None or metric.weeks <= weeks
    held = fits if horizon is None else horizon <= WEEK or holds(horizon)
    if held:
        return None
    period = metric.window if horizon is not None else f"period of {metric.weeks} weeks"
    return Problem(f"{metric} needs a whole {period}", "horizon.weeks", value=str(weeks))


def _of_whole_weeks(metric: Metric) -> bool:
    return metric.weeks is not None or metric.window == _MONTH


def _counted(metric: Metric) -> bool:
    return metric.horizon is not None


_ANY_WEEKS = "week, month, quarter, year or a number of weeks such as 6w"
_COUNTED = ", ".join(_WORDS[:-1]) + f" and {_WORDS[-1]}, which every run counts"
_NO_MEAN = "it is no mean over worlds"
PRECISION = Service("a precision", counts=_of_whole_weeks, periods=_ANY_WEEKS)
"""``--precision`` of `run` and `compare`, ``run.precision`` of a scenario."""
SWEEP = Service("a sweep", counts=_counted, periods=_COUNTED)
"""``sweep --metric``."""
BREAKEVEN = Service(
    "a break-even point",
    tuple(name for name in NAMES if name != QUANTILE),
    {QUANTILE: "a quantile has no error by groups of worlds, from which a band over all values follows"},
    _counted,
    _COUNTED,
)
"""``breakeven --metric``."""
VARIANCE = Service(
    "a benchmark of techniques",
    tuple(name for name in NAMES if name not in SPREADS),
    dict.fromkeys(SPREADS, _NO_MEAN),
    _of_whole_weeks,
    _ANY_WEEKS,
)
"""``bench variance --metric``."""
TECHNIQUE = Service(
    "a technique of variance reduction",
    tuple(name for name in VARIANCE.names if name != QUANTILE),
    dict.fromkeys((*SPREADS, QUANTILE), _NO_MEAN),
    _of_whole_weeks,
    _ANY_WEEKS,
)
"""``--method`` of `run` and `compare`."""
COACHING = Service(
    "coaching",
    (REVENUE, P_QUOTA),
    dict.fromkeys(NAMES, "hours are given out for revenue or the chance of quota"),
    lambda _: False,
)
"""``coach --metric``."""
SERVICES: Mapping[str, Service] = {
    "run": PRECISION,
    "compare": PRECISION,
    "sweep": SWEEP,
    "breakeven": BREAKEVEN,
    "coach": COACHING,
    "bench variance": VARIANCE,
}
"""What each command serves."""
