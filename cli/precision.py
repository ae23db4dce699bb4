"""The options of a stated precision, as the goal of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import typer

from simcore.cli.options import usage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simcore.cli.options import StudyOptions
    from simcore.cli.session import How, Session
    from simcore.results.summary import Precision
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal

Found = TypeVar("Found")


def check_options(options: StudyOptions) -> None:
    """Refuse options that contradict each other, before anything is read.

    Raises
    ------
    typer.BadParameter
        If a precision cannot be read, or replications are stated beside it.
    """
    from simcore.scenario.precision_goal import goal_of  # noqa: PLC0415

    if options.replications is not None:
        for option, given in (
            ("--precision", options.precision),
            ("--max-replications", options.max_replications),
            ("--max-seconds", options.max_seconds),
        ):
            if given:
                raise typer.BadParameter(
                    "cannot stand beside --replications, which says how many worlds are run", param_hint=option
                )
    if options.precision:
        with usage_error("--precision"):
            goal_of(options.precision)


def goal_of_run(runs: Sequence[Scenario], options: StudyOptions) -> Goal | None:
    """Return the precision that scenarios which are run together must reach; ``None`` where replications are stated.

    Without ``--no-limit`` a run to a precision ends at the cost that a run may have; see `simcore.engine.affordable`.

    Raises
    ------
    typer.BadParameter
        If there is a limit and no precision.
    """
    from simcore.engine.affordable import goal_within_limit  # noqa: PLC0415
    from simcore.scenario.precision_goal import Goal, goal_of, targets_of  # noqa: PLC0415

    stated = runs[0].run.precision
    if not options.precision and not stated:
        for option, given in (
            ("--max-replications", options.max_replications),
            ("--max-seconds", options.max_seconds),
        ):
            if given is not None:
                raise typer.BadParameter(
                    "limits a precision, and none is asked for: it needs --precision, as in -p revenue=1%",
                    param_hint=option,
                )
        return None
    targets = goal_of(options.precision).targets if options.precision else targets_of(stated or {})
    goal = Goal(targets, options.max_replications, options.max_seconds)
    return goal if options.no_limit else goal_within_limit(goal, runs, options.threads)


def with_goal(scenario: Scenario, goal: Goal | None) -> Scenario:
    """Return the scenario with the precision that it is run to, as the results folder keeps it."""
    if goal is None:
        return scenario
    precision = {str(target.metric): target.precision for target in goal.targets}
    return scenario.model_copy(update={"run": scenario.run.model_copy(update={"precision": precision})})


def with_survey_size(scenario: Scenario, goal: Goal | None) -> Scenario:
    """Return the scenario as it is run for all figures but those that a method brings to a precision.

    Raises
    ------
    typer.BadParameter
        If there is no precision for the method to reach.
    """
    from simcore.variance_reduction.run_to_precision import SURVEY  # noqa: PLC0415

    if goal is None:
        raise typer.BadParameter("needs a precision to reach, as in -p revenue=0.1%", param_hint="--method")
    run = scenario.run.model_copy(update={"precision": None, "replications": SURVEY})
    return scenario.model_copy(update={"run": run})


def is_reached(precision: Precision | None) -> bool:
    """Return whether every stated precision was met; also true if none was stated."""
    return precision is None or all(row.met for row in precision.rows)


class ToPrecision(NamedTuple):
    """Scenarios that are run together until a goal is reached: by more replications, or by a named technique."""

    runs: Sequence[Scenario]
    """The first is what a technique estimates: the baseline, where there are others."""
    goal: Goal | None
    """``None``: the replications are stated."""
    options: StudyOptions

    def run(
        self,
        simulate: Callable[[Goal | None, How], Found],
        state: Callable[[Found], tuple[Precision | None, bool]],
        session: Session,
    ) -> tuple[Found, Precision | None]:
        """Simulate, and then reach the goal by a technique if the options name one.

        Parameters
        ----------
        simulate
            Runs the scenarios to a goal; to their replications where it is ``None``.
        state
            Returns of what was simulated the precision that was reached, and whether it was interrupted.
        session
            What surrounds the run.

        Returns
        -------
        tuple
            What was simulated, and what the technique reached; ``None`` without a technique, or if it was interrupted
            before.

        Raises
        ------
        ScenarioError
            As soon as it is known that the goal costs more than a run may; see `simcore.engine.affordable`.
        """
        from simcore.cli.output import message  # noqa: PLC0415
        from simcore.engine.affordable import Affordable  # noqa: PLC0415

        options, method = self.options, self.options.method
        bounded = options.no_limit or options.max_replications is not None or options.max_seconds is not None
        affordable = Affordable(self.runs, self.goal, bounded=bounded, threads=options.threads)
        if method is not None:
            affordable.check_method(lambda pilot: self._by_method(pilot, method, session._replace(progress=None)))
        tell = None if options.quiet or method is not None else message
        progress, stop = affordable.watched(session.progress, session.stop, tell)
        how: How = {"threads": session.threads, "progress": progress, "stop": stop or session.stop}
        found = simulate(self.goal if method is None else None, how)
        precision, interrupted = state(found)
        affordable.check(precision)
        if method is None or self.goal is None or interrupted:
            return found, None
        return found, self._by_method(self.goal, method, session)

    def _by_method(self, goal: Goal, method: str, session: Session) -> Precision:
        """Return what a technique reaches of a goal."""
        from simcore.engine.runner import Watch  # noqa: PLC0415
        from simcore.variance_reduction.run_to_precision import estimate_to_precision  # noqa: PLC0415

        first, *others = self.runs
        against = [run.run.strategy for run in others]
        watch = Watch(session.progress, session.stop)
        return estimate_to_precision(first, goal, method, against=against, threads=session.threads, watch=watch)
