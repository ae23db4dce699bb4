"""The options of a stated precision, as the goal of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.errors import ScenarioError
    from simcore.runner import Progress
    from simcore.scenario import Scenario
    from simcore.summary import Precision, PrecisionRow
    from simcore.targets import Goal

_PILOT = 64 * 256
"""Worlds of a pilot of a technique: those of its first stage."""
_SURVEYED = 1000
"""Where a run may have no more replications than this, it is over before there is anything to save."""
_LONG = 30.0
"""Seconds from which on a run says how long it will take."""
_JUDGED = 256
"""Replications that tell how many are needed: those of the first stage of a run to a precision."""


def checked(
    precision: Sequence[str], *, replications: int | None, max_replications: int | None, max_seconds: float | None
) -> None:
    """Refuse options that contradict each other, before anything is read.

    Raises
    ------
    typer.BadParameter
        If a precision is none, or replications are stated beside it.
    """
    from simcore.targets import goal_of  # noqa: PLC0415

    if replications is not None:
        for option, given in (
            ("--precision", precision),
            ("--max-replications", max_replications),
            ("--max-seconds", max_seconds),
        ):
            if given:
                raise typer.BadParameter(
                    "cannot stand beside --replications, which says how many worlds are run", param_hint=option
                )
    if precision:
        try:
            goal_of(precision)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--precision") from None


def goal_of_run(
    runs: Sequence[Scenario],
    precision: Sequence[str],
    *,
    max_replications: int | None,
    max_seconds: float | None,
    no_limit: bool,
    threads: int | None = None,
) -> Goal | None:
    """Return what scenarios that are run together are to be precise about; ``None`` where replications are stated.

    Without ``no_limit`` a run to a precision ends at the cost that `simcore.cost.LIMIT` allows; see `Affordable`.

    Raises
    ------
    typer.BadParameter
        If there is a limit and nothing to be precise about.
    """
    from simcore.targets import Goal, goal_of, targets_of  # noqa: PLC0415

    stated = runs[0].run.precision
    if not precision and not stated:
        for option, given in (("--max-replications", max_replications), ("--max-seconds", max_seconds)):
            if given is not None:
                raise typer.BadParameter(
                    "limits a precision, and none is asked for: it needs --precision, as in -p revenue=1%",
                    param_hint=option,
                )
        return None
    targets = goal_of(precision).targets if precision else targets_of(stated or {})
    most = max_replications
    if not no_limit:
        within = within_limit(runs, threads)
        most = within if most is None else min(most, within)
    return Goal(targets, most, max_seconds)


def within_limit(runs: Sequence[Scenario], threads: int | None = None) -> int:
    """Return how many replications of scenarios that are run together cost no more than a run may.

    Raises
    ------
    ScenarioError
        If not even one does.
    """
    from simcore.cost import LIMIT, SECONDS_LIMIT, check_cost, cost, one_world, together  # noqa: PLC0415
    from simcore.machine import processors  # noqa: PLC0415

    one = together([cost(one_world(run), threads or processors()) for run in runs])
    check_cost(one, LIMIT, threads=threads or processors(), what="a replication takes", cheaper="a smaller team")
    return max(1, min(LIMIT // one.rep_weeks, int(SECONDS_LIMIT / one.seconds)))


class Affordable:
    """Stops a run as soon as it is known that its precision is out of reach of what a run may cost.

    A run that has a limit of its own, of replications or of time, goes on to it.

    Parameters
    ----------
    runs
        The scenarios that are run together.
    precision
        The texts of the command line, none if the precision is that of the file.
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
        precision: Sequence[str],
        goal: Goal | None,
        *,
        bounded: bool,
        threads: int | None = None,
    ) -> None:
        self._runs = runs
        self._precision = precision
        self._goal = goal
        self._most = 0 if goal is None or bounded else within_limit(runs, threads)
        self._beyond = False
        self._silent = False

    def watched(
        self, progress: Callable[[Progress], None] | None, stop: Callable[[], bool], *, quiet: bool
    ) -> tuple[Callable[[Progress], None] | None, Callable[[], bool]]:
        """Return functions that are told of the run and may stop it, in place of those that are given.

        They also say, once and unless ``quiet``, how long a run will take that takes long.
        """
        if self._goal is None:
            return progress, stop
        self._silent = quiet

        def told(now: Progress) -> None:
            # Later than halfway nothing is saved by giving up.
            if self._most > _SURVEYED and _JUDGED <= now.done <= self._most // 2 and now.total >= self._most:
                self._beyond = True
            elif not self._silent and now.done >= _JUDGED and now.total > 4 * now.done:
                self._tell(now)
            if progress is not None:
                progress(now)

        return told, lambda: self._beyond or stop()

    def _tell(self, now: Progress) -> None:
        """Say how long the run will take, if that is long."""
        from simcore.cli.output import message  # noqa: PLC0415
        from simcore.cost import duration  # noqa: PLC0415

        seconds = now.seconds * now.total / now.done
        if seconds >= _LONG:
            message(f"the precision takes about {_two_digits(now.total):,} replications, {duration(seconds)}")
            self._silent = True

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
        from simcore.cost import LIMIT, cost, duration  # noqa: PLC0415
        from simcore.errors import Problem, ScenarioError  # noqa: PLC0415
        from simcore.targets import parse_metric  # noqa: PLC0415

        prices = [(cost(run), run.run.replications) for run in self._runs]
        rep_weeks = sum(price.rep_weeks // count for price, count in prices)
        seconds = sum(price.seconds / count for price, count in prices)
        row = max(rows, key=lambda each: each.needed or 0)
        need = row.needed or self._most
        reached = float(f"{1.05 * row.wanted * (need / self._most) ** 0.5:.2g}")
        asked, within = (f"{100 * each:g}%" if row.relative else f"{each:g}" for each in (row.wanted, reached))
        share = parse_metric(row.metric).is_share
        hints = [f"did you mean {row.metric}={asked}%?"] if _forgotten(row, share=share) else []
        hints += [f"{row.metric}={within} is within the limit", "--no-limit runs it all the same"]
        message = (
            f"{row.metric}={asked} takes about {_two_digits(need):,} replications, {_two_digits(need * rep_weeks):,} "
            f"rep-weeks, {duration(need * seconds)} on a thread"
        )
        path, file = ("", "--precision") if self._precision else ("run.precision", None)
        allowed = f"up to {LIMIT:,} rep-weeks"
        return ScenarioError((Problem(message, path, file, allowed=allowed, hint="; ".join(hints)),))


def _forgotten(row: PrecisionRow, *, share: bool) -> bool:
    """Return whether a half-width may lack its per cent sign: an amount that is small beside the figure."""
    return not row.relative and not share and row.wanted < 100.0 and row.wanted < 0.01 * abs(row.estimate or 0.0)


def _two_digits(number: float) -> int:
    """Return a number to two significant digits."""
    return int(float(f"{number:.1e}"))


def stating(scenario: Scenario, goal: Goal | None) -> Scenario:
    """Return the scenario with the precision that it is run to, as the results folder keeps it."""
    if goal is None:
        return scenario
    precision = {str(target.metric): target.precision for target in goal.targets}
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"precision": precision})})


def surveyed(scenario: Scenario, goal: Goal | None) -> Scenario:
    """Return the scenario as it is run for all figures but those that a method brings to a precision.

    Raises
    ------
    typer.BadParameter
        If there is no precision for the method to reach.
    """
    from simcore.methods import SURVEY  # noqa: PLC0415

    if goal is None:
        raise typer.BadParameter("needs a precision to reach, as in -p revenue=0.1%", param_hint="--method")
    run = scenario.run.model_copy(update={"precision": None, "replications": SURVEY})
    return scenario.model_copy(update={"run": run})


def not_reached(precision: Precision | None) -> bool:
    """Return whether a stated precision was not met."""
    return precision is not None and not all(row.met for row in precision.rows)
