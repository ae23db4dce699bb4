"""How the answer of a plan is found: few replications and rough values first, then as many as its precision takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, TypedDict, TypeVar

from simcore.analytic.run_cost import LIMIT, Bill, cost, one_world, rep_week_ns
from simcore.engine.explosion import ExplodedError
from simcore.engine.ignorance import knowledge_shared
from simcore.engine.runner import StoppedError
from simcore.statistics.jackknife import EQUAL_GROUPS
from simcore.statistics.pick_freeze import explained
from simcore.studies.plan.document import BackwardPlan, PlanCell, PlanIgnorance, PlanObstacle, PlanRow
from simcore.studies.plan.frontier import frontier_of
from simcore.studies.plan.obstacles import reasons_of
from simcore.studies.plan.quantile_search import Curve, Orders, grid_place, grid_value, orders
from simcore.studies.plan.report import Found, answer_of, document_of
from simcore.studies.plan.request import CALLS
from simcore.studies.plan.sentences import tried_of
from simcore.studies.plan.simulation import Crew, PlanSimulation, reached
from simcore.studies.plan.unknowns import below_limits, chance_of, unknown_of
from simcore.studies.plan.variants import adds_up, setting_of, with_calls

if TYPE_CHECKING:
    from simcore.engine.runner import Progress
    from simcore.statistics.estimate import Estimate
    from simcore.studies.plan.request import PlanRequest
    from simcore.studies.plan.unknowns import Solvable

T = TypeVar("T")

CONFIDENCES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Rows of the table, beside the confidence asked for."""
AIM = 0.01
"""Half-width of the interval that is aimed at where none is stated, as a part of the answer."""
FEW = 64
"""Worlds in which the answer is looked for first."""
PILOT = 512
FRONTIER, FRONTIER_LEAST = 256, 64
"""Worlds of the frontier; fewer, down to the second, where they cost too much."""
AIM_NS = 6e8
"""An unstated precision may take worlds that cost so much for each value that is tried, by the model of the cost ..."""
LEAST = 256
"""... but so many at least."""
MOST = 1 << 20
"""Most worlds."""
LOOKS = 4
"""Times that more worlds are taken because the interval is too wide."""
RESERVE = 1.15
"""Worlds are taken with this reserve, since the width is not known exactly before."""
TRIED = 20
"""Values that are tried for an answer, about."""
WORLD_BYTES = 500
"""Memory of a world: what is kept of it for the values, and for the frontier."""
FINELY, ROUGHLY, WIDELY = 0.002, 0.02, 0.1
"""Parts of a value within which are looked for: ends of intervals, a first answer, and the other rows of the table."""


class How(TypedDict, total=False):
    """Options of a plan that say how it is found, not what."""

    replications: int | None
    """So many worlds, whatever the precision; default: as many as the precision takes."""
    precision: float | None
    """Half-width of the 95 % interval, as a part of the answer; default: 0.01 is aimed at, within a limit of cost."""
    max_replications: int | None
    """Most worlds that a stated precision may take."""
    seed: int | None
    threads: int | None
    frontier: bool
    """Whether the frontier reps x calls x weeks is worked out, where calls are sought; default: it is."""
    progress: Callable[[Progress], None] | None
    stop: Callable[[], bool] | None


class _Place(NamedTuple):
    """Places of an estimate and its interval."""

    low: int
    middle: int
    high: int | None


