"""`simcore backtest`: how good forecasts of the own deals would have been."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.data import options as given
from simcore.cli.data.shown import Shown, shown_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.forecasting.backtest_document import Backtest


@shown_command
def backtest(
    shown: Shown,
    deals: given.DealsOrCalls = None,
    *,
    history: given.HistoryOption = None,
    export_map: given.MapOption = None,
    as_of: given.AsOfOption = None,
    dates: given.DatesOption = None,
    calls: given.CallsOption = None,
    horizon: given.HorizonOption = None,
    every: given.EveryOption = None,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="The first origin; without it 8 weeks after the first deal."),
    ] = None,
    by: Annotated[
        Literal["segment"] | None,
        typer.Option("--by", help="segment: a window for each; without it all segments together."),
    ] = None,
    country: given.CountryOption = None,
    measure: Annotated[Literal["wins", "value"], typer.Option("--measure", help="What is forecast.")] = "wins",
    level: Annotated[str, typer.Option("--level", metavar="SHARE", help="What intervals promise to cover.")] = "90%",
    replications: given.WorldsOption = None,
    seed: given.SeedOfDrawsOption = 1,
    require: Annotated[
        str | None,
        typer.Option("--require", metavar="coverage=LOW:HIGH", help="End with status 5 outside, as coverage=80:98."),
    ] = None,
) -> None:
    """Tell how good forecasts would have been that knew what was known at the time, beside ones without a model.

    From each origin, all is learned anew from the rows of the days before it; nothing later can reach a forecast.
    The first Ctrl-C ends after the origin: what was done is reported, with exit status 130.
    """
    from simcore.cli.data.reading import calls_of, deals_of  # noqa: PLC0415
    from simcore.cli.data.required import required_range  # noqa: PLC0415
    from simcore.cli.data.running import run_on_deals  # noqa: PLC0415
    from simcore.forecasting.backtest import REPLICATIONS  # noqa: PLC0415
    from simcore.forecasting.backtest import backtest as test  # noqa: PLC0415
    from simcore.forecasting.call_log import backtest_calls as test_calls  # noqa: PLC0415

    asked = required_range(require, "coverage")
    drawn: dict[str, Any] = {"level": level, "replications": replications or REPLICATIONS, "seed": seed}
    if calls is not None:
        if deals is not None:
            message = "a log of calls is tested alone, without DEALS.csv"
            raise typer.BadParameter(message, param_hint="--calls")
        log = calls_of(calls, quiet=shown.quiet, map=export_map, dates=dates)
        lengths: dict[str, Any] = {"horizon": horizon or "500c", "every": every or "500c"}
        ask = partial(test_calls, log, name=calls.name.partition(".")[0], **lengths, **drawn)
    elif deals is None:
        message = "name a file of deals, or a log of calls with --calls"
        raise typer.BadParameter(message, param_hint="DEALS.csv")
    else:
        data = deals_of(deals, quiet=shown.quiet, history=history, map=export_map, as_of=as_of, dates=dates)
        lengths = {"horizon": horizon or "4w", "every": every or "1w"}
        ask = partial(test, data, first=first, by=by, measure=measure, country=country, **lengths, **drawn)
    found = run_on_deals(ask, _screen, shown)
    if asked is not None and not asked[0] <= found.score("simcore").coverage <= asked[1]:
        raise typer.Exit(int(ExitStatus.NOT_REACHED))


def _screen(found: "Backtest") -> "RenderableType":
    from simcore.cli.data.backtest_screen import backtest_report  # noqa: PLC0415

    return backtest_report(found)
