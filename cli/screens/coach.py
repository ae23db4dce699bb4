"""What to coach, as text: tornadoes, tables and sentences; no figure that is not in the document."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from simcore.answers.numbers import NONE, count, counted, significant
from simcore.base.text import printable
from simcore.cli.pictures import bar
from simcore.cli.screens.coach_rules import rules_part
from simcore.cli.screens.layout import (
    cell,
    grid,
    inline,
    note,
    sentences,
    spaced,
    titled,
    units_of,
)
from simcore.cli.tables import Fitted, Paragraph, fits
from simcore.statistics.intervals import UNKNOWN, fixed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.statistics.estimate import Estimate
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.item_values_document import AgeRow, ItemValue, StageAges, Values
    from simcore.studies.coach.leverage_document import Effect, HoursPlan, Leverage, LeverRow

_BAR = 20
"""Columns of a tornado's bars."""
_ROUNDING = 1e-6
"""An error so small a part of its figure comes of cents and last bits: the figure is the same in every world."""


def coach_details(found: Coach) -> RenderableType:
    """Return the answer as text for 80 columns."""
    parts: list[RenderableType] = []
    if found.rules is not None:
        parts += rules_part(found.rules, found.currency)
    parts += _leverage(found.leverage, found.currency)
    if found.values is not None:
        parts += _values(found.values, found.currency)
    if found.rules is None and not found.interrupted:
        line = "Whom to coach: no step of this scenario has a bad habit, so there is nothing to repair."
        parts.append(note(line))
    parts.append(note(_note(found)))
    return Group(*spaced(parts))


def _note(found: Coach) -> str:
    worlds, reps = count(found.leverage.replications), counted(found.leverage.reps, "rep")
    return (
        f"{worlds} worlds of {reps}, seed {found.seed}; every change in the same worlds. ± is one standard error, that "
        "of pairs of equal worlds for a change. `exact` is the closed form, where one holds. Intervals, and effects by "
        "origin, are in --json."
    )


def _leverage(found: Leverage, currency: str) -> list[RenderableType]:
    """Return which step to improve."""
    now = [f"{currency} {inline(found.revenue).plain} a rep-year by close"]
    if found.revenue_origin is not None:
        now.append(f"{inline(found.revenue_origin).plain} by origin")
    if found.p_quota is not None:
        now.append(f"quota reached in {_percent(found.p_quota)} % of a rep's periods")
    parts: list[RenderableType] = [titled("Which step to improve", Paragraph(f"As it is: {'; '.join(now)}."))]
    tenths = [row for row in found.levers if row.change == "tenth"]
    parts.append(_tornado("Ten per cent better: mean revenue by close, %", tenths, "revenue"))
    if found.p_quota is not None:
        parts.append(_tornado("Ten per cent better: chance of quota, points", tenths, "p_quota"))
    points = [row for row in found.levers if row.change == "point"]
    if any(row.revenue for row in points):
        parts.append(_points(points))
    refused = [row for row in found.levers if row.problem is not None]
    if refused:
        lines = [f"{row.lever} {row.before} -> {row.after}: {row.problem}" for row in refused]
        parts.append(titled("Not possible", sentences(lines)))
    if found.hours is not None:
        parts.append(_hours(found.hours))
    if found.sentences:
        parts.append(sentences(found.sentences))
    return parts


def _effect(row: LeverRow, measure: str) -> Effect | None:
    found: Effect | None = getattr(row, measure)
    return found


def _in_percent(effect: Effect, measure: str) -> Estimate:
    """Return what is shown of an effect: the difference of a chance, else the relative change, where there is one."""
    if measure == "p_quota":
        return effect.difference
    return UNKNOWN if effect.relative is None else effect.relative


def _percent(figures: Estimate) -> str:
    value, error = figures.estimate, figures.se
    if value is not None and error is not None and error < _ROUNDING * abs(value):
        figures = fixed(value)
    return inline(figures, scale=100.0).plain


def _exact(effect: Effect) -> str:
    return NONE if effect.exact is None else _tidy(100.0 * effect.exact)


def _tidy(percent: float) -> str:
    """Return a closed form in per cent: four digits, three decimals."""
    return significant(round(percent, 3) + 0.0, 4)


@fits
def _tornado(title: str, rows: Sequence[LeverRow], measure: str) -> RenderableType:
    """Return a bar for each lever, the largest first, with its figure and the closed form."""
    shown = [(row, effect) for row in rows if (effect := _effect(row, measure)) is not None]
    shown.sort(key=lambda each: -(_in_percent(each[1], measure).estimate or 0.0))
    sizes = [_in_percent(effect, measure).estimate or 0.0 for _, effect in shown]
    most, least = max([0.0, *sizes]), min([0.0, *sizes])
    zero = round(_BAR * -least / ((most - least) or 1.0))
    table = grid(["", "", "effect", "exact"], left=2)
    for row, effect in shown:
        value = _in_percent(effect, measure)
        size = (value.estimate or 0.0) / ((most - least) or 1.0) * _BAR
        table.add_row(printable(row.lever), bar(size, zero), _percent(value), _exact(effect))
    return titled(title, table)


