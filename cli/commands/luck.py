"""`simcore luck`: what of a rep's results is luck and what is skill."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import PRECISION, StudyOptions
from simcore.cli.study_command import Prepared, answer, study_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.studies.luck.document import Luck


@study_command(without=PRECISION)
def luck(
    options: StudyOptions,
    *,
    drop: Annotated[
        str | None,
        typer.Option(
            "--drop",
            metavar="STAGE=FACTOR",
            help="What dry weeks are compared with: the rate of the step into STAGE times FACTOR. "
            "Default: the last stage, 0.5.",
            show_default=False,
        ),
    ] = None,
    rule: Annotated[
        str,
        typer.Option(
            "--rule",
            metavar="below=SHARE,quarters=N[,weak=SHARE]",
            help="Who is dismissed: below a share of quota in N consecutive quarters. A rep is weak whose true "
            "expected attainment is below `weak` (else below `below`).",
        ),
    ] = "below=0.7,quarters=2",
    who: Annotated[
        str | None,
        typer.Option(
            "--who",
            metavar="NAME",
            help="A person of the team, by name or by number: how often this one is ahead of each other one.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Tell luck from skill: how long until own results mean something, streaks, regression to the mean, dismissal.

    The first Ctrl-C ends after the block: what was done is reported, with exit status 130.
    """
    drop_in_rate = _drop(drop)
    scenario = options.load(keep_replications=True)

    def prepare() -> "Prepared[Luck]":
        from simcore.studies.luck.study import LuckRequest  # noqa: PLC0415

        return Prepared(LuckRequest(scenario, drop_in_rate, rule, options.replications, who=who), scenario)

    answer(options, prepare, _details)


def _details(found: "Luck") -> "RenderableType":
    from simcore.cli.screens.luck import luck_details  # noqa: PLC0415

    return luck_details(found)


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
