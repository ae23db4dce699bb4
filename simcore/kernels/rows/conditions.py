"""The conditions under which a row works: its market, who sits in a seat, and everybody's rates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.compiled.jit import int64, kernel
from simcore.kernels.rows.words import Words
from simcore.numerics.elementary import exp
from simcore.numerics.quantile_table import beta_quantile
from simcore.program.layout import FULL_ACTIVITY
from simcore.random.addresses import MARKET, REP_RATE, WEEK_NOISE, decision, place
from simcore.random.draws import normal
from simcore.random.streams import words_at

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]


@kernel
def begin_market(
    start: float, sd: float, size: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, given: Words,
    state: Floats,
) -> None:  # fmt: skip
    """Draw what is not known of the market in the week before the run: the state before week 0, float64[size].

    ``given``: uint32[size], words that replace its own, or empty.
    """
    for r in range(size):
        if r < given.shape[0]:
            word = given[r]
        else:
            word = words_at(decision(MARKET, 0, 0), place(0, 0), number + r, flip, k0, k1)[1]
        state[r] = start + (sd * normal(word) - sd * sd * 0.5)


@kernel
def extend_market(
    persistence: float, first_sd: float, later_sd: float, drift: float, half_variance: float, first: int, last: int,
    size: int, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, given: Words, state: Floats, factor: Floats,
) -> None:  # fmt: skip
    """Extend the market's path over the weeks ``first .. last - 1``, see `simcore.program.layout.Market`.

    ``given``: uint32[size, weeks], words that replace those of the first weeks; ``state``: float64[size], the logarithm
    (before the mean correction) of the last week so far; ``factor``: float64[weeks, size or more].
    """
    for week in range(first, last):
        innovation = first_sd if week == 0 else later_sd
        for r in range(size):
            if week < given.shape[1]:
                word = given[r, week]
            else:
                word = words_at(decision(MARKET, 0, 0), place(0, week), number + r, flip, k0, k1)[0]
            z = normal(word)
            x = persistence * state[r] + innovation * z - drift
            state[r] = x
            factor[week, r] = exp(x - half_variance)


@kernel
def fill_seats(
    weeks: int, size: int, newcomer: bool, leave_threshold: int, vacancy_weeks: int, ramp_weeks: int, ramp_start: float,
    leaves: Words, person: Integers, activity: Integers,
) -> None:  # fmt: skip
    """Decide who sits in a seat in each simulated week of each replication, and how active they are.

    ``leaves``: uint32[weeks, size or more], the words that decide who leaves; ``person``: int32, like it, the number of
    the person in the seat or -1; ``activity``: int32, like it, fixed point.
    """
    for r in range(size):
        number, started, new = 0, 0, newcomer
        for week in range(weeks):
            if week > started and int64(leaves[week, r]) < leave_threshold:
                number += 1
                started = week + vacancy_weeks
                new = True
            vacant = week < started
            person[week, r] = -1 if vacant else number
            own = FULL_ACTIVITY
            if new and not vacant and week - started < ramp_weeks:
                ramp = ramp_start + (1.0 - ramp_start) * float(week - started) / float(ramp_weeks)
                own = int64(ramp * FULL_ACTIVITY + 0.5)
            activity[week, r] = own


@kernel
def fill_named_seats(
    weeks: int, size: int, starts: int, leaves: int, refilled: bool, first_threshold: int, leave_threshold: int,
    vacancy_weeks: int, ramp_weeks: int, ramp_start: float, words: Words, person: Integers, activity: Integers,
) -> None:  # fmt: skip
    """Do what `fill_seats` does for a seat whose first person has dates, or a chance to leave, of their own.

    ``starts``, ``leaves``, ``refilled``, ``first_threshold``: of the first person, see
        `simcore.program.people.People`.
    """
    for r in range(size):
        number, started, gone = 0, starts, False
        for week in range(weeks):
            by_plan = number == 0 and week == leaves
            threshold = first_threshold if number == 0 else leave_threshold
            by_chance = week > max(started, 0) and int64(words[week, r]) < threshold
            if by_plan or by_chance:
                number += 1
                started = week + vacancy_weeks
                gone = gone or (by_plan and not refilled)
            vacant = gone or week < started
            person[week, r] = -1 if vacant else number
            own = FULL_ACTIVITY
            if not vacant and week - started < ramp_weeks:
                ramp = ramp_start + (1.0 - ramp_start) * float(week - started) / float(ramp_weeks)
                own = int64(ramp * FULL_ACTIVITY + 0.5)
            activity[week, r] = own


@kernel
def put_own_rate(weeks: int, size: int, own: float, person: Integers, rate: Floats) -> None:
    """Put the first person's own rate in place of the one that would be drawn: float64[weeks, size or more]."""
    for week in range(weeks):
        for r in range(size):
            rate[week, r] = own if person[week, r] == 0 else rate[week, r]


