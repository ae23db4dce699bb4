"""Which figures a scenario fixes: they are the same in every replication, so their error is 0.

This follows from the program alone: a figure that merely came out the same in all replications is not certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcore.program.layout import FIXED, KNOWN
from simcore.scenario.channels import DEAL_VALUE

if TYPE_CHECKING:
    from simcore.program.layout import Program


def reacts(program: Program) -> bool:
    """Return whether anything that reps experience can change what they do."""
    return len(program.reaction.memory) > 0


def nobody_calls(program: Program) -> bool:
    """Return whether no call is planned in any week: nothing counts by origin then."""
    return not program.plan.calls.any()


def certain_stages(program: Program) -> int:
    """Return how many stages, from the first on, have the same entries, hour by hour, in every replication.

    The calls, if nobody leaves and no drive changes them; after them what every item reaches, after a fixed time.

    Examples
    --------
    >>> from simcore.program.compiler import compile_scenario
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> certain_stages(compile_scenario(load_scenario("trust-the-process")))
    1
    """
    people = program.people
    by_chance = program.team.leave_threshold > 0 or bool(people.leave_threshold.any())
    if reacts(program) or by_chance or program.needs.owing:
        return 0
    if program.reaction.referrals > 0.0 or not program.only_calls:
        return 1
    rates, lags = program.rates, program.lags
    stages = 1
    for step in range(1, program.clock.steps + 1):
        sure = rates.base[step] == 1.0 and rates.beta[step] < 0 and rates.noise_sigma[step] == 0.0
        sure = sure and not people.owns(step)
        sure = sure and rates.laws.kind[step] == KNOWN and step != program.needs.step
        steady = not (rates.in_market[step] and program.market.moves) and program.coaching.factor[step] == 1.0
        steady = steady and (rates.season[step] < 0 or bool((rates.seasons[rates.season[step]] >= 1.0).all()))
        if not (sure and steady and (not lags.lagged[step] or lags.kind[step] == FIXED)):
            break
        stages += 1
    return stages


def certain_revenue(program: Program) -> bool:
    """Return whether all revenue is the same in every replication."""
    return certain_stages(program) > program.clock.steps and program.deals.kind == FIXED


def gives_discounts(program: Program) -> bool:
    """Return whether a drive can change the value of a deal, or pull deals forward at a discount.

    Examples
    --------
    >>> from simcore.program.compiler import compile_scenario
    >>> from simcore.scenario.model import with_strategy
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> pressure = with_strategy(load_scenario("quota-pressure"), "pressure")
    >>> gives_discounts(compile_scenario(pressure)), gives_discounts(compile_scenario(load_scenario("pacing-bonus")))
    (True, False)
    """
    reaction, values = program.reaction, program.clock.steps + DEAL_VALUE
    return len(reaction.pull_drive) > 0 or bool((reaction.change_channel == values).any())


def same_program(one: Program, other: Program) -> bool:
    """Return whether two programs are equal: with the same random numbers they give the same results.

    Examples
    --------
    >>> from simcore.program.compiler import compile_scenario
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> few, many = (compile_scenario(load_scenario("trust-the-process", [f"team.reps={n}"])) for n in (4, 5))
    >>> same_program(few, few), same_program(few, many)
    (True, False)
    """
    return one is other or _same(one, other)


def _same(one: object, other: object) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return type(one) is type(other) and one == other
