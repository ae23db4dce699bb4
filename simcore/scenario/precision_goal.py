"""Precision goals as text, a metric and its required precision: ``revenue=0.5%@0.99``.

This module only parses; `simcore.statistics.sequential_interval` decides when a metric is precise enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from simcore.base.errors import UsageError
from simcore.base.spelling import Kind, percent_hint, read_number, share_of
from simcore.base.text import brief
from simcore.scenario.metric import PRECISION, Metric, parse_metric

DEFAULT_CONFIDENCE = 0.95
DEFAULT = "revenue=0.5%"
"""The precision of a scenario that states neither replications nor a precision."""
LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.5, 0.9999


class Target(NamedTuple):
    """A metric and the required half-width of its interval."""

    metric: Metric
    half_width: float
    """In the unit of the metric (currency or probability); if `relative`, as a share of the figure."""
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


def parse_target(text: str) -> Target:
    """Read ``METRIC=HALFWIDTH[%][@CONFIDENCE]``.

    Raises
    ------
    ValueError
        If the text does not have this form.

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
        If the metric cannot have a precision, or the text is not a half-width above 0; for a share it must be below 1
        and not in per cent.
    """
    refusal = PRECISION.refusal(metric)
    if refusal is not None:
        raise ValueError(refusal)
    width, at, level = (part.strip() for part in precision.partition("@"))
    relative = width.endswith("%")
    number = width.removesuffix("%").strip()
    try:
        read = read_number(number, Kind.AMOUNT if metric.is_money and not relative else Kind.NUMBER).value
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
        hint = percent_hint(value)
        raise ValueError(f"{message}; {hint}" if hint else message)
    return value


class Goal(NamedTuple):
    """The precision targets of a run, and the limits that end it in any case."""

    targets: tuple[Target, ...]
    max_replications: int | None = None
    max_seconds: float | None = None
    """Of simulation, without compilation; checked after every block."""
    unseen: int | None = None
    """Replications after which a run ends that has not seen anything of a figure of which it must know a share: how
    many would do is not known. ``None``: it goes on."""


def targets_of(precision: Mapping[str, str]) -> tuple[Target, ...]:
    """Return the targets of a scenario's ``run.precision``."""
    return tuple(target_of(parse_metric(metric), width) for metric, width in precision.items())


def goal_of(precision: Goal | Iterable[str]) -> Goal:
    """Return a goal unchanged, or the goal of precisions given as text.

    Raises
    ------
    ValueError
        If a text is not a precision, there is none, a metric is repeated, or a limit is not positive.

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