@kernel
def put_counted_rate(
    step: int, weeks: int, size: int, rep: int, table: Floats, person: Integers, given: Words, number: int,
    flip: np.uint32, k0: np.uint32, k1: np.uint32, rate: Floats,
) -> None:  # fmt: skip
    """Do the same with a rate that is drawn from what was counted of the first person, at the word that it has anyway.

    ``given``: see `fill_own_rates`.
    """
    for r in range(size):
        if given.shape[0] > 0:
            word = given[r, rep, step]
        else:
            at = decision(REP_RATE, 0, (step - 1) >> 2)
            word = words_at(at, place(rep, 0), number + r, flip, k0, k1)[(step - 1) & 3]
        own = beta_quantile(table, normal(word))
        for week in range(weeks):
            rate[week, r] = own if person[week, r] == 0 else rate[week, r]


@kernel
def fill_own_rates(
    step: int, weeks: int, size: int, rep: int, base: float, table: Floats, person: Integers, given: Words,
    number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32, rate: Floats,
) -> None:  # fmt: skip
    """Fill the own rate at a step of who sits in a seat in each week; the base rate while it is vacant.

    ``given``: uint32[size, reps, S + 1], words that replace those of the first person; or empty. ``rate``:
    float64[weeks, size or more].
    """
    for r in range(size):
        before, own = -2, base
        for week in range(weeks):
            now = int64(person[week, r])
            if now != before:
                before, own = now, base
                if now == 0 and given.shape[0] > 0:
                    own = beta_quantile(table, normal(given[r, rep, step]))
                elif now >= 0:
                    at = decision(REP_RATE, 0, (step - 1) >> 2)
                    word = words_at(at, place(rep, now), number + r, flip, k0, k1)[(step - 1) & 3]
                    own = beta_quantile(table, normal(word))
            rate[week, r] = own


@kernel
def fill_base(weeks: int, size: int, base: float, rate: Floats) -> None:
    """Fill float64[weeks, size or more] with the base rate of a step."""
    for week in range(weeks):
        for r in range(size):
            rate[week, r] = base


@kernel
def multiply(weeks: int, size: int, factor: Floats, rate: Floats) -> None:
    """Multiply rates, float64[weeks, size or more], by the market's factors."""
    for week in range(weeks):
        for r in range(size):
            rate[week, r] *= factor[week, r]


@kernel
def multiply_weeks(weeks: int, size: int, factor: Floats, rate: Floats) -> None:
    """Multiply rates, float64[weeks, size or more], by a season's factors, float64[weeks or more]."""
    for week in range(weeks):
        for r in range(size):
            rate[week, r] *= factor[week]


@kernel
def add_noise(weeks: int, size: int, sigma: float, words: Words, rate: Floats) -> None:
    """Multiply rates by the noise of a seat and week; ``words``: uint32[weeks, size or more]."""
    for week in range(weeks):
        for r in range(size):
            rate[week, r] *= exp(sigma * normal(words[week, r]) - sigma * sigma * 0.5)


@kernel
def rates_after_run(
    step: int, n: int, rep: int, sigma: float, in_market: bool, late: Integers, week: Integers, who: Words,
    own: Floats, factor: Floats, season: Floats, number: int, flip: np.uint32, k0: np.uint32, k1: np.uint32,
    rate: Floats,
) -> None:  # fmt: skip
    """Work out the rates of the n items ``late``, which are decided after the last simulated week.

    ``own``: float64[size or more], the rate of who sits in the seat at the end, without market, season and noise; the
    market's path is known as far as it is needed. ``season``: float64[weeks], its factors, or empty. ``rate``: float64,
    by item.
    """
    for j in range(n):
        i = late[j]
        r = int64(who[i])
        own_rate = own[r]
        if in_market:
            own_rate *= factor[week[i], r]
        if season.shape[0] > 0:
            own_rate *= season[week[i]]
        if sigma > 0.0:
            at = decision(WEEK_NOISE, 0, (step - 1) >> 2)
            word = words_at(at, place(rep, int64(week[i])), number + r, flip, k0, k1)[(step - 1) & 3]
            own_rate *= exp(sigma * normal(word) - sigma * sigma * 0.5)
        rate[i] = own_rate
