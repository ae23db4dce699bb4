"""`simcore bench variance`: which technique of variance reduction answers a question cheapest."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from simcore.cli.options import PRECISION, RESULTS_FOLDER, StudyOptions, strategies_option
from simcore.cli.study_command import Prepared, answer, study_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.analytic.run_cost import Bill
    from simcore.engine.runner import Report, Stop
    from simcore.variance_reduction.benchmark import VarianceRequest
    from simcore.variance_reduction.document import VarianceBench

_NOT_HERE = (*PRECISION, *RESULTS_FOLDER, "replications", "threads", "strategy")
"""Worlds come in batches, techniques are timed on one thread, strategies may be two, each metric has a document."""


@study_command(without=_NOT_HERE)
def variance(
    options: StudyOptions,
    *,
    metric: Annotated[
        list[str],
        typer.Option(
            "--metric",
            metavar="METRIC",
            help="revenue, p_quota, p_quota_team, p_zero:13w, q05:quarter; repeatable. Default: revenue.",
            show_default=False,
        ),
    ] = [],  # noqa: B006  (typer reads the default and copies it)
    strategies: Annotated[
        list[str],
        strategies_option("The strategy; two, for their difference: the first less the second."),
    ] = [],  # noqa: B006
    batch: Annotated[
        int | None,
        typer.Option(
            "--batch",
            min=256,
            max=2**20,
            metavar="N",
            help="Worlds of a batch, a power of two from 256 to 2**20. Default: about 0.15 s.",
            show_default=False,
        ),
    ] = None,
    batches: Annotated[
        int, typer.Option("--batches", min=3, max=200, metavar="N", help="Independent batches of each technique.")
    ] = 8,
) -> None:
    """Find out which technique of variance reduction is worth its cost on this scenario, and which hurts.

    Every technique is compared with plain Monte Carlo: estimate, error, cost, and how many times as long plain Monte
    Carlo would run for the same error. The first Ctrl-C ends after the batch: what was done is reported, with exit
    status 130.
    """
    metrics = metric or ["revenue"]
    scenario = options.load()

    def prepare() -> "Prepared[list[VarianceBench]]":
        from simcore.variance_reduction.benchmark import VarianceRequest  # noqa: PLC0415

        each = [VarianceRequest(scenario, metric, tuple(strategies), batch, batches) for metric in metrics]
        return Prepared(_OneByOne(each), scenario)

    answer(options, prepare, _details)


class _OneByOne(NamedTuple):
    """One metric after the other, up to Ctrl-C."""

    requests: "list[VarianceRequest]"

    def cost(self, threads: int) -> "Bill":
        """Return what all metrics cost."""
        from simcore.analytic.run_cost import together  # noqa: PLC0415

        bill = self.requests[0].cost(threads)
        return bill._replace(cost=together([bill.cost], times=len(self.requests)))

    def run(
        self, *, threads: int | None = None, progress: "Report | None" = None, stop: "Stop | None" = None
    ) -> "list[VarianceBench]":
        """Return a document per metric."""
        from simcore.cli.output import message  # noqa: PLC0415
        from simcore.engine.runner import StoppedError  # noqa: PLC0415

        found: list[VarianceBench] = []
        for request in self.requests:
            if found and stop is not None and stop():
                break
            try:
                found.append(request.run(threads=threads, progress=progress, stop=stop))
            except StoppedError:
                break
        if not found:
            message("interrupted before three batches of each technique were done: fewer tell nothing")
        elif len(found) < len(self.requests):
            found[-1] = found[-1].model_copy(update={"interrupted": True})
        return found


def _details(found: "VarianceBench") -> "RenderableType":
    from simcore.cli.screens.variance import variance_details  # noqa: PLC0415

    return variance_details(found)
