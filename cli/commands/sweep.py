"""`simcore sweep`: strategies over a grid of values of the scenario, in the same worlds."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import (
    JsonOption,
    NoLimitOption,
    OverwriteOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.scenario_files.vary import Value
    from simcore.studies.sweep.document import Sweep
    from simcore.studies.sweep.study import SweepPlan


MetricOption = Annotated[
    str,
    typer.Option(
        "--metric",
        metavar="METRIC",
        help="revenue (of a rep in a year), p_quota (chance of a rep to reach quota), or a spread: sd:week, cv:year.",
    ),
]


def sweep(
    file: ScenarioArgument,
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
        typer.Option(
            "--strategy",
            metavar="NAME",
            help="A strategy of the scenario; that of the file if none is named. Repeatable: differences are from the "
            "first.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    metric: MetricOption = "revenue",
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    changes: SetOption = [],  # noqa: B006
    table: Annotated[bool, typer.Option("--table", help="Show the table of figures with the map.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write the document and a Parquet table into this folder."),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Run strategies over a grid of values, all in the same worlds.

    One path makes a table; two paths and two strategies make a map of who is ahead. The first Ctrl-C stops the
    sweep: the points that are done are reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import message, print_json, print_result  # noqa: PLC0415

    if table and json:
        raise typer.BadParameter("a JSON document holds every figure anyway", param_hint="--table")
    values = _values(vary)
    metric = known(metric)
    scenario = load(file, changes, replications=replications, seed=seed)
    plan = _planned(scenario, values, strategies, metric=metric, no_limit=no_limit, threads=threads, quiet=quiet)
    found, folder = _swept(plan, threads=threads, out=out, overwrite=overwrite, quiet=quiet)
    if json:
        print_json(found.model_dump(mode="json"))
    elif found.points:
        from simcore.cli.reports.sweep import sweep_report  # noqa: PLC0415

        others = [] if strategies else [name for name in scenario.strategies if name not in found.strategies]
        print_result(sweep_report(found, metric, table=table, others=others))
    else:
        message("interrupted before a point was finished: there is nothing to show")
    if folder is not None and not quiet:
        message(f"results are in {folder}")
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def known(metric: str) -> str:
    """Return the metric, or refuse it before anything is read.

    Raises
    ------
    typer.BadParameter
        If it is none.
    """
    from simcore.statistics.paired_difference import parse_metric  # noqa: PLC0415

    try:
        return parse_metric(metric)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--metric") from None


def _values(vary: list[str]) -> "dict[str, list[Value]]":
    """Read the options ``--vary``."""
    from simcore.scenario_files.vary import parse_vary  # noqa: PLC0415

    found: dict[str, list[Value]] = {}
    for text in vary:
        try:
            path, values = parse_vary(text)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--vary") from None
        if path in found:
            raise typer.BadParameter(f"{path} is varied twice", param_hint="--vary")
        found[path] = values
    return found


def _planned(
    scenario: "Scenario",
    values: "dict[str, list[Value]]",
    strategies: list[str],
    *,
    metric: str,
    no_limit: bool,
    threads: int | None,
    quiet: bool,
) -> "SweepPlan":
    """Return what will be run, checked; it may cost no more than one run may."""
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=threads)
    from simcore.api.limits import check_sweep  # noqa: PLC0415
    from simcore.studies.sweep.study import plan_sweep  # noqa: PLC0415

    plan = plan_sweep(scenario, values, strategies=strategies, metrics=[metric])
    if not no_limit:
        check_sweep(plan, threads)
    return plan


def _swept(
    plan: "SweepPlan", *, threads: int | None, out: Path | None, overwrite: bool, quiet: bool
) -> "tuple[Sweep, Path | None]":
    """Run what was planned and write the results folder, if one is wanted; return the document and the folder."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.results_folder import results_folder  # noqa: PLC0415
    from simcore.scenario.digest import joint_digest  # noqa: PLC0415
    from simcore.studies.sweep.study import run_sweep  # noqa: PLC0415

    with ExitStack() as stack:
        folder = stack.enter_context(
            results_folder(out, plan.asked, joint_digest(plan.everything), overwrite=overwrite)
        )
        asked = stack.enter_context(stop_on_interrupt())
        with progress_bar(quiet=quiet) as progress:
            found = run_sweep(plan, threads=threads, progress=progress, stop=asked.is_set)
        if folder is None or not found.points:
            return found, None
        from simcore.results_folders.manifest import SWEEP  # noqa: PLC0415
        from simcore.studies.sweep.document import sweep_table  # noqa: PLC0415

        return found, folder.finish_table(SWEEP, found, sweep_table(found), found.scenario.replications)
