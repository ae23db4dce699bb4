"""`simcore coach`: whom to coach, which step to improve, and what items are worth."""

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
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.hours import HoursAsked


def coach(
    file: ScenarioArgument,
    *,
    hours: Annotated[
        int | None,
        typer.Option("--hours", min=1, max=10_000, metavar="K", help="Coaching hours to give out over the steps."),
    ] = None,
    effect: Annotated[
        list[str],
        typer.Option(
            "--effect",
            metavar="[STAGE=]POINTS",
            help="What an hour does to the rate of the step to STAGE: 0.1 (points) or 2% (of the rate). Repeatable; "
            "without a stage it holds for every step.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    fading: Annotated[
        float,
        typer.Option(
            "--fading", min=0.0, max=0.99, metavar="SHARE", help="Each further hour on a step does so much less."
        ),
    ] = 0.0,
    metric: Annotated[
        str, typer.Option("--metric", metavar="METRIC", help="What the hours are given out for: revenue or p_quota.")
    ] = "revenue",
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    strategy: StrategyOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Tell whom to coach, which step to improve, and what a call, a "no", a meeting and an opportunity are worth.

    All changes are run in the same worlds. With --hours and --effect it also gives out coaching hours; --metric says
    for what. The first Ctrl-C ends it: what was done is reported, with exit status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415

    scenario = load(file, changes, seed=seed, strategy=strategy)
    asked = _asked(scenario, hours, effect, fading, metric)
    found = _found(scenario, asked, replications, threads, quiet=quiet, no_limit=no_limit)
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        from simcore.cli.reports.coach import coach_report  # noqa: PLC0415

        print_result(coach_report(found))
    if found.interrupted:
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def _asked(
    scenario: "Scenario", hours: int | None, effects: list[str], fading: float, metric: str
) -> "HoursAsked | None":
    """Return what is asked about coaching hours."""
    from simcore.cli.commands.sweep import known  # noqa: PLC0415
    from simcore.scenario.metric import P_QUOTA  # noqa: PLC0415
    from simcore.studies.coach.hours import HourEffect, HoursAsked, same_for_all  # noqa: PLC0415

    if hours is None:
        for given, option in ((effects, "--effect"), (fading, "--fading")):
            if given:
                raise typer.BadParameter("needs --hours", param_hint=option)
        if metric != "revenue":
            raise typer.BadParameter("needs --hours: without them every metric is told", param_hint="--metric")
        return None
    if not effects:
        hint = "--hours needs --effect: what an hour of coaching does, as in --effect meetings=0.1"
        raise typer.BadParameter(hint, param_hint="--hours")
    found: dict[str, HourEffect] = {}
    for text in effects:
        name, equals, amount = text.rpartition("=")
        try:
            read = HourEffect.parse(amount)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--effect") from None
        found |= {name.strip(): read} if equals else same_for_all(scenario, read)
    measure = known(metric, "coach").name
    return HoursAsked(hours, found, fading, "p_quota" if measure == P_QUOTA else "revenue")


def _found(
    scenario: "Scenario",
    asked: "HoursAsked | None",
    replications: int | None,
    threads: int | None,
    *,
    quiet: bool,
    no_limit: bool,
) -> "Coach":
    """Check what it may cost, and run the worlds, with progress."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet, threads=threads)
    from simcore.api.limits import check_coach  # noqa: PLC0415
    from simcore.studies.coach.study import plan_coach, run_coach  # noqa: PLC0415

    plan = plan_coach(scenario, hours=asked, replications=replications)
    if not no_limit:
        check_coach(plan, threads)
    with stop_on_interrupt() as stop, progress_bar(quiet=quiet) as progress:
        return run_coach(plan, threads=threads, progress=progress, stop=stop.is_set)
