"""What comes without a call, in closed form: how much, and what becomes of it in a steady pipeline.

The items of an inflow of the team, of a mean of m a week with the cv c, go to one of N seats by lot. A lot thins a
Poisson count to a Poisson count, so a seat's has the mean m / N and the variance m / N + (m c / N)^2: that of a Poisson
count whose mean is a gamma variable (Greenwood and Yule 1920). An inflow of each seat is one of a team of 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from simcore.analytic.rate_factors import weeks_differ

if TYPE_CHECKING:
    from simcore.quantities.inflow import Inflow
    from simcore.scenario.model import Scenario, Stage

Chance = Callable[["Scenario", "Sequence[Stage]"], float]
"""Returns the expected chance of an item to pass some steps."""


def per_rep(scenario: Scenario, inflow: Inflow) -> float:
    """Return how many items of an inflow come to a rep in its busiest week, on average; in all, where they are alike.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> scenario = load_scenario("trust-the-process", ["inflow={stage: meetings, per_week: 8}"])
    >>> per_rep(scenario, scenario.inflow[0])
    0.8
    """
    return inflow.largest / (scenario.team.reps if inflow.to == "team" else 1)


def flows(scenario: Scenario) -> list[tuple[str, float]]:
    """Return mean and sd of what each inflow brings a rep in a week, each with what it is.

    Examples
    --------
    >>> from simcore.scenario_files.scenario_file import load_scenario
    >>> flows(load_scenario("trust-the-process", ["inflow={stage: meetings, per_week: 4, cv: 0.5, to: seat}"]))
    [('meetings without a call per rep and week', 4.0), ('sd of meetings without a call per rep and week', 2.828...)]
    """
    found = []
    for number, inflow in enumerate(scenario.inflow, start=1):
        mean, which = per_rep(scenario, inflow), f" ({number})" if len(scenario.inflow) > 1 else ""
        label = f"{inflow.stage} without a call per rep and week{which}"
        found += [(label, mean), (f"sd of {label}", math.sqrt(mean + (mean * inflow.cv) ** 2))]
    return found


def come_to(scenario: Scenario, chance: Chance, stage: int, *, through: bool = False) -> float:
    """Return how many items that came without a call enter a stage for a rep and week, in a steady pipeline.

    ``through``: only those that pass the step into it, which excludes what comes into the stage itself.
    """
    names = [each.stage for each in scenario.funnel]
    entries = ((names.index(each.stage), per_rep(scenario, each)) for each in scenario.inflow)
    return math.fsum(
        number * chance(scenario, scenario.funnel[entry + 1 : stage + 1])
        for entry, number in entries
        if entry < stage or (entry == stage and not through)
    )


def flow_holds(scenario: Scenario) -> bool:
    """Return whether as many items come without a call in all weeks, and all weeks have one market and no season."""
    steady = not any(isinstance(each.per_week, Mapping) for each in scenario.inflow)
    return steady and (not scenario.inflow or not weeks_differ(scenario))


def flowing_in(scenario: Scenario, stage: str) -> float:
    """Return how many items come into a stage without a call, for a rep in the busiest week."""
    return math.fsum(per_rep(scenario, each) for each in scenario.inflow if each.stage == stage)
