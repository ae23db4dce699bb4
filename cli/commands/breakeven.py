"""`simcore breakeven`: where two strategies tie along one path of the scenario."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.options import PRECISION, MetricOption, StudyOptions, metric_of, strategies_option, usage_error
from simcore.cli.study_command import Prepared, answer, study_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.studies.sweep.document import Breakeven


@study_command(without=(*PRECISION, "strategy"))
def breakeven(
    options: StudyOptions,
    *,
    vary: Annotated[
        str, typer.Option("--vary", metavar="PATH=LO:HI", help="The path and its range.", show_default=False)
    ],
    strategies: Annotated[
        list[str],
        strategies_option(
            "One of two strategies of the scenario: name both where it has more than two. Differences are the "
            "second less the first."
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    metric: MetricOption = "revenue",
) -> None:
    """Find where two strategies tie along one path, with an interval.

    All values are run in the same worlds. Where the two never tie, the answer says who is ahead. The first Ctrl-C
    stops the search: what was found is reported, with exit status 130.
    """
    from simcore.scenario_files.vary import parse_range  # noqa: PLC0415

    with usage_error("--vary"):
        path, values = parse_range(vary)
    metric = metric_of(metric, "breakeven")
    scenario = options.load()
    ends = (values.value(values.low), values.value(values.high))

    def prepare() -> "Prepared[Breakeven]":
        from simcore.studies.sweep.breakeven import BreakevenRequest  # noqa: PLC0415

        return Prepared(BreakevenRequest(scenario, {path: ends}, tuple(strategies), metric), scenario)

    answer(options, prepare, _details)


def _details(found: "Breakeven") -> "RenderableType":
    from simcore.cli.screens.sweep import breakeven_details  # noqa: PLC0415

    return breakeven_details(found)
