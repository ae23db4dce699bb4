"""Forecasts of a scenario: which argument is one, what else may be said of it, and on which evening it stands."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from simcore.cli.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from simcore.engine.runner import Report, Stop
    from simcore.forecasting.forecast_document import Forecast

_SUFFIXES = (".yaml", ".yml")


def asked_of(
    path: Path, *, of_scenario: Mapping[str, Any], of_export: Mapping[str, Any], as_of: str | None, quiet: bool
) -> Callable[..., Forecast]:
    """Return what makes a forecast: of a scenario or of an export, with the options that are of this kind alone.

    Parameters
    ----------
    path
        An export, or a scenario.
    of_scenario
        ``set``, ``strategy``.
    of_export
        ``history``, ``map``, ``dates``, ``since``, ``country``, ``backtest``.
    as_of
        Of both.
    quiet
        Whether no bar is shown while an export is read.

    Raises
    ------
    typer.BadParameter
        If an option says nothing of what is given.
    """
    if is_scenario(path):
        from simcore.forecasting.of_scenario import scenario_request  # noqa: PLC0415

        refuse("of a scenario", of_export)
        scenario = load(str(path), of_scenario["set"], strategy=of_scenario["strategy"])
        evening = as_of or evening_of(path)

        def played(*, progress: Report | None, stop: Stop | None, **asked: Any) -> Forecast:  # noqa: ANN401
            return scenario_request(scenario, as_of=evening, **asked).run(progress=progress, stop=stop)

        return played
    from simcore.cli.data.kept_backtest import read_backtest  # noqa: PLC0415
    from simcore.cli.data.reading import deals_of  # noqa: PLC0415
    from simcore.forecasting.forecast import forecast  # noqa: PLC0415

    refuse("of an export", of_scenario)
    given = {name: of_export[name] for name in ("history", "map", "dates")}
    tested = of_export["backtest"]
    return partial(
        forecast,
        deals_of(path, quiet=quiet, as_of=as_of, **given),
        since=of_export["since"],
        country=of_export["country"],
        tested=None if tested is None else read_backtest(tested),
    )


def is_scenario(path: Path) -> bool:
    """Return whether an argument is a scenario: a YAML file, or the name of a shipped one."""
    from simcore.scenario_files.shipped import shipped_files  # noqa: PLC0415

    return path.suffix.lower() in _SUFFIXES or (not path.exists() and str(path) in shipped_files())


def refuse(of: str, given: Mapping[str, Any]) -> None:
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
    beside = path.with_name(f"{path.stem}.fit.json")
    try:
        document = json.loads(beside.read_bytes())
    except (OSError, ValueError):
        return None
    evening = document.get("as_of") if isinstance(document, dict) and document.get("document") == "fit" else None
    return evening if isinstance(evening, str) else None
