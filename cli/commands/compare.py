"""`simcore compare`: strategies in the same worlds."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import StudyOptions, strategies_option
from simcore.cli.session import Session
from simcore.cli.study_command import Prepared, answer, status_of, study_command

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from simcore.engine.paired import Paired
    from simcore.results_folders.results_folder import ResultsFolder
    from simcore.scenario.model import Scenario
    from simcore.studies.compare.document import Comparison


@study_command(without=["strategy"])
def compare(
    options: StudyOptions,
    *,
    names: Annotated[
        list[str],
        strategies_option("A strategy of the scenario. Repeatable; all if none is named."),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            metavar="NAME",
            help="What the others are compared with. Default: the first that does not react to results.",
        ),
    ] = None,
    attribute: Annotated[
        bool,
        typer.Option(
            "--attribute", help="Split each difference over what reacts (drives) and what changes by it: many runs."
        ),
    ] = False,
) -> None:
    """Compare strategies in the same worlds: every difference with its error, and a verdict.

    Results go to stdout, progress and messages to stderr. The first Ctrl-C stops the run: what was done is
    reported, with exit status 130. A precision is that of every difference to the baseline; one that is not
    reached is exit status 5.
    """
    from simcore.cli.precision import check_options  # noqa: PLC0415

    check_options(options)
    scenario = options.load()

    answer(
        options,
        lambda: _prepared(scenario, names, baseline, options, attribute=attribute),
        _details,
        document=lambda found: found.document,
        save=_save,
        status=_status,
    )


class _Compared(NamedTuple):
    """What came out: the document, and the worlds behind it."""

    document: "Comparison"
    paired: "Paired"
    attributed: bool
    """Whether differences were to be split."""


def _prepared(
    scenario: "Scenario", names: list[str], baseline: str | None, options: StudyOptions, *, attribute: bool
) -> "Prepared[_Compared]":
    """Return what will be run, checked: all of it, with ``attribute`` the runs that split differences, is one cost."""
    from simcore.cli.precision import ToPrecision, goal_of_run, with_goal, with_survey_size  # noqa: PLC0415
    from simcore.engine.paired import run_paired  # noqa: PLC0415
    from simcore.scenario.digest import joint_digest  # noqa: PLC0415
    from simcore.scenario.model import with_strategy  # noqa: PLC0415
    from simcore.studies.compare.request import ComparisonRequest, with_splits  # noqa: PLC0415
    from simcore.studies.compare.study import comparison_of, select_strategies  # noqa: PLC0415

    chosen, base = select_strategies(scenario, names, baseline)
    runs = [with_strategy(scenario, name) for name in chosen]
    request = ComparisonRequest(scenario, names, baseline, split=attribute)
    goal = goal_of_run([*runs, *request.split_runs], options)
    request = replace(request, precision=goal)
    if options.method is None:
        scenario = with_goal(scenario, goal)
    else:
        from simcore.variance_reduction.run_to_precision import check_method  # noqa: PLC0415

        scenario, runs = with_survey_size(scenario, goal), [with_survey_size(run, goal) for run in runs]
        check_method(options.method)
    place = chosen.index(base)

    def run(session: Session) -> _Compared:
        started = time.perf_counter()
        in_order = [runs[place], *runs[:place], *runs[place + 1 :]]
        paired, reached = ToPrecision(in_order, goal, options).run(
            lambda goal, how: run_paired(runs, base=place, goal=goal, **how),
            lambda found: (found.precision, found.interrupted),
            session,
        )
        document = comparison_of(paired)
        if reached is not None:
            changes = {"precision": reached, "interrupted": reached.ended == "interrupted"}
            document = document.model_copy(update=changes)
        if attribute and not document.interrupted:
            document = with_splits(scenario, document, **session.how())
        document = document.model_copy(update={"seconds": time.perf_counter() - started})
        return _Compared(document, paired, attributed=attribute)

    return Prepared(request, scenario, joint_digest(runs), run)


def _details(document: "Comparison") -> "RenderableType":
    from simcore.cli.screens.compare import comparison_details  # noqa: PLC0415

    return comparison_details(document)


def _status(found: _Compared) -> ExitStatus:
    from simcore.cli.precision import is_reached  # noqa: PLC0415

    document = found.document
    cut_short = found.attributed and any(row.attribution is None for row in document.against)
    return status_of(interrupted=document.interrupted or cut_short, reached=is_reached(document.precision))


def _save(found: _Compared, folder: "ResultsFolder") -> "Path":
    """Write the document and the revenue of the worlds."""
    from simcore.results_folders.manifest import WORLDS  # noqa: PLC0415
    from simcore.studies.compare.table import worlds_table  # noqa: PLC0415

    return folder.finish_table(WORLDS, found.document, worlds_table(found.paired), found.document.replications)