class Planner:
    """Answers one question; what was found is kept if it is stopped."""

    def __init__(self, asked: PlanRequest, how: How) -> None:
        self.asked, self.how = asked, how
        self.setting = setting_of(asked)
        self.played = PlanSimulation(
            asked.scenario, threads=how.get("threads"), progress=how.get("progress"), stop=how.get("stop")
        )
        self.unknown: Solvable = unknown_of(asked, self.setting, self.played)
        self.found = Found(asked, self.setting, self.unknown)
        self.found.stated = how.get("precision") is not None
        self.found.wanted = how.get("precision") or AIM

    def planned(self) -> BackwardPlan:
        """Return the document."""
        found = self.found
        try:
            self._search()
        except StoppedError:
            found.interrupted = True
        return document_of(found, self.played.seconds)

    def cost(self, threads: int) -> Bill:
        """Return what the values cost that are tried, about `TRIED`."""
        worlds = self.how.get("replications") or min(LEAST, self._most_worlds())
        rep_weeks = TRIED * self._size() * worlds
        price = cost(one_world(self.setting.scenario), threads)
        price = price._replace(
            rep_weeks=rep_weeks,
            seconds=rep_weeks * rep_week_ns(self.setting.scenario) * 1e-9 / threads,
            memory_bytes=price.memory_bytes + WORLD_BYTES * worlds,
        )
        cheaper = "fewer worlds (-n), a shorter period (--by), a smaller team"
        return Bill(price, threads, cheaper)

    def _search(self) -> None:
        near = self._near()
        if near is not None:
            self._answer(near)
        worlds = self.found.worlds
        self._chances(worlds)
        if self.found.curve is not None:
            self._rows()
            frontier = self.how.get("frontier") is not False and not self.asked.scenario.inflow
            if self.asked.solve_for == CALLS and frontier:
                self._frontier()

    def _near(self) -> int | None:
        """Return about where the answer is, from a few worlds; ``None`` if nothing that can be tried is enough."""
        few = min(FEW, self.how.get("replications") or FEW)
        curve = self._curve(few)
        self.found.worlds = few
        self.played.expected = 40 * few
        wanted = orders(few, self.asked.confidence)
        # A chance near 1 is more than a few worlds can tell: then what all of them reach is a beginning.
        search = partial(curve.least, min(wanted.middle, few), near=self.unknown.near, part=0.2)
        place = self._below_limits(curve, search)
        if place is not None:
            return place
        hits = curve.at(self.unknown.most)
        if orders(few, self.asked.confidence).low <= hits:
            return self.unknown.most
        self._obstacle(hits, few)
        return None

    def _obstacle(self, hits: int, worlds: int) -> None:
        self.found.obstacle = PlanObstacle(
            tried=self.unknown.value(grid_value(self.unknown.most)),
            chance=chance_of(hits, worlds),
            reasons=reasons_of(self.unknown, self.found.limits),
        )

    def _answer(self, near: int) -> None:
        """Find the answer in so many worlds as its precision takes."""
        fixed = self.how.get("replications")
        most = self._most_worlds()
        worlds = fixed or min(PILOT, most)
        if fixed is None:
            rough = self._read(self._curve(worlds), near, part=ROUGHLY)
            if rough is not None:
                near = rough.middle
                worlds = self._next(worlds, self._width(rough), most)
        for _ in range(LOOKS):
            curve = self._curve(worlds)
            place = self._read(curve, near, part=0.0)
            if place is None:
                self.found.curve = None
                self.found.worlds = worlds
                self._obstacle(curve.at(self.unknown.most), worlds)
                return
            # What is known of fewer worlds gives way only now: a search that is stopped tells of those.
            self.found.worlds, self.found.curve = worlds, curve
            self.found.place = (place.low, place.middle, place.high)
            self.found.reached = self._width(place)
            self.found.met = self._is_met(place)
            if fixed is not None or self._is_met(place) or worlds >= most:
                break
            near, worlds = place.middle, self._next(worlds, self._width(place), most, at_least=1.5)

    def _most_worlds(self) -> int:
        """Return the most worlds that the answer may take."""
        limit = max(LEAST, LIMIT // (TRIED * self._size()))
        if self.found.stated:
            return min(MOST, limit, self.how.get("max_replications") or MOST)
        return min(MOST, limit, self._affordable(LEAST), self.how.get("max_replications") or MOST)

    def _size(self) -> int:
        """Return the rep-weeks that are played for a value that is tried."""
        horizon, reps = self.setting.scenario.horizon, self.setting.scenario.team.reps
        is_short = self.asked.solve_for == CALLS and adds_up(self.setting.program)
        return reps * (horizon.weeks + (0 if is_short else horizon.warmup_weeks))

    def _affordable(self, least: int, times: float = 1.0) -> int:
        """Return the worlds that a value may take if they are so many times as large."""
        return max(least, int(AIM_NS / (rep_week_ns(self.setting.scenario) * self._size() * times)))

    def _next(self, worlds: int, width: float | None, most: int, at_least: float = 1.0) -> int:
        """Return how many worlds make the interval as narrow as it is wanted."""
        if width is None:
            return min(most, 8 * worlds)
        needed = worlds * RESERVE * (width / self.found.wanted) ** 2
        return int(min(most, max(worlds * at_least, ceil(needed))))

    def _curve(self, worlds: int) -> Curve:
        self.played.expected = self.played.meter.done + 14 * worlds
        return Curve(lambda place: self._hits(place, worlds), worlds, self.unknown.most)

    def _hits(self, place: int, worlds: int) -> int:
        """Return in how many worlds the target is reached; an explosion is told with the value that was tried."""
        try:
            return self.unknown.hits(place, worlds)
        except ExplodedError as error:
            tried = tried_of(self.asked.solve_for, self.unknown.value(grid_value(place)))
            told = (replace(problem, message=f"{tried} it {problem.message}") for problem in error.problems)
            raise ExplodedError(tuple(told)) from error

    def _below_limits(self, curve: Curve, search: Callable[[], T]) -> T:
        """Search a curve below where a drive explodes; nothing beyond is tried again."""
        found = below_limits(curve, search, self.found.limits)
        self.unknown.most = min(self.unknown.most, curve.most)
        return found

    def _read(self, curve: Curve, near: int, *, part: float) -> _Place | None:
        """Find the estimate and its interval."""
        wanted = orders(curve.worlds, self.asked.confidence)
        middle = self._below_limits(curve, partial(curve.least, wanted.middle, near=near, part=part))
        if middle is None:
            return None
        ends = max(part, FINELY)
        low = self._below_limits(curve, partial(curve.bracket, wanted.low, near=middle, part=ends))
        high = self._upper(curve, wanted, middle, ends)
        assert low is not None  # noqa: S101  (less is wanted than what was found)
        return _Place(min(low[0] + 1, middle), middle, high)

    def _upper(self, curve: Curve, wanted: Orders, middle: int, part: float) -> int | None:
        """Return the upper end; ``None`` where none of four times the estimate is enough."""
        most = curve.most
        tried = curve.most = min(most, grid_place(4 * grid_value(middle) + 4))
        try:
            return below_limits(curve, partial(curve.least, wanted.high, near=middle, part=part), self.found.limits)
        finally:
            curve.most = most if curve.most == tried else curve.most

    def _width(self, place: _Place) -> float | None:
        """Return the half-width of an interval as a part of the estimate."""
        if place.high is None:
            return None
        low, middle, high = (self.unknown.value(grid_value(each)) for each in (place.low, place.middle, place.high))
        return 0.5 * (high - low) / middle if middle > 0.0 else 0.0

    def _is_met(self, place: _Place) -> bool:
        width = self._width(place)
        one = place.high is not None and place.high - place.low <= 1
        return width is not None and (width <= self.found.wanted or one)

    def _chances(self, worlds: int) -> None:
        """Find the chances with the plan of the file, and with the calls of the arithmetic."""
        try:
            crew = Crew(self.setting.program, 0, self.unknown.reps)
            self.found.plan_chance = self._chance(crew, worlds)
            self.found.ignorance = self._ignorance(crew, worlds)
        except ExplodedError as error:
            self.found.limits.append(f"the plan of the file: {error}")
        calls = self.found.arithmetic_calls
        if calls == self.setting.planned and not self.asked.scenario.calendar.rests:
            self.found.arithmetic_chance = self.found.plan_chance
            self.found.no_chance = "a drive explodes there"
        elif calls > self.setting.most:
            self.found.no_chance = "no rep can make so many"
        else:
            crew = Crew(with_calls(self.setting, calls), 0, self.unknown.reps)
            try:
                self.found.arithmetic_chance = self._chance(crew, worlds)
            except ExplodedError as error:
                self.found.no_chance = f"a drive explodes there: {error}"

    def _ignorance(self, crew: Crew, worlds: int) -> PlanIgnorance | None:
        """Find what is left open with the plan of the file; ``None`` where everything is known, or in few worlds."""
        count = worlds // EQUAL_GROUPS * EQUAL_GROUPS
        if not self.asked.scenario.unsure or count < LEAST:
            return None
        far = crew._replace(program=crew.program._replace(source=knowledge_shared(crew.program.source)))
        both = [self.played.play([each], count, reached(self.unknown.missing)) for each in (crew, far)]
        found = explained(*both)
        return PlanIgnorance(worlds=count, sd=found.sd, share=found.share)

    def _chance(self, crew: Crew, worlds: int) -> Estimate:
        return chance_of(int(self.played.play([crew], worlds, reached(self.unknown.missing)).sum()), worlds)

    def _rows(self) -> None:
        """Find what other confidences take, and fill the table."""
        curve, place = self.found.curve, self.found.place
        if curve is None or place is None:
            return
        curve.most = min(curve.most, grid_place(4 * grid_value(place[1]) + 4))
        confidences = sorted({*CONFIDENCES, self.asked.confidence})
        known = set()
        for confidence in confidences:
            wanted = orders(curve.worlds, confidence)
            try:
                for each in wanted:
                    search = partial(curve.bracket, each, near=place[1], part=WIDELY, line=True)
                    self._below_limits(curve, search)
                known.add(confidence)
            except ExplodedError as error:
                self.found.limits.append(str(error))
        self.found.table = [self._row(curve, confidence) for confidence in confidences if confidence in known]

    def _row(self, curve: Curve, confidence: float) -> PlanRow:
        wanted = orders(curve.worlds, confidence)
        if confidence == self.asked.confidence and self.found.place is not None:
            numbers = [None if each is None else float(grid_value(each)) for each in self.found.place]
        else:
            numbers = [curve.between(each) for each in wanted]
        low, middle, high = numbers
        if middle is not None and self.unknown.whole:
            middle = float(ceil(middle - 1e-9))
        return PlanRow(
            confidence=confidence,
            estimate=None if middle is None else self.unknown.value(middle),
            low=None if middle is None or low is None else self.unknown.value(low),
            high=None if middle is None or high is None else self.unknown.value(high),
            per_week=None if middle is None else self.unknown.per_week(middle),
        )

    def _frontier(self) -> None:
        # Twice the team and twice the weeks.
        worlds = min(self.found.worlds, FRONTIER, self._affordable(FRONTIER_LEAST, times=4.0))
        self.found.frontier = frontier_of(self.asked, self.setting, self.played, worlds, self._own_cell())

    def _own_cell(self) -> PlanCell | None:
        """Return the answer as the cell of the frontier that asks the same."""
        answer = answer_of(self.found)
        if answer is None or self.found.place is None:
            return None
        low, _, high = (None if each is None else float(grid_value(each)) for each in self.found.place)
        return PlanCell(
            reps=self.unknown.reps,
            weeks=self.asked.weeks,
            per_week=answer.per_week,
            low=None if low is None else self.unknown.per_week(low),
            high=None if high is None else self.unknown.per_week(high),
            explodes=high is None and bool(self.found.limits),
            worlds=self.found.worlds,
        )
