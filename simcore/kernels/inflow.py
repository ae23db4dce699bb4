"""Items that come without a call: how many in each week, in which hours, and to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import inlined, int64, kernel, uint32
from simcore.numerics.elementary import exp
from simcore.numerics.quantile_table import gamma_quantile
from simcore.program.layout import Program
from simcore.random.addresses import FLOWN_IN, INFLOW, ITEM, MAX_ITEMS, MAX_PARTS, ROUTE, decision, place
from simcore.random.draws import normal, uniform53
from simcore.random.streams import words_at

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Longs = NDArray[np.int64]
Words = NDArray[np.uint32]
Draws = tuple[int, np.uint32, np.uint32, np.uint32]
"""See `simcore.kernels.rows.row.Draws`."""

PART_MEAN = 100.0
"""A week with a larger mean is cut into parts, so that the least chance of a count does not underflow."""
MOST_OF_PART = 400
"""No count of a part is larger: one in 1e117 would be."""
UNIT_53 = 1.0 / (1 << 53)


@inlined
def poisson(u53: int, mean: float) -> int:
    """Return the Poisson count at a uniform of 53 bits, by inversion."""
    u = float(u53) * UNIT_53
    f = exp(-mean)
    total = f
    k = 0
    while u >= total and k < MOST_OF_PART:
        k += 1
        f = f * mean / float(k)
        total = total + f
    return k


@kernel
def count_arrivals(
    number: int, rep: int, size: int, mean: Floats, drawn: Floats, varies: bool, table: Floats, luck: int,
    luck_flip: np.uint32, noise: int, noise_flip: np.uint32, k0: np.uint32, k1: np.uint32, counts: Integers,
) -> int:  # fmt: skip
    """Fill how many items an inflow brings in each week and replication; return how many in all.

    Parameters
    ----------
    number, rep
        Which inflow, and whose: a seat's, or of seat 0 for all of a team.
    mean, drawn, varies, table
        By week, or by replication where that is not empty; whether a gamma of mean 1 multiplies it, and the table of
        that: see `simcore.program.layout.Inflow`.
    luck, luck_flip, noise, noise_flip
        Where the words of a count and of what multiplies its mean come from.
    counts
        int32[weeks, size or more]
    """
    total = 0
    for week in range(mean.shape[0]):
        c1 = place(rep, week)
        for r in range(size):
            own = mean[week] if drawn.shape[0] == 0 else drawn[r]
            if varies:
                word = words_at(decision(INFLOW, 0, number), c1, noise + r, noise_flip, k0, k1)[2]
                own *= gamma_quantile(table, normal(word))
            parts = 1
            while own > PART_MEAN * float(parts) and parts < MAX_PARTS:
                parts *= 2
            count = 0
            for part in range(parts):
                x0, x1, _, _ = words_at(decision(INFLOW, part, number), c1, luck + r, luck_flip, k0, k1)
                count += poisson(uniform53(x0, x1), own / float(parts))
            counts[week, r] = min(count, MAX_ITEMS)
            total += counts[week, r]
    return total


@kernel
def list_arrivals(
    number: int, rep: int, size: int, hours_per_week: int, luck: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    counts: Integers, c0: Words, c1: Words, who: Words, hour: Integers,
) -> None:  # fmt: skip
    """List the items of an inflow, week by week and replication by replication: address, replication and hour."""
    n = 0
    for week in range(counts.shape[0]):
        for r in range(size):
            for k in range(counts[week, r]):
                c0[n] = decision(ITEM + FLOWN_IN, number, k)
                c1[n] = place(rep, week)
                who[n] = uint32(r)
                word = words_at(c0[n], c1[n], luck + r, flip, k0, k1)[0]
                hour[n] = week * hours_per_week + ((int64(word) * hours_per_week) >> 32)
                n += 1


@kernel
def route(
    n: int, reps: int, luck: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, c0: Words, c1: Words, who: Words,
    seat: Integers,
) -> None:  # fmt: skip
    """Give n items of a team to its seats by lot."""
    other = uint32((ROUTE - ITEM) << 24)
    for i in range(n):
        word = words_at(uint32(c0[i] + other), c1[i], luck + int64(who[i]), flip, k0, k1)[0]
        seat[i] = (int64(word) * reps) >> 32


class Arrivals(NamedTuple):
    """Items of a row of replications that come without a call, a column each."""

    seat: Integers
    stage: Integers
    hour: Integers
    who: Words
    """The replication in the row."""
    c0: Words
    c1: Words
    """The address for `ITEM`."""

    def taken(self, places: NDArray[np.int64] | slice) -> Arrivals:
        """Return some of them."""
        return Arrivals(
            self.seat[places], self.stage[places], self.hour[places], self.who[places], self.c0[places], self.c1[places]
        )


def arrivals(program: Program, size: int, luck: Draws, noise: Draws, rows: Longs) -> Arrivals:
    """Return all items of a row that come without a call, in the order of inflows, seats and weeks.

    ``rows``: int64[size], the row of the draws of each replication; or empty.
    """
    inflow, clock, reps = program.inflow, program.clock, program.team.reps
    counts = np.empty((clock.simulated_weeks, size), np.int32)
    found = []
    for number in range(len(inflow.stage)):
        table = inflow.tables[max(0, inflow.table[number])] if len(inflow.tables) else np.zeros((0, 0))
        drawn = inflow.drawn[number][rows] if inflow.is_drawn(number) else inflow.drawn[:0].ravel()
        for rep in range(1 if inflow.to_team[number] else reps):
            n = count_arrivals(
                number, rep, size, inflow.mean[number, : clock.simulated_weeks], drawn, bool(inflow.table[number] >= 0),
                table, luck[0], luck[1], *noise, counts,
            )  # fmt: skip
            c0, c1, who = np.empty((3, n), np.uint32)
            seat, stage, hour = np.full(n, rep, np.int32), np.full(n, inflow.stage[number], np.int32), _new(n)
            list_arrivals(number, rep, size, clock.hours_per_week, *luck, counts, c0, c1, who, hour)
            if inflow.to_team[number]:
                route(n, reps, *luck, c0, c1, who, seat)
            found.append(Arrivals(seat, stage, hour, who, c0, c1))
    return Arrivals(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _new(n: int) -> Integers:
    return np.empty(n, np.int32)


class Coming:
    """The items of a row that come without a call, seat by seat and week by week."""

    def __init__(self, program: Program, replications: int, luck: Draws, noise: Draws, rows: Longs) -> None:
        clock = program.clock
        found = arrivals(program, replications, luck, noise, rows)
        self._weeks = clock.simulated_weeks
        place = found.seat.astype(np.int64) * self._weeks + found.hour // clock.hours_per_week
        order = np.argsort(place, kind="stable")
        self._found = found.taken(order)
        self._ends = np.searchsorted(place[order], np.arange(program.team.reps * self._weeks + 1))
        self.most = int(np.diff(self._ends[:: self._weeks]).max())
        """Most items of a seat, in all replications."""

    def into(self, stage: int, rep: int, first_week: int, weeks: int) -> Arrivals:
        """Return those that come into a stage in a stride of weeks of a seat."""
        first = rep * self._weeks + first_week
        mine = self._found.taken(slice(int(self._ends[first]), int(self._ends[first + weeks])))
        return mine.taken(np.flatnonzero(mine.stage == stage))
