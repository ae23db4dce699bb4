"""`simcore run`: simulate a scenario and show what came out."""

from contextlib import ExitStack
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import (
    JsonOption,
    MaxReplicationsOption,
    MaxSecondsOption,
    MethodOption,
    NoLimitOption,
    OverwriteOption,
    PrecisionOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    StrategyOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from simcore.engine.affordable import Affordable
    from simcore.results.result import Result
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal


class Detail(StrEnum):
    """What is written beside the summary."""

    REP_WEEK = "rep-week"


def run(
    file: ScenarioArgument,
    *,
    replications: ReplicationsOption = None,
    precision: PrecisionOption = [],  # noqa: B006  (typer reads the default and copies it)
    max_replications: MaxReplicationsOption = None,
    max_seconds: MaxSecondsOption = None,
    method: MethodOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    strategy: StrategyOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Write the results into this folder.")
    ] = None,
    detail: Annotated[
        Detail | None, typer.Option("--detail", help="With --out: a Parquet dataset with a row per rep-week.")
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Simulate a scenario and show the results.

    Results go to stdout, progress and messages to stderr. The first Ctrl-C stops the run: what was done is
    reported, with exit status 130. A precision that is not reached is exit status 5. A scenario that states
    neither replications nor a precision runs until revenue is known to 0.5 %. With a method, the precision is
    reached by it, and all other figures come from 1,000 plain replications.
    """
    from simcore.analytic.run_cost import LIMIT, check_limit  # noqa: PLC0415
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.cli.precision import checked, goal_of_run, not_reached, stating, surveyed  # noqa: PLC0415
    from simcore.engine.affordable import Affordable  # noqa: PLC0415

    checked(precision, replications=replications, max_replications=max_replications, max_seconds=max_seconds)
    if detail is not None and out is None:
        raise typer.BadParameter("--detail needs --out, the folder to write into", param_hint="--detail")
    scenario = load(file, changes, replications=replications, seed=seed, strategy=strategy)
    goal = goal_of_run(
        [scenario],
        precision,
        max_replications=max_replications,
        max_seconds=max_seconds,
        no_limit=no_limit,
        threads=threads,
    )
    if goal is None and not no_limit:
        check_limit(scenario, LIMIT, threads=threads)
    scenario = stating(scenario, goal) if method is None else surveyed(scenario, goal)
    bounded = no_limit or max_replications is not None or max_seconds is not None
    until = _Until(goal, method, Affordable([scenario], goal, bounded=bounded, threads=threads))
    result, folder = _simulated(
        scenario, until, threads=threads, out=out, detail=detail, overwrite=overwrite, quiet=quiet
    )
    _show(result, scenario, json=json, quiet=quiet)
    if folder is not None and not quiet:
        message(f"results are in {folder}")
    if result.summary.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))
    if not_reached(result.summary.precision):
        raise typer.Exit(int(ExitStatus.NOT_REACHED))


class _Until(NamedTuple):
    """Until when a scenario is run."""

    goal: "Goal | None"
    method: str | None
    affordable: "Affordable"


def _simulated(
    scenario: "Scenario",
    until: _Until,
    *,
    threads: int | None,
    out: Path | None,
    detail: Detail | None,
    overwrite: bool,
    quiet: bool,
) -> "tuple[Result, Path | None]":
    """Run the scenario and write the results folder, if one is wanted; return the result and the folder."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.results_folder import results_folder  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=threads)
    from simcore.engine.simulation import simulate  # noqa: PLC0415
    from simcore.scenario.digest import scenario_digest  # noqa: PLC0415

    goal, method, affordable = until
    if method is not None:
        from simcore.engine.runner import Watch  # noqa: PLC0415
        from simcore.variance_reduction.run_to_precision import check_method, estimate_to_precision  # noqa: PLC0415

        check_method(method)

    with ExitStack() as stack:
        folder = stack.enter_context(results_folder(out, scenario, scenario_digest(scenario), overwrite=overwrite))
        asked = stack.enter_context(stop_on_interrupt())
        with progress_bar(quiet=quiet) as bar:
            if method is not None and goal is not None:
                pilot = Watch(None, asked.is_set)
                affordable.check_method(
                    lambda some: estimate_to_precision(scenario, some, method, threads=threads, watch=pilot)
                )
            progress, stop = affordable.watched(bar, asked.is_set, None if quiet or method is not None else message)
            result = simulate(
                scenario,
                precision=goal if method is None else None,
                threads=threads,
                progress=progress,
                sink=folder.write_rep_weeks if folder is not None and detail is not None else None,
                stop=stop,
            )
            affordable.check(result.summary.precision)
            if method is not None and goal is not None and not result.summary.interrupted:
                watch = Watch(progress, asked.is_set)
                reached = estimate_to_precision(scenario, goal, method, threads=threads, watch=watch)
                changes = {"precision": reached, "interrupted": reached.ended == "interrupted"}
                result = replace(result, summary=result.summary.model_copy(update=changes))
        if folder is None:
            return result, None
        return result, folder.finish(result.summary, complete=not result.summary.interrupted)


def _show(result: "Result", scenario: "Scenario", *, json: bool, quiet: bool) -> None:
    """Print the result on stdout and what it took on stderr: stdout is the same for every run of a seed."""
    from simcore.cli.output import message, print_json, print_result  # noqa: PLC0415

    summary = result.summary
    if json:
        print_json(summary.model_dump(mode="json"))
        return
    from simcore.cli.reports.precision import precision_part  # noqa: PLC0415
    from simcore.cli.reports.run import report, speed_line  # noqa: PLC0415

    reached = summary.precision
    part = None if reached is None else precision_part(reached, summary.size.replications)
    print_result(report(summary, scenario.about, part))
    if not quiet:
        message(speed_line(summary.speed, summary.size.rep_weeks))
