"""`simcore bench steadiness`: what the variance of results is made of, and what of it averages out."""

from typing import TYPE_CHECKING

from simcore.cli.options import PRECISION, StudyOptions
from simcore.cli.study_command import Prepared, answer, study_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.studies.steadiness.document import Steadiness


@study_command(without=PRECISION)
def steadiness(options: StudyOptions) -> None:
    """Split the variance of a rep's hour, day, week, month, quarter and year by where it comes from.

    Luck of the draws, difference between reps, market, noise of the weeks, and reaction: what averages out and what
    never does. The first Ctrl-C ends after the block: what was done is reported, with exit status 130.
    """
    scenario = options.load(keep_replications=True)

    def prepare() -> "Prepared[Steadiness]":
        from simcore.studies.steadiness.study import SteadinessRequest  # noqa: PLC0415

        return Prepared(SteadinessRequest(scenario, options.replications), scenario)

    answer(options, prepare, _details)


def _details(found: "Steadiness") -> "RenderableType":
    from simcore.cli.screens.steadiness import steadiness_details  # noqa: PLC0415

    return steadiness_details(found)
