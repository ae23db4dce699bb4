"""Who sits in a seat of a row, and the rates of everybody: the order of the kernels of `conditions`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.rows import conditions, knowledge
from simcore.kernels.rows.memory import LATE, WEEK, WHO, Floats, Integers
from simcore.kernels.rows.row import Draws, Row, rows_taken
from simcore.kernels.rows.words import Words, draw_weeks, first_word
from simcore.program.layout import COUNTS, DRAWN, KNOWN, Program, Rates
from simcore.quantities.rates import LEAST_SIZE
from simcore.random.addresses import TURNOVER, WEEK_NOISE

NO_SEASON = np.empty(0)
WORDS = 4
"""Of a block: the steps that share one."""


def know_market(row: Row, weeks: int) -> None:
    """Extend the market's path of a row to at least a number of weeks."""
    market, seats = row.program.market, row.memory.seats
    if len(market.drawn) > 0 and weeks > row.known_weeks:
        own = np.ascontiguousarray(market.drawn[:, row.rows])
        if row.known_weeks == 0:
            knowledge.begin_market_about(own[5], own[6], row.size, *row.market, row.given_start, seats.state)
        knowledge.extend_market_about(
            own, row.known_weeks, weeks, row.size, *row.market, row.given_market, seats.state, seats.factor
        )
        row.known_weeks = weeks
    elif market.moves and weeks > row.known_weeks:
        if row.known_weeks == 0:
            if market.start_sd > 0.0:
                conditions.begin_market(
                    market.start, market.start_sd, row.size, *row.market, row.given_start, seats.state
                )
            else:
                seats.state[:] = market.start
        conditions.extend_market(
            market.persistence, market.first, market.later, market.drift, market.half_variance, row.known_weeks, weeks,
            row.size, *row.market, row.given_market, seats.state, seats.factor,
        )  # fmt: skip
        row.known_weeks = weeks


VALUE_OF_DEALS = 64
"""The number of the parameter, see docs/randomness.md; those of rates are the numbers of their steps."""


def know_parameters(row: Row) -> None:
    """Draw what is not known exactly for each replication of a row: the mean rates, and the mean value of a deal.

    A spread between reps that is too large for the rate is cut, and counted once a replication and step.
    """
    rates, deals = row.program.rates, row.program.deals
    if len(deals.drawn) > 0:
        row.values = deals.drawn[row.rows]
    elif deals.unsure:
        row.values = np.empty(row.size)
        centre, sigma = float(deals.law_centre), float(deals.law_sigma)
        knowledge.draw_log_normal(VALUE_OF_DEALS, row.size, centre, sigma, *row.knowledge, row.values)
    if not rates.laws.active:
        return
    row.means = drawn_means(rates, row.knowledge, row.size)
    cv = rates.laws.rep_cv[:, None]
    spread = cv * cv * row.means
    row.clipped[0] += int(((1.0 - row.means) < (1.0 + LEAST_SIZE) * spread).sum())


def drawn_means(rates: Rates, draws: Draws, size: int) -> NDArray[np.float64]:
    """Return the mean rates of replications, float64[S + 1, size]: of a rate that is known, what it is."""
    laws = rates.laws
    means = np.repeat(rates.base[:, None], size, axis=1)
    for step in np.flatnonzero(laws.kind != KNOWN).tolist():
        if laws.kind[step] == COUNTS:
            knowledge.draw_from_table(step, size, laws.tables[laws.table[step]], *draws, means[step])
        elif laws.kind[step] == DRAWN:
            column = laws.drawn[laws.table[step]]
            means[step] = column[rows_taken(len(column), draws, size)]
        else:
            centre, sigma = float(laws.centre[step]), float(laws.sigma[step])
            knowledge.draw_logit_normal(step, size, centre, sigma, *draws, means[step])
    return means


