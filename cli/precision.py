"""The options of a stated precision, as the goal of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.results.summary import Precision
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal


def checked(
    precision: Sequence[str], *, replications: int | None, max_replications: int | None, max_seconds: float | None
) -> None:
    """Refuse options that contradict each other, before anything is read.

    Raises
    ------
    typer.BadParameter
        If a precision is none, or replications are stated beside it.
    """
    from simcore.scenario.precision_goal import goal_of  # noqa: PLC0415

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

    Without ``no_limit`` a run to a precision ends at the cost that a run may have; see `simcore.engine.affordable`.

    Raises
    ------
    typer.BadParameter
        If there is a limit and nothing to be precise about.
    """
    from simcore.engine.affordable import within_limit  # noqa: PLC0415
    from simcore.scenario.precision_goal import Goal, goal_of, targets_of  # noqa: PLC0415

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
    from simcore.variance_reduction.run_to_precision import SURVEY  # noqa: PLC0415

    if goal is None:
        raise typer.BadParameter("needs a precision to reach, as in -p revenue=0.1%", param_hint="--method")
    run = scenario.run.model_copy(update={"precision": None, "replications": SURVEY})
    return scenario.model_copy(update={"run": run})


def not_reached(precision: Precision | None) -> bool:
    """Return whether a stated precision was not met."""
    return precision is not None and not all(row.met for row in precision.rows)
