"""A backtest that was kept: the document of ``simcore backtest --json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from simcore.base.errors import Problem, ScenarioError
from simcore.forecasting.backtest_document import Backtest
from simcore.results_folders.atomic import read_plain, shown

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 64 * 2**20


def read_backtest(path: Path) -> Backtest:
    """Return the backtest in a file.

    Raises
    ------
    FileError
        If it cannot be read.
    ScenarioError
        If it holds something else.
    """
    try:
        return Backtest.model_validate_json(read_plain(path, _MOST_BYTES))
    except ValidationError:
        allowed = "what simcore backtest --json prints"
        raise ScenarioError((Problem("holds no backtest", file=shown(path), allowed=allowed),)) from None
