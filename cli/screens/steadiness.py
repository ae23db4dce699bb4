"""What the variance of results is made of, as text: two tables and a chart; no figure that is not in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from simcore.answers.numbers import NONE, count, significant
from simcore.cli.screens.layout import grid, heading, inline, note, spaced, stacked_bar, warning
from simcore.cli.tables import Paragraph, as_it_is, fits
from simcore.statistics.intervals import significant_sign

if TYPE_CHECKING:
    from simcore.statistics.estimate import Estimate
    from simcore.studies.steadiness.document import Part, Steadiness, SteadinessPart

_WIDTH = 60
"""Columns of the chart's bars."""
_MARKS: dict[Part, str] = {"luck": "░", "people": "█", "market": "▓", "week noise": "▒", "reaction": "+"}
_WORDS: dict[Part, str] = {
    "luck": "luck of the draws",
    "people": "differences between reps",
    "market": "the market",
    "week noise": "the noise of the weeks",
    "reaction": "reaction",
}
_HALF = 0.1
"""A power this close to -1/2 averages out; one this close to 0 does not."""


def steadiness_report(found: Steadiness) -> RenderableType:
    """Return the decomposition as text for 80 columns."""
    title = f"What makes results vary: {found.scenario.name}, strategy {found.strategy}, one rep"
    parts: list[RenderableType] = [heading(title), _shares(found)]
    if len(found.active) > 1:
        parts.append(_chart(found))
    parts += [_sizes(found), Group(*(Paragraph(line) for line in _verdicts(found)))]
    end: list[RenderableType] = [note(_note(found))]
    if found.interrupted:
        end.append(warning("Stopped before all replications were done."))
    return Group(*spaced([*parts, Group(*end)]))


def _active(found: Steadiness, parts: list[SteadinessPart]) -> list[SteadinessPart]:
    return [part for part in parts if part.part in found.active]


@fits
def _shares(found: Steadiness) -> RenderableType:
    table = grid(["share of variance, %", *found.active])
    for row in found.rows:
        cells = [inline(part.share, scale=100.0).plain for part in _active(found, row.parts)]
        table.add_row(row.horizon, *cells)
    return table


@fits
def _sizes(found: Steadiness) -> RenderableType:
    table = grid(["sd in % of the mean", f"mean, {found.currency}", "all", *found.active])
    for row in found.rows:
        cells = [_percent(part.cv) for part in _active(found, row.parts)]
        table.add_row(
            row.horizon,
            inline(row.mean),
            _percent(row.cv),
            *cells,
        )
    return table


def _chart(found: Steadiness) -> RenderableType:
    """Return a bar for each horizon, of all parts but those that take variance away."""
    width = max(len(row.horizon) for row in found.rows)
    lines = ["  ".join(f"{_MARKS[part]} {part}" for part in found.active)]
    for row in found.rows:
        shares = {part.part: max(0.0, part.share.estimate or 0.0) for part in _active(found, row.parts)}
        bar = stacked_bar(((_MARKS[part], shares[part]) for part in found.active), _WIDTH)
        lines.append(f"{row.horizon.ljust(width)}  {bar}")
    return as_it_is(Text("\n".join(lines)))


def _percent(cv: Estimate) -> str:
    return NONE if cv.estimate is None else significant(100.0 * cv.estimate, 3)


def _verdicts(found: Steadiness) -> list[str]:
    """Return what averages out and what does not, in words."""
    lines = []
    for fall in found.falls:
        what, power = _WORDS[fall.part], fall.power.estimate or 0.0
        if _is_vague(fall.power):
            how = "these worlds do not tell whether it averages out"
        elif abs(power + 0.5) <= _HALF:
            how = "averages out, as the root of time"
        elif abs(power) <= _HALF:
            how = "does not average out"
        elif power < -0.5:
            how = "averages out faster than the root of time"
        elif power < 0.0:
            how = "averages out slowly"
        else:
            how = "grows with time"
        lines.append(
            f"{what[0].upper()}{what[1:]}: {how} (from week to {fall.until}, sd over mean goes as time to the power "
            f"{inline(fall.power).plain})."
        )
    if found.rows and "reaction" in found.active:
        last = found.rows[-1]
        share = next(part.share for part in last.parts if part.part == "reaction")
        sign = significant_sign(share)
        if sign == 0:
            lines.append(f"Over a {last.horizon} what reacting does to the variance cannot be told from nothing.")
        else:
            ends = sorted(abs(100.0 * end) for end in (share.low, share.high) if end is not None)
            size = " to ".join(f"{end:.2g}" for end in ends)
            does = "adds" if sign > 0 else "takes away"
            lines.append(f"Over a {last.horizon} reacting {does} {size} % of the variance (95 % interval).")
    return lines


def _is_vague(power: Estimate) -> bool:
    """Return whether the interval of a power holds both averaging out and not averaging out, or there is none."""
    if power.low is None or power.high is None:
        return True
    return power.high - power.low > 0.5 - 2.0 * _HALF and power.low < -_HALF and power.high > -0.5 + _HALF


def _note(found: Steadiness) -> str:
    even = (
        " Hours and days are split as if revenue were even within a week, since deals close some time after the call."
        if found.even_within_week
        else ""
    )
    return (
        f"{count(found.replications)} worlds, seed {found.seed}. The variance is that of one window of one rep over "
        "worlds, averaged over the windows of the run: what the calendar and the ramp make of it is no part of it. "
        f"Parts sum to the whole; errors are one standard error; those of the second table are in --json.{even}"
    )
