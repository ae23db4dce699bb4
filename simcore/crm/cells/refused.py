"""The error for data that cannot be used at all."""

from __future__ import annotations

from simcore.base.errors import ScenarioError


class DataError(ScenarioError):
    """An export, or the file that maps its columns, cannot be used; ``problems`` lists what is wrong with it."""


DataError.__module__ = "simcore"
