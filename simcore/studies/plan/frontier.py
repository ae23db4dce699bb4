"""The frontier reps x calls x weeks: what fewer people must call, or more people need not, for the same target."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simcore.base.errors import ScenarioError
from simcore.engine.explosion import ExplodedError
from simcore.studies.plan.document import PlanCell
from simcore.studies.plan.quantile_search import Curve, grid_place, grid_value, orders
from simcore.studies.plan.simulation import Crew, table_of
from simcore.studies.plan.unknowns import are_alike, arithmetic_of, below_limits
from simcore.studies.plan.variants import MOST_CALLS, Setting, adds_up, setting_of, with_seats, with_weekly

if TYPE_CHECKING:
    from simcore.studies.plan.request import PlanRequest
    from simcore.studies.plan.simulation import PlanSimulation

Ints = NDArray[np.int64]

REACH = 6
"""A cell is looked for up to so many times the calls of the arithmetic."""
PART = 0.1
"""Neighbouring values that are looked at are apart by this part at most; between them a line tells."""

NEAR, LARGER = 1.6, 2
"""Cells are played together where their arithmetic differs from the calls by this factor at most, in a team and period
larger than that of one cell by the other."""

Size = tuple[int, int]
"""Reps, and weeks of what is left of the period."""
_Seats = tuple[Setting, int, int]
"""A setting, the first of its seats that count, and the one after the last."""


def frontier_of(
    asked: PlanRequest, setting: Setting, played: PlanSimulation, worlds: int, answer: PlanCell | None = None
) -> list[PlanCell]:
    """Return for half, all and twice the reps and weeks the calls of one rep in a full week.

    One question has one answer: ``answer`` is the cell of the team and period that are asked for.

    The first so many seats and weeks of a world are those of a smaller team and a shorter period, so what was played
    for one cell is known for all that it holds. Where hires cannot be played, the team is not enlarged.
    """
    reps, weeks = setting.scenario.team.reps, setting.scenario.horizon.weeks
    teams = sorted({ceil(reps / 2), reps, 2 * reps})
    try:
        with_seats(asked, setting, teams[-1])
    except ScenarioError:
        # Some seats of a team are not a smaller team where they hear of each other.
        alone = setting.program.reaction.lockstep
        teams = [team for team in teams if team == reps or (team < reps and not alone)]
    spans = sorted({ceil(weeks / 2), weeks, 2 * weeks})
    try:
        longest = setting_of(_lasting(asked, spans[-1]))
    except ScenarioError:
        spans = [span for span in spans if span <= weeks]
        longest = setting
    calls = arithmetic_of(asked).calls
    simple = {(team, span): calls / team * _full_week(longest, span) for team in teams for span in spans}
    shared = _Shared(asked, simple, played, worlds)
    known = {} if answer is None else {(answer.reps, answer.weeks - asked.gone): answer}
    return [known.get(size) or _cell(shared, size) for size in simple]


def _lasting(asked: PlanRequest, weeks: int) -> PlanRequest:
    """Return the question for a period of which so many weeks are left."""
    horizon = asked.scenario.horizon.model_copy(update={"weeks": weeks + asked.gone})
    return asked._replace(scenario=asked.scenario.model_copy(update={"horizon": horizon}))


def _full_week(setting: Setting, weeks: int) -> float:
    """Return the hours of a full week over the working hours of the first so many weeks."""
    return float(setting.working.shape[1]) / max(1, int(np.count_nonzero(setting.working[:weeks])))


class _Shared:
    """Plays teams and periods, and remembers for every cell how many worlds reached the target."""

    def __init__(self, asked: PlanRequest, simple: dict[Size, float], played: PlanSimulation, worlds: int) -> None:
        self.asked, self.simple, self.worlds = asked, simple, worlds
        self.known: dict[int, dict[Size, int]] = {}
        """By calls a week and cell."""
        self._played = played
        self._known_begun: dict[Size, Ints] = {}
        self._settings: dict[Size, list[_Seats]] = {}

    def most(self, size: Size) -> int:
        """Return the place of the most calls a week that are tried for a cell."""
        return grid_place(min(MOST_CALLS, max(20.0, REACH * self.simple[size])))

    def count(self, per_week: int, size: Size) -> int:
        """Return the worlds in which a team of some size reaches the target in so many weeks."""
        known = self.known.setdefault(per_week, {})
        if size not in known:
            sizes = self._played_with(per_week, size)
            try:
                known.update(self._table(per_week, sizes))
            except ExplodedError:
                if sizes == [size]:
                    raise
                # It may be a larger team or a longer period that explodes.
                known.update(self._table(per_week, [size]))
        return known[size]

    def _played_with(self, per_week: int, size: Size) -> list[Size]:
        """Return the cells that are worth playing with one: so many calls are near what their arithmetic asks for."""
        near = [each for each, calls in self.simple.items() if calls / NEAR <= per_week <= calls * NEAR]
        together = {size, *near}
        teams, spans = zip(*together, strict=True)
        return sorted(together) if max(teams) * max(spans) <= LARGER * size[0] * size[1] else [size]

    def _table(self, per_week: int, sizes: list[Size]) -> dict[Size, int]:
        """Play the smallest team and period that hold some cells."""
        teams, spans = (sorted(set(numbers)) for numbers in zip(*sizes, strict=True))
        played = self._crews((teams[-1], spans[-1]))
        begun = self._begun(played, teams, spans)
        crews = [
            Crew(with_weekly(setting, per_week, alone=begun is not None and first == 0), first, last)
            for setting, first, last in played
        ]
        self._played.expected = max(self._played.expected, self._played.meter.done + 2 * self.worlds)
        revenue = self._played.play(crews, self.worlds, table_of(teams, spans))
        enough = ((revenue if begun is None else revenue + begun) >= self.asked.missing_cents).sum(axis=0)
        places = ((team, span, int(enough[r, c])) for r, team in enumerate(teams) for c, span in enumerate(spans))
        return {(team, span): hits for team, span, hits in places}

    def _begun(self, played: list[_Seats], teams: list[int], spans: list[int]) -> Ints | None:
        """Return the revenue of what was begun before, int64[worlds, teams, spans]; ``None``: it is played along."""
        setting, _, last = played[0]
        program = setting.program
        if not (adds_up(program) and (setting.scenario.horizon.warmup_weeks or not program.only_calls)):
            return None
        # It is played once for a team and period, with all cells in it, whichever are asked for now.
        all_teams = sorted({team for team, _ in self.simple if team <= teams[-1]})
        all_spans = sorted({span for _, span in self.simple if span <= spans[-1]})
        key = teams[-1], spans[-1]
        if key not in self._known_begun:
            crew = Crew(with_weekly(setting, 0), 0, last)
            self._known_begun[key] = self._played.play([crew], self.worlds, table_of(all_teams, all_spans))
        rows, columns = np.searchsorted(all_teams, teams), np.searchsorted(all_spans, spans)
        table: Ints = self._known_begun[key][:, rows][:, :, columns]
        return table

    def _crews(self, size: Size) -> list[_Seats]:
        """Return the settings of a team and period with the seats that count: those of the file, and hires."""
        if size not in self._settings:
            team, span = size
            asked = _lasting(self.asked, span)
            setting = setting_of(asked)
            own = setting.scenario.team.reps
            if team <= own:
                crews = [(setting, 0, team)]
            elif are_alike(asked, setting):
                crews = [(with_seats(asked, setting, team), 0, team)]
            else:
                crews = [(setting, 0, own), (with_seats(asked, setting, team), own, team)]
            self._settings[size] = crews
        return self._settings[size]


def _cell(shared: _Shared, size: Size) -> PlanCell:
    """Find one cell."""
    curve = Curve(lambda place: shared.count(grid_value(place), size), shared.worlds, shared.most(size))
    curve.known = {grid_place(calls): cells[size] for calls, cells in shared.known.items() if size in cells}
    wanted = orders(curve.worlds, shared.asked.confidence)
    numbers: list[float | None] = [None, None, None]
    exploded: list[str] = []
    try:
        for each in (wanted.middle, wanted.low, wanted.high):
            near = grid_place(shared.simple[size])
            below_limits(curve, partial(curve.bracket, each, near=near, part=PART, line=True), exploded)
        numbers = [curve.between(each) for each in wanted]
    except ExplodedError as error:
        exploded.append(str(error))
    low, middle, high = (None if each is None else float(ceil(each - 1e-9)) for each in numbers)
    there = middle is not None
    return PlanCell(
        reps=size[0],
        weeks=size[1] + shared.asked.gone,
        per_week=middle,
        low=low if there else None,
        high=high if there else None,
        explodes=bool(exploded) and (not there or high is None),
        worlds=shared.worlds,
    )
