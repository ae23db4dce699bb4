"""Who sits in the seats of simulated worlds, and at what true rates: what a simulator knows and a manager does not.

The people are addressed draws (see docs/randomness.md), so the kernels that seat them in a run seat the same people
here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcore.kernels.workspace import Seat
from simcore.kernels.world import fill_own_rates, fill_seat
from simcore.program.layout import FULL_ACTIVITY, Program
from simcore.random.addresses import Stream
from simcore.random.philox import Factor, Key


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
    reps, simulated = team.reps, clock.simulated_weeks
    own = np.tile(rates.base, (worlds, reps, 1))
    own[:, :, 0] = 1.0
    until = np.full((worlds, reps), clock.counted_weeks)
    ramped = max(0, team.ramp_weeks - clock.warmup_weeks)
    since = np.where(np.arange(reps) < team.new, ramped, 0)[None, :].repeat(worlds, axis=0)
    alone = _seat(program, 1)
    whole = _seat(program, simulated)
    for world in range(worlds):
        stream = _stream(key, first + world)
        for rep in range(reps):
            if (rates.beta >= 0).any():
                fill_own_rates(rates, stream, rep, alone)
                own[world, rep, 1:] = alone.own_rate[0, 1:]
            if team.leave_threshold > 0:
                fill_seat(team, stream, rep, whole)
                stays = int((whole.person == 0).sum())
                until[world, rep] = min(max(stays - clock.warmup_weeks, 0), clock.counted_weeks)
    return People(own, since, until)


def _seat(program: Program, weeks: int) -> Seat:
    """Return an empty seat of so many weeks; of one week, it has room for the first person's rates."""
    return Seat(
        person=np.zeros(weeks, np.int64),
        activity=np.full(weeks, FULL_ACTIVITY, np.int64),
        own_rate=np.tile(program.rates.base, (1, 1)),
        rate=np.zeros((program.clock.steps + 1, weeks)),
        carry=np.zeros(1, np.int64),
    )


def _stream(key: Key, replication: int) -> Stream:
    """Return the stream of a replication, with the types that the kernels take."""
    own = Factor(np.uint32(replication & 0xFFFFFFFF), np.uint32(replication >> 32), np.uint32(0))
    return Stream(key, own, own, own, own)
