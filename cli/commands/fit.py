"""`simcore fit`: a scenario from the own deals, every figure with its interval."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simcore.cli.data import options as given
from simcore.cli.options import JsonOption, QuietOption

if TYPE_CHECKING:
    from rich.console import RenderableType

    from simcore.fitting.document import Fit


def fit(
    deals: given.DealsArgument,
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="TEAM.yaml", help="The scenario to write, with files beside it.")
    ],
    history: given.HistoryOption = None,
    calls: Annotated[
        Path | None,
        typer.Option("--calls", metavar="FILE.csv", help="A log of calls: how many, and how many of them led on."),
    ] = None,
    export_map: given.MapOption = None,
    as_of: given.AsOfOption = None,
    dates: given.DatesOption = None,
    names: Annotated[
        bool, typer.Option("--names", help="Call people by their names; without it seats have numbers.")
    ] = False,
    draws: Annotated[
        str | None,
        typer.Option("--draws", metavar="N", help="Rows of parameters; 1,000 if not given.", show_default=False),
    ] = None,
    seed: given.SeedOfDrawsOption = 1,
    force: Annotated[bool, typer.Option("--force", help="Replace the files if they exist.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fit a scenario to an export: every figure with its interval, how well the model fits, what cannot be told.

    Beside TEAM.yaml it writes the open deals, draws of all figures, and the document. The scenario runs by itself.
    The first Ctrl-C ends before the model is checked: what was fitted is written, with exit status 130.
    """
    from simcore.cli.data.running import run_on_deals  # noqa: PLC0415
    from simcore.cli.data.shown import Shown  # noqa: PLC0415
    from simcore.crm.reading import read_deals  # noqa: PLC0415
    from simcore.fitting.fit import DRAWS  # noqa: PLC0415
    from simcore.fitting.fit import fit as fit_to  # noqa: PLC0415

    data = read_deals(deals, history=history, calls=calls, map=export_map, as_of=as_of, dates=dates)
    ask = partial(fit_to, data, out, names=names, replace=force, draws=draws or DRAWS, seed=seed)
    run_on_deals(ask, _screen, Shown("json" if json else None, report=None, quiet=quiet, arguments=()))


def _screen(found: "Fit") -> "RenderableType":
    from simcore.cli.data.fit_screen import fit_report  # noqa: PLC0415

    return fit_report(found)
