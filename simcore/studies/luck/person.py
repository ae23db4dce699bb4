"""One person against the others of a team: how often who is asked about is ahead, whoever is truly better."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simcore.base.errors import Problem, ScenarioError
from simcore.base.text import brief, did_you_mean
from simcore.program.compile_people import MOST_TOLD
from simcore.statistics.jackknife import sums_by_group
from simcore.statistics.moments_and_quantiles import proportion_of_sums
from simcore.studies.luck.document import AgainstRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simcore.scenario.model import Scenario
    from simcore.studies.luck.sample import Sample

LENGTHS = (("quarter", 13), ("year", 52), ("2 years", 104), ("4 years", 208))
"""Periods that are compared, and their weeks."""


def seat_of(scenario: Scenario, who: str) -> int:
    """Return the seat, from 0, of a person by name or by number.

    Raises
    ------
    ScenarioError
        If there is no such person, or nobody to be compared with.

    Examples
    --------
    >>> from simcore import load_scenario
    >>> named = load_scenario("trust-the-process", ["team={people: [{name: Ann}, {name: Bo}]}"])
    >>> seat_of(named, "Bo"), seat_of(named, "1")
    (1, 0)
    """
    names = [person.name for person in scenario.team.people or ()]
    reps = scenario.team.reps
    if not 2 <= reps <= MOST_TOLD:
        allowed = f"a team of 2 to {MOST_TOLD:,}"
        problem = Problem("nobody can be told apart in this team", "who", value=brief(who), allowed=allowed)
        raise ScenarioError((problem,))
    if who in names:
        return names.index(who)
    if who.isascii() and who.isdigit() and len(who) < 6 and 1 <= int(who) <= reps:
        return int(who) - 1
    allowed = f"a number from 1 to {reps}" + (", or a name of this file" if names else "")
    hint = did_you_mean(who, names)
    raise ScenarioError((Problem("is nobody of this team", "who", value=brief(who), allowed=allowed, hint=hint),))


def against(sample: Sample, seat: int) -> list[AgainstRow]:
    """Return how often a person brings more than each of the others, by period.

    Only periods in which both are there at full activity.
    """
    rows = []
    for horizon, weeks in LENGTHS:
        if sample.periods(weeks) == 0:
            continue
        there, amounts = sample.settled(weeks), sample.amounts(weeks)
        for other in range(sample.reps):
            if other != seat:
                lead = amounts[:, seat] - amounts[:, other]
                rows.append(_row(other, horizon, lead, there[:, seat] & there[:, other]))
    return rows


def _row(other: int, horizon: str, lead: NDArray[np.float64], both: NDArray[np.bool_]) -> AgainstRow:
    """Return the row of one other, from the lead in each world and period, and whether it counts."""
    hits = [(sign & both).sum(axis=1) for sign in (lead > 0, lead == 0, lead < 0)]
    sums = sums_by_group(np.stack([*hits, both.sum(axis=1)], axis=1).astype(np.float64))
    ahead, tied, behind = (proportion_of_sums(sums[:, i], sums[:, 3], len(lead)) for i in range(3))
    return AgainstRow(horizon=horizon, rep=other + 1, ahead=ahead, tied=tied, behind=behind)
