"""`simcore run`: simulate a scenario and show what came out."""

import time
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import StudyOptions
from simcore.cli.run_parts.cutting import CheckpointOption, Cut, ResumeOption, ShardOption, kept_run, play_shard
from simcore.cli.session import Session
from simcore.cli.study_command import Prepared, answer, status_of, study_command

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from simcore.results.result import Result
    from simcore.results.summary import Precision, Summary
    from simcore.results_folders.results_folder import ResultsFolder
    from simcore.scenario.model import Scenario
    from simcore.scenario.precision_goal import Goal


class Detail(StrEnum):
    """What is written beside the summary."""

    REP_WEEK = "rep-week"


@study_command()
def run(
    options: StudyOptions,
    *,
    detail: Annotated[
        Detail | None, typer.Option("--detail", help="With --out: a Parquet dataset with a row per rep-week.")
    ] = None,
    checkpoint: CheckpointOption = None,
    resume: ResumeOption = False,
    shard: ShardOption = None,
) -> None:
    """Simulate a scenario and show the results.

    Results go to stdout, progress and messages to stderr. The first Ctrl-C stops the run: what was done is
    reported, with exit status 130. A precision that is not reached is exit status 5. A scenario that states
    neither replications nor a precision runs until revenue is known to 0.5 %. With a method, the precision is
    reached by it, and all other figures come from 1,000 plain replications.

    With --checkpoint what is done is kept in a file while the run goes on, and --resume goes on with it, also to more
    worlds than before. With --shard a share of the worlds is played, and `simcore merge` adds the shares up.
    """
    from simcore.cli.precision import (  # noqa: PLC0415
        check_options,
        goal_of_run,
        with_goal,
        with_survey_size,
    )

    check_options(options)
    cut = Cut(checkpoint, resume, shard)
    cut.check(options, detail=detail is not None)
    if detail is not None and options.out is None:
        raise typer.BadParameter("--detail needs --out, the folder to write into", param_hint="--detail")
    scenario = options.load()
    cut.check_replications(scenario)
    if shard is not None:
        play_shard(scenario, options, shard, resume=resume)
        return
    goal = goal_of_run([scenario], options)
    scenario = with_goal(scenario, goal) if options.method is None else with_survey_size(scenario, goal)

    def prepare() -> "Prepared[Result]":
        if checkpoint is None:
            return _prepared(options, scenario, goal, detailed=detail is not None)
        from simcore.engine.simulation import SimulationRequest  # noqa: PLC0415

        kept = kept_run(checkpoint, scenario, resume=resume, overwrite=options.overwrite)
        return Prepared(SimulationRequest(scenario), scenario, run=kept)

    def details(summary: "Summary") -> "RenderableType":
        from simcore.cli.screens.run import run_details  # noqa: PLC0415

        return run_details(summary, scenario.about)

    answer(
        options,
        prepare,
        details,
        document=lambda result: result.summary,
        footer=footer,
        save=save,
        status=_status,
    )


def _prepared(
    options: StudyOptions, scenario: "Scenario", goal: "Goal | None", *, detailed: bool
) -> "Prepared[Result]":
    """Return a run of the replications that are stated, or to a precision, by a technique if one is named."""
    from simcore.cli.precision import ToPrecision  # noqa: PLC0415
    from simcore.engine.simulation import SimulationRequest  # noqa: PLC0415

    if options.method is not None:
        from simcore.variance_reduction.run_to_precision import check_method  # noqa: PLC0415

        check_method(options.method)
    request = SimulationRequest(scenario, precision=goal)

    def run(session: Session) -> "Result":
        sink = session.folder.write_rep_weeks if session.folder is not None and detailed else None
        started = time.perf_counter()
        found, reached = ToPrecision([scenario], goal, options).run(
            lambda goal, how: replace(request, precision=goal, sink=sink).run(**how), _state, session
        )
        return found if reached is None else _with_precision(found, reached, time.perf_counter() - started)

    return Prepared(request, scenario, run=run)


def _state(result: "Result") -> "tuple[Precision | None, bool]":
    return result.summary.precision, result.summary.interrupted


def _with_precision(result: "Result", reached: "Precision", seconds: float) -> "Result":
    """Return a result with what a technique has reached, and the seconds of both together."""
    changes = {"precision": reached, "interrupted": reached.ended == "interrupted", "seconds": seconds}
    return replace(result, summary=result.summary.model_copy(update=changes))


def _status(result: "Result") -> ExitStatus:
    from simcore.cli.precision import is_reached  # noqa: PLC0415

    precision, interrupted = _state(result)
    return status_of(interrupted=interrupted, reached=is_reached(precision))


def save(result: "Result", folder: "ResultsFolder") -> "Path":
    """Write a result into the folder of ``--out``, and return where it is."""
    return folder.finish(result.summary, complete=not result.summary.interrupted)


def footer(result: "Result") -> str:
    """Return what the run took: it goes to stderr, since stdout is the same for every run of a seed."""
    from simcore.cli.screens.run import speed_line  # noqa: PLC0415

    return speed_line(result.summary.speed, result.summary.size.rep_weeks)
