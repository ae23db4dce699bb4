"""Metrics in words, and their figures: money, or a share of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.answers.figures import money_figure, share_figure
from simcore.scenario.metric import CV, P_QUOTA, P_QUOTA_TEAM, P_ZERO, QUANTILE, SD, parse_metric

if TYPE_CHECKING:
    from simcore.answers.answer import KeyFigure
    from simcore.statistics.estimate import Estimate


def is_share(metric: str) -> bool:
    """Return whether figures of a metric are shown in per cent; all others are money.

    Examples
    --------
    >>> is_share("p_quota"), is_share("cv:year"), is_share("sd:week"), is_share("revenue")
    (True, True, False, False)
    """
    return parse_metric(metric).name in (P_QUOTA, P_QUOTA_TEAM, P_ZERO, CV)


def title_of(metric: str) -> str:
    """Return what a metric is, in words that head a table or a picture.

    Examples
    --------
    >>> title_of("p_quota"), title_of("q05:quarter"), title_of("revenue")
    ('Chance of a rep to reach quota', "5 % quantile of a rep's revenue in a quarter", 'Revenue of a rep in a year')
    """
    parsed = parse_metric(metric)
    name, period = parsed.name, parsed.window
    within = f"in an {period}" if period == "hour" else f"in a {period}" if period else "in a year"
    titles = {
        P_QUOTA: "Chance of a rep to reach quota",
        P_QUOTA_TEAM: "Chance of the team to reach quota",
        P_ZERO: f"Share of a rep's {period}s without revenue",
        CV: f"Spread of a rep's revenue {within}, as a part of the mean",
        SD: f"Standard deviation of a rep's revenue {within}",
        QUANTILE: f"{parsed.percent} % quantile of a rep's revenue {within}",
    }
    return titles.get(name, f"Revenue of a rep {within}")


def figure_of(label: str, found: Estimate, metric: str, currency: str) -> KeyFigure:
    """Return a figure of a metric with its error."""
    return share_figure(label, found) if is_share(metric) else money_figure(label, found, currency)
