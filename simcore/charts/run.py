"""Pictures of a run that its document holds: the averaging pyramid, and the funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simcore.answers.numbers import significant
from simcore.base.text import printable
from simcore.charts.detail import detail_of
from simcore.charts.picture import Picture, estimated, table, text_of, words
from simcore.charts.run_weeks import ends, way_to_quota, weeks
from simcore.charts.shapes.forest import Row, forest
from simcore.charts.shapes.pyramid import Level, pyramid
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.results.sentences import in_percent

if TYPE_CHECKING:
    from simcore.charts.detail import Detail
    from simcore.results.summary import AveragingRow, StageRow, Summary
    from simcore.scenario.model import Scenario

_QUANTILES = ("q05", "q50", "q95")


class Played(NamedTuple):
    """A run, and its first worlds week by week."""

    summary: Summary
    detail: Detail


def averaging(summary: Summary, before: Summary | None = None) -> Picture | None:
    """Return the averaging pyramid, that of another run in grey behind it; ``None`` where nothing was earned."""
    rows = [row for row in summary.averaging.close if row.revenue.mean.estimate]
    if not rows:
        return None
    levels, names = [_level(row) for row in rows], {row.horizon for row in rows}
    earlier = [] if before is None else before.averaging.close
    ghost = [_level(row) for row in earlier if row.revenue.mean.estimate and row.horizon in names]
    first, last = levels[0], levels[-1]
    says = (
        "Revenue of one rep in each period, over that period's own mean. A bar holds nine of ten periods, its mark is "
        "the middle one. The figure at the end of a row says how far a period typically is from its mean: "
        f"{first.swing} for a {first.name}, {last.swing} for a {last.name}."
    )
    money = printable(summary.currency)
    headings = ("period", f"mean, {money}", f"sd, {money}", "swing (cv)", "5 % below", "middle", "95 % below", "no win")
    numbers = table(
        headings,
        [
            (
                words(row.horizon),
                estimated(row.revenue.mean),
                estimated(row.revenue.sd),
                estimated(row.revenue.cv, percent=True),
                *(estimated(getattr(row.revenue, name)) for name in _QUANTILES),
                estimated(row.revenue.p_zero, percent=True),
            )
            for row in rows
        ],
    )
    title = "What a call, a week and a year bring"
    return Picture(
        "pyramid", title, says, lambda width: pyramid(levels, Canvas(width), about=says, ghost=ghost), numbers
    )


def _level(row: AveragingRow) -> Level:
    revenue, mean = row.revenue, row.revenue.mean.estimate or 1.0
    low, middle, high = ((getattr(revenue, name).estimate or 0.0) / mean for name in _QUANTILES)
    cv, zero = revenue.cv.estimate, revenue.p_zero.estimate
    swing = "" if cv is None else f"\u00b1 {significant(100.0 * cv, 3 if cv >= 1.0 else 2)} %"
    none = f"; {in_percent(zero)} bring nothing" if zero else ""
    says = (
        f"{row.horizon}: nine of ten between {low:.2f} and {high:.2f} times the mean, the middle one {middle:.2f}, "
        f"swing {text_of(estimated(revenue.cv, percent=True))}{none}"
    )
    return Level(row.horizon, low, middle, high, swing, says)


def funnel(summary: Summary) -> Picture:
    """Return what enters each stage in a week, on a scale of equal ratios."""
    stages = summary.funnel
    rows = [_stage(row, before) for row, before in zip(stages, [None, *stages], strict=False)]
    seen = [row for row in rows if row is not None]
    says = (
        "What one rep brings into each stage in a week, with its 95 % interval, and as a share of the stage before it. "
        "Equal distances are equal ratios."
    )
    axis = Axis("per rep and week", ",~f", log=True)
    numbers = table(
        ("stage", "per rep and week"), [(words(printable(row.stage)), estimated(row.per_rep_week)) for row in stages]
    )
    return Picture(
        "funnel", "From calls to wins", says, lambda width: forest(seen, Canvas(width), axis, about=says), numbers
    )


def _stage(row: StageRow, before: StageRow | None) -> Row | None:
    """Return the row of a stage; ``None`` where nothing came so far: an axis of ratios has no place for it."""
    here = row.per_rep_week
    if not here.estimate:
        return None
    text, name = significant(here.estimate, 3), printable(row.stage)
    says = f"{name}: {text_of(estimated(here))} per rep and week"
    if before is not None and before.per_rep_week.estimate:
        part = here.estimate / before.per_rep_week.estimate
        share = in_percent(float(f"{part:.3g}")) if part <= 1.0 else f"{part:.3g} times"
        text, says = f"{text} ({share})", f"{says}, {share} of {printable(before.stage)}"
    return Row(name, here.estimate, here.low or here.estimate, here.high, text, says)


def before_and_after(now: Played, before: Played | None) -> list[Picture]:
    """Return how a period ends and the averaging pyramid, those of the run before in grey."""
    found = [
        ends(now.detail, now.summary, None if before is None else before.detail),
        averaging(now.summary, None if before is None else before.summary),
    ]
    return [picture for picture in found if picture is not None]


def run_pictures(summary: Summary, scenario: Scenario | None = None) -> list[Picture | None]:
    """Return the pictures of a run; those of weeks only where the scenario is known."""
    if scenario is None:
        return [averaging(summary), funnel(summary)]
    found = detail_of(scenario, summary.replications)
    return [averaging(summary), weeks(found), way_to_quota(found), ends(found, summary), funnel(summary)]
