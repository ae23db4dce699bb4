"""`simcore coach`: whom to coach, which step to improve, and what items are worth."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import PRECISION, StudyOptions, metric_of, usage_error
from simcore.cli.study_command import Prepared, answer, study_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.scenario.model import Scenario
    from simcore.studies.coach.document import Coach
    from simcore.studies.coach.hours import HoursAsked


@study_command(without=PRECISION)
def coach(
    options: StudyOptions,
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
) -> None:
    """Tell whom to coach, which step to improve, and what a call, a "no", a meeting and an opportunity are worth.

    All changes are run in the same worlds. With --hours and --effect it also gives out coaching hours; --metric says
    for what. The first Ctrl-C ends it: what was done is reported, with exit status 130.
    """
    metric = metric_of(metric, "coach")
    scenario = options.load(keep_replications=True)
    to_give_out = _hours(scenario, hours, effect, fading, metric)

    def prepare() -> "Prepared[Coach]":
        from simcore.studies.coach.study import plan_coach  # noqa: PLC0415

        return Prepared(plan_coach(scenario, hours=to_give_out, replications=options.replications), scenario)

    answer(options, prepare, _details)


def _details(found: "Coach") -> "RenderableType":
    from simcore.cli.screens.coach import coach_details  # noqa: PLC0415

    return coach_details(found)


def _hours(
    scenario: "Scenario", hours: int | None, effects: list[str], fading: float, metric: str
) -> "HoursAsked | None":
    """Return the hours to give out and what one does; `None` without ``--hours``."""
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
        with usage_error("--effect"):
            read = HourEffect.parse(amount)
        found |= {name.strip(): read} if equals else same_for_all(scenario, read)
    return HoursAsked(hours, found, fading, "p_quota" if metric == "p_quota" else "revenue")
