"""`simcore data check`: what is in the exports of a CRM, and what is wrong with them."""

from pathlib import Path
from typing import Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.data import options as given
from simcore.cli.options import JsonOption


def data_check(
    deals: given.DealsArgument,
    *,
    history: given.HistoryOption = None,
    calls: Annotated[
        Path | None,
        typer.Option("--calls", metavar="FILE.csv", help="A log of calls: a row for each, or for some of a rep."),
    ] = None,
    export_map: given.MapOption = None,
    as_of: given.AsOfOption = None,
    dates: given.DatesOption = None,
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
