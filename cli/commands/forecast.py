"""`simcore forecast`: what may come from the own deals by a day."""

from functools import partial
from typing import TYPE_CHECKING

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.data import options as given
from simcore.cli.data.shown import Shown, shown_command
from simcore.cli.options import SetOption

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.forecasting.forecast_document import Forecast


@shown_command
def forecast(
    shown: Shown,
    deals: given.DealsOrScenario,
    *,
    by: given.ByOption,
    since: given.SinceOption = None,
    quota: given.QuotaOption = None,
    measure: given.MeasureOption = None,
    without: given.WithoutOption = None,
    history: given.HistoryOption = None,
    export_map: given.MapOption = None,
    as_of: given.AsOfOption = None,
    dates: given.DatesOption = None,
    changes: SetOption = [],  # noqa: B006  (typer reads the default and copies it)
    strategy: given.StrategyOfScenario = None,
    replications: given.WorldsOption = None,
    seed: given.SeedOfDrawsOption = 1,
    country: given.CountryOption = None,
    tested: given.TestedOption = None,
    require: given.RequireQuotaOption = None,
) -> None:
    """Tell what may come by a day from deals that are open and from those that are not there yet, as a range.

    With what the width of the range is made of, the open deals that matter most, and the chance of a quota. Of a
    scenario, as `simcore fit` writes it, the engine plays the open deals and what comes: with --set and --strategy.
    The first Ctrl-C ends before the width is taken apart: what was done is reported, with exit status 130.
    """
    from simcore.cli.data.of_scenario import asked_of  # noqa: PLC0415
    from simcore.cli.data.required import required_share  # noqa: PLC0415
    from simcore.cli.data.running import run_on_deals  # noqa: PLC0415

    asked = required_share(require, "p_quota")
    if asked is not None and quota is None:
        message = "a chance of the quota needs --quota"
        raise typer.BadParameter(message, param_hint="--require")
    of_export = {"history": history, "map": export_map, "dates": dates, "since": since, "country": country}
    ask = asked_of(
        deals,
        of_scenario={"set": changes, "strategy": strategy},
        of_export={**of_export, "backtest": tested},
        as_of=as_of,
        quiet=shown.quiet,
    )
    found = run_on_deals(
        partial(
            ask,
            by=by,
            quota=quota,
            measure=measure,
            without=without or (),
            replications=replications,
            seed=seed,
        ),
        _screen,
        shown,
    )
    reached = None if found.p_quota is None else found.p_quota.estimate
    if asked is not None and reached is not None and reached < asked:
        raise typer.Exit(int(ExitStatus.NOT_REACHED))


def _screen(found: "Forecast") -> "RenderableType":
    from simcore.cli.data.forecast_screen import forecast_report  # noqa: PLC0415

    return forecast_report(found)
