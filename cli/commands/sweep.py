"""`simcore sweep`: strategies over a grid of values of the scenario, in the same worlds."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import PRECISION, MetricOption, StudyOptions, metric_of, strategies_option, usage_error
from simcore.cli.study_command import Prepared, answer, study_command

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType

    from simcore.answers.answer import Answer
    from simcore.results_folders.results_folder import ResultsFolder
    from simcore.scenario_files.vary import Value
    from simcore.studies.sweep.document import Sweep


@study_command(without=(*PRECISION, "strategy"))
def sweep(
    options: StudyOptions,
    *,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="PATH=LO:HI:N",
            help="Values of a path: N from LO to HI, or a list as in PATH=10d,4w. Repeatable: all combinations.",
            show_default=False,
        ),
    ],
    strategies: Annotated[
        list[str],
        strategies_option(
            "A strategy of the scenario; that of the file if none is named. Repeatable: differences are from the first."
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    metric: MetricOption = "revenue",
) -> None:
    """Run strategies over a grid of values, all in the same worlds.

    The picture shows one path value by value; of two paths and two strategies it is a map of who is ahead. The first
    Ctrl-C stops the sweep: the points that are done are reported, with exit status 130.
    """
    values = _values(vary)
    metric = metric_of(metric, "sweep")
    scenario = options.load()

    def prepare() -> "Prepared[Sweep]":
        from simcore.scenario.digest import joint_digest  # noqa: PLC0415
        from simcore.studies.sweep.study import plan_sweep  # noqa: PLC0415

        plan = plan_sweep(scenario, values, strategies=strategies, metrics=[metric])
        return Prepared(plan, plan.asked, joint_digest(plan.everything))

    def told(found: "Sweep") -> "Answer":
        from simcore.answers.sweep import sweep_answer  # noqa: PLC0415

        others = [] if strategies else [name for name in scenario.strategies if name not in found.strategies]
        return sweep_answer(found, metric, others=others)

    def details(found: "Sweep") -> "RenderableType":
        from simcore.cli.screens.sweep import sweep_details  # noqa: PLC0415

        return sweep_details(found, metric)

    answer(options, prepare, details, told=told, save=_save)


def _save(found: "Sweep", folder: "ResultsFolder") -> "Path | None":
    """Write the document and its table, if there is a point."""
    from simcore.results_folders.manifest import SWEEP  # noqa: PLC0415
    from simcore.studies.sweep.document import sweep_table  # noqa: PLC0415

    if not found.points:
        return None
    return folder.finish_table(SWEEP, found, sweep_table(found), found.replications)


def _values(vary: list[str]) -> "dict[str, list[Value]]":
    """Read the options ``--vary``."""
    from simcore.scenario_files.vary import parse_vary  # noqa: PLC0415

    found: dict[str, list[Value]] = {}
    for text in vary:
        with usage_error("--vary"):
            path, values = parse_vary(text)
        if path in found:
            raise typer.BadParameter(f"{path} is varied twice", param_hint="--vary")
        found[path] = values
    return found
