"""`simcore bench variance`: which technique of variance reduction answers a question cheapest."""

from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import JsonOption, NoLimitOption, QuietOption, ScenarioArgument, SeedOption, SetOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simcore.scenario.model import Scenario
    from simcore.variance_reduction.document import VarianceBench


def variance(
    file: ScenarioArgument,
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
        typer.Option(
            "--strategy",
            metavar="NAME",
            help="The strategy; two, for their difference: the first less the second.",
            show_default=False,
        ),
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
    seed: SeedOption = None,
    changes: SetOption = [],  # noqa: B006
    json: JsonOption = False,
    quiet: QuietOption = False,
    no_limit: NoLimitOption = False,
) -> None:
    """Find out which technique of variance reduction is worth its cost on this scenario, and which hurts.

    Every technique is held against plain Monte Carlo: estimate, error, cost, and how many times as long plain Monte
    Carlo would run for the same error. The first Ctrl-C ends after the batch: what was done is reported, with exit
    status 130.
    """
    from simcore.cli.load import load  # noqa: PLC0415
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415

    scenario = load(file, changes, seed=seed)
    found = _measured(
        scenario, metric or ["revenue"], tuple(strategies), (batch, batches), quiet=quiet, no_limit=no_limit
    )
    if json:
        print_json([each.model_dump(mode="json") for each in found])
    elif found:
        from simcore.cli.reports.variance import variance_report  # noqa: PLC0415

        print_result(variance_report(found))
    if not found or any(each.interrupted for each in found):
        raise typer.Exit(int(ExitStatus.INTERRUPTED))


def _measured(
    scenario: "Scenario",
    metrics: "Sequence[str]",
    strategies: tuple[str, ...],
    size: tuple[int | None, int],
    *,
    quiet: bool,
    no_limit: bool,
) -> "list[VarianceBench]":
    """Measure one metric after the other."""
    from simcore.cli.interrupt import stop_on_interrupt  # noqa: PLC0415
    from simcore.cli.progress import progress_bar  # noqa: PLC0415
    from simcore.cli.startup import load_engine  # noqa: PLC0415

    load_engine(quiet=quiet)
    from simcore.api.limits import check_variance  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.engine.runner import StoppedError  # noqa: PLC0415
    from simcore.variance_reduction.benchmark import bench_variance  # noqa: PLC0415

    if not no_limit:
        check_variance(scenario, max(1, len(strategies)) * len(metrics), *size)
    found: list[VarianceBench] = []
    with stop_on_interrupt() as asked, progress_bar(quiet=quiet) as progress:
        for metric in metrics:
            if found and asked.is_set():
                found[-1] = found[-1].model_copy(update={"interrupted": True})
                break
            try:
                found.append(
                    bench_variance(
                        scenario,
                        metric,
                        strategies=strategies,
                        batch=size[0],
                        batches=size[1],
                        progress=progress,
                        stop=asked.is_set,
                    )
                )
            except StoppedError:
                if found:
                    found[-1] = found[-1].model_copy(update={"interrupted": True})
                else:
                    message("interrupted before three batches of each technique were done: fewer tell nothing")
                break
    return found
