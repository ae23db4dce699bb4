"""`simcore luck`: what of a rep's results is luck and what is skill."""

from typing import TYPE_CHECKING, Annotated

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
    from simcore.studies.luck.document import Luck


def luck(
    file: ScenarioArgument,
    *,
    drop: Annotated[
        str | None,
        typer.Option(
            "--drop",
            metavar="STAGE=FACTOR",
            help="What dry weeks are held against: the rate of the step into STAGE times FACTOR. "
            "Default: the last stage, 0.5.",
            show_default=False,
        ),
    ] = None,
    rule: Annotated[
        str,
        typer.Option(
            "--rule",
            metavar="below=SHARE,quarters=N[,weak=SHARE]",
            help="Who is dismissed: below a share of quota in N quarters on end. A rep is weak whose true expected "
            "attainment is below `weak` (else below `below`).",
        ),
    ] = "below=0.7,quarters=2",
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    strategy: StrategyOption = None,
    threads: ThreadsOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Tell luck from skill: how long until own results mean something, streaks, regression to the mean, dismissal.

    The first Ctrl-C ends after the block: what was done is reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415

    wanted = _drop(drop)
    scenario = load(file, changes, seed=seed, strategy=strategy)
    found = _told(scenario, (wanted, rule), replications, threads, quiet=quiet, no_limit=no_limit)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        from simcore.cli.reports.luck import luck_report  # noqa: PLC0415

        print_result(luck_report(found))
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def _drop(text: str | None) -> tuple[str, float] | None:
    """Read a drop; a wrong one is a usage error."""
    if text is None:
        return None
    name, _, factor = text.rpartition("=")
    try:
        number = float(factor)
    except ValueError:
        number = None
    if number is None or not name.strip():
        raise typer.BadParameter(f"{text!r} is not STAGE=FACTOR, as in wins=0.5", param_hint="--drop")
    return name.strip(), number


def _told(
    scenario: "Scenario",
    asked: tuple[tuple[str, float] | None, str],
    replications: int | None,
    threads: int | None,
    *,
    quiet: bool,
    no_limit: bool,
) -> "Luck":
    """Run the worlds, with progress."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=threads)
    from simcore.api.limits import check_luck  # noqa: PLC0415
    from simcore.studies.luck.study import luck  # noqa: PLC0415

    if not no_limit:
        check_luck(scenario, replications, threads)
    drop, rule = asked
    with stop_on_interrupt() as stop, progress_bar(quiet=quiet) as progress:
        return luck(
            scenario,
            drop=drop,
            rule=rule,
            replications=replications,
            threads=threads,
            progress=progress,
            stop=stop.is_set,
        )
