"""`simcore data example`: files of a team that does not exist, to try what reads exports."""

from pathlib import Path
from typing import Annotated

import typer


def data_example(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where they are written.")] = Path(),
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace files of these names.")] = False,
) -> None:
    """Write deals.csv and stages.csv of a team that does not exist, to try data check, forecast and backtest on.

    They are made by a simulation: eighteen months of deals to 2026-09-30, and the same everywhere.
    """
    from simcore.cli.commands.init import write_new  # noqa: PLC0415
    from simcore.cli.output import message  # noqa: PLC0415
    from simcore.forecasting.example import example_export  # noqa: PLC0415
    from simcore.results_folders.atomic import file_errors  # noqa: PLC0415

    export = example_export()
    with file_errors("write", folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("deals.csv", export.deals), ("stages.csv", export.stages)):
        write_new(folder / name, text, force=force)
        message(f"wrote {folder / name}")
