"""Who sits in the seats of simulated worlds, and at what true rates: what a simulator knows and a manager does not.

The people are addressed draws (see docs/randomness.md), so the kernels that seat them in a run seat the same people
here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.rows import conditions, knowledge
from simcore.kernels.rows.row import Draws
from simcore.kernels.rows.seats import drawn_means, put_own_rates, seat_people
from simcore.kernels.rows.words import draw_weeks, first_word
from simcore.program.layout import KNOWN, Program
from simcore.random.addresses import TURNOVER
from simcore.random.philox import Key


class People(NamedTuple):
    """The first persons of the seats of some worlds.

    They are a fair sample of all: whether somebody leaves does not depend on rates or results.
    """

    rates: NDArray[np.float64]
    """float64[worlds, reps, S + 1]: own rate of each step, before market and noise; entry 0 is 1."""
    since: NDArray[np.int64]
    """int64[worlds, reps]: the first counted week of full activity, after a ramp."""
    until: NDArray[np.int64]
    """int64[worlds, reps]: the counted week before which the person has left; the number of weeks: stays."""


def first_people(program: Program, key: Key, first: int, worlds: int) -> People:
    """Return the first persons of all seats of worlds ``first .. first + worlds - 1``.

    Parameters
    ----------
    program
        Whose source takes the words of people from their own addresses.
    key
        See `simcore.random.philox.split_seed`.

    Examples
    --------
    >>> from simcore.program.compiler import compile_scenario
    >>> from simcore.random.philox import split_seed
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> people = first_people(compile_scenario(load_scenario("trust-the-process")), split_seed(1), 0, 2)
    >>> people.rates[1, 9].tolist(), int(people.until.min())
    ([1.0, 0.02, 0.2, 0.5], 52)
    """
    clock, team, rates = program.clock, program.team, program.rates
    reps = team.reps
    people = Draws(first, np.uint32(0), *key)  # so is what is not known of the rates
    means = drawn_means(rates, people, worlds)
    own = np.repeat(means.T[:, None], reps, axis=1)
    own[:, :, 0] = 1.0
    until = np.full((worlds, reps), clock.counted_weeks)
    ramped = max(0, team.ramp_weeks - clock.warmup_weeks)
    since = np.where(np.arange(reps) < team.new, ramped, 0)[None, :].repeat(worlds, axis=0)
    if program.people.active:
        starts = program.people.starts + team.ramp_weeks - clock.warmup_weeks
        since[:] = np.clip(starts, 0, clock.counted_weeks)
    for rep in range(reps):
        for step in np.flatnonzero(rates.beta >= 0).tolist():
            own[:, rep, step] = _own_rates(program, means[step], people, rep, step)
        _put_own(program, people, rep, own[:, rep])
        if team.leave_threshold > 0 or (program.people.active and program.come_and_go):
            left = _week_after_first_person(program, people, worlds, rep)
            until[:, rep] = np.clip(left - clock.warmup_weeks, 0, clock.counted_weeks)
    return People(own, since, until)


def _own_rates(program: Program, mean: NDArray[np.float64], people: Draws, rep: int, step: int) -> NDArray[np.float64]:
    """Return the own rate of the first person in a seat, float64[worlds]; ``mean``: float64[worlds]."""
    rates, none, worlds = program.rates, np.empty((0, 0, 0), np.uint32), len(mean)
    rate, person = np.empty((1, worlds)), np.zeros((1, worlds), np.int32)
    if rates.laws.kind[step] != KNOWN:
        spread = float(rates.laws.rep_cv[step])
        knowledge.fill_rates_about(step, 1, worlds, rep, mean, spread, person, none, *people, rate)
    else:
        table = rates.beta_tables[rates.beta[step]]
        conditions.fill_own_rates(step, 1, worlds, rep, float(rates.base[step]), table, person, none, *people, rate)
    first: NDArray[np.float64] = rate[0]
    return first


def _put_own(program: Program, people: Draws, rep: int, own: NDArray[np.float64]) -> None:
    """Put what the first person in a seat has of their own into float64[worlds, S + 1]."""
    worlds, steps = own.shape
    rate, person = np.empty((1, worlds)), np.zeros((1, worlds), np.int32)
    for step in range(1, steps if program.people.active else 1):
        rate[0] = own[:, step]
        put_own_rates(program, rep, step, 1, worlds, people, np.empty((0, 0, 0), np.uint32), person, rate)
        own[:, step] = rate[0]


def _week_after_first_person(program: Program, people: Draws, worlds: int, rep: int) -> NDArray[np.int64]:
    """Return the simulated week before which the first person of a seat has left, int64[worlds]; 0: never was there."""
    simulated = program.clock.simulated_weeks
    words = np.empty((4, simulated, worlds), np.uint32)
    person, activity = np.empty((simulated, worlds), np.int32), np.empty((simulated, worlds), np.int32)
    draw_weeks(first_word(TURNOVER), rep, 0, simulated, worlds, *people, *words)
    seat_people(program, rep, simulated, worlds, words[0], person, activity)
    after: NDArray[np.int64] = ((person == 0) * np.arange(1, simulated + 1)[:, None]).max(axis=0)
    return after
