"""Regression to the mean: what the bottom and the top tenth do next quarter if nobody does anything.

Reps are ranked over all worlds by a quarter's revenue above their own team's mean. If results of two quarters are
normal with the correlation r, the bottom tenth, on average 1.755 standard deviations down, comes back by
(1 - r) x 1.755 sd (Galton 1886; known answer 9 of the model). Half of a tenth is "coached" by lot, without any effect:
against the other half, the control, it gains nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from simcore.statistics.jackknife import EQUAL_GROUPS, Floats, outside_group, with_errors
from simcore.studies.luck.document import Regression, TenthRow
from simcore.studies.luck.ranks import lowest
from simcore.studies.luck.reliability import centred
from simcore.studies.luck.sample import WEEKS_OF

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.studies.luck.sample import Sample

TENTH = 10
"""One in so many is looked at."""
DEPTH = 1.7549833193248687
"""Mean of the lowest tenth of a standard normal distribution, below 0: its density at the 10 % point over 0.1."""
QUARTER = WEEKS_OF["quarter"]


class Pairs(NamedTuple):
    """Revenue above the own team's in two consecutive quarters, of reps who are settled in both."""

    before: Floats
    """float64[n]"""
    after: Floats
    world: NDArray[np.int64]
    coached: NDArray[np.bool_]
    """Whom a lot, which knows no result, would coach: every other seat of every other world."""
    revenue: Floats
    """float64[n]: of the first quarter, as it is."""


def pairs_of(sample: Sample) -> Pairs:
    """Return all pairs of consecutive quarters of a sample of teams of two or more."""
    there, amounts = sample.settled(QUARTER, 2), sample.amounts(QUARTER)
    before, after = (centred(each, there) for each in (amounts[:, :, :-1], amounts[:, :, 1:]))
    world, rep, _ = np.nonzero(there)
    return Pairs(before[there], after[there], world, (world // EQUAL_GROUPS + rep) % 2 == 0, amounts[:, :, :-1][there])


def regression(sample: Sample) -> Regression:
    """Return what the tenths do, from worlds that hold two quarters."""
    pairs = pairs_of(sample)
    without = np.array([_figures(_kept(pairs, outside_group(group, sample.worlds))) for group in range(EQUAL_GROUPS)])
    mean, spread, correlation, *rest = with_errors(_figures(pairs), without)
    tenths = []
    for place, who in enumerate[Literal["bottom", "top"]](("bottom", "top")):
        before, after, change, normal, by_lot = rest[5 * place : 5 * place + 5]
        row = TenthRow(who=who, before=before, after=after, change=change, normal=normal, coached_by_lot=by_lot)
        tenths.append(row)
    return Regression(mean=mean, spread=spread, correlation=correlation, tenths=tenths)


def _kept(pairs: Pairs, worlds: NDArray[np.bool_]) -> Pairs:
    kept = worlds[pairs.world]
    return Pairs(pairs.before[kept], pairs.after[kept], pairs.world[kept], pairs.coached[kept], pairs.revenue[kept])


def _figures(pairs: Pairs) -> Floats:
    """Return mean, spread and correlation, and of each tenth what `TenthRow` has."""
    before, after = pairs.before, pairs.after
    spread = float(np.sqrt((before**2).mean()))
    scale = float(np.sqrt((before**2).mean() * (after**2).mean()))
    correlation = float((before * after).mean()) / scale if scale > 0.0 else np.nan
    found = [float(pairs.revenue.mean()), spread, correlation]
    size = np.array(len(before) // TENTH)
    for sign in (1.0, -1.0):
        member = lowest(sign * before, np.ones(len(before), np.bool_), size)
        down, up = _mean(before, member), _mean(after, member)
        change = after - before
        coached, control = (_mean(change, member * lot) for lot in (pairs.coached, ~pairs.coached))
        found += [down, up, up - down, sign * (1.0 - correlation) * DEPTH * spread, coached - control]
    return np.array(found)


def _mean(values: Floats, weights: Floats) -> float:
    return float(np.average(values, weights=weights)) if weights.sum() > 0.0 else float("nan")
