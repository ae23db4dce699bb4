"""Bad habits, week by week, and the manager who coaches them away."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.twin.decisions import yes
from tests.twin.philox import Purpose, Source

if TYPE_CHECKING:
    from tests.twin.reader import Habit, Manager, Plan
    from tests.twin.team import Holder, Rates

CERTAIN_LOSS = 1e300
"""Loss of a habit that leaves nothing."""


@dataclass(frozen=True)
class Session:
    """A coaching session: its step, whether the person had a habit there, and whether that was repaired."""

    step: int
    had: bool
    repaired: bool


class Chart:
    """What there is to know of one seat: habits, sessions, and what was decided and closed in each simulated week."""

    def __init__(self, plan: Plan, source: Source, rates: Rates, holders: list[Holder | None], seat: int) -> None:
        self._plan, self._source, self._rates, self._holders = plan, source, rates, holders
        self.seat = seat
        self.habits: set[int] = set()
        self.sessions: list[Session | None] = []
        self.habits_by_week: list[frozenset[int]] = []
        self.cents: Counter[int] = Counter()
        self._decided: Counter[tuple[int, int]] = Counter()
        self._passed: Counter[tuple[int, int]] = Counter()

    # What happens to a person.

    def change(self, week: int) -> None:
        """Let habits come and go before the first hour of a week."""
        holder = self._holders[week]
        had, self.habits = self.habits, set()
        if holder is None:
            return
        for step, of_step in self._plan.steps.items():
            if of_step.habit is not None:
                word = self._source.of_step(Purpose.HABIT, step, seat=self.seat, week=week)
                if _has(of_step.habit, word, starts=holder.since == week, had=step in had):
                    self.habits.add(step)

    def words(self, week: int) -> tuple[int, int, int, int]:
        """Return the words of a seat's session in a week."""
        return self._source.words(Purpose.COACHING, seat=self.seat, week=week)

    def meet(self, week: int, step: int, repair: float) -> Session:
        """Hold a session on a step."""
        had = step in self.habits
        repaired = had and yes(self.words(week)[2], repair)
        if repaired:
            self.habits.remove(step)
        return Session(step, had, repaired)

    def write(self, session: Session | None) -> None:
        """Close the week's entry, once its session (if any) was held."""
        self.sessions.append(session)
        self.habits_by_week.append(frozenset(self.habits))

    # What follows from habits and sessions.

    def worked(self, step: int, uncut: float) -> float:
        """Return the uncut rate of a step with the habit, if the person has it."""
        habit = self._plan.steps[step].habit
        return uncut * habit.factor if habit is not None and step in self.habits else uncut

    def heard(self, hour: int) -> float:
        """Return the signal `coach` at a decision."""
        manager, (week, of_week) = self._plan.manager, divmod(hour, self._plan.calendar.week)
        if manager is None or manager.rule != "result" or of_week or self.sessions[week] is None:
            return 0.0
        return manager.pressure

    # What a manager goes by.

    def decide(self, step: int, week: int, decisions: int, passed: int) -> None:
        """Note decisions of a step."""
        self._decided[step, week] += decisions
        self._passed[step, week] += passed

    def held(self, week: int) -> bool:
        """Return whether somebody sits in the seat."""
        return self._holders[week] is not None

    def looked_at(self, week: int, window: int) -> range:
        """Return the weeks that a rule looks back at: those of the person, the last of the window."""
        holder = self._holders[week]
        assert holder is not None
        return range(max(holder.since, week - window), week)

    def result(self, weeks: range) -> float:
        """Return the mean revenue by close of weeks, in cents; infinite without a week."""
        if not weeks:
            return math.inf
        return sum(self.cents[week] for week in weeks) / len(weeks)

    def process(self, weeks: range) -> tuple[float, int]:
        """Return the least z of the steps, and its step."""
        scores = []
        for step, of_step in sorted(self._plan.steps.items()):
            n = sum(self._decided[step, week] for week in weeks)
            k = sum(self._passed[step, week] for week in weeks)
            p = float(of_step.rate)
            z = 0.0 if n == 0 or p == 1.0 else (k - n * p) / math.sqrt((n * p) * (1.0 - p))
            z = math.floor(z * 2**30 + 0.5) / 2**30
            scores.append((z, step))
        return min(scores)

    def loss(self, week: int) -> tuple[float, int]:
        """Return the largest loss by a habit, and the lowest step that has it."""
        q = 1.0
        for step in sorted(self._plan.steps):
            q = self.worked(step, q * self._rates.own(step, week))
        losses = dict.fromkeys(self._plan.steps, 0.0)
        for step in self.habits:
            habit = self._plan.steps[step].habit
            assert habit is not None
            losses[step] = q * (1.0 / habit.factor - 1.0) if habit.factor > 0.0 else CERTAIN_LOSS
        largest = max(losses.values())
        return largest, min(step for step, loss in losses.items() if loss == largest)


def _has(habit: Habit, word: int, *, starts: bool, had: bool) -> bool:
    """Return whether a person has a habit in a week."""
    if starts:
        return yes(word, habit.at_start)
    if not had:
        return yes(word, habit.onset)
    return word < 2**32 - math.floor(habit.fade * 2.0**32 + 0.5)


def _score(manager: Manager, chart: Chart, week: int, last_step: int) -> tuple[float, int] | None:
    """Return the score of a held seat and the step that its session would be on; None if it can have none."""
    at_random = 1 + (chart.words(week)[1] * last_step >> 32)
    weeks = chart.looked_at(week, manager.window)
    if manager.rule == "random":
        return 0.0, at_random
    if manager.rule == "result":
        return chart.result(weeks), at_random
    if manager.rule == "process":
        return chart.process(weeks)
    if manager.rule == "oracle":
        loss, step = chart.loss(week)
        return (-loss, step) if loss > 0.0 else None
    raise ValueError(f"no such rule: {manager.rule}")


def coach(plan: Plan, week: int, charts: list[Chart]) -> None:
    """Begin a week: habits change, and then the manager holds the sessions."""
    for chart in charts:
        chart.change(week)
    manager = plan.manager
    chosen: dict[int, Session] = {}
    if manager is not None and manager.rule != "nobody" and week >= manager.first_week:
        queue = []
        for chart in charts:
            scored = _score(manager, chart, week, plan.last_stage) if chart.held(week) else None
            if scored is not None:
                queue.append((scored[0], chart.words(week)[0], chart.seat, scored[1]))
        for _, _, seat, step in sorted(queue)[: manager.slots]:
            chosen[seat] = charts[seat].meet(week, step, manager.repair)
    for chart in charts:
        chart.write(chosen.get(chart.seat))
