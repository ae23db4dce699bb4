"""Reads exports for a command: large ones take a while, and a bar says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simcore.cli.session import waiting
from simcore.crm.reading import read_calls, read_deals

if TYPE_CHECKING:
    from pathlib import Path

    from simcore.crm.columns import Calls
    from simcore.crm.data import DealData

_LARGE = 8 * 2**20
"""Bytes, packed or not, from which reading may take two seconds on a slow machine."""


def deals_of(deals: Path, *, quiet: bool, **options: Any) -> DealData:  # noqa: ANN401  (those of `read_deals`)
    """Return what `simcore.read_deals` does, and show that it is read."""
    with waiting("reading", quiet=quiet or _bytes_of(deals, options.get("history"), options.get("calls")) < _LARGE):
        return read_deals(deals, **options)


def calls_of(calls: Path, *, quiet: bool, **options: Any) -> Calls:  # noqa: ANN401  (those of `read_calls`)
    """Return what `simcore.read_calls` does, and show that it is read."""
    with waiting("reading", quiet=quiet or _bytes_of(calls) < _LARGE):
        return read_calls(calls, **options)


def _bytes_of(*files: Path | None) -> int:
    """Return the size of some files together; of one that cannot be read 0, which is told when it is read."""
    total = 0
    for file in files:
        try:
            total += 0 if file is None else file.stat().st_size
        except OSError:
            continue
    return total
