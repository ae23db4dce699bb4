"""How many people by name the scenario that is kept beside results may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcore.base.errors import Problem, ScenarioError

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario

MOST_VALUES = 18_000
"""Most values of people by name: a scenario is read with 20,000 in all."""


def check_people(scenario: Scenario) -> None:
    """Refuse more people by name than the scenario that is kept beside results could be read with.

    Raises
    ------
    ScenarioError
        With their number, and what takes less.
    """
    people = scenario.team.people or ()
    values = sum(2 + 2 * len(person.model_fields_set) + 12 * len(person.rates or ()) for person in people)
    if values > MOST_VALUES:
        message = "say more of people than can be kept with results"
        hint = "run it without a results folder, or say less of fewer"
        allowed = f"about {MOST_VALUES:,} values"
        problem = Problem(message, "team.people", value=f"{values:,} values", allowed=allowed, hint=hint)
        raise ScenarioError((problem,))
