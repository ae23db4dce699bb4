"""Forecasts of a scenario: which argument is one, what else may be said of it, and on which evening it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = (".yaml", ".yml")


def is_scenario(path: Path) -> bool:
    """Return whether an argument is a scenario: a YAML file, or the name of a shipped one."""
    from simcore.scenario_files.shipped import shipped_files  # noqa: PLC0415

    return path.suffix.lower() in _SUFFIXES or (not path.exists() and str(path) in shipped_files())


def refuse(of: str, **given: object) -> None:
    """Refuse options that say nothing of what is forecast.

    Raises
    ------
    typer.BadParameter
        If one is given.
    """
    for name, value in given.items():
        if value:
            message = f"says nothing {of}"
            raise typer.BadParameter(message, param_hint=f"--{name}")


def evening_of(path: Path) -> str | None:
    """Return the evening on which a fitted scenario stands, as the document of the fit beside it says.

    None where there is none: then it is that before the first day.
    """
    import json  # noqa: PLC0415

    beside = path.with_name(f"{path.stem}.fit.json")
    try:
        document = json.loads(beside.read_bytes())
    except (OSError, ValueError):
        return None
    evening = document.get("as_of") if isinstance(document, dict) and document.get("document") == "fit" else None
    return evening if isinstance(evening, str) else None
