"""Documents that are about an export and not about a scenario: which module says, draws and lists each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable

EXPORTED: Final = {"forecast": "forecast", "backtest": "backtest", "data-check": "check"}
"""By the name of the document: what its modules in `simcore.exported` begin with."""


def exported(document: str, what: str) -> Callable[[Any], Any]:
    """Return what makes the ``answer``, the ``pictures`` or the ``tables`` of a document.

    Examples
    --------
    >>> exported("data-check", "tables").__name__
    'check_tables'
    """
    name = f"{EXPORTED[document]}_{what}"
    return cast("Callable[[Any], Any]", getattr(import_module(f"simcore.exported.{name}"), name))