@fits
def _points(rows: Sequence[LeverRow]) -> RenderableType:
    """Return what a point more of each rate does."""
    has_quota = any(row.p_quota is not None for row in rows)
    headings = ["One point more", "rate", "mean revenue, %", "exact", "quota, points", "exact"]
    table = grid(headings if has_quota else headings[:4])
    for row in rows:
        if row.revenue is None:
            continue
        quota = [] if row.p_quota is None else [_percent(row.p_quota.difference), _exact(row.p_quota)]
        cells = [
            f"{row.before} > {row.after}",
            _percent(_in_percent(row.revenue, "revenue")),
            _exact(row.revenue),
            *quota,
        ]
        table.add_row(printable(row.lever), *cells)
    return table


@fits
def _hours(found: HoursPlan) -> RenderableType:
    """Return how the hours are given out best, and evenly."""
    title = f"{found.hours} coaching hours, for {'the chance of quota' if found.measure == 'p_quota' else 'revenue'}"
    table = grid(["step to", "an hour does", "best: hours", "rate", "even: hours", "rate"], left=2)
    for place, step in enumerate(found.steps):
        cells = [
            str(found.best.hours[place]),
            significant(found.best.rates[place]),
            str(found.even.hours[place]),
            significant(found.even.rates[place]),
        ]
        table.add_row(printable(step), found.effects[place], *cells)
    unit = "points" if found.measure == "p_quota" else "%"
    effects = [f"{_percent(_in_percent(each.effect, found.measure))} {unit}" for each in (found.best, found.even)]
    which = "all that there are" if found.exhaustive else "given out greedily"
    size = "by the hour" if found.lot == 1 else f"in lots of {found.lot} hours"
    greed = {None: "", True: "; greed finds the same", False: "; greed finds another"}[found.greedy_agrees]
    lines = [
        f"In fresh worlds: best {effects[0]}, even {effects[1]}.",
        f"{found.looked_at:,} {'way was' if found.looked_at == 1 else 'ways were'} run, {which} {size}{greed}.",
    ]
    if found.exact_best is not None:
        same = found.exact_best == found.best.hours
        ways = "the same" if same else ", ".join(map(str, found.exact_best))
        lines.append(f"Best by the closed form of the mean: {ways}.")
    return titled(title, Group(table, Paragraph(" ".join(lines))))


def _values(found: Values, currency: str) -> list[RenderableType]:
    """Return what items are worth, and those that are open by age."""
    parts: list[RenderableType] = [_worth(found, currency)]
    parts += [_ages(stage, found.soon_weeks, currency) for stage in found.ages]
    if found.sentences:
        parts.append(sentences(found.sentences))
    return parts


def _worth(found: Values, currency: str) -> RenderableType:
    """Return what items are worth, in the first unit of money in which it fits."""
    units = units_of([each for item in found.items for each in (item.average, item.one_more) if each is not None])
    return Fitted(*(partial(_worth_in, found, 1.0 / size, f"{unit}{currency}") for size, unit in units))


def _worth_in(found: Values, scale: float, unit: str) -> RenderableType:
    table = grid([f"What it is worth, {unit}", "on average", "exact", "one more", "exact"])
    for item in found.items:
        table.add_row(printable(_name(item)), *_cells(item, scale))
    return Group(
        table, note("On average: all that comes of it in the end. One more: what it adds by the end of the run.")
    )


def _name(item: ItemValue) -> str:
    return 'a "no"' if item.item == "no" else f"one of {item.item}"


def _cells(item: ItemValue, scale: float) -> list[str]:
    exacts = [NONE if each is None else significant(each * scale) for each in (item.exact, item.exact_in_run)]
    simulated = [cell(each, scale=scale).plain for each in (item.average, item.one_more)]
    return [simulated[0], exacts[0], simulated[1], exacts[1]]


def _ages(stage: StageAges, weeks: int, currency: str) -> RenderableType:
    """Return the items of a stage by age, in the first unit of money in which it fits."""
    units = units_of([row.simulated_soon for row in stage.rows if row.simulated_soon is not None])
    return Fitted(*(partial(_ages_in, stage, 1.0 / size, f"{unit}{currency} in {weeks} weeks") for size, unit in units))


def _ages_in(stage: StageAges, scale: float, worth: str) -> RenderableType:
    title = f"An open one of {stage.stage}"
    table = grid(["age", "still open", "decided in weeks: half, 90 %", "wins", worth, "exact"])
    for row in stage.rows:
        table.add_row(row.age, *_aged(row, scale))
    return titled(title, table)


def _aged(row: AgeRow, scale: float) -> list[str]:
    return [
        f"{100.0 * row.still_open:.3g} %",
        f"{row.decision.q50:.1f}   {row.decision.q90:.1f}",
        NONE if row.p_win is None else f"{100.0 * row.p_win:.3g} %",
        cell(row.simulated_soon, scale=scale).plain,
        NONE if row.value_soon is None else significant(row.value_soon * scale),
    ]
