"""Exports of the example, read as a user would: files in a folder, and the history that they tell."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from simcore.crm.data import DealData
from simcore.crm.reading import read_deals
from simcore.forecasting.example import example_export


def write_example(folder: Path) -> tuple[Path, Path]:
    """Write the two files of the example, and return their paths."""
    export = example_export()
    paths = folder / "deals.csv", folder / "stages.csv"
    for path, text in zip(paths, export, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


@cache
def example_data() -> DealData:
    """Return what was read of the example."""
    with TemporaryDirectory() as folder:
        deals, stages = write_example(Path(folder))
        return read_deals(deals, history=stages)
