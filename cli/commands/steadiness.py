"""`simcore bench steadiness`: what the variance of results is made of, and what of it averages out."""

from typing import TYPE_CHECKING

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import (
    JsonOption,
    NoLimitOption,
    QuietOption,
    ReplicationsOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    StrategyOption,
    ThreadsOption,
)

if TYPE_CHECKING:
    from simcore.scenario.model import Scenario
    from simcore.studies.steadiness.document import Steadiness


def steadiness(
    file: ScenarioArgument,
    *,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    strategy: StrategyOption = None,
    threads: ThreadsOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Split the variance of a rep's hour, day, week, month, quarter and year by where it comes from.

    Luck of the draws, difference between reps, market, noise of the weeks, and reaction: what averages out and what
    never does. The first Ctrl-C ends after the block: what was done is reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415

    scenario = load(file, changes, seed=seed, strategy=strategy)
    found = _split(scenario, replications, threads, quiet=quiet, no_limit=no_limit)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        from simcore.cli.reports.steadiness import steadiness_report  # noqa: PLC0415

        print_result(steadiness_report(found))
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def _split(
    scenario: "Scenario", replications: int | None, threads: int | None, *, quiet: bool, no_limit: bool
) -> "Steadiness":
    """Run the worlds, with progress."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=threads)
    from simcore.api.limits import check_steadiness  # noqa: PLC0415
    from simcore.studies.steadiness.study import steadiness  # noqa: PLC0415

    if not no_limit:
        check_steadiness(scenario, replications, threads)
    with stop_on_interrupt() as asked, progress_bar(quiet=quiet) as progress:
        return steadiness(scenario, replications=replications, threads=threads, progress=progress, stop=asked.is_set)