def settle(row: Row, rep: int) -> None:
    """Fill who sits in a seat in each week, how active they are, and the rates of all steps."""
    program, seats, words = row.program, row.memory.seats, row.memory.weeks.words
    simulated = program.clock.simulated_weeks
    if program.come_and_go:
        draw_weeks(first_word(TURNOVER), rep, 0, simulated, row.size, *row.people, *words)
        seat_people(program, rep, simulated, row.size, words[0], seats.person, seats.activity)
    if program.rates.fixed:
        return
    for step in range(1, program.clock.steps + 1):
        _fill_own_rates(row, rep, step)
    for first in range(1, program.clock.steps + 1, WORDS):
        steps = range(first, min(first + WORDS, program.clock.steps + 1))
        if program.rates.noise_sigma[steps.start : steps.stop].any():
            draw_weeks(first_word(WEEK_NOISE, first // WORDS), rep, 0, simulated, row.size, *row.noise, *words)
            for step in steps:
                if program.rates.noise_sigma[step] > 0.0:
                    sigma = float(program.rates.noise_sigma[step])
                    conditions.add_noise(simulated, row.size, sigma, words[step - first], seats.rate[step])


def seat_people(
    program: Program, rep: int, weeks: int, size: int, leaves: Words, person: Integers, activity: Integers
) -> None:
    """Decide who sits in a seat in each simulated week: see `simcore.kernels.rows.conditions.fill_seats`."""
    team, people = program.team, program.people
    ramp = team.vacancy_weeks, team.ramp_weeks, team.ramp_start
    if not people.active:
        newcomer = rep < team.new
        conditions.fill_seats(weeks, size, newcomer, team.leave_threshold, *ramp, leaves, person, activity)
        return
    conditions.fill_named_seats(
        weeks, size, int(people.starts[rep]), int(people.leaves[rep]), bool(people.refilled[rep]),
        int(people.leave_threshold[rep]), team.leave_threshold, *ramp, leaves, person, activity,
    )  # fmt: skip


def put_own_rates(
    program: Program, rep: int, step: int, weeks: int, size: int, draws: Draws, given: Words, person: Integers,
    rate: Floats,
) -> None:  # fmt: skip
    """Put the rate of a step that the first person in a seat has of their own in place of the one that is drawn.

    ``draws``, ``given``: where words of people come from; ``person``, ``rate``: [weeks, replications or more].
    """
    people = program.people
    if not people.active:
        return
    if people.table[rep, step] >= 0:
        table = people.tables[people.table[rep, step]]
        conditions.put_counted_rate(step, weeks, size, rep, table, person, given, *draws, rate)
    elif people.rate[rep, step] >= 0.0:
        conditions.put_own_rate(weeks, size, float(people.rate[rep, step]), person, rate)


def _fill_own_rates(row: Row, rep: int, step: int) -> None:
    """Fill the rates of a step with those of the people, in their market and season."""
    rates, seats, simulated = row.program.rates, row.memory.seats, row.program.clock.simulated_weeks
    rate, base = seats.rate[step], float(rates.base[step])
    if rates.laws.kind[step] != KNOWN:
        fill_rates_not_known(row, rep, step, seats.person, rate)
    elif rates.beta[step] >= 0:
        conditions.fill_own_rates(
            step, simulated, row.size, rep, base, rates.beta_tables[rates.beta[step]], seats.person,
            row.given_people, *row.people, rate,
        )  # fmt: skip
    elif rates.varies[step] or row.program.people.active:
        conditions.fill_base(simulated, row.size, base, rate)
    put_own_rates(row.program, rep, step, simulated, row.size, row.people, row.given_people, seats.person, rate)
    seats.last_rate[step, : row.size] = rate[simulated - 1, : row.size]
    if rates.in_market[step]:
        conditions.multiply(simulated, row.size, seats.factor, rate)
    if rates.season[step] >= 0:
        conditions.multiply_weeks(simulated, row.size, season_of(rates, step), rate)


def season_of(rates: Rates, step: int) -> NDArray[np.float64]:
    """Return the factors of a step's season by simulated week; empty if it has none."""
    return rates.seasons[rates.season[step]] if rates.season[step] >= 0 else NO_SEASON


def fill_rates_not_known(row: Row, rep: int, step: int, person: NDArray[np.int32], rate: NDArray[np.float64]) -> None:
    """Fill the own rates of a step that is not known exactly, or that of the replication where reps do not differ."""
    simulated, cv = row.program.clock.simulated_weeks, float(row.program.rates.laws.rep_cv[step])
    if cv > 0.0:
        knowledge.fill_rates_about(
            step, simulated, row.size, rep, row.means[step], cv, person, row.given_people, *row.people, rate
        )
    else:
        knowledge.fill_means(simulated, row.size, row.means[step], rate)


def take_rates_after_run(row: Row, rep: int, step: int, late: int) -> None:
    """Fill the rates at a step of the items that are decided after the run, the ``late`` first of a list."""
    rates, items, seats = row.program.rates, row.memory.items, row.memory.seats
    hours, in_market = items.hour, bool(rates.in_market[step])
    if in_market:
        know_market(row, int(hours[WEEK][hours[LATE][:late]].max()) + 1)
    conditions.rates_after_run(
        step, late, rep, float(rates.noise_sigma[step]), in_market, hours[LATE], hours[WEEK], items.word[WHO],
        seats.last_rate[step], seats.factor, season_of(rates, step), *row.noise, items.own,
    )  # fmt: skip
