"""Arguments and options of the commands that read the exports of a CRM."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

DealsArgument = Annotated[
    Path, typer.Argument(metavar="DEALS.csv", help="An export of deals, a row for each.", show_default=False)
]
DealsOrScenario = Annotated[
    Path,
    typer.Argument(
        metavar="DEALS.csv|TEAM.yaml",
        help="An export of deals, a row for each; or a scenario with the open ones.",
        show_default=False,
    ),
]
StrategyOfScenario = Annotated[
    str | None, typer.Option("--strategy", metavar="NAME", help="Of a scenario: the strategy that is played.")
]
HistoryOption = Annotated[
    Path | None,
    typer.Option("--history", metavar="FILE.csv", help="When deals entered stages: a row for each entry or save."),
]
MapOption = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE.yaml", help="Which columns mean what, where the headers do not say it."),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help="The day on whose evening the files stand; without it that of the last event.",
    ),
]
DatesOption = Annotated[
    Literal["dmy", "mdy"] | None,
    typer.Option("--dates", help="Whether the day or the month comes first, where the dates do not say it."),
]
WorldsOption = Annotated[
    str | None, typer.Option("--replications", "-n", metavar="N", help="Worlds of a forecast.", show_default=False)
]
SeedOfDrawsOption = Annotated[int, typer.Option("--seed", metavar="N", help="Of all draws.")]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="ID", help="An open deal that is taken as lost today. Repeatable."),
]
MeasureOption = Annotated[
    Literal["value", "wins"] | None,
    typer.Option("--measure", help="What is forecast; values, where deals that were won have any.", show_default=False),
]
CountryOption = Annotated[
    str | None,
    typer.Option("--country", metavar="CODE", help="Whose public holidays count: DE, or DE-BY with those of a part."),
]
TestedOption = Annotated[
    Path | None,
    typer.Option(
        "--backtest", metavar="FILE.json", help="What simcore backtest --json printed: told beside the forecast."
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DATE",
        help="The first day of the period: what was won since then is closed already. Without it, nothing is.",
    ),
]
DealsOrCalls = Annotated[
    Path | None, typer.Argument(metavar="DEALS.csv", help="An export of deals; none with --calls.", show_default=False)
]
CallsOption = Annotated[
    Path | None,
    typer.Option("--calls", metavar="FILE.csv", help="A log of calls to test alone: successes of the next calls."),
]
HorizonOption = Annotated[
    str | None,
    typer.Option("--horizon", metavar="WEEKS", help="Length of a window: 4w if not given; of calls 500c."),
]
EveryOption = Annotated[
    str | None,
    typer.Option("--every", metavar="WEEKS", help="From one origin to the next: 1w if not given; of calls 500c."),
]
ByOption = Annotated[str, typer.Option("--by", metavar="DATE", help="The last day of the period.", show_default=False)]
QuotaOption = Annotated[str | None, typer.Option("--quota", metavar="AMOUNT", help="What is to be reached, as 1.2m.")]
RequireQuotaOption = Annotated[
    str | None, typer.Option("--require", metavar="p_quota=SHARE", help="End with status 5 below it, as p_quota=0.8.")
]
