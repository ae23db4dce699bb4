"""`simcore data check`: what is in the exports of a CRM, and what is wrong with them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.base.errors import ExitStatus
from simcore.cli.data import options as given
from simcore.cli.data.shown import Shown, shown_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.crm.document import DataCheck


@shown_command
def data_check(
    shown: Shown,
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
    names: Annotated[
        bool, typer.Option("--names", help="Show names of accounts, and cells as they are, in examples.")
    ] = False,
) -> None:
    """Tell what is in the exports of a CRM, and what is wrong with them; nothing is written.

    Knows exports of Salesforce, HubSpot and Pipedrive, and plain files. Each finding has its grade (E: refused until
    it is mended, W: a warning), its count, three rows, and what was done about it.
    Exit status: 0 nothing has to be mended, 3 something has, or a file is no table, 4 a file could not be read.
    """
    from simcore.cli.data.reading import deals_of  # noqa: PLC0415

    asked = {"history": history, "calls": calls, "map": export_map, "as_of": as_of, "dates": dates, "names": names}
    found = deals_of(deals, quiet=shown.quiet, **asked).check
    shown.show(found, deals.name, _screen)
    if not found.usable:
        raise typer.Exit(int(ExitStatus.INVALID))


def _screen(found: "DataCheck") -> "RenderableType":
    from simcore.cli.data.screen import data_check_report  # noqa: PLC0415

    return data_check_report(found)
