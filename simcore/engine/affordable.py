"""What a run to a stated precision may cost: it ends there, or is given up as soon as it is known to be beyond."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from simcore.analytic.run_cost import LIMIT, SECONDS_LIMIT, Bill, cost, duration, one_world, together
from simcore.base.errors import Problem, ScenarioError
from simcore.base.machine import processors
from simcore.scenario.metric import parse_metric

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.engine.runner import Progress, Report, Stop
    from simcore.results.summary import Precision, PrecisionRow
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal

Answer = TypeVar("Answer")

UNSEEN = 10_000
"""Replications of a run that must know a share of a figure, and has not seen anything of it: it ends there."""
_PILOT = 64 * 256
"""Worlds of a pilot of a technique: those of its first stage."""
_SURVEYED = 1000
"""Where a run may have no more replications than this, it is over before there is anything to save."""
_LONG = 30.0
"""Seconds from which on a run says how long it will take."""
_JUDGED = 256
"""Replications that tell how many are needed: those of the first stage of a run to a precision."""


def within_limit(runs: Sequence[Scenario], threads: int | None = None) -> int:
    """Return how many replications of scenarios that are run together cost no more than a run may.

    Raises
    ------
    ScenarioError
        If not even one does.
    """
    bill = bill_of_one(runs, threads or processors())
    bill.check()
    return max(1, min(LIMIT // bill.cost.rep_weeks, int(SECONDS_LIMIT / bill.cost.seconds)))


def goal_within_limit(goal: Goal, runs: Sequence[Scenario], threads: int | None = None) -> Goal:
    """Return a goal of scenarios that are run together, which ends where a run must.

    Raises
    ------
    ScenarioError
        If not even one replication is within the limit.
    """
    most = within_limit(runs, threads)
    bounded = goal.max_replications is not None or goal.max_seconds is not None
    unseen = None if bounded else min(UNSEEN, max(1, most // 2))
    return goal._replace(max_replications=min(most, goal.max_replications or most), unseen=unseen)


def bill_of_one(runs: Sequence[Scenario], threads: int) -> Bill:
    """Return what a replication of scenarios that are run together costs."""
    price = together([cost(one_world(run), threads) for run in runs])
    return Bill(price, threads, cheaper="a smaller team", what="a replication takes")


class GoalRequest(ABC, Generic[Answer]):
    """A question that is asked with a number of replications, or until a precision is reached."""

    @property
    @abstractmethod
    def goal(self) -> Goal | None:
        """What must be reached; ``None`` where replications are stated."""

    @property
    @abstractmethod
    def runs(self) -> Sequence[Scenario]:
        """The scenarios that are run together to the goal."""

    @abstractmethod
    def with_goal(self, goal: Goal) -> GoalRequest[Answer]:
        """Return the same question with another goal."""

    @abstractmethod
    def reached_by(self, answer: Answer) -> Precision | None:
        """Return what an answer has reached of the goal."""

    @abstractmethod
    def run(self, *, threads: int | None = None, progress: Report | None = None, stop: Stop | None = None) -> Answer:
        """Return the answer, whatever the goal costs."""

    def run_within_limit(self, *, threads: int | None, progress: Report | None, stop: Stop | None) -> Answer:
        """Return the answer; a run to a goal ends where a run must.

        Raises
        ------
        ScenarioError
            As soon as it is known that the goal costs more than a run may.
        """
        goal = self.goal
        if goal is None:
            return self.run(threads=threads, progress=progress, stop=stop)
        bounded = goal.max_replications is not None or goal.max_seconds is not None
        affordable = Affordable(self.runs, goal, bounded=bounded, threads=threads)
        progress, stop = affordable.watched(progress, stop, None)
        within = self.with_goal(goal_within_limit(goal, self.runs, threads))
        found = within.run(threads=threads, progress=progress, stop=stop)
        affordable.check(self.reached_by(found))
        return found


class Affordable:
    """Stops a run as soon as it is known that its precision is out of reach of what a run may cost.

    A run that has a limit of its own, of replications or of time, goes on to it.

    Parameters
    ----------
    runs
        The scenarios that are run together.
    goal
        What is asked for.
    bounded
        Whether it ends somewhere in any case, or may cost anything.
    threads
        Threads of the run; all processors where none are stated.
    """

    def __init__(
        self,
        runs: Sequence[Scenario],
        goal: Goal | None,
        *,
        bounded: bool,
        threads: int | None = None,
    ) -> None:
        self._runs = runs
        self._goal = goal
        self._most = 0 if goal is None or bounded else within_limit(runs, threads)
        self._beyond = False
        self._announced = False

    def watched(
        self,
        progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
        tell: Callable[[str], object] | None,
    ) -> tuple[Callable[[Progress], None] | None, Callable[[], bool] | None]:
        """Return `progress` and `stop` with what the limit adds: the run is watched, and stopped if it would pass it.

        ``tell`` is called at most once, with how long the run will take, if that is long.
        """
        if self._goal is None:
            return progress, stop

        def watch(now: Progress) -> None:
            # Later than halfway nothing is saved by giving up.
            if self._most > _SURVEYED and _JUDGED <= now.done <= self._most // 2 and now.total >= self._most:
                self._beyond = True
            elif tell is not None and not self._announced and now.done >= _JUDGED and now.total > 4 * now.done:
                self._announce(now, tell)
            if progress is not None:
                progress(now)

        return watch, lambda: self._beyond or (stop is not None and stop())

    def _announce(self, now: Progress, tell: Callable[[str], object]) -> None:
        """Say how long the run will take, if that is long."""
        seconds = now.seconds * now.total / now.done
        if seconds >= _LONG:
            tell(f"the precision takes about {_two_digits(now.total):,} replications, {duration(seconds)}")
            self._announced = True

    def check(self, found: Precision | None) -> None:
        """Refuse a run that was stopped for what it would cost.

        Raises
        ------
        ScenarioError
            With the figure, the limit and the option that lifts it.
        """
        if self._beyond and found is not None:
            raise self._refusal(found.rows)

    def check_method(self, pilot: Callable[[Goal], Precision]) -> None:
        """Refuse a run by a technique for what its pilot says that it would cost.

        Raises
        ------
        ScenarioError
            With the figure, the limit and the option that lifts it.
        """
        if not self._most or self._goal is None or self._most <= _PILOT:
            return
        rows = pilot(self._goal._replace(max_replications=_PILOT)).rows
        if sum(row.needed or 0 for row in rows) > self._most:
            raise self._refusal(rows)

    def _refusal(self, rows: Sequence[PrecisionRow]) -> ScenarioError:
        prices = [(cost(run), run.run.replications) for run in self._runs]
        rep_weeks = sum(price.rep_weeks // count for price, count in prices)
        seconds = sum(price.seconds / count for price, count in prices)
        row = max(rows, key=lambda each: each.needed or 0)
        need = row.needed or self._most
        reached = float(f"{1.05 * row.wanted * (need / self._most) ** 0.5:.2g}")
        asked, within = (f"{100 * each:g}%" if row.relative else f"{each:g}" for each in (row.wanted, reached))
        money = parse_metric(row.metric).is_money
        hints = [f"did you mean {row.metric}={asked}%?"] if _forgotten(row, money=money) else []
        hints += [f"{row.metric}={within} is within the limit", "--no-limit runs it all the same"]
        message = (
            f"{row.metric}={asked} takes about {_two_digits(need):,} replications, {_two_digits(need * rep_weeks):,} "
            f"rep-weeks, {duration(need * seconds)} on a thread"
        )
        allowed = f"up to {LIMIT:,} rep-weeks"
        return ScenarioError((Problem(message, "run.precision", allowed=allowed, hint="; ".join(hints)),))


def _forgotten(row: PrecisionRow, *, money: bool) -> bool:
    """Return whether a half-width may lack its per cent sign: an amount that is small beside the figure."""
    return not row.relative and money and row.wanted < 100.0 and row.wanted < 0.01 * abs(row.estimate or 0.0)


def _two_digits(number: float) -> int:
    """Return a number to two significant digits."""
    return int(float(f"{number:.1e}"))
