"""Arrow tables as pandas and Polars data frames; both packages are optional."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from simcore.base.errors import ExitStatus, SimcoreError

if TYPE_CHECKING:
    import pyarrow as pa


class MissingPackageError(SimcoreError, ImportError):
    """An optional package is not installed."""

    exit_status = ExitStatus.USAGE


def _package(name: str) -> Any:  # noqa: ANN401  (neither package need be installed)
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingPackageError(f"this needs {name}, which simcore does not bring: pip install {name}") from error


def to_pandas(table: pa.Table) -> Any:  # noqa: ANN401
    """Return an Arrow table as a ``pandas.DataFrame``.

    Raises
    ------
    MissingPackageError
        If pandas is not installed.
    """
    _package("pandas")
    return table.to_pandas()


def to_polars(table: pa.Table) -> Any:  # noqa: ANN401
    """Return an Arrow table as a ``polars.DataFrame``.

    Raises
    ------
    MissingPackageError
        If Polars is not installed.
    """
    return _package("polars").from_arrow(table)
