"""The frontier reps x calls x weeks: what fewer people must call, or more people need not, for the same target."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.errors import ScenarioError
from simcore.explosion import ExplodedError
from simcore.plan_document import PlanCell
from simcore.plan_programs import MOST_CALLS, Setting, setting_of, with_seats, with_weekly
from simcore.plan_search import Curve, grid_place, orders
from simcore.plan_unknowns import are_alike, arithmetic_of
from simcore.plan_worlds import Crew, table_of

if TYPE_CHECKING:
    from simcore.plan_asked import Asked
    from simcore.plan_worlds import PlanWorlds

Ints = NDArray[np.int64]

REACH = 16
"""A cell is looked for up to so many times the calls of the arithmetic."""
PART = 0.1
"""Neighbouring values that are looked at are apart by this part at most; between them a line tells."""


def frontier_of(asked: Asked, setting: Setting, played: PlanWorlds, worlds: int) -> list[PlanCell]:
    """Return for half, all and twice the reps and weeks the calls of one rep in a full week.

    Every value of the calls is played once, with the largest team and the longest period: the first so many seats and
    weeks are those of a smaller team and a shorter period. Where hires cannot be played, the team is not enlarged.
    """
    reps, weeks = setting.scenario.team.reps, setting.scenario.horizon.weeks
    teams = sorted({ceil(reps / 2), reps, 2 * reps})
    spans = sorted({ceil(weeks / 2), weeks, 2 * weeks})
    long = _longer(asked, spans[-1])
    base = setting_of(long)
    try:
        hired = with_seats(long, base, teams[-1])
    except ScenarioError:
        teams, hired = [team for team in teams if team <= reps], base
    tables: dict[int, Ints] = {}

    def table(per_week: int) -> Ints:
        """Return the worlds that reach the target, int64[teams, spans]."""
        if per_week not in tables:
            alike = teams[-1] > reps and are_alike(base)
            crews = [] if alike else [Crew(with_weekly(base, per_week), 0, min(reps, teams[-1]))]
            if teams[-1] > reps:
                crews.append(Crew(with_weekly(hired, per_week), 0 if alike else reps, teams[-1]))
            played.expected = max(played.expected, played.done + 2 * worlds)
            found = played.play(crews, worlds, table_of(asked.missing_cents, teams, spans))
            tables[per_week] = found.sum(axis=0)
        return tables[per_week]

    calls = arithmetic_of(asked).calls
    cells = []
    for row, team in enumerate(teams):
        for column, span in enumerate(spans):
            simple = calls / team / base.hours * base.working.shape[1] * weeks_share(base, span)
            curve = Curve(
                lambda place, row=row, column=column: int(table(place)[row, column]),  # type: ignore[misc]
                worlds,
                grid_place(min(MOST_CALLS, max(20.0, REACH * simple))),
            )
            cells.append(_cell(curve, asked, (team, span + asked.gone), round(simple), tables, (row, column)))
    return cells


def weeks_share(setting: Setting, weeks: int) -> float:
    """Return all working hours over those of the first so many weeks."""
    return setting.hours / max(1, int(np.count_nonzero(setting.working[:weeks])))


def _longer(asked: Asked, weeks: int) -> Asked:
    horizon = asked.scenario.horizon.model_copy(update={"weeks": weeks + asked.gone})
    return asked._replace(scenario=asked.scenario.model_copy(update={"horizon": horizon}))


def _cell(
    curve: Curve,
    asked: Asked,
    size: tuple[int, int],
    near: int,
    tables: dict[int, Ints],
    at: tuple[int, int],
) -> PlanCell:
    """Find one cell; what was played for the others is known already."""
    curve.known = {place: int(found[at]) for place, found in tables.items() if place <= curve.most}
    wanted = orders(curve.worlds, asked.confidence)
    numbers: list[float | None] = []
    try:
        for each in (wanted.middle, wanted.low, wanted.high):
            curve.bracket(each, near=near, part=PART)
        numbers = [curve.between(each) for each in wanted]
    except ExplodedError:
        numbers = [None, None, None]
    low, middle, high = (None if each is None else float(ceil(each - 1e-9)) for each in numbers)
    return PlanCell(
        reps=size[0], weeks=size[1], per_week=middle, low=low if middle is not None else None,
        high=high if middle is not None else None,
    )  # fmt: skip
