"""Pictures of the first worlds of a run: weeks as they came, the way to quota, and how periods end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simcore.base.text import printable
from simcore.charts.detail import by_period, cumulated, period_of, quantiles
from simcore.charts.picture import Cell, Number, Picture, exact, table
from simcore.charts.shapes.columns import Column, columns
from simcore.charts.shapes.fan import Spoke, fan
from simcore.charts.shapes.theme import Axis, Canvas
from simcore.results.sentences import chance, money

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.charts.detail import Detail, Quantiles
    from simcore.results.summary import Summary

WEEKS = 100
"""At least so many weeks of one rep are shown, if the run has them."""
COLUMNS = 26
"""About so many columns show how periods end."""
_MONEY = "~s"


def _from_worlds(detail: Detail) -> str:
    return (
        f"From the first {detail.worlds:,} worlds of the run, played again." if detail.worlds > 1 else "From one world."
    )


def weeks(detail: Detail) -> Picture:
    """Return the weeks of the first rep, one after the other, with those without a win marked."""
    worlds, _, length = detail.revenue.shape
    shown = min(worlds, math.ceil(WEEKS / length))
    currency = detail.scenario.deal.currency
    values = detail.revenue[:shown, 0].reshape(-1)
    found, rows = [], []
    for number, value in enumerate(values):
        world, week = divmod(number, length)
        amount = money(float(value), currency) if value else "nothing"
        says = f"week {week + 1} of world {world + 1}: {amount}"
        found.append(Column(float(number), number + 1.0, float(value), says))
        rows.append((exact(world + 1), exact(week + 1), exact(float(value))))
    empty = int((values == 0).sum())
    longest = _longest_run(values == 0)
    of_them = "in one run" if shown == 1 else f"in {shown} runs, one after the other"
    says = (
        f"{len(values)} weeks of the first rep, {of_them}: {empty} of them without a win, "
        f"{longest} in a row at the longest. A ring marks an empty week."
    )
    across, up = Axis("week", "d"), Axis(f"revenue, {printable(currency)}", _MONEY)
    lines = [float(length * run) for run in range(1, shown)]
    return Picture(
        "weeks",
        f"{len(values)} weeks of one rep, as they came",
        says,
        lambda width: columns(found, Canvas(width), across, up, about=says, lines=lines, empty="second"),
        table(("world", "week", f"revenue, {printable(currency)}"), rows, left=0),
    )


def _longest_run(marks: NDArray[np.bool_]) -> int:
    longest = here = 0
    for mark in marks.tolist():
        here = here + 1 if mark else 0
        longest = max(longest, here)
    return longest


def way_to_quota(detail: Detail) -> Picture | None:
    """Return how revenue adds up over a period, against what the quota asks; ``None`` without a whole period."""
    period = period_of(detail.scenario)
    if period is None:
        return None
    name, length = period
    currency, quota = detail.scenario.deal.currency, detail.scenario.quota
    found = quantiles(cumulated(detail, length))
    alike = quota is not None and not detail.scenario.quotas_differ
    pace = quota.amount * {"month": 3.0, "week": 13.0}.get(quota.per, 1.0) / length if quota and alike else None
    spokes = [_spoke(found, week, pace, currency) for week in range(length)]
    asked = "" if pace is None else f" The dashed line is what the quota asks for: {money(pace * length, currency)}."
    says = (
        f"What one rep has booked by the end of each week of the {name}: the line is the middle, half of all {name}s "
        f"are in the dark band, nine of ten in the light one.{asked} {_from_worlds(detail)}"
    )
    across, up = Axis(f"week of the {name}", "d"), Axis(f"revenue so far, {printable(currency)}", _MONEY)
    headings = ("week", "5 % below", "25 % below", "middle", "75 % below", "95 % below")
    rows = [
        (exact(week + 1), *(_quantile(found, place, week) for place in range(found.values.shape[0])))
        for week in range(length)
    ]
    return Picture(
        "way",
        f"The way through a {name}",
        says,
        lambda width: fan(spokes, Canvas(width), across, up, about=says),
        table(headings, rows, left=0),
    )


def _quantile(found: Quantiles, place: int, week: int) -> Cell:
    value = Number(f"{found.values[place, week]:,.0f}", float(found.values[place, week]))
    if found.errors is None:
        return (value,)
    return (value, " \u00b1 ", Number(f"{found.errors[place, week]:,.0f}", float(found.errors[place, week])))


def _spoke(found: Quantiles, week: int, pace: float | None, currency: str) -> Spoke:
    lowest, low, middle, high, highest = (float(value) for value in found.values[:, week])
    line = None if pace is None else pace * (week + 1)
    says = (
        f"week {week + 1}: middle {money(middle, currency)}, half between {money(low, currency)} and "
        f"{money(high, currency)}, nine of ten between {money(lowest, currency)} and {money(highest, currency)}"
    )
    if line is not None:
        says += f"; the quota asks for {money(line, currency)}"
    return Spoke(week + 1, lowest, low, middle, high, highest, says, line)


def ends(detail: Detail, summary: Summary, before: Detail | None = None) -> Picture | None:
    """Return the distribution of a period's revenue, with the chance of quota; ``None`` without a whole period.

    Parameters
    ----------
    before
        Of another run, to be seen in grey.
    """
    quota, currency = detail.scenario.quota, detail.scenario.deal.currency
    period = period_of(detail.scenario)
    name = quota.per if quota is not None else period[0] if period is not None else ""
    if not name or not (values := by_period(detail, name)).size:
        return None
    amount = None if quota is None or detail.scenario.quotas_differ else quota.amount
    earlier = by_period(before, name) if before is not None else values[:0]
    both = np.concatenate([values.reshape(-1), earlier.reshape(-1)])
    step = _step(both)
    start, counts = _binned(values, amount, step)
    total = float(counts.sum())
    found, rows = [], []
    for number, count in enumerate(counts.tolist()):
        low = start + number * step
        part = count / total
        reached = amount is not None and low >= amount
        range_ = f"{money(low, currency)} to {money(low + step, currency)}" if low else f"below {money(step, currency)}"
        says = f"{range_}: {100.0 * part:.3g} % of {name}s"
        shade = "first" if reached or amount is None else "muted"
        found.append(Column(low, low + step, 100.0 * part, says, shade))
        rows.append((exact(low), exact(low + step), (Number(f"{100.0 * part:.3g} %", part),), exact(int(count))))
    p_hit = None if summary.quota is None else summary.quota.p_hit
    reach = (
        ""
        if p_hit is None or amount is None
        else (f" The dashed line is the quota of {money(amount, currency)}: {chance(p_hit)} of {name}s reach it.")
    )
    says = f"How much revenue a {name} of one rep ends with.{reach} {_from_worlds(detail)}"
    across, up = Axis(f"revenue of a {name}, {printable(currency)}", _MONEY), Axis(f"% of {name}s", ",~f")
    lines, ghost = [] if amount is None else [amount], _outlined(earlier, amount, step)
    headings = ("from", "to below", f"share of {name}s", "how many")
    return Picture(
        "ends",
        f"How a {name} ends",
        says,
        lambda width: columns(found, Canvas(width), across, up, about=says, lines=lines, ghost=ghost),
        table(headings, rows, left=0),
    )


def _outlined(values: NDArray[np.float64], edge: float | None, step: float) -> list[Column]:
    """Return the columns of another run, which say nothing."""
    if not values.size:
        return []
    start, counts = _binned(values, edge, step)
    shares = 100.0 * counts / counts.sum()
    return [
        Column(start + number * step, start + (number + 1) * step, share, "")
        for number, share in enumerate(shares.tolist())
    ]


def _step(values: NDArray[np.float64]) -> float:
    """Return how wide columns are."""
    rough = max((float(values.max()) - float(values.min())) / COLUMNS, 0.01)
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * factor for factor in (1.0, 2.0, 5.0, 10.0) if size * factor >= rough * (1.0 - 1e-9))


def _binned(values: NDArray[np.float64], edge: float | None, step: float) -> tuple[float, NDArray[np.int64]]:
    """Return where the first column starts, and how many values each holds.

    A quota is an edge, so that a column is reached or not. Values are whole cents, and so are edges.
    """
    low, high = float(values.min()), float(values.max())
    anchor = edge or 0.0
    start = anchor + step * math.floor((low - anchor) / step + 1e-9)
    count = max(1, math.floor((high - start) / step + 1e-9) + 1)
    place = np.floor((values.reshape(-1) - start) / step + 1e-9).astype(np.int64)
    return start, np.bincount(np.clip(place, 0, count - 1), minlength=count)
