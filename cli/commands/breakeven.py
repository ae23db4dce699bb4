"""`simcore breakeven`: where two strategies tie along one path of the scenario."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.commands.sweep import MetricOption, known
from simcore.cli.options import (
    JsonOption,
    NoLimitOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.scenario_files.vary import Range
    from simcore.studies.sweep.document import Breakeven


def breakeven(
    file: ScenarioArgument,
    *,
    vary: Annotated[
        str, typer.Option("--vary", metavar="PATH=LO:HI", help="The path and its range.", show_default=False)
    ],
    strategies: Annotated[
        list[str],
        typer.Option(
            "--strategy",
            metavar="NAME",
            help="One of two strategies of the scenario: name both where it has more than two. Differences are the "
            "second less the first.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    metric: MetricOption = "revenue",
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    changes: SetOption = [],  # noqa: B006
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Find where two strategies tie along one path, with an interval.

    All values are run in the same worlds. Where the two never tie, the answer says who is ahead. The first Ctrl-C
    stops the search: what was found is reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415
    from simcore.scenario_files.vary import parse_range  # noqa: PLC0415

    try:
        path, values = parse_range(vary)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--vary") from None
    metric = str(known(metric, "breakeven"))
    scenario = load(file, changes, replications=replications, seed=seed)
    found = _searched(
        scenario, path, values, tuple(strategies), metric=metric, threads=threads, quiet=quiet, no_limit=no_limit
    )
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        from simcore.cli.reports.sweep import breakeven_report  # noqa: PLC0415

        print_result(breakeven_report(found))
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def _searched(
    scenario: "Scenario",
    path: str,
    values: "Range",
    strategies: tuple[str, ...],
    *,
    metric: str,
    threads: int | None,
    quiet: bool,
    no_limit: bool,
) -> "Breakeven":
    """Check what the search may cost, and run it."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=threads)
    from simcore.api.limits import check_breakeven  # noqa: PLC0415
    from simcore.studies.sweep.breakeven import breakeven  # noqa: PLC0415

    ends = (values.value(values.low), values.value(values.high))
    if not no_limit:
        check_breakeven(scenario, path, ends, threads)
    with stop_on_interrupt() as asked, progress_bar(quiet=quiet) as progress:
        return breakeven(
            scenario,
            {path: ends},
            strategies=strategies,
            metric=metric,
            threads=threads,
            progress=progress,
            stop=asked.is_set,
        )
