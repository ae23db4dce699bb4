"""`simcore data check`: what is in the exports of a CRM, and what is wrong with them."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.options import JsonOption


def data_check(
    deals: Annotated[
        Path, typer.Argument(metavar="DEALS.csv", help="An export of deals, a row for each.", show_default=False)
    ],
    *,
    history: Annotated[
        Path | None,
        typer.Option("--history", metavar="FILE.csv", help="When deals entered stages: a row for each entry or save."),
    ] = None,
    calls: Annotated[
        Path | None,
        typer.Option("--calls", metavar="FILE.csv", help="A log of calls: a row for each, or for some of a rep."),
    ] = None,
    export_map: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE.yaml", help="Which columns mean what, where the headers do not say it."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="DATE",
            help="The day on whose evening the files stand; without it that of the last event.",
        ),
    ] = None,
    dates: Annotated[
        Literal["dmy", "mdy"] | None,
        typer.Option("--dates", help="Whether the day or the month comes first, where the dates do not say it."),
    ] = None,
    json: JsonOption = False,
    names: Annotated[
        bool, typer.Option("--names", help="Show names of accounts, and cells as they are, in examples.")
    ] = False,
) -> None:
    """Tell what is in the exports of a CRM, and what is wrong with them; nothing is written.

    Knows exports of Salesforce, HubSpot and Pipedrive, and plain files. Each finding has its grade (E: refused until
    it is mended, W: a warning), its count, three rows, and what was done about it.
    Exit status: 0 nothing has to be mended, 3 something has, or a file is no table, 4 a file could not be read.
    """
    from simcore.cli.output import print_json, print_result  # noqa: PLC0415
    from simcore.crm.reading import read_deals  # noqa: PLC0415

    found = read_deals(deals, history=history, calls=calls, map=export_map, as_of=as_of, dates=dates, names=names).check
    if json:
        print_json(found.model_dump(mode="json"))
    else:
        from simcore.cli.data.screen import data_check_report  # noqa: PLC0415

        print_result(data_check_report(found))
    if not found.usable:
        raise typer.Exit(int(ExitStatus.INVALID))
